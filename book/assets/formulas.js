// A formula that is wider than the page scrolls in its own box; then the keyboard reaches it too.
(() => {
  const update = () => {
    for (const box of document.querySelectorAll(".bd-article mjx-container[display='true']")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", update);
  addEventListener("load", () => window.MathJax?.startup?.promise?.then(update));
})();
