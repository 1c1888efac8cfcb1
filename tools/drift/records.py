"""A pytest plugin: strict nbval, with what each cell stores and computes as a line of JSON.

Usage: python -m pytest --nbval -p tools.drift.records --cell-records FILE NOTEBOOK ...
"""

import json
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell, NbCellError

RECORD = "cell record"
DIFFERS = "Cell outputs differ"  # nbval's words; whatever else fails a cell is an error


def pytest_addoption(parser):
    """Add the option that names the file."""
    parser.addoption("--cell-records", type=Path, metavar="FILE", help="write the records here")


def pytest_configure(config):
    """Write records in one process only: the one that receives the reports of all workers."""
    if config.option.cell_records and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Writer(config.option.cell_records))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Attach to a cell's report what the cell stores and what it computed."""
    report = yield
    if isinstance(item, IPyNbCell) and call.when == "call":
        record = {
            "notebook": item.path.relative_to(item.config.rootpath).as_posix(),
            "cell": item.cell_num + 1,
            "problem": _problem(call.excinfo),
            "stored": item.cell.outputs,
            "computed": item.test_outputs or [],
        }
        report.user_properties.append((RECORD, json.dumps(record)))
    return report


def _problem(excinfo):
    """Say why nbval fails a cell; None if the cell passes."""
    if excinfo is None:
        return None
    error = excinfo.value
    return error.args[0] if isinstance(error, NbCellError) else f"{excinfo.typename}: {error}"


class Writer:
    """Writes the records of all cells, one per line."""

    def __init__(self, path):
        self.path = path
        path.write_text("", encoding="utf-8")

    def pytest_runtest_logreport(self, report):
        """Add the record of a cell that has run."""
        lines = [f"{value}\n" for name, value in report.user_properties if name == RECORD]
        if report.when == "call":
            with self.path.open("a", encoding="utf-8") as file:
                file.writelines(lines)
