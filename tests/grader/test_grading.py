"""Hostile and honest submissions, each with its expected score, in the real sandbox."""

import json
import time
from pathlib import Path

import nbformat
import pytest
from hostile import asking, attacks, channels, demo, honest, kernel, objects, unlucky
from rotation import one_in

from grader.checks import plans
from grader.run import job
from grader.run.result import COULD_NOT, GRADED
from grader.sandbox import launcher, protocol
from grader.source import derive

pytestmark = pytest.mark.classroom
ROOT = Path(__file__).parents[2]
HOSTILE = attacks.BREAKS | attacks.CHEATS | channels.CHANNELS | kernel.KERNEL
HOSTILE |= objects.OBJECTS | asking.ASKING
CASES = honest.RIGHT | honest.MISTAKES | unlucky.UNLUCKY | HOSTILE
# Short, so that the tests are: an honest answer takes milliseconds.
LIMITS = {"seconds_per_cell": 3, "seconds_per_check": 2, "seconds": 60, "memory_mb": 512,
          "disk_mb": 32}  # fmt: skip


def require_sandbox():
    """Skip the test if there is no sandbox."""
    try:
        launcher.choose()
    except launcher.NoSandbox as problem:
        pytest.skip(f"not run: {problem}")


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """Make a course folder: the source, and a secret beside it."""
    require_sandbox()
    folder = tmp_path_factory.mktemp("course")
    nbformat.write(demo.source(), folder / "demo.ipynb")
    (folder / "secret").write_text(demo.SEED)
    return folder


@pytest.fixture(scope="session")
def release(place):
    """Return what the students of the demo get."""
    return derive.release(place / "demo.ipynb", demo.SEED, 0)


@pytest.fixture(scope="session")
def grader():
    """Keep one grader, warm for all submissions of this test process."""
    with job.Grader() as running:
        yield running


def graded(grader, place, name, data, **settings):
    """Grade bytes or a notebook and return the result."""
    path = place / "submitted" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else nbformat.writes(data).encode())
    written = grader.grade(place / "demo.ipynb", path, place / "results", demo.SEED,
                         LIMITS | settings)  # fmt: skip
    return json.loads(written.read_text())


def handed_in(case, release, place):
    """Return the notebook of a case."""
    answers = demo.RIGHT | case.answers
    extra = [code.replace("OUTSIDE", str(place)) for code in case.extra]
    return demo.submission(release, answers, extra)


def lost(result):
    """Return the points that each question lost."""
    points = {}
    for check in result["checks"]:
        name = check["question"].removesuffix("-tests")
        points[name] = points.get(name, 0) + check["max_points"] - check["points"]
    return {name: loss for name, loss in points.items() if loss}


def sentences(result):
    """Return all sentences for the student and the teacher."""
    words = [check[key] for check in result["checks"] for key in ("message", "mistake")]
    return "\n".join([*words, *(cell["reason"] for cell in result["cells"])])


# Each of these takes seconds, or waits for several limits.
WAITING = [
    *kernel.SLOW,
    "a fork bomb",
    "a function that swallows interrupts",
    "a loop that swallows interrupts",
    "a loop that takes the alarm away",
    "an endless flood of output",
    "an endless loop in a function",
    "an endless loop in the last cell",
    "an uninterruptible loop in C",
    "sleeps for ever",
]


@pytest.mark.parametrize("name", [*one_in(6, WAITING), *(n for n in CASES if n not in WAITING)])
def test_score(name, grader, place, release):
    """Each submission earns the points of its honest answers, as the demo states them."""
    case = CASES[name]
    if name in channels.ONLY_BUBBLEWRAP and not launcher.works_bubblewrap():
        pytest.skip("not run: a container shows a process its own files in /proc")
    # Only endless loops need the short limit; on a busy machine, a figure may take as long.
    is_short = (name in HOSTILE and name not in kernel.SLOW) or "endless" in name
    patient = {} if is_short else {"seconds_per_cell": 30}
    result = graded(grader, place, name, handed_in(case, release, place), **patient)
    assert result["state"] == GRADED, result["reason"]
    assert lost(result) == case.lost, sentences(result)
    assert result["points"] == demo.MAX_POINTS - sum(case.lost.values())
    assert case.says in sentences(result)
    for word in ("FOUND", "WROTE", "CONNECTED", "GRANTED"):
        assert word not in result["output"]
    assert "TOLD" not in json.dumps(result), "hidden inputs came out"
    nothing_is_left(grader, place)


