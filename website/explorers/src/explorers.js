// The explorers of the book: Vega draws a figure, the controls beside it are those of the page.
// The page holds all text; this script reads the controls, hands them to Vega and shows what it says.
import { transforms } from "vega-dataflow";
import * as basic from "vega-transforms";
import * as views from "vega-view-transforms";
import * as encoders from "vega-encode";
import { parse } from "vega-parser";
import { View } from "vega-view";
import { addButtons, obeyAddress } from "./buttons.js";
import common from "./common.json";
import { controlsOf, valueOf } from "./controls.js";
import { letDrag } from "./dragging.js";
import { whole } from "./packed.js";

Object.assign(transforms, basic, views, encoders);

const NARROW = 220; // pixels; charts that would have fewer stand one below the other
const NARROWEST = 100; // the least width of a chart
const LEGEND_COLUMNS = [0, 2, 1]; // in Vega 0 means that all entries stand in one row
const STACK = 320; // the height of charts one below the other, which leaves room for a control
const WIDTH = /^(width|childWidth|concat_\d+_width)$/;
const HEIGHT = /^(childHeight|concat_\d+_height)$/;

// The text beside a slider: what the explorer says, or the number with the digits of the step.
function textOf(control, view, signals) {
  if (signals.has(`${control.name}_shown`)) return view.signal(`${control.name}_shown`);
  const digits = (control.step.split(".")[1] || "").length;
  return control.valueAsNumber.toFixed(digits).replace("-", "−");
}

function start(figure) {
  const own = JSON.parse(figure.querySelector("script").textContent);
  const spec = { ...common, ...whole(own) };
  const place = figure.querySelector(".explorer-chart");
  const seen = figure.querySelector(".explorer-seen");
  const form = figure.querySelector("form");
  const controls = controlsOf(form);
  const signals = new Set(spec.signals.map((signal) => signal.name));
  const widths = [...signals].filter((name) => WIDTH.test(name));
  if ("width" in spec) widths.push("width");
  const conditional = controls.filter(({ name }) => signals.has(`${name}_when`));
  const heights = spec.signals.filter(({ name }) => HEIGHT.test(name));

  // What Vega says of its marks one by one is said by the text alternative of the whole.
  const drawing = document.createElement("div");
  drawing.setAttribute("aria-hidden", "true");
  place.replaceChildren(drawing);
  // Vega's own form for controls stays off the page.
  const around = { container: drawing, bind: document.createElement("div") };
  const view = new View(parse(spec), { renderer: "svg", hover: false, ...around });
  figure.view = view; // for the tests

  // A control that does not apply keeps its place and cannot be used, unless another control has
  // taken the place: what stands below does not move.
  function hideOthers() {
    const applies = ({ name }) => view.signal(`${name}_when`);
    let free = form.dataset.most - conditional.filter(applies).length;
    for (const control of conditional) {
      const box = control.closest(".explorer-control");
      const empty = !applies(control) && free-- > 0;
      box.classList.toggle("explorer-idle", empty);
      control.disabled = empty;
      box.hidden = !applies(control) && !empty;
    }
  }

  function show() {
    for (const control of controls) view.signal(control.name, valueOf(control));
    view.run();
    hideOthers();
    for (const control of controls) {
      if (control.type !== "range") continue;
      const text = textOf(control, view, signals);
      control.parentElement.querySelector(".explorer-value").textContent = text;
      control.setAttribute("aria-valuetext", text);
    }
    const text = view.signal("seen").join(" ");
    if (seen.textContent !== text) seen.textContent = text;
  }

  const drawnWidth = () => Number(place.querySelector("svg").getAttribute("width"));

  // Draw charts of this width; return how much wider all of them with their axes and legends are.
  async function draw(columns, width) {
    for (const name of widths) view.signal(name, width);
    await view.resize().runAsync();
    return drawnWidth() - columns * width;
  }

  // Give the charts the width of the column; axes and legends keep theirs. How wide letters are
  // depends on the reader's fonts: a legend that is too wide is broken into columns.
  let fitted;
  async function fit() {
    const space = place.clientWidth;
    if (!space || space === fitted) return; // it is hidden, or only its height changed
    fitted = space;
    const most = Math.max(Math.floor(space / NARROW), 1);
    const charts = spec.layout?.columns?.value || 1;
    const columns = Math.min(charts, most);
    if (signals.has("columns")) view.signal("columns", columns);
    const highest = columns < charts ? STACK / charts : Infinity;
    for (const { name, value } of heights) view.signal(name, Math.min(value, highest));
    for (const legend of LEGEND_COLUMNS) {
      view.signal("legend_columns", legend);
      const beside = await draw(columns, space); // so wide that no legend is wider
      const width = Math.max(Math.floor((space - beside) / columns), NARROWEST);
      await draw(columns, width);
      if (drawnWidth() <= space) return;
    }
  }

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show)); // once the controls have their values again
  for (const element of form.elements) element.disabled = false;
  letDrag(figure, drawing, view, signals);
  addButtons(figure);
  show();
  figure.fitted = fit();
  obeyAddress(figure);
  // One after the other, or the widths of two columns would mix; the tests wait for the last one.
  // An observer that changes the size it observes is an error, so that waits for the next frame.
  const frame = () => new Promise(requestAnimationFrame);
  const refit = () => (figure.fitted = figure.fitted.then(frame).then(fit));
  new ResizeObserver(refit).observe(place);
}

function startAll() {
  document.querySelectorAll("figure.explorer").forEach(start);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
else startAll();
