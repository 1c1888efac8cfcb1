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
  // Chromium reserves for a root the width of the largest sign, whichever it draws.
  const tighten = () => {
    for (const root of document.querySelectorAll(".bd-article msqrt")) {
      const { right } = root.lastElementChild.getBoundingClientRect();
      const spare = root.getBoundingClientRect().right - right;
      const size = parseFloat(getComputedStyle(root).fontSize);
      if (spare > 1) root.style.marginRight = `${-spare / size}em`;
    }
  };
  const fit = () => {
    tighten();
    update();
  };
  addEventListener("resize", update);
  addEventListener("load", () => document.fonts.ready.then(fit));
  // What is folded has no size until it is opened.
  addEventListener("toggle", fit, true);
})();
