"""Measure how long a step of a slider takes until it is drawn, by tracing Chromium.

Usage: python -m tools.bench.explorers [--steps N]

A step begins with the event of the slider and ends when the page has been laid out and painted, and
is handed to the compositor. A frame at 60 Hz is 16.7 ms.
"""

import argparse
import json
from statistics import median, quantiles

from lossutils.book import explorers
from website import chromium
from website.explorer_page import open_bare

FRAME = 1000 / 60  # milliseconds
STEPS = 300
TRACED = ["devtools.timeline", "blink.user_timing"]
DRAWN = "Layerize"  # the last work of the main thread before the compositor takes over

# Each step moves one slider, in turn, to and fro over its range; the next one waits for its frame.
MOVE = """steps => new Promise((done) => {
  const shown = "form .explorer-control:not([hidden]) [type=range]";
  const sliders = [...document.querySelectorAll(shown)];
  let number = 0;
  function step() {
    if (number === steps) return done();
    const slider = sliders[number % sliders.length];
    const part = Math.abs((number / 37) % 2 - 1);
    slider.value = Number(slider.min) + part * (slider.max - slider.min);
    performance.mark(`step ${number++}`);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => requestAnimationFrame(step));
  }
  requestAnimationFrame(step);
})"""


def measure(browser, name, steps):
    """Return how many milliseconds each of the steps took until it was drawn."""
    page = open_bare(browser, name, viewport={"width": 800, "height": 900})
    page.evaluate(MOVE, 20)  # the first steps warm the compiler
    browser.start_tracing(page=page, categories=TRACED)
    page.evaluate(MOVE, steps)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.close()
    taken = list(durations(events))
    assert len(taken) == steps, f"{name}: {len(taken)} of {steps} steps were drawn"
    return taken


def durations(events):
    """Yield, for each mark of a step, the time until the end of the last work of its frame."""
    marks = sorted(event["ts"] for event in events if event["name"].startswith("step "))
    ends = sorted(event["ts"] + event.get("dur", 0) for event in events if event["name"] == DRAWN)
    for start, following in zip(marks, [*marks[1:], float("inf")], strict=True):
        drawn = [end for end in ends if start < end < following]
        if drawn:
            yield (drawn[0] - start) / 1000


def main(arguments=None):
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.explorers", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--steps", type=int, default=STEPS)
    steps = parser.parse_args(arguments).steps
    width = max(map(len, explorers.__all__))
    print(f"\nA step of a slider until it is drawn, in milliseconds; {steps} steps each")
    print(f"{'':{width}}  {'median':>7} {'95 %':>7} {'most':>7}  95 % of a frame")
    with chromium.launch() as browser:
        for name in explorers.__all__:
            taken = measure(browser, name, steps)
            high = quantiles(taken, n=20)[-1]
            times = f"{median(taken):7.1f} {high:7.1f} {max(taken):7.1f}"
            print(f"{name:{width}}  {times}  {high / FRAME:.2f}", flush=True)


if __name__ == "__main__":
    main()
