// Choosing a loss: a link to a step shows it instead of the one before. The browser keeps the
// addresses, so that its back button works; nothing else is stored. The page has the first step;
// the others are a script of their own, which comes when the first is about to be seen.
(() => {
  "use strict";

  const SHOWN = "choosing-shown";
  const place = document.querySelector(".choosing");
  const first = place?.querySelector(".choosing-step");

  let others;
  function loadOthers() {
    others ??= new Promise((done) => {
      const script = document.createElement("script"); // it works from a folder as well
      script.src = place.dataset.steps;
      script.addEventListener("load", () => done(place.querySelectorAll("pre").forEach(letCopy)));
      document.head.append(script);
    });
    return others;
  }

  // Other code of the page had its button when the page was loaded.
  function letCopy(code, number) {
    const button = document.querySelector(".copybtn")?.cloneNode(true);
    if (!button) return;
    code.id = `choosing-code-${number}`;
    button.dataset.clipboardTarget = `#${code.id}`;
    code.after(button);
  }

  function asked() {
    const step = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    return step?.matches(".choosing-step") ? step : null;
  }

  function show(step) {
    place.querySelector(`.${SHOWN}`).classList.remove(SHOWN);
    step.classList.add(SHOWN);
  }

  // The link that had the focus is gone: the title of the new step gets it.
  function follow(event) {
    const link = event.target.closest('a[href^="#choose"]');
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere) return;
    event.preventDefault(); // the page would scroll
    history.pushState(null, "", link.hash);
    loadOthers().then(() => {
      const step = asked() ?? first;
      show(step);
      step.querySelector(".choosing-title").focus();
    });
  }

  // The step of an address that was opened: the page could not scroll to it before it was there.
  function open() {
    show(asked() ?? first);
    if (asked()) place.scrollIntoView();
  }

  function start() {
    place.addEventListener("click", follow);
    // Also an address that was typed; one of another place of the page changes nothing here.
    addEventListener("popstate", () => {
      if (asked() || !location.hash) show(asked() ?? first);
    });
    new IntersectionObserver(
      (seen, observer) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        observer.disconnect();
        loadOthers();
      },
      { rootMargin: "150px" },
    ).observe(place);
    if (location.hash.startsWith("#choose/")) loadOthers().then(open);
  }

  if (place) start();
})();
