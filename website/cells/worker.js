{
  // Pyodide, in a worker of its own: it loads on the first message and runs a cell on each later
  // one. The braces around everything make a file that was cut off an error, wherever it ends.
  const SCRIPTS = ["pyodide.mjs", "pyodide.asm.mjs"];
  const tell = (kind, value) => postMessage({ kind, value });
  const browserFetch = self.fetch;
  const instantiate = WebAssembly.instantiateStreaming;
  let loaded = 0;
  let run;

  // Tell the page why Pyodide did not start. Once it has, an error is the business of its cell.
  function refuse(problem) {
    if (!run) tell("refused", String(problem?.message ?? problem).split("\n")[0]);
  }

  // Pyodide only logs some of what fails while it starts, and then waits forever.
  const reported = (promise) =>
    promise.catch((problem) => {
      refuse(problem);
      throw problem;
    });

  const counted = () =>
    new TransformStream({
      transform(chunk, controller) {
        tell("loaded", (loaded += chunk.byteLength));
        controller.enqueue(chunk);
      },
    });

  // Fetch a file and count what arrives. The largest one is stored packed, so that no server has to
  // compress it; its name does not end in gz, which some servers would unpack.
  async function download(resource, options) {
    const url = String(resource.url ?? resource);
    const packed = url.endsWith(".wasm");
    const response = await browserFetch(packed ? `${url}.packed` : resource, options);
    if (!response.ok) throw new Error(`${response.status} for ${response.url.split("/").pop()}`);
    const body = response.body.pipeThrough(counted());
    if (!packed) return new Response(body, { headers: response.headers });
    const headers = { "content-type": "application/wasm" };
    return new Response(body.pipeThrough(new DecompressionStream("gzip")), { headers });
  }

  // An import cannot be told to bypass the browser's cache; it takes what a fetch has put there.
  const refresh = async (url) => (await browserFetch(url, { cache: "reload" })).arrayBuffer();

  async function load({ folder, packages, cache, checks }) {
    self.fetch = (resource, options) => reported(download(resource, { ...options, cache }));
    WebAssembly.instantiateStreaming = (...parts) =>
      reported(instantiate.apply(WebAssembly, parts));
    if (cache === "reload") await Promise.all(SCRIPTS.map((name) => refresh(folder + name)));
    const { loadPyodide } = await import(`${folder}pyodide.mjs`);
    const pyodide = await loadPyodide({ indexURL: folder });
    const names = packages.map((name) => (name.endsWith(".whl") ? folder + name : name));
    let failure = "";
    const quiet = { messageCallback: () => {}, errorCallback: (text) => (failure = text) };
    await pyodide.loadPackage(names, quiet);
    if (failure) throw new Error(failure);
    const text = async (name) => (await fetch(new URL(name, import.meta.url))).text();
    const [runner, printed] = pyodide.runPython(`${await text("runner.py")}\nrun, printed`);
    const reply = checks && pyodide.runPython(`${await text("checking.py")}\nreply`);
    const show = (output) => tell("output", JSON.parse(output));
    self.fetch = browserFetch;
    run = ({ code, number, exercise }) => {
      if (number) tell("done", runner(code, number, show));
      else tell("done", JSON.parse(reply(exercise, code, show, runner, printed)));
    };
  }

  // Some failures are caught nowhere.
  self.onunhandledrejection = (event) => {
    event.preventDefault();
    refuse(event.reason);
  };

  self.onmessage = async ({ data }) => {
    if (run) {
      run(data);
      return;
    }
    try {
      await load(data);
      tell("ready");
    } catch (problem) {
      refuse(problem);
    }
  };
}
