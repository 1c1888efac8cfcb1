"""Grade what has no result yet. Stopped or killed, the same command goes on where it was."""

import os

from grader import files
from grader.course import course_folder, gradebook
from grader.course.collect import shorten
from grader.run import engine, job
from grader.run.progress import Bar

FEW = 4 * engine.MOST_IN_A_BATCH


def grade(round_, workers, say, again=False, limits=None, worker=engine.WORKER, extra=()):
    """Grade a round with a number of workers; return how many submissions were graded now."""
    place = round_.folder("secret") / "work"
    with engine.alone(place):
        engine.tidy(place)
        found = {told["key"]: (attempt, told) for attempt, told in gradebook.jobs(round_, limits)}
        if again:
            _set_aside(round_, found)
        waiting = {key: each for key, each in found.items() if not gradebook.result(round_, key)}
        _set_aside(round_, waiting)  # what is damaged
        watch = Watch(round_, waiting, say)
        told = [_job(round_, arguments) for attempt, arguments in waiting.values()]
        said = engine.run(place, told, workers, watch.look, worker, extra=extra) if told else []
        if said and 0 < len(watch.left()) <= FEW and watch.done:
            # What ended a whole batch is met again alone, and holds nobody else up. Where very much
            # is left, or all, the reason is none of the submissions: a full disk, for example.
            told = [_job(round_, waiting[key][1]) for key in watch.left()]
            said = engine.run(place, told, workers, watch.look, worker, most=1, extra=extra)
        watch.bar.end()
    if watch.left():
        # Without a word, the results that are there are those of another version of the grader.
        why = "The files of the grader were changed while it worked"
        if said:
            why = f"It said: {shorten(' / '.join(said), 600)}"
        raise files.Problem(
            f"{len(watch.left())} of {len(waiting)} have no result, since the grader ended; the "
            f"same command tries them again. {why}"
        )
    return len(waiting)


def _job(round_, arguments):
    """Return a line of a batch."""
    told = {name: value for name, value in arguments.items() if name != "key"}
    return told | {"results": str(round_.folder("results").resolve())}


def _set_aside(round_, found):
    """Move what is there of results to the backup, so that they are made anew."""
    for key in found:
        path = round_.folder("results") / f"{key}.json"
        if path.exists():
            course_folder.set_aside(round_.course, path)


class Watch:
    """What is done so far, on a bar, with a line for each problem."""

    def __init__(self, round_, waiting, say):
        """Begin with nothing done."""
        self.round, self.waiting, self.done = round_, waiting, set()
        self.bar, self.say = Bar(len(waiting), "graded"), say

    def left(self):
        """Return the keys that have no result."""
        return [key for key in self.waiting if key not in self.done]

    def look(self):
        """Look which results are new."""
        folder = self.round.folder("results")
        there = {name[:-5] for name in os.listdir(folder)} if folder.is_dir() else set()
        for key in there & self.waiting.keys() - self.done:
            found = gradebook.result(self.round, key)
            if found:
                self.done.add(key)
                self._problem(self.waiting[key][0].student, found)
        if self.waiting:
            self.bar.show(len(self.done))

    def _problem(self, student, found):
        if found["state"] != job.GRADED:
            self.bar.say(f"{shorten(student.name)}: {job.COULD_NOT}: {found['reason']}")
