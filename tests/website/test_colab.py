"""Notebooks for Colab, Binder and downloads, and the buttons that lead there.

What cannot be tested here is Colab and Binder themselves. Tested is what they would do: the cell
runs in an environment without lossutils, which comes from a git repository by its address.
"""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest
import yaml

from tools import notebooks
from website import colab, toc
from website.extension import addresses

GITHUB = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "someone/losses",
    "GITHUB_SHA": "0123456789abcdef",
}
CHAPTERS = sorted((toc.ROOT / "book").rglob("*.ipynb"))


def first_code(notebook):
    """Return the first code cell."""
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def test_the_address_comes_from_the_environment():
    wanted = "lossutils[book] @ git+https://github.com/someone/losses@0123456789abcdef"
    assert colab.package(GITHUB) == wanted
    assert addresses.repository(GITHUB) == "https://github.com/someone/losses"
    assert addresses.site({"BOOK_URL": "https://someone.org/book"}) == "https://someone.org/book/"


@pytest.mark.parametrize("name", GITHUB)
def test_without_an_address_there_is_none(name):
    assert colab.package({**GITHUB, name: ""}) is None
    assert addresses.repository({}) is None
    assert addresses.site({}) == addresses.site({"BOOK_URL": "javascript:alert(1)"}) == ""


def test_a_server_that_colab_cannot_reach_has_no_button():
    assert addresses.repository({**GITHUB, "GITHUB_SERVER_URL": "https://git.school.org"}) is None


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_only_the_first_code_cell_is_new(path):
    before = notebooks.read(path)
    after = colab.with_install_cell(before, "lossutils @ git+https://x/y@1")
    assert 'pip install --quiet "lossutils @ git+https://x/y@1"' in first_code(after).source
    added = after.cells.index(first_code(after))
    assert after.cells[:added] + after.cells[added + 1 :] == before.cells
    nbformat.validate(after)


def test_adding_it_twice_keeps_one_cell_with_the_new_address():
    once = colab.with_install_cell(notebooks.read(CHAPTERS[0]), "old")
    twice = colab.with_install_cell(once, "new")
    assert len(twice.cells) == len(once.cells)
    assert '"new"' in first_code(twice).source
    assert '"old"' not in first_code(twice).source


def git(folder, *arguments):
    """Run git under an invented name; return what it prints."""
    who = ["-c", "user.name=Someone", "-c", "user.email=someone@example.org"]
    command = ["git", *who, *arguments]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """Make a git repository that holds lossutils; return its folder and its commit."""
    folder = tmp_path_factory.mktemp("repository")
    for name in ("lossutils", "pyproject.toml", "README.md", "LICENSE"):
        subprocess.run(["cp", "-r", str(toc.ROOT / name), str(folder)], check=True)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "lossutils")
    return folder, git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Make an environment with everything the book needs but lossutils; return its Python."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    # Python 3.11 adds a setuptools that is too old; a build by pip, online, would bring its own.
    uninstall = [python, "-m", "pip", "uninstall", "--quiet", "--yes", "setuptools"]
    subprocess.run(uninstall, check=True, capture_output=True)
    command = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
    (own / "shared.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python


@pytest.mark.slow
def test_the_first_cell_installs_the_very_commit(repository, bare, tmp_path):
    """As on Colab: lossutils is missing, the cell installs it, and then changes nothing."""
    folder, commit = repository
    (folder / "lossutils" / "__init__.py").write_text("raise SystemExit('a later commit')\n")
    git(folder, "commit", "--quiet", "-a", "-m", "Later")
    place = folder.as_uri().replace("file:///", "file://localhost/")  # pip wants a host
    address = f"lossutils @ git+{place}@{commit}"
    cell = first_code(colab.with_install_cell(notebooks.read(CHAPTERS[0]), address)).source
    script = f"""
from IPython.core.interactiveshell import InteractiveShell
import importlib, importlib.util, sys
shell = InteractiveShell.instance()
assert importlib.util.find_spec("lossutils") is None
for _ in range(2):
    shell.run_cell({cell!r}).raise_error()
    importlib.invalidate_caches()
    import lossutils
print(lossutils.__file__)
"""
    # Offline: no index is asked, and setuptools is the one that is there.
    quiet = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    result = subprocess.run(
        [bare, "-c", script], cwd=tmp_path, env=environment | quiet, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert str(bare.parents[1]) in result.stdout.splitlines()[-1]


def test_the_command_without_an_address_is_one_sentence(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key not in GITHUB}
    result = subprocess.run(
        [sys.executable, "-m", "website.colab", str(tmp_path)],
        cwd=toc.ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("error: the address of lossutils is not known")
    assert len(result.stderr.splitlines()) == 1


# Binder and the deployment


def test_binder_installs_the_pinned_versions_and_lossutils():
    folder = toc.ROOT / ".binder"
    named = (folder / "requirements.txt").read_text(encoding="utf-8").split()
    assert named[0] == "-r"
    assert (folder / named[1]).resolve() == toc.ROOT / "requirements.txt"
    assert (folder / "runtime.txt").read_text(encoding="utf-8").strip() == "python-3.11"
    assert "--no-deps --editable ." in (folder / "postBuild").read_text(encoding="utf-8")
    assert all(os.access(folder / name, os.X_OK) for name in ("postBuild", "start"))


def test_the_deployment_pushes_the_branch_that_the_buttons_open():
    text = (toc.ROOT / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    commands = [step.get("run", "") for step in jobs["test"]["steps"]]
    assert commands.count(".venv/bin/python -m website.colab book") == 1
    push = jobs["colab"]["steps"][-1]["run"]
    assert re.search(rf"git push .*HEAD:refs/heads/{colab.BRANCH}$", push.strip())
    assert "secrets." not in text
