"""What each student has earned in all rounds of a course together."""

import math
from typing import NamedTuple

from grader.course import collect, course_folder, gradebook


class Total(NamedTuple):
    """One student: the points of each round, None where they are not known, and their sum."""

    student: object  # grader.course.lms.Student
    points: tuple
    total: float


class Column(NamedTuple):
    """One round: its name, its maximum points, its rows."""

    name: str
    possible: float
    rows: list


def columns(course, limits):
    """Return the rounds of a course for which something was collected."""
    rounds = [each for each in course_folder.rounds(course) if collect.attempts(each)]
    rows = [gradebook.rows(each, gradebook.jobs(each, limits)) for each in rounds]
    return [
        Column(each.name, gradebook.possible(each), own)
        for each, own in zip(rounds, rows, strict=True)
    ]


def totals(of_rounds):
    """Return a `Total` for each student, by name; points that are not known add nothing."""
    students, points = {}, {}
    for place, column in enumerate(of_rounds):
        for row in column.rows:
            student = row.attempt.student
            students.setdefault(student.key, student)
            points[student.key, place] = row.points
    of_students = []
    for key, student in students.items():
        own = tuple(points.get((key, place)) for place in range(len(of_rounds)))
        known = [each for each in own if each is not None]
        of_students.append(Total(student, own, round(math.fsum(known), 6)))
    return sorted(of_students, key=lambda each: (each.student.name, each.student.key))
