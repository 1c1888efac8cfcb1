// A chapter that was opened is noted on the reader's machine, and nowhere else; when it is left, the
// section that was read last is noted as well.
(() => {
  "use strict";

  const page = DOCUMENTATION_OPTIONS.pagename, key = "losses-opened";
  const note = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch {}
  };
  let opened = [];
  try { opened = JSON.parse(localStorage.getItem(key)).filter((one) => one !== page); } catch {}
  note(key, [...opened, page]);
  addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") return;
    const sections = [...document.querySelectorAll("article section section[id]")];
    const read = sections.findLast((one) => one.getBoundingClientRect().top < innerHeight / 2);
    note("losses-place", { page, id: read?.id });
  });
})();
