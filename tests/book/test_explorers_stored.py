"""Strict nbval compares the stored output of an explorer, and fails if a number changes."""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import vl_convert
from test_explorer_truths import calculated

from lossutils.book import explorers
from lossutils.book.explorers import core
from tools import notebooks

ROOT = Path(__file__).parents[2]
SOURCE = "from lossutils.book import explorers\n\nexplorers.double_softmax()"


def write(path, stored):
    """Write a notebook whose cells show the same explorer; each stores its own output."""
    cells = []
    for count, data in enumerate(stored, 1):
        output = nbformat.v4.new_output("execute_result", data=data, execution_count=count)
        cells.append(nbformat.v4.new_code_cell(SOURCE, execution_count=count, outputs=[output]))
    notebook = notebooks.canonical(nbformat.v4.new_notebook(cells=cells))
    path.write_text(notebooks.text_of(notebook), encoding="utf-8")


def test_nbval_fails_when_a_number_of_an_explorer_changes(tmp_path):
    data = json.loads(json.dumps(explorers.double_softmax()._repr_mimebundle_()))
    assert data["text/plain"].count("loss = 3.09967") == 1  # rel1 of row 001-5, as printed
    text = {**data, "text/plain": data["text/plain"].replace("3.09967", "3.09968")}
    drawn = copy.deepcopy(data)
    drawn[core.MIME]["params"][0]["value"] = 0.2
    write(tmp_path / "small.ipynb", [data, text, drawn])
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text(encoding="utf-8"))
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider", tmp_path]
    report = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    failed = re.findall(r"^FAILED small\.ipynb::Cell (\d)", report, re.M)
    assert failed == ["1", "2"], report  # counted from 0
    assert "1 passed" in report


def computed(vega):
    """Return the formulas of a specification in Vega: those of signals and those of fields."""
    signals = {
        signal["name"]: signal.get("update", signal.get("value")) for signal in vega["signals"]
    }
    steps = [step for data in vega["data"] for step in data.get("transform", [])]
    return signals | {step["as"]: step["expr"] for step in steps if step["type"] == "formula"}


def test_both_versions_of_vega_lite_compute_the_same():
    """JupyterLab draws with Vega-Lite 5, the pages with 6."""
    for name in explorers.__all__:
        spec = getattr(explorers, name)().spec()
        old, new = (
            computed(vl_convert.vegalite_to_vega(spec, vl_version=version))
            for version in ("5.20", core.VERSION)
        )
        names = {param["name"] for param in spec["params"]} | dict(calculated(spec)).keys()
        assert {key: old[key] for key in names} == {key: new[key] for key in names}
