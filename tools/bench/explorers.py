"""Measure how long an explorer takes from an input until it is drawn, by tracing Chromium.

Usage: python -m tools.bench.explorers [--steps N] [--write] [EXPLORER ...]

An explorer is moved by its sliders, by dragging with a real pointer, and by Play. A step begins
when the page hears of the event, and ends when the page has been laid out and painted, and is
handed to the compositor. A frame at 60 Hz is 16.7 ms. On a processor that is four times slower, the
time from input to frame is measured: for a pointer it begins when the browser receives the event.

The work of the main thread in a step is printed as well: unlike the time, it hardly depends on what
else the machine is doing.
"""

import argparse
import json
import math
import re
import sys
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from lossutils.book import explorers
from website import chromium
from website.explorer_page import handles, open_bare

FRAME, LATE = 1000 / 60, 50  # milliseconds: at most for a step, and from input to frame if slower
SLOWER = 4  # times
STEPS = 100
TRACED = ["devtools.timeline", "blink.user_timing"]
DRAWN = "Layerize"  # the last work of the main thread before the compositor takes over
PAGE = Path(__file__).parents[2] / "book" / "testing.md"

# Mark the input from which the explorer draws: that of the pointer where one is pressed.
MARK = """figure => {
  let pressed = false;
  addEventListener("pointerdown", () => (pressed = true), true);
  addEventListener("pointerup", () => (pressed = false), true);
  addEventListener("pointermove", ({ timeStamp }) =>
    pressed && performance.mark("step", { startTime: timeStamp }), true);
  figure.addEventListener("input", () => pressed || performance.mark("step"), true);
}"""
# Each step moves one slider, in turn, to and fro over its range; the next one waits for its frame.
SLIDE = """(figure, steps) => new Promise((done) => {
  const sliders = [...figure.querySelectorAll("form [type=range]")]
    .filter((slider) => slider.checkVisibility({ visibilityProperty: true }));
  let number = 0;
  function step() {
    if (number === steps) return done();
    const slider = sliders[number % sliders.length];
    const part = Math.abs((number++ / 37) % 2 - 1);
    slider.value = Number(slider.min) + part * (slider.max - slider.min);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => requestAnimationFrame(step));
  }
  requestAnimationFrame(step);
})"""
RESTS = "() => document.querySelector('.explorer-play').textContent === 'Play'"


class Taken(NamedTuple):
    """The milliseconds of each step: since it was heard of, since the input, of the main thread."""

    step: list
    latency: list
    work: list


def slide(page, steps):
    """Move the sliders."""
    page.locator("figure.explorer").evaluate(SLIDE, steps)


