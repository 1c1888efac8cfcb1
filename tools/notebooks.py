"""Notebooks in canonical form: executed, text and explorers stored, no metadata but what is needed.

Usage:
    python -m tools.notebooks check [NOTEBOOK ...]    say which notebooks are not canonical
    python -m tools.notebooks format [NOTEBOOK ...]   bring them in canonical form, outputs kept
    python -m tools.notebooks write [NOTEBOOK ...]    execute them, then format

Without a name, all notebooks below book/ are meant.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

import nbformat

from tools import kernel, predictions

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_KEYS = {"tags", "mystnb", "predict"}
EXPLORER = "application/vnd.vegalite.v5+json"  # a figure that is text, and needs no kernel
STORED = {"text/plain", "text/markdown", EXPLORER}
# Fewer than five words, a file's name, or "a plot of …": such words describe no figure.
SAYS_NOTHING = re.compile(
    r"^(\S+\s+){0,3}\S*$|\.(png|svg|jpe?g)\b"
    r"|^(an? |the )?(figure|image|picture|plot|graph|chart) (of|showing|with)\b",
    re.IGNORECASE,
)


def canonical(notebook):
    """Return the notebook in canonical form; the one given is not changed."""
    notebook = nbformat.from_dict(notebook)
    cells = [_canonical_cell(cell) for cell in notebook.cells if cell.source.strip()]
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA, nbformat_minor=5)


def _canonical_cell(cell):
    kept = {"id": cell.id, "metadata": {k: v for k, v in cell.metadata.items() if k in CELL_KEYS}}
    if cell.cell_type != "code":
        return nbformat.v4.new_markdown_cell(cell.source.strip("\n"), **kept)
    outputs = [clean for output in cell.outputs if (clean := _canonical_output(output))]
    count = cell.execution_count
    source = cell.source.strip("\n")
    return nbformat.v4.new_code_cell(source, execution_count=count, outputs=outputs, **kept)


def _canonical_output(output):
    """Return what is stored of an output, or None: pictures come from the build."""
    if output.output_type == "stream":
        return None if output.name == "stderr" else output
    if output.output_type == "error":
        return output
    data = {mime: text for mime, text in output.data.items() if mime in STORED}
    return nbformat.from_dict({**output, "data": data, "metadata": {}}) if data else None


def text_of(notebook):
    """Return the canonical form as the text of its file."""
    return nbformat.writes(notebook, version=4) + "\n"


def read(path):
    """Read a notebook; if the file is not one, exit with one sentence."""
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        sys.exit(f"error: there is no notebook {path}")
    except Exception as problem:
        reason = str(problem).splitlines()[0][:200]
        sys.exit(f"error: {path} is not a notebook that can be read: {reason}")


def problems(path):
    """List what keeps a notebook from being canonical, a sentence each."""
    notebook = read(path)
    sentences = [*_cell_problems(notebook), *predictions.problems(notebook)]
    if not sentences and text_of(canonical(notebook)) != Path(path).read_text(encoding="utf-8"):
        sentences.append(
            "is not in canonical form; run: python -m tools.notebooks format " + str(path)
        )
    return sentences


def _cell_problems(notebook):
    for number, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
        where = f"code cell {number + 1}"
        if cell.execution_count != number + 1:
            yield f"{where} has execution count {cell.execution_count}, expected {number + 1}"
        if any(output.output_type == "error" for output in cell.outputs):
            yield f"{where} stores an error"
        if any(set(output.get("data", {})) - STORED for output in cell.outputs):
            yield f"{where} stores more than text and explorers"
        if explores(cell.source) and not any(EXPLORER in o.get("data", {}) for o in cell.outputs):
            yield f"{where} shows an explorer, but stores none, so nothing would be compared"
        if prints(cell.source) and not cell.outputs:
            yield f"{where} prints or draws, but stores no output, so nothing would be compared"
        if draws(cell.source) and not alternative(cell):
            yield f"{where} draws, but has no text alternative (metadata mystnb.image.alt)"
        elif draws(cell.source) and SAYS_NOTHING.search(alternative(cell)):
            yield f"{where} has a text alternative that does not say what is to be seen"


def prints(source):
    """Tell whether a cell shows something: it prints, compares or draws outside of a function."""
    return bool({"print", "compare", "show", "display"} & set(_names_called(source)))


def explores(source):
    """Tell whether a cell shows an explorer: its last line calls one."""
    last = ast.parse(source).body[-1:]
    call = getattr(last[0], "value", None) if last and isinstance(last[0], ast.Expr) else None
    module = getattr(getattr(call, "func", None), "value", None)
    return getattr(module, "id", None) == "explorers"


def draws(source):
    """Tell whether a cell shows a figure."""
    return "show" in _names_called(source)


def alternative(cell):
    """Return the text alternative of a cell's figure, or None."""
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "").strip() or None


def _names_called(source):
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                yield getattr(node.func, "id", getattr(node.func, "attr", ""))


def main(arguments=None):
    """Run the command; the exit status is 1 when a notebook is not as it should be."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.notebooks", description=__doc__.splitlines()[0]
    )
    parser.add_argument("action", choices=["check", "format", "write"])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    options = parser.parse_args(arguments)
    paths = options.notebooks or sorted(Path("book").rglob("*.ipynb"))
    action = {"check": _check, "format": _format, "write": _write}[options.action]
    failed = [path for path in paths if not action(path)]
    print(f"{len(paths) - len(failed)} of {len(paths)} notebooks are in canonical form")
    return 1 if failed else 0


def _check(path):
    sentences = problems(path)
    for problem in sentences:
        print(f"{path}: {problem}", file=sys.stderr)
    return not sentences


def _format(path):
    path.write_text(text_of(canonical(read(path))), encoding="utf-8")
    return _check(path)


def _write(path):
    print(f"executing {path}", flush=True)
    notebook = read(path)
    try:
        kernel.run(notebook, path)
    except kernel.FAILURES as error:
        print(kernel.failure(path, notebook, error), file=sys.stderr)
        return False
    path.write_text(text_of(canonical(notebook)), encoding="utf-8")
    return _check(path)


if __name__ == "__main__":
    sys.exit(main())
