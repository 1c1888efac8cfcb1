// The Python of `make live`: a kernel of the Jupyter server that serves the page.
import { KernelManager, marked, purify, ServerConnection } from "./jupyter.js";

const WORDS = {
  failed: (reason) => `Python could not be started (${reason}). Press Restart.`,
  died: "Python ended by itself; running out of memory is the usual reason. It is restarting …",
  dead: "Python ended and did not come back. Press Restart.",
  gone: "The server of this page has ended. Start it with make live, and open its new address.",
};

// Milliseconds, for a kernel that starts again.
const WAIT = { each: 3_000, between: 250, tries: 200 };
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

function table(html) {
  const part = purify.sanitize(html, { RETURN_DOM_FRAGMENT: true, FORBID_TAGS: ["style", "form"] });
  for (const element of part.querySelectorAll("table")) element.classList.add("table");
  return part;
}

export class Python {
  constructor({ folder }, { lost }) {
    this.folder = folder;
    this.lost = lost;
    this.rich = { html: table, markdown: (text) => table(marked.parse(text)) };
    const baseUrl = new URL("/", location.href).href;
    const wsUrl = baseUrl.replace(/^http/, "ws");
    this.settings = ServerConnection.makeSettings({ baseUrl, wsUrl, appUrl: "", token: "" });
  }

  async start() {
    try {
      this.kernels ??= new KernelManager({ serverSettings: this.settings, standby: () => true });
      this.kernel = await this.kernels.startNew({ name: "python3", path: this.folder });
      this.kernel.statusChanged.connect((_, status) => this.judge(status));
      this.kernel.connectionStatusChanged.connect((_, status) => this.judgeConnection(status));
      await this.kernel.info;
    } catch (problem) {
      throw new Error(WORDS.failed(problem.message));
    }
  }

  judge(status) {
    if (status !== "autorestarting" && status !== "dead") return;
    this.finish?.("gone");
    if (status === "dead") this.lost(WORDS.dead);
    else this.lost(WORDS.died, "starting", () => this.answers(this.kernel));
  }

  // The server starts a kernel that died again, and the library connects to it. What is sent before
  // the new one answers may be lost: ask until it does, and until its messages arrive as well.
  async answers(kernel) {
    for (let tries = 0; tries < WAIT.tries && kernel === this.kernel; tries++) {
      const reply = kernel.requestKernelInfo().catch(() => null);
      if ((await Promise.race([reply, pause(WAIT.each)])) && kernel.status === "idle") return;
      await pause(WAIT.between);
    }
    throw new Error(WORDS.dead);
  }

  // The library connects again, which is useless once the server has ended.
  async judgeConnection(status) {
    if (status === "connected" || !this.kernel) return;
    const answered = await fetch(import.meta.url, { cache: "no-store" }).catch(() => null);
    if ((answered && status !== "disconnected") || !this.kernel) return;
    this.kernel.dispose();
    this.kernel = null;
    this.finish?.("gone");
    this.lost(WORDS.gone);
  }

  // Resolves to ok, error or stopped, or to gone when the kernel ended before the cell did.
  run(code, number, show) {
    return new Promise((resolve) => {
      this.finish = resolve;
      const content = { code, stop_on_error: true, allow_stdin: false };
      const future = this.kernel.requestExecute(content);
      future.onIOPub = ({ header, content }) => {
        const shown = /^(stream|display_data|execute_result|update_display_data|error|clear_output)$/;
        if (shown.test(header.msg_type)) show({ ...content, output_type: header.msg_type });
      };
      future.done.then(
        ({ content }) => resolve(verdict(content)),
        () => resolve("gone"),
      );
    });
  }

  stop() {
    return this.kernel?.interrupt();
  }

  async restart() {
    this.finish?.("gone");
    try {
      await this.kernel.restart();
    } catch {
      await this.start(); // the kernel is gone: start a new one
    }
  }

  // The reader leaves the page: the kernel ends with it.
  end() {
    if (!this.kernel) return;
    const xsrf = /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
    const headers = { "X-XSRFToken": xsrf };
    fetch(`/api/kernels/${this.kernel.id}`, { method: "DELETE", headers, keepalive: true });
    this.kernel = null;
  }
}

function verdict({ status, ename }) {
  if (status === "ok") return "ok";
  return ename === "KeyboardInterrupt" || status === "aborted" ? "stopped" : "error";
}
