"""The style of the printed book fits what the pages hold now."""

import pytest
import tinycss2
from rotation import one_commit_in

from website import built, chromium, pdf

pytestmark = pytest.mark.slow
# The selectors of a list that nothing in a page matches.
UNUSED = """selectors => selectors.flatMap(list => list.split(/,(?![^(]*\\))/))
    .filter(one => !document.querySelector(one.replace(/::[a-z-]+/, "")))"""


@one_commit_in(6)
def test_every_class_that_is_styled_is_in_the_book(browser, tmp_path):
    """Where a page holds something else than before, its style would be lost without a word."""
    path = tmp_path / "book.html"
    path.write_text(pdf.book(built.SITE), encoding="utf-8")
    rules = tinycss2.parse_stylesheet(pdf.STYLE.read_text(encoding="utf-8"), skip_comments=True)
    lists = [tinycss2.serialize(rule.prelude) for rule in rules if rule.type == "qualified-rule"]
    with chromium.tab(browser, "file://", viewport={"width": pdf.WIDTH, "height": 1000}) as tab:
        pdf.lay_out(tab, path)
        unused = [one.strip() for one in tab.evaluate(UNUSED, lists)]
    assert len(lists) > 80
    assert [one for one in unused if "." in one] == []
