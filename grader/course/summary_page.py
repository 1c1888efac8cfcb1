"""The page that shows a class to its teacher: one HTML file, which loads nothing."""

import functools
import hashlib
import re
from collections import Counter
from statistics import mean, median
from typing import NamedTuple

from grader.course import (
    class_results,
    course_folder,
    course_totals,
    feedback,
    gradebook,
    hand_in_times,
    similarity,
    variants,
)
from grader.course.comments import question_name
from grader.run.result import COULD_NOT
from grader.source import derive

MOST_PAIRS = 20
MOST_NAMES = 8  # of students with the same code
MOST_VARIANTS = 8  # columns of a table
MOST_SENTENCES = 10
LONGEST = 6000  # characters of one answer


class Names:
    """The names of students as the page shows them: as they are, or numbers in random order."""

    def __init__(self, students, seed, hidden):
        """Number the students in an order that follows from the secret seed."""
        drawn = {each.key: hashlib.sha256(f"{seed}/{each.key}".encode()).digest()
                 for each in students}  # fmt: skip
        self.numbers = {key: number for number, key in enumerate(sorted(drawn, key=drawn.get), 1)}
        self.hidden = hidden

    def of(self, student):
        """Return what the page calls a student."""
        return f"Student {self.numbers[student.key]}" if self.hidden else student.name

    def masked(self, text, student):
        """Return a text in which, if names are hidden, the student's own name is not shown."""
        words = re.findall(r"\w{3,}", f"{student.name} {student.key}") if self.hidden else []
        for word in words:
            text = re.sub(rf"(?i){re.escape(word)}", "…", text)
        return text


class Side(NamedTuple):
    """One of two similar submissions."""

    name: str
    answers: dict


def write(round_, table, limits, hide_names=False):
    """Write the page of a round; return its path."""
    page = feedback.templates().get_template("summary.html").render(
        **content(round_, table, limits, hide_names)
    )  # fmt: skip
    path = round_.course / "summary" / f"{round_.name}{'-without-names' * hide_names}.html"
    course_folder.replace(round_.course, path, page)
    return path


def content(round_, table, limits, hide_names=False):
    """Return what the template shows."""
    columns = course_totals.columns(round_.course, limits)
    students = [row.attempt.student for column in columns for row in column.rows]
    names = Names([*students, *(row.attempt.student for row in table)], round_.seed(), hide_names)
    rows, options = class_results.graded(table), course_folder.settings(round_.course)
    return {
        "heading": feedback.heading(round_), "round": round_.name, "book": options["book"],
        "hide_names": hide_names, "count": len(table), "states": _states(table, names),
        "points": _points(table, gradebook.possible(round_)),
        "mistakes": class_results.mistakes(rows), "graded": len(rows),
        "handed_in": _handed_in(round_, table, options), "totals": _totals(columns, names),
        "missing": sorted(names.of(row.attempt.student) for row in table
                          if row.refused == gradebook.MISSING),
        **_questions(round_, rows), **_alike(round_, table, names),
    }  # fmt: skip


def _states(table, names):
    """Return how many students have each state, and sentences on those without points."""
    counts = Counter(row.state for row in table)
    reasons = [(names.of(row.attempt.student), names.masked(row.reason, row.attempt.student))
               for row in table if row.state in (COULD_NOT, gradebook.UNDECIDED)]  # fmt: skip
    late = sum(row.attempt.late for row in table)
    return {"counts": counts.most_common(), "late": late, "reasons": reasons}


def _points(table, possible):
    points, may_rise = class_results.points_so_far(table)
    parts = class_results.distribution(points, possible)
    return {
        "possible": possible, "count": len(points), "may_rise": may_rise,
        "mean": mean(points) if points else None, "median": median(points) if points else None,
        "parts": parts, "most": max(count for _, _, count in parts),
    }  # fmt: skip


def _questions(round_, rows):
    """Return questions with their checks, per variant, and what differs between variants."""
    by_key, checks = class_results.variants(rows), class_results.checks(rows)
    questions = class_results.questions(round_, rows)
    numbers = sorted(set(by_key.values()))
    lines = [(each, _shares(each, by_key, numbers)) for each in questions]
    below = {each.question: [(check, _shares(check, by_key, numbers)) for check in checks
                             if check.question == each.question] for each in questions}  # fmt: skip
    return {
        "variants": numbers if 1 < len(numbers) <= MOST_VARIANTS else [], "questions": lines,
        "checks": below, "never_passed": class_results.never_passed(checks),
        "variant_sentences": variant_sentences([*questions, *checks], by_key),
        "variant_count": len(numbers),
    }  # fmt: skip


