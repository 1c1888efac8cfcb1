"""Exercises that check themselves, on a built page: real Pyodide, a real browser.

`test_exercises.py` tests the same checks in CPython; the browser must come to the same verdicts.
"""

import json
import re

import exercise_site
import pytest
from axe_playwright_python.sync_playwright import Axe
from exercise_answers import PROGRAMS, TABLE, check, filled_in
from page_state import STORAGE_BLOCKED
from rotation import one_commit_in

from website import built, chromium, exercises, serve

pytestmark = pytest.mark.slow
PAGE, NAME = "book/double-softmax.html", "double-softmax-once"
PYTHON = re.compile(r"pyodide\.|cells/exercise|editor\.js|checking\.py|worker\.js")
START = exercises.read(NAME).start
RIGHT = filled_in(START, TABLE[NAME]["right"])
TWICE = filled_in(START, TABLE[NAME]["wrong"][0]["answer"])
ENDLESS = "print('begun')\nwhile True:\n    pass"

# Every program of the table, one after the other in one Python of the page.
VERDICTS = """async ([folder, pyodide, programs]) => {
  const { Python } = await import(`${folder}browser.js`);
  const python = new Python({ pyodide, bytes: 1, checks: true }, { progress: () => {} });
  await python.start();
  const verdicts = [];
  for (const [source, code] of programs) {
    verdicts.push(await python.answer(code, source, () => {}));
  }
  python.end();
  return verdicts;
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Make a site whose only exercise is the one of this page."""
    return exercise_site.with_pyodide(tmp_path_factory.mktemp("site"), PAGE)


@pytest.fixture(scope="module")
def address(site):
    """Serve the site as its host does."""
    with serve.hosted(site) as where:
        yield where


@pytest.fixture
def page(browser, address):
    """Open a phone's tab; `requests` holds what it asks for."""
    with chromium.tab(browser, address, viewport={"width": 390, "height": 844}) as tab:
        tab.requests = []
        tab.context.on("request", lambda request: tab.requests.append(request.url))
        yield tab


def visit(page, address):
    """Open the page of the exercise; return its box."""
    page.goto(f"{address}/{PAGE}", wait_until="load")
    box = page.locator(f"#{NAME}")
    box.locator(".on-page-main").wait_for()
    return box


def start(box):
    """Turn the exercise into an editor, and wait until Python is ready."""
    box.locator(".on-page-main").click()
    says(box, "Python is ready")


def says(box, words):
    box.locator(".on-page-status", has_text=re.compile(words)).wait_for()


def verdict(box, code):
    """Check an answer with the keyboard; return what is said."""
    box.locator(".cm-content").fill(code)
    box.locator(".cm-content").press("Control+Enter")
    box.locator(".on-page-verdict p").wait_for()
    return box.locator(".on-page-verdict").inner_text()


def press(box, name):
    box.get_by_role("button", name=name, exact=True).click()


def test_every_answer_gets_the_same_verdict_as_in_cpython(page, address):
    visit(page, address)
    sent = [(exercises.read(name).source, code) for name, code, _ in PROGRAMS]
    folders = [f"{address}/_static/cells/", f"{address}/_static/pyodide/"]
    there = page.evaluate(VERDICTS, [*folders, sent])
    here = [check(name, code) for name, code, _ in PROGRAMS]
    assert there == here
    assert {one["verdict"] for one in there} >= {"right", "wrong"}
    assert page.problems == []


@one_commit_in(2)
def test_a_reader_solves_it_on_a_phone(page, address):
    """Nothing is loaded before the press; a mistake is named; a loop ends; the answer is kept."""
    box = visit(page, address)
    assert [url for url in page.requests if PYTHON.search(url)] == []
    assert "6 MB, once" in box.locator(".on-page-main").inner_text()
    start(box)
    shown = verdict(box, TWICE)
    assert shown.startswith("✗ This is the loss after a second softmax")
    href = box.locator(".on-page-verdict a").get_attribute("href")
    assert href == "mistakes/logits-and-softmax.html#mistake-softmax-twice"
    assert "1.5257" in box.locator(".on-page-printed").inner_text()[:200].replace(
        "1.52569", "1.5257"
    )
    assert verdict(box, "x = (1") == "✗ Line 1 is not valid Python: '(' was never closed."
    check_look(page, box)
    check_stop(page, box)
    assert verdict(box, RIGHT) == "✓ Right, for all 4 inputs that were tried."
    assert box.locator(".on-page-solved").inner_text() == "✓ Solved"
    check_memory(page, address)
    assert page.problems == []


