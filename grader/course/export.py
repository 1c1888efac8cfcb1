"""Write points for Canvas, Moodle and spreadsheets. Unknown points stay blank."""

import re

from grader import files
from grader.course import course_folder, gradebook, tables
from grader.course.collect import shorten

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)")
PLAIN = (
    "student",
    "name",
    "points",
    "possible",
    "state",
    "reason",
    "late",
    "attempts",
    "handed in",
    "attempt",
    "why it counts",
)
CANVAS_MAXIMUM = "Points Possible"
FORMS = ("plain", "canvas", "moodle")


def export(round_, table, form, title, into=None, scale=False, say=print):
    """Write one CSV file; return its path, and how many points in it are blank.

    Parameters
    ----------
    into : path, optional
        A file exported by the LMS: a copy of it with the points filled in is written.
    scale : bool, default False
        Scale the points to the maximum of the LMS; otherwise another maximum is refused.
    say : function
        Called with one sentence about the students whom the file of the LMS lacks.
    """
    possible = gradebook.possible(round_)
    if into:
        lines = _filled(table, form, title, into, possible, scale, say)
    else:
        makers = {"plain": _plain, "canvas": _canvas, "moodle": _moodle}
        lines = makers[form](table, title, possible)
    mark = "\ufeff" if form == "plain" else ""
    path = round_.course / "export" / f"{round_.name}-{form}.csv"
    course_folder.replace(round_.course, path, tables.as_csv(lines, mark))
    return path, sum(row.points is None for row in table)


def points(row):
    """Return the points for a cell: blank unless they are known."""
    return "" if row.points is None else row.points


def _plain(table, title, possible):
    lines = [PLAIN]
    for row in table:
        attempt = row.attempt
        late = "late" if attempt.late else ""
        about = [attempt.student.key, attempt.student.name, points(row), possible]
        counts = [row.others + 1, attempt.handed_in, attempt.original, row.why]
        lines.append([*about, row.state, row.reason, late, *counts])
    return lines


def _canvas(table, title, possible):
    lines = [[*CANVAS, title], ["    Points Possible", "", "", "", "", possible]]
    for row in table:
        student = row.attempt.student
        number = student.number if student.lms == "canvas" else ""
        login = "" if number else student.key
        lines.append([student.name, number, "", login, "", points(row)])
    return lines


def _moodle(table, title, possible):
    lines = [MOODLE]
    for row in table:
        student = row.attempt.student
        number = f"Participant {student.number}" if student.lms == "moodle" else student.key
        lines.append([number, student.name, points(row), possible, "-"])
    return lines


def _filled(table, form, title, into, possible, scale, say):
    """Return the lines of the LMS's file with the points in their column."""
    heads, lines = tables.read_csv(into)
    known = {row.attempt.student.number: row for row in table if row.attempt.student.lms == form}
    identity, column = _columns(form, title, heads, into)
    listed, factor = set(), _factor(lines, form, column, into, possible, scale)
    for line in lines:
        # Moodle writes "Participant 12345", in the language of the site.
        number = line[identity].strip().split(" ")[-1]
        line.update({head: tables.plain(text) for head, text in line.items()})
        if number in known:
            listed.add(number)
            earned = points(known[number])
            line[column] = earned if earned == "" else round(earned * factor, 6)
    missing = [row.attempt.student.name for number, row in known.items() if number not in listed]
    who = shorten(", ".join(missing)) or "every student of this round"
    if not listed:
        raise files.Problem(f"{into} lacks {who}; download it again, for all groups")
    if missing:
        say(f"{into} lacks {who}: skipped; they left the course, or it is not for all groups")
    return [heads, *([line[head] for head in heads] for line in lines)]


def _factor(lines, form, column, into, possible, scale):
    """Return what points are multiplied by; refuse a different maximum unless it is wanted."""
    if form == "canvas":
        lines = [line for line in lines if (line.get("Student") or "").strip() == CANVAS_MAXIMUM]
    most = {_number(line, column if form == "canvas" else "Maximum Grade") for line in lines}
    most.discard(None)
    different = [each for each in sorted(most) if abs(each - possible) > 1e-9]
    if not different:
        return 1.0
    if scale and len(most) == 1 and possible:
        return different[0] / possible
    raise files.Problem(
        f"{into} has a maximum of {different[0]:g} points, the assignment has {possible:g}; change "
        "it in the LMS and download the file again, or scale the points with --scale"
    )


def _number(line, column):
    """Return the number in a cell, or None."""
    try:
        return float((line.get(column) or "").strip().replace(",", "."))
    except ValueError:
        return None


def _columns(form, title, heads, into):
    """Return the names of the columns with the student's number and with the points."""
    if form == "plain":
        raise files.Problem("--into needs a file from Canvas or Moodle; say which with --to")
    if form == "moodle":
        identity, fits = heads[:1], [head for head in heads if head in (title, "Grade")]
    else:
        identity = [head for head in heads if head == "ID"]
        fits = [head for head in heads if re.fullmatch(rf"{re.escape(title)}( \(\d+\))?", head)]
    if len(fits) != 1 or not identity:
        raise files.Problem(
            f"{into} must have one column {title} for the points; name it with --title, "
            f"there are: {shorten(', '.join(heads), 300)}"
        )
    return identity[0], fits[0]
