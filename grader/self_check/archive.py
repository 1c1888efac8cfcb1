"""Write the self-check file: a zip archive of data and of the grader's modules, which Python runs.

Its modules are those of the grader, unchanged, so the verdicts are the same. It holds no hidden
part, no solution and no seed.
"""

import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path

from grader.run.job import Plans
from grader.sandbox.launcher import Limits
from grader.self_check import public
from grader.self_check.program import DATA
from grader.source import places

ROOT = Path(__file__).parents[2]
MODULES = (
    *("grader", "grader/checks", "grader/run", "grader/sandbox", "grader/self_check"),
    *(f"grader/checks/{name}.py" for name in ("cells", "compare", "declare")),
    *(f"grader/checks/{name}.py" for name in ("fingerprint", "hidden", "last_cell", "plans")),
    *(f"grader/run/{name}.py" for name in ("assemble", "definitions", "execution", "stray_text")),
    "grader/run/submission.py",
    *(f"grader/sandbox/{name}.py" for name in ("protocol", "shell", "values", "worker")),
    *(f"grader/self_check/{name}.py" for name in ("local", "program", "public", "report")),
)
MAIN = """\
import sys

if sys.version_info < (3, 10):
    sys.exit(print("The self-check needs Python 3.10 or newer."))
try:
    from grader.self_check.program import main
except ImportError as problem:
    sys.exit(print(f"The self-check needs NumPy and Jupyter: {problem}."))
sys.exit(main(sys.argv))
"""
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


def archive(source, seed, number, notebook, book, limits=None):
    """Return the bytes of the file for one variant.

    Parameters
    ----------
    source, seed, number
        As in `grader.source.derive.release`.
    notebook : notebook
        What the students of this variant receive.
    book : str
        The address of the book.
    limits : dict, optional
        The limits of the course.
    """
    content = data(source, seed, number, notebook, book) | {
        "limits": asdict(Limits.of(limits or {}))
    }
    entries = {"__main__.py": MAIN, DATA: json.dumps(content, sort_keys=True)}
    for name in MODULES:
        name += "" if name.endswith(".py") else "/__init__.py"
        entries[name] = (ROOT / name).read_text(encoding="utf-8")
    return _zipped(entries)


def data(source, seed, number, notebook, book):
    """Return what the self-check knows: the notebook that was received and the public checks."""
    plans = Plans()
    plan, other = (plans.plan(source, seed, number, drawn) for drawn in (public.SEED, public.OTHER))
    return {
        "notebook": json.loads(json.dumps(notebook)),
        "plan": public.pack(plan, other),
        "see": public.see(plan, places.places(), book),
    }


def _zipped(entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in entries.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(entry, text)
    return file.getvalue()