def check_look(page, box):
    """Check sizes for fingers, the width, and accessibility, light and dark."""
    buttons = box.locator(".on-page-tools button:visible, summary")
    assert min(one.bounding_box()["height"] for one in buttons.all()) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (
        box.locator(".cm-content").get_attribute("aria-label")
        == "Your answer: One softmax, not two"
    )
    own = {"include": [[f"#{NAME}"]]}
    for theme in ("light", "dark"):
        page.evaluate("theme => (document.documentElement.dataset.theme = theme)", theme)
        violations = Axe().run(page, context=own, options={"preload": False}).response["violations"]
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in violations] == []


def check_stop(page, box):
    """Check that an endless loop can be stopped by the keyboard alone."""
    box.locator(".cm-content").fill(ENDLESS)
    box.locator(".cm-content").press("Shift+Enter")
    box.locator(".on-page-printed", has_text="begun").wait_for()
    says(box, "Still running")
    stop = box.get_by_role("button", name="Stop", exact=True)
    stop.focus()
    page.keyboard.press("Enter")
    says(box, "Stopped")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    assert stop.is_hidden()
    box.locator(".cm-content").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Check", "Tab leaves the editor"


def check_memory(page, address):
    """Check that the answer comes back, that the landing page counts it, and forgets it."""
    box = visit(page, address)
    assert box.locator(".on-page-solved").is_visible()
    assert box.locator(".on-page-main").inner_text().startswith("Continue your answer")
    kept = json.loads(page.evaluate("localStorage.getItem('losses-exercises')"))
    assert kept[NAME] == {"code": RIGHT, "solved": True}
    page.goto(f"{address}/book/intro.html")
    line = page.locator(".landing-progress")
    assert line.locator("[role=status]").inner_text().endswith("opened, 1 exercise solved.")
    line.get_by_role("button", name="Forget everything").click()
    assert page.evaluate("localStorage.getItem('losses-exercises')") is None


def test_with_storage_blocked_it_works_and_what_failed_to_load_is_loaded_again(page, address, site):
    """A missing editor is reported; the next press loads it. Start again restores the start."""
    path = site / "_static" / "cells" / "editor.js"
    content = path.read_bytes()
    page.add_init_script(STORAGE_BLOCKED)
    box = visit(page, address)
    path.unlink()
    try:
        box.locator(".on-page-main").click()
        says(box, r"The editor could not be loaded \(.+\)")
    finally:
        path.write_bytes(content)
    page.problems.clear()
    start(box)
    assert verdict(box, "def loss(label, logits):\n    return 1").startswith("✗ loss(0, [2")
    press(box, "Start again")
    assert "# change this line" in box.locator(".cm-content").inner_text()
    assert box.locator(".on-page-verdict p").count() == 0
    assert page.problems == []


def test_from_a_file_one_sentence_says_why_there_is_no_editor(browser, site):
    with chromium.tab(browser, site.as_uri()) as tab:
        tab.goto((site / PAGE).as_uri())
        box = tab.locator(f"#{NAME}")
        assert "opened from a file cannot start Python" in box.locator(".on-page-note").inner_text()
        assert box.locator(".on-page-tools button").count() == 0
        assert tab.problems == []


@pytest.mark.parametrize("media", ["screen", "print"])
def test_without_javascript_and_on_paper_the_exercise_is_there(browser, address, media):
    with chromium.tab(browser, address, java_script_enabled=False) as tab:
        tab.emulate_media(media=media)
        tab.goto(f"{address}/{PAGE}")
        box = tab.locator(f"#{NAME}")
        assert box.get_by_text("the cross-entropy of one example, from its raw scores").is_visible()
        assert box.locator(".on-page-start pre").inner_text().strip() == START
        hint = box.locator("details").first
        assert not hint.locator("p").is_visible()
        if media == "screen":
            hint.locator("summary").click()
            assert hint.locator("p").is_visible()


def test_a_site_without_pyodide_says_what_to_do():
    text = (built.SITE / PAGE).read_text(encoding="utf-8")
    assert "copy the code into your own Python" in text
