"""The key of a job changes with everything that its result depends on, and with nothing else."""

import inspect
import subprocess
import sys

import numpy as np
import pytest
import sample_course

from grader import files
from grader.checks import plans
from grader.run import job
from grader.source import derive
from lossutils import activations, losses

SEED = "a seed"
LIMITS = {"seconds": 60}


@pytest.fixture
def submitted(tmp_path):
    """Return the path of a submission of the softmax assignment."""
    path = tmp_path / "softmax.ipynb"
    path.write_text('{"cells": [], "metadata": {"loss_book": {"variant": 1}}}')
    return path


def key(path, source="softmax", seed=SEED, settings=None, **options):
    """Return the key of a job with plans made anew."""
    return job.Job(job.Plans(), source, path, seed, settings or LIMITS, **options).key


def doubled(function):
    """Return a function that returns twice as much."""
    return lambda *args, **kwargs: 2 * function(*args, **kwargs)


@pytest.mark.parametrize(
    ("module", "name"), [(activations, "softmax"), (losses, "softmax_cross_entropy_with_logits")]
)
def test_a_corrected_loss_changes_the_key_of_the_assignment_that_uses_it(
    submitted, monkeypatch, module, name
):
    before = key(submitted)
    monkeypatch.setattr(module, name, doubled(getattr(module, name)))
    assert key(submitted) != before


def test_a_loss_that_differs_for_one_draw_changes_the_key_of_that_submission(
    submitted, monkeypatch
):
    """Neither the practice inputs nor those of the round show it."""
    seen, original = [], losses.softmax_cross_entropy_with_logits

    def recording(**named):
        seen.append(named["logits"])
        return original(**named)

    with monkeypatch.context() as change:
        change.setattr(losses, "softmax_cross_entropy_with_logits", recording)
        drawn, base = job.Plans(), ("softmax", SEED, 1)
        for seed in (job.PRACTICE, SEED):
            drawn.drawn(*base, seed)
        shared = [np.array(logits).tobytes() for logits in seen]
        seen.clear()
        before = job.Job(drawn, "softmax", submitted, SEED, LIMITS)
        assert before.plan
    own = next(logits for logits in seen if np.array(logits).tobytes() not in shared)

    def corrected(**named):
        return (1 + np.array_equal(named["logits"], own)) * original(**named)

    monkeypatch.setattr(losses, "softmax_cross_entropy_with_logits", corrected)
    assert key(submitted) != before.key
    submitted.write_text(submitted.read_text() + " ")
    other = key(submitted)
    monkeypatch.undo()
    assert key(submitted) == other, "another submission has other inputs"


def test_a_loss_that_the_assignment_does_not_use_does_not_change_the_key(submitted, monkeypatch):
    before = key(submitted), key(submitted, "regression")
    monkeypatch.setattr(losses, "huber_loss", doubled(losses.huber_loss))
    assert key(submitted) == before[0]
    assert key(submitted, "regression") != before[1], "the regression assignment uses it"


def test_a_changed_docstring_does_not_change_the_key(submitted, monkeypatch):
    before = key(submitted)
    monkeypatch.setattr(activations.softmax, "__doc__", "Return something.")
    monkeypatch.setattr(losses.softmax_cross_entropy_with_logits, "__doc__", "Return a loss.")
    assert key(submitted) == before


def test_a_difference_in_the_last_bit_does_not_change_the_key(submitted, monkeypatch):
    """Two processors may compute exponentials that differ in the last bit."""
    before = key(submitted)
    softmax = activations.softmax
    monkeypatch.setattr(activations, "softmax", lambda logits: np.nextafter(softmax(logits), 1))
    assert key(submitted) == before


def test_another_process_computes_the_same_key(submitted):
    """Nothing in a key depends on the order of a set, which differs between processes."""
    lines = ["import sys", "from grader.run.job import Job, Plans"]
    lines += [f"print(Job(Plans(), 'softmax', sys.argv[1], {SEED!r}, {LIMITS}).key)"]
    keys = set()
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", "\n".join(lines), submitted], capture_output=True, text=True,
            env=sample_course.inherited() | {"PYTHONHASHSEED": hash_seed}, check=True,
        )  # fmt: skip
        keys.add(done.stdout.strip())
    assert keys == {key(submitted)}


