"""What a check prints, on its page: tables as tables, rows of documents as margin notes."""

import re

from docutils import nodes
from sphinx.addnodes import pending_xref

ROW = re.compile(r"✓ row ([\w-]+): ")
GAP = re.compile(r" {2,}")
HEAD = ["TensorFlow", "NumPy"]  # the last columns of a table of `checks.compare`
LEFT_OUT = ["..."]


def mark_up(app, doctree):
    """Mark up the outputs of all checks of a page."""
    cells = [node for node in doctree.findall(nodes.container) if "cell" in node["classes"]]
    for cell in (cell for cell in cells if "tag_check" in cell["classes"]):
        for block in [b for b in cell.findall(nodes.literal_block) if "output" in b["classes"]]:
            parts = [_marked(app, block, *piece) for piece in pieces(block.astext())]
            block.parent.replace(block, parts)


def pieces(text):
    """Cut a text into tables, lines about a row of a document, and other lines.

    Examples
    --------
    >>> pieces("✓ row 001-5: published 1\\none\\ntwo")
    [('row', ['✓ row 001-5: published 1']), ('text', ['one', 'two'])]
    >>> pieces("loss  TensorFlow  NumPy\\n[0]            1      1")
    [('table', [['loss', 'TensorFlow', 'NumPy'], ['[0]', '1', '1']])]

    What is printed below a table may look like one of its rows, but its numbers have words between:

    >>> [kind for kind, _ in pieces("loss  TensorFlow  NumPy\\n[1.  2.  3.] sum 6")]
    ['table', 'text']
    """
    parts = []
    for line in text.rstrip("\n").split("\n"):
        kind, piece = _kind(line, *parts[-1:])
        if kind == "row" or not parts or parts[-1][0] != kind or piece[-2:] == HEAD:
            parts.append((kind, []))
        parts[-1][1].append(piece)
    return parts


def _kind(line, before=("", [])):
    """Return what a line is, and its text or its cells."""
    cells, (last, rows) = GAP.split(line), before
    if cells[-2:] == HEAD or (last == "table" and _fits(cells, rows[0])):
        return "table", cells
    return ("row" if ROW.match(line) else "text"), line


def _fits(cells, head):
    """Tell whether cells are a row below a head: as many, and numbers, which hold no spaces."""
    return cells == LEFT_OUT or (len(cells) == len(head) and " " not in "".join(cells[1:]))


def _marked(app, block, kind, lines):
    """Return the node of a piece."""
    if kind == "table":
        return _table(lines)
    words = "\n".join(lines)
    attributes = {"language": block.get("language", "myst-ansi"), "classes": block["classes"]}
    text = nodes.literal_block("", ROW.sub("✓ ", words), **attributes)
    if kind == "text":
        return text
    note = _note(app.env.docname, ROW.match(words)[1])
    return nodes.container("", text, note, classes=["check-line"])


def _note(page, row):
    """Return a note that leads to the row of a document."""
    target = {"refdomain": "std", "reftype": "ref", "reftarget": f"row-{row}", "refdoc": page}
    words = nodes.inline("", f"row {row}")
    link = pending_xref("", words, refexplicit=True, refwarn=True, **target)
    return nodes.paragraph("", "", link, classes=["row-note"])


def _table(lines):
    """Return a table whose first line is its head."""
    head, *rows = ([*line, *[""] * (len(lines[0]) - len(line))] for line in lines)
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in head), cols=len(head))
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *map(_row, rows))
    return nodes.table("", group, classes=["check-table"])


def _row(cells):
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", cell)) for cell in cells))


def setup(app):
    """Connect to Sphinx."""
    app.connect("doctree-read", mark_up)
