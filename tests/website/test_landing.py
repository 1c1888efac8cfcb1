"""The landing page: what is seen at once, what moves, what it remembers, and what it weighs.

What its explorer shows is compared with formulas that are written here.
"""

import html
import math
import re

import nbformat
import pytest
from axe import MODES, faults
from bs4 import BeautifulSoup
from PIL import Image
from rotation import one_in

from tools.bench import pages
from website import built, chromium, toc
from website.extension import covers

pytestmark = pytest.mark.slow
ROOT = "book/intro"
MOST = 200_000  # bytes of a first visit, compressed
SCREENS = [(1440, 900), (390, 844)]
BLOCKED = """Object.defineProperty(window, "localStorage", {
  configurable: true, get() { throw new DOMException("blocked", "SecurityError"); } });"""
OPENED = "losses-opened"


@pytest.fixture(scope="module")
def texts():
    """Return all built pages as HTML."""
    site = built.folder()
    return {page: (site / f"{page}.html").read_text(encoding="utf-8") for page in toc.PAGES}


@pytest.fixture(scope="module")
def tree(texts):
    """Return the landing page as a tree."""
    return BeautifulSoup(texts[ROOT], "html.parser")


def article(text):
    """Return the part of a page with its content."""
    return text.partition("<article")[2].partition("</article>")[0]


def plain(markup):
    """Return the words of a piece of HTML."""
    return html.unescape(re.sub("<[^>]*>", "", markup)).strip()


@pytest.fixture
def landing(page, address):
    """Open the landing page."""
    page.goto(f"{address}/{ROOT}.html", wait_until="load")
    return page


def losses_at(logit):
    """Return the probability of the true class, and the loss with one softmax and with two."""
    p = math.exp(logit) / (math.exp(logit) + 2)
    q = (1 - p) / 2
    return p, -math.log(p), math.log(math.exp(p) + 2 * math.exp(q)) - p


def shown(page):
    """Return the logit that the slider is at, and the probability and the loss that are shown."""
    slider = page.locator(".landing-slider input")
    numbers = page.locator(".landing-seen b").all_inner_texts()
    return float(slider.get_attribute("aria-valuetext").replace("−", "-")), *map(float, numbers)


# What is seen at once


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_a_picture_a_control_and_two_buttons_are_above_the_fold(browser, address, width, height):
    size = {"width": width, "height": height}
    with chromium.tab(browser, address, viewport=size) as tab:
        pages.watch(tab)
        pages.visit(tab, f"{address}/{ROOT}.html")
        assert tab.evaluate("window.shifts") < 0.01
        tab.evaluate("window.scrollTo(0, 0)")
        parts = tab.locator(".landing-actions a, .landing-explorer svg, .landing-explorer input")
        boxes = [part.bounding_box() for part in parts.all()]
        assert len(boxes) == 5
        assert max(box["y"] + box["height"] for box in boxes) <= height
        assert min(box["height"] for box in boxes) >= 24
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("mode", one_in(4, MODES))
def test_axe_finds_no_violation(landing, mode):
    assert faults(landing, *mode) == []


def test_a_first_visit_is_light(browser, address):
    with chromium.tab(browser, address) as tab:
        pages.watch(tab)
        assert 50_000 < pages.visit(tab, f"{address}/{ROOT}.html") <= MOST
        assert [url for url in tab.arrived if "math" in url.lower()] == []
        assert tab.problems == []


def test_without_scripts_there_are_a_picture_and_plain_links(browser, address):
    with chromium.tab(browser, address, java_script_enabled=False) as tab:
        tab.goto(f"{address}/{ROOT}.html")
        assert tab.locator(".landing-explorer svg .landing-point").is_visible()
        assert tab.locator(".landing-seen b").all_inner_texts()[1] == f"{losses_at(4)[2]:.4f}"
        inputs = tab.locator("article :is(input, button, select)")
        assert [one.is_visible() for one in inputs.all() if one.is_visible()] == []
        links = tab.locator(".landing-entrances a").evaluate_all("all => all.map(a => a.pathname)")
        wanted = {"mistakes/index", "diagnosis", "how-to-read", "choosing-a-loss", "teaching"}
        assert set(links) == {f"/book/{name}.html" for name in wanted}


# The explorer


def test_the_lowest_loss_is_that_of_a_perfect_prediction(tree):
    label = tree.select_one(".landing-floor-label").get_text()
    assert label == f"{math.log(math.e + 2) - 1:.4f}" == "0.5514"


