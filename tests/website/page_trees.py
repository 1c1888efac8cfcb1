"""Pages of the built book as trees, for tests that need no browser."""

import re

from bs4 import BeautifulSoup

# The colours of code: most elements of a chapter, whose reading takes most of the time.
COLOURED = re.compile(r'<span class="\w{1,3}">([^<]*)</span>')


def read(path):
    """Return a page as a tree, without the colours of its code."""
    return BeautifulSoup(COLOURED.sub(r"\1", path.read_text(encoding="utf-8")), "html.parser")
