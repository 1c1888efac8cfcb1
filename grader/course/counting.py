"""Choose the attempt that counts, and say why it does.

A file that cannot be graded never counts where a different one can be. If two attempts were handed in
at the same time, neither is chosen: the teacher decides.
"""

from dataclasses import replace

from grader.run.result import GRADED

SAME_TIME = (
    "{names} were handed in at the same time; keep the one that counts, and move the others "
    "(also their .json) out of {folder}"
)


def counting(tries, counts):
    """Return the row of the attempt that counts, from one student's rows in order of time.

    Parameters
    ----------
    tries : list of `grader.course.gradebook.Row`
    counts : str
        "last", "last on time" or "best".
    """
    good = [row for row in tries if _can_count(row)]
    eligible, words = _eligible(good or tries, counts)
    if not good:
        words = "none of them can be graded, and this is the last"
    chosen = eligible[-1]
    same = [row for row in eligible if _is_same_time(row, chosen)] if counts != "best" else []
    return replace(
        chosen,
        others=len(tries) - 1,
        why=_why(words, len(tries), len(good)),
        undecided=_undecided(same) if good and len(same) > 1 else "",
    )


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
        return sorted(rows, key=_known_points), "the best"
    return rows, "the last"


def _known_points(row):
    manual = sum(points for points, _ in row.manual.values())
    return ((row.result or {}).get("points") or 0.0) + manual


def _is_same_time(row, chosen):
    same = row.attempt.handed_in == chosen.attempt.handed_in
    return same and (row is chosen or row.attempt.sha256 != chosen.attempt.sha256)


def _why(words, count, good):
    """Return in one phrase why an attempt counts."""
    if count == 1:
        return "the only attempt"
    ignored = count - good if good else 0
    rest = f"; {ignored} that cannot be graded do not count" if ignored else ""
    return f"{words} of {count} attempts{rest}"


def _undecided(rows):
    names = " and ".join(sorted({row.attempt.original for row in rows}))
    folder = rows[0].attempt.path.parent
    return SAME_TIME.format(names=names, folder="/".join(folder.parts[-3:]))
