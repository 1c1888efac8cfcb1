"""Release an assignment: a notebook for each variant, without solution and hidden tests."""

import nbformat

from grader import files
from grader.course import course_folder
from grader.source import derive

FORBIDDEN = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS")


def release(folder, topic, new_round=False):
    """Release an assignment, or update its newest round; return the round and its files.

    The first release draws a secret seed and stores the source. A repeated release gives the same
    bytes; a new round has a new seed.
    """
    options = course_folder.settings(folder)
    name = assignment_name(topic)
    known = [each for each in course_folder.rounds(folder) if each.assignment == name]
    round_ = known[-1] if known and not new_round else None
    round_ = round_ or course_folder.start_round(folder, name, derive.path(topic).read_bytes())
    paths = []
    for number in range(1, options["variants"] + 1):
        paths.append(round_.folder("release") / f"{name}-v{number}.ipynb")
        course_folder.replace(folder, paths[-1], _notebook(round_, number, options["book"]))
    return round_, paths


def _notebook(round_, number, book):
    notebook = derive.release(round_.source, round_.seed(), number, book=book)
    notebook.metadata[derive.KEY]["round"] = round_.number
    text = nbformat.writes(notebook) + "\n"
    for mark in FORBIDDEN:
        if mark in text:
            raise files.Problem(
                f"the release of {round_.name} would hold {mark}; it was not written"
            )
    return text


def assignment_name(topic):
    """Return the name of an assignment, given by its name or by the path of a source."""
    try:
        return derive.read(topic).metadata[derive.KEY]["assignment"]
    except ValueError as problem:
        raise files.Problem(str(problem)) from None
