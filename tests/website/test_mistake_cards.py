"""The cards of the symptom index: what they say, and what finds them.

What a card must say is read from the notebooks, and what people typed is in this file, in words of
our own.
"""

import functools
import json
import re
import tomllib
from html import unescape

import nbformat
import pytest
from axe import MODES, faults
from bs4 import BeautifulSoup

from tools.rotation import turn
from website import built, chromium
from website.extension import sections
from website.toc import ROOT

INDEX = "book/mistakes/index"
ATLAS = ROOT / "book" / "mistakes"
MISTAKES = json.loads((ROOT / "lossutils/diagnosis/mistakes.json").read_text(encoding="utf-8"))
# Nothing is trained, or the wrong program raises.
WITHOUT_CURVES = {
    "regularisation",  # the figure shows the weights
    "class-weight-pixels",
    "metric-as-loss",
    "no-gradient",
    "streamed-mean",
}
FOUND = ".atlas-filter .mistake-cards > li:visible > a"
FIELD = "Find a mistake by what you see"
# By its number in public_reports.py: what the person might have typed, and the cards that answer.
REPORTS = {
    1: ("Dice plus binary cross-entropy is negative from the first epoch, with a sigmoid output",
        {"mask-255"}),
    3: ("multi-class Dice coefficient 0.97 but everything is predicted as background",
        {"dice-background"}),
    6: ("CTC loss worse after moving to Keras 3, labels padded with -1", {"ctc-padding"}),
    8: ("ValueError: None values not supported when I divide my loss by y_true.shape[0]",
        {"batch-size"}),
    9: ("custom loss with y_true[2], y_true[3]: Incompatible shapes: [6] vs. [5] at the last batch",
        {"rows-for-columns"}),
    17: ("VAE reconstruction loss: sum or average over pixels? all reconstructions look alike",
         {"posterior-collapse"}),
    20: ("mse loss exactly the same every epoch, regression with softmax output",
         {"softmax-regression"}),
    23: ("network does not learn y = x**4, mse 1e15", {"target-scale"}),
    24: ("loss stays exactly 5.3727 and accuracy 0.6667 with relu as last layer", {"last-layer"}),
    25: ("nan now and then in float16 with tanh as last layer and binary_crossentropy",
         {"last-layer"}),
    27: ("LSTM predictions have shape (241, 60, 1) but the labels (241, 1), no error",
         {"return-sequences"}),
    29: ("sample_weight for segmentation, one weight per image", {"sample-weight"}),
    30: ("class_weight not supported for 3+ dimensional targets.", {"class-weight-pixels"}),
    32: ("multi-label classification with missing labels -1, how to ignore unknown labels",
         {"unknown-labels"}),
    34: ("loss is nan from the first batch", {"nan-in-data"}),
    35: ("ValueError: No gradients provided for any variable with "
         "tf.keras.metrics.SparseCategoricalCrossentropy", {"metric-as-loss"}),
    36: ("loss nan with ignore_class=-1 when all labels of the batch are -1", {"mask-ignored"}),
    38: ("BinaryCrossentropy gives a number for labels of shape (10, 1) and predictions of shape "
         "(10, 768)", {"broadcast"}),
    40: ("losses of a two-output model are swapped, loss dict in alphabetical order",
         {"loss-weights"}),
}  # fmt: skip

# Messages of Keras 2 and 3 as they are pasted, and the card that helps.
PASTED = {
    "ValueError: Arguments `target` and `output` must have the same shape. Received: "
    "target.shape=(None, 1), output.shape=(None, 60)": "return-sequences",
    "ValueError: Error when checking target: expected dense_1 to have 3 dimensions, but got array "
    "with shape (118, 1)": "return-sequences",
    "ValueError: Shapes (None, 1) and (None, 3) are incompatible": "sparse-or-one-hot",
    "ValueError: A target array with shape (569, 1) was passed for an output of shape (None, 3) "
    "while using as loss `categorical_crossentropy`": "sparse-or-one-hot",
    "ValueError: logits and labels must have the same shape ((None, 3) vs (None, 1))": "broadcast",
    "Incompatible shapes: [64] vs. [64,6] with sample_weight, one per label": "unknown-labels",
    "Batch 0: Invalid loss, terminating training": "nan-in-data",
    "InvalidArgumentError: the features : Tensor had NaN values [Op:CheckNumerics]": "nan-in-data",
    "ValueError: Targets `y_true` are expected to be a tensor of shape `(batch_size, max_length)` "
    "in integer format. Received: y_true.shape=(8,)": "ctc-padding",
}


