// The one script that a page names so that its cells and exercises run; it loads the others.
(() => {
  "use strict";
  const script = document.currentScript;
  const settings = { ...script.dataset };
  const near = (name) => new URL(name, script.src);
  const boxes = [...document.querySelectorAll(".on-page")];

  // The button of an exercise. Its editor, and everything else that it needs, comes with the press.
  function offer(box) {
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem("losses-exercises"))?.[box.dataset.exercise] ?? kept;
    } catch {
      // Nothing is stored, or the storage is blocked.
    }
    const words = kept.code ? "Continue your answer" : "Solve it here";
    const tools = box.querySelector(".on-page-tools");
    tools.innerHTML = `<button type="button" class="on-page-main"></button>
      <span class="on-page-status" role="status"></span>`;
    const [button, status] = tools.children;
    button.textContent = settings.size ? `${words} (loads ${settings.size} MB, once)` : words;
    let tries = 0;
    button.addEventListener("click", async () => {
      try {
        const { open } = await import(near(`exercise.js${tries ? `?${tries}` : ""}`));
        await open(box, settings);
      } catch (problem) {
        tries += 1;
        status.textContent = `This could not be loaded (${problem.message}). Press the button again.`;
      }
    });
    const solved = ' <span class="on-page-solved">✓ Solved</span>';
    if (kept.solved) box.querySelector(".on-page-title").insertAdjacentHTML("beforeend", solved);
  }

  // From a file a browser starts no module and no worker: cells stay as they are, without buttons.
  if (location.protocol === "file:") {
    const words = "A page that was opened from a file cannot start Python. Run make serve and open it there.";
    for (const box of boxes) box.querySelector(".on-page-note").textContent = words;
    return;
  }
  if (settings.python !== "exercises") import(near("page.js")).then(({ start }) => start(settings));
  boxes.forEach(offer);
})();
