// Pyodide, away from the page: it loads on the first message and runs a cell on each later one.
const tell = (kind, value) => postMessage({ kind, value });
const refuse = (problem) => tell("refused", String(problem?.message ?? problem).split("\n")[0]);
const ask = self.fetch;
const instantiate = WebAssembly.instantiateStreaming;
let loaded = 0;
let run;

// Pyodide only logs some of what fails while it starts, and then waits for ever.
const told = (promise) =>
  promise.catch((problem) => {
    refuse(problem);
    throw problem;
  });

const counted = () =>
  new TransformStream({
    transform(piece, controller) {
      tell("loaded", (loaded += piece.byteLength));
      controller.enqueue(piece);
    },
  });

// Count what arrives. The largest file is stored packed, so that no server has to compress it; its
// name does not end in gz, which some servers would unpack.
const bring = async (resource, options) => {
  const url = String(resource.url ?? resource);
  const packed = url.endsWith(".wasm");
  const response = await ask(packed ? `${url}.packed` : resource, options);
  if (!response.ok) throw new Error(`${response.status} for ${response.url.split("/").pop()}`);
  const body = response.body.pipeThrough(counted());
  if (!packed) return new Response(body, { headers: response.headers });
  const headers = { "content-type": "application/wasm" };
  return new Response(body.pipeThrough(new DecompressionStream("gzip")), { headers });
};

async function load({ folder, packages }) {
  self.fetch = (...request) => told(bring(...request));
  WebAssembly.instantiateStreaming = (...parts) => told(instantiate.apply(WebAssembly, parts));
  const { loadPyodide } = await import(`${folder}pyodide.mjs`);
  const pyodide = await loadPyodide({ indexURL: folder });
  const names = packages.map((name) => (name.endsWith(".whl") ? folder + name : name));
  const quiet = { messageCallback: () => {}, errorCallback: (text) => (failure = text) };
  let failure = "";
  await pyodide.loadPackage(names, quiet);
  if (failure) throw new Error(failure);
  const source = await (await ask(new URL("runner.py", import.meta.url))).text();
  const runner = pyodide.runPython(`${source}\nrun`);
  const show = (text) => tell("output", JSON.parse(text));
  self.fetch = ask;
  run = ({ code, number }) => tell("done", runner(code, number, show));
}

// And some of it nobody catches.
self.onunhandledrejection = (event) => {
  event.preventDefault();
  if (!run) refuse(event.reason);
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
