// An exercise that checks itself: an editor, and buttons that run and check what is in it. Python is
// Pyodide in a worker, or a kernel of `make live`. What the reader wrote is kept in this browser, and
// nowhere else.
import { make, Output } from "./outputs.js";

const KEY = "losses-exercises"; // the landing page counts what is solved
const PATIENCE = 5000; // milliseconds until the page says that a loop may not end
const WORDS = {
  run: "Run",
  check: "Check",
  stop: "Stop",
  again: "Start again",
  starting: (share) => `Python is starting … ${Math.round(100 * share)} %`,
  ready: "Python is ready.",
  keys: "Python is ready. Ctrl+Enter checks, Shift+Enter runs.",
  runs: "Running …",
  checks: "Checking …",
  slow: "Still running. Stop ends a loop that never ends.",
  ran: "It ran.",
  stopped: "Stopped. Press Run or Check to start Python again.",
  failed: (reason) => `Python could not be loaded (${reason}). Press Run or Check to try again.`,
  unloaded: (reason) => `The editor could not be loaded (${reason}). Press the button to try again.`,
  label: (title) => `Your answer: ${title}`,
  begun: "The start code is back. Ctrl+Z undoes this.",
  solved: "✓ Solved",
  output: "What your program printed",
  read: "Read ",
};
const MARKS = { right: "✓ ", wrong: "✗ ", error: "✗ ", missing: "✗ " };

// What this browser keeps of all exercises.
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function keep(name, changes) {
  const all = kept();
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...all, [name]: { ...all[name], ...changes } }));
  } catch {
    // The storage is blocked or full: the answer is on the page alone.
  }
}

function button(text, press, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", press);
  return element;
}

