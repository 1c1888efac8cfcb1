"""The teacher's course folder: settings, rounds with their secret seeds, and the location of files.

==========================  ==============================================================
``course.toml``             the settings
``overrides.toml``          exceptions for single students, from the teacher
``assignments/A.ipynb``     an assignment of the teacher's own
``secret/A-R/``             source and seed of round R of assignment A; only for the teacher
``release/A-R/``            the notebooks for the students, one per variant, and self-checks
``submitted/A-R/``          the submissions: one folder per student, one file per attempt
``results/A-R/``            one result per submission, named by the key of its job
``manual-grading/A-R.csv``  points for free text, from graders; ``.html``: the answers
``feedback/A-R/``           one page per student
``summary/A-R.html``        how the class did; without names, ``A-R-without-names.html``
``export/``                 the CSV files
``backup/TIME/``            files that a command replaced
==========================  ==============================================================
"""

import os
import re
import secrets
import shutil
import time
import tomllib
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from grader.command import call
from grader.course import late
from grader.files import Problem, read_text, write
from grader.sandbox.launcher import Limits

EXAMPLE = "https://example.org/losses/"
SETTINGS = """\
# Settings of this course. Every command reads them again.
title = "{title}"
# Address of the book; feedback links to its pages.
book = "https://example.org/losses/"
# Number of variants, with different numbers, so that neighbours differ.
variants = 4
# Which attempt counts: "last", "last on time" or "best".
counts = "last"

# The deadline of each round, by name of assignment and number of the round.
[deadline]
# softmax-1 = 2026-11-30T23:59:00+01:00

# What late submissions cost, by round: a percentage of the maximum points for each day that has
# begun, everything after a cut-off, or both. Without a line they cost nothing.
[late]
# softmax-1 = {{ percent_per_day = 10, cut_off_days = 3 }}

# The largest file and the largest total that are collected, in MB.
[collect]
notebook_mb = 25
total_mb = 4000

# Limits for grading one submission. These are the defaults.
[limits]
"""
COUNTS = ("last", "last on time", "best")
KNOWN = {"title": str, "book": str, "variants": int, "counts": str}
SIZES = ("notebook_mb", "total_mb")
KNOWN |= {"deadline": dict, "late": dict, "collect": dict, "limits": dict}


@dataclass(frozen=True)
class Round:
    """One release of one assignment in one course folder."""

    course: Path
    assignment: str
    number: int

    @property
    def name(self):
        """The name of the round in folders and files."""
        return f"{self.assignment}-{self.number}"

    def folder(self, kind):
        """Return the folder of this round in a part of the course folder."""
        return self.course / kind / self.name

    @property
    def source(self):
        """The source notebook as it was when the round was released."""
        return self.folder("secret") / "source.ipynb"

    @property
    def seed_file(self):
        """The file with the secret seed."""
        return self.folder("secret") / "seed"

    def seed(self):
        """Return the secret seed of the round, as text."""
        return read_text(self.seed_file).strip()


