// The landing page: the explorer, and which chapters were opened on this machine.
(() => {
  "use strict";

  const KEY = "losses-opened"; // chapters note themselves here
  const PLACE = "losses-place"; // and the section that was read last
  const EXERCISES = "losses-exercises"; // website/cells/exercise.js notes here what is solved
  const QUIZ = "losses-quiz"; // quiz.js notes here what was answered
  const OWN = /^losses-/; // all that the book keeps

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

  // What is kept under a name, or what stands for nothing: none, or nothing of that kind, is kept.
  function kept(key, nothing) {
    try {
      const value = JSON.parse(localStorage.getItem(key));
      return Array.isArray(value) === Array.isArray(nothing) && value ? value : nothing;
    } catch {
      return nothing;
    }
  }

  function keys() {
    try {
      return Object.keys(localStorage).filter((key) => OWN.test(key));
    } catch {
      return []; // the storage is blocked
    }
  }

  const opened = () => kept(KEY, []);
  const counted = (count, one) => (count ? `, ${count} ${one}${count > 1 ? "s" : ""}` : "");

  // How many exercises were solved and how many questions answered, as the end of a sentence.
  function done() {
    const solved = Object.values(kept(EXERCISES, {})).filter((one) => one?.solved).length;
    const answered = Object.values(kept(QUIZ, {})).filter(Array.isArray).length;
    const parts = [counted(solved, "exercise"), counted(answered, "quiz question")];
    return (parts[0] && `${parts[0]} solved`) + (parts[1] && `${parts[1]} answered`);
  }

  // The marks on the cards, and the way back to the chapter that was opened last.
  function remember(line) {
    const [status, back, forget] = line.children;
    const nothing = status.textContent;
    const cards = new Map();
    for (const card of document.querySelectorAll(".landing-card")) cards.set(card.dataset.page, card);

    function show() {
      const pages = opened().filter((page) => cards.has(page));
      for (const [page, card] of cards) {
        card.classList.toggle("landing-opened", pages.includes(page));
      }
      const page = pages.at(-1);
      const last = cards.get(page)?.querySelector("a");
      status.textContent = last ? `${pages.length} of ${cards.size} opened${done()}.` : nothing;
      back.hidden = !last;
      forget.hidden = !keys().length;
      if (!last) return;
      const place = kept(PLACE, {});
      back.href = last.href + (place.page === page && place.id ? `#${place.id}` : "");
      back.textContent = `Continue where you left off: ${last.textContent}`;
    }

    forget.addEventListener("click", () => {
      for (const key of keys()) localStorage.removeItem(key);
      show();
    });
    addEventListener("pageshow", show); // also when the reader comes back
    show();
  }

  document.querySelectorAll(".landing-explorer").forEach(explore);
  document.querySelectorAll(".landing-progress").forEach(remember);
})();
