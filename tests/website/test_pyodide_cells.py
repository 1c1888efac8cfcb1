"""The cells that run in the browser: with NumPy and lossutils alone they print what is stored.

They run here by the code that runs them there, `website/cells/runner.py`, in a process in which
every other package is missing, as it is in the browser.
"""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
RUNNER = ROOT / "website" / "cells" / "runner.py"
CHAPTERS = sorted((ROOT / "book").rglob("*.ipynb"))

# What the browser has: the standard library, NumPy, lossutils.
ALONE = """
import importlib.abc, json, sys

class Only(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names | {"numpy", "lossutils", "runner"}:
            raise ModuleNotFoundError(f"No module named {top!r}", name=top)

sys.meta_path.insert(0, Only())
sys.path.insert(0, RUNNER)
import runner

def outputs_of(number, code):
    shown = []
    status = runner.run(code, number, shown.append)
    return status, [json.loads(text) for text in shown]

cells = json.load(sys.stdin)
print(json.dumps([outputs_of(number, code) for number, code in enumerate(cells, 1)]))
""".replace("RUNNER", repr(str(RUNNER.parent)))


def run_alone(*cells):
    """Run cells where only NumPy and lossutils are; return status and outputs of each."""
    command, text = [sys.executable, "-c", ALONE], json.dumps(cells)
    done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def tagged(path):
    """Return the cells of a notebook that are tagged to run in the browser."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if "in-page" in cell.metadata.get("tags", [])]


def printed(outputs):
    """Return the text that a cell printed, and what else it gave."""
    text = "".join(out["text"] for out in outputs if out["output_type"] == "stream")
    return text, [out for out in outputs if out["output_type"] != "stream"]


@pytest.mark.parametrize("path", [p for p in CHAPTERS if tagged(p)], ids=lambda path: path.stem)
def test_cells_need_numpy_alone(path):
    """Each tagged cell runs without TensorFlow and prints what its notebook stores."""
    cells = tagged(path)
    for cell, (status, outputs) in zip(cells, run_alone(*[c.source for c in cells]), strict=True):
        assert status == "ok", outputs
        assert printed(outputs) == printed(cell.outputs)
        assert cell.outputs


def test_the_main_chapters_have_such_a_cell():
    """The chapters whose number NumPy alone can compute let the reader compute it on the page."""
    expected = "softmax cross-entropy double-softmax soft-labels sparse-labels hinge reductions"
    expected += " sigmoid-cross-entropy weighted-cross-entropy swapped-arguments regression-losses"
    assert set(expected.split()) <= {path.stem for path in CHAPTERS if tagged(path)}


@pytest.mark.parametrize("name", ["tensorflow", "matplotlib", "scipy", "altair"])
def test_this_check_can_fail(name):
    """A cell that needs another package fails here, as it would in the browser."""
    ((status, (error,)),) = run_alone(f"import {name}")
    assert (status, error["ename"], error["line"]) == ("error", "ModuleNotFoundError", 1)


def test_cells_share_names_and_show_their_last_value():
    """Names live on; the last expression is shown; what is printed comes first."""
    first, second, third = run_alone("a = 20", "print('x')\na + 1", "a = 1\na;None")
    assert first == ["ok", []]
    assert second[1][0] == {"output_type": "stream", "name": "stdout", "text": "x\n"}
    assert second[1][1] == {"output_type": "execute_result", "data": {"text/plain": "21"}}
    assert third == ["ok", []]


@pytest.mark.parametrize(
    ("code", "ename", "line"),
    [
        ("a = 1\n1 / 0", "ZeroDivisionError", 2),
        ("def f():\n    return 1 / 0\n\nf()", "ZeroDivisionError", 2),
        ("a = 1\nb = (", "SyntaxError", 2),
        ("import sys\nsys.exit()", "SystemExit", 2),
        ("from lossutils import losses\nlosses.squared_error([1, 2], [1, 2, 3])", "ValueError", 2),
    ],
)
def test_errors_name_the_line_of_the_cell(code, ename, line):
    """An error says the line of the cell, and its traceback has no line of ours; Python goes on."""
    (status, (error,)), after = run_alone(code, "print('goes on')")
    assert (status, error["ename"], error["line"]) == ("error", ename, line)
    assert not any("runner.py" in text for text in error["traceback"])
    assert printed(after[1])[0] == "goes on\n"


def test_endless_printing_is_cut():
    """A cell that prints without measure does not fill the page."""
    ((_, outputs),) = run_alone("for i in range(100_000): print('x' * 10)")
    assert 100_000 < len(printed(outputs)[0]) <= 200_000