// The look of the editor and of the feedback on an answer.
function style() {
  return new Promise((resolve) => {
    const link = make("link", { rel: "stylesheet", href: new URL("exercise.css", import.meta.url) });
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}

class Exercise {
  constructor(box, settings) {
    Object.assign(this, { box, settings, name: box.dataset.exercise, tries: 0 });
    this.title = box.querySelector(".on-page-title");
    this.links = JSON.parse(box.dataset.links);
    this.source = box.querySelector(".on-page-start");
    this.begin = this.source.querySelector("pre").textContent.replace(/\n$/, "");
    this.tools = box.querySelector(".on-page-tools");
    this.status = box.querySelector(".on-page-status");
  }

  say(words) {
    this.status.textContent = words;
  }

  // The editor replaces the start code, and Python starts to load.
  async open() {
    if (this.opens) return;
    this.opens = true;
    try {
      await style();
      const anew = this.tries ? `?${Date.now()}` : "";
      const { edit } = await import(`./editor.js${anew}`);
      const python = this.settings.python === "kernel" ? "checks" : "browser";
      this.Python = (await import(`./${python}.js${anew}`)).Python;
      this.exercise = await this.load();
      this.makeEditor(edit);
    } catch (problem) {
      this.tries += 1;
      this.opens = false;
      this.say(WORDS.unloaded(problem.message));
      return;
    }
    const words = matchMedia("(hover: hover)").matches ? WORDS.keys : WORDS.ready;
    await this.whileBusy(async () => this.say(words));
  }

  // A broken or missing file may be in the browser's cache: every later try loads it again.
  async load() {
    const address = new URL(`exercises/${this.name}.py`, import.meta.url);
    const response = await fetch(address, { cache: this.tries ? "reload" : "default" });
    if (!response.ok) throw new Error(`${response.status} for ${this.name}.py`);
    return response.text();
  }

  makeEditor(edit) {
    this.editor = edit({
      code: kept()[this.name]?.code ?? this.begin,
      label: WORDS.label(this.title.dataset.title),
      check: () => this.use(this.exercise),
      run: () => this.use(null),
      changed: () => keep(this.name, { code: this.code }),
    });
    this.source.replaceWith(make("div", { class: "on-page-editor" }, this.editor.dom));
    this.makeButtons();
    this.editor.focus();
  }

  makeButtons() {
    const main = { class: "on-page-main", "aria-keyshortcuts": "Control+Enter" };
    this.checkButton = button(WORDS.check, () => this.use(this.exercise), main);
    const keys = { "aria-keyshortcuts": "Shift+Enter" };
    this.runButton = button(WORDS.run, () => this.use(null), keys);
    this.stopButton = button(WORDS.stop, () => this.stop());
    this.stopButton.hidden = true;
    const again = button(WORDS.again, () => this.beginAgain());
    const buttons = [this.checkButton, this.runButton, again, this.stopButton];
    this.tools.replaceChildren(...buttons, this.status);
    this.printed = make("div", { class: "on-page-printed", role: "group", "aria-label": WORDS.output });
    this.printed.hidden = true;
    this.verdict = make("div", { class: "on-page-verdict", role: "status" });
    this.tools.after(this.verdict, this.printed);
  }

  get code() {
    return this.editor.state.doc.toString();
  }

  beginAgain() {
    const changes = { from: 0, to: this.editor.state.doc.length, insert: this.begin };
    this.editor.dispatch({ changes });
    keep(this.name, { code: undefined });
    this.clear();
    this.say(WORDS.begun);
  }

  clear() {
    this.printed.hidden = true;
    this.printed.replaceChildren();
    this.verdict.replaceChildren();
    delete this.verdict.dataset.verdict;
  }

  // Run the answer, and check it if the exercise is given.
  use(exercise) {
    return this.whileBusy(async () => {
      this.clear();
      this.say(exercise ? WORDS.checks : WORDS.runs);
      const slow = setTimeout(() => this.say(WORDS.slow), PATIENCE);
      const output = new Output(this.printed, { code: this.code, alt: "", rich: null });
      const done = await this.python.answer(this.code, exercise, (message) => {
        this.printed.hidden = false;
        output.add(message);
      });
      clearTimeout(slow);
      if (done !== "gone") this.show(done);
    });
  }

  // One thing at a time, and after it what was asked for last. A button that has the focus keeps it.
  async whileBusy(work) {
    this.next = work;
    if (this.busy) return;
    this.busy = true;
    this.stopButton.hidden = false;
    while (this.next) await this.workOn();
    this.busy = false;
    if (document.activeElement === this.stopButton) this.runButton.focus();
    this.stopButton.hidden = true;
  }

  async workOn() {
    try {
      await this.ready();
      const work = this.next;
      this.next = null;
      await work?.();
    } catch (problem) {
      this.next = null;
      if (problem.cause !== "stopped") this.say(WORDS.failed(problem.cause ?? problem.message));
    }
  }

  // Start Python, unless it runs; NumPy is loaded for an answer that names it, where there is one.
  async ready() {
    const packages = /\bnumpy\b/.test(this.code) ? (this.settings.packages ?? "") : "";
    if (packages && !this.python?.packages.length) this.python = this.up = this.python?.end();
    const { pyodide, core, bytes } = this.settings;
    this.python ??= new this.Python(
      { ...this.settings, pyodide, packages, bytes: packages ? bytes : core, checks: true },
      { lost: () => this.lost(), progress: (share) => this.say(WORDS.starting(share)) },
    );
    this.up ??= this.python.start();
    await this.up.catch((problem) => {
      this.up = null;
      throw problem;
    });
  }

  lost() {
    this.up = null;
    this.say(WORDS.stopped);
  }

  stop() {
    this.next = null;
    this.python?.stop();
  }

  show({ verdict, message, see }) {
    this.say(verdict === "ran" ? WORDS.ran : "");
    if (verdict === "ran") return;
    const line = make("p", {}, (MARKS[verdict] ?? "") + message);
    if (see in this.links) line.append(" ", this.linkTo(see));
    this.verdict.dataset.verdict = verdict;
    this.verdict.replaceChildren(line);
    if (verdict !== "right") return;
    keep(this.name, { solved: true });
    this.markSolved();
  }

  linkTo(see) {
    const [href, title] = this.links[see];
    return make("span", {}, WORDS.read, make("a", { href }, title), ".");
  }

  markSolved() {
    if (this.title.querySelector(".on-page-solved")) return;
    this.title.append(" ", make("span", { class: "on-page-solved" }, WORDS.solved));
  }
}

const exercises = new Map();

// Called for each press until the editor is there.
export function open(box, settings) {
  if (!exercises.has(box)) exercises.set(box, new Exercise(box, settings));
  return exercises.get(box).open();
}
