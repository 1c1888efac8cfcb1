"""How a class did, as text: points, their distribution, the most common mistakes."""

from collections import Counter
from statistics import mean, median

from grader.course import class_results, gradebook
from grader.course.lms import shorten
from grader.run.result import COULD_NOT
from grader.source import places


def summary(round_, table):
    """Return the lines of the summary."""
    possible = gradebook.possible(round_)
    lines = [f"{round_.name}: {len(table)} students, {possible:g} points", ""]
    lines += _states(table)
    rows = class_results.graded(table)
    points, may_rise = class_results.points_so_far(table)
    if points:
        lines += ["", *_distribution(points, may_rise, possible)]
    if rows:
        lines += ["", *_questions(round_, rows), "", *_mistakes(rows)]
    return lines


def _states(table):
    states = Counter(row.state for row in table)
    lines = [f"  {count:5}  {state}" for state, count in states.most_common()]
    late = sum(row.attempt.late for row in table)
    for row in table:
        if row.state in (COULD_NOT, gradebook.UNDECIDED):
            lines.append(f"         {shorten(row.attempt.student.name, 40)}: {shorten(row.reason)}")
    return lines + ([f"  {late:5}  handed in late, of all {len(table)}"] if late else [])


def _distribution(points, may_rise, possible):
    """Return a bar for each tenth of the points."""
    parts = class_results.distribution(points, possible)
    most = max(count for _, _, count in parts)
    lines = [f"Points: mean {mean(points):.1f}, median {median(points):.1f} of {possible:g}"]
    lines += [f"  (so far: manual grading of {may_rise} students is open)"] if may_rise else []
    for low, high, count in parts:
        bar = "#" * round(40 * count / most)
        lines.append(f"  {low:6.1f} to {high:5.1f}  {count:5}  {bar}".rstrip())
    return lines


def _questions(round_, rows):
    scored = class_results.questions(round_, rows)
    width = max((len(each.words) for each in scored), default=0)
    lines = ["Points earned, by question"]
    for each in scored:
        share = "open" if each.mean is None else f"{each.mean:4.0%}"
        lines.append(f"  {each.words:{width}}  {share}")
    return lines


def _mistakes(rows):
    """Return the most common mistakes, each counted once per student."""
    mistakes = class_results.mistakes(rows)
    lines = [f"  {count:5}  {places.titled(sentence)}" for sentence, _, count in mistakes[:10]]
    return ["Most common mistakes", *lines] if mistakes else ["No known mistake occurred."]
