"""What is fetched where the system has none, and that the system's own programs come first."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright import sync_api

from grader import programs
from grader.sandbox import launcher
from tools import toolchain
from website import chromium, pyodide

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="not run: packages are for Linux only")


@pytest.fixture
def empty_system(tmp_path, monkeypatch):
    """Make a system without programs, and record what is fetched."""
    fetched = []
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "FETCHED", tmp_path / "own")
    for name in ("npm", "bubblewrap", "chromium"):
        monkeypatch.setattr(toolchain, f"fetch_{name}", lambda name=name: fetched.append(name))
    return fetched


def install(folder, *names):
    """Put programs into a folder."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)


@LINUX
def test_what_is_missing_is_fetched(empty_system):
    toolchain.main()
    assert empty_system[:2] == ["npm", "bubblewrap"]


@LINUX
def test_what_the_system_has_is_not_fetched(empty_system, tmp_path):
    install(tmp_path, "npm", "bwrap", "google-chrome")
    toolchain.main()
    assert empty_system == []


@LINUX
def test_the_programs_of_the_system_come_first(empty_system, tmp_path):
    install(tmp_path / "own", "chromium")
    assert programs.find("chromium", "google-chrome") == str(tmp_path / "own" / "chromium")
    install(tmp_path, "google-chrome")
    assert programs.find("chromium", "google-chrome") == str(tmp_path / "google-chrome")


@LINUX
def test_a_program_finds_what_was_fetched_too(empty_system, tmp_path):
    install(tmp_path / "own", "node", "npm")
    install(tmp_path, "npm")
    path = programs.environment()["PATH"]
    assert shutil.which("node", path=path) == str(tmp_path / "own" / "node")
    assert shutil.which("npm", path=path) == str(tmp_path / "npm")


@LINUX
def test_the_browser_the_sandbox_and_npm_are_those_that_were_fetched(
    empty_system, tmp_path, monkeypatch
):
    """Also outside of make, and each by the module that starts it."""
    install(tmp_path / "own", "chromium", "bwrap", "npm")
    started = []

    def record(command, **_):
        started.append(command[0])
        raise OSError

    def launch(**options):
        started.append(options["executable_path"])
        raise sync_api.Error("not started")

    monkeypatch.setattr(subprocess, "run", record)
    monkeypatch.setattr(sync_api.BrowserType, "launch", lambda _, **options: launch(**options))
    monkeypatch.setattr(pyodide, "PACKED", tmp_path / "packed" / "pyodide.tgz")
    monkeypatch.setattr(launcher, "_rights", launcher._rights.__wrapped__)
    assert not launcher.works_bubblewrap()
    with pytest.raises(OSError):  # noqa: PT011, it is raised above
        pyodide.pack()
    with pytest.raises(LookupError), chromium.launch():
        pass
    names = [Path(path).name for path in started]
    assert {*names} == {"bwrap", "npm", "chromium"}
    assert {Path(path).parent for path in started} == {tmp_path / "own"}


@LINUX
def test_a_download_that_fails_is_one_sentence(empty_system, monkeypatch, capsys):
    def fail():
        toolchain.run(sys.executable, "-c", "import sys; sys.exit('no such host')")

    monkeypatch.setattr(toolchain, "fetch_npm", fail)
    toolchain.main()
    name = os.path.basename(sys.executable)
    expected = f"warning: Node.js with npm could not be fetched: {name} failed: no such host\n"
    assert capsys.readouterr().err == expected
