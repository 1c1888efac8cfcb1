// The buttons below the controls: examples, Play and Step, and a link to what is shown.
import { controlsOf, set, valueOf } from "./controls.js";

const SECONDS = 4; // from one end of a slider to the other
const QUIET = matchMedia("(prefers-reduced-motion: reduce)");

export function addButtons(figure) {
  const form = figure.querySelector("form");
  for (const button of form.querySelectorAll("[data-presets]")) {
    button.addEventListener("click", () => {
      form.reset();
      set(form, JSON.parse(button.dataset.presets));
    });
  }
  for (const button of form.querySelectorAll("[data-moves]")) {
    button.addEventListener("click", () => {
      const moves = Object.entries(JSON.parse(button.dataset.moves));
      set(form, Object.fromEntries(moves.map(([name, next]) => [name, figure.view.signal(next)])));
    });
  }
  addPlay(figure, form);
  addLink(figure, form);
}

// Play moves a slider on, from the start if it stands at its end; any other change of it stops it.
function addPlay(figure, form) {
  const play = form.querySelector(".explorer-play");
  if (!play) return;
  const seen = figure.querySelector(".explorer-seen");
  const slider = form.elements.namedItem(play.dataset.slider);
  const isAtEnd = () => slider.valueAsNumber >= Number(slider.max);
  const moveTo = (value) => set(form, { [slider.name]: value });
  const step = () => moveTo(isAtEnd() ? slider.min : slider.valueAsNumber + Number(slider.step));
  const pause = 1000 * SECONDS * (slider.step / (slider.max - slider.min));

  let timer;
  function stop() {
    clearInterval(timer);
    timer = undefined;
    play.textContent = "Play";
    seen.removeAttribute("aria-live"); // once it rests, what is seen is read out
  }
  function start() {
    if (isAtEnd()) moveTo(slider.min);
    seen.setAttribute("aria-live", "off");
    play.textContent = "Pause";
    timer = setInterval(() => {
      step();
      if (isAtEnd()) stop();
    }, pause);
  }
  play.hidden = QUIET.matches;
  play.addEventListener("click", () => (timer === undefined ? start() : stop()));
  form.querySelector(".explorer-step").addEventListener("click", () => {
    stop();
    step();
  });
  form.addEventListener("pointerdown", (event) => event.target !== play && stop());
  form.addEventListener("keydown", (event) => event.target !== play && stop());
  form.addEventListener("reset", stop);
}

// The address of this page with the explorer's name and the controls that have been moved.
function addressOf(figure, form) {
  const address = new URL(location.href);
  address.search = new URLSearchParams({ explorer: figure.dataset.explorer });
  address.hash = "";
  for (const control of controlsOf(form)) {
    if (!isAtStart(control)) address.searchParams.set(control.name, valueOf(control));
  }
  return address;
}

function isAtStart(control) {
  if (control.type === "checkbox") return control.checked === control.defaultChecked;
  if (control.type === "range") return control.value === control.defaultValue;
  return control.selectedOptions[0].defaultSelected;
}

function addLink(figure, form) {
  const notice = form.querySelector(".explorer-said");
  form.addEventListener("input", () => (notice.textContent = ""));
  form.querySelector(".explorer-link").addEventListener("click", async () => {
    const address = addressOf(figure, form);
    history.replaceState(history.state, "", address);
    try {
      await navigator.clipboard.writeText(address.href);
      notice.textContent = "The link is copied.";
    } catch {
      notice.textContent = "The address of this page is the link; copy it from there.";
    }
  });
}

// Show what the address of the page asks for.
export function obeyAddress(figure) {
  const asked = new URLSearchParams(location.search);
  if (asked.get("explorer") !== figure.dataset.explorer) return;
  asked.delete("explorer");
  set(figure.querySelector("form"), Object.fromEntries(asked));
  figure.fitted.then(() => figure.scrollIntoView({ block: "center" }));
}