def nothing_is_left(grader, place):
    """No process but the template is left, and no file of a student."""
    end = time.monotonic() + 60
    for template in filter(None, (template.process for template in grader.templates.values())):
        # bubblewrap, the first process of its sandbox, and the template
        while len(left := protocol.descendants(template.pid)) > 2:
            assert time.monotonic() < end, f"processes are left behind: {left}"
            time.sleep(0.05)
    for folder in (place, ROOT, Path("/"), Path("/tmp"), Path("/dev/shm"), Path.home()):
        assert not (folder / "trace-of-a-student").exists()


def test_neighbours_keep_their_points(grader, place, release):
    """After the worst attacks, a right submission still gets all points."""
    for name in ("a fork bomb", "overwrites numpy", "leaves processes behind"):
        graded(grader, place, name, handed_in(attacks.BREAKS.get(name) or attacks.CHEATS[name],
                                              release, place))  # fmt: skip
        path = place / "results"
        for old in path.glob("*.json"):
            old.unlink()
        result = graded(grader, place, "neighbour", demo.submission(release, demo.RIGHT))
        assert result["points"] == demo.MAX_POINTS


@pytest.mark.parametrize("times", [20, pytest.param(100, marks=pytest.mark.proof)])
def test_the_same_result_every_time(times, grader, place, release):
    """The result of a submission is the same, byte for byte."""
    answers = demo.RIGHT | {"square": honest.SQUARE + "float(np.sum((y_true - y_pred) ** 2))"}
    results = set()
    for _ in range(times):
        result = graded(grader, place, "again", demo.submission(release, answers))
        results.add(json.dumps(result))
        (place / "results" / f"{result['key']}.json").unlink()
    assert len(results) == 1
    assert result["points"] == demo.MAX_POINTS - 2


def test_a_different_seed_draws_different_inputs(place, release):
    """Answers memorised in one round are wrong in the next."""
    first, second = (plans.prepare(release, derive.hidden(place / "demo.ipynb", "s", 0), seed)
                     for seed in ("one", "two"))  # fmt: skip
    assert first.items[0].cases[0].inputs != second.items[0].cases[0].inputs


TELLS = """
def mean_squared_error(y_true, y_pred):
    import os
    with open("OUTSIDE/told", "w") as file:
        file.write(f"TOLD {y_true}")
    os._exit(0)
"""
READS = """
import os
if os.path.exists("OUTSIDE/told"):
    print(open("OUTSIDE/told").read())
    raise RuntimeError(open("OUTSIDE/told").read())
"""
BITS = "import os\nif os.path.exists('OUTSIDE/told'):\n    os._exit(1)"


def test_nothing_that_a_cell_does_after_the_first_call_is_reported(place, release):
    """Not even without a sandbox, where a function can tell a later run whatever it likes."""
    case = honest.Case({"square": TELLS.replace("OUTSIDE", str(place))}, {}, "", (READS, BITS))
    with job.Grader() as grader:
        result = graded(grader, place, "tells", handed_in(case, release, place), no_sandbox=True)
    assert (place / "told").exists(), "the attack did not happen"
    assert "TOLD" not in json.dumps(result)
    assert (result["cells"], result["output"]) == ([], "")
    assert lost(result) == {"square": 2}
    (place / "told").unlink()


def test_hidden_inputs_differ_between_submissions_and_not_between_gradings(place, release):
    """What one submission learns about its inputs helps no other one."""
    drawn = []
    for name, answers in (("one", {}), ("two", {"number": "answer = 1"}), ("one", {})):
        path = place / f"{name}.ipynb"
        path.write_text(nbformat.writes(demo.submission(release, answers)))
        each = job.Job(job.Plans(), place / "demo.ipynb", path, demo.SEED, LIMITS)
        drawn.append([item.cases[0].inputs for item in each.plan.items if item.cases[0].inputs])
        path.unlink()
    assert drawn[0] == drawn[2]
    for one, two in zip(drawn[0], drawn[1], strict=True):
        assert one != two