# What a card says


@pytest.fixture(scope="module")
def html():
    """Return the built index as HTML."""
    return (built.folder() / f"{INDEX}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def cards(html):
    """Return the cards by the names of their mistakes."""
    items = BeautifulSoup(html, "html.parser").select(".mistake-cards > li")
    return {card.a["href"].partition("#mistake-")[2]: card for card in items}


def words(text):
    """Return the words of a text without what only Markdown or only a page has."""
    text = re.sub(r"\{term\}`([^`<]*?)(?: ?<[^>]*>)?`", r"\1", unescape(text))
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.findall(r"\w+", re.sub(r"(?m)^> ?", "", text).replace("_", " "))


@functools.cache
def markdown(page):
    """Return the Markdown of a page of the atlas."""
    cells = nbformat.read(ATLAS / f"{page}.ipynb", as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def source(mistake):
    """Return the Markdown of the section of a mistake."""
    text = markdown(mistake["page"]).partition(f"(mistake-{mistake['id']})=")[2]
    return re.split(r"^\(mistake-|^## Quiz", text, flags=re.MULTILINE)[0]


def begins(long, short):
    return bool(short) and long[: len(short)] == short


@pytest.mark.slow
def test_every_mistake_has_a_card_with_the_words_of_its_section(cards):
    assert list(cards) == [mistake["id"] for mistake in MISTAKES]
    for mistake in MISTAKES:
        text, card = source(mistake), cards[mistake["id"]]
        assert card.a.get_text() == mistake["title"]
        assert card.a["href"] == f"{mistake['page']}.html#mistake-{mistake['id']}"
        quote = "\n".join(re.findall(r"^> .*", text, re.MULTILINE))
        assert words(card.select_one(".mistake-said").get_text()) == words(quote)
        fix = re.search(r"^\*\*The fix\.\*\*.*?```python\n(.*?)\n```", text, re.M | re.S)[1]
        assert card.pre.get_text() == fix
        notice = text.partition("**Does TensorFlow notice?** ")[2]
        shown = card.find_all("p")[-1].get_text().partition("notice? ")[2]
        assert begins(words(notice), words(shown)), mistake["id"]


@pytest.mark.slow
def test_a_card_has_two_curves_or_what_the_programs_print(cards):
    without = {name for name, card in cards.items() if not card.svg}
    assert without == WITHOUT_CURVES
    for name, card in cards.items():
        ends = card.select_one(".mistake-ends").get_text()
        assert "right" in ends.lower()
        assert "wrong" in ends.lower()
        if name not in without:
            lengths = [len(line["points"].split()) for line in card.select("polyline")]
            assert min(lengths) > (-1 if name == "nan-in-data" else 1), name
            assert lengths[0] > 1, name
    lines = cards["no-gradient"].select(".mistake-ends code")
    assert lines[0].get_text() == "ValueError: No gradients provided for any variable."


# What finds a card


@pytest.fixture(scope="module")
def index(browser, address):
    """Open the index, let the search load, and keep the page open."""
    with chromium.tab(browser, address) as tab:
        tab.goto(f"{address}/{INDEX}.html", wait_until="load")
        tab.get_by_role("searchbox", name=FIELD).fill("nan")
        tab.locator(FOUND).first.wait_for()
        yield tab
        assert tab.problems == []


def shown(tab, typed):
    """Type words; return the names of the mistakes whose cards are shown, best first."""
    tab.get_by_role("searchbox", name=FIELD).fill(typed)
    tab.evaluate("() => new Promise(done => setTimeout(done))")  # the search answers in a task
    return tab.locator(FOUND).evaluate_all("all => all.map(e => e.hash.slice('#mistake-'.length))")


@pytest.mark.slow
def test_each_symptom_of_the_index_brings_its_card_among_the_first_three(index, html):
    """The likeliest mistake of the row is there, or all three are mistakes that the row names."""
    _, symptoms = sections.of_page(INDEX, html)
    missed = {}
    for symptom in symptoms:
        first, *others = (name.removeprefix("mistake-") for _, name in symptom.targets)
        best = shown(index, symptom.text)[:3]
        if first not in best and not set(best) <= {first, *others}:
            missed[symptom.text] = best
    assert len(symptoms) > 100
    assert missed == {}


@pytest.mark.slow
def test_each_report_brings_its_card_among_the_first_three(index):
    best = {number: shown(index, typed)[:3] for number, (typed, _) in REPORTS.items()}
    assert {n: own for n, own in best.items() if not REPORTS[n][1] & set(own)} == {}


@pytest.mark.slow
def test_public_reports_bring_their_cards_among_the_first_three(index):
    """Of the titles in `queries.toml`, those that report a symptom name the cards that answer."""
    typed = tomllib.loads((ROOT / "tests/website/queries.toml").read_text(encoding="utf-8"))
    reports = {query["words"]: query["card"] for query in typed["query"] if "card" in query}
    best = {words: shown(index, words)[:3] for words in reports}
    missed = {words: own for words, own in best.items() if not set(own) & set(reports[words])}
    assert len(reports) >= 60
    assert len(missed) <= 0.05 * len(reports), missed


@pytest.mark.slow
def test_each_pasted_message_brings_its_card_among_the_first_three(index):
    best = {typed: shown(index, typed)[:3] for typed in PASTED}
    assert {typed: own for typed, own in best.items() if PASTED[typed] not in own} == {}


def test_the_reports_are_those_of_the_diagnosis():
    text = (ROOT / "tests/lossutils/public_reports.py").read_text(encoding="utf-8")
    assert {int(number) for number in re.findall(r'^    "(\d+) ', text, re.MULTILINE)} == set(
        REPORTS
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("chip", "name"),
    [("nan", "nan-in-data"), ("negative", "negative-loss"), ("error", "no-gradient")],
)
def test_a_chip_brings_cards(index, chip, name):
    shown(index, "")
    index.locator(".atlas-chips button", has_text=chip).click()
    index.locator(f"{FOUND}[href$='#mistake-{name}']").wait_for()


@pytest.mark.slow
def test_without_words_all_cards_are_at_their_place(index):
    assert len(shown(index, "nan")) < len(MISTAKES)
    section = index.locator("#all-mistakes")
    assert not section.is_visible()
    assert shown(index, "") == []
    titles = section.locator(".mistake-cards > li:visible > a").all_inner_texts()
    assert titles == [mistake["title"] for mistake in MISTAKES]
    assert shown(index, "xylophone") == []
    assert index.locator(".atlas-filter .search-says").inner_text().startswith("Nothing found.")


@pytest.mark.slow
def test_cards_that_were_found_are_fit_for_everyone(browser, address):
    with chromium.tab(browser, address, reduced_motion="reduce") as tab:
        tab.goto(f"{address}/{INDEX}.html", wait_until="load")
        assert shown_when_loaded(tab, "the loss is negative")
        assert faults(tab, *MODES[turn() % len(MODES)]) == []


def shown_when_loaded(tab, typed):
    tab.get_by_role("searchbox", name=FIELD).fill(typed)
    tab.locator(FOUND).first.wait_for()
    return tab.locator(FOUND).count()


@pytest.mark.slow
def test_cards_are_found_from_a_folder(browser):
    folder = built.folder().as_uri()
    with chromium.tab(browser, folder) as tab:
        tab.goto(f"{folder}/{INDEX}.html", wait_until="load")
        assert shown_when_loaded(tab, "0.5514") < len(MISTAKES)
        assert tab.locator(FOUND).first.inner_text() == "Softmax twice"
        assert tab.problems == []


@pytest.mark.slow
def test_without_a_script_all_cards_are_listed(browser, address):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}/{INDEX}.html")
    assert tab.locator("#all-mistakes .mistake-cards > li:visible").count() == len(MISTAKES)
    assert not tab.locator(".atlas-filter").is_visible()
    context.close()
