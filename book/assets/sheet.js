// A sheet of a page's questions to print: quiz.js loads it where the address ends in ?sheet. It holds
// the questions, their choices and the exercises, and none of what answers them: not the marks, not
// the explanations, hints, solutions and outputs. The page itself is hidden, nothing of it is changed.
(() => {
  "use strict";

  const words = {
    print: "Print this sheet",
    back: "Back to the chapter",
    name: "Name",
    date: "Date",
    why: "Why?",
    questions: "Questions",
    exercises: "Exercises",
  };

  function make(tag, name, ...children) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...children);
    return element;
  }

  // A copy has no ids: those of the page stay the only ones.
  function copies(nodes) {
    return [...nodes].map((node) => {
      const copy = node.cloneNode(true);
      for (const one of copy.querySelectorAll?.("[id]") ?? []) one.removeAttribute("id");
      copy.removeAttribute?.("id");
      return copy;
    });
  }

  const room = (lines) => make("div", `sheet-room sheet-room-${lines}`);

  function question(fieldset) {
    const asked = make("p", "sheet-asked", ...copies(fieldset.querySelector("legend").childNodes));
    asked.querySelector(".quiz-link")?.remove();
    const several = copies(fieldset.querySelectorAll(".quiz-hint"));
    // The first span of an answer holds its words, the second the mark.
    const choices = [...fieldset.querySelectorAll(".quiz-answer > span:first-child")];
    const list = choices.map((choice) => make("li", "", ...copies(choice.childNodes)));
    return make("li", "sheet-question", asked, ...several, make("ul", "sheet-choices", ...list),
                make("p", "sheet-why", words.why), room("short")); // prettier-ignore
  }

  // An exercise of paper, or one that checks itself: its text, and the code to begin with.
  function exercise(box) {
    const named = box.querySelector("[data-title]")?.dataset.title;
    const title = named ?? box.querySelector(".admonition-title").lastChild.textContent;
    const text = box.querySelector(":scope > section")?.children ??
      box.querySelectorAll(":scope > :is(p:not(.on-page-title), ul, ol, .math, .on-page-start)");
    const heading = make("p", "sheet-asked", title.trim().replace(/^\((.*)\)$/, "$1"));
    return make("li", "sheet-question", heading, ...copies(text), room("long"));
  }

  function part(title, selector, write) {
    const items = [...document.querySelectorAll(selector)].map(write);
    return items.length ? [make("h2", "", title), make("ol", "sheet-list", ...items)] : [];
  }

  function sheet() {
    const print = make("button", "", words.print);
    print.type = "button";
    print.addEventListener("click", () => window.print());
    const back = make("a", "", words.back);
    back.href = location.pathname;
    const fields = [words.name, words.date].map((field) => make("span", "", field));
    return make(
      "main", "sheet",
      make("p", "sheet-buttons", print, back),
      make("h1", "", ...copies(document.querySelector("h1").childNodes)),
      make("p", "sheet-fields", ...fields),
      ...part(words.questions, "fieldset.quiz", question),
      ...part(words.exercises, ".exercise.admonition, section.on-page", exercise)
    ); // prettier-ignore
  }

  const paper = sheet();
  paper.querySelectorAll("h1 .headerlink").forEach((link) => link.remove());
  document.body.append(paper);
  document.documentElement.dataset.sheet = "";
  document.documentElement.dataset.theme = "light"; // of paper; what the reader chose stays stored
  document.title = `Questions: ${document.title}`;
})();
