"""Cells that run on their page: what `make live` and `make pyodide` add to a page of the book.

`start.js` is the one script that a page names; it loads the rest. `page.js` makes the buttons,
`outputs.js` shows the output of a cell. Python is one of two: `kernel.js` talks to the Jupyter
server of `make live`, `browser.js` to Pyodide in a web worker.

`exercise.js` turns an exercise into an editor, `editor.js`, and has the answer checked with
`checking.py` and the file of the exercise: by Pyodide, or under `make live` by a kernel through
`checks.js`.
"""

import html
import re
from pathlib import Path

FOLDER = Path(__file__).parent
FILES = ("start.js", "page.js", "outputs.js", "cells.css")
EXERCISE_FILES = ("exercise.js", "exercise.css", "editor.js", "editor.LICENSES.txt", "checking.py")
KERNEL_FILES = (*FILES, *EXERCISE_FILES, "kernel.js", "jupyter.js", "checks.js", "runner.py")
BROWSER_FILES = (*FILES, "browser.js", "worker.js", "runner.py")
_OWN = re.compile(r"<!-- cells -->.*?<!-- /cells -->\n", re.DOTALL)


def without_script(page):
    """Return the HTML of a page as the book's build wrote it."""
    return _OWN.sub("", page)


def with_script(page, scripts, **settings):
    """Return the HTML of a page with the script of a folder, which gets the settings as data.

    Examples
    --------
    >>> print(with_script("<head>\\n</head>", "live/", python="kernel"))
    <head>
    <!-- cells --><link rel="stylesheet" href="live/cells.css">
    <script defer src="live/start.js" data-python="kernel"></script><!-- /cells -->
    </head>
    """
    data = "".join(f' data-{name}="{html.escape(str(value))}"' for name, value in settings.items())
    style = f'<link rel="stylesheet" href="{scripts}cells.css">\n'
    lines = (
        f"<!-- cells -->{style if settings.get('python') != 'exercises' else ''}"
        f'<script defer src="{scripts}start.js"{data}></script><!-- /cells -->\n'
    )
    return without_script(page).replace("</head>", lines + "</head>", 1)
