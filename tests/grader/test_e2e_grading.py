"""The full circle at a small size: release, collect, grade in the sandbox, feedback, export."""

import shutil
import subprocess

import pytest
import sample_course
from test_grading import require_sandbox

pytestmark = [
    pytest.mark.classroom,
    pytest.mark.skipif(not sample_course.GRADER.exists(), reason="not run: make grader-envs"),
]


SLURM = "--executor slurm"


def slurm_answers():
    """Tell whether this machine belongs to a cluster with Slurm."""
    return shutil.which("sinfo") and not subprocess.run(["sinfo"], capture_output=True).returncode


@pytest.mark.parametrize(
    "told", [("softmax", 14, ""), ("double-softmax", 8, ""), ("softmax", 7, SLURM)]
)
def test_every_made_up_student_gets_the_points_that_are_due(told):
    require_sandbox()
    topic, students, engine = told
    if engine == SLURM and not slurm_answers():
        pytest.skip("NOT RUN: no Slurm answers here")
    command = [sample_course.GRADER, "-m", "tools.e2e_grading", "--assignment", topic]
    command += ["--students", students, "--jobs", 2, f"--engine={engine}"]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=sample_course.inherited(),
        cwd=sample_course.ROOT, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"All {students} grades are what they must be." in done.stdout
    assert f"{students} of {students} graded" in done.stderr
