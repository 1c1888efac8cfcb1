r"""What counts as a word in the book's search: numbers and rows of documents stay whole.

Sphinx cuts "0.693" into "0" and "693" and then leaves words that are digits alone out of a query,
and "001-6" with them. Here a word that begins with a digit keeps the points and hyphens inside it.
The pages' index (Python) and the query (JavaScript) are split by the same expression.
"""

import re

from sphinx.search.en import SearchEnglish

WORD = r"\d\w*(?:[.-]\d\w*)+|\w+"
# In JavaScript \w and \d mean ASCII only, in Python the letters and digits of all languages.
IN_SCRIPT = WORD.replace(r"\w", r"[\p{Letter}\p{Number}_]").replace(r"\d", r"\p{Decimal_Number}")


class WholeNumbers(SearchEnglish):
    """English, with numbers as one word."""

    _word_re = re.compile(WORD)
    js_splitter_code = f"var splitQuery = (query) => query.match(/{IN_SCRIPT}/gu) || [];"


def setup(app):
    """Let Sphinx use it for pages in English."""
    app.add_search_language(WholeNumbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
