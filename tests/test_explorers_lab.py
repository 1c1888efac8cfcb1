"""The explorers in JupyterLab, with no other host to ask. Run by `make site`; takes a minute."""

import re
import subprocess
import sys
import time
from urllib.parse import urlsplit

import nbformat
import pytest

from lossutils import explorers
from tools import notebooks

pytestmark = pytest.mark.slow
RUN_ALL = "void window.jupyterapp.commands.execute('notebook:run-all-cells')"


@pytest.fixture
def lab(tmp_path):
    """Start JupyterLab with a notebook that shows every explorer; return where it opens."""
    cells = [nbformat.v4.new_code_cell("from lossutils import explorers")]
    cells += [nbformat.v4.new_code_cell(f"explorers.{name}()") for name in explorers.__all__]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=notebooks.METADATA)
    nbformat.write(notebook, tmp_path / "all.ipynb")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--allow-root"]
    command += [f"--ServerApp.root_dir={tmp_path}"]
    log = tmp_path / "log.txt"
    with log.open("w") as told:
        server = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT)
    yield found(log).replace("/lab?", "/lab/tree/all.ipynb?reset&")
    server.kill()
    server.wait(timeout=30)


def found(log):
    """Return the address that JupyterLab tells once it is ready."""
    for _ in range(240):
        if match := re.search(r"http://127\.0\.0\.1:\d+/lab\?token=\w+", log.read_text()):
            return match[0]
        time.sleep(0.5)
    raise AssertionError(log.read_text())


def test_jupyterlab_draws_every_explorer_without_another_host(browser, lab):
    page, asked = browser.new_page(), []

    def answer(route):
        if urlsplit(route.request.url).netloc == urlsplit(lab).netloc:
            return route.continue_()
        asked.append(route.request.url)
        return route.abort()

    page.route("**/*", answer)
    page.goto(lab)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=90_000)
    page.wait_for_function("window.jupyterapp.commands.isEnabled('notebook:run-all-cells')")
    page.evaluate(RUN_ALL)
    drawn = page.locator(".jp-OutputArea :is(svg.marks, canvas.marks)")
    page.wait_for_function(
        "n => document.querySelectorAll('.jp-OutputArea .vega-bind').length >= n",
        arg=len(explorers.__all__),
        timeout=120_000,
    )
    assert drawn.count() == len(explorers.__all__)
    assert (
        page.get_by_text("SyntaxError").count() == page.get_by_text("JavaScript Error").count() == 0
    )
    assert asked == []
    page.close()
