// Choosing a loss: a link to a step shows it instead of the one before. The page has the first step;
// a script of their own has the others, and comes when the first is about to be seen.
(() => {
  "use strict";

  const SHOWN = "choosing-shown";
  const place = document.querySelector(".choosing");
  const first = place?.querySelector(".choosing-step");

  let others;
  function loadOthers() {
    others ??= new Promise((done) => {
      const script = document.createElement("script");
      script.src = place.dataset.steps;
      script.onload = () => done(place.querySelectorAll("pre").forEach(letCopy));
      document.head.append(script);
    });
    return others;
  }

  // Other code had its button when the page was loaded.
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
  async function follow(event) {
    const link = event.target.closest('a[href^="#choose"]');
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || elsewhere) return;
    event.preventDefault(); // the page would scroll
    history.pushState(null, "", link.hash);
    await loadOthers();
    const step = asked() ?? first;
    show(step);
    step.querySelector(".choosing-title").focus();
  }

  // One of another place of the page changes nothing here.
  function obey() {
    if (asked() || !location.hash) show(asked() ?? first);
  }

  // The page could not scroll to a step before it was there.
  async function open() {
    await loadOthers();
    obey();
    asked()?.querySelector(".choosing-title").scrollIntoView();
  }

  function start() {
    place.addEventListener("click", follow);
    addEventListener("popstate", obey);
    // It may have come near and gone between two frames, or the other way round.
    const near = (changes) => changes.some(({ isIntersecting }) => isIntersecting) && loadOthers();
    new IntersectionObserver(near, { rootMargin: "150px" }).observe(place);
    if (location.hash.startsWith("#choose/")) open();
  }

  if (place) start();
})();
