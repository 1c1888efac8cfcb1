"""Manual grading: a CSV file for the teacher to fill in, and a page with the students' answers."""

import hashlib
import math

from grader import files
from grader.course import course_folder, tables

COLUMNS = ("student", "name", "question", "answer", "possible", "points", "comment")
BLANK = (0.0, "Nothing was written.")


def sheet(round_):
    """Return the path of the file with the points of manual grading."""
    return round_.course / "manual-grading" / f"{round_.name}.csv"


def fingerprint(answer):
    """Return a short name of an answer: a different answer needs points of its own."""
    return hashlib.sha256(answer.encode(errors="replace")).hexdigest()[:12]


def points(round_):
    """Return the teacher's points: (student, question, answer) -> (points, comment)."""
    if not sheet(round_).exists():
        return {}
    heads, lines = tables.read_csv(sheet(round_))
    if not set(COLUMNS) <= set(heads):
        raise files.Problem(f"{sheet(round_)} needs the columns {', '.join(COLUMNS)}")
    given = {}
    for number, line in enumerate(lines, start=2):
        if line["points"].strip():
            name = tuple(tables.plain(line[head]) for head in ("student", "question", "answer"))
            given[name] = (_number(round_, number, line), tables.plain(line["comment"]))
    return given


def _number(round_, number, line):
    try:
        earned, possible = (
            float(line[head].strip().replace(",", ".")) for head in ("points", "possible")
        )
    except ValueError:
        earned = possible = math.nan
    if not 0 <= earned <= possible:
        raise files.Problem(
            f"{sheet(round_)}, line {number}: expected points from 0 to {line['possible']}, "
            f"got {line['points']!r}"
        )
    return earned


def marks(given, student, result):
    """Return the manual points of one result: question -> (points, comment)."""
    chosen = {}
    for answer in result["manual"] if result else []:
        name = (student.key, answer["grade_id"], fingerprint(answer["answer"]))
        if name in given or answer["blank"]:
            chosen[answer["grade_id"]] = given.get(name, BLANK)
    return chosen


def write_sheet(round_, table):
    """Update the file: a line for each answer; what the teacher wrote stays."""
    kept = points(round_)
    lines = []
    for row in table:
        for answer in row.result["manual"] if row.result else []:
            student, question = row.attempt.student, answer["grade_id"]
            name = (student.key, question, fingerprint(answer["answer"]))
            kept.pop(name, None)
            start = [student.key, student.name, question, name[2], answer["max_points"]]
            lines.append([*start, *row.manual.get(question, ("", ""))])
    for (student, question, answer), (earned, comment) in kept.items():
        # Points for an answer that no longer counts: nothing that the teacher wrote is lost.
        lines.append([student, "", question, answer, earned, earned, comment])
    if lines:
        course_folder.replace(round_.course, sheet(round_), tables.as_csv([COLUMNS, *lines]))
    return len(lines)
