"""Reduce code to what disguising a copy keeps: no own names, numbers, strings or comments."""

import builtins
import keyword
import re

LONGEST = 20_000  # characters of a cell that are compared
GRAM = 6  # tokens that are compared together
KEPT = {*keyword.kwlist, *dir(builtins)}
# It accepts any text, even what Python does not: a submission is hostile.
TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    | (?P<string>[rbfuRBFU]{0,2}(?:\"\"\"[\s\S]*?(?:\"\"\"|\Z)|\'\'\'[\s\S]*?(?:\'\'\'|\Z)
                 |"(?:\\[\s\S]|[^"\\\n])*+"?|'(?:\\[\s\S]|[^'\\\n])*+'?))
    | (?P<name>[^\W\d]\w*)
    | (?P<number>\.?\d[\w.]*(?:(?<=[eE])[+-]\d+)?)
    | (?P<end>\n|;)
    | (?P<space>\\\n|\s)
    | (?P<operator>\*\*|//|==|!=|<=|>=|->|:=|[-+*/%@&|^]=|[\s\S])""",
    re.VERBOSE,
)


def statements(source):
    """Return the statements of a piece of code, each as a list of reduced tokens.

    Examples
    --------
    >>> statements("total = 0.5 * np.sum(x, axis=-1)  # half")
    [['V', '=', 'N', '*', 'V', '.', 'sum', '(', 'V', ',', 'axis', '=', '-', 'N', ')']]
    """
    lines, line, depth = [], [], 0
    for kind, text in _tokens(source[:LONGEST]):
        depth = max(0, depth + (text in ("(", "[", "{")) - (text in (")", "]", "}")))
        if kind == "end" and (depth == 0 or text == ";"):
            lines.append(line)
            line = []
        elif kind not in ("end", "space", "comment"):
            line.append((kind, text, depth > 0))
    return [_reduced(line) for line in [*lines, line] if any(kind != "string" for kind, *_ in line)]


def grams(source):
    """Return the set of short sequences of tokens in the statements of a piece of code."""
    sequences = set()
    for line in statements(source):
        starts = range(max(1, len(line) - GRAM + 1))
        sequences.update(" ".join(line[start : start + GRAM]) for start in starts)
    return sequences


def _tokens(source):
    return ((match.lastgroup, match[0]) for match in TOKEN.finditer(source))


def _reduced(line):
    """Return a statement without one's own names; a call's names of arguments are not one's own."""
    texts = [text for _, text, _ in line]
    is_call = texts[0] not in ("def", "lambda")
    around = zip(["", *texts], line, [*texts[1:], ""], strict=False)
    return [
        _token(
            kind, text, before == "." or (is_call and inside and before in "(," and after == "=")
        )
        for before, (kind, text, inside), after in around
    ]


def _token(kind, text, is_given):
    if kind in ("number", "string"):
        return "N" if kind == "number" else "S"
    return "V" if kind == "name" and text not in KEPT and not is_given else text
