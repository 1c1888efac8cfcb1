"""How this program is called here, so that what a message prints can be pasted and run."""

import shlex
import shutil
import sys
from pathlib import Path

NAME = "grader"
EXAMPLE = """\
A course, from its start to the points of its first assignment:
  %(prog)s new-course --course losses-2026 --title "Losses 2026"
  cd losses-2026
  %(prog)s release softmax
  %(prog)s collect softmax moodle.zip
  %(prog)s grade softmax
  %(prog)s feedback softmax --to moodle
  %(prog)s export softmax --to moodle

The options of a command: %(prog)s COMMAND --help
"""


def program():
    """Return the command that starts this program: its name, its path, or Python's.

    `make grader-envs` installs the command beside the Python of the grader.
    """
    installed = Path(sys.prefix) / "bin" / NAME
    on_path = shutil.which(NAME)
    if on_path and installed.exists() and Path(on_path).resolve() == installed.resolve():
        return NAME
    parts = [str(installed)] if installed.exists() else [sys.executable, "-m", "grader"]
    return shlex.join(parts)


def call(words, course=None):
    """Return a whole command; the current folder is not named.

    Parameters
    ----------
    words : str
        The command and its arguments.
    course : path, optional
        The course folder.
    """
    here = course is None or Path(course) == Path()
    return " ".join([program(), words, *([] if here else ["--course", shlex.quote(str(course))])])
