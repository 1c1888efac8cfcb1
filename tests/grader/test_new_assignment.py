"""A teacher's own assignment: made from the example, changed, audited, released and graded."""

import csv
import io
import os
import re
import shlex
import subprocess
from types import SimpleNamespace

import nbformat
import pytest
import sample_course
from own_assignment import edit
from test_grading import require_sandbox

from grader import command, files
from grader.checks import cells, plans
from grader.course import course_folder, new_assignment
from grader.course.release import release
from grader.run import trial
from grader.sandbox import launcher
from grader.source import answers, audit, author, derive, running
from grader.source.form import form

pytestmark = pytest.mark.classroom

SCRIPT = sample_course.GRADER.with_name("grader")
NOT_INSTALLED = "not run: make grader-envs installs the command grader"


def test_the_example_follows_the_rules_and_is_stored_in_one_form():
    path = new_assignment.EXAMPLE
    assert audit.problems(path, numbers=[1]) == []
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert path.read_text(encoding="utf-8") == nbformat.writes(notebook, version=4) + "\n"


def test_a_new_assignment_can_be_released_as_it_is(course, own):
    assert own == course / "assignments" / "quantiles.ipynb"
    status, output, errors = sample_course.command(course, "release", "quantiles")
    assert (status, errors) == (0, "")
    assert "error" not in output
    assert "advice" not in output
    released = (course / "release/quantiles-1/quantiles-v1.ipynb").read_text(encoding="utf-8")
    for private in ("### AUTHOR", "### VARIANT", "### BEGIN", "{{", "load_ext", "grader audit"):
        assert private not in released


def test_cells_that_an_author_adds_have_the_role_that_their_text_states(own):
    added = [
        nbformat.v4.new_markdown_cell("## 5. Twice as long (2 points)\n\nWrite `double(x)`."),
        nbformat.v4.new_code_cell(
            "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
        ),
        nbformat.v4.new_code_cell(
            "assert double(1) == 2\n### BEGIN HIDDEN TESTS\n"
            "check('a number', call='double', inputs=[3.0], expected=6.0, points=2)\n"
            "wrong('the square', loses=2, double=lambda x: x**2)\n### END HIDDEN TESTS"
        ),
    ]
    notebook = nbformat.read(own, as_version=4)
    notebook.cells[-1:-1] = added
    nbformat.write(notebook, own)
    assert derive.questions(own)["twice-as-long-tests"] == 2
    text, answer, tests = derive.release(own, "a seed", 1).cells[-3:]
    assert cells.marks(text)["locked"]
    assert derive.STUB in answer.source
    assert (cells.is_answer(answer), cells.is_tests(tests)) == (True, True)
    assert tests.source == "assert double(1) == 2"


@pytest.mark.parametrize("topic", derive.topics())
def test_the_text_of_a_cell_states_the_role_that_the_books_metadata_give_it(topic, course):
    copied = new_assignment.new_assignment(course, "my-own", topic)
    assert form(copied) == []
    texts = [cell.source for cell in derive.release(topic, 0, 1).cells]
    kinds = [_kind(cell) for cell in derive.release(topic, 0, 1).cells]
    release = derive.release(copied, 0, 1).cells
    assert [_kind(cell) for cell in release] == kinds
    assert len(texts) == len(release)
    assert list(derive.questions(copied).values()) == list(derive.questions(topic).values())


def _kind(cell):
    marks = cells.marks(cell)
    return [marks.get(name) for name in ("grade", "solution", "locked", "points")]


BAD_INPUT = {
    ("new-assignment", "Two means"): "expected a name of small letters, digits and hyphens",
    ("new-assignment", "../x"): "expected a name of small letters, digits and hyphens",
    ("new-assignment", "quantiles"): "exists already; choose a different name",
    ("new-assignment", "softmax"): "the book has an assignment softmax",
    ("new-assignment", "mine", "--from", "poetry"): "there is no assignment poetry",
    ("audit", "poetry"): "there is no assignment poetry",
    ("audit", "quantiles", "--variants", "0"): "expected --variants of 1 or more, got 0",
    ("release", "poetry"): "there is no assignment poetry",
}


