"""The search of the built book: what people type finds the section that answers it.

`queries.toml` lists what they type, `messages.toml` the errors that they paste. The ranking is
tested on sections made for it, the panel with the keys that readers press.
"""

import gzip
import json
import tomllib
from pathlib import Path

import pytest
from axe import MODES, faults
from rotation import one_in

from website import built, chromium
from website.extension import search

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
TYPED = tomllib.loads((HERE / "queries.toml").read_text(encoding="utf-8"))
QUERIES = TYPED["query"]
MESSAGES = tomllib.loads((HERE / "messages.toml").read_text(encoding="utf-8"))["message"]
FIND = """async (all) => {
  await window.bookSearch.book.ready;
  return all.map((text) => {
    const { says, results } = bookSearch.find(text);
    return [says, results.map(({ section }) => [section.page, section.id])];
  });
}"""
READY = "window.bookSearch?.book.index"


@pytest.fixture(scope="module")
def engine(browser, address):
    """Open the search page with a query, so that the index is loaded, and keep it open."""
    with chromium.tab(browser, address) as tab:
        tab.goto(f"{address}/search.html?q=hinge")
        tab.wait_for_function(READY)
        yield tab
        assert tab.problems == []


def results_of(tab, *texts):
    """Return for each text what the search says and which sections it finds, best first."""
    answers = tab.evaluate(FIND, list(texts))
    return [(says, [f"{page}#{name}" for page, name in hits]) for says, hits in answers]


def first_ids(tab, text, count=3):
    """Return the ids of the first sections."""
    return [hit.split("#")[1] for hit in results_of(tab, text)[0][1][:count]]


def fits(hit, wanted):
    """Return whether a section found is one of those wanted: by its id, or by its page."""
    page, name = hit.split("#")
    return bool({name, hit, f"{page}#*"} & set(wanted))


def known():
    """Return what the built search knows."""
    text = (built.folder() / "_static" / search.FILE).read_text(encoding="utf-8")
    return json.loads(text.removeprefix("bookSearch.load(").removesuffix(");\n"))


def test_what_people_type_finds_the_section(engine):
    hits = [sections for _, sections in results_of(engine, *(query["words"] for query in QUERIES))]
    pairs = list(zip(QUERIES, hits, strict=True))
    place = {
        query["words"]: next((n for n, hit in enumerate(own) if fits(hit, query["finds"])), 99)
        for query, own in pairs
    }
    missed = {words: own for words, own in place.items() if own > 0}
    assert len(QUERIES) == len(place) >= 80
    assert sum(own == 0 for own in place.values()) >= 0.8 * len(place), missed
    assert sum(own < 3 for own in place.values()) >= 0.95 * len(place), missed


def test_a_pasted_message_finds_the_section(engine):
    hits = [
        sections for _, sections in results_of(engine, *(message["text"] for message in MESSAGES))
    ]
    missed = {
        message["text"][-120:]: own[:3]
        for message, own in zip(MESSAGES, hits, strict=True)
        if not any(fits(hit, message["finds"]) for hit in own[:3])
    }
    assert missed == {}
    assert {message["keras"][0] for message in MESSAGES} == {"2", "3"}


def test_the_sections_that_queries_and_answers_name_exist():
    data = known()
    ids = {row[1] for row in data["sections"]}
    pages = {f"{row[0]}#*" for row in data["sections"]}
    wanted = {name for query in QUERIES + MESSAGES for name in query["finds"]}
    wanted |= {name for entry in data["answers"] + data["missing"] for name in entry["see"]}
    assert wanted - ids - pages == set()


# Spellings and numbers


