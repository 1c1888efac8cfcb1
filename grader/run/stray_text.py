"""Find what a student wrote as text in places that are not for it: comments, print, task cells.

It cannot tell an answer from a remark; a person can. So it finds too much rather than too little.
"""

import ast
import re

LONGEST_TEXT = 20_000  # characters of an answer; nobody reads more
COMMENT = re.compile(r"^[ \t]*#+ ?(.*)", re.MULTILINE)
OUTER_COMMENT = re.compile(r"^#+ ?(.*)", re.MULTILINE)
WORDS = re.compile(r"[^\W\d_]{2,}[,;:]? [^\W\d_]{2,}")  # two words in a row
SHOWS = ("print", "display", "Markdown")


def in_code(source, comments=COMMENT):
    """Return the texts in a cell with code: in comments, and what a statement only holds or prints.

    Parameters
    ----------
    comments : re.Pattern
        `OUTER_COMMENT` leaves out those within functions, which explain the code.

    Examples
    --------
    >>> in_code("x = softmax(z)\\n# It cancels, since\\nprint('both parts have it.')")
    ['It cancels, since', 'both parts have it.']
    >>> in_code("# x = softmax(z)\\nprint('the loss is', loss)")
    []
    """
    if len(source) > LONGEST_TEXT:  # also its comments
        return []
    texts = [text for text in comments.findall(source) if not parsed(text)]
    for statement in parsed(source):
        texts += [" ".join(text.split()) for text in _texts(getattr(statement, "value", None))]
    return [text for text in texts if WORDS.search(text)]


def added_lines(source, original):
    """Return the lines that a text has and the original has not."""
    known = {line.strip() for line in original.splitlines()}
    lines = [line.strip() for line in source.splitlines()]
    return [line for line in lines if line not in known and re.search(r"[^\W_]", line)]


def parsed(source):
    """Return the statements of a cell; none if it is too long, or no Python."""
    if len(source) > LONGEST_TEXT:
        return []
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _texts(value):
    """Return the texts of a value if it is nothing but text, or prints nothing but text."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return [value.value]
    is_shown = isinstance(value, ast.Call) and getattr(value.func, "id", "") in SHOWS
    texts = [_texts(each) for each in value.args] if is_shown else []
    return [text for each in texts for text in each] if all(texts) else []
