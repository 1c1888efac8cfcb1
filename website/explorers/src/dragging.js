// Points and lines that the reader drags, with a mouse or a finger. Where one is, the sliders of the
// form say, and they alone: whoever has no pointer moves them.
import { set } from "./controls.js";

const REACH = 24; // pixels between a point and what takes hold of it

export function letDrag(figure, drawing, view, signals) {
  const handles = JSON.parse(figure.dataset.handles || "[]");
  const form = figure.querySelector("form");
  if (!handles.length) return;

  const scaleOf = (handle, axis) => view.scale(handle.chart ? `${handle.chart}_${axis}` : axis);
  const isHeld = (handle) => !handle.when || view.signal(handle.when);

  // Where the pointer is in the chart of a handle.
  function placeIn(handle, { clientX, clientY }) {
    const group = drawing.querySelector(`.${handle.chart ? `${handle.chart}_group` : "root"} > g`);
    return new DOMPoint(clientX, clientY).matrixTransform(group.getScreenCTM().inverse());
  }

  function pixelsAway(handle, axis, place) {
    if (!(axis in handle)) return 0; // a line is held anywhere along it
    const scale = scaleOf(handle, axis);
    const value = signals.has(handle[axis]) ? view.signal(handle[axis]) : handle[axis];
    return scale(value) + (scale.bandwidth?.() ?? 0) * (handle.band ?? 0.5) - place[axis];
  }

  function distance(handle, pointer) {
    const place = placeIn(handle, pointer);
    return Math.hypot(pixelsAway(handle, "x", place), pixelsAway(handle, "y", place));
  }

  function nearest(pointer) {
    const [first] = handles
      .filter(isHeld)
      .map((handle) => ({ handle, away: distance(handle, pointer) }))
      .sort((a, b) => a.away - b.away);
    return first?.away <= REACH ? first.handle : undefined;
  }

  // The values of the sliders that bring a handle to the pointer.
  function valuesAt(handle, pointer) {
    const place = placeIn(handle, pointer);
    const at = (axis) => scaleOf(handle, axis).invert(place[axis]);
    const own = ["x", "y"].filter((axis) => form.elements.namedItem(handle[axis]));
    const values = own.map((axis) => [handle[axis], at(axis)]);
    const dragged = typeof handle.x === "string" ? "x" : "y"; // a number is a fixed place
    for (const [slider, formula] of Object.entries(handle.to ?? {})) {
      view.signal("pointer", at(dragged)).run();
      values.push([slider, view.signal(formula)]);
    }
    return Object.fromEntries(values); // a slider keeps to its steps and its ends
  }

  let held;
  drawing.addEventListener("pointerdown", (event) => {
    held = event.isPrimary && event.button === 0 ? nearest(event) : undefined;
    if (!held) return;
    drawing.setPointerCapture(event.pointerId);
    set(form, held.set);
  });
  drawing.addEventListener("pointermove", (event) => {
    drawing.style.cursor = held ? "grabbing" : nearest(event) ? "grab" : "";
    if (held) set(form, valuesAt(held, event));
  });
  // Dragging selects no text: the browser would carry selected text away the next time.
  drawing.addEventListener("mousedown", (event) => held && event.preventDefault());
  drawing.addEventListener("lostpointercapture", () => (held = undefined));
  // A finger on a point does not scroll the page.
  const hold = (event) => nearest(event.touches[0]) && event.preventDefault();
  drawing.addEventListener("touchstart", hold, { passive: false });
}