def test_every_place_of_the_slider_shows_what_the_formulas_give(landing):
    slider = landing.locator(".landing-slider input")
    switch = landing.get_by_role("switch", name="Softmax twice")
    for twice in (True, False):
        switch.set_checked(twice)
        slider.press("Home")
        seen = {shown(landing)}
        while len(seen) < 65:
            slider.press("ArrowRight")
            seen.add(shown(landing))
        assert [min(seen)[0], max(seen)[0]] == [-6, 10]
        for logit, probability, loss in seen:
            p, once, two = losses_at(logit)
            assert (probability, loss) == pytest.approx((p, two if twice else once), abs=5.1e-5)


def test_the_point_stands_at_its_loss(landing):
    """The ticks of the chart say where a loss stands."""
    height = """loss => {
      const ticks = [...document.querySelectorAll(".landing-grid path")];
      const y = (tick) => tick.getPointAtLength(0).y;
      return y(ticks[0]) + loss / 6 * (y(ticks[3]) - y(ticks[0]));
    }"""
    for twice, logit in ((True, 4), (False, 4)):
        landing.get_by_role("switch").set_checked(twice)
        loss = losses_at(logit)[2 if twice else 1]
        y = float(landing.locator(".landing-point").get_attribute("cy"))
        assert y == pytest.approx(landing.evaluate(height, loss), abs=0.15)


def test_the_point_follows_a_finger(landing):
    box = landing.locator(".landing-explorer svg").bounding_box()
    landing.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    landing.mouse.down()
    landing.mouse.move(box["x"] + 2, box["y"] + 50)
    assert shown(landing)[0] == -6
    landing.mouse.move(box["x"] + box["width"] - 2, box["y"] + 60)
    landing.mouse.up()
    assert shown(landing)[0] == 10
    landing.mouse.move(box["x"] + 2, box["y"] + 50)
    assert shown(landing)[0] == 10, "it moves only while it is held"


# A symptom


def test_a_symptom_leads_to_its_mistake(landing):
    landing.evaluate("window.scrollTo(0, 0)")
    field = landing.get_by_role("combobox", name="Find a mistake by what you see")
    below = landing.locator("#the-chapters").bounding_box()
    field.fill("softmax twice")
    first = landing.locator(".landing-entrances .search-hit").first
    first.wait_for()
    assert landing.locator("#the-chapters").bounding_box() == below, "the page moved"
    field.press("Escape")
    assert landing.locator(".landing-entrances .search-hit").count() == 0
    field.fill("softmax twice")
    first.wait_for()
    field.press("Enter")
    landing.wait_for_url("**/mistakes/logits-and-softmax.html#mistake-softmax-twice")
    assert landing.problems == []


def test_a_word_to_begin_with_finds_something(landing):
    landing.get_by_role("button", name="negative").click()
    landing.locator(".landing-entrances .search-hit[href*='/mistakes/']").first.wait_for()


# The chapters


def source(page):
    """Return the text of a chapter's source."""
    path = toc.ROOT / f"{page}.ipynb"
    if not path.exists():
        return path.with_suffix(".md").read_text(encoding="utf-8")
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


def first_alternative(text):
    """Return what is said about the first figure or explorer of a page, or None."""
    figures = r'<img [^>]*?alt="([^"]*)"|class="explorer-chart"[^>]*? aria-label="([^"]*)"'
    found = re.search(figures, article(text))
    return html.unescape(found[1] or found[2]) if found else None


def test_every_chapter_has_a_card_with_its_minutes_and_its_picture(tree, texts):
    shown = {card["data-page"]: card for card in tree.select(".landing-card")}
    parts = ("Foundations", "Regression", "Classification", "Practice")
    assert list(shown) == [page for part in parts for page in toc.PARTS[part]]
    for page, card in shown.items():
        heading = re.search(r"<h1>(.*?)<a class=.headerlink", article(texts[page]))
        assert card.a.get_text() == plain(heading[1])
        minutes = re.search(r"In this chapter\n.*\n\*\*(\d+) minutes", source(page))
        words = card.select_one(".landing-minutes").get_text()
        assert words == (f"{minutes[1]} min" if minutes else ""), page
        assert (card.img["alt"] if card.img else None) == first_alternative(texts[page]), page


def test_a_card_shows_a_drawing(tree):
    pictures = [tag["src"] for tag in tree.select(".landing-card img")]
    assert len(pictures) == len(set(pictures)) > 10
    for name in pictures:
        with Image.open(built.folder() / "book" / name) as picture:
            assert picture.size == covers.SIZE
            dark = sum(picture.convert("L").histogram()[:230])
        assert dark > 0.004 * math.prod(covers.SIZE), f"{name} is nearly empty"


def test_a_picture_leaves_words_out():
    svg = """<svg xmlns="http://www.w3.org/2000/svg"><g id="text_1"><path d="M0 0"/></g>
    <text>word</text><g id="line2d_1"><path d="M1 1"/></g></svg>"""
    kept = covers.without_words(svg)
    assert ("M1 1" in kept, "M0 0" in kept, "word" in kept) == (True, False, False)


