"""What the pages of the site load and how they are marked up: a small Sphinx extension.

`_config.yml` names it under `local_extensions`. Its templates are in `theme/templates`; the style
sheets and scripts of the book are in `book/assets`.
"""

from pathlib import Path

from . import icons, loading, markup


def setup(app):
    """Connect the parts with Sphinx; a template here goes before the theme's of the same name."""
    app.config.templates_path.insert(0, str(Path(__file__).parent / "templates"))
    for part in (loading, icons, markup):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
