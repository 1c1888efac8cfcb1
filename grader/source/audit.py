"""Derive the assignments and check what their sources promise; `make assignments` runs it.

Usage: python -m grader.source.audit [--variants N] [--into FOLDER] [ASSIGNMENT ...]

An assignment is one of `derive.topics()`, or the path of a source of your own. Trusted code alone
runs here, the teacher's, and it runs in this process. Every check returns sentences, one for each
promise that is broken.
"""

import argparse
import io
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import numpy as np

from grader.checks import plans
from grader.source import derive
from grader.source.answers import answers, declarations

WORDS = 200  # of one cell of a task
SEED = "make assignments"
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n.*?### END \1", re.DOTALL)
LINK = re.compile(r"\]\(([^)]+)\)")
SEE = re.compile(r"; see ([\w/-]+)$")


def problems(topic, numbers=range(3)):
    """Return what is wrong with an assignment, a sentence each; an empty list is the proof.

    Parameters
    ----------
    topic : str or Path
        As in `derive.read`.
    numbers : iterable of int
        The variants whose answers are graded.
    """
    found = _form(topic) + _text(topic) + _variants(topic)
    for number in () if _form(topic) else numbers:  # without form, nothing can be graded
        found += _release(topic, number) + _points(topic, number) + _sentences(topic, number)
    return [f"{topic}: {sentence}" for sentence in dict.fromkeys(found)]


def grade(topic, number, notebook, seed=SEED):
    """Return the outcome of every check for a notebook that is trusted."""
    hidden = derive.hidden(topic, SEED, number)
    plan = plans.prepare(derive.release(topic, SEED, number), hidden, seed)
    with np.errstate(all="ignore"):
        return plans.outcomes(plan, run(notebook))


def run(notebook):
    """Run the code of a notebook as far as it goes, and return its names."""
    names = {"__name__": "__main__"}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.metadata.nbgrader.grade:
            try:
                # What a notebook says, and how it prints numbers, stays with it.
                with redirect_stdout(io.StringIO()), np.printoptions():
                    exec(compile(cell.source, cell.id, "exec"), names)
            except Exception as error:
                names.setdefault("__errors__", []).append(f"{cell.id}: {error!r}")
    return names


def _points(topic, number):
    """Right gets all points, blank none, wrong loses what it says; each check is failed once."""
    found, failed, checked = [], set(), set()
    for words, notebook, points, _ in answers(topic, SEED, number):
        outcomes = grade(topic, number, notebook)
        lost = [outcome for outcome in outcomes if outcome["points"] < outcome["max_points"]]
        checked |= {outcome["words"] for outcome in outcomes}
        earned = sum(outcome["points"] for outcome in outcomes)
        if abs(earned - points) > 1e-9:
            at = "; ".join(f"{outcome['words']} ({outcome['message']})" for outcome in lost)
            found.append(f"variant {number}: “{words}” gets {earned}, expected {points}: {at}")
        if words != "blank":
            failed |= {outcome["words"] for outcome in lost}
            if lost and not any(o["mistake"] or SEE.search(o["message"]) for o in lost):
                found.append(f"variant {number}: no check recognises “{words}”")
    unproved = sorted(checked - failed)
    return found + [f"no declared wrong answer fails the check “{words}”" for words in unproved]


def _release(topic, number):
    """The release holds no line of the solution or of a hidden part, and is always the same."""
    release = derive.release(topic, SEED, number)
    source = derive.source(topic, SEED, number)
    visible = {line for cell in source.cells for line in REGION.sub("", cell.source).split("\n")}
    visible = {_unlinked(line).strip() for line in visible}
    found = [
        f"variant {number}: the release holds a line that is not to be seen: {line.strip()}"
        for cell in release.cells
        for line in cell.source.split("\n")
        if _unlinked(line).strip() not in visible and not _is_stub(line)
    ]
    text = nbformat.writes(release)
    _, checks = declarations(derive.hidden(topic, SEED, number))
    found += [
        f"variant {number}: the release holds the answer to “{check.words}”: {digits}"
        for check in checks
        for digits in _numbers(check)
        if digits in text
    ]
    again = nbformat.writes(derive.release(topic, SEED, number))
    return found + (["the release differs when rebuilt"] if text != again else [])


def _numbers(check):
    """Return the expected numbers of a value as text, but those that may be there by chance."""
    if check.kind != "value" or isinstance(check.expected, str):
        return []
    texts = [f"{abs(value):.3f}" for value in np.ravel(check.expected).tolist()]
    return [text for text in texts if not text.endswith("00")]