def test_an_exception_of_the_grader_stops_only_one_submission(place, release, monkeypatch):
    """It is reported as that submission's, which has no points and not 0."""

    def failing(*_):
        raise IndexError("a fault of the grader")

    with job.Grader() as grader:
        with monkeypatch.context() as change:
            change.setattr("grader.run.execution.compare.decide", failing)
            result = graded(grader, place, "fault", demo.submission(release, {}))
        assert (result["state"], result["points"]) == (COULD_NOT, None)
        assert "the grader itself failed on it (IndexError)" in result["reason"]
        other = graded(grader, place, "no fault", demo.submission(release, demo.RIGHT))
        assert other["points"] == demo.MAX_POINTS


def test_a_job_is_done_once(grader, place, release):
    """An existing result is not made again, and nothing else is left in the folder."""
    result = graded(grader, place, "once", demo.submission(release, demo.RIGHT))
    path = place / "results" / f"{result['key']}.json"
    before = path.stat()
    graded(grader, place, "once", demo.submission(release, demo.RIGHT))
    assert path.stat() == before
    assert not [file for file in path.parent.iterdir() if file.name.startswith(".")]
    again = job.Job(
        job.Plans(), place / "demo.ipynb", place / "submitted/once.ipynb", demo.SEED, LIMITS
    )
    assert again.key == result["key"]


def test_results_hold_nothing_hidden(grader, place, release):
    """A result contains no expected value, no hidden input and no line of a hidden cell."""
    result = graded(grader, place, "wrong", demo.submission(release, {"square": attacks.ZERO}))
    text = json.dumps(result)
    for code in demo.HIDDEN.values():
        lines = [line.strip() for line in code.split("\n") if line.startswith(("def", "    "))]
        assert not [line for line in lines if line in text and len(line) > 20]
    assert "array" not in text


def test_each_run_alone_gives_the_same(place, release):
    """If forks cannot isolate themselves, each run is a new sandbox, with the same result."""
    with job.Grader() as grader:
        for name in ("right with loops and lists", "os._exit in a cell", "reads the grader",
                     "writes outside", "asks the kernel for more", "opens sockets"):  # fmt: skip
            case = CASES[name]
            result = graded(grader, place, f"{name} alone", handed_in(case, release, place),
                            single=True)  # fmt: skip
            assert lost(result) == case.lost
            for word in ("FOUND", "WROTE", "CONNECTED", "GRANTED"):
                assert word not in result["output"], result["output"]


def test_without_the_sandbox_the_attacks_succeed(place, release):
    """The attacks are real: without a sandbox, they do what the sandbox prevents."""
    with job.Grader() as grader:
        for name, word in (("reads the grader", "FOUND"), ("writes outside", "WROTE")):
            case = attacks.CHEATS[name]._replace(extra=(OPEN[name],))
            result = graded(grader, place, f"{name} open", handed_in(case, release, place),
                            no_sandbox=True)  # fmt: skip
            assert word in result["output"]
    assert (place / "trace-of-a-student").exists()
    (place / "trace-of-a-student").unlink()


OPEN = {
    "reads the grader": "import os\nprint(['FOUND' for n in os.listdir('OUTSIDE') if 'demo' in n])",
    "writes outside": "open('OUTSIDE/trace-of-a-student', 'w').write('x')\nprint('WROTE')",
}


def test_without_a_sandbox_grading_is_refused(monkeypatch):
    """Without any sandbox, grading is refused in one sentence that says how to continue."""
    monkeypatch.setattr(launcher, "works_bubblewrap", lambda: False)
    monkeypatch.setattr(launcher.podman, "works", lambda: False)
    with pytest.raises(launcher.NoSandbox, match=r"apt install bubblewrap.*--no-sandbox"):
        launcher.choose()
    assert launcher.choose(no_sandbox=True) == "none"
