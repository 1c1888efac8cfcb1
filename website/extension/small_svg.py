"""Write a figure of Matplotlib with fewer bytes: a tenth of a point is less than a pixel.

Matplotlib writes six decimals, a name for each part, and letters as paths in 64ths of a unit.
"""

import re

NOT_DRAWN = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
# Clips, hatches, markers and letters are used by name; words are found by theirs, see covers.py.
NAMED = re.compile(r' id="(?!text_|legend_|[hmp][0-9a-f]{10}|[A-Z])[\w.]+"')
LETTER = re.compile(r'(<path id="[^"]+" d=")([^"]+)(" transform="scale\()0\.015625\)')
TENTH = "0.15625)"
SCALE = re.compile(r"(scale\([^)]*\))")
DECIMALS = re.compile(r"(?<![\w.#])-?\d+\.\d{3,}(?![\w.])")
PATH = re.compile(r'(?<= d=")[^"]*')
LETTERS = re.compile(r"\s*([A-Za-z])\s*")


def smaller(svg):
    """Return a drawing that looks the same.

    Examples
    --------
    >>> smaller('<svg>\\n  <path id="line_1" d="M 0.123456 2 \\nL 3 4 \\n"/></svg>')
    '<svg>\\n<path d="M0.1 2L3 4"/></svg>'
    """
    svg = NAMED.sub("", NOT_DRAWN.sub("", svg))
    svg = LETTER.sub(lambda m: f"{m[1]}{_in_tenths(m[2])}{m[3]}{TENTH}", svg)
    parts = SCALE.split(svg)
    parts[::2] = (DECIMALS.sub(_rounded, part) for part in parts[::2])
    svg = PATH.sub(lambda m: LETTERS.sub(r"\1", m[0]).strip(), "".join(parts))
    return re.sub(r"\s*\n\s*", "\n", svg).strip()


def _in_tenths(path):
    return re.sub(r"-?\d+(\.\d+)?", lambda m: str(round(float(m[0]) / 10)), path)


def _rounded(match):
    return f"{float(match[0]):.1f}".rstrip("0").rstrip(".")
