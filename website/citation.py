"""How the book is cited and under which licence it stands, from CITATION.cff."""

from pathlib import Path

import yaml

FILE = Path(__file__).parent.parent / "CITATION.cff"
LICENCE = "Prose, figures and exercises: CC BY 4.0. Code: MIT."


def read():
    """Return what CITATION.cff says."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def authors(cited):
    """Return the names of the authors."""
    names = (
        " ".join(filter(None, (a.get("given-names"), a.get("family-names") or a.get("name"))))
        for a in cited["authors"]
    )
    return ", ".join(names)


def sentence(cited):
    """Return the sentence by which the book is cited."""
    year = cited["date-released"].year
    return f"{authors(cited)} ({year}). {cited['title']}, version {cited['version']}."
