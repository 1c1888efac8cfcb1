"""Every page in Firefox and in WebKit, the engine of Safari, as a reader uses it.

The tests of a page share one visit. What they must find there is counted in the file of the page.
One commit visits one chapter and one other page in both engines, `make proof` every page.
"""

import contextlib
import functools
import json
import re

import firefox
import page_state
import pytest
import webkit
from engine_tab import Tab
from recorded_site import Recorded
from rotation import one_in

from grader import programs
from website import built, serve, toc

pytestmark = pytest.mark.slow
ENGINES = {"Firefox": firefox, "WebKit": webkit}
CHAPTER = "book/double-softmax"
OTHERS = [name for name in [*toc.PAGES, "search", "genindex"] if name != CHAPTER]
DESK, PHONE = (1440, 900), (390, 844)

PREDICTION = "document.querySelectorAll('.cell[data-predict]')[%d]"
QUESTION = "document.querySelectorAll('fieldset.quiz')[%d]"
EXPLORER = "document.querySelectorAll('figure.explorer')[%d]"
SLIDER = "%s.querySelector('.explorer-control:not([hidden]) [type=range]')"
PRESETS = "%s.querySelectorAll('[data-presets]')"
CHOSEN = "() => document.querySelector('dialog [aria-selected=true][href$=\"/hinge.html#hinge\"]')"
THEME = "document.querySelector('.theme-switch-button')"
IS_DARK = "() => document.documentElement.dataset.theme === 'dark'"


def visits():
    """Return engines with pages, as parameters."""
    return [
        pytest.param((engine, name), marks=param.marks, id=f"{engine}-{name}")
        for skip, engine in enumerate(ENGINES)
        for param in [pytest.param(CHAPTER), *one_in(len(OTHERS), OTHERS, skip)]
        for name in param.values
    ]


