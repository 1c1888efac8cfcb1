"""Join what was handed in, what the grader found and what the teacher gave by hand."""

import math
from dataclasses import dataclass, field

from grader import files
from grader.course import collect, course_folder, manual_grading
from grader.run import job

NOT_GRADED = "not graded yet"
OPEN = "points by hand are open"


@dataclass(frozen=True)
class Row:
    """One student in one round: the attempt that counts, its result, its points by hand."""

    attempt: collect.Attempt
    result: dict | None
    by_hand: dict = field(default_factory=dict)
    refused: str = ""
    others: int = 0

    @property
    def state(self):
        """What is to be said about the grade in a few words."""
        if self.refused:
            return job.COULD_NOT
        if self.result is None:
            return NOT_GRADED
        if self.result["state"] != job.GRADED:
            return job.COULD_NOT
        return OPEN if self.open else job.GRADED

    @property
    def reason(self):
        """Why there is no grade, or "" where there is one or none was tried."""
        return self.refused or (self.result["reason"] or "" if self.result else "")

    @property
    def open(self):
        """The free-text questions that have no points yet."""
        asked = self.result["manual"] if self.result else []
        return [each["grade_id"] for each in asked if each["grade_id"] not in self.by_hand]

    @property
    def points(self):
        """All points, or None while they are not known."""
        if self.state != job.GRADED:
            return None
        given = math.fsum(points for points, comment in self.by_hand.values())
        return round(self.result["points"] + given, 6)


def released(round_):
    """Return the numbers of the variants that were released."""
    start = f"{round_.assignment}-v"
    paths = round_.folder("release").glob(f"{start}*.ipynb")
    return sorted(int(path.stem.removeprefix(start)) for path in paths)


def refusal(attempt, variants):
    """Return why an attempt is not given to the grader, or ""."""
    if attempt.refused or attempt.variant is None or attempt.variant in variants:
        return attempt.refused
    return f"it says that it is variant {attempt.variant}, which was not released"


def arguments(round_, attempt, variants, limits):
    """Return what the grader is told about an attempt."""
    alone = variants[0] if len(variants) == 1 else None
    return {
        "source": str(round_.source.resolve()),
        "submission": str(attempt.path.resolve()),
        "seed": round_.seed(),
        "settings": limits,
        "variant": attempt.variant or alone,
    }


def jobs(round_, limits):
    """Return what can be graded: pairs of an attempt and the grader's arguments with their key."""
    variants, found = released(round_), []
    for attempt in collect.attempts(round_):
        if not refusal(attempt, variants):
            told = arguments(round_, attempt, variants, limits)
            found.append((attempt, told | {"key": job.key(**told)}))
    return found


def result(round_, key):
    """Return a result, or None where there is none that is whole."""
    found = files.read_json(round_.folder("results") / f"{key}.json")
    return found if isinstance(found, dict) and found.get("key") == key else None


def rows(round_, limits):
    """Return one row per student who handed something in."""
    options = course_folder.settings(round_.course)
    given, variants = manual_grading.points(round_), released(round_)
    keys = {attempt: told["key"] for attempt, told in jobs(round_, limits)}
    students = {}
    for attempt in collect.attempts(round_):
        found = result(round_, keys[attempt]) if attempt in keys else None
        marks = manual_grading.marks(given, attempt.student, found)
        row = Row(attempt, found, marks, refusal(attempt, variants))
        students.setdefault(attempt.student.key, []).append(row)
    return [counting(tries, options["counts"]) for tries in students.values()]


def counting(tries, counts):
    """Return the row of the attempt that counts, of one student's rows in order of time."""
    # A notebook of something else that was handed in too does not count, unless it is all there is.
    mine = [row for row in tries if row.attempt.variant is not None] or tries
    if counts == "last on time":
        mine = [row for row in mine if not row.attempt.late] or mine
    if counts == "best":
        mine = sorted(mine, key=lambda row: (row.result or {}).get("points") or 0.0)
    chosen = mine[-1]
    return Row(chosen.attempt, chosen.result, chosen.by_hand, chosen.refused, len(tries) - 1)


def possible(round_):
    """Return all points of an assignment, those by hand included."""
    from grader.source import derive

    return math.fsum(derive.questions(round_.source).values())
