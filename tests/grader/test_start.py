"""Grading starts within three seconds: the steps before it need less than that of a processor.

They follow one another. So on a machine that has nothing else to do, elapsed time is the same; on a
busy one, only the processor's time says what the command needs.
"""

import shutil
import subprocess

import pytest
import sample_course
from test_grading import require_sandbox

MOST, TRIES = 3, 5  # seconds; a busy machine can only add to what a run needs
pytestmark = [
    pytest.mark.classroom,
    pytest.mark.skipif(not sample_course.GRADER.exists(), reason="not run: make grader-envs"),
]
# Each takes a tenth of a second or more, and neither the command nor its worker needs it.
SLOW_IMPORTS = {"nbgrader", "pandas", "sqlalchemy", "snakemake", "jupyter_client"}


def processor_seconds(command):
    """Return what a command and all that it waits for need of the processor."""
    import resource  # which Windows lacks

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        list(map(str, command)), env=sample_course.inherited(), capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def test_the_command_with_one_submission_needs_less_than_three_seconds(tmp_path):
    """The engine, the worker and the sandbox are included, to their end."""
    require_sandbox()
    round_ = sample_course.new(tmp_path / "course")
    sample_course.hand_in(round_, tmp_path, names=("Ada",))
    command = [sample_course.GRADER, "-m", "grader", "grade", "softmax", "--jobs", 1]
    needed = []
    while len(needed) < TRIES and min(needed, default=MOST) >= MOST:
        needed.append(processor_seconds([*command, "--course", round_.course]))
        assert len(list(round_.folder("results").glob("*.json"))) == 1
        shutil.rmtree(round_.folder("results"))
    assert min(needed) < MOST, needed


@pytest.mark.parametrize("module", ["grader.course.grading", "grader.run.batch"])
def test_neither_the_command_nor_its_worker_imports_slow_modules(module):
    lines = f"import sys, {module}\nprint(*sys.modules)"
    done = subprocess.run(
        [sample_course.GRADER, "-c", lines], env=sample_course.inherited(), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & SLOW_IMPORTS == set()
    assert len(done.stdout.split()) < 700
