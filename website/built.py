"""Where the built book is."""

import sys
from pathlib import Path

from website.toc import ROOT

SITE = ROOT / "_build" / "html"


def folder(path=SITE):
    """Return the folder of a built book; end in one sentence where there is none."""
    if not Path(path, "index.html").exists():
        sys.exit(f"error: there is no built book in {path}; run: make book")
    return Path(path)
