"""One truth: what the page computes, in a real browser, is what `lossutils` computes.

The browser tests are run by `make site`; they need no built book.
"""

import zlib
from decimal import Decimal

import numpy as np
import pytest
from explorer_truths import ABSOLUTE, TRUTHS

from lossutils.book import explorers
from website.explorer_page import open_bare

POSITIONS = 200
RTOL = 1e-9

# Sets all controls as a reader would, and returns what Vega then has, computed and drawn.
MOVE = """([figure, position, formulas, fields]) => {
  const form = figure.querySelector("form");
  for (const [name, value] of Object.entries(position)) {
    const control = form.elements[name];
    if (control.type === "checkbox") control.checked = value;
    else control.value = control.type === "range" ? value : JSON.stringify(value);
  }
  form.dispatchEvent(new Event("input"));
  const view = figure.view;
  const of = (names) => Object.fromEntries(names.map((name) => [name, view.signal(name)]));
  const tables = figure.tables.map((name) => view.data(name));
  const rows = {};
  for (const field of fields) {
    const table = tables.find((table) => table.length && field in table[0]) || [];
    const columns = table.length ? Object.keys(table[0]) : [field];
    rows[field] = Object.fromEntries(columns.map((key) => [key, table.map((row) => row[key])]));
  }
  return { at: of(Object.keys(position)), found: of(formulas), rows };
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
    """Return positions: the start, every control at its ends, all at their ends, then by chance."""
    start = {control["name"]: control["value"] for control in controls}
    every = {control["name"]: places(control) for control in controls}
    found = [start, *({**start, name: at[end]} for name, at in every.items() for end in (0, -1))]
    found += [{name: at[end] for name, at in every.items()} for end in (0, -1)]
    rng = np.random.default_rng(seed)
    while len(found) < count:
        found.append({name: at[rng.integers(len(at))] for name, at in every.items()})
    return found


def differs(name, key, found, expected):
    """Return what differs between the page and `lossutils`, or None."""
    found, expected = np.asarray(found), np.asarray(expected)
    if expected.dtype.kind in "fiu":
        atol = ABSOLUTE.get((name, key), 0)
        same = expected.shape in ((), found.shape) and np.allclose(
            found.astype(float), expected, rtol=RTOL, atol=atol
        )
    else:
        same = expected.shape in ((), found.shape) and np.all(found == expected)
    return None if same else f"{key}: the page has {found}, lossutils {expected}"


@pytest.mark.slow
@pytest.mark.parametrize("name", explorers.__all__)
def test_the_page_computes_what_lossutils_computes(browser, name):
    explorer = getattr(explorers, name)()
    spec = explorer.spec()
    pairs = set(calculated(spec))
    assert len(dict(pairs)) == len(pairs), "two fields of one name: only one would be tested"
    fields = sorted(field for field in dict(pairs) if not field.startswith("_"))
    formulas = [key for key in explorer.formulas if not key.startswith("_")]
    page = open_bare(browser, name)
    figure = page.locator("figure.explorer").element_handle()
    figure.evaluate(
        "f => f.tables = JSON.parse(f.querySelector('script').textContent).data.map(d => d.name)"
    )
    controls = [control[0] for control in explorer.controls]
    for position in positions(controls, POSITIONS, zlib.crc32(name.encode())):
        got = page.evaluate(MOVE, [figure, position, formulas, fields])
        assert got["at"] == pytest.approx(position, rel=1e-12)
        rows = {
            field: {key: np.array(column) for key, column in table.items()}
            for field, table in got["rows"].items()
        }
        found = got["found"] | {field: rows[field][field] for field in fields}
        expected = TRUTHS[name](got["at"], rows)
        assert set(expected) == set(found)
        wrong = [differs(name, key, found[key], expected[key]) for key in found]
        assert not any(wrong), (position, list(filter(None, wrong)))
    assert page.problems == []
    page.close()
