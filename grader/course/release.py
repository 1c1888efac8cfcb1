"""Give an assignment out: a notebook for each variant, without solution and hidden tests."""

from pathlib import Path

import nbformat

from grader import files
from grader.course import course_folder
from grader.source import derive

FORBIDDEN = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS")


def release(folder, topic, new_round=False):
    """Release an assignment, or bring its newest round up to date; return the round and its files.

    The first release draws a secret seed and keeps the source as it is. Another one gives the same
    bytes; a new round gives another seed.
    """
    options = course_folder.settings(folder)
    name = assignment_name(topic)
    known = [each for each in course_folder.rounds(folder) if each.assignment == name]
    made = known[-1] if known and not new_round else None
    made = made or course_folder.start_round(folder, name, _source_bytes(topic))
    paths = []
    for number in range(1, options["variants"] + 1):
        paths.append(made.folder("release") / f"{name}-v{number}.ipynb")
        course_folder.replace(folder, paths[-1], _notebook(made, number, options["book"]))
    return made, paths


def _notebook(round_, number, book):
    notebook = derive.release(round_.source, round_.seed(), number, book=book)
    notebook.metadata[derive.KEY]["round"] = round_.number
    text = nbformat.writes(notebook) + "\n"
    for mark in FORBIDDEN:
        if mark in text:
            raise files.Problem(
                f"the release of {round_.name} would hold {mark}; it is not written"
            )
    return text


def assignment_name(topic):
    """Return the name of an assignment, given by its name or by the path of a source."""
    try:
        return derive.read(topic).metadata[derive.KEY]["assignment"]
    except ValueError as problem:
        raise files.Problem(str(problem)) from None


def _source_bytes(topic):
    path = Path(topic) if str(topic).endswith(".ipynb") else derive.SOURCES / f"{topic}.ipynb"
    return path.read_bytes()
