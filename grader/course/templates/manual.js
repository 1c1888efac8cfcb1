// Manual grading: ticked items add up to the points, and keys do what links and buttons do.
"use strict";

const form = document.querySelector("form");
const points = form.elements.points;
const items = [...form.querySelectorAll("input[name=item]")];
const keys = document.getElementById("keys");

function addUp() {
  const sum = items.filter((item) => item.checked)
    .reduce((total, item) => total + Number(item.dataset.points), 0);
  points.value = String(Math.min(sum, Number(points.dataset.possible)));
}

const follow = (id) => document.getElementById(id)?.click();
const actions = {
  p: () => follow("previous"),
  n: () => follow("next"),
  u: () => follow("open"),
  c: () => form.elements.comment.focus(),
  s: () => form.requestSubmit(),
};

function press(event) {
  if (event.key === "Enter" && event.ctrlKey) return form.requestSubmit();
  const isWriting = event.target.matches("textarea, input[type=text]");
  if (isWriting || !keys.checked || event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const action = actions[event.key] ?? (/^[1-9]$/.test(event.key) && (() => items[event.key - 1]?.click()));
  if (!action) return undefined;
  event.preventDefault();
  return action();
}

keys.checked = localStorage.getItem("keys") !== "off";
keys.addEventListener("change", () => localStorage.setItem("keys", keys.checked ? "on" : "off"));
items.forEach((item) => item.addEventListener("change", addUp));
document.addEventListener("keydown", press);
