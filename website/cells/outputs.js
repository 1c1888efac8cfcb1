// What a cell gives, shown as the book shows it: text, figures, tables, and errors to be read.
const EXPLORER = "application/vnd.vegalite.v5+json";
const ELSEWHERE = "The figure above is the book's. JupyterLab draws the changed one: make lab.";
const LIMIT = 100_000; // characters of text per cell; an endless loop must not fill the page
const IMAGES = { "image/svg+xml": "utf8", "image/png": "base64", "image/jpeg": "base64" };
const ORDER = ["text/html", "text/markdown", ...Object.keys(IMAGES), "text/latex", "text/plain"];

const plain = (text) => [text].flat().join("").replace(/\x1b\[[0-9;]*[A-Za-z]/g, "");

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// The deepest line of this cell in a traceback of IPython; the first frame is always this cell's.
function lineIn(trace) {
  const frames = [...trace.matchAll(/Cell In\[(\d+)\], line (\d+)/g)];
  return Number(frames.filter((frame) => frame[1] === frames[0][1]).at(-1)?.[2]);
}

export class Output {
  constructor(place, settings) {
    Object.assign(this, { place, room: LIMIT, named: new Map(), ...settings });
  }

  // Take one message in the form of nbformat.
  add(message) {
    if (this.clearNext && message.output_type !== "clear_output") this.clear();
    if (message.output_type === "stream") this.text(message.name, plain(message.text));
    else if (message.output_type === "error") this.place.append(this.error(message));
    else if (message.output_type === "clear_output") this.clearNext = this.clear(message.wait);
    else this.data(message);
  }

  clear(wait = false) {
    if (!wait) {
      this.place.replaceChildren();
      this.room = LIMIT;
      this.clearNext = false;
    }
    return wait;
  }

  // Printed text goes on in the block that printed text began, as on the page.
  text(name, text) {
    if (this.room <= 0) return;
    const last = this.place.lastElementChild;
    const pre = last?.dataset.stream === name ? last.querySelector("pre") : this.block(name);
    const whole = (pre.textContent + text.slice(0, this.room)).replace(/\r\n/g, "\n");
    // A carriage return begins the line again: progress bars write over themselves.
    pre.textContent = whole.replace(/[^\n]*\r/g, "");
    this.room -= text.length;
    if (this.room <= 0) this.place.append(make("p", {}, "… more was printed than is shown here."));
  }

  // Libraries write their messages to stderr: they are there, but folded.
  block(name) {
    const pre = make("pre", { tabindex: "0" });
    const inner = make("div", { class: "highlight" }, pre);
    const block = make("div", { class: "output stream highlight-myst-ansi notranslate" }, inner);
    const folded = make("details", { class: "cells-messages" }, make("summary", {}, "Messages"), block);
    const whole = name === "stderr" ? folded : block;
    whole.dataset.stream = name;
    this.place.append(whole);
    return pre;
  }

  data({ output_type, data, transient }) {
    if (EXPLORER in data && this.explorer && !this.changed) return;
    if (EXPLORER in data && this.explorer) this.place.append(make("p", {}, ELSEWHERE));
    const shown = this.bundle(data);
    const name = transient?.display_id;
    const before = this.named.get(name);
    if (before) before.replaceWith(shown);
    if (name) this.named.set(name, shown);
    if (!before && output_type !== "update_display_data") this.place.append(shown);
  }

  bundle(data) {
    const type = ORDER.find((known) => known in data && (this.rich || !/html|markdown/.test(known)));
    const text = [data[type] ?? ""].flat().join("");
    const box = make("div", { class: `output ${(type ?? "none").replace(/[^a-z]/g, "_")}` });
    if (type in IMAGES) box.append(this.image(type, text));
    else if (type === "text/html") box.append(this.rich.html(text));
    else if (type === "text/markdown") box.append(this.rich.markdown(text));
    else box.append(make("pre", { tabindex: "0" }, plain(text)));
    return box;
  }

  image(type, text) {
    const url = `data:${type};${IMAGES[type]},`;
    const src = url + (IMAGES[type] === "utf8" ? encodeURIComponent(text) : text.trim());
    return make("img", { src, alt: this.alt ? `As run here. In the book: ${this.alt}` : "A figure" });
  }

  // First what went wrong, then where; the traceback is folded.
  error({ ename, evalue, traceback, line }) {
    if (ename === "KeyboardInterrupt") return make("p", { class: "cells-error" }, "Stopped.");
    const reason = plain(evalue).replace(/^\{\{function_node \S+\}\} /, "");
    const box = make("div", { class: "cells-error", role: "alert" });
    box.append(make("p", {}, make("strong", {}, ename), reason ? `: ${reason}` : ""));
    const trace = plain((traceback ?? []).join("\n"));
    const number = line ?? lineIn(trace);
    const source = this.code.split("\n")[number - 1];
    if (source) box.append(make("p", {}, `Line ${number}: `, make("code", {}, source.trim())));
    if (trace) {
      const fold = make("details", {}, make("summary", {}, "Traceback"));
      fold.append(make("pre", { tabindex: "0" }, trace));
      box.append(fold);
    }
    return box;
  }
}
