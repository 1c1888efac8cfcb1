"""Explorers, each on a bare page, as the tests and the benchmark open them."""

import functools
from pathlib import Path

from lossutils.book import explorers
from lossutils.book.explorers import core, site
from website import chromium

# What the controls of an explorer say, by name.
VALUES = """figure => Object.fromEntries(
  [...figure.querySelectorAll(":scope > form [name]")].map((control) => [
    control.name,
    control.type === "checkbox" ? control.checked
      : control.type === "range" ? control.valueAsNumber : JSON.parse(control.value)]))"""
# Where the handles of an explorer are on the screen, and whether they can be dragged now.
HANDLES = """figure => JSON.parse(figure.dataset.handles || "[]").map((handle) => {
  const view = figure.view;
  const group = figure.querySelector(`.${handle.chart ? handle.chart + "_group" : "root"} > g`);
  const signals = Object.keys(view.getState({ signals: () => true }).signals);
  const at = (axis, size) => {
    if (!(axis in handle)) return size / 2;
    const scale = view.scale(handle.chart ? `${handle.chart}_${axis}` : axis);
    const value = signals.includes(handle[axis]) ? view.signal(handle[axis]) : handle[axis];
    return scale(value) + (scale.bandwidth?.() ?? 0) * (handle.band ?? 0.5);
  };
  const box = group.querySelector("path.background").getBBox();
  const place = new DOMPoint(at("x", box.width), at("y", box.height));
  const { x, y } = place.matrixTransform(group.getScreenCTM());
  const inside = x > 0 && y > 0 && (!handle.when || view.signal(handle.when));
  return { x, y, inside, handle };
})"""
ASSETS = Path(__file__).parent.parent / "book" / "assets"


@functools.cache
def bundle(name):
    """Return what the notebook stores of an explorer."""
    return getattr(explorers, name)()._repr_mimebundle_()


@functools.cache
def bare_page(name):
    """Return a page with one explorer, its script and its style, as HTML."""
    style, script = (
        (ASSETS / f"explorers.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
    )
    figure = site.figure(bundle(name)[core.MIME])
    return (
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>One explorer</title>'
        f"<style>{style}</style><main><h1>One explorer</h1>{figure}</main>"
        f"<script>{script}</script></html>"
    )


def open_bare(browser, name, font_size=12, **options):
    """Open a page with one explorer; return the page, whose `problems` hold what went wrong.

    The words of the drawing are 12 pixels high; larger ones are as wide as those of a wide font.
    """
    page = browser.new_page(**options)
    page.set_default_timeout(chromium.PATIENCE)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda message: page.problems.append(message.text))
    page.set_content(bare_page(name).replace("FontSize:12", f"FontSize:{font_size}"))
    page.evaluate("document.querySelector('figure.explorer').fitted")
    return page


def values(page):
    """Return what the controls of the page's explorer say, by name."""
    return page.locator("figure.explorer").evaluate(VALUES)


def handles(page):
    """Return where the handles of the page's explorer are on the screen, one dict each."""
    return page.locator("figure.explorer").evaluate(HANDLES)
