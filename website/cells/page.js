// The buttons of a page whose cells run, and the bar that says what Python does. Which Python it
// is, a kernel of `make live` or Pyodide in the browser, is the business of the module it loads.
import { make, Output } from "./outputs.js";

const PYTHONS = {
  kernel: { module: "./kernel.js", cells: "div.cell" },
  browser: { module: "./browser.js", cells: "div.cell.tag_in-page" },
};

const WORDS = {
  run: "Run",
  edit: "Edit",
  back: "Back to the book",
  all: "Run all",
  stop: "Stop",
  restart: "Restart",
  off: "Python is not running yet. Run starts it; the cells above run first.",
  starting: "Python is starting …",
  unloaded: (reason) => `Python could not be loaded (${reason}). Press Restart to try again.`,
  ready: "Python is ready.",
  returned: "Python ended by itself and has restarted. Its variables are gone: run the cells again.",
  busy: (number, waiting) =>
    `Cell ${number} is running …${waiting ? ` ${waiting} more waiting.` : ""}`,
  done: (number) => `Cell ${number} has run. Python is ready.`,
  failed: (number) => `Cell ${number} raised an error. Python is ready.`,
  stopped: (number) => `Cell ${number} was stopped. Python is ready.`,
  waits: "waiting",
  runs: "running …",
  ran: "has run",
  error: "raised an error",
  halted: "stopped",
  changed: "changed, not run yet",
  again: "not run since Python restarted",
  ended: "did not finish: Python ended while it ran",
  blocked: "not run: this cell above did not finish: ",
  code: (number) => `Code of cell ${number}`,
};

function button(text, label, press) {
  const element = make("button", { type: "button", "aria-label": label }, text);
  element.addEventListener("click", press);
  return element;
}

// A cell: its code, which can be edited, its buttons, and the output of its last run.
class Cell {
  constructor(element, number, session) {
    Object.assign(this, { element, number, session });
    this.alone = element.matches(PYTHONS.browser.cells);
    this.id = `cell-${number}`;
    this.source = element.querySelector(".cell_input pre").closest("[class^=highlight-]");
    this.book = this.source.querySelector("pre").textContent.replace(/\n$/, "");
    this.stored = element.querySelector(".cell_output");
    this.ranCode = null;
    this.status = make("span", { class: "cells-status" });
    const label = (words) => `${words}: cell ${number}`;
    this.runButton = button(session.label, label(session.label), () => session.run(this));
    this.editButton = button(WORDS.edit, label(WORDS.edit), () => this.edit());
    this.backButton = button(WORDS.back, label(WORDS.back), () => this.reset());
    this.backButton.hidden = true;
    const buttons = [this.runButton, this.editButton, this.backButton];
    const tools = make("div", { class: "cells-tools", id: this.id }, ...buttons, this.status);
    this.place = make("div", { class: "cell_output cells-output docutils container" });
    this.place.hidden = true;
    const top = [...element.children].find((child) => child.contains(this.source));
    top.after(tools, this.place);
  }

  get code() {
    return this.area ? this.area.value : this.book;
  }

  // Its code, as it stands now, ran in the Python that runs now.
  get current() {
    return this.ranCode === this.code;
  }

  rename(words) {
    this.runButton.textContent = words;
    this.runButton.setAttribute("aria-label", `${words}: cell ${this.number}`);
  }

  say(...words) {
    this.status.replaceChildren(...words);
  }

  edit() {
    const details = this.source.closest("details");
    if (details) details.open = true;
    if (!this.area) {
      const attributes = { class: "cells-code", "aria-label": WORDS.code(this.number) };
      this.area = make("textarea", { ...attributes, spellcheck: "false", autocapitalize: "off" });
      this.area.value = this.book;
      this.area.addEventListener("input", () => this.changed());
      this.area.addEventListener("keydown", (event) => this.key(event));
      this.source.hidden = true;
      this.source.after(this.area);
      this.backButton.hidden = false;
    }
    this.fit();
    this.area.focus();
  }

