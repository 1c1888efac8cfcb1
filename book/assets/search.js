// The field of the search and what it finds, in the dialog of every page and on the search page.
// The libraries, the engine and the index come with the reader's first key; from a folder as well.
(() => {
  "use strict";

  const FILES = ["minisearch.js", "search-words.js", "search-engine.js", "search-index.js"];
  const PIECE = /([\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}])?)/u;
  const LENGTH = 170; // letters of an excerpt
  const LATE = 300; // milliseconds after which the reader is told that the index is on its way
  let loading;

  function load(folder) {
    const one = (name) =>
      new Promise((done, failed) => {
        const script = document.createElement("script");
        Object.assign(script, { src: folder + name, async: false, onload: done, onerror: failed });
        document.head.append(script);
      });
    loading ??= Promise.all(FILES.map(one)).then(() => window.bookSearch.book.ready);
    return loading;
  }

  function make(tag, name, ...children) {
    const element = document.createElement(tag);
    element.className = name;
    element.append(...children);
    return element;
  }

  // The words and what stands between them; of a word, whether it was looked for.
  function pieces(text, terms) {
    return text.split(PIECE).map((piece, place) => {
      const own = place % 2 ? window.bookSearch.words(piece) : [];
      return { piece, match: own.find((word) => terms.has(word)) };
    });
  }

  const distinct = (cut) => new Set(cut.map(({ match }) => match).filter(Boolean)).size;

  // As much from a place on as fits.
  function from(cut, place) {
    let length = 0;
    const kept = cut.slice(place).filter(({ piece }) => (length += piece.length) <= LENGTH);
    const dots = { piece: "…" };
    if (place + kept.length < cut.length) kept.push(dots);
    return place ? [dots, ...kept] : kept;
  }

  // The part of a text that has the most of what was looked for.
  function part(text, terms) {
    const cut = pieces(text, terms);
    let best = from(cut, 0);
    cut.forEach(({ match }, place) => {
      const other = match ? from(cut, Math.max(0, place - 8)) : [];
      if (distinct(other) > distinct(best)) best = other;
    });
    return best;
  }

  function excerpt({ quotes, also, prose }, terms) {
    const most = (texts) =>
      texts
        .map((text) => part(text, terms))
        .reduce((one, other) => (distinct(other) > distinct(one) ? other : one), []);
    const sentence = most([...quotes, ...also]); // what people say, before what the book says
    const best = sentence.length ? sentence : part(prose, terms);
    return best.map(({ piece, match }) => (match ? make("mark", "", piece) : piece));
  }

  function hit({ section, terms }, wanted, top, id) {
    const known = new Set([...terms, ...wanted]);
    const title = window.bookSearch.book.titles[section.page] || "";
    const link = make(
      "a",
      "search-hit",
      make("span", "search-hit-heading", section.heading),
      make("span", "search-hit-page", title === section.heading ? "" : title),
      make("span", "search-hit-text", ...excerpt(section, known)),
    );
    link.href = `${top}${section.page}.html#${section.id}`;
    Object.assign(link, { id, role: "option", tabIndex: -1, ariaSelected: "false" });
    return link;
  }

  function panel(form) {
    const input = form.querySelector("input");
    const [says, list = make("div", "")] = form.nextElementSibling.children;
    const cards = () => !list.id && window.mistakeCards; // where there is no list, cards are shown
    const dialog = form.closest("dialog");
    const { files, top, only } = form.dataset;
    // What lies over the page: its first hit is chosen, and Enter opens it.
    const over = dialog || form.closest(".landing-entrances");

    const hits = () => [...list.children];
    const at = () => hits().findIndex(({ ariaSelected }) => ariaSelected === "true");

    function choose(place) {
      hits().forEach((one, number) => (one.ariaSelected = String(number === place)));
      const chosen = hits()[place];
      if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
      else input.removeAttribute("aria-activedescendant");
      chosen?.scrollIntoView({ block: "nearest" });
    }

    function offer(results, wanted) {
      const items = results.map((one, place) => hit(one, wanted, top, `${list.id}-${place}`));
      list.replaceChildren(...items);
      input.ariaExpanded = String(items.length > 0);
    }

    async function show() {
      const say = () => (says.textContent = "The search is being loaded …");
      const late = setTimeout(say, LATE);
      await load(files).finally(() => clearTimeout(late));
      const { says: sentence, results, wanted } = window.bookSearch.find(input.value, only);
      const count = `${results.length} ${results.length === 1 ? "section" : "sections"}`;
      if (cards()) cards().show(results, wanted, form);
      else offer(results, wanted);
      says.textContent = sentence || (wanted.length ? count : "");
      choose(over ? 0 : -1);
    }

    function clear() {
      input.value = says.textContent = "";
      list.replaceChildren();
      input.ariaExpanded = "false";
      choose(-1);
    }

    function press(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && hits().length) choose((at() + step + hits().length) % hits().length);
      else if (event.key === "Enter" && hits()[at()]) hits()[at()].click();
      else if (event.key === "Escape" && over && !dialog && input.value) clear();
      else return;
      event.preventDefault();
    }

    const tell = () => (says.textContent = "The search could not be loaded. Reload the page.");
    input.addEventListener("input", () => show().catch(tell));
    input.addEventListener("keydown", press);
    list.addEventListener("click", () => dialog?.close());
    form.addEventListener("submit", (event) => !over && event.preventDefault());
    for (const chip of form.parentElement.querySelectorAll("[data-words]")) {
      chip.addEventListener("click", () => {
        input.value = chip.dataset.words;
        show().catch(tell);
      });
    }
    if (form.closest(".bd-search-container")) {
      input.value = new URLSearchParams(location.search).get("q") || "";
      input.focus();
      if (input.value) show().catch(tell);
    }
  }

  function slash(event) {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable], .cm-editor");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    document.querySelector(".search-button__button")?.click();
  }

  document.querySelectorAll("form.search-form").forEach(panel);
  document.addEventListener("keydown", slash);
})();
