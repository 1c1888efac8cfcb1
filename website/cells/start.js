// The one script that a page names so that its cells run; it loads the others.
(() => {
  "use strict";
  const script = document.currentScript;
  // From a file a browser starts no module and no worker: the page stays as it is, without buttons.
  if (location.protocol === "file:") return;
  import(new URL("page.js", script.src)).then(({ start }) => start({ ...script.dataset }));
})();
