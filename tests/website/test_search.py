"""The search of the built book: terms, function names, numbers, error texts as they are pasted.

The page that must be found is the one whose subject the words are, or that prints them.
"""

import pytest

from website import chromium
from website.extension import search


@pytest.fixture(scope="module")
def search_page(browser, address):
    """Open the search page once, as the form of every page does."""
    with chromium.tab(browser, address) as tab:
        tab.goto(f"{address}/search.html?q=")
        yield tab
        assert tab.problems == []


def results(page, words):
    """Search for the words; return the pages found, best first, when all of them are there."""
    page.evaluate(
        """words => {
            document.getElementById("search-results").replaceChildren();
            Search.performSearch(words);
        }""",
        words,
    )
    page.wait_for_function("Search.status.innerText")  # it is empty until all are shown
    all_links = "all => all.map(link => new URL(link.href).pathname)"
    links = page.locator("#search-results li > a").evaluate_all(all_links)
    return [link.removeprefix("/book/").removesuffix(".html") for link in links]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("from_logits", "double-softmax"),
        ("pos_weight", "weighted-cross-entropy"),
        ("pseudo_huber_loss", "api"),
        ("tf.nn.l2_loss", "regression-losses"),
        ("keep_dims", "tf1-names"),
        ("outlier", "regression-losses"),
        ("0.693", "cross-entropy"),
        ("0.5514", "double-softmax"),
        ("-3.687", "swapped-arguments"),
        ("001-6", "sources/softmax-experiments"),
        ("row 001-6", "double-softmax"),
        ("InvalidArgumentError", "sparse-labels"),
        ("Received a label value of 3 which is outside the valid range of [0, 3)", "sparse-labels"),
        ("TypeError: Got an unexpected keyword argument 'keep_dims'", "tf1-names"),
        (
            "AttributeError: module 'tensorflow' has no attribute "
            "'sparse_softmax_cross_entropy_with_logits'",
            "tf1-names",
        ),
    ],
)
def test_search_finds(search_page, words, page):
    assert page in results(search_page, words)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("loss is nan", "numerical-safety"),
        ("NaN loss", "numerical-safety"),
        ("softmax twice", "double-softmax"),
        ("swapped", "swapped-arguments"),
        ("hinge losses", "hinge"),
    ],
)
def test_the_page_about_it_is_the_first(search_page, words, first):
    assert results(search_page, words)[0] == first


@pytest.mark.slow
def test_a_number_is_not_found_where_only_its_digits_are(search_page):
    """Sphinx alone takes 0.5514 for 0 and 5514, and leaves both out: it finds nothing."""
    assert results(search_page, "0.55149999") == []
    assert "hinge" not in results(search_page, "0.5514")


@pytest.mark.slow
def test_a_message_with_numbers_of_its_own_finds_the_nearest_pages(search_page):
    """The book prints the message, a reader's has the name of a program as well."""
    message = "my_training.py: Received a label value of 1057 which is outside the valid range"
    assert results(search_page, message)[0] == "sparse-labels"
    assert (
        search_page.locator("#search-results h2").inner_text() == "No page has all of these words"
    )


@pytest.mark.slow
def test_a_search_without_results_says_what_to_do(search_page):
    assert results(search_page, "xylophone") == []
    assert search_page.locator("#search-results h2").inner_text() == "Nothing found"
    assert (
        "Look for one word of an error message"
        in search_page.locator(".search-summary").inner_text()
    )


TEXTS = {
    "loss is nan": ["loss", "is", "nan"],
    "0.693, 1e-7 and float32": ["0.693", "1e-7", "and", "float32"],
    "row 001-6, row-001-6": ["row", "001-6", "row", "001-6"],
    "tf.nn.l2_loss(x)": ["tf", "nn", "l2_loss", "x"],
    "-0.5. In 2.21.0": ["0.5", "In", "2.21.0"],
    "损失 λ²": ["损失", "λ²"],
    "": [],
}


@pytest.mark.parametrize("text", TEXTS)
def test_words_of_the_index(text):
    assert search.WholeNumbers({}).split(text) == TEXTS[text]


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS)
def test_words_of_a_query_are_those_of_the_index(search_page, text):
    assert search_page.evaluate("text => splitQuery(text)", text) == TEXTS[text]


@pytest.mark.slow
def test_the_search_field_of_a_page_leads_to_the_results(page, address):
    page.goto(f"{address}/search.html")
    page.locator("main input[type=search]").fill("0.5514")
    page.keyboard.press("Enter")
    page.locator("#search-results li a[href*='double-softmax.html']").first.wait_for()
    assert page.problems == []