@pytest.mark.parametrize(
    "spellings",
    [
        ["cross-entropy", "crossentropy", "cross entropy", "Cross_Entropy", "CrossEntropy"],
        ["binary_crossentropy", "BinaryCrossentropy", "binary cross-entropy", "BCE"],
        ["categorical_crossentropy", "CategoricalCrossentropy", "CCE"],
        ["mean squared error", "MSE", "mean_squared_error", "MeanSquaredError"],
        ["nan", "NaN", "NaNs", "not a number"],
        ["pos_weight", "pos weight", "positive weight", "posWeight"],
        ["one-hot", "onehot", "one hot", "one_hot"],
        ["float16", "fp16", "half precision", "mixed_precision"],
    ],
)
def test_spellings_of_a_term_find_the_same(engine, spellings):
    first, *others = [hits for _, hits in results_of(engine, *spellings)]
    assert first
    assert others == [first] * len(others)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("catagorical crossentropy", "categorical crossentropy"),
        ("sigmod or softmax", "sigmoid or softmax"),
        ("weigthed cross entropy", "weighted cross entropy"),
        ("negtive loss", "negative loss"),
    ],
)
def test_a_slip_of_one_letter_is_mended(engine, slip, meant):
    (says, hits), right = results_of(engine, slip, meant)
    assert hits
    assert (says, hits) == right


@pytest.mark.parametrize(
    ("numbers", "name"),
    [
        (["0.5514", "0.55144", "0.551445"], "mistake-softmax-twice"),
        (["0.693", "0.6931", "0.69315", "0.6931472"], "mistake-integer-types"),
        (["16.118", "16.1181", "-16.118"], "mistake-clipped"),
    ],
)
def test_a_number_is_found_by_its_first_digits(engine, numbers, name):
    for number in numbers:
        assert name in first_ids(engine, number, 6), number


def test_the_readers_own_parts_of_a_message_do_not_count(engine):
    """Paths, lines, addresses, shapes and the reader's numbers differ; the sections do not."""
    plain = "InvalidArgumentError: Received a label value of 3 which is outside the valid range"
    dressed = (
        'File "/home/me/hinge/softmax.py", line 194, in fit <function f at 0x7f3a2c>\n'
        "InvalidArgumentError: Received a label value of 1057 which is outside the valid range "
        "[[{{node sparse/kl/huber}}]] (None, 28, 28) [Op:Poisson]"
    )
    bare, own = [hits for _, hits in results_of(engine, plain, dressed)]
    assert bare[0].endswith("#mistake-labels-out-of-range")
    assert own[0] == bare[0]
    assert not any("hinge" in hit or "kl" in hit for hit in own[:3])


# What is said


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("learning rate schedule", "schedules of the learning rate"),
        ("how do I load data with a DataLoader", "how data are loaded"),
        ("GPU not detected", "GPUs"),
        ("PyTorch", "PyTorch"),
    ],
)
def test_a_topic_that_is_not_covered_is_named_and_the_nearest_offered(engine, words, topic):
    says, hits = results_of(engine, words)[0]
    assert says.startswith("The book does not cover ")
    assert topic in says
    assert hits


def test_most_questions_about_something_else_hear_so(engine):
    texts = [query["words"] for query in TYPED["uncovered"]]
    missed = [t for t, (says, _) in zip(texts, results_of(engine, *texts), strict=True)
              if not says.startswith("The book does not cover ")]  # fmt: skip
    assert len(texts) >= 25
    assert len(missed) <= 0.2 * len(texts), missed


def test_a_covered_topic_is_not_denied(engine):
    queries = [query["words"] for query in QUERIES]
    assert [says for says, _ in results_of(engine, *queries) if "does not cover" in says] == []
    texts = ["multi gpu MirroredStrategy diverges", "loss nan with adam", "learning rate too high"]
    assert [says for says, _ in results_of(engine, *texts) if "does not cover" in says] == []


def test_a_symptom_has_an_answer(engine):
    assert results_of(engine, "why is my loss negative?")[0][0].startswith(
        "A cross-entropy cannot be"
    )


def test_a_search_without_results_says_so(engine):
    nothing, nearest = results_of(engine, "xylophone", "hinge xylophone")
    assert nothing == (nothing[0], [])
    assert nothing[0].startswith("Nothing found. Look for one word of an error message")
    assert nearest[0] == "No section has all of these words. The nearest:"
    assert nearest[1][0].startswith("book/hinge#")


# The ranking, on sections made for it

MADE = {  # in the order in which they are to be found
    "title": ["p1", "a", "zebra", "page", [], [], "", ""],
    "heading": ["p2", "b", "zebra", "section", [], [], "", ""],
    "symptom": ["p2", "c", "one", "section", ["zebra"], [], "", ""],
    "prose": ["p2", "d", "two", "section", [], [], "zebra", ""],
    "code": ["p2", "e", "three", "section", [], [], "", "zebra"],
    "reference": ["p3", "f", "zebra", "api", [], [], "", ""],
}


