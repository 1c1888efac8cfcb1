"""Figures on a phone: the letters of every figure of every page are at least ten pixels high."""

import base64
import io
import re
import zlib

import matplotlib as mpl
import numpy as np
import pytest
import vl_convert
from PIL import Image
from rotation import one_in

from tools.bench import pages
from website import chromium
from website.extension import figures, small_svg
from website.toc import PAGES

mpl.use("svg")

import matplotlib.pyplot as plt

PHONE = {"width": 390, "height": 844}
LEAST = 10  # pixels
# The height of the letters of each figure in pixels of the screen. Matplotlib draws letters as
# paths and writes their size as a scale; superscripts are smaller, as in any text.
LETTERS = """async () => {
  document.querySelectorAll("article details").forEach((part) => (part.open = true));
  document.querySelectorAll("article .toggle-hidden")
    .forEach((part) => part.classList.remove("toggle-hidden"));
  const found = {};
  for (const image of document.querySelectorAll("article img")) {
    image.loading = "eager";
    await image.decode();
    if (!image.currentSrc.endsWith(".svg")) continue;
    const svg = await (await fetch(image.currentSrc)).text();
    const shown = image.getBoundingClientRect().width / svg.match(/viewBox="0 0 ([\\d.]+)/)[1];
    const sizes = [...svg.matchAll(/scale\\(([\\d.]+) -[\\d.]+\\)/g)].map((size) => 100 * size[1]);
    found[image.currentSrc] = shown * Math.min(...sizes);
  }
  for (const text of document.querySelectorAll("article svg text")) {
    const { a, b } = text.getScreenCTM();
    const shown = Math.hypot(a, b);
    if (!text.checkVisibility() || !text.textContent.trim()) continue;
    found[text.textContent] = shown * parseFloat(getComputedStyle(text).fontSize);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def phone(browser, address):
    """Open a tab of a phone, in which no answer is covered."""
    with chromium.tab(browser, address, viewport=PHONE) as tab:
        tab.add_init_script(pages.UNCOVERED)
        yield tab


@pytest.mark.slow
@pytest.mark.parametrize("name", one_in(3, PAGES))
def test_letters_of_figures_can_be_read(phone, address, name):
    phone.goto(f"{address}/{name}.html")
    phone.evaluate("Promise.all([...document.querySelectorAll('.explorer')].map(e => e.fitted))")
    letters = phone.evaluate(LETTERS)
    drawn = phone.locator("article .tag_figure img").count()
    assert sum(key.endswith(".svg") for key in letters) >= drawn
    assert {key: size for key, size in letters.items() if size < LEAST} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["book/double-softmax", "book/mistakes/logits-and-softmax"])
def test_a_phone_loads_the_drawing_for_it_alone(browser, address, name):
    for width, narrow in ((390, True), (1440, False)):
        with chromium.tab(browser, address, viewport={"width": width, "height": 900}) as tab:
            tab.add_init_script(pages.UNCOVERED)
            asked = []
            tab.on("request", lambda request, asked=asked: asked.append(request.url))
            tab.goto(f"{address}/{name}.html")
            tab.evaluate("Promise.all([...document.querySelectorAll('article picture img')].map("
                         "i => (i.loading = 'eager', i.decode())))")  # fmt: skip
            drawings = [url for url in asked if re.search(r"_images/.*\.svg", url)]
            assert len(drawings) >= 4
            assert {url.endswith("-phone.svg") for url in drawings} == {narrow}


@pytest.mark.slow
def test_captions_are_numbered_in_the_order_of_the_page(phone, address):
    for name in PAGES:
        phone.goto(f"{address}/{name}.html")
        captions = phone.locator("article p.caption").all_inner_texts()
        cells = phone.locator("article .tag_figure:has(img)").count()
        assert len(captions) >= cells
        numbers = [re.match(r"Figure (\d+)\. ", text)[1] for text in captions]
        assert numbers == [str(number) for number in range(1, len(captions) + 1)]


def drawing():
    """Return a drawing of Matplotlib with letters, markers, a clipped line and an image."""
    with plt.style.context("lossutils.book.style"):
        figure, (left, right) = plt.subplots(1, 2)
        left.plot(np.sin(np.linspace(0, 9, 200)), marker=".", label="a sine $x^2$")
        left.set(ylim=(-0.7, 0.7), xlabel="place")
        left.legend()
        right.imshow(np.arange(16).reshape(4, 4))
        file = io.StringIO()
        figure.savefig(file, format="svg")
        plt.close(figure)
    return file.getvalue()


def pixels(svg):
    """Return a drawing as numbers from 0 to 255."""
    picture = Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=2))).convert("L")
    return np.asarray(picture, dtype=float)


def test_a_smaller_drawing_looks_the_same():
    whole = drawing()
    small = small_svg.smaller(whole)
    assert len(small) < 0.8 * len(whole)
    difference = np.abs(pixels(small) - pixels(whole))
    assert difference.mean() < 0.5
    assert np.mean(difference > 64) < 1e-3


def test_the_drawing_for_a_phone_gets_a_file_of_its_own(tmp_path):
    wide, phone = tmp_path / "one.svg", tmp_path / "one-phone.svg"
    packed = base64.b64encode(zlib.compress(b'<svg><path d="M 0 0"/></svg>')).decode()
    wide.write_text(f"<svg></svg>\n<!-- for a phone: {packed} -->\n", encoding="utf-8")
    assert figures.unpack(wide, phone)
    assert wide.read_text(encoding="utf-8") == "<svg></svg>"
    assert phone.read_text(encoding="utf-8") == '<svg><path d="M0 0"/></svg>'
    assert not figures.unpack(wide, phone)
