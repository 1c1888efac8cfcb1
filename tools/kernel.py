"""Execute a notebook in a kernel of its own, and say what went wrong."""

import subprocess
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

TIMEOUT = 300  # seconds per cell
FAILURES = (CellExecutionError, CellTimeoutError, DeadKernelError)


def run(notebook, path):
    """Execute a notebook in place, in the folder of its path; raises one of FAILURES."""
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        cell.execution_count, cell.outputs = None, []
    # Printed text arrives in pieces that depend on timing; the pieces are joined as they came.
    # Times would go to the cells' metadata, which the cache takes for a change of the notebook.
    options = {"kernel_name": "python3", "timeout": TIMEOUT}
    options |= {"coalesce_streams": True, "record_timing": False}
    # A cell that has begun has a count, even if its kernel dies before it says which.
    options["on_cell_execute"] = lambda cell, cell_index: cell.update(execution_count=0)
    resources = {"metadata": {"path": str(Path(path).parent)}}
    # What a kernel says of itself, on its own stderr, is not an output of the notebook.
    NotebookClient(notebook, resources=resources, **options).execute(stderr=subprocess.DEVNULL)


def failure(path, notebook, error):
    """Say in one sentence which cell of which notebook raised what."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    number = max(sum(cell.execution_count is not None for cell in cells), 1)
    what = f"{error.ename}: {error.evalue}" if isinstance(error, CellExecutionError) else str(error)
    first_line, reason = (
        next(iter(text.splitlines()), "") for text in (cells[number - 1].source, what)
    )
    return f"error: {path}, code cell {number} (“{first_line}”) raised {reason}"
