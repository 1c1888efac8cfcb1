"""What a run can do to its own restarts, to its neighbours and to the batch that it is in."""

import errno
import json
import os
import re
import sys
import time

import numpy as np
import pytest
from hostile import honest
from test_grading import (  # noqa: F401
    graded,
    grader,
    handed_in,
    lost,
    place,
    release,
    require_sandbox,
    sentences,
)

from grader.checks import compare
from grader.checks.declare import check
from grader.course import similarity
from grader.run import batch, job, submission
from grader.sandbox import launcher
from grader.sandbox.environments import SHARED, Python

pytestmark = pytest.mark.classroom

# With the first hidden inputs it ends, and in the restart nothing can be kept.
ENDS = """
calls = []
def mean_squared_error(y_true, y_pred):
    import os
    calls.append(1)
    if len(calls) > 1:
        open("OUTSIDE/told", "w").write(str(y_true))
        os._exit(0)
    return np.mean((y_true - y_pred) ** 2)
import gc, os
if os.path.exists("OUTSIDE/told"):
    for thing in gc.get_objects():
        if type(thing).__name__ == "Answers":
            thing.kinds["keep"] = lambda request: os._exit(1)
"""


def test_what_ends_after_the_first_hidden_call_changes_no_sentence(place, release):  # noqa: F811
    """A restart that ends while functions are kept could tell two bits of hidden inputs each."""
    case = honest.Case({"square": ENDS.replace("OUTSIDE", str(place))}, {})
    with job.Grader() as running:
        result = graded(running, place, "ends", handed_in(case, release, place), no_sandbox=True)
    assert (place / "told").exists(), "the attack did not happen"
    (place / "told").unlink()
    assert lost(result)["square"] == 2
    assert "ended the process" not in sentences(result)
    for each in result["checks"]:
        if each["message"]:
            assert each["message"] == "it is right for practice inputs, but not for the hidden ones"


@pytest.mark.parametrize("environment", ["numpy", "tensorflow"])
def test_no_memory_is_shared_with_the_template(environment):
    """What a fork wrote into a shared mapping would reach the forks after it."""
    require_sandbox()
    with launcher.Template(environment, launcher.Limits(), "bubblewrap") as template:
        run = template.run()
        with open(f"/proc/{run.pid}/maps") as file:
            lines = [line for line in file if re.match(r"\S+ [r-]w.s", line)]
        run.close()
    assert lines == []


def test_a_long_array_is_not_taken_apart():
    """An array that answers a question for two values may have millions."""
    two = check("a loss and its gradient", call="f", points=1, inputs=[], expected=None)
    expected = (np.float64(1.0), np.ones(2))
    assert compare.difference(np.ones(2), expected[:1] * 2, two) == ""
    assert compare.difference(Long(), expected, two).startswith("expected 2 values")


class Long(list):
    """A list that says it is long; whoever takes it apart fails."""

    def __iter__(self):
        """Fail."""
        raise AssertionError("the whole list was read")

    def __getitem__(self, part):
        """Return a part of it."""
        return [0.0] * min(part.stop, 10**6)


def test_a_file_that_cannot_be_read_is_that_of_its_submission(tmp_path, monkeypatch):
    """A bad sector, or a server that is gone, shows only while reading."""
    path = tmp_path / "bad.ipynb"
    path.write_text("{}")
    monkeypatch.setattr(submission, "open", Unreadable, raising=False)
    assert submission.read(path, 1).problem == "the file cannot be read: Input/output error"


class Unreadable:
    """A file whose content cannot be read."""

    def __init__(self, descriptor, mode):
        """Close the file."""
        os.close(descriptor)

    def __enter__(self):
        """Use it in a with statement."""
        return self

    def __exit__(self, *_):
        """End."""

    def read(self, size):
        """Fail as a damaged disk does."""
        raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize(
    ("number", "goes_on"),
    [(errno.EIO, True), (errno.EACCES, True), (errno.ENOSPC, False), (errno.EDQUOT, False)],
)
def test_only_a_full_disk_ends_a_batch(number, goes_on, tmp_path, monkeypatch, capsys):
    """Every other problem is that of one submission."""
    (tmp_path / "done").write_text(json.dumps(
        {"key": "k", "points": 1.0, "max_points": 1.0, "reason": ""}))  # fmt: skip

    def grade(_, submission):
        if submission == "bad":
            raise OSError(number, os.strerror(number))
        return tmp_path / "done"

    (tmp_path / "batch.json").write_text(json.dumps([{"submission": n} for n in ("bad", "good")]))
    monkeypatch.setattr(batch.Grader, "grade", grade)
    monkeypatch.setattr(sys, "argv", ["batch", str(tmp_path / "batch.json")])
    if goes_on:
        batch.main()
        assert "1.0 of 1.0" in capsys.readouterr().out
    else:
        with pytest.raises(OSError, match=os.strerror(number)):
            batch.main()


def test_any_exception_leaves_the_comparison_of_all_others(release, monkeypatch):  # noqa: F811
    """The page about the class is written, whatever one submission does."""
    monkeypatch.setattr(similarity, "assemble", lambda *_: [][0])
    assert similarity.answers(release, "nothing.ipynb", 1) == {}


def test_a_submission_that_is_read_slowly_leaves_the_comparison_of_all_others(
    release,  # noqa: F811
    monkeypatch,
):
    """A pattern that takes minutes stopped the page about the class for everybody."""
    monkeypatch.setattr(similarity, "READING", 0.2)
    monkeypatch.setattr(similarity, "assemble", lambda *_: time.sleep(60))
    start = time.monotonic()
    assert similarity.answers(release, "nothing.ipynb", 1) == {}
    assert time.monotonic() - start < 30


def test_the_sandbox_shows_the_files_of_the_worker_and_no_others():
    """Everything that is copied is named, and imports nothing from the grader."""
    require_sandbox()
    folder = launcher.HERE
    binds = Python(launcher.ROOT / launcher.ENVIRONMENTS["numpy"]).binds()
    assert {name for name in binds if name.startswith("/grader/")} == {
        f"/grader/{name}" for name in SHARED
    }
    for name in SHARED:
        for line in (folder / name).read_text().splitlines():
            is_fallback = line.startswith("    from grader.sandbox import calls")
            assert is_fallback or not re.match(r"\s*(from|import) grader", line), (name, line)