def test_title_before_heading_before_symptom_before_prose_before_code_before_reference(
    browser, address
):
    with chromium.tab(browser, address) as tab:
        tab.goto(f"{address}/search.html?q=hinge")
        tab.wait_for_function(READY)
        index = {"titles": {}, "sections": list(reversed(MADE.values()))}
        tab.evaluate("made => bookSearch.load(made)", index)
        assert [hit[-1] for hit in results_of(tab, "zebra")[0][1]] == list("abcdef")


# The panel


def open_and_type(page, address, text):
    """Open the dialog on a chapter and type."""
    page.goto(f"{address}/book/double-softmax.html", wait_until="load")
    page.wait_for_function("Boolean(document.querySelector('.search-button__button').onclick)")
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.locator("#pst-search-dialog .search-hit").first.wait_for()


def test_the_index_comes_with_the_first_key(page, address):
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    page.goto(f"{address}/book/double-softmax.html", wait_until="networkidle")
    page.keyboard.press("Control+k")
    assert page.locator("#pst-search-dialog input").is_visible()
    assert search.FILE not in asked
    page.keyboard.type("hinge")
    page.locator("#pst-search-dialog .search-hit").first.wait_for()
    assert asked.count(search.FILE) == 1
    assert page.problems == []


def test_the_panel_is_used_with_the_keyboard_alone(page, address):
    open_and_type(page, address, "softmax twice")
    field = page.locator("#pst-search-dialog input")
    chosen = page.locator("#pst-search-dialog [aria-selected=true]")
    for key, place in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
        page.keyboard.press(key)
        assert chosen.count() == 1
        assert field.get_attribute("aria-activedescendant") == f"search-found-dialog-{place}"
        assert chosen.get_attribute("id") == f"search-found-dialog-{place}"
    wanted = chosen.evaluate("link => link.href")
    page.keyboard.press("Enter")
    page.wait_for_url(wanted)
    assert page.locator(f"[id='{wanted.split('#')[1]}']").count() == 1
    assert page.problems == []


def test_escape_closes_the_panel_and_a_slash_in_a_field_is_a_slash(page, address):
    open_and_type(page, address, "hinge/")
    assert page.locator("#pst-search-dialog input").input_value() == "hinge/"
    for _ in range(2):  # the first may clear the field
        page.keyboard.press("Escape")
    assert not page.locator("#pst-search-dialog").is_visible()


def test_a_reader_who_waits_for_the_index_sees_that_it_loads(page, address):
    page.route(f"**/{search.FILE}", lambda route: waiting.append(route))
    waiting = []
    page.goto(f"{address}/search.html")
    says = page.locator("main [role=status].search-says")
    assert says.inner_text() == ""
    page.locator("main input[type=search]").fill("hinge")
    page.wait_for_function("document.querySelector('main .search-says').innerText")
    assert says.inner_text() == "The search is being loaded …"
    waiting[0].continue_()
    page.locator("main .search-hit").first.wait_for()
    assert says.inner_text().endswith("sections")
    assert page.problems == []


@pytest.mark.parametrize("mode", one_in(4, MODES))
def test_axe_finds_nothing_wrong_with_what_is_found(page, address, mode):
    open_and_type(page, address, "loss is nan")
    assert page.locator("#pst-search-dialog mark").count()
    assert faults(page, *mode) == []


def test_the_search_page_shows_the_same(page, address):
    page.goto(f"{address}/search.html?q=softmax+twice")
    hits = page.locator("main .search-hit")
    hits.first.wait_for()
    assert "Softmax twice" in hits.first.inner_text()
    page.locator("main input[type=search]").fill("0.693")
    page.locator("main .search-hit[href*='mistake-integer-types']").wait_for()
    assert page.locator("main .search-says").inner_text().startswith("0.693 is log 2")
    assert page.problems == []


def test_the_index_is_light():
    packed = gzip.compress((built.SITE / "_static" / search.FILE).read_bytes(), 9)
    assert 50_000 < len(packed) < 250_000
