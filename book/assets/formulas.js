// A formula that is wider than the page scrolls in its own box; then the keyboard reaches it too.
(() => {
  const FORMULAS = ".bd-article :is(div.formula, span.math)";
  const update = () => {
    for (const box of document.querySelectorAll(FORMULAS)) {
      const scrolls = getComputedStyle(box).overflowX === "auto";
      if (scrolls && box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", update);
  addEventListener("load", () => document.fonts.ready.then(update));
})();
