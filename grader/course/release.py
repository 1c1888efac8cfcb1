"""Release an assignment: a notebook for each variant, without solution and hidden tests."""

import nbformat

from grader import files
from grader.checks import last_cell
from grader.course import course_folder
from grader.self_check.archive import archive
from grader.source import audit, derive
from grader.source.form import form

SOURCE_CHANGED = (
    "the source has changed since {round} was released, and a round keeps its source; release the "
    "new one with --new-round (make: NEW=1), or the same again by naming {source}"
)
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
    source = derive.path(topic).read_bytes()
    if round_ and derive.content(round_.source) != derive.content(topic):
        raise files.Problem(SOURCE_CHANGED.format(round=round_.name, source=round_.source))
    refuse_broken(topic, "was not released")
    round_ = round_ or course_folder.start_round(folder, name, source)
    variants = range(1, options["variants"] + 1)
    return round_, [_write_variant(folder, round_, number, options) for number in variants]


def _write_variant(folder, round_, number, options):
    """Write the notebook of a variant and its self-check; return the path of the notebook."""
    name, book = round_.assignment, options["book"]
    notebook = _notebook(round_, number, book)
    limits = options.get("limits", {})
    check = archive(round_.source, round_.seed(), number, notebook, book, limits)
    notebook.cells.append(_last_cell(notebook.metadata[derive.KEY]))
    path = round_.folder("release") / f"{name}-v{number}.ipynb"
    course_folder.replace(folder, path, _text(round_, notebook))
    course_folder.replace(folder, path.with_name(last_cell.file_name(name, number)), check)
    return path


def _last_cell(about):
    """Return the cell that runs the self-check."""
    return nbformat.v4.new_code_cell(
        last_cell.code(about), id="self-check", metadata={"tags": ["self-check"]}
    )


def refuse_broken(topic, refused):
    """Refuse a source that breaks a rule of the audit about its form; `refused` says to do what."""
    try:
        sentences = form(topic)
    except audit.BROKEN as problem:
        sentences = [str(problem)]
    if sentences:
        more = f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else ""
        raise files.Problem(f"{topic} {refused}: {sentences[0]}{more}")


def _notebook(round_, number, book):
    notebook = derive.release(round_.source, round_.seed(), number, book=book)
    notebook.metadata[derive.KEY]["round"] = round_.number
    return notebook


def _text(round_, notebook):
    """Return the text of a notebook; refuse one that would give something away."""
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
