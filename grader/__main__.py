"""The teacher's commands.

A course is a folder: make one, then for each assignment release, collect, grade, feedback, export.
Every command can be repeated; files that it replaces go to the folder backup first. In a course
folder, or in a folder below it, --course is not needed.
"""

import argparse
import inspect
import os
import sys
from datetime import datetime
from pathlib import Path

from grader import authoring, command, files
from grader.course import course_folder

FORMS = ("plain", "canvas", "moodle")


def main(arguments=None):
    """Run one command; a problem that the teacher can fix is one sentence."""
    options = parser().parse_args(arguments)
    options.course = options.course or course_folder.nearest()
    if not hasattr(os, "fork"):
        sys.exit("error: these commands need Linux; on Windows, run them in WSL")
    for stream in (sys.stdout, sys.stderr):  # a name that the terminal cannot show
        stream.reconfigure(errors="backslashreplace")
    try:
        options.command(options)
    except files.Problem as problem:
        sys.exit(f"error: {problem}")
    except KeyboardInterrupt:
        sys.exit("\nstopped; nothing is lost, and the same command continues")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as problem:
        place = f" ({problem.filename})" if problem.filename else ""
        sys.exit(f"error: {problem.strerror or problem}{place}; fix it and repeat the command")


def parser():
    """Return the parser of the command line."""
    form = {"formatter_class": argparse.RawDescriptionHelpFormatter}
    whole = argparse.ArgumentParser(
        prog=command.program(), description=__doc__, epilog=command.EXAMPLE, **form
    )
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def add(name, function, help_text, of_assignment=True):
        about = inspect.getdoc(function)
        added = commands.add_parser(name, help=help_text, description=about, **form)
        added.set_defaults(command=function)
        if of_assignment:
            added.add_argument("assignment", help="name of the assignment, for example softmax")
            added.add_argument("--round", type=int, help="its number; by default the newest")
        folder_help = "the course folder; by default the current one, or the nearest one above it"
        added.add_argument("--course", type=Path, metavar="FOLDER", help=folder_help)
        return added

    new = add("new-course", do_new_course, "make a course folder with its settings", False)
    new.add_argument("--title", help="its title; by default the name of the folder")
    authoring.add_commands(add)
    into = add("collect", do_collect, "collect the submissions")
    into.add_argument("place", type=Path, help="a folder or a zip file")
    into.add_argument("--when", help="time of all submissions, as 2026-11-30T23:59:00+01:00")
    grades = add("grade", do_grade, "grade every submission that has no result yet")
    grades.add_argument(
        "--again", action="store_true", help="grade everything again; old results go to the backup"
    )
    redo = add("regrade", do_regrade, "show whose points a corrected source changes, and why")
    redo.add_argument(
        "--source", type=Path, help="the corrected source; by default yours, or the book's"
    )
    redo.add_argument("--student", help="only this student, by name or as in the export")
    redo.add_argument("--question", help="refuse if the points of any other question change")
    redo.add_argument("--write", action="store_true", help="let the new results count")
    for graded in (grades, redo):
        graded.add_argument("--jobs", type=int, default=0, help="workers; by default one per core")
        graded.add_argument("--no-sandbox", action="store_true", help="run students' code freely")
        graded.add_argument("--engine", default="", help='such as "--executor slurm"')
    manual = add("manual-grading", do_manual_grading, "grade free text in a browser")
    manual.add_argument("--grader", help="your name, which other graders read")
    manual.add_argument("--port", type=int, default=0, help="by default a free one")
    pages = add("feedback", do_feedback, "write a page for each student")
    pages.add_argument("--to", choices=FORMS[1:], help="also a zip file to upload there")
    table = add("export", do_export, "write the points as CSV")
    table.add_argument("--to", choices=FORMS, default="plain", help="its form")
    table.add_argument("--title", help="the column's title in Canvas")
    table.add_argument(
        "--into", type=Path, metavar="FILE", help="fill in this file, exported from the LMS"
    )
    table.add_argument("--comments", help="its column for comments, if that is not Moodle's")
    table.add_argument("--scale", action="store_true", help="scale to the maximum of the LMS")
    shown = add("summary", do_summary, "show how the class did, and write a page about it")
    shown.add_argument("--hide-names", action="store_true", help="write the page without names")
    return whole


def do_new_course(options):
    """Make a course folder with its settings.

    They are in course.toml: deadlines, what being late costs, the number of variants, limits.
    Exceptions for single students are in overrides.toml.
    """
    from grader.course import overrides

    course_folder.new_course(options.course, options.title)
    overrides.write_template(options.course)
    print(f"Made {options.course / 'course.toml'}; check it, then release an assignment:")
    print(f"  {command.call('list', options.course)}")
    print(f"  {command.call('release softmax', options.course)}")


def do_collect(options):
    """Collect the submissions of a round.

    The place is the zip file of Canvas or Moodle, a folder with one folder per student, or the
    folder `submitted` of nbgrader. Every attempt is kept; collecting again changes nothing.
    """
    from grader.course.collect import collect

    round_ = _round(options)
    if not options.place.exists():
        raise files.Problem(f"there is no {options.place}")
    fresh, known = collect(round_, options.place, _say, _moment(options.when))
    print(f"{fresh} collected, {known} already known, in {round_.folder('submitted')}")
    authoring.print_doubts(options)


