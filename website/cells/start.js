// The one script that a page names so that its cells and exercises run; it loads the others.
(() => {
  "use strict";
  const script = document.currentScript;
  const settings = { ...script.dataset };
  const load = (name) =>
    import(new URL(name, script.src)).then(({ start }) => start(settings));
  // From a file a browser starts no module and no worker: cells stay as they are, without buttons.
  if (location.protocol === "file:") {
    const words = "A page that was opened from a file cannot start Python; make serve shows it so that it can.";
    for (const note of document.querySelectorAll(".on-page-note")) note.textContent = words;
    return;
  }
  if (settings.python !== "exercises") load("page.js");
  if (settings.python !== "kernel" && document.querySelector(".on-page")) load("exercise.js");
})();
