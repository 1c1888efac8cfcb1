"""What a page weighs and when it shows: ours against the theme's default settings, in one run.

The default's MathJax is not in it: it would come from another host.

Usage: python -m tools.bench.pages [CHAPTER]
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import yaml

from website import chromium, serve, toc

CHAPTER = "book/regression-losses"
EXECUTED = toc.ROOT / "_build" / "jupyter_execute"
OURS = ("website",)  # what the names of our own extensions begin with
RUNS = 5
# A slow phone: 1.6 Mbit/s, 150 ms there and back.
PHONE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 100_000,
}
SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: "layout-shift", buffered: true});"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
UNCOVERED = "try { localStorage.setItem('losses-answers', 'open'); } catch {}"
TO_THE_END = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 700) {
    window.scrollTo(0, y);
    await new Promise(requestAnimationFrame);
  }
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  await document.fonts.ready;
}"""


def watch(tab, network=None):
    """Count the bytes that arrive in a tab, by address, and the shifts of its layout."""
    tab.arrived, addresses = Counter(), {}
    tab.add_init_script(SHIFTS)
    tab.session = session = tab.context.new_cdp_session(tab)
    session.send("Network.enable")
    if network:
        session.send("Network.emulateNetworkConditions", network)

    def asked(event):
        addresses[event["requestId"]] = event["request"]["url"]

    def finished(event):
        tab.arrived[addresses[event["requestId"]]] += event["encodedDataLength"]

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", finished)


def visit(tab, url):
    """Load a page, read it to its end, and return the bytes that arrived for it.

    No answer is covered: a figure in a covered answer would not be loaded.
    """
    tab.arrived.clear()
    tab.add_init_script(UNCOVERED)
    tab.goto(url)
    return read_on(tab)


def opened(tab, url):
    """Load a page without reading on, and return the bytes that arrived for it."""
    tab.arrived.clear()
    tab.goto(url, wait_until="networkidle")
    return arrived(tab)


def read_on(tab):
    """Read the page of a tab to its end, and return all bytes that arrived for it."""
    tab.evaluate(TO_THE_END)
    return arrived(tab)


def arrived(tab):
    """Return the bytes that arrived so far."""
    tab.session.send("Runtime.evaluate", {"expression": "0"})  # its answer follows all events
    return tab.arrived.total()


def measure(browser, address, name):
    """Visit a page on a slow phone's network; return bytes, first paint in ms, layout shift."""
    with chromium.tab(browser, address) as tab:
        watch(tab, PHONE)
        size = visit(tab, f"{address}/{name}.html")
        return size, tab.evaluate(PAINT), tab.evaluate("window.shifts")


def build(folder, name, default):
    """Build a book of one chapter, which was executed before; return the folder of its pages."""
    settings = yaml.safe_load((toc.ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings["execute"] = {"execute_notebooks": "off"}
    if default:
        sphinx = settings["sphinx"]
        del sphinx["local_extensions"], sphinx["config"]["html_theme_options"]
        names = sphinx["config"]["extensions"]
        sphinx["config"]["extensions"] = [name for name in names if not name.startswith(OURS)]
    (folder / name).parent.mkdir(parents=True)
    shutil.copytree(toc.ROOT / "book" / "assets", folder / "book" / "assets")
    shutil.copy(toc.ROOT / "book" / "references.bib", folder / "book")
    shutil.copy(EXECUTED / f"{name}.ipynb", folder / f"{name}.ipynb")
    (folder / "_config.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: {name}\n", encoding="utf-8")
    command = [Path(sys.executable).with_name("jupyter-book"), "build", str(folder), "-q"]
    result = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": str(toc.ROOT)},  # where our extensions are
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        sys.exit(f"error: the book of one chapter could not be built:\n{result.stdout[-2000:]}")
    return folder / "_build" / "html"


def main(arguments=None):
    """Run the benchmark and print its table."""
    name = (arguments or sys.argv[1:] or [CHAPTER])[0]
    if not (EXECUTED / f"{name}.ipynb").exists():
        sys.exit(f"error: {name} was not executed yet; run: make book")
    rows = {}
    with tempfile.TemporaryDirectory() as folder, chromium.launch() as browser:
        for label in ("this book", "theme's default"):
            pages = build(Path(folder, label.split()[0]), name, default=label != "this book")
            with serve.hosted(pages) as address:
                print(f"{label}: {RUNS} first visits to {name}", flush=True)
                rows[label] = [measure(browser, address, name) for _ in range(RUNS)]
    print(f"\n{'':16} {'kB':>8} {'first paint, ms':>16} {'layout shift':>13}")
    for label, runs in rows.items():
        size, paint, shift = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"{label:16} {size / 1000:8.0f} {paint:16.0f} {shift:13.3f}")


if __name__ == "__main__":
    main()