def _shares(scored, by_key, numbers):
    """Return the mean of all students, then those of the variants."""
    own = [scored.of_variant(by_key, number) for number in numbers]
    return [scored.mean, *(own if 1 < len(own) <= MOST_VARIANTS else [])]


def variant_sentences(scored, by_key):
    """Return a sentence for each variant that was harder or easier than chance explains.

    Only questions and checks are compared for which every student's points are known.
    """
    keys = sorted(by_key)
    known = [each for each in scored if keys and all(key in each.shares for key in keys)]
    matrix = [[each.shares[key] for each in known] for key in keys]
    differences = variants.differences([by_key[key] for key in keys], matrix)
    return [_sentence(known[each.column], each) for each in differences[:MOST_SENTENCES]]


def _sentence(scored, effect):
    name = question_name(scored.question)
    what = name if scored.words == name else f"{name}, “{scored.words}”"
    word = "harder" if effect.mean < effect.mean_of_others else "easier"
    return (
        f"Variant {effect.variant} was {word} in {what}: its {effect.count} students earned "
        f"{effect.mean:.0%} of the points, the {effect.others} others {effect.mean_of_others:.0%}. "
        f"By chance, a difference like this occurs in {_chance(effect.chance)} classes."
    )


def _chance(probability):
    least = 1 / (1 + variants.DEALS)
    start = "fewer than" if probability < 1.5 * least else "about"
    return f"{start} 1 of {round(1 / probability):,}"


def _handed_in(round_, table, options):
    moments, unknown = hand_in_times.times(table)
    deadline = course_folder.deadline(round_, options)
    parts = hand_in_times.counted(moments, deadline)
    return {"parts": parts, "unknown": unknown, "deadline": deadline,
            "most": max((count for _, count in parts), default=0)}  # fmt: skip


def _totals(columns, names):
    totals = course_totals.totals(columns)
    lines = [(names.of(each.student), each) for each in totals]
    sums = [each.total for each in totals]
    return {
        "columns": columns, "possible": sum(column.possible for column in columns),
        "lines": sorted(lines, key=lambda line: _natural(line[0])),
        "mean": mean(sums) if sums else None, "median": median(sums) if sums else None,
    }  # fmt: skip


def _natural(name):
    """Return a key for which Student 10 comes after Student 9."""
    return [(part.isdigit(), int(part) if part.isdecimal() else 0, part)
            for part in re.split(r"(\d+)", name)]  # fmt: skip


def _alike(round_, table, names):
    """Return the pairs of similar submissions, each as two `Side`s, and how many there are."""
    rows = [row for row in table if row.attempt.path]
    limit = course_folder.settings(round_.course)["collect"]["notebook_mb"]
    release = functools.cache(lambda number: derive.release(round_.source, round_.seed(), number))
    given = functools.cache(lambda number: similarity.given(release(number)))
    numbers = [_variant(round_, row) for row in rows]
    codes = [similarity.answers(release(number), row.attempt.path, limit) if number else {}
             for number, row in zip(numbers, rows, strict=True)]  # fmt: skip
    sets = [similarity.reduced(code, given(number)) if code else set()
            for number, code in zip(numbers, codes, strict=True)]  # fmt: skip
    pairs = similarity.alike(sets)
    written = list(zip(rows, codes, strict=True))
    shown = [(_side(first, written, names), _side(second, written, names), share)
             for first, second, share in similarity.different(pairs, sets)]  # fmt: skip
    return {"pair_count": len(pairs), "compared": sum(map(bool, sets)),
            "shown_count": len(shown), "pairs": shown[:MOST_PAIRS]}  # fmt: skip


def _variant(round_, row):
    """Return the variant of a submission if it was released, or None."""
    released = gradebook.released(round_)
    number = released[0] if len(released) == 1 else row.attempt.variant
    return number if number in released else None


def _side(places, written, names):
    """Return one side of a pair: the students who wrote it, and the code of the first of them."""
    who = [f"{names.of(written[place][0].attempt.student)}, variant "
           f"{written[place][0].attempt.variant}" for place in places]  # fmt: skip
    more = [f"and {len(who) - MOST_NAMES} more"] if len(who) > MOST_NAMES else []
    row, code = written[places[0]]
    student = row.attempt.student
    shown = {name: names.masked(text[:LONGEST], student) for name, text in code.items()}
    return Side("; ".join([*who[:MOST_NAMES], *more]), shown)
