"""Write a figure of Matplotlib with fewer bytes: a tenth of a point is less than a pixel.

Matplotlib writes six decimals, a name for each part, and letters as paths in 64ths of a unit. Here
a path says how far each point is from the one before: such numbers are shorter, and repeat.
"""

import re

NOT_DRAWN = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
# Clips, hatches, markers and letters are used by name; words are found by theirs, see covers.py.
NAMED = re.compile(r' id="(?!text_|legend_|[hmp][0-9a-f]{10}|[A-Z])[\w.]+"')
LETTER = re.compile(r'(<path id="[^"]+" d=")([^"]+)(" transform="scale\()0\.015625\)')
GRID = 20  # of these 64ths: in a letter of ten points, a twentieth of a pixel
LETTER_PLACE = re.compile(r'(<use xlink:href="#[^"]+") transform="translate\((\S+) (\S+)\)"')
SCALE = re.compile(r"(scale\([^)]*\))")
DECIMALS = re.compile(r"(?<![\w.#])-?\d+\.\d{3,}(?![\w.])")
PATH = re.compile(r'(?<= d=")[MLQCz\d\s.-]+(?=")')  # a letter's points are relative already
COMMAND = re.compile(r"([MLQCz])([^MLQCz]*)")


def smaller(svg):
    """Return a drawing that looks the same.

    Examples
    --------
    >>> smaller('<svg>\\n  <path id="line_1" d="M 0.123456 2 \\nL 3 4 \\n"/></svg>')
    '<svg>\\n<path d="m0.1 2l2.9 2"/></svg>'
    """
    svg = NAMED.sub("", NOT_DRAWN.sub("", svg))
    svg = PATH.sub(lambda m: relative(m[0], 0.1, 0.1), LETTER.sub(_letter, svg))
    svg = LETTER_PLACE.sub(_place, svg)
    parts = SCALE.split(svg)
    parts[::2] = (DECIMALS.sub(_rounded, part) for part in parts[::2])
    return re.sub(r"\s*\n\s*", "\n", "".join(parts)).strip()


def relative(path, unit, scale):
    """Return a path of straight lines and Bezier curves with relative points.

    Points are rounded to a multiple of the unit before they are subtracted, so no error adds up;
    each unit is written as `scale`.

    Examples
    --------
    >>> relative("M 10 10 L 13.04 10.56 L 10 12 z M 20 0", 0.1, 0.1)
    'm10 10l3 0.6l-3 1.4zm10-10'
    """
    here, start, parts = (0, 0), (0, 0), []
    for letter, text in COMMAND.findall(path):
        points = [round(float(number) / unit) for number in text.split()]
        steps = [number - here[place % 2] for place, number in enumerate(points)]
        here = tuple(points[-2:]) or start
        start = here if letter == "M" else start
        parts.append(letter.lower() + " ".join(f"{step * scale:.6g}" for step in steps))
    return "".join(parts).replace(" -", "-")


def _letter(match):
    return f"{match[1]}{relative(match[2], GRID, 1)}{match[3]}{GRID / 64:g})"


def _place(match):
    """Write the place of a letter in its line, in hundredths of the font's size."""
    across, up = (round(float(number)) for number in match.groups()[1:])
    return f'{match[1]} x="{across}"' + (f' y="{up}"' if up else "")


def _rounded(match):
    return f"{float(match[0]):.1f}".rstrip("0").rstrip(".")
