"""Five tasks of somebody who has never seen the site, on a phone and on a desktop.

Each begins on the landing page, and follows only what is seen there: names of links and buttons.
Other exercises and other answers: test_exercises_page.py.
"""

import contextlib
import re

import exercise_site
import pytest
from rotation import one_in

from website import chromium, serve

pytestmark = pytest.mark.slow
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@contextlib.contextmanager
def first_visit(browser, address, device):
    """Open the landing page as somebody who was never there."""
    with chromium.tab(browser, address, reduced_motion="reduce", **device) as tab:
        tab.goto(f"{address}/book/intro.html", wait_until="load")
        yield tab
        assert tab.problems == []


@pytest.fixture(params=one_in(2, [DESKTOP, PHONE]), ids=["desktop", "phone"])
def device(request):
    """Return the settings of a device."""
    return request.param


@pytest.fixture
def visitor(browser, address, device):
    """Visit the built book."""
    with first_visit(browser, address, device) as tab:
        yield tab


@pytest.fixture(scope="module")
def with_python(tmp_path_factory):
    """Serve the landing page and the first page with an exercise, and Pyodide."""
    folder = exercise_site.with_pyodide(tmp_path_factory.mktemp("site"), "book/how-to-read.html")
    with serve.hosted(folder) as address:
        yield address


def is_on_screen(locator):
    """Tell whether an element is in sight after the page has gone to its place."""
    locator.page.wait_for_timeout(300)
    box, size = locator.bounding_box(), locator.page.viewport_size
    return box is not None and -box["height"] < box["y"] < size["height"]


def test_find_out_why_a_loss_is_0_693(visitor):
    visitor.get_by_role("link", name="My loss looks wrong").click()
    visitor.get_by_role("combobox", name="Find a mistake by what you see").fill("0.693")
    first = visitor.locator("#my-loss-looks-wrong .search-hit").first
    first.wait_for()
    assert visitor.get_by_text("0.693 is log 2").is_visible()
    first.click()
    visitor.wait_for_url(re.compile(r"mistakes/.*#mistake-"))
    section = visitor.locator(":target, section:has(> :target)").last
    assert is_on_screen(section.locator("h2").first if section.locator("h2").count() else section)
    assert visitor.get_by_text("The fix.").first.is_visible()


def test_find_the_loss_for_counts(visitor):
    visitor.get_by_role("link", name="which loss?").click()
    shown, clicks = visitor.locator(".choosing-shown"), 0
    for answer in ("A number", "Counts: 0, 1, 2 and so on"):
        shown.get_by_role("link", name=answer, exact=True).click()
        clicks += 1
    assert "Poisson" in shown.locator(".choosing-title").inner_text()
    assert "tf.keras.losses.Poisson" in shown.inner_text()
    assert is_on_screen(shown.locator(".choosing-title"))
    assert clicks <= 3


def test_solve_the_first_exercise(browser, device, with_python):
    """The code as it stands is wrong, and the verdict says where; by the chain rule it is right."""
    with first_visit(browser, with_python, device) as visitor:
        visitor.get_by_role("link", name="Start reading").click()
        visitor.wait_for_url("**/how-to-read.html")
        exercise = visitor.locator(".on-page").first
        exercise.get_by_role("button", name="Solve it here").click()
        exercise.get_by_text("Python is ready").wait_for()
        assert verdict(exercise).startswith("✗ slope(1, 3, 5) gives 0")
        retype(exercise, "change this line", "return 2 * (w * x - y) * x")
        exercise.get_by_role("button", name="Run", exact=True).click()
        exercise.get_by_text("-12.0").wait_for()  # 2 * (1 * 3 - 5) * 3, which the code prints
        assert verdict(exercise) == "✓ Right, for all 3 inputs that were tried."
        assert exercise.get_by_text("✓ Solved").is_visible()
        assert is_on_screen(exercise.locator(".on-page-verdict"))


def verdict(exercise):
    """Press Check; return the verdict, once it is there."""
    exercise.get_by_role("button", name="Check", exact=True).click()
    exercise.get_by_text(re.compile("^[✓✗] ")).first.wait_for()
    exercise.get_by_text("Checking").wait_for(state="hidden")
    return exercise.locator(".on-page-verdict").inner_text()


def retype(exercise, words, line):
    """Replace the line that has these words by another."""
    editor = exercise.get_by_role("textbox", name=re.compile("^Your answer"))
    editor.get_by_text(words).click()
    for key in ("Home", "Shift+End"):
        editor.press(key)
    editor.press_sequentially(line)


def test_send_a_friend_an_explorer_in_a_certain_state(visitor, browser, address):
    visitor.get_by_role("link", name="Softmax twice").first.click()
    visitor.wait_for_url("**/double-softmax.html")
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    explorer = visitor.locator("figure.explorer").first
    explorer.get_by_role("button", name="Two, sure and wrong").click()
    sentence = explorer.locator(".explorer-seen").inner_text()
    explorer.get_by_role("button", name="Copy link").click()
    explorer.get_by_text("The link is copied.").wait_for()
    link = visitor.evaluate("navigator.clipboard.readText()")
    with chromium.tab(browser, address) as friend:
        friend.goto(link, wait_until="load")
        same = friend.locator("figure.explorer").first
        same.evaluate("figure => figure.fitted")
        assert same.locator(".explorer-seen").inner_text() == sentence
        assert is_on_screen(same)


def test_print_a_question_sheet(visitor):
    visitor.get_by_role("link", name="Softmax twice").first.click()
    visitor.wait_for_url("**/double-softmax.html")
    visitor.get_by_role("link", name="Print the questions").click()
    visitor.locator(".sheet").wait_for()
    questions = visitor.locator("fieldset.quiz legend").all_text_contents()
    visitor.emulate_media(media="print")
    shown = visitor.locator("body").inner_text()
    assert visitor.locator(".sheet-choices").count() >= 3
    assert "Name" in shown
    asked = [text.removesuffix("#").strip() for text in questions]
    assert [text for text in asked if text not in shown] == []
    assert len(asked) >= 3
    assert "Right:" not in shown