CHANGES = {
    "the seed of the round": {"seed": "a different seed"},
    "a limit": {"settings": {"seconds": 61}},
    "the variant": {"variant": 2},
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_key_depends_on(submitted, change):
    assert key(submitted, **CHANGES[change]) != key(submitted)


def test_the_key_depends_on_the_file(submitted):
    before = key(submitted)
    submitted.write_text(submitted.read_text() + " ")
    assert key(submitted) != before


def test_the_key_depends_on_the_code_that_compares(submitted, monkeypatch):
    before = key(submitted)
    monkeypatch.setattr(job, "version", lambda: "a different version")
    assert key(submitted) != before


CODE = [f"{name}/x.py" for name in ("checks", "sandbox", "source", "run")]
CODE += ["command.py", "files.py", "programs.py"]
PINNED = [f"requirements/{name}.txt" for name in job.ENVIRONMENTS]
OTHERS = ["requirements/hub.txt", "course/x.py"]


@pytest.mark.parametrize("changed", [*CODE, *PINNED, *OTHERS])
def test_the_version_depends_on_what_grades_and_on_nothing_else(changed, tmp_path, monkeypatch):
    for name in [*CODE, *PINNED, *OTHERS]:
        files.write(tmp_path / name, "before")
    monkeypatch.setattr(job, "PACKAGE", tmp_path)
    version = inspect.unwrap(job.version)
    before = version()
    files.write(tmp_path / changed, "after")
    assert (version() == before) == (changed in OTHERS)


IMPORTED = "import sys, grader.run.batch\nprint(*[m.__file__ for n, m in sys.modules.items() if n"
IMPORTED += ".startswith('grader.')], sep='\\n')"


def test_the_version_depends_on_every_module_that_grades(monkeypatch):
    read, listed = [], subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    )  # fmt: skip
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda path: read.append(path.name) or b"")
    inspect.unwrap(job.version)()
    names = {name.rpartition("/")[2] for name in listed.stdout.splitlines()} - {"__init__.py"}
    assert {"job.py", "files.py", "launcher.py"} <= names <= set(read)


HIDDEN = """
check("twice", call="twice", points=1, inputs={inputs}, expected=lambda x: 2 * x, {options}
      mistakes={mistakes})
"""
ITEM = {"inputs": "[np.array([1.0, 2.0])]", "options": "", "mistakes": "{'once': lambda x: x}"}
ITEMS = {
    "inputs": ITEM | {"inputs": "[np.array([1.0, 2.5])]"},
    "the dtype of inputs": ITEM | {"inputs": "[np.array([1, 2])]"},
    "the shape of inputs": ITEM | {"inputs": "[np.array([[1.0, 2.0]])]"},
    "the name of an argument": ITEM | {"inputs": "{'x': np.array([1.0, 2.0])}"},
    "a tolerance": ITEM | {"options": "within=1e-3,"},
    "the value of a mistake": ITEM | {"mistakes": "{'once': lambda x: x + 1}"},
    "the sentence of a mistake": ITEM | {"mistakes": "{'one': lambda x: x}"},
    "the number of cases": ITEM | {"options": "cases=2,"},
}


def plan(item):
    """Return a plan with one check."""
    tests = {"grade_id": "twice-tests", "grade": True, "solution": False, "points": 1}
    cell = {"cell_type": "code", "source": "", "metadata": {"nbgrader": tests}}
    release = {"cells": [cell], "metadata": {}}
    return plans.prepare(release, {"twice-tests": HIDDEN.format(**item)}, SEED)


@pytest.mark.parametrize("change", ITEMS)
def test_the_fingerprint_depends_on(change):
    assert plan(ITEMS[change]).fingerprint != plan(ITEM).fingerprint
    assert plan(ITEM).fingerprint == plan(ITEM).fingerprint


@pytest.mark.parametrize("topic", derive.topics())
def test_every_assignment_has_one_fingerprint_per_variant(topic):
    drawn = [job.Plans().plan(topic, SEED, number, SEED).fingerprint for number in (1, 2, 1)]
    assert drawn[0] == drawn[2] != drawn[1]