@pytest.fixture(scope="session")
def windows():
    """Return a function that starts an engine, at its first call."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def window(engine):
            try:
                return Tab(stack.enter_context(ENGINES[engine].launch()))
            except LookupError as problem:
                pytest.skip(f"not run: {problem}")

        yield window


@pytest.fixture(scope="session")
def site():
    """Serve the built book so that problems are recorded."""
    with serve.hosted(built.folder(), Recorded) as where:
        yield where


@pytest.fixture(scope="module", params=visits())
def visit(request):
    """Return the name of an engine and that of a page."""
    return request.param


@pytest.fixture(scope="module")
def tab(windows, site, visit):
    """Open the page on a desk, with nothing remembered; at the end, nothing may have gone wrong."""
    engine, name = visit
    window = windows(engine)
    Recorded.problems.clear()
    window.resize(*DESK)
    window.open(f"{site}/{name}.html")
    window.wait(page_state.DRAWN)
    yield window
    window.run("() => localStorage.clear()")


@pytest.fixture(scope="module")
def text(visit):
    """Return the file of the page."""
    return (built.SITE / f"{visit[1]}.html").read_text(encoding="utf-8")


# A visit: the order of these tests is that of what a reader does.


def test_an_answer_is_covered_until_the_reader_has_guessed(tab, text):
    for number in range(text.count("data-predict=")):
        cell = PREDICTION % number
        assert tab.run(page_state.SEEN % cell) == [False], number
        is_number = tab.run(f"() => Boolean({cell}.querySelector('[type=text]'))")
        tab.click(f"{cell}.querySelector('{'[type=text]' if is_number else '.predict-choice'}')")
        tab.press("1", "Enter") if is_number else tab.click(
            f"{cell}.querySelector('[type=submit]')"
        )
        message = tab.run(f"() => {cell}.querySelector('.predict-message').innerText")
        assert "it is" in message, message
        assert tab.run(page_state.SEEN % cell) == [True], number


def test_an_answer_of_a_quiz_is_judged(tab, text):
    marks = {"true": "✓ right", "false": "✗ not right"}
    for number in range(text.count('<fieldset class="quiz"')):
        question = QUESTION % number
        right, mark, is_explained = tab.run(page_state.JUDGED % question)
        assert (mark, is_explained) == ("", False)
        tab.click(f"{question}.querySelector('.quiz-choice button')")
        assert tab.run(page_state.JUDGED % question) == [right, marks[right], True]


def test_a_slider_and_the_examples_move_an_explorer(tab, text):
    for number in range(text.count('<figure class="explorer')):
        explorer = EXPLORER % number
        start = tab.run(page_state.STATE % explorer)
        assert start["chart"].startswith("<svg")
        assert start["sentence"]
        check_slider(tab, explorer, start)
        check_examples(tab, explorer)


def check_slider(tab, explorer, start):
    """Move the slider to both of its ends: one of them is not where it stood."""
    tab.run(f"() => {SLIDER % explorer}.focus()")
    ends = []
    for key in ("End", "Home"):
        tab.press(key)
        ends.append(tab.run(page_state.STATE % explorer))
    assert all(end["chart"] != start["chart"] or end["values"] == start["values"] for end in ends)
    assert {end["sentence"] for end in ends} - {start["sentence"]}


def check_examples(tab, explorer):
    """Press each button with an example: the controls show what it says."""
    presets = tab.run(f"() => [...{PRESETS % explorer}].map((e) => e.dataset.presets)")
    states = []
    for number, preset in enumerate(map(json.loads, presets)):
        tab.click(f"{PRESETS % explorer}[{number}]")
        states.append(tab.run(page_state.STATE % explorer))
        assert states[-1]["values"].items() >= preset.items()
    assert len({state["sentence"] for state in states}) > 1 or len(states) < 2


def test_every_formula_and_every_picture_shows(tab, text):
    tab.run(page_state.UNFOLD)
    formulas = tab.run(page_state.FORMULAS)
    assert formulas["wrong"] == []
    assert (formulas["all"] > 0) == ('class="math' in text or "<math" in text)
    assert tab.run(page_state.MISSING) == []


def test_nothing_is_wider_than_the_window(tab):
    for width, height in (PHONE, DESK):
        tab.resize(width, height)
        tab.wait(page_state.FITS, width)


def test_in_the_dark_all_text_can_be_read(tab):
    for _ in range(3):
        if not tab.run(IS_DARK):
            tab.click(THEME)
    tab.wait(f"() => ({page_state.CONTRAST})() >= 4.5")
    assert tab.run(IS_DARK)


def test_nothing_went_wrong(tab):
    assert Recorded.problems == []


# Between pages


@pytest.mark.parametrize("engine", ENGINES)
def test_search_finds_a_section_and_enter_opens_it(windows, site, engine):
    window = windows(engine)
    Recorded.problems.clear()
    window.resize(*DESK)
    window.open(f"{site}/{CHAPTER}.html")
    window.wait("() => document.querySelector('.search-button__button').onclick")
    window.press("/")
    window.wait("() => document.activeElement.closest('dialog')")
    window.press(*"hinge")
    window.wait(CHOSEN)
    window.press("Enter")
    window.wait("() => location.hash === '#hinge' && document.querySelector('h1')")
    assert Recorded.problems == []


# What the tests rest on: problems are noticed


BROKEN = """<!doctype html><head></head><title>One page</title><body><article>
<img src="http://example.org/a.png"><img src="missing.png">
<math></math><merror>an error</merror><p style="width: 3000px; color: #999; background: #aaa">faint
<script>
  console.error("one error");
  Promise.reject(new Error("one rejection"));
  throw new Error("another error");
</script>"""
TOLD = [
    "asked another host: http://example.org",
    "404 /missing.png",
    "console: one error",
    "one rejection",
    "another error",
]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_tells_what_is_wrong(windows, engine, tmp_path):
    (tmp_path / "index.html").write_text(BROKEN, encoding="utf-8")
    window = windows(engine)
    Recorded.problems.clear()
    with serve.hosted(tmp_path, Recorded) as where:
        window.resize(*DESK)
        window.open(f"{where}/index.html")
        wrong = window.run(page_state.FORMULAS)["wrong"]
        assert [text.split(">")[0] for text in wrong] == ["<math", "<merror"]
        assert len(window.run(page_state.MISSING)) == 2
        assert not window.run(page_state.FITS, DESK[0])
        assert window.run(page_state.CONTRAST) < 4.5
    assert [text for text in TOLD if text not in " ".join(Recorded.problems)] == []


def test_an_engine_that_is_missing_says_how_to_install_it(monkeypatch):
    """Continuous integration installs the packages that the sentence names."""
    monkeypatch.setattr(programs, "find", lambda *names: None)
    installed = (toc.ROOT / ".ci" / "run").read_text(encoding="utf-8").split()
    for engine in ENGINES.values():
        with pytest.raises(LookupError) as refused, engine.launch():
            pass
        packages = re.fullmatch(r"no \w+; install it \(apt install (.*)\)", str(refused.value))
        assert set(packages[1].split()) <= set(installed)
