"""All commands in a row: release, collect, grade in the sandbox, feedback, export."""

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
    """Tell whether this machine belongs to a Slurm cluster."""
    return shutil.which("sinfo") and not subprocess.run(["sinfo"], capture_output=True).returncode


@pytest.mark.parametrize(
    ("topic", "students", "engine"),
    [
        ("softmax", 8, ""),
        pytest.param("softmax", 40, "", marks=pytest.mark.proof),
        pytest.param("double-softmax", 14, "", marks=pytest.mark.proof),
        ("softmax", 7, SLURM),
    ],
)
def test_every_student_gets_the_expected_points(topic, students, engine):
    require_sandbox()
    if engine == SLURM and not slurm_answers():
        pytest.skip("not run: no Slurm answers here")
    command = [sample_course.GRADER, "-m", "tools.e2e_grading", "--assignment", topic]
    command += ["--students", students, "--jobs", 2, f"--engine={engine}"]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=sample_course.inherited(),
        cwd=sample_course.ROOT, timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"All {students} grades are as expected." in done.stdout
    assert f"{students} of {students} done" in done.stderr