def do_grade(options):
    """Grade every submission that has no result yet.

    After a stop, the same command continues. Students' code runs in a sandbox. Free text waits in
    manual-grading/ for points from a person.
    """
    from grader.course import gradebook
    from grader.course.grading import grade, report

    round_, limits, workers = _collected_round(options), _limits(options), _workers(options)
    keyed = gradebook.jobs(round_, limits)
    _refuse_nothing(round_, gradebook.rows(round_, keyed))
    try:
        done = grade(round_, keyed, workers, _say, options.again, extra=options.engine.split())
        print(f"{done} notebooks are done now.")
    finally:  # a notebook without a result does not delay the answers of others
        report(round_, gradebook.rows(round_, keyed), print)


def do_regrade(options):
    """Show whose points a corrected source changes, and why.

    Nothing changes without --write.
    """
    from grader.course import regrade

    round_, limits, workers = _collected_round(options), _limits(options), _workers(options)
    plan = regrade.prepare(round_, limits, options.source, options.student, options.question)
    if not plan.same_source:
        authoring.warn(plan.tried.source)
    regrade.run(plan, workers, _say, options.write, extra=options.engine.split())
    for line in regrade.report(plan, regrade.changes(plan)):
        print(line)
    if options.write:
        print(f"Written: {regrade.write(plan)} results. Now run feedback and export again.")
    else:
        print("Nothing was changed; with --write (make: YES=1) these results count.")


def do_manual_grading(options):
    """Show the pages for manual grading until the command is stopped."""
    from grader.course import manual_server

    round_, table = _table(options)
    manual_server.serve(round_, table, options.grader, options.port, _say)


def do_feedback(options):
    """Write an HTML page for each student, into feedback/."""
    from grader.course.feedback import feedback
    from grader.course.feedback_zip import feedback_zip

    round_, table = _table(options)
    replaced = feedback(round_, table)
    pages = len(list(round_.folder("feedback").glob("*.html")))
    print(f"{pages} pages in {round_.folder('feedback')}, {replaced} of them replaced")
    if options.to:
        path, count = feedback_zip(round_, table, options.to, _say)
        print(f"{path}: {count} students")
    authoring.print_doubts(options)


def do_export(options):
    """Write the points as CSV, into export/. Unknown points are blank."""
    from grader.course.export import export

    round_, table = _table(options)
    title = options.title or options.assignment
    given = options.into, options.scale, _say, options.comments
    path, without = export(round_, table, options.to, title, *given)
    print(f"{path}: {len(table)} students, {without} without points")
    for row in table:
        if row.points is None:
            _say(f"{row.attempt.student.name}: {row.state}" + (row.reason and f": {row.reason}"))


def do_summary(options):
    """Show how the class did and the most common mistakes, and write a page about it."""
    from grader.course import summary_page
    from grader.course.summary import summary

    round_, table = _table(options)
    print("\n".join(summary(round_, table)))
    page = summary_page.write(round_, table, _limits(options), options.hide_names)
    print(f"\nMore is on the page {page}")


def _table(options):
    from grader.course import gradebook

    round_ = _collected_round(options)
    table = gradebook.rows(round_, gradebook.jobs(round_, _limits(options)))
    _refuse_nothing(round_, table)
    return round_, table


def _refuse_nothing(round_, table):
    if not table:
        raise files.Problem(
            f"nothing has been collected for {round_.name}; collect submissions first"
        )


def _round(options):
    course_folder.settings(options.course)
    return course_folder.find_round(options.course, options.assignment, options.round)


def _collected_round(options):
    """Return the round, and report the teacher's overrides that have no effect."""
    from grader.course import gradebook

    round_ = _round(options)
    for sentence in gradebook.doubts(round_):
        _say(f"warning: {sentence}")
    return round_


def _workers(options):
    if options.jobs < 0:
        raise files.Problem(f"expected --jobs of 1 or more, got {options.jobs}")
    _check_sandbox(options)
    return options.jobs or _cores()


def _limits(options):
    from grader.sandbox import launcher

    given = course_folder.settings(options.course)["limits"]
    try:
        launcher.Limits.of(given)
    except (ValueError, TypeError) as problem:
        raise files.Problem(f"{options.course / 'course.toml'}, [limits]: {problem}") from None
    return given | ({"no_sandbox": True} if getattr(options, "no_sandbox", False) else {})


def _cores():
    """Return how many cores this process may use: all of them on macOS, which does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _check_sandbox(options):
    """Before anything starts, report a missing sandbox, or warn that it is switched off."""
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
        raise files.Problem(f"expected a time such as 2026-11-30T23:59:00+01:00, got {text}")
    return moment


def _say(sentence):
    from grader.course.lms import shorten

    print(shorten(sentence, 300), flush=True)


if __name__ == "__main__":
    main()