@pytest.mark.parametrize("arguments", BAD_INPUT, ids=" ".join)
def test_bad_input_is_answered_in_one_sentence(arguments, course, own):
    status, output, errors = sample_course.command(course, *arguments)
    assert (status, output) == (1, "")
    assert re.fullmatch(r"error: .+\n", errors)
    assert BAD_INPUT[arguments] in errors
    assert list(own.parent.iterdir()) == [own]


def test_an_assignment_needs_a_course_folder(tmp_path):
    with pytest.raises(files.Problem, match=r"is not a course folder; make one: .* new-course"):
        new_assignment.new_assignment(tmp_path, "quantiles")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_a_notebook_is_not_audited(course, own):
    own.write_text("hello")
    status, _, errors = sample_course.command(course, "audit", "quantiles")
    assert (status, errors.count("\n")) == (1, 1)
    assert "is not a notebook" in errors


def test_what_jupyterlab_stores_does_not_change_the_source(course, own):
    round_, _ = release(course, own)
    notebook = nbformat.read(own, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = 3
            cell.outputs = [nbformat.v4.new_output("stream", text="the solution is 5")]
    notebook.metadata.language_info.version = "3.11.9"
    nbformat.write(notebook, own)
    assert release(course, own)[0] == round_
    assert "the solution is 5" not in nbformat.writes(derive.release(own, "a seed", 1))


def test_the_teachers_own_comes_before_the_books_and_is_listed(course, own):
    assert course_folder.source_of(course, "quantiles") == own
    assert course_folder.source_of(course, "softmax") == "softmax"
    assert "Your own assignments: quantiles\n" in sample_course.command(course, "list")[1]


def test_the_nearest_course_folder_is_used(course, own, tmp_path, monkeypatch):
    for folder, nearest in ((own.parent, ".."), (course, "."), (tmp_path, ".")):
        monkeypatch.chdir(folder)
        assert course_folder.nearest().as_posix() == nearest


def test_the_cells_of_a_source_run_in_jupyterlab(own):
    shell = SimpleNamespace(user_ns={}, input_transformers_cleanup=[])
    author.load_ipython_extension(shell)
    (transform,) = shell.input_transformers_cleanup
    for cell in nbformat.read(own, as_version=4).cells:
        if cell.cell_type == "code" and not cell.source.startswith("### AUTHOR"):
            code = "".join(transform(cell.source.splitlines(keepends=True)))
            exec(compile(code, cell.id, "exec"), shell.user_ns)
    names = shell.user_ns
    assert sorted(names["minutes"])[3] == names["median"]
    assert names["minutes"].tolist() == names["waits"].tolist()


def test_the_sandbox_gives_an_answer_the_points_that_this_process_gives():
    require_sandbox()
    parts = derive.hidden(new_assignment.EXAMPLE, "a seed", 1)
    plan = plans.prepare(derive.release(new_assignment.EXAMPLE, "a seed", 1), parts, "a seed")
    declared = list(answers.answers(new_assignment.EXAMPLE, "a seed", 1))
    with trial.in_sandbox(plan) as in_sandbox, running.in_process(plan) as here:
        for answer in declared:
            earned = [sum(one["points"] for one in each.outcomes(answer.notebook))
                      for each in (in_sandbox, here)]  # fmt: skip
            assert earned == [answer.points, answer.points]
        tested = running.with_visible_tests(declared[0].notebook)
        tested.cells.append(nbformat.v4.new_code_cell("1 / 0", id="own"))
        failures = [each.failures(tested) for each in (in_sandbox, here)]
        assert failures == [[("1 / 0", "ZeroDivisionError: division by zero")]] * 2


def test_a_message_names_the_command_in_a_form_that_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(command.sys, "prefix", str(tmp_path))
    assert command.program().endswith(" -m grader")
    script = tmp_path / "bin" / "grader"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    assert command.program() == str(script)
    monkeypatch.setenv("PATH", str(script.parent))
    assert command.program() == "grader"
    assert command.call("list", "my course") == "grader list --course 'my course'"
    assert command.call("list", ".") == "grader list"


@pytest.mark.skipif(not SCRIPT.exists(), reason=NOT_INSTALLED)
def test_from_a_new_assignment_to_the_points_of_a_class(tmp_path):
    require_sandbox()
    run = Terminal(tmp_path)
    run("grader new-course --course losses")
    assert "grader audit quantiles --course losses" in run(
        "grader new-assignment quantiles --course losses"
    )
    run.place = tmp_path / "losses" / "assignments"
    (run.place / "numpy.py").write_text("raise SystemExit('a file of the current folder ran')")
    edit(run.place / "quantiles.ipynb", "Seven people", "Seven passengers")
    for printed in re.findall(r"grader release .+", run("grader audit quantiles")):
        assert "Round quantiles-1: 7 points, 4 variants" in run(printed)
    round_ = course_folder.find_round(tmp_path / "losses", "quantiles")
    expected = hand_in(round_, tmp_path / "moodle.zip")
    run(f"grader collect quantiles {tmp_path / 'moodle.zip'}")
    run("grader grade quantiles --jobs 1")
    run("grader export quantiles --to moodle")
    text = (tmp_path / "losses/export/quantiles-1-moodle.csv").read_text(encoding="utf-8")
    exported = {line["Full name"]: line["Grade"] for line in csv.DictReader(io.StringIO(text))}
    assert exported == expected
    assert {path.suffix for path in derive.SOURCES.iterdir()} == {".ipynb"}


class Terminal:
    """Runs commands as they are printed, in a folder outside the repository."""

    def __init__(self, place):
        self.place = place
        path = f"{SCRIPT.parent}{os.pathsep}{os.environ['PATH']}"
        # The checkout that is tested, which need not be the one that is installed.
        self.environment = sample_course.inherited() | {"PATH": path}

    def __call__(self, line):
        """Run a command; return what it printed."""
        done = subprocess.run(shlex.split(line), cwd=self.place, env=self.environment,
                              capture_output=True, text=True, timeout=300)  # fmt: skip
        assert done.returncode == 0, line + done.stdout + done.stderr
        return done.stdout


def hand_in(round_, path):
    """Pack the right, the blank and two wrong answers as Moodle does; return the grades."""
    entries, expected = [], {}
    some = list(answers.answers(round_.source, round_.seed(), 1))[:4]
    for number, answer in enumerate(some, 1001):
        for cell in answer.notebook.cells:
            if cells.is_manual(cell):  # so that nobody has to read it
                cell.source = derive.TEXT_STUB
        name = f"Student {number}"
        entries.append((f"{name}_{number}_assignsubmission_file_/q.ipynb",
                        nbformat.writes(answer.notebook).encode()))  # fmt: skip
        expected[name] = f"{answer.points:g}"
    sample_course.zipped(path, entries)
    return expected


def test_without_a_sandbox_a_tensorflow_assignment_is_released_with_a_warning(
    course, own, monkeypatch
):
    edit(own, "import numpy as np", "import numpy as np\nimport tensorflow as tf")
    text = own.read_text(encoding="utf-8").replace('"numpy"\n', '"tensorflow"\n')
    own.write_text(text, encoding="utf-8")
    monkeypatch.setattr(trial.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(trial, "choose", no_sandbox)
    status, output, errors = sample_course.command(course, "release", "quantiles")
    assert (status, errors) == (0, "")
    assert "warning: the answers could not be tried: install bubblewrap" in output


def no_sandbox():
    raise launcher.NoSandbox("error: install bubblewrap")
