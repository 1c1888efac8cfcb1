"""The students of a course: `roster.csv` in the course folder, which a teacher may put there.

It is a gradebook exported from Canvas, a grading worksheet from Moodle, or a table with the columns
`student` (the name of the folder or file that is handed in) and `name`.
"""

import re

from grader import files
from grader.course import lms, tables

# Form: the column with the number or key, and the column with the name.
COLUMNS = {"canvas": ("ID", "Student"), "moodle": ("Identifier", "Full name")}
COLUMNS |= {"plain": ("student", "name")}
# Canvas's Student View is a student, too: in the gradebook, the login is a hash.
LOGIN, TEST_STUDENT = "SIS Login ID", re.compile(r"[0-9a-f]{40}")
# A worksheet of Moodle has the number first and then the name, whatever the columns are called.
ANY_LANGUAGE = re.compile(r"\s*[^\W\d_][^\d]*[0-9]+\s*")
SYSTEMS = {"canvas": "Canvas", "moodle": "Moodle", "plain": "folders named after students"}
NOBODY = (
    "{place} and {roster} have no student in common, so everybody would be there twice: the first "
    "names them as {theirs}, the second as {ours}. Make {roster} from the same course of the same "
    "system, or remove it"
)


def read(course):
    """Return the students on the roster as `lms.Student`; none without the file."""
    path = course / "roster.csv"
    if not path.exists():
        return []
    heads, lines = tables.read_csv(path)
    for form, (identity, name) in COLUMNS.items():
        if {identity, name} <= set(heads):
            lines = [line for line in lines if not TEST_STUDENT.fullmatch(line.get(LOGIN) or "")]
            students = [_student(form, line[identity], line[name]) for line in lines]
            return _different(filter(None, students), path)
    if len(heads) > 1 and lines and all(ANY_LANGUAGE.fullmatch(line[heads[0]]) for line in lines):
        students = [_student("moodle", line[heads[0]], line[heads[1]]) for line in lines]
        return _different(students, path)
    wanted = "; ".join(f"{first}, {second}" for first, second in COLUMNS.values())
    raise files.Problem(f"{path}: expected two of these columns: {wanted}; there are: "
                        f"{', '.join(heads)[:200]}")  # fmt: skip


def strangers(course, students, place):
    """Return those of the students of a place who are not on the roster; refuse if all are not.

    A single one may be a guest, or Canvas's Test Student, with whom a teacher tries it out.
    """
    listed = read(course)
    keys = {each.key for each in listed}
    others = [each for each in students if each.key not in keys] if listed else []
    if others and len(others) == len(students):
        theirs, ours = SYSTEMS[others[0].lms], SYSTEMS[listed[0].lms]
        if theirs != ours or len(others) > 1:
            path = course / "roster.csv"
            raise files.Problem(NOBODY.format(place=place, roster=path, theirs=theirs, ours=ours))
    return others


def _different(students, path):
    """Return each student once; refuse two of them in one."""
    by_key = {}
    for student in students:
        first = by_key.setdefault(student.key, student)
        if first.name != student.name:
            raise files.Problem(
                f"{path}: {first.name} and {student.name} are both {student.key}; give each "
                "student a line with a number or key of its own"
            )
    return list(by_key.values())


def _student(form, identity, name):
    """Return a student; None for a line without one, such as Canvas's maximum points."""
    number = lms.number(tables.plain(identity)) if form != "plain" else ""
    key = f"{form} {number}" if form != "plain" else lms.normal(tables.plain(identity)).strip()
    name = lms.normal(tables.plain(name)).strip() or key
    return lms.Student(key, name, form, number) if number or (form == "plain" and key) else None
