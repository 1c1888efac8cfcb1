"""Pages of the built book as trees and as text, for tests that need no browser."""

import html
import re

import numpy as np
from bs4 import BeautifulSoup

# The colours of code: most elements of a chapter, whose reading takes most of the time.
COLOURED = re.compile(r'<span class="\w{1,3}">([^<]*)</span>')


def read(path):
    """Return a page as a tree, without the colours of its code."""
    return BeautifulSoup(COLOURED.sub(r"\1", path.read_text(encoding="utf-8")), "html.parser")


def article(text):
    """Return the part of a page with its content."""
    return text.partition("<article")[2].partition("</article>")[0]


def plain(markup):
    """Return the words of a piece of HTML."""
    return html.unescape(re.sub("<[^>]*>", "", markup)).strip()


def corners(path):
    """Return the corners of a path whose points are relative, one a row."""
    numbers = np.array(re.findall(r"-?[\d.]+", path), dtype=float)
    return numbers.reshape(-1, 2).cumsum(axis=0).round(1)
