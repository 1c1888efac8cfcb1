"""Grade a round again with a corrected source, and compare before anything changes.

The new results are kept in `secret/A-R/regrade/`. They and the corrected source replace the old
ones only on request, and what they replace goes to the backup.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader import files
from grader.checks import cells
from grader.course import course_folder, gradebook, lms, overrides
from grader.course.comments import question_name
from grader.course.grading import grade
from grader.course.release import refuse_broken
from grader.source import derive, roles

MOST_SHOWN = 20  # changes outside the question that is meant
OTHER_CELLS = (
    "{source} cannot be used to grade {round} again: students received a different cell {cell}. "
    "Hidden tests, solutions, rubrics and points may change, nothing else that students see; the "
    "source of the round is {kept}"
)


@dataclass(frozen=True)
class Trial(course_folder.Round):
    """A round with a different source and results of its own."""

    corrected: Path = Path()

    @property
    def source(self):
        """The corrected source."""
        return self.corrected

    def folder(self, kind):
        """Return the folder of this round in a part of the course folder."""
        return super().folder("secret") / "regrade" if kind == "results" else super().folder(kind)


@dataclass(frozen=True)
class Change:
    """One student before and after; the checks that changed, as sentences."""

    before: gradebook.Row
    after: gradebook.Row
    checks: tuple


@dataclass(frozen=True)
class Plan:
    """What is graded again: the round, its trial, and the jobs of both."""

    round: course_folder.Round
    tried: Trial
    current: dict  # all jobs of the round, as `gradebook.jobs` returns them
    keyed: dict  # the jobs of the trial that are run
    question: str | None = None

    @property
    def same_source(self):
        """Whether only running again can change something."""
        return derive.content(self.tried.source) == derive.content(self.round.source)


def prepare(round_, limits, source=None, student=None, question=None):
    """Return the plan to grade a round again.

    Parameters
    ----------
    source : path, optional
        The corrected source; by default the teacher's own, that of the book, or the round's.
    student : str, optional
        Key or name of the only student who is graded again.
    question : str, optional
        The only question whose points may change.
    """
    tried = _trial(round_, source)
    keyed = _chosen(gradebook.jobs(tried, limits), student)
    if question:
        question = overrides.find_question(derive.questions(tried.source), question, tried.source)
    try:
        current = gradebook.jobs(round_, limits)
    except files.Problem:  # the source was not usable: only stored results say how it was
        current = {attempt: ("", arguments) for attempt, (_, arguments) in keyed.items()}
    return Plan(round_, tried, current, keyed, question)


def _trial(round_, source):
    """Return a trial of a round; refuse a source that does not fit what students received."""
    given = derive.path(source or course_folder.source_of(round_.course, round_.assignment))
    given = given if source or given.exists() else round_.source
    if not given.exists():
        raise files.Problem(f"there is no {given}")
    tried = Trial(round_.course, round_.assignment, round_.number, given)
    refuse_broken(given, "cannot be used")
    if derive.content(given) != derive.content(round_.source):
        _refuse_other_cells(round_, tried)
    return tried


def _refuse_other_cells(round_, tried):
    for number in gradebook.released(round_):
        received, now = (_seen(each, number) for each in (round_, tried))
        different = [name for name in received.keys() | now.keys()
                     if received.get(name) != now.get(name)]  # fmt: skip
        if different or list(received) != list(now):
            raise files.Problem(OTHER_CELLS.format(
                source=tried.source, round=round_.name, kept=round_.source,
                cell=_words(now | received, different)))  # fmt: skip


def _words(seen, different):
    """Return the beginning of the first cell that is different, as the teacher wrote it."""
    texts = [seen[name][1].strip().split("\n")[0][:60] for name in seen if name in different]
    return f"“{texts[0]}”" if texts else "in a different place"


def _seen(round_, number):
    """Return what students see of each cell: its kind, its text and its role."""
    try:
        released = derive.release(round_.source, round_.seed(), number)
    except (ValueError, SyntaxError, NameError) as problem:
        raise files.Problem(f"{round_.source} cannot be used for grading: {problem}") from None
    marks = ("grade_id", "grade", "solution", "locked")
    return {cell.id: (cell.cell_type, _without_points(cell),
                      [cells.marks(cell).get(mark) for mark in marks])
            for cell in released.cells}  # fmt: skip


def _without_points(cell):
    """Return the text of a cell, without the points in a heading: they may be corrected."""
    if cell.cell_type == "code":
        return cell.source
    return roles.HEADING.sub(lambda heading: roles.POINTS.sub("", heading[0]), cell.source)


def _chosen(keyed, student):
    """Return the jobs of one student, or all."""
    if student is None:
        return keyed
    student = lms.normal(student)
    fits = {attempt: job for attempt, job in keyed.items()
            if student in (attempt.student.key, attempt.student.name)}  # fmt: skip
    count = len({attempt.student.key for attempt in fits})
    if count != 1:
        raise files.Problem(f"expected one student {student} with a notebook, found {count}")
    return fits


def run(plan, workers, say, write=False, **options):
    """Grade with the corrected source; results of an earlier trial are used again.

    Without a new source, only running again can change something, so nothing is used again before
    it is written.
    """
    if write and len(plan.keyed) < len(plan.current) and not plan.same_source:
        raise files.Problem("a corrected source counts for the whole round; leave out --student")
    if plan.same_source and not write:
        for key, _ in plan.keyed.values():
            (plan.tried.folder("results") / f"{key}.json").unlink(missing_ok=True)
    return grade(plan.tried, plan.keyed, workers, say, **options)


def changes(plan):
    """Return a `Change` for each student whose points, checks or state differ."""
    students = {attempt.student.key for attempt in plan.keyed}
    before = _earlier_rows(plan.round, plan.current)
    after = {row.attempt.student.key: row for row in gradebook.rows(plan.tried, plan.keyed)}
    pairs = [(row, after[row.attempt.student.key]) for row in before
             if row.attempt.student.key in students]  # fmt: skip
    compared = [Change(old, new, tuple(_checks(old, new))) for old, new in pairs]
    changed = [each for each in compared
               if each.checks or _stands(each.before) != _stands(each.after)]  # fmt: skip
    _refuse_others(changed, plan.question)
    return changed


def _earlier_rows(round_, current):
    """Return the rows as they were: stale results count where there are no current ones."""
    stored = {}
    paths = sorted(round_.folder("results").glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in paths:
        content = gradebook.result(round_, path.stem) or {}
        stored[content.get("submission"), content.get("variant")] = path.stem
    keyed = {}
    for attempt, (key, arguments) in current.items():
        if not gradebook.result(round_, key):
            key = stored.get((attempt.sha256, arguments["variant"]), key)
        keyed[attempt] = (key, arguments)
    return gradebook.rows(round_, keyed)


def _stands(row):
    return row.points, row.state, row.attempt.name


def _checks(before, after):
    """Yield a sentence for each check that was added, removed or decided differently."""
    old, new = _by_words(before), _by_words(after)
    for name in dict.fromkeys([*old, *new]):
        first, second = old.get(name), new.get(name)
        if first != second:
            question, words, _ = name
            yield f"{question_name(question)}, {words}: {_earned(first)} → {_earned(second)}"


def _by_words(row):
    """Return the points of each check; the same words twice are counted."""
    decided, seen = {}, Counter()
    for check in row.result["checks"] if row.result else []:
        name = check["question"], check["words"]
        seen[name] += 1
        decided[(*name, seen[name])] = (check["points"], check["max_points"])
    return decided


def _earned(pair):
    return f"{pair[0]:g} of {pair[1]:g}" if pair else "no check"


def _refuse_others(changed, question):
    """Refuse changes outside the one question that is meant."""
    start = f"{question_name(question)}, " if question else ""
    others = [f"{each.after.attempt.student.name}: {check}" for each in changed
              for check in each.checks if not check.startswith(start)]  # fmt: skip
    if others:
        shown = others[:MOST_SHOWN]
        more = [f"and {len(others) - len(shown)} more"] * (len(others) > len(shown))
        raise files.Problem("\n    ".join(
            [f"checks outside {question} change too ({len(others)}), so nothing is written:",
             *shown, *more]))  # fmt: skip


def report(plan, changed):
    """Yield the lines that say whose points change, and why."""
    for each in changed:
        old, new = _total(each.before), _total(each.after)
        yield f"{each.after.attempt.student.name}: {old} → {new}"
        yield from (f"    {check}" for check in each.checks)
        if each.before.attempt.name != each.after.attempt.name:
            yield f"    a different attempt counts: {each.after.attempt.original}"
    count = len({attempt.student.key for attempt in plan.keyed})
    gains = sum(each.after.so_far > each.before.so_far for each in changed)
    losses = sum(each.after.so_far < each.before.so_far for each in changed)
    same = len(changed) - gains - losses
    rest = f", {same} with the same points" if same else ""
    yield f"{len(changed)} of {count} students change: {gains} up, {losses} down{rest}."


def _total(row):
    """Return the points in words: all, those so far, or why there are none."""
    if row.points is None:
        return f"{row.so_far:g} so far" if row.state == gradebook.OPEN else row.state
    return f"{row.points:g}"


def write(plan):
    """Let the new results and the corrected source count; return how many results are new.

    The source comes last: until then, the old results count, and the command can be repeated.
    """
    moved = [key for key, _ in plan.keyed.values() if _move(plan, f"{key}.json")]
    if not plan.same_source:
        course = plan.round.course
        course_folder.replace(course, plan.round.source, plan.tried.source.read_bytes())
    return len(moved)


def _move(plan, name):
    """Move one result of the trial to those of the round; an old one goes to the backup."""
    new, target = (each.folder("results") / name for each in (plan.tried, plan.round))
    if not new.exists():
        return False
    if target.exists():
        course_folder.set_aside(plan.round.course, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    new.rename(target)
    return True
