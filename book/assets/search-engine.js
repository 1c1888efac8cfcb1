// Finds sections for a query: bookSearch.find(text). Loaded with the reader's first key, after
// minisearch.js and search-words.js and before search-index.js, which calls bookSearch.load.
(() => {
  "use strict";

  const { MiniSearch } = window.searchLibraries;
  const { words, query, isMessage } = window.bookSearch;
  const NAMES = ["page", "id", "heading", "kind", "quotes", "also", "prose", "code"];
  // Title before heading before symptom before prose before code, and the reference last.
  const BOOST = {
    title: 6, heading: 4.5, quotes: 4, also: 2, asked: 2, within: 0.8, prose: 1, code: 0.5,
  };
  // In a pasted message what counts is that people quote it.
  const MESSAGE = { ...BOOST, quotes: 12, also: 8 };
  const KIND = {
    page: 1.35, mistake: 1.2, section: 1, entry: 0.45, practice: 0.4, about: 0.35, api: 0.09,
  };
  const DEFINITION = /\b(?:what (?:is|are|does .* mean)|meaning|definition|explain(?:ed)?)\b/i;
  const COMMON = new Set(
    words("loss losses model value values function error number row vs compute which loss"),
  );
  const FEW = 20; // sections
  // A question about one of these is hardly about a topic that the book does not cover.
  const OURS = new Set(
    words(
      "loss nan crossentropy mse accuracy predictions weights labels sample_weight class_weight " +
        "stuck class mask padding shape",
    ),
  );
  const ABOUT = 0.3; // how much of a query an answer must be about to speak
  const LEADS = 1.4; // what an answer to all of a query is worth, next to the best section
  const SHOWN = 12;
  const OF_A_PAGE = 4;
  const NOTHING = "Nothing found. Look for one word of an error message, a function or a number as it is printed.";
  const NEAREST = "No section has all of these words. The nearest:";

  const book = {};
  const phrase = (text) => [...new Set(words(text))];

  function load({ titles, sections, answers = [], missing = [] }) {
    book.titles = titles;
    book.sections = sections.map((row, number) => ({
      number,
      ...Object.fromEntries(NAMES.map((name, place) => [name, row[place]])),
    }));
    book.places = new Map(book.sections.map((section) => [section.id, section]));
    book.answers = answers.map((answer) => ({ ...answer, sets: answer.when.map(phrase) }));
    book.missing = missing.map((topic) => ({ ...topic, sets: topic.when.map(phrase) }));
    const sentences = ({ heading, quotes, also }) => [heading, ...quotes, ...also];
    const everySentence = book.sections.flatMap(sentences);
    const phrases = [...book.answers, ...book.missing].flatMap(({ sets }) => sets.flat());
    book.phrases = new Set(phrases);
    book.terms = new Set([...words(everySentence.join(" . ")), ...phrases]);
    book.phrasesOf = phrasesOf(book.answers);
    const asked = answers.flatMap(({ when }) => when);
    book.common = longWords([...everySentence, ...asked]);
    book.known = new Set([...book.common, ...longWords(book.sections.map(textOf))]);
    book.index = new MiniSearch({
      idField: "number",
      fields: Object.keys(BOOST),
      extractField: (section, field) => fieldOf(section, field),
      tokenize: (text, field) => (field === "asked" ? text.split(" ") : words(text)),
      processTerm: (word) => word,
    });
    book.ready = book.index.addAllAsync(book.sections, { chunkSize: 40 });
  }

  // The phrases of the answers that name a section first: what people ask when it is the answer.
  function phrasesOf(answers) {
    const phrases = new Map();
    for (const { sets, see } of answers) {
      phrases.set(see[0], [...(phrases.get(see[0]) || []), ...sets.flat()]);
    }
    return phrases;
  }

  const textOf = ({ prose, code }) => `${prose} ${code}`;
  const longWords = (texts) => [...new Set(texts.join(" ").toLowerCase().match(/[a-z]{6,}/g))];

  function fieldOf(section, name) {
    const top = section.kind === "page";
    if (name === "title") return top ? section.heading : "";
    if (name === "heading") return top ? "" : section.heading;
    if (name === "within") return top ? "" : book.titles[section.page] || "";
    if (name === "asked") return (book.phrasesOf.get(section.id) || []).join(" ");
    const value = section[name];
    return Array.isArray(value) ? value.join(" . ") : value;
  }

  // A number says more than a word. A word that is everywhere says little, and so does one that is
  // in no heading, in no sentence that people say and in no answer.
  const PLAIN = 0.3;
  function weight(word) {
    if (/^n\d/.test(word)) return 2;
    return COMMON.has(word) ? 0.2 : book.terms.has(word) ? 1 : PLAIN;
  }

  const sum = (all) => all.reduce((total, one) => total + one, 0);

  // How much each word of a query says: the fewer sections have it, the more. A word that none has
  // is taken for one that a few have; if an answer has it, for one that one has.
  function sizes(hits, wanted) {
    const has = hits.map(({ queryTerms }) => new Set(queryTerms));
    const often = wanted.map((word) => has.filter((own) => own.has(word)).length);
    return new Map(
      wanted.map((word, place) => {
        const count = often[place];
        const sections = count || (book.phrases.has(word) ? 1 : FEW);
        const own = !count && /^n\d/.test(word); // a number of the reader's says nothing here
        const size = own ? 0 : weight(word) * Math.log(1 + book.sections.length / sections);
        return [word, { count, size }];
      }),
    );
  }

  const amount = (all, size) => sum(all.map((word) => size.get(word).size));

  // How much of the query a section has, from 0 to 1.
  function shares(hits, wanted, size) {
    const known = wanted.filter((word) => size.get(word).count);
    const whole = amount(known, size);
    const of = (terms) => amount(known.filter((word) => terms.includes(word)), size);
    return hits.map(({ queryTerms }) => of(queryTerms) / whole);
  }

  // A heading that is the query, or little more, is what was looked for. What follows a colon in a
  // heading explains it.
  function named(section, wanted) {
    if (section.kind === "api") return 1;
    section.name ??= new Set(words(section.heading.split(": ")[0]));
    const subject = wanted.filter((word) => !COMMON.has(word));
    const shared = subject.filter((word) => section.name.has(word)).length;
    return shared && shared === subject.length ? 1 + (1.5 * shared) / section.name.size : 1;
  }

  // The entries that have a phrase whose words are all in the query, and how much of it that is.
  // One whose phrase says nothing that a larger phrase does not say is left out.
  function fitting(entries, wanted, size) {
    const whole = amount(wanted, size);
    const fits = (set) => set.every((word) => size.has(word));
    const all = entries.flatMap((entry) =>
      entry.sets.filter(fits).map((set) => ({ ...entry, set, covers: amount(set, size) / whole })),
    );
    const covered = new Set();
    return all
      .sort((a, b) => b.covers - a.covers)
      .filter(({ set }) => {
        const before = covered.size;
        set.forEach((word) => covered.add(word));
        return covered.size > before;
      });
  }

  // How much of the query entries are about, all taken together.
  function together(entries, wanted, size) {
    const phraseWords = [...new Set(entries.flatMap(({ set }) => set))];
    return amount(phraseWords, size) / amount(wanted, size);
  }

  function search(wanted, text) {
    const kinds = DEFINITION.test(text) ? { ...KIND, entry: 3 } : KIND;
    return book.index.search(wanted.join(" "), {
      tokenize: (text) => text.split(" "),
      boost: isMessage(text) ? MESSAGE : BOOST,
      boostTerm: weight,
      boostDocument: (number) => kinds[book.sections[number].kind],
      prefix: (word, place, all) => place === all.length - 1 && /^\p{L}{2,}/u.test(word),
      fuzzy: (word) => (/^[a-z]{5,}$/.test(word) ? 0.2 : false),
      weights: { fuzzy: 0.2, prefix: 0.4 },
      maxFuzzy: 1,
    });
  }

  function scores(hits, wanted, size) {
    const share = shares(hits, wanted, size);
    const scored = hits.map((one, place) => {
      const section = book.sections[one.id];
      const part = share[place];
      const quality = new Set(one.queryTerms).size || 1; // MiniSearch multiplied by it
      const score = (one.score / quality) * part ** 2 * named(section, wanted);
      return { section, score, words: one.queryTerms, terms: one.terms };
    });
    return scored.sort((a, b) => b.score - a.score);
  }

  // The sections of answers gain on the others, the first of each most. Where the query is more
  // than the answer's phrase, a section that has the rest of it stays before them.
  function led(hits, answers) {
    const top = hits.length ? hits[0].score : 1;
    const know = new Map(hits.map((one) => [one.section, one]));
    const gains = new Map();
    for (const { see, covers } of answers) {
      see.forEach((id, place) => {
        const gain = LEADS * top * covers * (1 - 0.12 * place);
        gains.set(id, gain + (gains.get(id) || 0));
      });
    }
    for (const [id, gain] of gains) {
      const section = book.places.get(id);
      const one = know.get(section) || { section, score: 0, words: [], terms: [] };
      if (section) know.set(section, { ...one, score: one.score + gain });
    }
    return [...know.values()].sort((one, other) => other.score - one.score);
  }

  // Not too many of one page; or those of one kind, from wherever they are.
  function few(hits, only) {
    const seen = new Map();
    const kept = hits.filter(({ section: { page, kind } }) => {
      seen.set(page, (seen.get(page) || 0) + 1);
      return only ? kind === only : seen.get(page) <= OF_A_PAGE;
    });
    return kept.slice(0, SHOWN);
  }

  const answerOf = ([first]) => first?.covers >= ABOUT && first.say;

  function fallback(hits, wanted) {
    if (!hits.length) return NOTHING;
    return wanted.every((word) => hits[0].words.includes(word)) ? "" : NEAREST;
  }

  // The topic that a query is about, if the book does not cover it and no answer says more.
  function topicMissing(wanted, size, answers) {
    const all = fitting(book.missing, wanted, size);
    const much = together(all, wanted, size);
    const enough = wanted.some((word) => OURS.has(word)) ? 2 * ABOUT : ABOUT;
    return much >= enough && together(answers, wanted, size) <= much ? all[0] : null;
  }

  // Whether one letter more, less or other, or two that changed places, make a word another.
  function near(word, other) {
    let same = 0;
    while (same < word.length && word[same] === other[same]) same++;
    const rest = (one, two) => word.slice(same + one) === other.slice(same + two);
    const turned = word[same] === other[same + 1] && word[same + 1] === other[same];
    return rest(1, 1) || rest(1, 0) || rest(0, 1) || (turned && rest(2, 2));
  }

  // A question without its slips: a long word that the book does not have, but for one letter.
  function spelt(text) {
    if (isMessage(text)) return text;
    return text.replace(/\b[a-zA-Z][a-z]{5,}\b/g, (typed) => {
      const word = typed.toLowerCase();
      if (book.known.has(word)) return typed;
      return book.common.find((other) => other[0] === word[0] && near(word, other)) || typed;
    });
  }

  function find(typed, only) {
    const text = spelt(typed);
    const wanted = [...new Set(query(text))];
    if (!wanted.length) return { says: "", results: [], wanted };
    const matches = search(wanted, text);
    const size = sizes(matches, wanted);
    const hits = scores(matches, wanted, size);
    const answers = fitting(book.answers, wanted, size);
    const missing = topicMissing(wanted, size, answers);
    const results = few(led(hits, missing ? [{ ...missing, covers: 1 }] : answers), only);
    if (!missing) return { says: answerOf(answers) || fallback(hits, wanted), results, wanted };
    const says = `The book does not cover ${missing.topic}. ${missing.say || "The nearest:"}`;
    return { says, results, wanted };
  }

  Object.assign(window.bookSearch, { load, find, book });
})();
