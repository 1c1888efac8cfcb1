"""Collect submissions: one file per attempt, by student and time.

An attempt is a notebook ``TIME-HASH.ipynb`` and, beside it, ``TIME-HASH.json`` with its student.
The second is written last: without it the first does not count. The same notebook at a different
time is noted there. Collecting the same files again changes nothing.
"""

import hashlib
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from grader import files
from grader.course import (
    archives,
    course_folder,
    late,
    lms,
    other_assignments,
    overrides,
    repeats,
    roster,
    timestamps,
    which_variant,
)

NEVER = "1970-01-01T00:00:00+00:00"
MOST_FILES = 20  # of one student in one archive
UNSTORED = ("path", "folder", "days_late")  # where it is, and what the settings say about it


@dataclass(frozen=True)
class Attempt:
    """One notebook that one student handed in, or why it could not be collected."""

    student: lms.Student
    handed_in: str
    late: bool
    sha256: str
    original: str
    variant: int | None = None
    refused: str = ""
    path: Path | None = None
    days_late: float | None = 0  # None if it is late by an unknown time
    again: tuple = ()  # other times of the same notebook: (handed_in, late, original)
    folder: str = ""  # of its student

    @property
    def name(self):
        """The attempt's name beside the student's other attempts."""
        return f"{repeats.moment(self).astimezone(UTC):%Y%m%dT%H%M%S}-{self.sha256[:12]}"


def collect(round_, place, say, when=None):
    """Collect the submissions of a folder or zip file; return how many were new and known.

    `say` is called with one sentence for each file that is a problem; `when` is the time at which
    all of them were handed in, if the archive does not hold the right times.
    """
    options = course_folder.settings(round_.course)
    if (place / "course.toml").exists():
        raise files.Problem(f"{place} is a course folder; name the folder or zip file that holds "
                            "what was handed in")  # fmt: skip
    try:
        form = lms.layout(archives.names(place))
        other_assignments.refuse(round_, place, options["collect"])
        _report_strangers(round_, place, form, say)
        are_new = list(_stored(round_, place, form, options, say, when))
    except archives.Unreadable as problem:
        raise files.Problem(f"{place} was not collected: {problem}") from None
    fresh = sum(are_new)
    return fresh, len(are_new) - fresh


def _report_strangers(round_, place, form, say):
    """Say who is not on the roster; refuse a place with nobody who is."""
    stamps = timestamps.Stamps(place, *form)
    owned = (lms.owner(parts, *form)[0] for parts in archives.names(place)
             if not stamps.is_beside(parts))  # fmt: skip
    students = list({each.key: each for each in owned if each}.values())
    if others := roster.strangers(round_.course, students, place):
        say(f"not in roster.csv: {lms.listed(sorted(each.name for each in others))}")


def _stored(round_, place, form, options, say, when):
    """Store each submission as it is read; yield whether it was new."""
    stamps = timestamps.Stamps(place, *form)
    _report_names(place, form, stamps, say)
    read = Counter()
    for student, is_late, file in _owned(round_, place, form, options, stamps, say):
        if not file.refused and not which_variant.is_notebook(file):
            file = replace(file, refused="it is not a notebook (.ipynb)")
        if not _is_too_many(round_, read, student, file, say):
            moment = when or stamps.of(file.parts) or file.when or datetime.now(UTC)
            yield _store(round_, student, file, moment, is_late, say)


def _owned(round_, place, form, options, stamps, say):
    """Yield each file of this assignment that is a student's: the student, if late, the file."""
    claimed = lms.claimed(archives.names(place), *form)
    others = other_assignments.named(round_, place, stamps, options["collect"])
    if others:
        say(f"left out, because they are other assignments: {', '.join(sorted(others))}")
    for file in archives.files(place, options["collect"]):
        if file.parts and (stamps.is_beside(file.parts) or stamps.assignment(file.parts) in others):
            continue
        student, is_late = lms.owner(file.parts, *form) if file.parts else (None, False)
        if problem := _unowned(student, file, claimed):
            say(f"{lms.shorten('/'.join(file.parts))}: {problem}")
        else:
            yield student, is_late, file


def _unowned(student, file, claimed):
    """Return why it is not known whose a file is, or ""."""
    if student is None:
        return f"{file.refused or 'its name does not say whose it is'}; not collected"
    if file.parts in claimed:
        return ("its name holds the numbers of two students; not collected. If it is right, "
                "rename it and collect again")  # fmt: skip
    return ""


def _is_too_many(round_, read, student, file, say):
    """Count a file of a student, and tell whether there were enough: each could take minutes.

    Notebooks of the assignment are counted separately, so that no other files crowd them out.
    """
    own = not file.refused and which_variant.is_stated(round_, file)
    read[student.key, own] += 1
    if read[student.key, own] == MOST_FILES + 1:
        what = f"notebooks of {round_.assignment}" if own else "other files"
        shown = lms.shorten("/".join(file.parts))
        say(f"{shown}: {student.name} has more than {MOST_FILES} {what}; this one and those after "
            "it are not collected")  # fmt: skip
    return read[student.key, own] > MOST_FILES


def _report_names(place, form, stamps, say):
    """Say which names may be those of two students, and which times cannot be read."""
    form, depth = form
    for name in archives.one_of_several(place, depth) if form == "plain" else ():
        say(f"{lms.shorten(name)}: it is written in two ways here, in different encodings, and was "
            "taken for one student; if there are two, rename one and collect again")  # fmt: skip
    for parts in stamps.unreadable:
        say(f"{lms.shorten('/'.join(parts))}: expected a time in nbgrader's form; the time "
            "of the file counts")  # fmt: skip


