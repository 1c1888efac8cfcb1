"""What the tests ask a page, in whichever browser, as functions of JavaScript."""

# Whether the parts of an answer can be seen: all of them, or none.
SEEN = """() => {
  const cell = %s;
  const parts = [...cell.querySelectorAll(".predict-answer")];
  if (cell.nextElementSibling?.matches(".predict-answer")) parts.push(cell.nextElementSibling);
  const isSeen = (part) => part.firstElementChild.checkVisibility({ visibilityProperty: true });
  return [...new Set(parts.map(isSeen))];
}"""
JUDGED = """() => {
  const choice = %s.querySelector(".quiz-choice");
  const [mark, text] = [".quiz-mark", "[aria-live]"].map((name) => choice.querySelector(name));
  return [choice.dataset.right, mark.innerText, text.innerText.trim().length > 10];
}"""
STATE = """async () => {
  const figure = %s;
  await figure.fitted;
  const values = [...figure.querySelectorAll("form [name]")].map(
    (e) => [e.name, e.type === "checkbox" ? e.checked : JSON.parse(e.value)]);
  const chart = figure.querySelector(".explorer-chart svg").outerHTML;
  return { chart, sentence: figure.querySelector(".explorer-seen").innerText,
           values: Object.fromEntries(values) };
}"""
# Everything that can be opened is, so that all formulas are to be seen.
UNFOLD = """() => {
  for (const details of document.querySelectorAll("article details")) details.open = true;
}"""
DRAWN = """() => [...document.querySelectorAll("article .math")]
  .every((e) => e.matches("math") || e.querySelector("mjx-container, math"))"""
FORMULAS = """() => {
  const all = [...document.querySelectorAll("article :is(mjx-container, math)")]
    .filter((e) => !e.parentElement.closest("mjx-container, math") && e.checkVisibility());
  const isEmpty = (e) => {
    const { width, height } = e.getBoundingClientRect();
    return width < 1 || height < 1;
  };
  const wrong = document.querySelectorAll("merror, mjx-merror, [data-mjx-error]");
  return { all: all.length, wrong: [...all.filter(isEmpty), ...wrong].map((e) => e.outerHTML) };
}"""
MISSING = """() => [...document.querySelectorAll("article img")]
  .filter((e) => e.complete && !e.naturalWidth).map((e) => e.src)"""
FITS = """(width) => {
  const { scrollWidth, clientWidth } = document.documentElement;
  return innerWidth === width && scrollWidth <= clientWidth;
}"""
# The text that stands out least from its ground, by the formula of WCAG 2.2.
CONTRAST = """() => {
  const parts = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parts(colour).slice(0, 3)
      .map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    const { backgroundColor } = getComputedStyle(e);
    return parts(backgroundColor)[3] < 1 ? ground(e.parentElement) : backgroundColor;
  };
  const texts = [...document.querySelectorAll("article :is(h1, h2, p, li, td), figure svg text")];
  const contrasts = texts.filter((e) => e.checkVisibility()).map((e) => {
    const { color, fill } = getComputedStyle(e);
    const [a, b] = [light(e.matches("text") ? fill : color), light(ground(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
  return Math.min(...contrasts);
}"""
# What a browser does that lets pages store nothing.
STORAGE_BLOCKED = """Object.defineProperty(window, "localStorage", {
  configurable: true, get() { throw new DOMException("blocked", "SecurityError"); } });"""
