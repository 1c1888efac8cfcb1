// The menu at the top of a page, and the names of its buttons: all that the theme needs Bootstrap for.
// Paper is light, whatever the screen is. And the keyboard reaches whatever scrolls.
(() => {
  const BUTTONS = "[data-bs-toggle='dropdown']";

  function show(button, shown) {
    const menu = button.nextElementSibling;
    for (const part of [button, menu]) part.classList.toggle("show", shown);
    button.ariaExpanded = shown;
  }

  const opened = () => document.querySelector(`${BUTTONS}.show`);

  function move(event) {
    const button = opened();
    if (!button) return;
    if (event.key === "Escape") {
      show(button, false);
      button.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !button.parentElement.contains(document.activeElement)) return;
    const items = [...button.nextElementSibling.querySelectorAll(".dropdown-item")];
    const place = items.indexOf(document.activeElement);
    items[Math.max(0, Math.min(items.length - 1, place + step))].focus();
    event.preventDefault();
  }

  const root = document.documentElement;
  let theme;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
  });
  addEventListener("afterprint", () => (root.dataset.theme = theme));

  // The theme sees to this when a page arrives and when its width changes. But fonts that arrive
  // late change what is too wide, and what is folded has no width until it is opened.
  const BOXES =
    "pre, .cell_output > .output, .jp-RenderedHTMLCommon, .pst-scrollable-table-container";

  function reach() {
    for (const box of document.querySelectorAll(BOXES)) {
      const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      box.tabIndex = scrolls ? 0 : -1;
    }
  }

  document.fonts.addEventListener("loadingdone", reach);
  addEventListener("toggle", reach, true);

  function start() {
    for (const button of document.querySelectorAll("[data-bs-title]")) button.title ||= button.dataset.bsTitle;
    addEventListener("keydown", move);
    addEventListener("click", ({ target }) => {
      const before = opened();
      const button = target.closest?.(BUTTONS);
      if (before) show(before, false);
      if (button && button !== before) show(button, true);
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
