"""The assignments: each source follows the rules, and everything derived from it is correct."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import sample_course

from grader.checks import cells
from grader.course import course_folder
from grader.course.release import release
from grader.run import submission
from grader.run.assemble import assemble
from grader.source import audit, derive

pytestmark = pytest.mark.classroom

TOPICS = derive.topics()
FOLDER, GRADER = derive.SOURCES, sample_course.GRADER


@pytest.mark.parametrize("topic", TOPICS)
def test_an_assignment_follows_the_rules(topic):
    assert audit.problems(topic, numbers=[0]) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_a_source_is_stored_in_one_form(topic):
    path = FOLDER / f"{topic}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert path.read_text(encoding="utf-8") == nbformat.writes(notebook, version=4) + "\n"


@pytest.mark.parametrize("topic", TOPICS)
def test_a_notebook_as_it_was_received_has_no_answer(topic, tmp_path):
    """The last cell, links, and what was not changed are no free text of the student."""
    course_folder.new_course(tmp_path / "course")
    round_, paths = release(tmp_path / "course", topic)
    given = derive.release(round_.source, round_.seed(), 1)
    assembled = assemble(submission.read(paths[0], 1), given)
    assert assembled.notes == []
    for cell in filter(cells.is_manual, given.cells):
        assert assembled.texts[cells.grade_id(cell)] == cell.source.strip()


def test_the_folder_holds_nothing_but_sources():
    assert {path.suffix for path in FOLDER.iterdir()} == {".ipynb"}


def test_another_process_derives_the_same_bytes():
    code = "import sys, nbformat; from grader.source import derive; "
    code += "sys.stdout.write(nbformat.writes(derive.release(sys.argv[1], 'a seed', 3)))"
    run = [sys.executable, "-c", code, TOPICS[0]]
    again = subprocess.run(
        run, capture_output=True, text=True, check=True, env=sample_course.inherited()
    ).stdout
    assert again == nbformat.writes(derive.release(TOPICS[0], "a seed", 3))


@pytest.mark.parametrize("topic", TOPICS)
def test_variants_and_rounds_have_different_numbers(topic):
    texts = [nbformat.writes(derive.release(topic, "a seed", number)) for number in range(20)]
    texts.append(nbformat.writes(derive.release(topic, "another seed", 0)))
    assert len({re.sub(r'"variant": \d+', "", text) for text in texts}) == 21


@pytest.mark.skipif(not GRADER.exists(), reason="not run: make grader-envs installs nbgrader")
def test_nbgrader_makes_the_same_release():
    run = [GRADER, Path(__file__).with_name("nbgrader_release.py")]
    done = subprocess.run(run, capture_output=True, text=True, env=sample_course.inherited())
    assert done.stdout == "compared\n", done.stdout + done.stderr


def test_the_command_derives_and_checks(tmp_path, capsys):
    assert audit.main(["regression", "--variants", "1", "--into", str(tmp_path)]) == 0
    assert "All assignments follow the rules." in capsys.readouterr().out
    release, solution = (
        (tmp_path / kind / "regression-v0" / "regression.ipynb").read_text(encoding="utf-8")
        for kind in ("release", "solution")
    )
    assert "np.median(hours)" in solution
    assert "np.median(hours)" not in release


def test_the_command_reports_a_broken_rule(changed_source, capsys):
    path = changed_source(*ERRORS["a link to no page"][:2])
    assert audit.main([str(path), "--variants", "1"]) == 1
    assert "there is no page" in capsys.readouterr().err


def test_the_command_reports_an_unknown_assignment_in_one_sentence():
    with pytest.raises(SystemExit, match="error: there is no assignment poetry"):
        audit.main(["poetry"])


def test_links_lead_to_the_book_if_its_address_is_known():
    linked = derive.release("softmax", "a seed", 0, book="https://example.org/book-of-losses/")
    text = nbformat.writes(linked)
    assert "[Softmax](https://example.org/book-of-losses/book/softmax.html)" in text
    assert "](" not in nbformat.writes(derive.release("softmax", "a seed", 0))


def test_an_unknown_source_is_reported_in_one_sentence():
    with pytest.raises(ValueError, match="there is no assignment poetry"):
        derive.read("poetry")


@pytest.fixture
def changed_source(tmp_path):
    """Return a function that changes the source of *softmax* and gives the path of the copy."""

    def change(old, new):
        text = (FOLDER / "softmax.ipynb").read_text(encoding="utf-8")
        assert text.count(old) >= 1, "the source was not changed"
        path = tmp_path / "softmax.ipynb"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    return change


ERRORS = {
    "an answer in the task": (
        "shift = 100 * int(rng.integers(1, 9))",
        "shift = f'{np.log(classes):.4f}'",
        "the release holds the answer to “the loss of a network that knows nothing”",
    ),
    "a solution that is wrong": (
        "return exponentials / np.sum(exponentials, axis=-1, keepdims=True)",
        "return exponentials",
        "“right” gets",
    ),
    "a wrong answer that says wrong points": (
        r"wrong(\"textbook formula\", loses=2",
        r"wrong(\"textbook formula\", loses=1",
        "“textbook formula” gets",
    ),
    "a check that nothing fails": (
        r"wrong(\"does not divide by the sum\", loses=4",
        r"(lambda *_, **__: 0)(\"does not divide by the sum\", loses=4",
        "no declared wrong answer fails the check “one row”",
    ),
    "a wrong answer that is not recognised": (
        r"these are the right probabilities in the wrong order; see softmax\": _p[::-1]",
        r"these are the right probabilities in the wrong order; see softmax\": 2 * _p[::-1]",
        "no check recognises “order turned round”",
    ),
    "points that are not those of the checks": ('"points": 5', '"points": 6', "its checks have"),
    "a link to no page": ("book/softmax.ipynb", "book/soft.ipynb", "there is no page"),
    "a sentence without a page": ("each row must; see", "each row must: see", "names no page"),
    "numbers that do not vary": (
        "steps = rng.",
        "steps = (rng := np.random.default_rng(0)).",
        "differ",
    ),
}


@pytest.mark.parametrize("error", ERRORS)
def test_the_audit_finds_an_error(changed_source, error):
    old, new, sentence = ERRORS[error]
    problems = audit.problems(changed_source(old, new), numbers=[0])
    assert any(sentence in problem for problem in problems), problems


@pytest.mark.parametrize("step", ["_with_stub", "_without_hidden"])
def test_the_audit_finds_a_solution_or_a_hidden_part_in_a_release(monkeypatch, step):
    kept = {"_with_stub": lambda cell: cell.source, "_without_hidden": lambda source: source}
    monkeypatch.setattr(derive, step, kept[step])
    problems = audit.problems("regression", numbers=[0])
    assert any("a line that must stay hidden" in problem for problem in problems), problems
