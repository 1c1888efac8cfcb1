"""All commands in a row: release, collect, grade in the sandbox, feedback, export."""

import subprocess

import pytest
import sample_course
from rotation import marks
from test_grading import require_sandbox

from tools import slurm

pytestmark = [
    pytest.mark.classroom,
    pytest.mark.skipif(not sample_course.GRADER.exists(), reason="not run: make grader-envs"),
]


@pytest.mark.parametrize(
    ("topic", "students", "options"),
    [
        ("softmax", 8, ["--kills", 1]),
        pytest.param("softmax", 40, ["--kills", 5], marks=pytest.mark.proof),
        pytest.param("double-softmax", 14, [], marks=pytest.mark.proof),
        # Slurm mostly waits.
        pytest.param("softmax", 7, ["--slurm"], marks=marks(6, 1)),  # not beside the PDF
        pytest.param("softmax", 40, ["--slurm"], marks=pytest.mark.proof),
    ],
)
def test_every_student_gets_the_expected_points(topic, students, options):
    require_sandbox()
    if "--slurm" in options and slurm.obstacle():
        pytest.skip(f"not run: Slurm: {slurm.obstacle()}")
    command = [sample_course.GRADER, "-m", "tools.e2e_grading", "--assignment", topic]
    command += ["--students", students, "--jobs", 2, *options]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=sample_course.inherited(),
        cwd=sample_course.ROOT, timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"All {students} grades are as expected." in done.stdout
    if "--kills" not in options:  # what a kill cuts off need not have been shown
        assert "[########################]" in done.stderr
