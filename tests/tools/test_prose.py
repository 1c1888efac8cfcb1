"""The English of the project: patterns that readers stumbled over do not come back.

Each pattern has the words to use. The list grows: add what a reader had to read twice.
"""

import re
import subprocess
from functools import cache
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
PATTERNS = {
    r"\bshall\b": "should, must, or the plain present",
    r"\bin (?:the )?place of\b": "instead of, for",
    r"\banother one\b": "a different one",
    r"\basks nothing of\b": "needs no, makes no request to",
    r"\bof one's own\b": "your own, written by hand",
    r"\bdearer\b": "more expensive",
    r"\breproved\b": "corrected, punished",
    r"\bnought\b": "zero",
    r"\bha(?:s|ve) (?:no|a) voice\b": "counts, does not count",
    r"\bowns (?:that|the|a) share\b": "has the share",
    r"\bwhat is promised\b": "the bounds, the limits",
    r"\blearnt\b": "learned",
    r"\bPredict, then run\b": "Predict.",
    r"\\ln\b": r"\log: the natural logarithm is log everywhere",
    r"\bwho(?:ever)? [^.,;:]{3,40}\bgets\b": "if you …, you get",
}
# Where a pattern is quoted: here, and where people's own words are kept.
QUOTED = {
    "tests/tools/test_prose.py",
    "tests/tools/test_predictions.py",
    "tests/website/queries.toml",
}
TEXT = {".md", ".py", ".toml", ".js", ".css", ".html", ".yml", ".ipynb"}


def files():
    """Return the files of the project that hold text."""
    listed = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    return [name for name in listed if Path(name).suffix in TEXT and name not in QUOTED]


@cache
def prose(path):
    """Return the text of a file; of a notebook, its cells without their outputs."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    return "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: re.sub(r"\W+", " ", pattern))
def test_a_pattern_is_not_used(pattern):
    found = []
    for name in files():
        for match in re.finditer(pattern, prose(ROOT / name), re.IGNORECASE):
            found.append(f"{name}: {match[0]!r}; use: {PATTERNS[pattern]}")
    assert found == []
