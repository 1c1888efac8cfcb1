"""Run a notebook as the grader does, but here: in this process, without a sandbox."""

import contextlib
import io
import signal
import sys
import traceback
from types import SimpleNamespace

from grader.checks import cells
from grader.run.execution import Execution
from grader.sandbox import values, worker


class LocalRun(worker.Answers):
    """Answers the requests of an `Execution` directly, as the process in the sandbox would."""

    output = b""

    def __init__(self, shell, limit=2**22):
        """Start with the names that the shell has."""
        self.shell, self.limit, self.values = shell, limit, values
        self.names = worker.Names(shell.user_ns)

    def run(self):
        """Return itself: it is also the template of its runs."""
        return self

    def ask(self, request, seconds):
        """Return the reply to a request; what is printed meanwhile is dropped."""
        if request["do"] == "ping":
            return {"state": "ok"}
        try:
            with interrupted(seconds) as timer, silence():
                reply = getattr(self, request["do"])(request)
        except KeyboardInterrupt:
            return {"state": "stopped"}
        return {"state": "stopped"} if timer.over else reply

    def hush(self):
        """Print no more: nothing is printed anyway."""

    def close(self):
        """End nothing: the names stay."""


@contextlib.contextmanager
def silence():
    """Drop what is printed inside the with statement."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


@contextlib.contextmanager
def interrupted(seconds):
    """Interrupt what runs too long inside the with statement; Windows has no such timer."""
    timer = SimpleNamespace(over=False)

    def stop(*_):
        timer.over = True
        raise KeyboardInterrupt

    if not hasattr(signal, "setitimer"):
        yield timer
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield timer
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class LocalExecution(Execution):
    """An execution with public inputs, which also runs the visible tests of each question."""

    def __init__(self, shell, plan, assembled):
        """Start with no replies, and no visible test run."""
        super().__init__(LocalRun(shell), plan, plan, assembled)
        self.visible = {}  # question: why its visible tests fail, or ""

    def _after_cell(self, run, limits, place):
        """Run the visible tests of the questions that a cell completes."""
        super()._after_cell(run, limits, place)
        for cell in filter(cells.is_tests, self.plan.release["cells"]):
            question = cells.grade_id(cell)
            own = max(self.own.get(question, []), default=None)
            if question not in self.visible and place in (own, None):
                names = dict(run.shell.user_ns)  # what a test defines is not a part of an answer
                self.visible[question] = failure(cell["source"], names, limits.seconds_per_cell)


def failure(source, names, seconds):
    """Run a cell with visible tests; return why it fails in one sentence, or "".

    Examples
    --------
    >>> failure("assert loss > 0, 'a loss is never negative'", {"loss": -1.0}, 1)
    'a loss is never negative'
    >>> failure("assert loss > 0", {"loss": -1.0}, 1)
    'this is not true: assert loss > 0'
    """
    try:
        with interrupted(seconds), silence():
            exec(compile(source, "tests", "exec"), names)
    except NotImplementedError:
        return "there is nothing to test yet"
    except AssertionError as problem:
        return worker.one_line(problem).partition(": ")[2] or f"this is not true: {_line(source)}"
    except KeyboardInterrupt:
        return "they took too long"
    except (Exception, SystemExit) as problem:
        return f"they raised {worker.one_line(problem)}"
    return ""


def _line(source):
    """Return the line of a cell that raised the exception being handled."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    number = next(frame.lineno for frame in frames if frame.filename == "tests")
    return source.splitlines()[number - 1].strip()
