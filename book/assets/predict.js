// Predict, then see: the answer of a prediction is covered until the reader has guessed or asks for
// it. Without this script, on paper and in JupyterLab nothing is covered. A script in the page's head
// says in <html data-answers="covered"> whether answers are covered, before they are drawn; it reads
// the reader's choice from the storage. No network and no dependency.
(() => {
  "use strict";

  const STORED = "losses-answers";
  const TOLERANCE = 0.05;
  const FAR = 10; // from here on a factor says more than a percentage
  const page = document.documentElement;
  const findable = "onbeforematch" in page; // the browser's search finds what is covered

  const words = {
    answer: "Answer",
    amount: (value, unit) => (unit ? `${value}\u00a0${unit}` : `${value}`),
    quoted: (choice) => `“${choice}”`,
    shown: (truth) => `It is ${truth}.`,
    right: (truth) => `Right: it is ${truth}.`,
    near: (guess, truth) => `Right: you said ${guess}; it is ${truth}.`,
    wrong: (guess, truth, far) => `You said ${guess}; it is ${truth}${far && `: ${far}`}.`,
    high: "too high",
    low: "too low",
    sign: "the sign is wrong",
    percent: (share, side) => `${share}\u00a0% ${side}`,
    factor: (factor, side) => `${side} by a factor of ${factor}`,
    noNumber: (text) => `“${text}” is not a number: write it like 2, 0.5, 1e-3 or 40 %.`,
    nothing: "Enter a number, or press Show.",
    noChoice: "Choose one of the answers, or press Show.",
  };

  // Read a number with a comma or a point, and with its unit or not; NaN if it is none.
  function readNumber(text, unit) {
    let plain = text.trim().replace(/^[−–]|(?<=e)[−–]/i, "-");
    if (unit && plain.endsWith(unit)) plain = plain.slice(0, -unit.length).trim();
    const percent = plain.endsWith("%");
    if (percent) plain = plain.slice(0, -1).trim();
    if (!/^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i.test(plain)) return NaN;
    const value = Number(plain.replace(",", ".")) / (percent ? 100 : 1);
    return Number.isFinite(value) ? Number(value.toPrecision(12)) : NaN;
  }

  const short = (value) => (value < 10 ? Number(value.toPrecision(2)) : Math.round(value));

  // Say how far off a guess is; nothing can be said if the truth is 0.
  function distance(guess, truth) {
    const ratio = guess / truth;
    if (truth === 0) return "";
    if (ratio < 0) return words.sign;
    const side = guess > truth ? words.high : words.low;
    const factor = Math.max(ratio, 1 / ratio);
    return factor < FAR || guess === 0
      ? words.percent(short(100 * Math.abs(ratio - 1)), side)
      : words.factor(short(factor), side);
  }

  // What the page says to a guess, and without one.
  function verdictOnNumber({ number, unit, tolerance = TOLERANCE }, guess) {
    const truth = words.amount(number, unit);
    if (guess === undefined) return words.shown(truth);
    if (guess === number) return words.right(truth);
    const amount = words.amount(guess, unit);
    const rounding = 1 + 1e-9;
    const near = Math.abs(guess - number) <= tolerance * Math.abs(number) * rounding;
    return near ? words.near(amount, truth) : words.wrong(amount, truth, distance(guess, number));
  }

  function verdictOnChoice({ choices, answer }, guess) {
    const truth = words.quoted(choices[answer]);
    if (guess === undefined) return words.shown(truth);
    if (guess === answer) return words.right(truth);
    return words.wrong(words.quoted(choices[guess]), truth, "");
  }

  // Read the guess from the form: its value, or a sentence that says why it has none.
  function readGuess({ settings, form }) {
    const text = new FormData(form).get("guess")?.trim() ?? "";
    if (settings.choices) return text ? { guess: Number(text) } : { problem: words.noChoice };
    if (!text) return { problem: words.nothing };
    const guess = readNumber(text, settings.unit);
    return Number.isNaN(guess) ? { problem: words.noNumber(text) } : { guess };
  }

  // Cover a part of the answer. Where the browser's search finds covered text, predict.css leaves the
  // covering to `hidden`; elsewhere it makes the text invisible.
  function cover(part) {
    if (findable) part.setAttribute("hidden", "until-found");
  }

  function uncover(part) {
    part.removeAttribute("hidden");
  }

  function show(prediction, message) {
    if (prediction.shown) return;
    prediction.shown = true;
    for (const part of prediction.parts) {
      uncover(part);
      part.classList.add("predict-shown");
    }
    markChoices(prediction);
    prediction.form.classList.add("predict-done");
    prediction.form.querySelector("fieldset").disabled = true;
    prediction.form.querySelector("[name=guess]").removeAttribute("aria-invalid");
    prediction.message.textContent = message;
  }

  function markChoices({ settings, form }) {
    for (const radio of form.querySelectorAll("[type=radio]")) {
      const right = Number(radio.value) === settings.answer;
      if (right || radio.checked) radio.parentElement.dataset.right = right;
    }
  }

  function verdict({ settings }, guess) {
    return settings.choices ? verdictOnChoice(settings, guess) : verdictOnNumber(settings, guess);
  }

  // After a press the focus is on what the reader asked for: the button is gone.
  function showAndGo(prediction, guess) {
    show(prediction, verdict(prediction, guess));
    const [answer] = prediction.parts;
    answer.setAttribute("role", "group");
    answer.setAttribute("aria-label", words.answer);
    answer.tabIndex = -1;
    answer.focus({ preventScroll: true });
  }

  function submit(prediction) {
    const { guess, problem } = readGuess(prediction);
    if (!problem) {
      showAndGo(prediction, guess);
      return;
    }
    prediction.message.textContent = problem;
    const field = prediction.form.querySelector("[name=guess]");
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }

  function makePrediction(cell) {
    const form = cell.querySelector(".predict-form");
    const parts = [...cell.querySelectorAll(".predict-answer")];
    if (cell.nextElementSibling?.matches(".predict-answer")) parts.push(cell.nextElementSibling);
    const settings = JSON.parse(cell.dataset.predict);
    const labels = [...form.querySelectorAll(".predict-choice")].map((one) => one.textContent.trim());
    if (labels.length) settings.choices = labels;
    const message = form.querySelector(".predict-message");
    const prediction = { settings, form, parts, message, shown: false };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(prediction);
    });
    form.querySelector("[type=button]").addEventListener("click", () => showAndGo(prediction));
    for (const part of parts) {
      part.addEventListener("beforematch", () => show(prediction, verdict(prediction)));
    }
    return prediction;
  }

  function start() {
    const predictions = [...document.querySelectorAll(".cell[data-predict]")].map(makePrediction);
    const toggle = document.querySelector(".predict-switch input");
    page.dataset.predictions = predictions.length;

    // Cover what is not shown yet, or uncover it.
    function update() {
      const change = page.dataset.answers === "covered" ? cover : uncover;
      for (const { shown, parts } of predictions) if (!shown) parts.forEach(change);
    }
    // A link to a place in an answer shows it.
    function showTarget() {
      const target = document.querySelector(".predict-answer:target, .predict-answer :target");
      const prediction = predictions.find(({ parts }) => parts.some((part) => part.contains(target)));
      if (target && prediction) show(prediction, verdict(prediction));
    }
    function remember(answers) {
      page.dataset.answers = answers;
      try {
        localStorage.setItem(STORED, answers);
      } catch {
        // Storage is blocked: the choice holds for this page.
      }
      update();
    }

    toggle.checked = page.dataset.answers === "covered";
    toggle.addEventListener("change", () => remember(toggle.checked ? "covered" : "open"));
    addEventListener("hashchange", showTarget);
    update();
    // Now the browser knows the target.
    if (document.readyState === "complete") showTarget();
    else addEventListener("load", showTarget);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
