"""Code on a page has fewer marks than Pygments writes, and the same colours."""

import re

import pytest
from pygments import highlight, token
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.styles import get_style_by_name

from website.extension import markup

STYLES = ("a11y-high-contrast-light", "a11y-high-contrast-dark")  # those of the theme
TOKENS = {name: kind for kind, name in token.STANDARD_TYPES.items()}
PROGRAM = """
@keep
class Loss(tf.keras.losses.Loss):
    def call(self, y_true, y_pred):  # a comment
        "It says what it does."
        return f"{y_true:.3f}" if y_pred is not None else -1.5e-3 * len("a" "b\\n")
"""
SPAN = re.compile(r'<span class="(\w+)">([^<]*)</span>|([^<]+)')


def looks(name):
    """Return how pieces of code of a class look, in light and in dark."""
    return [get_style_by_name(style).style_for_token(TOKENS[name]) for style in STYLES]


def letters(code):
    """Yield each letter of highlighted code with its look."""
    for name, marked, bare in SPAN.findall(code):
        for letter in marked or bare:
            plain = not name or name == "o"  # operators do not look like strings here
            yield letter, letter.strip() and looks("n" if plain else name)


@pytest.mark.parametrize("name", markup.LOOK_OF)
def test_classes_that_become_one_look_the_same(name):
    assert looks(name) == looks(markup.LOOK_OF[name])


def test_a_program_looks_the_same_with_fewer_marks():
    code = highlight(PROGRAM, PythonLexer(), HtmlFormatter(nowrap=True))
    fewer = markup.coloured(code)
    assert list(letters(fewer)) == list(letters(code))
    assert fewer.count("<span") < 0.7 * code.count("<span")
