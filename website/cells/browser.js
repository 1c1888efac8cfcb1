// The Python of the page itself: Pyodide in a worker, from files of this site.
const WORDS = {
  failed: (reason) => `Python could not be loaded (${reason}). Press Restart to try again.`,
  stopped: "Stopped, and Python forgot its variables. Run starts it again.",
};

export class Python {
  constructor({ pyodide, packages, bytes, checks }, { lost, progress }) {
    this.folder = new URL(pyodide, location.href).href;
    this.packages = packages ? packages.split(" ") : [];
    this.cache = "default";
    this.checks = Boolean(checks);
    Object.assign(this, { lost, progress, bytes: Number(bytes), rich: null });
  }

  start() {
    this.worker = new Worker(this.workerAddress(), { type: "module" });
    this.worker.onmessage = ({ data }) => this.hear(data);
    const started = new Promise((resolve, reject) => {
      this.started = resolve;
      this.refused = (reason) => {
        this.worker?.terminate();
        reject(new Error(WORDS.failed(reason), { cause: reason }));
      };
      this.worker.onerror = (event) => {
        event.preventDefault();
        this.fail(event.message || "the worker did not start");
      };
    });
    const { folder, packages, cache, checks } = this;
    this.worker.postMessage({ folder, packages, cache, checks });
    return started;
  }

  // The browser may have kept the file that was broken or missing, and a server that compares dates
  // may say that it has not changed: every later start loads all files again.
  fail(reason) {
    this.cache = "reload";
    this.refused(reason);
  }

  // A worker cannot be loaded past the cache, except under an address that is not in it.
  workerAddress() {
    const address = new URL("worker.js", import.meta.url);
    if (this.cache === "reload") address.search = Date.now();
    return address;
  }

  hear({ kind, value }) {
    if (kind === "loaded") this.progress(Math.min(value / this.bytes, 1));
    else if (kind === "ready") this.started();
    else if (kind === "refused") this.fail(value);
    else if (kind === "output") this.show(value);
    else this.finish(value);
  }

  run(code, number, show) {
    return this.ask({ code, number }, show);
  }

  // Run the answer to an exercise, and check it if the exercise is given; resolves to the verdict.
  answer(code, exercise, show) {
    return this.ask({ code, exercise }, show);
  }

  ask(message, show) {
    return new Promise((resolve) => {
      Object.assign(this, { finish: resolve, show });
      this.worker.postMessage(message);
    });
  }

  // An endless loop does not answer messages: its worker is ended.
  stop() {
    this.end();
    this.lost(WORDS.stopped, "off");
    this.finish?.("gone");
    this.refused?.("stopped");
  }

  restart() {
    this.end();
    this.finish?.("gone");
    return this.start();
  }

  end() {
    this.worker?.terminate();
  }
}
