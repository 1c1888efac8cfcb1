// Choosing a loss: a link to a step shows it instead of the one before. The browser keeps the
// addresses, so that its back button works; nothing else is stored. No network and no dependency.
(() => {
  "use strict";

  const SHOWN = "choosing-shown";
  const place = document.querySelector(".choosing");
  const first = place?.querySelector(".choosing-step");

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
    const step = asked();
    show(step);
    step.querySelector(".choosing-title").focus();
  }

  function start() {
    place.addEventListener("click", follow);
    // Also an address that was typed; one of another place of the page changes nothing here.
    addEventListener("popstate", () => {
      if (asked() || !location.hash) show(asked() ?? first);
    });
    if (!asked()) return;
    show(asked());
    asked().querySelector(".choosing-title").scrollIntoView(); // it had no place before, on a phone
  }

  if (place) start();
})();