def new_course(folder, title=None):
    """Make a course folder with its settings; refuse a folder that is in use."""
    folder = Path(folder)
    if (folder / "course.toml").exists():
        raise Problem(f"{folder} is a course folder already; nothing was changed")
    if folder.is_dir() and any(folder.iterdir()):
        raise Problem(f"{folder} is not empty; choose a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    title = (title or folder.resolve().name).replace("\\", "").replace('"', "'")
    limits = [f"# {name} = {value:g}\n" for name, value in asdict(Limits()).items()]
    write(folder / "course.toml", SETTINGS.format(title=title) + "".join(limits))
    write(folder / ".gitignore", "# Seeds and submissions belong in no repository.\n*\n")


def nearest():
    """Return the nearest course folder: the current folder or one above it, else the current."""
    above = [Path(os.path.relpath(each)) for each in Path.cwd().parents]
    known = (each for each in [Path(), *above] if (each / "course.toml").is_file())
    return next(known, Path())


def own_assignments(folder):
    """Return the teacher's own assignments: name -> path of the source."""
    paths = sorted((Path(folder) / "assignments").glob("*.ipynb"))
    return {path.stem: path for path in paths}


def source_of(folder, assignment):
    """Return the path of the teacher's own assignment of this name, or the name of the book's.

    Parameters
    ----------
    assignment : str
        A name, or the path of a source, which is returned.
    """
    return own_assignments(folder).get(str(assignment), assignment)


def settings(folder):
    """Return the settings of a course folder, checked."""
    file = Path(folder) / "course.toml"
    if not file.is_file():
        raise Problem(f"{folder} is not a course folder; make one: {call('new-course', folder)}")
    defaults = tomllib.loads(SETTINGS.format(title=""))
    try:
        given = tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as problem:
        raise Problem(f"{file} cannot be read: {problem}") from None
    for name, value in given.items():
        _check_setting(file, name, value)
    merged = defaults | given
    merged["collect"] = defaults["collect"] | merged["collect"]
    return merged


def _check_setting(file, name, value):
    if name not in KNOWN:
        raise Problem(f"{file}: there is no setting {name}; there are {', '.join(KNOWN)}")
    if not isinstance(value, KNOWN[name]) or isinstance(value, bool):
        raise Problem(f"{file}: {name} = {value!r} does not have the form of the default")
    if name == "counts" and value not in COUNTS:
        raise Problem(f"{file}: expected counts to be one of {', '.join(COUNTS)}, got {value!r}")
    if name == "variants" and not 1 <= value <= 1000:
        raise Problem(f"{file}: expected variants from 1 to 1000, got {value}")
    if name == "collect":
        _check_sizes(file, value)
    if name == "deadline" and not all(
        isinstance(when, datetime) and when.tzinfo for when in value.values()
    ):
        raise Problem(f"{file}: expected a deadline in the form 2026-11-30T23:59:00+01:00")
    for of_round, rule in value.items() if name == "late" else ():
        _check_late_rule(file, of_round, rule)


def _check_sizes(file, value):
    for name, number in value.items():
        if name not in SIZES:
            raise Problem(f"{file}, [collect]: there is no {name}; there are {', '.join(SIZES)}")
        if type(number) not in (int, float) or not number > 0:
            raise Problem(f"{file}: expected numbers above 0 under [collect]")


def _check_late_rule(file, of_round, rule):
    try:
        late.rule(rule)
    except ValueError as problem:
        raise Problem(f"{file}, [late], {of_round}: {problem}") from None


def doubts(folder, assignments):
    """Return a sentence for each setting that has no effect or was not changed yet.

    Parameters
    ----------
    assignments : iterable of str
        The names of assignments that may be released.
    """
    options, file = settings(folder), Path(folder) / "course.toml"
    known = {each.assignment for each in rounds(folder)} | set(assignments)
    sentences = []
    for name, what in [*((each, "deadline") for each in options["deadline"]),
                       *((each, "late rule") for each in options["late"])]:  # fmt: skip
        match = re.fullmatch(r"(.+)-[1-9]\d*", name)
        if not match or match[1] not in known:
            sentences.append(
                f"{file}: there is no round {name}, so its {what} has no effect; "
                f"expected a name such as {sorted(known)[0] if known else 'softmax'}-1"
            )
    for name in options["late"].keys() - options["deadline"].keys():
        sentences.append(f"{file}: {name} has a late rule but no deadline")
    if options["book"] == EXAMPLE:
        sentences.append(f"{file}: book is still the example {EXAMPLE}: no link works; change it")
    return sentences


def deadline(round_, options):
    """Return the deadline of a round, or None."""
    return options["deadline"].get(round_.name)


def late_rule(round_, options):
    """Return what late submissions cost in a round."""
    given = options["late"].get(round_.name)
    return late.rule(given) if given else late.FREE


def rounds(folder):
    """Return the rounds of a course folder, sorted by assignment and number."""
    # A round has a source; other folders, such as a copy or an interrupted start, are ignored.
    names = [path.parent.name for path in (Path(folder) / "secret").glob("[!.]*/source.ipynb")]
    matches = filter(None, (re.fullmatch(r"(.+)-([1-9][0-9]*)", name) for name in names))
    every = [Round(Path(folder), match[1], int(match[2])) for match in matches]
    return sorted(every, key=lambda each: (each.assignment, each.number))


def find_round(folder, assignment, number=None):
    """Return the newest round of an assignment, or the one with a number."""
    known = [each for each in rounds(folder) if each.assignment == assignment]
    if not known:
        there = ", ".join(each.name for each in rounds(folder))
        raise Problem(
            f"{assignment} was not released in {folder}{there and f', which has {there}'}; "
            f"release it first: {call(f'release {assignment}', folder)}"
        )
    chosen = [each for each in known if number in (None, each.number)]
    if not chosen:
        numbers = ", ".join(str(each.number) for each in known)
        raise Problem(f"{assignment} has no round {number}; there is {numbers}")
    return chosen[-1]


def start_round(folder, assignment, source_bytes):
    """Make the next round of an assignment: store its source, draw its secret seed."""
    known = [each.number for each in rounds(folder) if each.assignment == assignment]
    round_ = Round(Path(folder), assignment, max(known, default=0) + 1)
    (Path(folder) / "secret").mkdir(mode=0o700, exist_ok=True)
    # Prepared aside and renamed: a round has a source and a seed, or it does not exist.
    aside = Path(folder) / "secret" / f".new-{round_.name}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    write(aside / "source.ipynb", source_bytes)
    write(aside / "seed", secrets.token_hex(32) + "\n", mode=0o600)
    aside.rename(round_.folder("secret"))
    return round_


def replace(course, path, content):
    """Write a file; a different previous one goes to the backup. Tell whether there was one."""
    path = Path(path)
    data = content if isinstance(content, bytes) else content.encode()
    before = path.read_bytes() if path.is_file() else None
    if before == data:
        return False
    if before is not None:
        write(_backup(course) / path.relative_to(course), before)
    write(path, data)
    return before is not None


_started = time.strftime("%Y-%m-%dT%H-%M-%S")


def _backup(course):
    """Return the folder for the files that this command replaces."""
    return Path(course) / "backup" / f"{_started}-{os.getpid()}"


def set_aside(course, path):
    """Move a file to the backup."""
    target = _backup(course) / path.relative_to(course)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
