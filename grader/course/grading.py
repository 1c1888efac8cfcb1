"""Grade what has no result yet. After a stop or a crash, the same command continues."""

import os
from collections import Counter

from grader import files
from grader.course import course_folder, feedback, gradebook, manual_grading
from grader.course.lms import shorten
from grader.run import engine
from grader.run.progress import Bar
from grader.run.result import COULD_NOT, GRADED

FEW = 4 * engine.MOST_IN_A_BATCH


def grade(round_, keyed, workers, say, again=False, worker=engine.WORKER, extra=()):
    """Grade a round; return how many submissions were graded now.

    Parameters
    ----------
    keyed : dict
        The jobs of the round, as `gradebook.jobs` returns them.
    workers : int
        How many processes grade at once.
    say : function
        Called with one sentence for each submission that could not be graded.
    again : bool
        Grade everything again, even if there are results.
    worker : sequence of str
        The command that grades one batch.
    extra : sequence of str
        Options for Snakemake.
    """
    place = round_.folder("secret") / "work"
    with engine.alone(place):
        engine.tidy(place)
        jobs = {key: (attempt, _job(round_, arguments))
                for attempt, (key, arguments) in keyed.items()}  # fmt: skip
        if again:
            _set_aside(round_, jobs)
        waiting = {key: each for key, each in jobs.items() if not gradebook.result(round_, key)}
        _set_aside(round_, waiting)  # damaged results
        watch = Watch(round_, waiting, say)
        last_words = _run(place, watch, workers, worker, extra)
        watch.bar.end()
    if watch.left():
        raise files.Problem(_unfinished(watch, last_words))
    return len(waiting)


def _run(place, watch, workers, worker, extra):
    """Run what is waiting; return the last lines of a batch or an engine that failed."""
    if not watch.waiting:
        return []
    jobs = [job for _, job in watch.waiting.values()]
    last_words = engine.run(place, jobs, workers, watch.look, worker, extra=extra)
    if last_words and 0 < len(watch.left()) <= FEW and watch.done:
        # A submission that ended its whole batch fails alone now, and holds nobody else up. If very
        # many are left, or all, the submissions are not the reason: a full disk, for example.
        jobs = [watch.waiting[key][1] for key in watch.left()]
        last_words = engine.run(place, jobs, workers, watch.look, worker, most=1, extra=extra)
    return last_words


def _unfinished(watch, last_words):
    # If nothing was reported, the existing results belong to a different version of the grader.
    why = "The files of the grader were changed while it worked"
    if last_words:
        why = f"Its last lines: {shorten(' / '.join(last_words), 600)}"
    students = [watch.waiting[key][0].student.name for key in watch.left()]
    return (
        f"{len(watch.left())} of {len(watch.waiting)} have no result, because the grader ended "
        f"({shorten(', '.join(students), 200)}); the same command tries them again. {why}"
    )


def _job(round_, arguments):
    """Return one entry of a batch."""
    return arguments | {"results": str(round_.folder("results").resolve())}


def _set_aside(round_, keys):
    """Move existing results to the backup, so that they are made again."""
    for key in keys:
        path = round_.folder("results") / f"{key}.json"
        if path.exists():
            course_folder.set_aside(round_.course, path)


def report(round_, table, say):
    """Say how the students stand, and write the sheet and the page for manual grading."""
    states = Counter(row.state for row in table)
    say(f"{len(table)} students: " + ", ".join(f"{n} {state}" for state, n in states.items()))
    if manual_grading.write_sheet(round_, table):
        page = feedback.review(round_, table)
        still_open = sum(len(row.open) for row in table)
        if still_open:
            say(f"{still_open} answers wait for manual grading: grade them in a browser with the "
                f"command manual-grading, or read them in {page} and enter points in "
                f"{manual_grading.sheet(round_)}")  # fmt: skip


class Watch:
    """Shows the progress as a bar, with a line for each problem.

    Attributes
    ----------
    waiting : dict
        Key of a job -> its attempt, and its entry in a batch.
    """

    def __init__(self, round_, waiting, say):
        """Start with nothing done."""
        self.round, self.waiting, self.done = round_, waiting, set()
        self.bar, self.say = Bar(len(waiting), "done"), say

    def left(self):
        """Return the keys that have no result."""
        return [key for key in self.waiting if key not in self.done]

    def look(self):
        """Look for new results."""
        folder = self.round.folder("results")
        there = {name[:-5] for name in os.listdir(folder)} if folder.is_dir() else set()
        for key in there & self.waiting.keys() - self.done:
            result = gradebook.result(self.round, key)
            if result:
                self.done.add(key)
                self._report(self.waiting[key][0].student, result)
        if self.waiting:
            self.bar.show(len(self.done))

    def _report(self, student, result):
        if result["state"] != GRADED:
            self.bar.say(f"{shorten(student.name)}: {COULD_NOT}: {result['reason']}")
