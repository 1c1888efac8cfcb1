"""The commands as a person meets them in a fresh clone, before anything is installed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rotation import one_in

from tools import check_python
from tools.mutation import runner

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="there is no make")
MAKEFILE = (runner.ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^\.PHONY: ([\w-]+)$", MAKEFILE, re.MULTILINE)
AFTER_INSTALL = re.findall(r"^([\w-]+): installed\b", MAKEFILE, re.MULTILINE)
NOT_INSTALLED = "error: nothing is installed yet; run: make install"


@pytest.fixture
def clone(tmp_path):
    """Make a copy of the project without anything installed or built; return its folder."""
    return Path(shutil.copytree(runner.ROOT, tmp_path / "clone", ignore=runner.IGNORED))


def make(folder, *arguments, **environment):
    """Run make; return its exit status, what it printed, and the sentences of our own."""
    outside = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    result = subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=outside | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    ours = [line for line in result.stderr.splitlines() if not line.startswith("make: ***")]
    return result.returncode, result.stdout, ours


def test_make_alone_lists_every_target_with_a_line(clone):
    status, shown, errors = make(clone)
    assert (status, errors) == (0, [])
    lines = {}
    for line in shown.splitlines():
        if match := re.match(r"  ([\w-]+) +(\S.*)$", line):
            lines[match[1]] = match[2]
    assert set(lines) == set(TARGETS) - {"installed", "help"}
    assert {"book", "test", "proof", "chapter", "serve", "bench", "reproduce"} <= set(lines)


@pytest.mark.parametrize("target", one_in(4, AFTER_INSTALL))
def test_a_target_before_the_install_is_one_sentence(clone, target):
    assert make(clone, target) == (2, "", [NOT_INSTALLED])


def test_an_interrupted_install_does_not_count(clone):
    (clone / ".venv").mkdir()
    assert make(clone, "lint") == (2, "", [NOT_INSTALLED])


def test_versions_that_changed_since_the_install_are_one_sentence(clone):
    (clone / ".venv").mkdir()
    (clone / ".venv" / "installed").touch()
    os.utime(clone / ".venv" / "installed", (0, 0))
    error = "error: the pinned versions changed since the last install; run: make install"
    assert make(clone, "lint") == (2, "", [error])


# Python itself


@pytest.mark.parametrize("target", ["book", "test", "install"])
def test_a_missing_python_gives_one_sentence(clone, target):
    status, _, errors = make(clone, target, "PYTHON=python9.9")
    assert status == 2
    assert errors == [
        "error: there is no program python9.9; install Python 3.11, 3.12 or 3.13 and name it, for "
        "example: make book PYTHON=python3.11"
    ]


@pytest.mark.skipif(os.name == "nt", reason="written for sh")
def test_a_machine_without_python_is_one_sentence(clone):
    (clone / "bin").mkdir()
    for program in ("find", "make", "sh"):
        (clone / "bin" / program).symlink_to(shutil.which(program))
    status, _, (error,) = make(clone, "book", PATH=str(clone / "bin"))
    assert status == 2
    assert error.startswith("error: there is no program python3.11; install Python 3.11, ")


@pytest.mark.skipif(os.name == "nt", reason="written for sh")
@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 14)])
def test_a_python_that_cannot_run_the_book_is_one_sentence(clone, version):
    python = clone / "python"
    code = (
        f"import runpy, sys; sys.version_info = {(*version, 0, 'final', 0)}; "
        "runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{code}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    assert make(clone, "book", "PYTHON=./python") == (2, "", [unfit(sys.executable, version)])


def unfit(program, version):
    """Return what is said of a Python that is too old or too new."""
    return (
        f"error: the pinned TensorFlow needs Python 3.11 to 3.13, but {program} is Python "
        f"{version[0]}.{version[1]}; install one of those and name it, for example: make book "
        "PYTHON=python3.11"
    )


def unfit_pythons():
    """Return the Pythons of this machine's pyenv that are too old or too new."""
    for python in sorted(Path.home().glob(".pyenv/versions/*/bin/python")):
        match = re.match(r"(\d+)\.(\d+)", python.parents[1].name)
        version = tuple(map(int, match.groups())) if match else check_python.OLDEST
        if not check_python.OLDEST <= version <= check_python.NEWEST:
            yield pytest.param(python, version, id=f"{version[0]}.{version[1]}")


@pytest.mark.parametrize(("python", "version"), list(unfit_pythons()))
def test_a_real_python_that_cannot_run_the_book_says_so(python, version):
    script = runner.ROOT / "tools" / "check_python.py"
    result = subprocess.run([python, script], capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == unfit(python, version) + "\n"


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_python_that_can_run_the_book_has_no_problem(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    assert check_python.problem() is None


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_names_the_package_to_install(monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    assert check_python.problem().endswith(f"install them with: apt install {version}")


# Targets that run the tests with a mark look only in these places, since to import all takes long.
MARKED = {
    "slow": r"tests/(book|website)/|tests/lossutils/test_wheel\.py|tests/tools/test_mutation\.py",
    "classroom": r"tests/grader/",
}


@pytest.mark.parametrize("mark", MARKED)
def test_a_marked_test_lies_where_its_target_looks(mark):
    files = (runner.ROOT / "tests").rglob("test_*.py")
    marked = [path for path in files if f".mark.{mark}" in path.read_text(encoding="utf-8")]
    names = [path.relative_to(runner.ROOT).as_posix() for path in marked]
    assert names
    assert [name for name in names if not re.match(MARKED[mark], name)] == []
