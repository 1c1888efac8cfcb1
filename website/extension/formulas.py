"""Formulas: their TeX becomes MathML when the book is built, so that a page needs no script.

Browsers draw MathML by themselves and tell screen readers what it says. `book/assets/formulas.css`
names the font; `website/math_font.py` makes it.
"""

import html

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

LOGGER = logging.getLogger(__name__)
CONVERTER = LatexToMathML(fancy_error=False)
CLASSES = "math notranslate nohighlight"


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
    return markup.replace("&ApplyFunction;", "\N{FUNCTION APPLICATION}")


def visit_math(self, node):
    """Write a formula inside a sentence."""
    self.body.append(self.starttag(node, "span", "", CLASS=CLASSES))
    self.body.append(f"{_written(node)}</span>")
    raise nodes.SkipNode


def visit_math_block(self, node):
    """Write a formula on a line of its own, with its number; the inner box scrolls if need be."""
    self.body.append(self.starttag(node, "div", CLASS=CLASSES))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(f'<div class="formula">{_written(node, display=True)}</div></div>\n')
    raise nodes.SkipNode


def _written(node, display=False):
    """Return the formula of a node; one with an error is a warning, which ends `make book`."""
    try:
        return mathml(node.astext(), display)
    except LatexError as problem:
        LOGGER.warning("the formula %s has an error: %s", node.astext(), problem, location=node)
        return f"<code>{html.escape(node.astext())}</code>"
