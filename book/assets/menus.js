// The menu at the top of a page, and the names of its buttons: all that the theme needs Bootstrap for.
// And paper is light, whatever the screen is.
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
