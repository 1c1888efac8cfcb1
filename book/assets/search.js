// Orders what the search finds, and helps where it finds nothing. Loaded by the search page only.
// Sphinx gives a page the points of its best word; here a page has the points of all its words, so
// that "loss is nan" finds first the page that has both in its title. A number is also found in a
// longer one, 0.693 in 0.6931. Where no page has all words, those with most of them are shown: an
// error message that was pasted whole has numbers and names of its own. Words of a page's own title
// count double: a page about them goes before one that has a section about them.
(() => {
  "use strict";

  const advice = "Look for one word of an error message, a function or a number as it is printed.";
  const ofSphinx = Search.performTermsSearch;
  const query = Search.query;

  // The words of the index that a word of the query stands for.
  function meanings(word) {
    const terms = /^\d+\.\d/.test(word) ? Object.keys(Search._index.terms) : [];
    return [word, ...terms.filter((term) => term !== word && term.startsWith(word))];
  }

  // The points for a word that stands in the title of the page.
  function inTitle(word, page) {
    const stemmer = new Stemmer();
    const words = splitQuery(page[1].toLowerCase()).map((one) => stemmer.stemWord(one));
    return words.includes(word) ? Scorer.title : 0;
  }

  // Each page with any of the words: what Sphinx says of it, how many of the words, how many points.
  function pagesWith(words, excluded) {
    const pages = new Map();
    for (const word of words) {
      const results = meanings(word).flatMap((term) => ofSphinx(new Set([term]), excluded));
      for (const result of new Map(results.map((one) => [one[0], one])).values()) {
        const known = pages.get(result[0]) || { result, words: 0, points: 0 };
        pages.set(result[0], {
          result,
          words: known.words + 1,
          points: known.points + result[4] + inTitle(word, result),
        });
      }
    }
    return [...pages.values()];
  }

  Search.performTermsSearch = (words, excluded) =>
    pagesWith(words, excluded)
      .filter((page) => page.words === words.size)
      .map(({ result, points }) => result.with(4, points));

  Search.query = (text) => {
    const parsed = Search._parseQuery(text);
    if (Search._performSearch(...parsed).length) return query(text);
    const best = (a, b) => b.words - a.words || b.points - a.points;
    const near = pagesWith(parsed[1], parsed[2]).sort(best).slice(0, 5);
    Search.stopPulse();
    Search.title.innerText = near.length ? "No page has all of these words" : "Nothing found";
    Search.status.innerText = near.length ? `These have some of them. ${advice}` : advice;
    for (const { result } of near) _displayItem(result, parsed[1], parsed[3]);
  };
})();
