"""What a class earned in one round: points, questions, checks and mistakes, overrides included."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from statistics import mean

from grader.course import gradebook
from grader.course.comments import question_name
from grader.run.result import GRADED
from grader.source import derive

BARS = 10


@dataclass
class Scored:
    """A check or a question: what each graded student earned, as a share of the maximum.

    Attributes
    ----------
    shares : dict of str to float
        The student's key -> share; students whose points are unknown are left out.
    """

    words: str
    question: str
    possible: float
    shares: dict = field(default_factory=dict)

    @property
    def mean(self):
        """The mean of the shares, or None if nobody's is known."""
        return mean(self.shares.values()) if self.shares else None

    def of_variant(self, variants, number):
        """Return the mean of the students with one variant, or None; `variants` is by key."""
        own = [share for key, share in self.shares.items() if variants[key] == number]
        return mean(own) if own else None


def graded(table):
    """Return the rows with a result that counts, also if manual grading is still open."""
    return [row for row in table
            if row.result and row.result["state"] == GRADED and not row.undecided]  # fmt: skip


def points_so_far(table):
    """Return the points of each student who has any, and how many students' may still rise.

    A student whose manual grading is open has the points so far.
    """
    rows = [row for row in table if row.points is not None or row.state == gradebook.OPEN]
    return [row.so_far for row in rows], sum(row.points is None for row in rows)


def distribution(points, possible):
    """Return how many students have points in each tenth: (from, to, count).

    Examples
    --------
    >>> distribution([0, 9.9, 10], 10)[-1]
    (9.0, 10.0, 2)
    """
    tenths = Counter(
        max(0, min(BARS - 1, int(BARS * each / possible))) if possible else 0 for each in points
    )
    edges = [possible * tenth / BARS for tenth in range(BARS + 1)]
    return [(edges[tenth], edges[tenth + 1], tenths[tenth]) for tenth in range(BARS)]


def questions(round_, rows):
    """Return a `Scored` for each question; points that the teacher set count."""
    by_name = {name: Scored(question_name(name), name, most)
             for name, most in derive.questions(round_.source).items()}  # fmt: skip
    for row in rows:
        for name, scored in by_name.items():
            points = row.override.questions.get(name, row.before(name))
            if name not in row.open and scored.possible:
                scored.shares[row.attempt.student.key] = points / scored.possible
    return list(by_name.values())


def checks(rows):
    """Return a `Scored` for each check, by its place in its question, as it was graded."""
    by_place = {}
    for row in rows:
        places = Counter()
        for check in row.result["checks"]:
            name, most = check["question"], check["max_points"]
            place = name, places[name]
            places[name] += 1
            scored = by_place.setdefault(place, Scored(check.get("words", ""), name, most))
            scored.shares[row.attempt.student.key] = check["points"] / most if most else 0.0
    return list(by_place.values())


def variants(rows):
    """Return the variant of each student who has one: key -> number."""
    numbers = {row.attempt.student.key: row.result.get("variant", row.attempt.variant)
               for row in rows}  # fmt: skip
    return {key: number for key, number in numbers.items() if number is not None}


def mistakes(rows):
    """Return the known mistakes, each counted once per student: (sentence, question, count)."""
    counts, where = Counter(), defaultdict(str)
    for row in rows:
        question_of = {
            c["mistake"]: c["question"] for c in row.result["checks"] if c.get("mistake")
        }
        counts.update(question_of.keys())
        where |= question_of
    return [(sentence, where[sentence], count) for sentence, count in counts.most_common()]


def never_passed(scored):
    """Return the checks that nobody passes."""
    return [each for each in scored if each.shares and max(each.shares.values()) < 1]