  fit() {
    this.area.style.height = "auto";
    this.area.style.height = `${this.area.scrollHeight + 4}px`;
  }

  changed() {
    this.fit();
    this.say(this.current ? WORDS.ran : WORDS.changed);
  }

  // Control or shift with Enter runs; Enter alone keeps the indentation. Tab leaves, as elsewhere.
  key(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (event.ctrlKey || event.shiftKey || event.metaKey) {
      this.session.run(this);
      return;
    }
    const line = this.area.value.slice(0, this.area.selectionStart).split("\n").pop();
    const deeper = line.trimEnd().endsWith(":") ? "    " : "";
    document.execCommand("insertText", false, `\n${/^\s*/.exec(line)[0]}${deeper}`);
  }

  reset() {
    this.area?.remove();
    this.area = null;
    this.source.hidden = false;
    this.place.hidden = true;
    if (this.stored) this.stored.hidden = false;
    this.backButton.hidden = true;
    this.say(this.current ? WORDS.ran : this.ranCode === null ? "" : WORDS.changed);
    this.runButton.focus();
  }

  async execute(python) {
    const code = this.code;
    this.say(WORDS.runs);
    this.place.replaceChildren();
    this.place.hidden = false;
    // An explorer needs no Python to move: it stays where it is.
    const explorer = this.stored?.querySelector("figure.explorer");
    if (this.stored && !explorer) this.stored.hidden = true;
    this.backButton.hidden = false;
    const changed = code !== this.book;
    const alt = this.stored?.querySelector("img")?.alt ?? "";
    const output = new Output(this.place, { code, alt, explorer, changed, rich: python.rich });
    const status = await python.run(code, this.number, (message) => output.add(message));
    if (status === "gone") return status;
    // A cell that ended in an error may have done half of its work: it counts as not run.
    this.ranCode = status === "ok" ? code : null;
    this.say({ ok: WORDS.ran, error: WORDS.error, stopped: WORDS.halted }[status]);
    if (this.area && status === "ok") this.changed();
    return status;
  }
}

// All cells of the page and the one Python that runs them, in order.
class Session {
  constructor(settings, kind) {
    this.settings = settings;
    this.kind = kind;
    this.module = kind.module;
    this.label = settings.label ?? WORDS.run;
    this.queue = [];
    this.cells = [...document.querySelectorAll(kind.cells)]
      .filter((element) => element.querySelector(".cell_input pre"))
      .map((element, index) => new Cell(element, index + 1, this));
    this.makeBar();
  }

  makeBar() {
    this.text = make("span", { role: "status" });
    this.progress = make("progress", { max: "1", value: "0", "aria-label": "loaded" });
    this.stopButton = button(WORDS.stop, "Stop the running cell", () => this.stop());
    this.restartButton = button(WORDS.restart, "Restart Python", () => this.restart());
    const all = button(WORDS.all, "Run all cells", () => this.run(this.cells.at(-1)));
    const buttons = make("span", {}, all, this.stopButton, this.restartButton);
    const attributes = { class: "cells-bar", role: "region", "aria-label": "Python" };
    this.bar = make("div", attributes, this.text, this.progress, buttons);
    this.bar.hidden = this.settings.python === "browser"; // until something was pressed
    document.body.append(this.bar);
    this.show("off");
  }

  // state: off, starting, ready, busy or dead; the words say it to the reader.
  show(state, words = WORDS[state]) {
    this.state = state;
    this.bar.dataset.state = state;
    this.text.textContent = words;
    this.progress.hidden = state !== "starting" || this.settings.python !== "browser";
    this.stopButton.disabled = !["busy", "starting"].includes(state);
    this.restartButton.disabled = ["off", "starting"].includes(state);
  }

