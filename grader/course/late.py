"""What late submissions cost: nothing, a percentage per day, or everything after a cut-off.

The rules are in `course.toml` under [late], by round. A percentage is one of the maximum points,
for each day that has begun.
"""

import math
from dataclasses import dataclass
from datetime import datetime

DAY = 86_400  # seconds
EXPECTED = "expected {{ percent_per_day = 10, cut_off_days = 3 }} or one of the two, got {}"


@dataclass(frozen=True)
class Rule:
    """What a late submission costs in one round."""

    percent_per_day: float = 0.0
    cut_off_days: float = math.inf

    def is_cut_off(self, days):
        """Tell whether nothing counts that is late by so many days; None is an unknown number."""
        return days is not None and days > self.cut_off_days

    def cost(self, days, possible):
        """Return the points that are taken off.

        Examples
        --------
        >>> Rule(percent_per_day=10).cost(2, possible=20)
        4.0
        >>> Rule(percent_per_day=10).cost(None, possible=20)
        0.0
        """
        if self.is_cut_off(days):
            return possible
        return min(possible, possible * (days or 0) * self.percent_per_day / 100)


FREE = Rule()


def rule(given):
    """Return the rule of one line under [late]; raise ValueError with a sentence.

    Examples
    --------
    >>> rule({"percent_per_day": 10})
    Rule(percent_per_day=10, cut_off_days=inf)
    """
    known = isinstance(given, dict) and set(given) <= set(Rule.__dataclass_fields__)
    if not (known and given and all(map(_is_amount, given.values()))):
        raise ValueError(EXPECTED.format(given))
    if given.get("percent_per_day", 0) > 100:
        raise ValueError(f"expected percent_per_day from 0 to 100, got {given['percent_per_day']}")
    return Rule(**given)


def _is_amount(value):
    return type(value) in (int, float) and 0 <= value < math.inf


def days(handed_in, limit):
    """Return how many days late something is; a day that has begun counts.

    Examples
    --------
    >>> limit = datetime.fromisoformat("2026-11-30T23:59:00+01:00")
    >>> days("2026-11-30T22:59:00+00:00", limit), days("2026-11-30T23:00:00+00:00", limit)
    (0, 1)

    A day is 24 hours, also when the clocks change:

    >>> limit = datetime.fromisoformat("2026-10-24T23:59:00+02:00")
    >>> days("2026-10-25T22:59:00+01:00", limit), days("2026-10-25T23:30:00+01:00", limit)
    (1, 2)
    """
    seconds = (datetime.fromisoformat(handed_in) - limit).total_seconds()
    return max(0, math.ceil(seconds / DAY))
