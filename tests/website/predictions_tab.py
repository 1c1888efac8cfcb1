"""The page with predictions in a browser: how to open it, guess, and ask what is seen and heard."""

import contextlib
import re

import predictions_page
import pytest

from website import chromium

ANSWERS = (
    ["[2.303 4.605] 2.0", "checked: yes", "Twice as much", "Documents in a list", "table row"],
    ["the MAE and so on", "Outliers count once."],
    ["stored: -0.5", "It is minus a half."],
)
OPEN = ["How many times", "Which loss is hurt", "After the heading", "Another cell"]
SEEN = """text => [...document.querySelectorAll("article *")]
  .filter((e) => e.textContent.replace(/\\s+/g, " ").includes(text)).at(-1)
  .checkVisibility({ visibilityProperty: true })"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Build the page; return the folder of the site."""
    return predictions_page.build(tmp_path_factory.mktemp("predictions"))


@pytest.fixture
def open_page(browser, folder):
    """Return a function that opens the page from disk."""
    with opener(browser, folder) as open_with:
        yield open_with


@contextlib.contextmanager
def opener(browser, folder):
    """Give a function that opens the page from disk."""
    contexts = []

    def open_with(*, fragment="", before="", site=folder, **options):
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(chromium.PATIENCE)
        page = contexts[-1].new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.add_init_script(before)
        page.goto((site / "page.html").as_uri() + fragment)
        settle(page)
        return page

    yield open_with
    for context in contexts:
        context.close()


def settle(page):
    """Wait until the answers are covered in the way that lets the browser find them."""
    if page.evaluate("document.documentElement.dataset.answers === 'covered'"):
        part = ".predict-answer:is([hidden], .predict-shown)"
        page.wait_for_function(f"document.querySelectorAll('{part}').length === 6")


def form(page, number):
    """Return the form of a prediction, counted from 0."""
    return page.locator(".predict-form").nth(number)


def message(page, number):
    """Return what a form says, with plain spaces."""
    return form(page, number).locator("[role=status]").inner_text().replace("\xa0", " ")


def guess(page, number, text):
    """Enter a number."""
    form(page, number).locator("[type=text]").fill(text)
    form(page, number).get_by_role("button", name="Check").click()


def choose(page, number, choice):
    """Choose an answer."""
    form(page, number).get_by_label(choice).check()
    form(page, number).get_by_role("button", name="Check").click()


def seen(page):
    """Return which of the three answers are seen; of an answer, all is seen or nothing is."""
    whole = [{page.evaluate(SEEN, text) for text in texts} for texts in ANSWERS]
    assert all(len(values) == 1 for values in whole), whole
    return [value for values in whole for value in values]


def heard(page):
    """Return the words in the browser's own accessibility tree."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    names = [node.get("name", {}).get("value", "") for node in nodes if not node["ignored"]]
    return re.sub(r"\s+", " ", " ".join(names))
