"""Exceptions for single students: `overrides.toml` in the course folder.

Each entry names a round, a student and a reason, which the student reads. It sets the attempt that
counts, its variant, a later deadline, how late it is and what that costs, or the points, of one
question or of all.
"""

import math
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from grader import files
from grader.course import course_folder, lms
from grader.course.comments import question_name
from grader.course.late import Rule, rule
from grader.source import derive

TEMPLATE = """\
# Exceptions for single students. Every command reads them again. Students see the reasons.
# The names of students and attempts are in the file that "export" writes for spreadsheets.
#
# [[override]]
# round = "softmax-1"
# student = "ada"
# reason = "ill, with a certificate"
# extension = 2026-12-07T23:59:00+01:00   # a later deadline
# days_late = 0                           # or how late it is, whatever the clock says
# late = { percent_per_day = 5, cut_off_days = 7 }   # what being late costs this student
# attempt = "20261130T225900"             # the attempt that counts
# variant = 2                             # the variant of the notebook
# points = 14.5                           # all points, or those of one question:
# question = "Softmax"                    # named as on the feedback page
"""
NUMBER = (int, float)
EFFECTS = {"attempt": str, "variant": int, "extension": datetime, "days_late": NUMBER,
           "late": dict, "points": NUMBER}  # fmt: skip
KEYS = {"round": str, "student": str, "reason": str} | EFFECTS | {"question": str}
FORMS = {str: "text in quotes", int: "a whole number", NUMBER: "a number of 0 or more",
         datetime: "a time such as 2026-12-07T23:59:00+01:00",
         dict: "a rule such as { percent_per_day = 5 }"}  # fmt: skip


@dataclass(frozen=True)
class Override:
    """What the teacher decided for one student in one round."""

    attempt: str = ""
    variant: int | None = None
    extension: datetime | None = None
    days_late: float | None = None
    late: Rule | None = None
    points: float | None = None
    questions: dict = field(default_factory=dict)  # grade_id -> points
    reasons: dict = field(default_factory=dict)  # field or grade_id -> reason


NOTHING = Override()


def write_template(course):
    """Write a file with an example that has no effect."""
    files.write(path(course), TEMPLATE)


def path(course):
    """Return the path of the file."""
    return Path(course) / "overrides.toml"


def of_students(round_, students):
    """Return the overrides of a round by the student's key, and sentences on those without effect.

    Parameters
    ----------
    students : iterable of `grader.course.lms.Student`
        The students of the round. An entry names one by the key, or by a name that only one has.
    """
    named = defaultdict(set)
    for student in students:
        named[student.key].add(student.key)
        named[student.name].add(student.key)
    merged, unknown = {}, []
    for place, entry in _entries(round_):
        name = lms.normal(entry["student"])
        keys = {name} & named[name] or named[name]
        if len(keys) > 1:
            raise files.Problem(f"{place}: {len(keys)} students have the name {entry['student']}; "
                                f"write one of {', '.join(sorted(keys))}")  # fmt: skip
        if not keys:
            unknown.append(f"{place} has no effect: {round_.name} has no student "
                           f"{entry['student']}")  # fmt: skip
        for key in keys:
            merged[key] = _with(merged.get(key, NOTHING), entry, place)
    return merged, unknown


def _with(override, entry, place):
    """Return an override with one more entry; two that set the same are refused."""
    question = entry.get("question")
    effects = {name: entry[name] for name in EFFECTS if name in entry}
    taken = [name for name in ([question] if question else effects) if name in override.reasons]
    if taken:
        raise files.Problem(f"{place}: an earlier entry sets {taken[0]} for {entry['student']}")
    reasons = override.reasons | dict.fromkeys([question] if question else effects, entry["reason"])
    if question:
        questions = override.questions | {question: entry["points"]}
        return replace(override, questions=questions, reasons=reasons)
    return replace(override, **effects, reasons=reasons)


def _entries(round_):
    """Return the checked entries of a round, each with its place in the file."""
    file = path(round_.course)
    known = {each.name for each in course_folder.rounds(round_.course)}
    placed = [(f"{file}, entry {number}", entry) for number, entry in enumerate(_read(file), 1)]
    for place, entry in placed:
        _check_form(place, entry)
        if entry["round"] not in known:
            raise files.Problem(f"{place}: there is no round {entry['round']}")
    return [(place, _checked(round_, place, entry)) for place, entry in placed
            if entry["round"] == round_.name]  # fmt: skip


def _read(file):
    """Return the entries of the file, without a look at what is in them."""
    try:
        content = tomllib.loads(files.read_text(file)) if file.exists() else {}
    except tomllib.TOMLDecodeError as problem:
        raise files.Problem(f"{file} cannot be read: {problem}") from None
    entries = content.pop("override", [])
    if content or not (isinstance(entries, list) and all(isinstance(e, dict) for e in entries)):
        raise files.Problem(f"{file}: expected entries under [[override]] and nothing else")
    return entries


def _check_form(place, entry):
    """Refuse an entry with a wrong name or value."""
    for name, value in entry.items():
        if name not in KEYS:
            raise files.Problem(f"{place}: there is no {name}; there are {', '.join(KEYS)}")
        if not _is_right(value, KEYS[name]):
            raise files.Problem(
                f"{place}: expected {name} to be {FORMS[KEYS[name]]}, got "
                f"{value.isoformat() if isinstance(value, date) else repr(value)}"
            )
    for name in ("round", "student", "reason"):
        if not entry.get(name, "").strip():
            raise files.Problem(f"{place}: it needs a {name}")
    if "question" in entry and set(entry) & set(EFFECTS) != {"points"}:
        raise files.Problem(f"{place}: an entry with a question sets the points and nothing else")
    if not set(entry) & set(EFFECTS):
        raise files.Problem(f"{place}: it sets none of {', '.join(EFFECTS)}")


def _rule(place, given):
    try:
        return rule(given)
    except ValueError as problem:
        raise files.Problem(f"{place}, late: {problem}") from None


def _is_right(value, kind):
    if isinstance(value, bool) or not isinstance(value, kind):
        return False
    if kind is datetime:
        return value.tzinfo is not None
    return kind is not NUMBER or 0 <= value < math.inf


def _checked(round_, place, entry):
    """Return an entry whose question, points and variant the round has, with its late rule."""
    entry = entry | ({"late": _rule(place, entry["late"])} if "late" in entry else {})
    if "variant" in entry:
        name = f"{round_.assignment}-v{entry['variant']}.ipynb"
        if not (round_.folder("release") / name).exists():
            raise files.Problem(f"{place}: variant {entry['variant']} was not released")
    if "points" not in entry:
        return entry
    questions = derive.questions(round_.source)
    possible = math.fsum(questions.values())
    if "question" in entry:
        entry = entry | {"question": find_question(questions, entry["question"], place)}
        possible = questions[entry["question"]]
    if entry["points"] > possible:
        raise files.Problem(f"{place}: expected at most {possible:g} points, "
                            f"got {entry['points']:g}")  # fmt: skip
    return entry


def find_question(questions, name, place):
    """Return the grade_id of a question, which may be named as people read it."""
    wanted = question_name(name).lower()
    for known in questions:
        if wanted == question_name(known).lower():
            return known
    names = ", ".join(map(question_name, questions))
    raise files.Problem(f"{place}: there is no question {name}; there are {names}")
