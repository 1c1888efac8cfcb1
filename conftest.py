"""What strict nbval needs here: quiet TensorFlow, and a failure that a person can read.

With --for-build, the notebooks whose cells all pass are kept, so that the build of the book need
not execute them again; with --only-changed, neither does the next check. With -n, kernels fork from
one process that has imported TensorFlow.
"""

import contextlib
import difflib
import os

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

# JupyterHub and nbgrader run these, with names of their own.
collect_ignore_glob = ["grader/hub/*_config.py"]

# Kernels inherit these; what is set from outside wins, so that outputs can be checked otherwise.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


COMPARED = "compared in this folder before, and nothing that they depend on has changed"


def pytest_addoption(parser):
    """Add the options of `make nbval`."""
    text = "keep the notebooks that pass for the build of the book"
    parser.addoption("--for-build", action="store_true", help=text)
    text = "leave out what was compared before, if nothing that it depends on has changed"
    parser.addoption("--only-changed", action="store_true", help=text)


def pytest_configure(config):
    """Before the workers start, drop what is out of date; in each, fork kernels if that helps."""
    is_worker = hasattr(config, "workerinput")
    config.compared = config.workerinput["compared"] if is_worker else []
    if config.option.for_build and not is_worker:
        from tools import execute

        execute.prepare()
        if config.option.only_changed:
            pages = filter(execute.is_compared, execute.pages())
            config.compared = [str(page.resolve()) for page in pages]
    many = getattr(config.option, "numprocesses", None)
    if config.option.nbval and (many or is_worker or "WARM_PYTHON" in os.environ):
        from tools import warm

        warm.register()
        if many and not is_worker:
            processes = contextlib.ExitStack()
            processes.enter_context(warm.python_processes())
            config.add_cleanup(processes.close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Let a worker know what was compared before."""
    node.workerinput["compared"] = node.config.compared


def pytest_collectstart(collector):
    """Leave out of the comparison what is not stored: pictures, and TensorFlow's start-up messages.

    The messages hold times and addresses.
    """
    if isinstance(collector, IPyNbFile):
        collector.skip_compare += ("stderr", "image/svg+xml")
        collector.executed = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Mark the notebooks that need not run.

    Of the plain ones, a commit runs one in twelve.
    """
    for item in items:
        if str(item.path) in config.compared:
            item.add_marker(pytest.mark.skip(f"not run: {COMPARED}"))
    plain = [item for item in items if isinstance(item, IPyNbCell) and "plain" in item.path.parts]
    if not plain:
        return
    from tools.rotation import is_in_turn

    paths = sorted({item.path for item in plain})
    in_turn = {path for place, path in enumerate(paths) if is_in_turn(place, 12)}
    for item in plain:
        if item.path not in in_turn:
            item.add_marker(pytest.mark.proof)


def pytest_runtest_teardown(item):
    """Keep the notebook of the last cell for the build, if all of its cells passed."""
    if not isinstance(item, IPyNbCell) or not item.config.option.for_build:
        return
    notebook, executed = item.parent.nb, item.parent.executed
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if len(executed) == len(cells):
        from tools import execute

        for cell, outputs in zip(cells, executed, strict=True):
            cell.outputs = outputs
        execute.keep(item.path, notebook, item.parent.fingerprint)


def pytest_runtest_setup(item):
    """Before a notebook's first cell, note what its modules are; they may change meanwhile."""
    if isinstance(item, IPyNbCell) and item.config.option.for_build and item.cell_num == 0:
        from tools import fingerprint

        path = item.path.relative_to(item.config.rootpath)
        item.parent.fingerprint = fingerprint.of_notebook(path, item.config.rootpath)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Say which notebook, which cell and what, the stored and the computed text side by side."""
    report = yield
    if isinstance(item, IPyNbCell) and call.when == "call" and report.passed:
        item.parent.executed.append(item.test_outputs)
    if isinstance(item, IPyNbCell) and call.excinfo and call.excinfo.errisinstance(NbCellError):
        report.longrepr = "\n".join(_explain(item))
    return report


def _explain(item):
    """Yield the lines that explain a failed cell."""
    notebook = item.path.relative_to(item.config.rootpath)
    first_line = next(iter(item.cell.source.splitlines()), "")
    yield f"{notebook}, code cell {item.cell_num + 1}: {first_line}"
    computed = item.test_outputs or []
    errors = [output for output in computed if output.output_type == "error"]
    if errors:
        yield f"  raised {errors[0].ename}: {errors[0].evalue}"
        return
    yield "  stored and computed outputs differ; if the new one is right, store it with"
    yield f"  python -m tools.notebooks write {notebook}"
    stored, fresh = _lines(item.cell.outputs), _lines(computed)
    width = max([len("stored"), *map(len, stored)]) if stored else len("stored")
    yield f"  {'stored':<{width}}  |  computed"
    yield from (f"  {left:<{width}}  |  {right}" for left, right in _differences(stored, fresh))


def _differences(stored, fresh):
    """Yield pairs of lines that differ; a line that has no counterpart stands beside nothing."""
    matcher = difflib.SequenceMatcher(a=stored, b=fresh, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            rows = max(b - a, d - c)
            left = stored[a:b] + [""] * (rows - (b - a))
            right = fresh[c:d] + [""] * (rows - (d - c))
            yield from zip(left, right, strict=True)


def _lines(outputs):
    """Return the text of a cell's outputs, without what goes to stderr."""
    texts = [
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in outputs
        if output.get("name") != "stderr"
    ]
    return "".join(texts).splitlines()