def _store(round_, student, file, moment, late, say):
    digest = hashlib.sha256(file.data or repr(file.parts).encode()).hexdigest()
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    original = "/".join(file.parts)
    variant = which_variant.of_file(round_, file)
    attempt = Attempt(student, moment.isoformat(), late, digest, original, variant, file.refused)
    folder = round_.folder("submitted") / folder_name(student)
    if folder.is_symlink():
        raise files.Problem(f"{folder} is a link; remove it and collect again")
    if records := _records(folder, attempt):
        return _note(round_, folder, records, attempt)
    if file.refused:
        say(f"{lms.shorten(original)}: {file.refused}; it cannot be graded")
    _write(folder, attempt, file)
    return True


def _write(folder, attempt, file):
    """Write a notebook, and then its record."""
    if not file.refused:
        files.write(folder / f"{attempt.name}.ipynb", file.data)
    about = {key: value for key, value in asdict(attempt).items() if key not in UNSTORED}
    files.write(folder / f"{attempt.name}.json", _text(about))


def _text(about):
    return json.dumps(about, ensure_ascii=False, indent=1)


def _records(folder, attempt=None):
    """Return the records in a student's folder, or those of the notebook of an attempt."""
    ending = f"*-{attempt.sha256[:12]}.json" if attempt else "*.json"
    # `collect` never writes a link.
    return sorted(path for path in folder.glob(ending) if not path.is_symlink())


def _note(round_, folder, records, attempt):
    """Note one more time of a notebook in its record; tell whether that is a new attempt.

    If it was renamed to say which variant it is, the record learns that.
    """
    before = len(repeats.in_order(map(_stored_attempt, _records(folder))))
    for path in records:
        about = files.read_json(path)
        if not isinstance(about, dict) or _stored_attempt(path).handed_in == NEVER:
            continue
        noted = repeats.with_time(about, attempt) if path == records[0] else about
        if attempt.variant is not None and about.get("variant") is None:
            course_folder.replace(round_.course, path, _text(noted | {"variant": attempt.variant}))
        elif noted != about:
            files.write(path, _text(noted))
    return len(repeats.in_order(map(_stored_attempt, _records(folder)))) > before


def attempts(round_):
    """Return all attempts of a round, by student, as the roster names them, and then by time.

    The deadline of the settings decides what is late, and the teacher's overrides before it.
    """
    limit = course_folder.deadline(round_, course_folder.settings(round_.course))
    folders = (path for path in sorted(round_.folder("submitted").glob("*/"))
               if not path.is_symlink())  # fmt: skip
    records = [_stored_attempt(path) for folder in folders for path in _records(folder)]
    names = {each.key: each.name for each in roster.read(round_.course)}
    collected = repeats.in_order([_renamed(each, names) for each in records])
    decided, _ = exceptions(round_, collected)
    return [_judged(each, limit, decided.get(each.student.key)) for each in collected]


def _renamed(attempt, names):
    """Return an attempt whose student has the roster's name: in Canvas's zip it is one word."""
    student = attempt.student
    return replace(attempt, student=replace(student, name=names.get(student.key, student.name)))


def exceptions(round_, collected):
    """Return the teacher's overrides, as `overrides.of_students` does."""
    students = {each.student for each in collected} | set(roster.read(round_.course))
    return overrides.of_students(round_, students)


def _judged(attempt, limit, override):
    """Return an attempt with its variant and how late it is."""
    override = override or overrides.NOTHING
    days = override.days_late
    if days is None:
        days = _days_late(attempt, override.extension or limit, override.extension)
    variant = attempt.variant if override.variant is None else override.variant
    return replace(attempt, variant=variant, late=days != 0, days_late=days)


def _days_late(attempt, limit, extension):
    """Return how many days late an attempt is, or None if Canvas says only that it is late."""
    if attempt.student.lms != "canvas":
        return late.days(attempt.handed_in, limit) if limit else int(attempt.late)
    # Times in a zip file of Canvas are those of the download: it was handed in before.
    in_time = extension and not late.days(attempt.handed_in, extension)
    return None if attempt.late and not in_time else 0


def _stored_attempt(path):
    """Return the attempt that a file describes; a damaged one belongs to its folder's student."""
    about = files.read_json(path)
    try:
        student = lms.Student(**about.pop("student"))
        notebook = None if about["refused"] else path.with_suffix(".ipynb")
        again = tuple(map(tuple, about.pop("again", ())))
        attempt = Attempt(
            student=student, path=notebook, again=again, folder=path.parent.name, **about
        )
        repeats.in_order([attempt])
        return attempt
    except (AttributeError, KeyError, TypeError, ValueError):
        name = path.parent.name
        why = f"{path.name} is damaged; remove it and collect again"
        digest = hashlib.sha256(path.name.encode()).hexdigest()
        student = lms.Student(name, name)
        return Attempt(student, NEVER, False, digest, path.name, refused=why, folder=name)


def folder_name(student):
    """Return a safe name for a student's folder, different for each student.

    Examples
    --------
    >>> folder_name(lms.Student("ada", "ada"))
    'ada'
    >>> folder_name(lms.Student("moodle 12345", "Zoë Ångström"))
    'Zoë-Ångström-b0752ecd'
    """
    if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", student.key):
        return student.key
    readable = re.sub(r"[\W_]+", "-", student.name).strip("-")[:40]
    return f"{readable or 'student'}-{hashlib.sha256(student.key.encode()).hexdigest()[:8]}"
