"""When a class handed in: counted against the deadline, or by day where there is none."""

from collections import Counter
from datetime import UTC, datetime

from grader.course.collect import NEVER

HOUR = 3600
# Until so many hours before the deadline (negative: after it), and in words.
PARTS = [
    (168, "more than a week before the deadline"),
    (24, "one to seven days before"),
    (6, "6 to 24 hours before"),
    (1, "1 to 6 hours before"),
    (0, "in the last hour"),
    (-24, "up to a day after the deadline"),
    (float("-inf"), "later"),
]
MOST_DAYS = 14


def times(table):
    """Return when each attempt that counts was handed in, and how many times are not known.

    A zip file of Canvas has the time of the download.
    """
    attempts = [row.attempt for row in table if row.attempt.handed_in not in ("", NEVER)]
    known = [each for each in attempts if each.student.lms != "canvas"]
    moments = [datetime.fromisoformat(each.handed_in).astimezone(UTC) for each in known]
    return moments, len(attempts) - len(known)


def counted(moments, deadline=None):
    """Return how many students handed in when: (words, count).

    Examples
    --------
    >>> noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
    >>> [part for part in counted([noon, noon], noon) if part[1]]
    [('in the last hour', 2)]
    >>> counted([noon])
    [('2026-11-30', 1)]
    """
    if deadline is None:
        days = sorted(Counter(f"{moment:%Y-%m-%d}" for moment in moments).items())
        earlier = sum(count for _, count in days[:-MOST_DAYS])
        return [("before", earlier)] * bool(earlier) + days[-MOST_DAYS:]
    counts = Counter(_part(moment, deadline) for moment in moments)
    return [(words, counts[words]) for _, words in PARTS]


def _part(moment, deadline):
    before = (deadline - moment).total_seconds() / HOUR
    return next(words for edge, words in PARTS if before >= edge)
