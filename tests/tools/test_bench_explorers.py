"""What the benchmark of the explorers makes of Chromium's trace, and of the book's page."""

import re

import pytest

from tools.bench import explorers


def mark(received, called, worked):
    """Return a trace's event of a step, in microseconds."""
    return {"name": "step", "ts": received, "tts": worked, "args": {"data": {"callTime": called}}}


def frame(start, worked):
    return {"name": "Layerize", "ts": start, "dur": 1000, "tts": worked, "tdur": 500}


def test_a_step_ends_with_its_frame():
    events = [mark(0, 2000, 100), frame(5000, 2600), mark(9000, 9000, 3000), frame(9500, 3300)]
    assert list(explorers.durations(events)) == [(4.0, 6.0, 3.0), (1.5, 1.5, 0.8)]


def test_two_steps_in_one_frame_count_from_the_first():
    events = [mark(0, 1000, 0), mark(2000, 3000, 900), frame(9000, 4500)]
    assert list(explorers.durations(events)) == [(9.0, 10.0, 5.0)]


def test_a_frame_without_a_step_does_not_count():
    assert list(explorers.durations([frame(0, 0), mark(2000, 2000, 500), frame(4000, 900)])) == [
        (3.0, 3.0, 0.9)
    ]


FAST = [3.0, 16.0, None, 16.0, 49.0, 3.0, None, 2.0]


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (1, 17.0, "race: a step takes 17.0 ms, more than 16.7"),
        (4, 51.0, "race: from input to frame it is 51.0 ms, more than 50"),
        (7, 8.5, "race: its work alone takes 50.7 ms to a frame, more than 50"),
    ],
)
def test_a_slow_explorer_is_named_with_its_time(place, value, sentence):
    slow = [*FAST[:place], value, *FAST[place + 1 :]]
    assert list(explorers.too_slow({"race": FAST})) == []
    assert list(explorers.too_slow({"race": slow})) == [sentence]


def test_the_figures_replace_those_of_the_page(tmp_path):
    page = tmp_path / "testing.md"
    before = explorers.PAGE.read_text(encoding="utf-8")
    page.write_text(before, encoding="utf-8")
    explorers.write({"race": FAST, "descent": FAST}, page)
    after = page.read_text(encoding="utf-8")
    table = re.search(r"\| explorer \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", after)[1]
    assert table == "| `race` | 3.0 | – | 2.0 | 49.0 |\n| `descent` | 3.0 | – | 2.0 | 49.0 |\n"
    assert after.count("\n## ") == before.count("\n## ")


def test_the_page_shows_every_explorer():
    page = explorers.PAGE.read_text(encoding="utf-8")
    table = re.search(r"\| explorer \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", page)[1]
    assert re.findall(r"^\| `(\w+)`", table, re.M) == explorers.explorers.__all__
