// The controls of an explorer's form, which are the only place that holds its state.

export function valueOf(control) {
  if (control.type === "checkbox") return control.checked;
  return control.type === "range" ? control.valueAsNumber : JSON.parse(control.value);
}

function write(control, value) {
  const written = String(value);
  if (control.type === "checkbox") control.checked = written === "true";
  else if (control.type === "range") writeNumber(control, Number.parseFloat(value));
  else for (const option of control.options) option.selected ||= String(JSON.parse(option.value)) === written;
}

function writeNumber(slider, number) {
  if (!Number.isNaN(number)) slider.value = number; // which keeps to its steps and its ends
}

export function controlsOf(form) {
  return [...form.querySelectorAll("[name]")];
}

// Set controls to values by name, and show it; unknown names and values change nothing.
export function set(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const control = form.elements.namedItem(name);
    if (control) write(control, value);
  }
  form.dispatchEvent(new Event("input"));
}
