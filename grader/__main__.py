"""The teacher's commands.

A course is a folder: make one, then for each assignment release, collect, grade, feedback, export.
Every command can be run again; what it replaces goes to the folder backup first.
"""

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from grader import files
from grader.course import course_folder


def main(arguments=None):
    """Run one command; a problem that the teacher can put right is one sentence."""
    options = parser().parse_args(arguments)
    try:
        options.command(options)
    except files.Problem as problem:
        sys.exit(f"error: {problem}")
    except KeyboardInterrupt:
        sys.exit("\nstopped; nothing is lost, and the same command goes on")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as problem:
        place = f" ({problem.filename})" if problem.filename else ""
        sys.exit(f"error: {problem.strerror or problem}{place}; put it right and run it again")


def parser():
    """Return what reads the command line."""
    made = argparse.ArgumentParser(prog="python -m grader", description=__doc__)
    commands = made.add_subparsers(required=True, metavar="COMMAND")

    def add(name, function, help_text, of_assignment=True):
        added = commands.add_parser(name, help=help_text, description=help_text)
        added.set_defaults(command=function)
        if of_assignment:
            added.add_argument("assignment", help="name of the assignment, for example softmax")
            added.add_argument("--round", type=int, help="its number; the newest one without it")
        folder = {"type": Path, "default": Path(), "help": "the course folder, this one without it"}
        added.add_argument("--course", **folder)
        return added

    new = add("new-course", do_new_course, "make a course folder with its settings", False)
    new.add_argument("--title")
    add("list", do_list, "list the assignments, and the rounds of this course", False)
    out = add("release", do_release, "write what the students get", False)
    out.add_argument("assignment", help="its name, or the path of a source of your own (.ipynb)")
    out.add_argument("--new-round", action="store_true", help="draw a new secret seed")
    into = add("collect", do_collect, "take over what the students handed in")
    into.add_argument("place", type=Path, help="a folder, or a zip file of Canvas, Moodle or yours")
    into.add_argument("--when", help="when all of it was handed in, as 2026-11-30T23:59:00+01:00")
    grades = add("grade", do_grade, "grade what has no result yet")
    grades.add_argument(
        "--jobs", type=int, default=0, help="how many at once; all cores without it"
    )
    grades.add_argument(
        "--again", action="store_true", help="grade all anew, results to the backup"
    )
    grades.add_argument("--no-sandbox", action="store_true", help="let students' code do anything")
    grades.add_argument("--engine", default="", help='more for Snakemake: "--executor slurm …"')
    add("feedback", do_feedback, "write a page for each student")
    table = add("export", do_export, "write the points as CSV")
    table.add_argument("--to", choices=("plain", "canvas", "moodle"), default="plain")
    table.add_argument("--title", help="the column's title in Canvas; the assignment without it")
    table.add_argument("--into", type=Path, help="fill in the file that the LMS gave you")
    add("summary", do_summary, "show how the class did, and the mistakes most made")
    return made


def do_new_course(options):
    """Make a course folder."""
    course_folder.new_course(options.course, options.title)
    print(f"Made {options.course / 'course.toml'}; look at it, then release an assignment.")


def do_list(options):
    """List what can be released and what was."""
    from grader.source import derive

    print("Assignments:", ", ".join(derive.topics()))
    if (options.course / "course.toml").exists():
        names = [each.name for each in course_folder.rounds(options.course)]
        print("Rounds of this course:", ", ".join(names) or "none yet")


def do_release(options):
    """Release an assignment."""
    from grader.course.release import release

    made, paths = release(options.course, options.assignment, options.new_round)
    print(f"Round {made.name}: {len(paths)} variants in {paths[0].parent}")
    print(f"The secret seed is kept in {made.seed_file}; without it nobody can grade the round.")


def do_collect(options):
    """Take submissions over."""
    from grader.course.collect import collect

    round_ = _round(options)
    if not options.place.exists():
        raise files.Problem(f"there is no {options.place}")
    fresh, known = collect(round_, options.place, _say, _moment(options.when))
    print(f"{fresh} collected, {known} known already, in {round_.folder('submitted')}")


def do_grade(options):
    """Grade a round."""
    from grader.course import feedback, gradebook, manual_grading
    from grader.course.grading import grade

    round_, limits = _round(options), _limits(options)
    if options.jobs < 0:
        raise files.Problem(f"jobs is a number of 1 or more, not {options.jobs}")
    workers = options.jobs or len(os.sched_getaffinity(0))
    _check_sandbox(options)
    done = grade(round_, workers, _say, options.again, limits, extra=options.engine.split())
    table = gradebook.rows(round_, limits)
    print(f"{done} graded now, {len(table)} students in all.")
    if manual_grading.write_sheet(round_, table):
        page = feedback.review(round_, table)
        still_open = sum(len(row.open) for row in table)
        print(
            f"{still_open} answers wait for manual grading: {manual_grading.sheet(round_)}, "
            f"to read: {page}"
        )


def do_feedback(options):
    """Write the students' pages."""
    from grader.course.feedback import feedback

    round_, table = _table(options)
    replaced = feedback(round_, table)
    print(f"{len(table)} pages in {round_.folder('feedback')}, {replaced} of them replaced")


def do_export(options):
    """Write a CSV file."""
    from grader.course.export import export

    round_, table = _table(options)
    title = options.title or options.assignment
    path, blank = export(round_, table, options.to, title, options.into)
    print(f"{path}: {len(table)} students, {blank} without points")
    for row in table:
        if row.points is None:
            _say(f"{row.attempt.student.name}: {row.state}" + (row.reason and f": {row.reason}"))


def do_summary(options):
    """Show the summary."""
    from grader.course.summary import summary

    round_, table = _table(options)
    print("\n".join(summary(round_, table)))


def _table(options):
    from grader.course import gradebook

    round_ = _round(options)
    table = gradebook.rows(round_, _limits(options))
    if not table:
        raise files.Problem(f"nothing was collected for {round_.name}; collect submissions first")
    return round_, table


def _round(options):
    course_folder.settings(options.course)
    return course_folder.find_round(options.course, options.assignment, options.round)


def _limits(options):
    from grader.sandbox import launcher

    given = course_folder.settings(options.course)["limits"]
    try:
        launcher.Limits.of(given)
    except (ValueError, TypeError) as problem:
        raise files.Problem(f"{options.course / 'course.toml'}, [limits]: {problem}") from None
    return given | ({"no_sandbox": True} if getattr(options, "no_sandbox", False) else {})


def _check_sandbox(options):
    """Say before anything starts what is wrong with the sandbox, or what goes without it."""
    from grader.sandbox import launcher

    try:
        if launcher.choose(options.no_sandbox) == "none":
            print(launcher.UNSAFE, file=sys.stderr)
    except launcher.NoSandbox as problem:
        raise files.Problem(str(problem).removeprefix("error: ")) from None


def _moment(text):
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        moment = None
    if text and (moment is None or moment.tzinfo is None):
        raise files.Problem(f"{text} is no time; write it as 2026-11-30T23:59:00+01:00")
    return moment


def _say(sentence):
    from grader.course.collect import shorten

    print(shorten(sentence, 300), flush=True)


if __name__ == "__main__":
    main()
