"""What students read about their points besides the checks: a few sentences, all of them text."""

import html
import math
import re

from grader.run.result import COULD_NOT, GRADED
from grader.source import places

START = "Result: "  # of a comment in the LMS that the grader wrote


def question_name(name):
    """Return the name of a question as a person writes it.

    Examples
    --------
    >>> question_name("stable_softmax-tests")
    'Stable softmax'
    """
    words = re.sub(r"[-_]+", " ", name.removesuffix("-tests")).strip()
    return words[:1].upper() + words[1:]


def remarks(row):
    """Return sentences on what the teacher decided, and on what being late cost."""
    is_graded = bool(row.result) and row.result["state"] == GRADED  # else no question has points
    sentences = [
        f"{words}: {row.override.reasons[name].strip()}".rstrip(".") + "."
        for name, words in _decisions(row.override)
        if is_graded or name not in row.override.questions
    ]
    return sentences if row.override.points is not None else sentences + _late(row)


def _decisions(override):
    """Yield the name and the words of each decision of the teacher."""
    if override.attempt:
        yield "attempt", "Your teacher chose this attempt"
    if override.variant is not None:
        yield "variant", f"It is graded as variant {override.variant}"
    if override.extension:
        yield "extension", f"Your deadline was moved to {override.extension:%Y-%m-%d %H:%M %Z}"
    if override.days_late is not None:
        when = f"{_days(override.days_late)} late" if override.days_late else "on time"
        yield "days_late", f"It counts as {when}"
    if override.late:
        yield "late", f"For you, {_rule(override.late)}"
    for question, points in override.questions.items():
        yield question, f"{question_name(question)}: your teacher set the points to {points:g}"
    if override.points is not None:
        yield "points", f"Your teacher set all points to {override.points:g}"


def _rule(rule):
    """Return in words what being late costs.

    Examples
    --------
    >>> from grader.course.late import Rule
    >>> _rule(Rule(percent_per_day=5, cut_off_days=7))
    'being late costs 5 % of the points per day, and nothing counts after 7 days'
    >>> _rule(Rule(cut_off_days=1))
    'being late costs no points, and nothing counts after 1 day'
    """
    cost = f"{rule.percent_per_day:g} % of the points per day" if rule.percent_per_day else (
        "no points")  # fmt: skip
    last = f", and nothing counts after {_days(rule.cut_off_days)}"
    return f"being late costs {cost}" + (last if rule.cut_off_days < math.inf else "")


def _days(number):
    return f"{number:g} day" if number == 1 else f"{number:g} days"


def _late(row):
    if row.is_cut_off:
        limit = _days(row.late_rule.cut_off_days)
        return [f"It was handed in {_days(row.attempt.days_late)} late; after {limit}, it does not "
                "count."]  # fmt: skip
    if row.points is not None and row.cost:
        return [f"It was handed in {_days(row.attempt.days_late)} late, which costs "
                f"{row.cost:.6g} points."]  # fmt: skip
    return []


def comment(row, possible, factor=1.0):
    """Return the text for the comment column of an LMS, or "" if nothing is known.

    `factor` is what the points are multiplied by in the LMS.
    """
    if row.points is None and row.state != COULD_NOT:
        return ""
    known = row.points is not None
    first = _result(row.points, possible, factor) if known else f"{COULD_NOT}: {row.reason}"
    lines = [START + first, *remarks(row)]
    if row.result and row.state == GRADED:
        lines += [_question(row, name) for name in _questions(row)]
    return "\n".join(lines)


def _result(points, possible, factor):
    """Return the points in words; where the LMS has others, both, and which of them follow.

    Examples
    --------
    >>> _result(15, 18, 1.0)
    '15 of 18 points.'
    >>> _result(15, 18, 100 / 18)
    '83.3333 of 100 points, scaled from 15 of 18. What follows is not scaled.'
    """
    if factor == 1:
        return f"{points:.6g} of {possible:.6g} points."
    scaled = f"{points * factor:.6g} of {possible * factor:.6g} points"
    return f"{scaled}, scaled from {points:.6g} of {possible:.6g}. What follows is not scaled."


def comment_as_html(text):
    """Return a comment for Moodle, which shows it as HTML.

    Examples
    --------
    >>> comment_as_html("a < b\\nc")
    'a &lt; b<br>c'
    """
    return html.escape(text, quote=False).replace("\n", "<br>")


def _questions(row):
    """Return the graded questions in their order, those of manual grading last."""
    automatic = [check["question"] for check in row.result["checks"]]
    return list(dict.fromkeys([*automatic, *row.manual]))


def _question(row, name):
    """Return the line of one question: its points, the known mistakes, the teacher's comment."""
    checks = [check for check in row.result["checks"] if check["question"] == name]
    sentences = list(dict.fromkeys(check["mistake"] for check in checks if check["mistake"]))
    sentences += [row.manual[name][1]] if name in row.manual and row.manual[name][1] else []
    points = row.override.questions.get(name, row.before(name))
    return " ".join([f"{question_name(name)}: {points:.6g}.", *map(_sentence, sentences)])


def _sentence(text):
    text = places.titled(text.strip())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
