"""Formulas: their TeX becomes MathML when the book is built, so that a page needs no script.

Browsers draw MathML by themselves and tell screen readers what it says. `book/assets/formulas.css`
names the font; `website/math_font.py` makes it.
"""

import html
import re

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

LOGGER = logging.getLogger(__name__)
CONVERTER = LatexToMathML(fancy_error=False)
CLASSES = "math notranslate nohighlight"
# What opens and closes within one of the formulas that stand side by side.
PAIRS = [("{", "}"), (r"\begin", r"\end"), (r"\left", r"\right")]
BREAK = r"\hspace{0em}"  # of no width, where a line that is too long for a phone may break
CASES = re.compile(r"\\begin\{cases\}.*?\\end\{cases\}", re.DOTALL)
# A prime is high by itself: as an exponent it would be small and float above the line.
PRIME = re.compile(r"<msu(p|bsup)>((?:(?!<msu).)*?)<mo>′</mo></msu\1>")


def setup(app):
    """Name the visitors to Sphinx; a renderer of an extension precedes MathJax."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))


def mathml(tex, display=False):
    r"""Return a formula as MathML.

    Parameters
    ----------
    tex : str
        The formula as the source of a page says it, without dollar signs.
    display : bool
        Whether it stands on a line of its own.

    Returns
    -------
    str
        A ``math`` element.

    Raises
    ------
    LatexError
        If the formula has an error; the message names the position and what is wrong there.

    Examples
    --------
    >>> mathml("p^2")
    '<math><msup><mi>p</mi><mn>2</mn></msup></math>'
    """
    if r"\\" in tex:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    markup = CONVERTER.convert_with_local_state(tex, displaystyle=display)
    markup = PRIME.sub(_beside, markup)
    return markup.replace("&ApplyFunction;", "\N{FUNCTION APPLICATION}")


def _beside(match):
    """Write what has a prime, and the prime after it."""
    base = match[2] if match[1] == "p" else f"<msub>{match[2]}</msub>"
    return f'<mrow>{base}<mo lspace="0" rspace="0">′</mo></mrow>'


def visit_math(self, node):
    """Write a formula inside a sentence."""
    self.body.append(self.starttag(node, "span", "", CLASS=CLASSES))
    self.body.append(f"{_written(node, node.astext())}</span>")
    raise nodes.SkipNode


def visit_math_block(self, node):
    """Write a formula on a line of its own, with its number; the inner box scrolls if need be."""
    self.body.append(self.starttag(node, "div", CLASS=CLASSES))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    lines = "".join(_line(node, part) for part in side_by_side(node.astext()))
    self.body.append(f'<div class="formula">{lines}</div></div>\n')
    raise nodes.SkipNode


def _line(node, tex):
    pieces = side_by_side(tex, BREAK)
    written = "".join(_written(node, piece, display=True) for piece in pieces)
    return f'<div class="pieces">{written}</div>' if len(pieces) > 1 else written


def side_by_side(tex, space=r"\qquad"):
    r"""Return the formulas that a wide space separates: on a phone, each has a line of its own.

    Examples
    --------
    >>> side_by_side(r"a = 1, \qquad \text{so}\quad b = 2")
    ['a = 1,', '\\text{so}\\quad b = 2']
    """
    parts = [part.strip() for part in tex.split(space)]
    whole = all(part.count(a) == part.count(b) for part in parts for a, b in PAIRS)
    return parts if whole and r"\\" not in re.sub(CASES, "", tex) else [tex]


def _written(node, tex, display=False):
    """Return a formula of a node; one with an error is a warning, which ends `make book`."""
    try:
        return mathml(tex, display)
    except LatexError as problem:
        LOGGER.warning("the formula %s has an error: %s", tex, problem, location=node)
        return f"<code>{html.escape(tex)}</code>"
