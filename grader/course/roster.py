"""The students of a course: `roster.csv` in the course folder, which a teacher may put there.

It is a gradebook exported from Canvas, a grading worksheet from Moodle, or a table with the columns
`student` (the name of the folder or file that is handed in) and `name`.
"""

from grader import files
from grader.course import lms, tables

# Form: the column with the number or key, and the column with the name.
COLUMNS = {"canvas": ("ID", "Student"), "moodle": ("Identifier", "Full name")}
COLUMNS |= {"plain": ("student", "name")}


def read(course):
    """Return the students on the roster as `lms.Student`; none without the file."""
    path = course / "roster.csv"
    if not path.exists():
        return []
    heads, lines = tables.read_csv(path)
    for form, (identity, name) in COLUMNS.items():
        if {identity, name} <= set(heads):
            students = [_student(form, line[identity], line[name]) for line in lines]
            return _different(filter(None, students), path)
    wanted = "; ".join(f"{first}, {second}" for first, second in COLUMNS.values())
    raise files.Problem(f"{path}: expected two of these columns: {wanted}")


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