def _unlinked(line):
    return derive.BOOK_LINK.sub(r"*\1*", line)


def _is_stub(line):
    return re.fullmatch(r"\w+ = \.\.\.", line) or line.strip() in (derive.STUB, derive.TEXT_STUB)


def _form(topic):
    """The source has no outputs, one id per cell, and the points of its checks."""
    source = derive.read(topic)
    found = [f"cell {cell.id} has outputs" for cell in source.cells if cell.get("outputs")]
    ids = [cell.id for cell in source.cells]
    found += [f"cell id {id!r} comes twice" for id in sorted(set(ids)) if ids.count(id) > 1]
    hidden, marks = derive.hidden(topic, SEED, 0), derive.questions(topic)
    for question in marks.keys() - derive.manual(topic).keys():
        declared = sum(check.points for check in _checks_of(hidden, question))
        if declared != marks[question]:
            found.append(f"{question} has {marks[question]} points, its checks have {declared}")
    return found


def _checks_of(hidden, question):
    """Return the checks of one question; the parts before it run too, as they share names."""
    names = list(hidden)
    before = {name: hidden[name] for name in names[: names.index(question)]}
    through = before | {question: hidden[question]}
    return declarations(through)[1][len(declarations(before)[1]) :]


def _text(topic):
    """No task is long, and links lead to pages of the book."""
    found = []
    for cell in derive.read(topic).cells:
        if cell.cell_type == "markdown" and not cell.metadata.nbgrader.solution:
            count = len(cell.source.split())
            found += [f"cell {cell.id} has {count} words, over {WORDS}"] if count > WORDS else []
            found += [
                f"cell {cell.id}: there is no page {target}"
                for target in LINK.findall(cell.source)
                if not (derive.SOURCES / target.split("#")[0]).resolve().is_file()
            ]
    return found


def _sentences(topic, number):
    """Every sentence for a known mistake names a place in the book that explains it."""
    _, found = declarations(derive.hidden(topic, SEED, number))
    sentences = {sentence for check in found for sentence in check.mistakes}
    sentences |= {sentence for check in found for sentence in check.because.values()}
    return [f"names no place in the book to read: {s}" for s in sorted(sentences) if not _leads(s)]


def _leads(sentence):
    place = SEE.search(sentence)
    return place and place[1] in derive.places()


def _variants(topic, count=50):
    """All variants hold other numbers, in the same form."""
    drawn = [derive.variant(topic, SEED, number) for number in range(count)]
    different = len({repr(values) for values in drawn})
    found = [f"of {count} variants only {different} differ"] if different < count else []
    forms = {repr({name: _form_of(value) for name, value in values.items()}) for values in drawn}
    return found + (["the variants are not of one form"] if len(forms) > 1 else [])


def _form_of(value):
    """Return the shape and the kind of a drawn value: what makes two variants equally hard."""
    if isinstance(value, list):
        return [_form_of(entry) for entry in value]
    return type(value).__name__


def write(topic, number, folder):
    """Write source, release and solution of one variant, in the folders that nbgrader expects."""
    for kind in ("source", "release", "solution"):
        notebook = getattr(derive, kind)(topic, SEED, number)
        name = notebook.metadata[derive.KEY]["assignment"]
        path = folder / kind / f"{name}-v{number}" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)


def main(arguments=None):
    """Derive and check; the exit status is 1 where a promise is broken."""
    parser = argparse.ArgumentParser(
        prog="python -m grader.source.audit", description=__doc__.splitlines()[0]
    )
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT")
    parser.add_argument("--variants", type=int, default=3, help="how many to derive and grade")
    parser.add_argument("--into", type=Path, help="folder for what is derived; none without it")
    options = parser.parse_args(arguments)
    try:
        broken = sum(_one(topic, options) for topic in options.assignments or derive.topics())
    except (ValueError, SyntaxError, NameError) as problem:
        sys.exit(f"error: {problem}")
    print(f"{broken} assignments break a promise" if broken else "All assignments keep their word.")
    return 1 if broken else 0


def _one(topic, options):
    """Derive and check one assignment; tell whether a promise is broken."""
    print(f"{topic}: ", end="", flush=True)
    found = problems(topic, range(options.variants))
    for number in range(options.variants if options.into else 0):
        write(topic, number, options.into)
    points = derive.questions(topic)
    by_hand = sum(question.points for question in derive.manual(topic).values())
    print(f"{len(points)} questions, {sum(points.values()):g} points, {by_hand:g} of them by hand")
    for problem in found:
        print(f"  {problem}", file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
