// The Python that checks exercises under `make live`: a kernel of their own, which knows runner.py
// and checking.py. To an exercise it is what browser.js is elsewhere.
import { Python as Kernel } from "./kernel.js";

const FILES = ["runner.py", "checking.py"];
// What an answer prints, and at the end the verdict, come as outputs of this type.
const TYPE = "application/vnd.losses+json";
const TELL = `
import json as _json
from IPython.display import display as _display
_tell = lambda kind, text: _display({"${TYPE}": {kind: _json.loads(text)}}, raw=True)
`;
const literal = (text) => (text === null ? "None" : JSON.stringify(text)); // JSON's texts are Python's

export class Python {
  constructor(settings, { lost }) {
    Object.assign(this, { settings, lost, packages: [] });
    addEventListener("pagehide", () => this.end());
  }

  // A kernel that was stopped while it started is ended as soon as it is there.
  async start() {
    const lost = () => kernel === this.kernel && this.stop();
    const kernel = (this.kernel = new Kernel(this.settings, { lost }));
    const files = FILES.map((name) => new URL(name, import.meta.url));
    const sources = await Promise.all(files.map(async (file) => (await fetch(file)).text()));
    await kernel.start();
    if (kernel !== this.kernel) {
      kernel.end();
      throw new Error("", { cause: "stopped" });
    }
    await kernel.run([...sources, TELL].join("\n"), 0, () => {});
  }

  // Run the answer to an exercise, and check it if the exercise is given; resolves to the verdict.
  async answer(code, exercise, show) {
    let verdict = "gone";
    const parts = [literal(exercise), literal(code), `lambda text: _tell("output", text)`];
    const reply = `_tell("done", reply(${parts.join(", ")}, run, printed))`;
    const hear = ({ data }) => {
      const message = data?.[TYPE] ?? {};
      if (message.output) show(message.output);
      if (message.done) verdict = message.done;
    };
    const ended = new Promise((resolve) => (this.finish = resolve));
    await Promise.race([this.kernel.run(reply, 0, hear), ended]);
    return verdict;
  }

  fall() {
    this.lost();
    this.finish?.();
  }

  // As in the browser, whatever was stopped starts again.
  stop() {
    this.end();
    this.fall();
  }

  end() {
    this.kernel?.end();
    this.kernel = null;
  }
}