def drag(page, steps):
    """Drag each point and line in turn, on a circle around its place."""
    held = [place for place in handles(page) if place["inside"]]
    for place in held:
        page.mouse.move(place["x"], place["y"])
        page.mouse.down()
        for turn in range(1, steps // len(held) + 1):
            angle = turn / 5
            across, up = 60 * math.sin(angle), 60 * (1 - math.cos(angle))
            page.mouse.move(place["x"] + across, place["y"] - up)
        page.mouse.up()


def play(page, steps):
    """Play from the start to the end, whatever the number of steps."""
    slider = page.locator(".explorer-play").get_attribute("data-slider")
    page.locator(f"[name={slider}]").press("Home")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(RESTS)


def ways(explorer):
    """Return how an explorer can be moved."""
    return [slide, *[drag] * bool(explorer.handles), *[play] * bool(explorer.play)]


def measure(browser, name, move, steps, slower=1):
    """Return what the steps of an explorer took."""
    page = open_bare(browser, name, viewport={"width": 800, "height": 1100})
    page.locator("figure.explorer").evaluate(MARK)
    slide(page, 20)  # the first steps warm the compiler
    page.evaluate("document.querySelector('figure > form').reset()")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    browser.start_tracing(page=page, categories=TRACED)
    move(page, steps)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.close()
    return Taken(*zip(*durations(events), strict=True))


def durations(events):
    """Yield the three times of each step that was drawn, in milliseconds.

    Steps that the browser draws in one frame count as one, from the first of them.
    """
    marks = sorted((e["args"]["data"]["callTime"], e) for e in events if e["name"] == "step")
    frames = sorted((e["ts"] + e["dur"], e) for e in events if e["name"] == DRAWN and "dur" in e)
    for end, frame in frames:
        drawn = [mark for called, mark in marks if called < end]
        marks = [(called, mark) for called, mark in marks if called >= end]
        if drawn:
            called, work = drawn[0]["args"]["data"]["callTime"], frame["tts"] + frame["tdur"]
            taken = end - called, end - drawn[0]["ts"], work - drawn[0]["tts"]
            yield tuple(microseconds / 1000 for microseconds in taken)


def high(values):
    """Return what 95 of 100 values are below."""
    return quantiles(values, n=20)[-1]


def row(browser, name, steps):
    """Measure an explorer in every way; return the numbers of its row, None for what it lacks.

    They are the median for sliders; the 95th percentile for sliders, for dragging and for Play, and
    of the latency on a slower processor; then that of the work in each of the three ways.
    """
    moves = ways(getattr(explorers, name)())
    taken = {move: measure(browser, name, move, steps) for move in moves}
    slower = [measure(browser, name, move, steps // 2, SLOWER) for move in moves]
    runs = [taken.get(move) for move in (slide, drag, play)]
    times, work = (
        [high(getattr(run, what)) if run else None for run in runs] for what in ("step", "work")
    )
    return [median(taken[slide].step), *times, max(high(run.latency) for run in slower), *work]


WAYS = ["sliders", "dragged", "Play"]
HEADS = ["median", *WAYS, f"{SLOWER}x slower", *(f"work: {way}" for way in WAYS)]


def markdown(rows):
    """Return the rows of the book's page: the work in each way, and the latency if slower.

    Examples
    --------
    >>> print(markdown({"race": [3.2, 5.0, None, 4.0, 20.0, 3.04, None, 2.0]}))
    | `race` | 3.0 | – | 2.0 | 20.0 |
    """
    shown = {name: texts([*row[-3:], row[-4]]) for name, row in rows.items()}
    return "\n".join(f"| `{name}` | {' | '.join(numbers)} |" for name, numbers in shown.items())


def texts(row):
    """Return numbers with one digit, and a dash for None."""
    return ["–" if number is None else f"{number:.1f}" for number in row]


def write(rows, page=PAGE):
    """Put the rows and today's date into the book's page."""
    text = page.read_text(encoding="utf-8")
    today = f"{date.today().day} {date.today():%B %Y}"
    text = re.sub(r"(traced in Chromium on\s+)\d+ \w+ \d+", rf"\g<1>{today}", text)
    text = re.sub(
        r"(\| explorer \|.*\n\|[-|]+\|\n)(?:\|.*\n)+", lambda m: f"{m[1]}{markdown(rows)}\n", text
    )
    page.write_text(text, encoding="utf-8")


def too_slow(rows):
    """Yield a sentence for each explorer that misses a target."""
    for name, (_, *times, latency, slide_work, drag_work, play_work) in rows.items():
        slowest = max(filter(None, times))
        if slowest > FRAME:
            yield f"{name}: a step takes {slowest:.1f} ms, more than {FRAME:.1f}"
        if latency > LATE:
            yield f"{name}: from input to frame it is {latency:.1f} ms, more than {LATE}"
        # What a machine without other programs needs: the work, and at most a frame of waiting.
        needed = SLOWER * max(filter(None, (slide_work, drag_work, play_work))) + FRAME
        if needed > LATE:
            yield f"{name}: its work alone takes {needed:.1f} ms to a frame, more than {LATE}"


def main(arguments=None):
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.explorers", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--write", action="store_true", help="store the figures in book/testing.md")
    parser.add_argument("names", nargs="*", metavar="EXPLORER", default=explorers.__all__)
    options = parser.parse_args(arguments)
    width, rows = max(map(len, explorers.__all__)), {}
    print(f"\nFrom an input until it is drawn, in milliseconds; {options.steps} steps each, 95 %")
    print(f"{'':{width}}", *(f"{head:>13}" for head in HEADS))
    with chromium.launch() as browser:
        for name in options.names:
            rows[name] = row(browser, name, options.steps)
            print(f"{name:{width}}", *(f"{text:>13}" for text in texts(rows[name])), flush=True)
    print(*too_slow(rows), sep="\n")
    if options.write:
        write(rows)


if __name__ == "__main__":
    sys.exit(main())
