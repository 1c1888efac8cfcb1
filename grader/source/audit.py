"""Derive the assignments and check their sources against the rules; `make assignments` runs it.

Usage: python -m grader.source.audit [--variants N] [--into FOLDER] [ASSIGNMENT ...]

An assignment is one of `derive.topics()`, or the path of your own source. Only the teacher's code
runs here, in this process. Every check returns one sentence for each rule that is broken.
`grader.source.form` checks what needs no answers to run.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat
import numpy as np

from grader.checks import cells, hidden, plans
from grader.source import derive, places, running
from grader.source.answers import answers
from grader.source.form import SEED, form

WORDS = 200  # of one cell of a task
MANY = 50  # variants that are drawn to see that they differ
# What reading a source raises that cannot be used.
BROKEN = (ValueError, SyntaxError, NameError, LookupError, AttributeError, TypeError)
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)[^\n]*\n.*?### END \1", re.DOTALL)
LINK = re.compile(r"\]\(([^)]+)\)")
SEE = re.compile(r"; see ([\w/-]+)$")


def problems(topic, numbers=range(3), grading=None):
    """Return a sentence for each thing that is wrong with an assignment.

    Parameters
    ----------
    topic : str or Path
        As in `derive.read`.
    numbers : iterable of int
        The variants whose answers are graded.
    grading : function of a plan, optional
        As in `faults`.
    """
    wrong = faults(topic, numbers, grading)
    return [f"{topic}: {sentence}" for sentence in wrong + ([] if form(topic) else advice(topic))]


def faults(topic, numbers, grading=None):
    """Return a sentence for each rule without which points would be wrong, or answers given away.

    Parameters
    ----------
    topic, numbers
        As in `problems`.
    grading : function of a plan, optional
        Returns a context manager that gives a `grader.source.running.Trial`. By default the
        notebooks run in this process.
    """
    sentences, grading = form(topic), grading or running.in_process
    for number in numbers:
        if not sentences:  # a wrong form cannot be graded, and a second variant says the same
            sentences = _release(topic, number) + _points(topic, number, grading)
    return list(dict.fromkeys(sentences))


def advice(topic):
    """Return a sentence for each thing that makes an assignment harder to learn from."""
    sentences = _text(topic) + _variants(topic)
    for number in range(3):
        sentences += _sentences(topic, number)
    return list(dict.fromkeys(sentences))


def _points(topic, number, grading):
    """Right gets all points, blank none, wrong loses what it declares; each check fails once."""
    sentences, failed, checked = [], set(), set()
    parts = derive.hidden(topic, SEED, number)
    plan = plans.prepare(derive.release(topic, SEED, number), parts, SEED)
    with grading(plan) as trial:
        for answer in answers(topic, SEED, number):
            outcomes = trial.outcomes(answer.notebook)
            wrong = _of_answer(answer, outcomes)
            if answer.words == "right":
                wrong += _failing(answer.notebook, trial)
            sentences += [f"variant {number}: {each}" for each in wrong]
            if wrong and answer.words == "right":  # the others are made from it
                return sentences
            checked |= {outcome["words"] for outcome in outcomes}
            failed |= {each["words"] for each in _lost(outcomes) if answer.words != "blank"}
    return sentences + _never_failed(checked - failed)


def _lost(outcomes):
    """Return the checks that did not give all their points."""
    return [outcome for outcome in outcomes if outcome["points"] < outcome["max_points"]]


def _never_failed(checks):
    """Return a sentence for each check that no wrong answer fails."""
    return [f"no declared wrong answer fails the check “{words}”; declare one with wrong(...)"
            for words in sorted(checks)]  # fmt: skip


def _failing(notebook, trial):
    """Return a sentence for each cell, with visible tests too, that fails beside the solution."""
    failures = trial.failures(running.with_visible_tests(notebook))
    return [
        f"the cell “{source.strip().partition(chr(10))[0][:50]}” fails, although all answers are "
        f"right: {error}; correct the cell"
        for source, error in failures
    ]


def _of_answer(answer, outcomes):
    """Return what is wrong with the points of one declared answer."""
    earned, sentences = sum(outcome["points"] for outcome in outcomes), []
    lost = _lost(outcomes)
    if abs(earned - answer.points) > 1e-9:
        where = "; ".join(f"{outcome['words']} ({outcome['message']})" for outcome in lost)
        change = "the solution" if answer.words == "right" else "its loses= or its function"
        sentences.append(
            f"“{answer.words}” gets {earned:g}, expected {answer.points:g}; correct {change}, or "
            f"the check: {where or 'each of them takes it for right'}"
        )
    recognised = any(o["mistake"] or SEE.search(o["message"]) for o in lost)
    if lost and answer.words not in ("right", "blank") and not recognised:
        sentences.append(f"no check recognises “{answer.words}”; add it to the mistakes of one")
    return sentences


def _release(topic, number):
    """The release holds no line of the solution or of a hidden part, and is always the same."""
    release = derive.release(topic, SEED, number)
    text = nbformat.writes(release)
    sentences = [
        f"variant {number}: the release holds a line that must stay hidden; put it between "
        f"the markers: {line.strip()}"
        for line in _hidden_lines(topic, number, release)
    ]
    sentences += [
        f"variant {number}: the release holds the answer to “{check.words}”; take "
        f"{digits} out of the task"
        for check in _checks(topic, number)
        for digits in _numbers(check)
        if digits in text
    ]
    again = nbformat.writes(derive.release(topic, SEED, number))
    return sentences + (["the release differs when rebuilt"] if text != again else [])


def _hidden_lines(topic, number, release):
    """Return the lines of a release that are neither a stub nor in the visible source."""
    source = derive.source(topic, SEED, number)
    visible = {line for cell in source.cells for line in REGION.sub("", cell.source).split("\n")}
    visible = {_unlinked(line).strip() for line in visible}
    lines = [line for cell in release.cells for line in cell.source.split("\n")]
    return [line for line in lines if not (_is_stub(line) or _unlinked(line).strip() in visible)]


def _checks(topic, number):
    """Return all checks of an assignment."""
    declared = hidden.run(derive.hidden(topic, SEED, number))
    return [check for checks in declared.checks.values() for check in checks]


def _numbers(check):
    """Return the expected numbers of a value as text, without those that may occur by chance."""
    if check.kind != "value" or isinstance(check.expected, str):
        return []
    texts = [f"{abs(value):.3f}" for value in np.ravel(check.expected).tolist()]
    return [text for text in texts if not text.endswith("00")]


def _unlinked(line):
    return derive.BOOK_LINK.sub(r"*\1*", line)


def _is_stub(line):
    return re.fullmatch(r"\w+ = \.\.\.", line) or line.strip() in (derive.STUB, derive.TEXT_STUB)


def _text(topic):
    """No task is long, and links lead to pages of the book."""
    sentences = []
    for cell in derive.read(topic).cells:
        if cell.cell_type == "markdown" and not cells.is_answer(cell):
            count = len(cell.source.split())
            sentences += [f"cell {cell.id} has {count} words, over {WORDS}; shorten it"] * (
                count > WORDS
            )
            sentences += [
                f"cell {cell.id}: there is no page {target}; write ../book/softmax.ipynb"
                for target in LINK.findall(cell.source)
                if not (derive.SOURCES / target.split("#")[0]).resolve().is_file()
            ]
    return sentences


def _sentences(topic, number):
    """Every sentence about a known mistake names the page of the book that explains it."""
    checks = _checks(topic, number)
    sentences = {words for check in checks for words in (*check.mistakes, *check.because.values())}
    return [
        f"a sentence names no page of the book; end it with “; see softmax”, for example: {words}"
        for words in sorted(sentences)
        if not _leads(words)
    ]


def _leads(sentence):
    place = SEE.search(sentence)
    return place and place[1] in places.places()


def _variants(topic):
    """All variants have different numbers, in the same form."""
    drawn = [derive.variant(topic, SEED, number) for number in range(MANY)]
    different = len({repr(values) for values in drawn})
    sentences = []
    if different < MANY:
        sentences.append(
            f"only {different} of {MANY} variants differ; draw more from rng in ### VARIANT"
        )
    forms = {repr({name: _form_of(value) for name, value in values.items()}) for values in drawn}
    return sentences + (
        ["the variants differ in form; draw one shape and type"] if len(forms) > 1 else []
    )


def _form_of(value):
    """Return the shape and the kind of a drawn value: they make two variants equally hard."""
    if isinstance(value, list):
        return [_form_of(entry) for entry in value]
    return type(value).__name__


def write(topic, number, folder):
    """Write source, release and solution of one variant, in nbgrader's folders."""
    for kind in ("source", "release", "solution"):
        notebook = getattr(derive, kind)(topic, SEED, number)
        name = notebook.metadata[derive.KEY]["assignment"]
        path = folder / kind / f"{name}-v{number}" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)