  // Run a cell after those above it that have not run as they stand now. A cell that also runs in
  // the browser needs only cells of its kind.
  async run(cell) {
    this.bar.hidden = false;
    for (const other of this.cells.slice(0, cell.number)) {
      const needed = other === cell || (!other.current && (other.alone || !cell.alone));
      if (!needed || other === this.running || this.queue.includes(other)) continue;
      this.queue.push(other);
      other.say(WORDS.waits);
    }
    this.queue.sort((a, b) => a.number - b.number);
    if (!this.working) {
      this.working = this.work();
      await this.working;
      this.working = null;
    }
  }

  async work() {
    try {
      await this.ready();
    } catch (problem) {
      this.giveUp("");
      if (this.state === "starting") this.show("dead", problem.message);
      return;
    }
    while (this.queue.length) {
      const cell = (this.running = this.queue.shift());
      this.show("busy", WORDS.busy(cell.number, this.queue.length));
      const status = await cell.execute(this.python);
      this.running = null;
      if (status === "gone") return; // the reason is on the bar already
      if (status !== "ok") this.block(cell);
      const words = { ok: WORDS.done, error: WORDS.failed, stopped: WORDS.stopped }[status];
      this.show("ready", words(cell.number));
    }
  }

  async ready() {
    await this.again;
    if (["ready", "busy"].includes(this.state)) return;
    this.show("starting");
    this.python ??= await this.load();
    await this.python.start();
    for (const cell of this.cells) cell.rename(WORDS.run);
  }

  // A module that was broken or missing may be in the browser's cache: the next try avoids it.
  async load() {
    const { Python } = await import(this.module).catch((problem) => {
      this.module = `${this.kind.module}?${Date.now()}`;
      throw new Error(WORDS.unloaded(problem.message));
    });
    addEventListener("pagehide", () => this.python.end());
    addEventListener("pageshow", (event) => event.persisted && this.lost(WORDS.off, "off"));
    return new Python(this.settings, {
      lost: (words, state = "dead", back = null) => this.lost(words, state, back),
      progress: (share) => (this.progress.value = share),
    });
  }

  // The cells that waited for one that did not finish say which one, with a link to it.
  block(cell) {
    for (const other of this.queue) {
      other.say(WORDS.blocked, make("a", { href: `#${cell.id}` }, `cell ${cell.number}`));
    }
    this.queue = [];
  }

  giveUp(words) {
    for (const cell of this.queue) cell.say(words);
    this.queue = [];
  }

  // Python is gone, and all variables with it. Where it starts again by itself, `back` waits for it,
  // and cells that the reader runs meanwhile wait too.
  lost(words, state, back = null) {
    if (this.running) this.block(this.running);
    this.giveUp("");
    for (const cell of this.cells) {
      if (cell === this.running) cell.say(WORDS.ended);
      else if (cell.ranCode !== null) cell.say(WORDS.again);
      cell.ranCode = null;
    }
    this.show(state, words);
    this.again = back && this.startsAgain(back);
  }

  async startsAgain(back) {
    try {
      await back();
      if (this.state === "starting") this.show("ready", WORDS.returned);
    } catch (problem) {
      this.giveUp("");
      this.show("dead", problem.message);
    }
    this.again = null;
  }

  stop() {
    this.giveUp("");
    if (!this.again) this.python?.stop();
  }

  async restart() {
    this.lost(WORDS.starting, "starting");
    try {
      await (this.python ? this.python.restart() : this.ready());
      this.show("ready");
    } catch (problem) {
      this.show("dead", problem.message);
    }
  }
}

export function start(settings) {
  const kind = PYTHONS[settings.python];
  if (!document.querySelector(`${kind.cells} .cell_input pre`)) return;
  const session = new Session(settings, kind);
  if (!settings.note) return;
  for (const cell of session.cells) {
    const link = make("a", { href: settings.guide }, settings.note);
    cell.status.after(make("span", { class: "cells-note" }, link));
  }
}
