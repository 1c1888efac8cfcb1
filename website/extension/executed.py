"""Read a page again when its notebook was executed again: Sphinx looks at the notebook alone."""

from pathlib import Path

import nbformat
from jupyter_cache import get_cache


def executed_file(cache_folder, text):
    """Return the file that holds a notebook's outputs in the cache, or None if there is none."""
    cache = get_cache(cache_folder)
    try:
        record = cache.match_cache_notebook(nbformat.reads(text, as_version=4))
    except KeyError:
        return None
    return Path(cache.path, "executed", record.hashkey, "base.ipynb")


def note_execution(app, name, source):
    """Tell Sphinx that a page depends on the executed notebook."""
    if str(app.env.doc2path(name)).endswith(".ipynb"):
        folder = Path(app.srcdir, app.config.nb_execution_cache_path)
        if file := executed_file(folder, source[0]):
            app.env.note_dependency(str(file.resolve()))


def setup(app):
    """Connect with Sphinx."""
    app.connect("source-read", note_execution)
