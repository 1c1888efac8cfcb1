"""The same notebook, handed in more than once: what came in between decides what that means.

Handing in A, then A again, is one attempt. Handing in A, then B, then A again, is three. A record
keeps every time at which its notebook was seen, so it does not matter in which order files are
read or collected.
"""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby, pairwise


def moment(attempt):
    """Return when an attempt was handed in; times of different time zones can be compared."""
    return _parsed(attempt.handed_in)


def in_order(records):
    """Return the attempts of any students by student and time, without repetitions.

    Parameters
    ----------
    records : iterable of `grader.course.collect.Attempt`
    """
    everything = [each for record in records for each in _times(record)]
    ordered = sorted(everything, key=lambda each: (*_student(each), moment(each), each.sha256))
    return [each for _, group in groupby(ordered, _student) for each in _without(list(group))]


def with_time(about, attempt):
    """Return a record, as stored, that knows the time of one more attempt."""
    known = [about["handed_in"], *(each[0] for each in about.get("again", []))]
    if moment(attempt) in map(_parsed, known):
        return about
    seen = [attempt.handed_in, attempt.late, attempt.original]
    return about | {"again": [*about.get("again", []), seen]}


def _parsed(text):
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _student(attempt):
    return attempt.student.name, attempt.student.key


def _times(record):
    """Return the attempts of one record, one for each time."""
    later = [dict(zip(("handed_in", "late", "original"), each, strict=True))
             for each in record.again]  # fmt: skip
    return [replace(record, again=(), **each) for each in ({}, *later)]


def _without(attempts):
    """Leave out what repeats the attempt before."""
    return attempts[:1] + [each for before, each in pairwise(attempts)
                           if each.sha256 != before.sha256]  # fmt: skip
