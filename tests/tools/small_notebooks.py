"""Tiny notebooks, whose kernels start at once, and commands run as a person runs them."""

import subprocess
import sys
from pathlib import Path

import nbformat

from tools import notebooks

ROOT = Path(__file__).resolve().parents[2]


def code(source, *, printed=None, count=1, **metadata):
    """Return a code cell; `printed` is what it stores as printed."""
    stored = [nbformat.v4.new_output("stream", name="stdout", text=printed)] if printed else []
    return nbformat.v4.new_code_cell(
        source, execution_count=count, outputs=stored, metadata=metadata
    )


def write(path, *cells):
    """Write the cells as a notebook in canonical form; return its path."""
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebooks.text_of(notebooks.canonical(notebook)), encoding="utf-8")
    return path


def run(*command, cwd, **options):
    """Run a command as a person does; return what came of it, its text decoded."""
    return subprocess.run(
        [*map(str, command)], cwd=cwd, capture_output=True, text=True, timeout=120, **options
    )


def run_tool(name, *arguments, cwd=ROOT):
    """Run one of the tools in a process of its own."""
    return run(sys.executable, "-m", f"tools.{name}", *arguments, cwd=cwd)
