"""What the pages of the site load and how they are marked up: a small Sphinx extension.

`_config.yml` names it under `local_extensions`. Its templates are in `theme/templates`; the style
sheets and scripts of the book are in `book/assets`.
"""

import hashlib
from pathlib import Path

from . import icons, loading, markup

HERE = Path(__file__).parent
PAGES = HERE.parent / "tools" / "pages"


def made_by():
    """Return a hash of the code and the templates that pages are made with."""
    files = (path for folder in (HERE, PAGES) for path in sorted(folder.rglob("*.*")))
    texts = (path.read_bytes() for path in files if path.suffix in {".py", ".html"})
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def setup(app):
    """Connect the parts with Sphinx; a template here goes before the theme's of the same name."""
    app.config.templates_path.insert(0, str(HERE / "templates"))
    # Where it differs from that of the last build, Sphinx writes every page again.
    app.add_config_value("made_by", made_by(), "html")
    for part in (loading, icons, markup):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
