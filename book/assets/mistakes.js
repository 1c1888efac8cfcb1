// The cards of the symptom index: those that fit what the reader types stand below the field, the
// best first. search.js finds them. Without a script all of them are at their place in the page.
(() => {
  "use strict";

  const list = document.querySelector(".mistake-cards");
  const all = [...list.children];
  const section = list.parentElement;
  const place = document.createComment("the cards");
  list.before(place);

  const cardOf = ({ section: { id } }) => list.querySelector(`a[href$="#${id}"]`)?.closest("li");

  function show(results, wanted, form) {
    const filtered = wanted.length > 0;
    list.append(...all);
    const shown = filtered ? results.map(cardOf).filter(Boolean) : all;
    for (const card of all) card.hidden = !shown.includes(card);
    list.prepend(...shown);
    if (filtered) form.parentElement.append(list);
    else place.after(list);
    section.hidden = filtered;
  }

  window.mistakeCards = { show };
})();
