"""The Sphinx extension of the book: landing page, addresses, search, terms, what pages load.

`_config.yml` names it under `local_extensions`. A template in `templates` takes precedence over the
theme's template of the same name. The book's own style sheets and scripts are in `book/assets`.
"""

import hashlib
from pathlib import Path

from website.extension import (
    addresses,
    all_losses,
    atlas,
    cards,
    catalogue,
    checks,
    choosing,
    citations,
    every_page,
    executed,
    exercises,
    figures,
    formulas,
    icons,
    landing,
    loading,
    markup,
    mistakes,
    predictions,
    proofs,
    questions,
    search,
    spaces,
    terms,
    theme_css,
)

HERE = Path(__file__).parent
PARTS = (
    addresses,
    all_losses,
    atlas,
    cards,
    catalogue,
    checks,
    choosing,
    citations,
    every_page,
    executed,
    exercises,
    figures,
    formulas,
    landing,
    mistakes,
    questions,
    search,
    loading,
    icons,
    markup,
    predictions,
    proofs,
    spaces,
    terms,
    theme_css,
)


def made_by():
    """Return a hash of the code, the templates and the tables that pages are made with."""
    kinds = {".py", ".html", ".json", ".toml"}
    files = (path for path in sorted(HERE.rglob("*.*")) if path.suffix in kinds)
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def setup(app):
    """Connect the parts with Sphinx."""
    app.config.templates_path.insert(0, str(HERE / "templates"))
    # If this value differs from the last build's, Sphinx writes every page again.
    app.add_config_value("made_by", made_by(), "html")
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
