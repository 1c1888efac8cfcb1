"""The words of figures are text on the site: what it says, where it is, and how long it is."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
import vl_convert
from PIL import Image
from test_phone_figures import drawing as with_all_parts

from website import built
from website.extension import figure_words, small_svg

mpl.use("svg")

import matplotlib.pyplot as plt

WORDS = {"flat & <wide>": 0, "fit of a line": 0, "−0.5 ≤ λ": 90, "√2": 0}
SVG = "{http://www.w3.org/2000/svg}"
OUTLINES = 'xlink:href="#DejaVu'


@pytest.fixture(scope="module", autouse=True)
def fonts():
    """Let the words be drawn with the font that Matplotlib measures with."""
    vl_convert.register_font_directory(str(Path(mpl.get_data_path(), "fonts", "ttf")))


def written(**looks):
    """Return a figure with nothing but words, and where Matplotlib says that each of them is."""
    with plt.style.context("lossutils.book.style"):
        figure = plt.figure(figsize=(4, 3))
        texts = [
            figure.text(0.2, 0.2 * (place + 1), words, rotation=turn, **looks)
            for place, (words, turn) in enumerate(WORDS.items())
        ]
        file = io.StringIO()
        figure.savefig(file, format="svg", dpi=72)
        boxes = [text.get_window_extent(dpi=72) for text in texts]
        plt.close(figure)
    return file.getvalue(), boxes


def texts_of(svg):
    """Return the elements of text."""
    return list(ElementTree.fromstring(svg).iter(f"{SVG}text"))


def pixels(svg):
    """Return a drawing as numbers from 0 to 255."""
    picture = Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=2))).convert("L")
    return np.asarray(picture, dtype=float)


def test_the_text_says_what_was_written():
    svg, _ = written()
    texts = texts_of(figure_words.as_text(small_svg.smaller(svg)))
    assert [text.text for text in texts] == list(WORDS)


@pytest.mark.parametrize("looks", [{}, {"weight": "bold"}, {"style": "italic"}, {"size": 14}])
def test_the_text_is_where_it_was_and_as_long(looks):
    svg, boxes = written(**looks)
    texts = texts_of(figure_words.as_text(small_svg.smaller(svg)))
    for text, box in zip(texts, boxes, strict=True):
        turned = "transform" in text.attrib
        length = box.height if turned else box.width
        assert float(text.get("textLength")) == pytest.approx(length, rel=0.06)
        start = re.findall(r"[\d.]+", text.get("transform", text.get("x")))[0]
        assert float(start) == pytest.approx(box.x1 if turned else box.x0, abs=3.5)


@pytest.mark.parametrize("draw", [lambda: written()[0], with_all_parts])
def test_a_figure_looks_the_same(draw):
    outlines = small_svg.smaller(draw())
    words = figure_words.as_text(outlines)
    assert figure_words.as_text(words) == words
    assert OUTLINES in outlines
    assert OUTLINES not in words
    difference = np.abs(pixels(words) - pixels(outlines))
    assert difference.mean() < 0.4
    assert np.mean(difference > 96) < 1e-3


def test_an_exponent_is_smaller_and_higher():
    texts = texts_of(figure_words.as_text(small_svg.smaller(with_all_parts())))
    place = next(n for n, text in enumerate(texts) if text.get("font-size") == "0.7em")
    base, exponent = texts[place - 1 : place + 1]
    assert (base.text, exponent.text) == ("x", "2")
    assert float(exponent.get("y")) < float(base.get("y")) - 3


def test_markers_that_look_the_same_are_together():
    with plt.style.context("lossutils.book.style"):
        figure, ax = plt.subplots()
        ax.scatter([3, 1, 2], [1, 3, 2], color="C0")
        ax.scatter([3, 1, 2], [1, 2, 2], color=["C1", "C2", "C1"])
        file = io.StringIO()
        figure.savefig(file, format="svg")
        plt.close(figure)
    outlines = small_svg.smaller(file.getvalue())
    words = figure_words.as_text(outlines)
    (path,) = re.findall(r'<path d="m([^"]*)" style="fill:none;marker:url', words)
    assert path.count("l") == 2
    assert words.count("fill: #0072b2") == 1
    assert np.mean(np.abs(pixels(words) - pixels(outlines)) > 96) < 1e-3


def test_a_sign_that_is_no_letter_keeps_its_outline():
    sign = '<path id="DejaVuSans-ffff" d="m0 0l9 9z"/>\n'
    group = '<g transform="translate(1 2) scale(0.1 -0.1)">\n<defs>\n{}</defs>\n<use {}/>\n</g>\n'
    line = group.format(sign, 'xlink:href="#DejaVuSans-ffff"')
    letter = line.replace("ffff", "24")  # the number of its A
    svg = f"<svg>\n<defs>\n<style></style>\n</defs>\n{line}{letter}</svg>"
    words = figure_words.as_text(svg)
    assert words.count('id="DejaVuSans-ffff"') == words.count('="#DejaVuSans-ffff"') == 1
    assert words.index(sign.strip()) < words.index("<use")
    assert re.search(r'<text x="1" y="2" [^>]*textLength="[\d.]+"[^>]*>A</text>', words)


@pytest.mark.slow
def test_no_figure_of_the_site_has_outlines_of_letters():
    figures = list((built.folder() / "_images").glob("*.svg"))
    assert len(figures) > 250
    texts = [path.read_text(encoding="utf-8") for path in figures]
    assert sum("<text " in text for text in texts) > 250
    assert not any(OUTLINES in text for text in texts)
    assert {ElementTree.fromstring(text).tag for text in texts} == {SVG + "svg"}
