"""A JupyterHub of the recipe: two students fetch, work and submit; the teacher collects."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from types import SimpleNamespace

import nbformat
import pytest
import sample_course
from rotation import one_commit_in

from grader.course import collect
from grader.hub import __main__ as start
from grader.source import derive

HUB = sample_course.ROOT / ".venv-hub" / "bin"
SETTINGS = sample_course.ROOT / "grader" / "hub"
PATIENCE = 300  # seconds
pytestmark = [
    pytest.mark.classroom,
    pytest.mark.skipif(not (HUB.parent / "installed").exists(),
                       reason="not run: JupyterHub: make hub-env"),
]  # fmt: skip


def free_port():
    """Return the first of three free ports."""
    for port in range(18000, 19000, 3):
        try:
            for offset in range(3):
                with socket.create_server(("127.0.0.1", port + offset)):
                    pass
        except OSError:
            continue
        return port
    raise AssertionError("no ports are free")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """Start the hub; give its folder and its address."""
    folder, port = tmp_path_factory.mktemp("hub") / "own", free_port()
    command = [HUB / "python", "-m", "grader.hub", folder, "--students", "ada", "eve"]
    log = folder.parent / "log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [*map(str, command), "--port", str(port)], stdout=output, stderr=output,
            env=sample_course.inherited(), stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/hub/login", process, log)
        yield folder, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_for(address, process, log):
    """Wait until a page comes."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text(errors="replace")[-2000:])


def as_teacher(folder, *words):
    """Run a command of nbgrader as in a terminal of the teacher's server."""
    home = folder / "homes" / "teacher"
    own = {"HOME": str(home), "JUPYTERHUB_USER": "teacher", "HUB_FOLDER": str(folder)}
    own |= {"JUPYTER_CONFIG_PATH": str(SETTINGS), "PATH": f"{HUB}:{os.environ['PATH']}"}
    done = subprocess.run(
        [HUB / "nbgrader", *words], cwd=home, env=os.environ | own, capture_output=True, text=True,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@one_commit_in(4, skip=3)
def test_two_students_work_on_the_hub_and_the_teacher_collects(hub, tmp_path):
    folder, address = hub
    round_ = sample_course.new(tmp_path / "course", variants=1)
    home = folder / "homes" / "teacher"
    shutil.copytree(round_.folder("release"), home / "release" / "softmax")
    as_teacher(folder, "release_assignment", "softmax")

    report = session(address, (folder / "password").read_text(), answered(round_, tmp_path))
    both_worked(report)
    assert (folder / "state").stat().st_mode & 0o077 == 0
    as_teacher(folder, "collect", "softmax")
    both_are_collected(round_, home / "submitted")


def answered(round_, folder):
    """Write a right notebook with a place for the student's name; return its path."""
    notebook = derive.solution(round_.source, round_.seed(), 1)
    notebook.cells.append(nbformat.v4.new_code_cell("# WHO", id="own"))
    path = folder / "answered.ipynb"
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


def both_worked(report):
    """Both fetched, ran a cell and submitted; nobody else came in."""
    files = ["softmax-v1-check.pyz", "softmax-v1.ipynb"]
    printed = f"True {sample_course.ROOT / '.venv' / 'bin' / 'python'}"  # TensorFlow is there
    for name in ("ada", "eve"):
        done = {"fetched": True, "files": files, "printed": printed, "submitted": True}
        assert report[name] == done
    assert report["the other's files"] in (302, 403)
    assert (report["a wrong password"], report["a stranger"]) == (403, 403)


def both_are_collected(round_, place):
    """Each student's own notebook can be collected, and nothing is complained about."""
    lines = []
    assert collect.collect(round_, place, lines.append) == (2, 0)
    attempts = collect.attempts(round_)
    assert [each.student.key for each in attempts] == ["ada", "eve"]
    assert [f"# {each.student.key}" in each.path.read_text() for each in attempts] == [True, True]
    assert lines == []


def may_make_namespaces():
    """Tell whether this is root, and root may mount here."""
    test = ["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "x", "/mnt"]
    programs = all(map(shutil.which, ("unshare", "useradd", "chpasswd", "runuser")))
    return programs and os.getuid() == 0 and subprocess.run(test).returncode == 0


@one_commit_in(4, skip=2)
def test_with_accounts_a_student_cannot_read_what_belongs_to_others(tmp_path):
    if not may_make_namespaces():
        pytest.skip("not run: accounts on the hub: needs root, useradd and mount namespaces")
    round_ = sample_course.new(tmp_path / "course", variants=1)
    (out := tmp_path / "out").mkdir()
    script = sample_course.ROOT / "tests" / "grader" / "hub_accounts.py"
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, script,
               round_.folder("release"), answered(round_, tmp_path), out]  # fmt: skip
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=3 * PATIENCE
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    both_worked(report)
    assert (report["looked for"], report["read of others"]) == (5, "[]")
    assert report["owners"] == ["ada", "eve"]
    both_are_collected(round_, out / "submitted")


def test_accounts_that_others_may_read_are_refused(tmp_path, monkeypatch):
    homes = {name: tmp_path / name for name in ("teacher", "ada")}
    for mode, home in zip((0o700, 0o750), homes.values(), strict=True):
        home.mkdir()
        home.chmod(mode)
    known = [SimpleNamespace(pw_name=name, pw_dir=str(home)) for name, home in homes.items()]
    monkeypatch.setattr("pwd.getpwall", lambda: known)
    monkeypatch.setattr(start.os, "geteuid", lambda: 0)
    open_home, unknown = start.obstacles(["teacher", "ada", "eve"])
    assert open_home == f"others may enter {homes['ada']}; close it: chmod 700 {homes['ada']}"
    assert unknown.startswith("there is no account eve; make it: useradd")
    monkeypatch.setattr(start.os, "geteuid", lambda: 1000)
    assert "started by root" in start.obstacles(["teacher"])[0]


def session(address, password, answered):
    """Let both students work, in the environment of the hub; return what happened."""
    script = sample_course.ROOT / "tests" / "grader" / "hub_session.py"
    command = [HUB / "python", script, address, password, answered, "ada", "eve"]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=2 * PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
