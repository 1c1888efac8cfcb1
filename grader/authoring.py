"""The teacher's commands for assignments themselves: make one, audit it, release it."""

from pathlib import Path

from grader import command, files
from grader.course import course_folder
from grader.source import audit, derive
from grader.source.form import form

VARIANTS = 3  # whose answers the audit grades


def add_commands(add):
    """Add the commands to the parser.

    Parameters
    ----------
    add : function
        Called with name, function, help text and False, it returns the parser of a command.
    """
    add("list", do_list, "list the assignments, and the rounds of this course", False)
    new = add(
        "new-assignment",
        do_new_assignment,
        "write a filled-in assignment of your own, to be changed in JupyterLab",
        False,
    )
    new.add_argument("assignment", help="its name: a-z, digits and hyphens, such as two-means")
    new.add_argument("--from", dest="start", metavar="SOURCE", help="start from this assignment")
    into_help = "also write what students get, and the solution, into this folder"
    check = add("audit", do_audit, "check an assignment before it is released", False)
    check.add_argument("assignment", help="its name, or the path of its source (.ipynb)")
    check.add_argument(
        "--variants", type=int, default=VARIANTS, metavar="N", help="how many to try"
    )
    check.add_argument("--into", type=Path, metavar="FOLDER", help=into_help)
    out = add("release", do_release, "audit an assignment, and write what students get", False)
    out.add_argument("assignment", help="its name, or the path of its source (.ipynb)")
    out.add_argument("--new-round", action="store_true", help="draw a new secret seed")


def do_list(options):
    """List the assignments of the book, your own, and the rounds of this course."""
    print("Assignments:", ", ".join(derive.topics()))
    if (options.course / "course.toml").exists():
        own = course_folder.own_assignments(options.course)
        print("Your own assignments:", ", ".join(own) or "none yet")
        names = [each.name for each in course_folder.rounds(options.course)]
        print("Rounds of this course:", ", ".join(names) or "none yet")


def do_new_assignment(options):
    """Write a filled-in assignment of your own into assignments/ of the course folder.

    It can be released as it is. Change it in JupyterLab: the text of a cell states its role, and
    the first cell says how.
    """
    from grader.course.new_assignment import new_assignment

    start = options.start and course_folder.source_of(options.course, options.start)
    path = new_assignment(options.course, options.assignment, start)
    print(f"Made {path}. Change it in JupyterLab; its first cell says how. Then:")
    for name in ("audit", "release"):
        print(f"  {command.call(f'{name} {options.assignment}', options.course)}")


def do_audit(options):
    """Check an assignment: its name, environment, ids, points, and declared wrong answers.

    Prints one sentence for each thing to change. An "error" must be corrected before a release, and
    the exit status is then 1; "advice" may be ignored.
    """
    source = course_folder.source_of(options.course, options.assignment)
    if options.variants < 1:
        raise files.Problem(f"expected --variants of 1 or more, got {options.variants}")
    numbers = range(1, options.variants + 1)
    refused = _audited(source, numbers)
    if refused:
        print(f"{_count(refused)} to correct before it can be released.")
        raise SystemExit(1)
    for number in numbers if options.into else ():
        audit.write(source, number, options.into)
    print(f"{audit.extent(source)}. In {options.variants} variants, the solution gets all points,")
    print("a blank notebook none, and each declared wrong answer loses what it declares.")
    print(f"Release it: {command.call(f'release {options.assignment}', options.course)}")


def _count(sentences):
    return "1 thing" if len(sentences) == 1 else f"{len(sentences)} things"


def warn(source):
    """Print what the audit of a corrected source says: the teacher decides whether it is used."""
    _audited(source, [1], ("warning: the corrected source", "advice"))


def _audited(source, numbers, kinds=("error", "advice")):
    """Print the sentences of the audit, and return those that prevent a release."""
    from grader.run import trial
    from grader.sandbox.environments import Failure
    from grader.sandbox.launcher import NoSandbox

    try:
        if derive.read(source).metadata[derive.KEY]["environment"] == "tensorflow":
            print("Trying its answers takes up to a minute per variant.", flush=True)
        refused = audit.faults(source, numbers, trial.grading)
        advice = [] if refused else audit.advice(source)
    except audit.BROKEN as problem:
        raise files.Problem(f"{source} cannot be used: {problem}") from None
    except (NoSandbox, Failure) as problem:
        sentence = str(problem).removeprefix("error: ")
        print(f"warning: the answers could not be tried: {sentence}")
        refused, advice = form(source), []
    for kind, sentences in zip(kinds, (refused, advice), strict=True):
        for sentence in sentences:
            print(f"{kind}: {sentence}")
    return refused


def do_release(options):
    """Audit an assignment, then write a notebook and a self-check for each variant.

    The first release draws a secret seed. The same command writes the same files again.
    """
    from grader.course import gradebook
    from grader.course.release import release

    course_folder.settings(options.course)
    source = course_folder.source_of(options.course, options.assignment)
    refused = _audited(source, [1])
    if refused:
        raise files.Problem(f"{source} was not released; correct {_count(refused)} first")
    round_, paths = release(options.course, source, options.new_round)
    print_doubts(options)
    possible = gradebook.possible(round_)
    print(f"Round {round_.name}: {possible:g} points, {len(paths)} variants in {paths[0].parent}")
    print("Give each student a notebook and the file -check.pyz of the same variant.")
    print(f"The secret seed is in {round_.seed_file}; without it, the round cannot be graded.")


def print_doubts(options):
    """Print which settings have no effect."""
    names = [path.stem for path in derive.SOURCES.glob("*.ipynb")]
    names += course_folder.own_assignments(options.course)
    for sentence in course_folder.doubts(options.course, names):
        print(f"warning: {sentence}")