def extent(topic):
    """Say how many questions and points an assignment has.

    Examples
    --------
    >>> extent("softmax")
    '6 questions, 21 points, 3 graded manually'
    """
    points = derive.questions(topic)
    manual = sum(question.points for question in derive.manual(topic).values())
    return f"{len(points)} questions, {sum(points.values()):g} points, {manual:g} graded manually"


def main(arguments=None):
    """Derive and check; the exit status is 1 if a rule is broken."""
    parser = argparse.ArgumentParser(
        prog="python -m grader.source.audit", description=__doc__.splitlines()[0]
    )
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT")
    parser.add_argument("--variants", type=int, default=3, help="how many to derive and grade")
    parser.add_argument("--into", type=Path, help="write the derived notebooks to this folder")
    options = parser.parse_args(arguments)
    try:
        broken = sum(_one(topic, options) for topic in options.assignments or derive.topics())
    except BROKEN as problem:
        sys.exit(f"error: {problem}")
    print(f"{broken} assignments break a rule" if broken else "All assignments follow the rules.")
    return 1 if broken else 0


def _one(topic, options):
    """Derive and check one assignment; tell whether a rule is broken."""
    print(f"{topic}: ", end="", flush=True)
    sentences = problems(topic, range(options.variants))
    for number in range(options.variants if options.into else 0):
        write(topic, number, options.into)
    print("" if form(topic) else extent(topic))
    for sentence in sentences:
        print(f"  {sentence}", file=sys.stderr)
    return bool(sentences)


if __name__ == "__main__":
    sys.exit(main())
