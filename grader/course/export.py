"""Write points for Canvas, Moodle and spreadsheets. Unknown points stay blank."""

from grader.course import course_folder, gradebook, late, lms, lms_file, tables
from grader.course.comments import comment, comment_as_html, remarks
from grader.run.result import COULD_NOT

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)",
          "Feedback comments")  # fmt: skip
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
    "stored as",
    "remarks",
)


def export(round_, table, form, title, into=None, scale=False, say=print, comments=None):
    """Write one CSV file; return its path, and how many points in it are blank.

    Parameters
    ----------
    into : path, optional
        A file exported by the LMS: a copy of it with the points filled in is written.
    scale : bool, default False
        Scale the points to the maximum of the LMS; otherwise another maximum is refused.
    say : function
        Called with one sentence about the students whom the file of the LMS lacks.
    comments : str, optional
        The column for comments in that file; by default Moodle's, in English.
    """
    possible = gradebook.possible(round_)
    if into:
        wanted = lms_file.Wanted(form, title, possible, scale, comments)
        lines = lms_file.filled(into, table, wanted, say)
    else:
        makers = {"plain": _plain, "canvas": _canvas, "moodle": _moodle}
        lines = makers[form](table, title, possible)
    _report_unknown_delays(table, say)
    mark = "\ufeff" if form == "plain" else ""
    path = round_.course / "export" / f"{round_.name}-{form}.csv"
    course_folder.replace(round_.course, path, tables.as_csv(lines, mark))
    return path, sum(row.points is None for row in table)


def _report_unknown_delays(table, say):
    """Name the students whom Canvas calls late, where a rule needs to know by how much."""
    names = [row.attempt.student.name for row in table
             if row.attempt.days_late is None and row.late_rule != late.FREE
             and row.override.points is None and row.state != COULD_NOT]  # fmt: skip
    if names:
        say(
            f"{lms.listed(names)}: late, but Canvas does not say by how much, so no points are "
            "taken off; days_late in overrides.toml says it"
        )


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
        counts += [attempt.name if attempt.handed_in else "", " ".join(remarks(row))]
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
        text = comment_as_html(comment(row, possible))
        lines.append([number, student.name, points(row), possible, "-", text])
    return lines
