"""Choose the attempt that counts, and say why it does.

A file that cannot be graded never counts where a different one can be. If two attempts were handed
in at the same time, neither is chosen: the teacher decides.
"""

from dataclasses import replace
from datetime import timedelta

from grader import files
from grader.course import repeats
from grader.run.result import GRADED

# Some clocks and archives have no fractions, or are set by hand: a smaller gap shows no order.
TIE = timedelta(seconds=1)
SAME_TIME = (
    "{names} were handed in at the same time, within a second; write one of these names as the "
    "attempt that counts into overrides.toml"
)


def counting(tries, counts):
    """Return the row of the attempt that counts, from one student's rows in order of time.

    Parameters
    ----------
    tries : list of `grader.course.gradebook.Row`
    counts : str
        "last", "last on time" or "best".
    """
    if wanted := tries[0].override.attempt:
        return _named(tries, wanted)
    good = [row for row in tries if _can_count(row)]
    accepted = [row for row in good if not row.is_cut_off]
    eligible, words = _eligible(accepted or good or tries, counts)
    if not good:
        words = "none of them can be graded, and this is the last"
    chosen = eligible[-1]
    same = [row for row in eligible if _is_same_time(row, chosen)] if counts != "best" else []
    return replace(
        chosen,
        others=len(tries) - 1,
        why=_why(words, len(tries), len(good), len(accepted)),
        undecided=_undecided(same) if good and len(same) > 1 else "",
    )


def _named(tries, wanted):
    """Return the row of the attempt that the teacher chose."""
    fits = [row for row in tries
            if wanted == row.attempt.original or row.attempt.name.startswith(wanted)]  # fmt: skip
    if len({row.attempt.name for row in fits}) != 1:
        names = ", ".join(row.attempt.name for row in tries)
        raise files.Problem(
            f"overrides.toml: {len(fits)} attempts of {tries[0].attempt.student.name} fit "
            f"{wanted!r}; there are {names}"
        )
    return replace(fits[-1], others=len(tries) - 1, why="the one that the teacher chose")


def _can_count(row):
    """Tell whether an attempt was graded, or may still be."""
    if row.refused:
        return False
    if row.result is None:
        return row.attempt.variant is not None
    return row.result["state"] == GRADED


def _eligible(rows, counts):
    """Return the rows of which the last one counts, and in words why it does."""
    if counts == "last on time":
        on_time = [row for row in rows if not row.attempt.late]
        return (on_time, "the last on time") if on_time else (rows, "none was on time: the last")
    if counts == "best":
        return sorted(rows, key=lambda row: row.earned - row.cost), "the best"
    return rows, "the last"


def _is_same_time(row, chosen):
    apart = abs(repeats.moment(row.attempt) - repeats.moment(chosen.attempt))
    return row is chosen or (apart < TIE and row.attempt.sha256 != chosen.attempt.sha256)


def _why(words, count, good, accepted):
    """Return in one phrase why an attempt counts."""
    if count == 1:
        return "the only attempt"
    ignored = count - good if good else 0
    rest = f"; not counted: {ignored} that cannot be graded" if ignored else ""
    if accepted and good > accepted:
        rest += f"; not counted: {good - accepted} after the cut-off"
    return f"{words} of {count} attempts{rest}"


def _undecided(rows):
    names = {row.attempt.original for row in rows}
    if len(names) < len(rows):  # a zip file may hold two files of one name
        names = {row.attempt.name for row in rows}
    return SAME_TIME.format(names=" and ".join(sorted(names)))
