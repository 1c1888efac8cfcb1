"""How a class did, as text: points, their distribution, the most common mistakes."""

from collections import Counter, defaultdict
from statistics import mean, median

from grader.course import gradebook
from grader.course.collect import shorten
from grader.course.comments import question_name
from grader.run.result import COULD_NOT, GRADED

BARS = 10


def summary(round_, table):
    """Return the lines of the summary."""
    possible = gradebook.possible(round_)
    lines = [f"{round_.name}: {len(table)} students, {possible:g} points", ""]
    lines += _states(table)
    graded = [row for row in table if row.result and row.result["state"] == GRADED
              and not row.undecided]  # fmt: skip
    if graded:
        automatic = graded[0].result["max_points"]
        lines += ["", *_distribution([row.result["points"] for row in graded], automatic)]
        lines += ["", *_questions(graded), "", *_mistakes(graded)]
    return lines


def _states(table):
    states = Counter(row.state for row in table)
    lines = [f"  {count:5}  {state}" for state, count in states.most_common()]
    late = sum(row.attempt.late for row in table)
    lines += [f"  {late:5}  of them late"] if late else []
    for row in table:
        if row.state in (COULD_NOT, gradebook.UNDECIDED):
            lines.append(f"         {shorten(row.attempt.student.name, 40)}: {shorten(row.reason)}")
    return lines


def _distribution(points, possible):
    """Return a bar for each tenth of the automatic points."""
    tenths = [min(BARS - 1, int(BARS * each / possible)) if possible else 0 for each in points]
    counts = Counter(tenths)
    most = max(counts.values())
    lines = [
        f"Automatic points: mean {mean(points):.1f}, median {median(points):.1f} of {possible:g}"
    ]
    for tenth in range(BARS):
        low, high = possible * tenth / BARS, possible * (tenth + 1) / BARS
        bar = "#" * round(40 * counts[tenth] / most)
        lines.append(f"  {low:6.1f} to {high:5.1f}  {counts[tenth]:5}  {bar}".rstrip())
    return lines


def _questions(graded):
    earned, possible = defaultdict(float), defaultdict(float)
    for row in graded:
        for check in row.result["checks"]:
            earned[check["question"]] += check["points"]
            possible[check["question"]] += check["max_points"]
    width = max((len(question_name(question)) for question in possible), default=0)
    lines = ["Points earned, by question"]
    for question, most in possible.items():
        share = earned[question] / most if most else 0
        lines.append(f"  {question_name(question):{width}}  {share:4.0%}")
    return lines


def _mistakes(graded):
    """Return the most common mistakes, each counted once per student."""
    counts = Counter()
    for row in graded:
        counts.update({check["mistake"] for check in row.result["checks"] if check["mistake"]})
    lines = ["Most common mistakes"]
    lines += [f"  {count:5}  {mistake}" for mistake, count in counts.most_common(10)]
    return lines if counts else ["No known mistake occurred."]
