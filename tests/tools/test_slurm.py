"""Slurm on one machine: its settings, and one sentence where it cannot run.

That it runs jobs is tested in tests/grader/test_e2e_grading.py.
"""

import os
import subprocess
import sys

import pytest
from small_notebooks import ROOT

from tools import slurm

HARDWARE = "NodeName=elsewhere CPUs=2 RealMemory=4000\nUpTime=0-01:00:00"


def test_the_settings_name_this_machine_its_ports_and_nobody_elses_files(monkeypatch):
    monkeypatch.setattr(slurm.socket, "gethostname", lambda: "node7.example.org")
    lines = slurm.settings("/tmp/own", HARDWARE, [6001, 6002]).splitlines()
    assert "NodeName=node7 NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000 State=UNKNOWN" in lines
    assert {"SlurmctldPort=6001", "SlurmdPort=6002"} <= set(lines)
    paths = [line.split("=", 1)[1] for line in lines if line.partition("=")[2].startswith("/")]
    assert paths
    assert all(path.startswith("/tmp/own/") for path in paths)


def test_ports_are_free_and_different():
    assert len(set(slurm.free_ports(5))) == 5


@pytest.mark.skipif(os.name == "nt", reason="not run: Slurm needs Linux")
def test_a_machine_without_slurm_is_one_sentence(tmp_path):
    (tmp_path / "munged").write_text("#!/bin/sh\n")
    (tmp_path / "munged").chmod(0o755)
    code = f"from tools import slurm; slurm.PATH = {str(tmp_path)!r}; slurm.main(['true'])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == (
        "error: Slurm cannot run here: slurmctld is not installed; "
        "run: python -m tools.slurm --install\n"
    )


def test_without_the_right_to_install_one_sentence_says_how(monkeypatch, tmp_path):
    monkeypatch.setattr(slurm, "PATH", str(tmp_path))
    monkeypatch.setattr(slurm.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(slurm.NoSlurm, match=r"^as root, run: apt-get install .* slurmctld slurmd"):
        slurm.install()


def test_a_daemon_that_does_not_answer_is_reported_with_its_log(monkeypatch, tmp_path):
    monkeypatch.setattr(slurm, "PATIENCE", 0)
    (tmp_path / "slurmd.log").write_text("started\n\nno such node\n")
    with pytest.raises(slurm.NoSlurm, match=r"slurmd does not answer.*slurmd: no such node"):
        slurm._wait(tmp_path, "slurmd", lambda: False)


def test_a_python_in_a_folder_with_a_space_is_one_sentence(monkeypatch):
    monkeypatch.setattr(slurm, "missing", list)
    monkeypatch.setattr(slurm.sys, "executable", "/home/ada/my course/bin/python")
    with pytest.raises(slurm.NoSlurm, match="its path has a space"), slurm.cluster():
        pass
