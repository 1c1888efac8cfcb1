"""Warm Python: what a forked process is given, and that nothing outlives who started it."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from rotation import one_commit_in
from small_notebooks import ROOT, code

from tools import kernel, notebooks, warm
from tools.warm import server as warm_server

pytestmark = pytest.mark.skipif(not warm.CAN_FORK, reason="forking is safe on Linux only")
SHOW = """import json, os, sys
from pathlib import Path
seen = [sys.argv[1:], os.getcwd(), os.environ.get("GREETING"), "tensorflow" in sys.modules]
Path(sys.argv[1]).write_text(json.dumps([*seen, "tools" in sys.modules]))
sys.exit(7)
"""


@pytest.fixture(scope="module")
def server():
    """Run a server for the tests of this file."""
    with warm.python_processes():
        yield


@one_commit_in(3, skip=2)
def test_a_module_runs_in_its_folder_with_its_environment(server, tmp_path):
    (tmp_path / "show.py").write_text(SHOW, encoding="utf-8")
    arguments = ("-m", "show", "seen.json")
    environment = os.environ | {"GREETING": "hello"}
    assert warm.run(arguments, cwd=tmp_path, env=environment, timeout=60) == 7
    seen = f'[["seen.json"], "{tmp_path}", "hello", true, false]'
    assert (tmp_path / "seen.json").read_text() == seen


def test_an_exception_is_a_failure(server, tmp_path):
    (tmp_path / "fails.py").write_text("1 / 0\n", encoding="utf-8")
    assert warm.run(("-m", "fails"), cwd=tmp_path, env=os.environ, timeout=60) == 1


def test_a_module_that_does_not_end_is_ended(server, tmp_path):
    (tmp_path / "waits.py").write_text("import time; time.sleep(600)\n", encoding="utf-8")
    with pytest.raises(subprocess.TimeoutExpired):
        warm.run(("-m", "waits"), cwd=tmp_path, env=os.environ, timeout=1)


def test_without_a_server_python_starts_as_usual(monkeypatch, tmp_path):
    monkeypatch.delenv(warm.ADDRESS, raising=False)
    (tmp_path / "ends.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    assert warm.run(("-m", "ends"), cwd=tmp_path, env=os.environ, timeout=60) == 3


CELL = """import os, sys
import matplotlib
import numpy as np
print("tensorflow" in sys.modules, matplotlib.get_backend())
import tensorflow as tf
tf.keras.utils.set_random_seed(0)
print(float(tf.reduce_sum(tf.random.normal([1000]))), np.random.rand())"""


def printed(folder):
    """Return what CELL prints, a line each."""
    notebook = notebooks.nbformat.v4.new_notebook(cells=[code(CELL)])
    kernel.run(notebook, folder / "small.ipynb")
    return notebook.cells[0].outputs[0].text.splitlines()


@one_commit_in(3, skip=1)
def test_a_warm_kernel_computes_what_a_usual_one_does(server, tmp_path, monkeypatch):
    warm.register()
    forked = printed(tmp_path)
    monkeypatch.delenv(warm.ADDRESS)
    usual = printed(tmp_path)
    assert [forked[0].split()[0], usual[0].split()[0]] == ["True", "False"]
    assert forked[0].split()[1] == usual[0].split()[1]
    assert forked[1] == usual[1]


START = """import os, sys, time
from tools import warm
with warm.python_processes(modules=()):
    process = warm.Process(["-m", "waits"], cwd=sys.argv[1], env=os.environ, files=[0, 1, 2])
    print(process.pid, flush=True)
    time.sleep(600)
"""


def test_processes_end_when_their_starter_is_killed(tmp_path):
    (tmp_path / "waits.py").write_text("import time; time.sleep(600)\n", encoding="utf-8")
    outside = {key: value for key, value in os.environ.items() if key != warm.ADDRESS}
    command = [sys.executable, "-c", START, str(tmp_path)]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=outside, **pipes) as starter:
        pid = int(starter.stdout.readline())
        starter.kill()
    deadline = time.monotonic() + 60
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{pid}")


def test_a_process_without_its_own_group_yet_is_ended():
    """Its starter may hang up in the moment before it has one."""
    ours, theirs = socket.socketpair()
    with ours, subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        theirs.close()
        begin = time.monotonic()
        assert os.waitstatus_to_exitcode(warm_server._wait(process.pid, ours)) == -signal.SIGKILL
    assert time.monotonic() - begin < 30
