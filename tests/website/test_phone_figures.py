"""Figures on a phone: the letters of every figure of every page are at least ten pixels high."""

import base64
import io
import os
import re
import zlib
from pathlib import Path
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
import vl_convert
from PIL import Image
from rotation import one_commit_in, one_in

from tools.bench import pages
from website import chromium
from website.extension import figures, small_svg
from website.toc import PAGES

mpl.use("svg")

import matplotlib.pyplot as plt

PHONE = {"width": 390, "height": 844}
LEAST = 10  # pixels
# The height of the letters of each figure in pixels of the screen. Superscripts, which have their
# size in em, are smaller, as in any text.
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
    const sizes = [...svg.matchAll(/font-size="([\\d.]+)"/g)].map((size) => size[1]);
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
@one_commit_in(2)
def test_captions_are_numbered_in_the_order_of_the_page(phone, address):
    for name in PAGES:
        phone.goto(f"{address}/{name}.html")
        captions = phone.locator("article p.caption").all_inner_texts()
        cells = phone.locator("article .tag_figure:has(img)").count()
        assert len(captions) >= cells
        numbers = [re.match(r"Figure (\d+)\. ", text)[1] for text in captions]
        assert numbers == [str(number) for number in range(1, len(captions) + 1)]


def drawing():
    """Return a drawing of Matplotlib: letters, markers, a clipped line, a hatch, an image."""
    with plt.style.context("lossutils.book.style"):
        figure, (left, right) = plt.subplots(1, 2)
        left.plot(np.sin(np.linspace(0, 9, 200)), marker=".", label="a sine $x^2$")
        left.bar([2, 6], 0.5, width=2, hatch="///", color="C1")
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
    assert small_svg.smaller(small) == small
    assert len(small) < 0.72 * len(whole)
    difference = np.abs(pixels(small) - pixels(whole))
    assert difference.mean() < 0.4
    assert np.mean(difference > 64) < 1e-3


def test_a_smaller_drawing_has_all_parts_that_it_uses_by_name():
    small = small_svg.smaller(drawing())
    used = set(re.findall(r'(?:url\(|href=")#([\w-]+)', small))
    kinds = {name[0] for name in used}
    assert {"h", "m", "p", "D"} <= kinds, "hatches, markers, clips and letters"
    assert used - set(re.findall(r' id="([\w-]+)"', small)) == set()


def points(path):
    """Return the points of a path of straight lines as they would be drawn."""
    steps = re.findall(r"([ml])(-?[\d.]+) ?(-?[\d.]+)", path)
    return np.array([step[1:] for step in steps], dtype=float).cumsum(axis=0)


def test_errors_of_rounding_do_not_add_up():
    places = np.random.default_rng(0).uniform(-500, 500, (1000, 2))
    path = "M" + "L".join(f"{x:.6f} {y:.6f}" for x, y in places)
    assert points(small_svg.relative(path, 0.1, 0.1)) == pytest.approx(places, abs=0.0501)


def test_the_drawing_for_a_phone_gets_a_file_of_its_own(tmp_path):
    wide, phone = tmp_path / "one.svg", tmp_path / "one-phone.svg"
    packed = base64.b64encode(zlib.compress(b'<svg><path d="M 0 0"/></svg>')).decode()
    wide.write_text(f"<svg></svg>\n<!-- for a phone: {packed} -->\n", encoding="utf-8")
    assert figures.unpack(wide, phone)
    assert wide.read_text(encoding="utf-8") == "<svg></svg>"
    assert phone.read_text(encoding="utf-8") == '<svg><path d="m0 0"/></svg>'
    drawings = [path.read_bytes() for path in (wide, phone)]
    assert figures.unpack(wide, phone), "as in the next build"
    assert [path.read_bytes() for path in (wide, phone)] == drawings
    assert not figures.unpack(tmp_path / "two.svg", tmp_path / "two-phone.svg")


def test_drawings_of_an_older_version_are_forgotten(tmp_path):
    folder = tmp_path / "jupyter_execute"
    folder.mkdir()
    for name, seconds in (("old", -10), ("new", 10)):
        (folder / f"{name}.svg").touch()
        time = Path(small_svg.__file__).stat().st_mtime + seconds
        os.utime(folder / f"{name}.svg", (time, time))
    figures.forget(SimpleNamespace(outdir=tmp_path / "html"))
    assert [file.name for file in folder.iterdir()] == ["new.svg"]
