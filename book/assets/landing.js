// The landing page: the explorer, and which chapters were opened on this machine.
(() => {
  "use strict";

  const KEY = "losses-opened"; // chapters note themselves here
  const EXERCISES = "losses-exercises"; // website/cells/exercise.js notes here what is solved

  // The explorer. All numbers are in the page; the point moves along the corners of a curve.
  function explore(figure) {
    const { logits, shown } = JSON.parse(figure.querySelector("script").textContent);
    const svg = figure.querySelector("svg");
    const [slider, twice] = figure.querySelectorAll("input");
    const point = figure.querySelector(".landing-point");
    const says = figure.querySelector(".landing-says");
    const tell = (name, text) => (figure.querySelector(`[data-shows=${name}]`).textContent = text);

    function show() {
      const curve = twice.checked ? "twice" : "once";
      const at = slider.valueAsNumber;
      const { x, y } = figure.querySelector(`polyline.landing-${curve}`).points[at];
      point.setAttribute("cx", x);
      point.setAttribute("cy", y);
      figure.dataset.curve = curve;
      slider.setAttribute("aria-valuetext", String(logits[at]).replace("-", "−"));
      tell("probability", shown.probability[at]);
      tell("loss", shown[curve][at]);
      says.textContent = says.dataset[curve];
    }

    // Where the finger is, the slider goes.
    function drag(event) {
      if (!event.buttons) return;
      const corners = figure.querySelector("polyline.landing-once").points;
      const place = new DOMPoint(event.clientX, 0).matrixTransform(svg.getScreenCTM().inverse()).x;
      const [first, last] = [corners[0].x, corners[logits.length - 1].x];
      slider.value = Math.round(((place - first) / (last - first)) * (logits.length - 1));
      show();
    }

    figure.addEventListener("input", show);
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      drag(event);
    });
    svg.addEventListener("pointermove", drag);
    show();
  }

  function opened() {
    try {
      const pages = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(pages) ? pages : [];
    } catch {
      return [];
    }
  }

  // How many exercises were solved, as the end of a sentence.
  function solved() {
    try {
      const all = Object.values(JSON.parse(localStorage.getItem(EXERCISES)) ?? {});
      const count = all.filter((one) => one?.solved).length;
      return count ? `, ${count} exercise${count > 1 ? "s" : ""} solved` : "";
    } catch {
      return "";
    }
  }

  // The marks on the cards, and the way back to the chapter that was opened last.
  function remember(line) {
    const [said, back, forget] = line.children;
    const nothing = said.textContent;
    const cards = new Map();
    for (const card of document.querySelectorAll(".landing-card")) cards.set(card.dataset.page, card);

    function show() {
      const pages = opened().filter((page) => cards.has(page));
      for (const [page, card] of cards) {
        card.classList.toggle("landing-opened", pages.includes(page));
      }
      const last = cards.get(pages.at(-1))?.querySelector("a");
      said.textContent = last ? `${pages.length} of ${cards.size} opened${solved()}.` : nothing;
      back.hidden = forget.hidden = !last;
      if (last) {
        back.href = last.href;
        back.textContent = `Continue with ${last.textContent}`;
      }
    }

    forget.addEventListener("click", () => {
      localStorage.removeItem(KEY);
      localStorage.removeItem(EXERCISES);
      show();
    });
    addEventListener("pageshow", show); // also when the reader comes back
    show();
  }

  document.querySelectorAll(".landing-explorer").forEach(explore);
  document.querySelectorAll(".landing-progress").forEach(remember);
})();