# What the page remembers


def visit(tab, address, *names):
    """Open pages one after the other, and then the landing page."""
    for name in (*names, "intro"):
        tab.goto(f"{address}/book/{name}.html", wait_until="domcontentloaded")


def marked(tab):
    """Return the pages whose cards are marked as opened."""
    opened = tab.locator(".landing-opened")
    return opened.evaluate_all("all => all.map(card => card.dataset.page)")


def test_opened_chapters_are_marked_until_they_are_forgotten(page, address):
    visit(page, address)
    assert marked(page) == []
    line = page.locator(".landing-progress")
    before = line.bounding_box()["height"]
    visit(page, address, "softmax", "hinge", "glossary", "softmax")
    assert marked(page) == ["book/softmax", "book/hinge"]
    assert line.locator("[role=status]").inner_text() == f"2 of {len(covers.CHAPTERS)} opened."
    assert line.bounding_box()["height"] == before
    line.get_by_role("link").click()
    page.wait_for_url("**/softmax.html")
    page.go_back()
    line.get_by_role("button").click()
    assert marked(page) == []
    assert page.evaluate(f"localStorage.getItem('{OPENED}')") is None
    assert page.problems == []


def test_it_counts_what_was_answered_and_leads_back_to_the_section(page, address):
    visit(page, address)
    assert page.locator(".landing-progress a, .landing-progress button").evaluate_all(
        "all => all.map(one => one.checkVisibility())"
    ) == [False, False]
    page.goto(f"{address}/book/hinge.html", wait_until="domcontentloaded")
    page.locator("fieldset.quiz").first.locator("button").first.click()
    page.locator("#quiz").evaluate("section => section.scrollIntoView()")
    visit(page, address)
    line = page.locator(".landing-progress")
    answered = f"1 of {len(covers.CHAPTERS)} opened, 1 quiz question answered."
    assert line.locator("[role=status]").inner_text() == answered
    assert line.get_by_role("link").inner_text().startswith("Continue where you left off: ")
    line.get_by_role("link").click()
    page.wait_for_url("**/hinge.html#quiz")
    assert page.locator("fieldset.quiz [aria-pressed=true]").count() == 1


def test_everything_is_forgotten(page, address):
    visit(page, address, "softmax")
    page.evaluate("""() => {
      for (const name of ["exercises", "quiz", "answers", "of-tomorrow"]) {
        localStorage.setItem(`losses-${name}`, "{}");
      }
      localStorage.setItem("of-another", "1");
    }""")
    page.get_by_role("button", name="Forget everything").click()
    assert page.get_by_role("button", name="Forget everything").is_hidden()
    kept = page.evaluate("Object.keys(localStorage)")
    assert [key for key in kept if key.startswith("losses-")] == []
    assert "of-another" in kept


@pytest.mark.parametrize("stored", ["3", "{", '["book/no-longer-there", 5]'])
def test_what_is_stored_wrongly_does_no_harm(page, address, stored):
    visit(page, address)
    page.evaluate(f"text => localStorage.setItem('{OPENED}', text)", stored)
    visit(page, address)
    assert (marked(page), page.problems) == ([], [])
    visit(page, address, "softmax")
    assert (marked(page), page.problems) == (["book/softmax"], [])


def test_where_storage_is_blocked_the_page_works(page, address):
    page.add_init_script(BLOCKED)
    visit(page, address, "softmax")
    assert marked(page) == []
    page.get_by_role("switch", name="Softmax twice").uncheck()
    assert shown(page)[2] == pytest.approx(losses_at(4)[1], abs=5.1e-5)
    assert page.problems == []


def test_it_works_from_a_folder(browser):
    folder = built.folder().as_uri()
    with chromium.tab(browser, folder) as tab:
        visit(tab, folder, "softmax")
        assert marked(tab) == ["book/softmax"]
        tab.locator(".landing-slider input").press("End")
        assert shown(tab)[0] == 10
        tab.get_by_role("combobox", name="Find a mistake by what you see").fill("nan")
        tab.locator(".landing-entrances .search-hit").first.wait_for()
        assert tab.problems == []


# One number


def test_the_witnesses_agree(tree):
    """The published number is that of row 001-6, and the others are the same to five digits."""
    table = tree.select_one("#three-witnesses table")
    published, *others = (cell.get_text().strip() for cell in table.select("tbody td"))
    assert published == "0.56551915"
    assert others == ["0.56552", "0.56552"]
    assert table.a["href"].endswith("softmax-experiments.html#row-001-6")
