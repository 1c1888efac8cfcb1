// The quizzes of the book. Without this script a question is a <fieldset class="quiz"> whose
// answers are <details>, and can be used as it is. With it the answers are buttons, and the page
// counts the questions that were right at the first try. What the reader chose is kept in this
// browser, and nowhere else. No network and no dependency.
(() => {
  "use strict";

  const KEY = "losses-quiz"; // the landing page counts what is answered, and forgets it
  const words = {
    right: "✓ right",
    wrong: "✗ not right",
    several: (count) => `${count} answers are right.`,
    score: (right, total) => `${right} of ${total} right at the first try`,
    left: (count) => `, ${count} to go`,
    reset: "Start again",
    sheet: "Print the questions",
  };
  const script = document.currentScript.src;

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // What was chosen: the words of answers, in the order of the choice, by the id of the question.
  function kept() {
    try {
      const all = JSON.parse(localStorage.getItem(KEY));
      return all && typeof all === "object" ? all : {};
    } catch {
      return {};
    }
  }

  function keep(questions) {
    const chosen = questions.map(({ id, chosen }) => [id, chosen.length ? chosen : undefined]);
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...kept(), ...Object.fromEntries(chosen) }));
    } catch {
      // The storage is blocked or full: the answers are on the page alone.
    }
  }

  // Turn one <details> into a button and the feedback below it, which is read out when shown.
  function makeAnswer(details) {
    const right = details.hasAttribute("data-right");
    const summary = details.querySelector("summary");
    summary.remove();
    const label = make("span", {}, ...summary.childNodes);
    const mark = make("span", { class: "quiz-mark" });
    const button = make("button", { type: "button", class: "quiz-answer" }, label, mark);
    const text = make("div", { class: "quiz-text", hidden: "" }, ...details.childNodes);
    const live = make("div", { role: "status", "aria-live": "polite" }, text);
    const choice = make("div", { class: "quiz-choice", "data-right": right }, button, live);
    details.replaceWith(choice);
    return { right, button, mark, text, choice, says: label.textContent.trim() };
  }

  function makeQuestion(fieldset) {
    const answers = [...fieldset.querySelectorAll("details")].map(makeAnswer);
    const count = answers.filter((answer) => answer.right).length;
    if (count > 1) {
      answers[0].choice.before(make("p", { class: "quiz-hint" }, words.several(count)));
    }
    fieldset.classList.add("quiz-live");
    return { id: fieldset.id, answers, chosen: [] };
  }

  function show(answer, chosen) {
    answer.chosen = chosen;
    answer.text.hidden = !chosen;
    answer.mark.textContent = chosen ? (answer.right ? words.right : words.wrong) : "";
    answer.button.setAttribute("aria-pressed", chosen);
    answer.choice.classList.toggle("quiz-chosen", chosen);
  }

  // A question is settled by its first wrong answer, or when all of its right ones are found.
  function settle(question, answer) {
    const complete = question.answers.every((other) => !other.right || other.chosen);
    if (question.result === undefined && (!answer.right || complete)) question.result = answer.right;
  }

  function choose(question, answer) {
    if (!answer.chosen) question.chosen.push(answer.says);
    show(answer, true);
    settle(question, answer);
  }

  // Choose again what was chosen on an earlier visit; what is kept may be of another page or wrong.
  function restore(questions) {
    const all = kept();
    for (const question of questions) {
      for (const words of Array.isArray(all[question.id]) ? all[question.id] : []) {
        const answer = question.answers.find(({ says }) => says === words);
        if (answer) choose(question, answer);
      }
    }
  }

  function start() {
    const questions = [...document.querySelectorAll("fieldset.quiz")].map(makeQuestion);
    if (!questions.length) return;
    const score = make("p", { class: "quiz-score", role: "status", "aria-live": "polite" });
    const reset = make("button", { type: "button" }, words.reset);
    const fieldsets = document.querySelectorAll("fieldset.quiz");
    const sheet = make("a", { href: "?sheet" }, words.sheet);
    fieldsets[fieldsets.length - 1].after(make("div", { class: "quiz-end" }, score, reset, sheet));

    function report() {
      const right = questions.filter((question) => question.result === true).length;
      const left = questions.filter((question) => question.result === undefined).length;
      score.textContent = words.score(right, questions.length) + (left ? words.left(left) : "");
    }
    function clear() {
      for (const question of questions) {
        question.result = undefined;
        question.chosen = [];
        for (const answer of question.answers) show(answer, false);
      }
      report();
    }
    for (const question of questions) {
      for (const answer of question.answers) {
        answer.button.addEventListener("click", () => {
          choose(question, answer);
          keep([question]);
          report();
        });
      }
    }
    reset.addEventListener("click", () => {
      clear();
      keep(questions);
    });
    clear();
    restore(questions);
    report();
    if (new URLSearchParams(location.search).has("sheet")) addSheet();
  }

  // The questions alone, to be printed for a class: see sheet.js, which lies beside this script.
  function addSheet() {
    const beside = (name) => new URL(name, script).href;
    document.head.append(
      make("link", { rel: "stylesheet", href: beside("sheet.css") }),
      make("script", { src: beside("sheet.js") }),
    );
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
