"""Fill in a gradebook exported from Canvas, or a grading worksheet from Moodle.

Their form is that of Moodle 5.1 (`gradingtable.php`, `importgradeslib.php`) and of
instructure/canvas-lms at 0140a2ef (`gradebook_exporter.rb`) and 00b222d7 (`gradebook_importer.rb`).
Only the column with the points and the one for comments are changed.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from grader import files
from grader.course import lms, tables
from grader.course.comments import START, comment, comment_as_html
from grader.course.lms import shorten

IDENTITIES = {"canvas": "ID", "moodle": "Identifier"}
CANVAS_MAXIMUM = "Points Possible"
EXCUSED, NOT_ASSIGNED = "EX", "N/A"  # in Canvas, instead of points
MOODLE_COMMENTS = "Feedback comments"


@dataclass(frozen=True)
class Wanted:
    """What is filled in; see `grader.course.export.export`."""

    form: str
    title: str
    possible: float
    scale: bool = False
    comments: str | None = None


def filled(into, table, wanted, say):
    """Return the lines of the file, with points and comments in their columns."""
    if wanted.form not in IDENTITIES:
        raise files.Problem("--into needs a file from Canvas or Moodle; say which with --to")
    heads, lines = tables.read_csv(into)
    lines = [{head: tables.plain(line[head]) for head in heads} for line in lines]
    identity, column, comments = _columns(wanted, heads, into)
    factor = _factor(_maxima(lines, heads, identity, column, wanted.form), wanted, into, say)
    known = {row.attempt.student.number: row for row in table
             if row.attempt.student.lms == wanted.form and row.attempt.student.number}  # fmt: skip
    if table and not known:
        raise files.Problem(f"{into} was not filled in: --to says {wanted.form}, but no student "
                            "of this round was collected from there")  # fmt: skip
    listed = {lms.number(line[identity]): line for line in lines}
    _report_missing(into, known, listed, say)
    for line in lines:
        if row := known.get(lms.number(line[identity])):
            _fill_points(line, column, row, factor, say)
            _fill_comment(line, comments, row, wanted, factor, say)
    return [
        [tables.shown(head) for head in heads],
        *([line[head] for head in heads] for line in lines),
    ]


def _fill_points(line, column, row, factor, say):
    """Enter known points; leave alone what is unknown, excused or not assigned."""
    if line[column].strip() in (EXCUSED, NOT_ASSIGNED):
        say(f"{row.attempt.student.name}: {line[column].strip()} in the LMS; left as it is")
    elif row.points is not None:
        line[column] = round(row.points * factor, 6)


def _fill_comment(line, column, row, wanted, factor, say):
    """Enter a comment where there is none but an earlier one of the grader."""
    text = comment(row, wanted.possible, factor)
    text = comment_as_html(text) if wanted.form == "moodle" else text
    if column is None or not text:
        return
    if line[column].strip() and not line[column].lstrip().startswith(START):
        say(f"{row.attempt.student.name}: there is a comment in the LMS; left as it is")
    else:
        line[column] = text


def _report_missing(into, known, listed, say):
    missing = [row.attempt.student.name for number, row in known.items() if number not in listed]
    who = shorten(lms.listed(missing)) or "every student of this round"
    if len(missing) == len(known):
        raise files.Problem(f"{into} lacks {who}; download it again, for all groups")
    if missing:
        say(f"{into} lacks {who}: skipped; they left the course or are anonymous, or it lacks "
            "groups")  # fmt: skip


def _factor(most, wanted, into, say):
    """Return what points are multiplied by; refuse a different maximum unless it is wanted."""
    if not most:
        say(f"{into} states no maximum points: they could not be compared with "
            f"{wanted.possible:g}")  # fmt: skip
    different = [each for each in sorted(most) if abs(each - wanted.possible) > 1e-9]
    if not different:
        return 1.0
    if wanted.scale and len(most) == 1 and wanted.possible:
        return different[0] / wanted.possible
    raise files.Problem(
        f"{into} has a maximum of {different[0]:g} points, the assignment has "
        f"{wanted.possible:g}; change it in the LMS and download the file again, or scale the "
        "points with --scale"
    )


def _maxima(lines, heads, identity, column, form):
    """Return the maximum points that a file states."""
    if form == "canvas":  # a line of its own, without a number: a student may have this name
        lines = [line for line in lines if not line[identity].strip()]
        lines = [line for line in lines if line[heads[0]].strip() == CANVAS_MAXIMUM]
    else:  # the next column, whatever it is called in the language of the site
        column = dict(pairwise(heads)).get(column)
        lines = lines if column else []
    return {_number(line[column]) for line in lines} - {None}


def _number(cell):
    """Return the number in a cell, or None."""
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None


def _columns(wanted, heads, into):
    """Return the names of the columns with the student's number, the points and the comments."""
    if wanted.form == "moodle":
        titles = (wanted.title, "Grade")
        identity, fits = heads[:1], [head for head in heads if tables.shown(head) in titles]
    else:
        title = rf"{re.escape(wanted.title)}( \(\d+\))?"
        identity = [head for head in heads if head == IDENTITIES["canvas"]]
        fits = [head for head in heads if re.fullmatch(title, tables.shown(head))]
    if len(fits) != 1 or not identity:
        raise files.Problem(
            f"{into} must have one column {wanted.title} for the points; name it with --title, "
            f"there are: {shorten(', '.join(map(tables.shown, heads)), 300)}"
        )
    if wanted.comments and wanted.comments not in heads:
        raise files.Problem(f"{into} has no column {wanted.comments} for the comments")
    default = MOODLE_COMMENTS if MOODLE_COMMENTS in heads else None
    return identity[0], fits[0], wanted.comments or default
