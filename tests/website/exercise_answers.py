"""What readers answer to the exercises that check themselves, and how an answer is checked."""

import tomllib
from pathlib import Path

from website import exercises
from website.cells import checking, runner

TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def filled_in(start, answer):
    """Return the start code with an answer instead of the line to change."""
    lines = start.splitlines()
    place = next(n for n, line in enumerate(lines) if line.endswith("# change this line"))
    indented = [f"    {line}" if line else "" for line in answer.strip("\n").splitlines()]
    return "\n".join([*lines[:place], *indented, *lines[place + 1 :]])


def programs():
    """Yield the programs of readers: exercise, program, words of the message or "" if right."""
    for name in exercises.names():
        exercise, answers = exercises.read(name), TABLE[name]
        yield name, exercise.solution, ""
        yield name, filled_in(exercise.start, answers["right"]), ""
        yield name, exercise.start, "gives"
        for wrong in answers["wrong"]:
            yield name, filled_in(exercise.start, wrong["answer"]), wrong["says"]


PROGRAMS = list(programs())


def check(name, code):
    """Return the verdict on an answer in this Python."""
    source = exercises.read(name).source
    return checking.check(source, code, lambda text: None, runner.run, runner.printed)
