"""One truth: what the page computes, in a real browser, is what `lossutils` computes.

The browser tests need no built book. One commit tests the half of the explorers that it leaves out
in test_explorers.py.
"""

import json
import zlib
from decimal import Decimal

import numpy as np
import pytest
from explorer_truths import ABSOLUTE, TRUTHS
from rotation import one_in

from lossutils.book import explorers
from website.explorer_page import open_bare

POSITIONS = 200
RTOL = 1e-9

# Set all controls as a reader would, position by position, and collect what Vega then has: the
# values of the formulas, and the tables that hold the fields. JSON has no NaN and no infinity.
MOVE = """([figure, positions, formulas, fields]) => {
  const form = figure.querySelector("form");
  const data = JSON.parse(figure.querySelector("script").textContent).data;
  const view = figure.view;
  const valuesOf = (names) => Object.fromEntries(names.map((name) => [name, view.signal(name)]));
  const columnsOf = (table) => Object.fromEntries(
    Object.keys(table[0]).map((key) => [key, table.map((row) => row[key])]));
  const tables = () => data.map(({ name }) => view.data(name))
    .filter((table) => table.length && fields.some((field) => field in table[0]))
    .map(columnsOf);
  const shown = positions.map((position) => {
    for (const [name, value] of Object.entries(position)) {
      const control = form.elements[name];
      if (control.type === "checkbox") control.checked = value;
      else control.value = control.type === "range" ? value : JSON.stringify(value);
    }
    form.dispatchEvent(new Event("input"));
    const signals = Object.keys(position);
    return { controls: valuesOf(signals), formulas: valuesOf(formulas), tables: tables() };
  });
  const written = (key, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return JSON.stringify(shown, written);
}"""


def test_every_explorer_has_its_truth():
    assert set(TRUTHS) == set(explorers.__all__)


def calculated(spec):
    """Yield the fields that a specification in Vega-Lite calculates, with their formulas."""
    if isinstance(spec, list):
        for part in spec:
            yield from calculated(part)
    elif isinstance(spec, dict):
        if "calculate" in spec:
            yield spec["as"], spec["calculate"]
        for part in spec.values():
            yield from calculated(part)


def places(control):
    """Return the places where a control can stand."""
    bind = control["bind"]
    if bind["input"] == "checkbox":
        return [False, True]
    if bind["input"] == "select":
        return bind["options"]
    low, high, step = (Decimal(str(bind[key])) for key in ("min", "max", "step"))
    return [float(low + number * step) for number in range(int((high - low) / step) + 1)]


def positions(controls, count, seed):
    """Return positions: the start, every control at its ends, all at their ends, then random."""
    start = {control["name"]: control["value"] for control in controls}
    every = {control["name"]: places(control) for control in controls}
    chosen = [start, *({**start, name: at[end]} for name, at in every.items() for end in (0, -1))]
    chosen += [{name: at[end] for name, at in every.items()} for end in (0, -1)]
    rng = np.random.default_rng(seed)
    while len(chosen) < count:
        chosen.append({name: at[rng.integers(len(at))] for name, at in every.items()})
    return chosen


def difference(explorer, key, shown, expected):
    """Return what differs between the page and `lossutils`, or None."""
    shown, expected = np.asarray(shown), np.asarray(expected)
    if expected.dtype.kind in "fiu":
        atol = ABSOLUTE.get((explorer, key), 0)
        same = expected.shape in ((), shown.shape) and np.allclose(
            shown.astype(float), expected, rtol=RTOL, atol=atol
        )
    else:
        same = expected.shape in ((), shown.shape) and np.all(shown == expected)
    return None if same else f"{key}: the page has {shown}, lossutils {expected}"


def differences(name, shown, fields):
    """Yield what differs between the page and `lossutils` at one position."""
    tables = [{key: np.array(column) for key, column in table.items()} for table in shown["tables"]]
    # A field whose table has no row at this position is an empty column.
    empty = {field: {field: np.array([])} for field in fields}
    rows = empty | {
        field: table for table in reversed(tables) for field in fields if field in table
    }
    values = shown["formulas"] | {field: rows[field][field] for field in fields}
    expected = TRUTHS[name](shown["controls"], rows)
    assert set(expected) == set(values)
    for key, value in values.items():
        if wrong := difference(name, key, value, expected[key]):
            yield wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", one_in(6, explorers.__all__, skip=1))
def test_the_page_computes_what_lossutils_computes(browser, name):
    explorer = getattr(explorers, name)()
    pairs = set(calculated(explorer.spec()))
    assert len(dict(pairs)) == len(pairs), "two fields of one name: only one would be tested"
    fields = sorted(field for field in dict(pairs) if not field.startswith("_"))
    formulas = [key for key in explorer.formulas if not key.startswith("_")]
    controls = [control[0] for control in explorer.controls]
    chosen = positions(controls, POSITIONS, zlib.crc32(name.encode()))
    page = open_bare(browser, name)
    figure = page.locator("figure.explorer").element_handle()
    answers = json.loads(page.evaluate(MOVE, [figure, chosen, formulas, fields]))
    assert page.problems == []
    page.close()
    for position, shown in zip(chosen, answers, strict=True):
        assert shown["controls"] == pytest.approx(position, rel=1e-12)
        assert list(differences(name, shown, fields)) == [], position
