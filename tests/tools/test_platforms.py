"""The project where Python lacks what only POSIX systems have, as on Windows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rotation import one_commit_in

from grader import __main__ as classroom

ROOT = Path(__file__).parents[2]


def not_importable(root):
    """Return the files below `root` that cannot be imported without POSIX, with the reasons."""
    result = subprocess.run(
        [sys.executable, Path(__file__).with_name("without_posix.py")],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.splitlines()


@one_commit_in(6, skip=2)
def test_every_module_and_test_imports_without_posix():
    assert not_importable(ROOT) == []


def test_a_module_that_needs_posix_is_named(tmp_path):
    fine = {
        "lossutils/__init__.py": "",
        "lossutils/lazy.py": "def lock():\n    import fcntl\n",
        "tools/__init__.py": "",
    }
    broken = {
        "lossutils/locks.py": "import fcntl",
        "tests/test_users.py": "from pwd import getpwall",
        "tools/inner/flags.py": "import os\nFLAGS = os.O_NOFOLLOW",
        "tools/library.py": "import ctypes\nLIBC = ctypes.CDLL(None)",
        "website/again.py": "import tools.inner.flags",
    }
    for name, code in (fine | broken).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(code, encoding="utf-8")
    assert {line.partition(":")[0] for line in not_importable(tmp_path)} == set(broken)


def test_the_classroom_on_windows_is_one_sentence(monkeypatch):
    monkeypatch.delattr(os, "fork", raising=False)
    with pytest.raises(SystemExit) as stopped:
        classroom.main(["list"])
    sentence = "error: these commands need Linux; on Windows, run them in WSL"
    assert str(stopped.value) == sentence
