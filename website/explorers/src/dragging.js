// Points that the reader drags, with a mouse or a finger. A point is two sliders of the form, which
// stay the only place that holds where it is: whoever has no pointer moves them.

const REACH = 24; // pixels between a point and what takes hold of it

export function letDrag(figure, drawing, view) {
  const handles = JSON.parse(figure.dataset.handles || "[]");
  const form = figure.querySelector("form");
  if (!handles.length) return;

  function placeOf({ clientX, clientY }) {
    const box = drawing.querySelector("svg").getBoundingClientRect();
    const [left, top] = view.origin();
    return { x: clientX - box.left - left, y: clientY - box.top - top };
  }

  function distance(handle, place) {
    const apart = (axis) => view.scale(axis)(view.signal(handle[axis])) - place[axis];
    return Math.hypot(apart("x"), apart("y"));
  }

  function nearest(pointer) {
    const place = placeOf(pointer);
    const [first] = [...handles].sort((a, b) => distance(a, place) - distance(b, place));
    return distance(first, place) <= REACH ? first : undefined;
  }

  function set(values) {
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    form.dispatchEvent(new Event("input"));
  }

  let held;
  drawing.addEventListener("pointerdown", (event) => {
    held = event.isPrimary && event.button === 0 ? nearest(event) : undefined;
    if (!held) return;
    drawing.setPointerCapture(event.pointerId);
    set(held.set);
  });
  drawing.addEventListener("pointermove", (event) => {
    drawing.style.cursor = held ? "grabbing" : nearest(event) ? "grab" : "";
    if (!held) return;
    const place = placeOf(event);
    const to = (axis) => view.scale(axis).invert(place[axis]);
    set({ [held.x]: to("x"), [held.y]: to("y") }); // a slider keeps to its steps and its ends
  });
  drawing.addEventListener("lostpointercapture", () => (held = undefined));
  // A finger on a point does not scroll the page.
  const hold = (event) => nearest(event.touches[0]) && event.preventDefault();
  drawing.addEventListener("touchstart", hold, { passive: false });
}
