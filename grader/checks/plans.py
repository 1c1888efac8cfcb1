"""What has to be asked and what is right: the hidden cells of one variant in one round."""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from grader.checks import compare, declare
from grader.sandbox import values

LIMIT = 64 * 2**20


class WrongSource(ValueError):  # noqa: N818, it is the teacher's text that is wrong
    """The source of an assignment cannot be graded with."""


@dataclass(frozen=True)
class Case:
    """One drawing: what is sent, what must come back, and what known mistakes return."""

    inputs: dict
    expected: object = None
    mistakes: tuple = ()
    familiar: frozenset = frozenset()


@dataclass(frozen=True)
class Item:
    """One check of one question, with its cases."""

    question: str
    check: declare.Check
    cases: tuple


@dataclass(frozen=True)
class Plan:
    """All that the grader must know of one variant in one round; it holds what is right."""

    assignment: str
    environment: str
    variant: int | None
    release: object = field(repr=False)
    items: tuple = field(repr=False)

    @property
    def max_points(self):
        """The automatic points."""
        return float(sum(item.check.points for item in self.items))


def prepare(release, hidden, seed):
    """Run the hidden cells and draw their inputs.

    Parameters
    ----------
    release : notebook
        What the students got.
    hidden : dict of str to str
        The hidden part of each tests cell, by its grade_id.
    seed : int, str or bytes
        The secret seed of the round: the same seed draws the same inputs.

    Returns
    -------
    Plan

    Raises
    ------
    WrongSource
        With a sentence for the teacher.
    """
    book = release["metadata"].get("loss_book", {})
    assignment = book.get("assignment", "")
    namespace = {name: getattr(declare, name) for name in ("check", "check_value", "check_choice")}
    namespace |= {
        "np": np,
        "Function": declare.Function,
        "wrong": lambda *args, **kwargs: None,
    }
    items = []
    for question, code in hidden.items():
        for number, check in enumerate(_declared(question, code, namespace)):
            rng = generator(seed, assignment, question, number)
            items.append(Item(question, check, _cases(question, check, rng)))
    _match_points(items, release)
    environment = book.get("environment", "numpy")
    return Plan(assignment, environment, book.get("variant"), release, tuple(items))


def generator(seed, *place):
    """Return the generator of one check: the same for the same seed and place."""
    text = seed if isinstance(seed, bytes) else str(seed).encode()
    digest = hashlib.sha256(b"\0".join([text, *(str(part).encode() for part in place)])).digest()
    return np.random.default_rng(np.frombuffer(digest, np.uint32))


def _declared(question, code, namespace):
    """Run one hidden cell and return its checks."""
    try:
        with declare.collecting() as found:
            exec(compile(code, f"<hidden cell {question}>", "exec"), namespace)
    except Exception as problem:
        raise WrongSource(f"the hidden cell {question} raises {_sentence(problem)}") from problem
    if not found:
        raise WrongSource(f"the hidden cell {question} declares no check")
    return found


def _cases(question, check, rng):
    """Draw the cases of one check."""
    try:
        return tuple(_case(check, rng) for _ in range(check.cases))
    except Exception as problem:
        words = f"the check {check.words!r} of {question} raises {_sentence(problem)}"
        raise WrongSource(words) from problem


def _case(check, rng):
    """Draw inputs and compute what is right and what is known to be wrong."""
    if check.kind == "choice":
        return Case({}, check.expected)
    if check.kind == "value":
        right = check.expected() if callable(check.expected) else check.expected
        wrong = check.mistakes.items()
        return Case({}, _plain(right), tuple((words, _plain(value)) for words, value in wrong))
    inputs = check.inputs(rng) if callable(check.inputs) else check.inputs
    expected, *wrong = (
        _plain(_called(function, inputs)) for function in (check.expected, *check.mistakes.values())
    )
    familiar = frozenset(n for array in _arrays([inputs, expected]) for n in array.shape)
    return Case(sent(inputs), expected, tuple(zip(check.mistakes, wrong, strict=True)), familiar)


def sent(inputs):
    """Return inputs as they are sent: positional and keyword arguments."""
    named = isinstance(inputs, dict)
    encoded = {key: values.encode(value, LIMIT) for key, value in inputs.items()} if named else {}
    positional = [] if named else [values.encode(value, LIMIT) for value in inputs]
    return {"positional": positional, "named": encoded}


def _called(function, inputs):
    """Compute a value from copies of the inputs; a plain value stands for itself."""
    if not callable(function):
        return function
    copies = [np.copy(v) if isinstance(v, np.ndarray) else v for v in _items(inputs)]
    with np.errstate(all="ignore"):
        return function(**dict(zip(inputs, copies, strict=True))) if isinstance(
            inputs, dict
        ) else function(*copies)  # fmt: skip


def _items(inputs):
    """Return the values of keyword or positional arguments."""
    return list(inputs.values()) if isinstance(inputs, dict) else list(inputs)


def _arrays(value):
    """Yield every array in a nested value."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for item in _items(value):
            yield from _arrays(item)


def _plain(value):
    """Return a value as it would look had it come from a student."""
    return values.decode(values.encode(value, LIMIT))


def _sentence(problem):
    """Return an exception in one line."""
    return " ".join(f"{type(problem).__name__}: {problem}".split())


def _match_points(items, release):
    """Compare the points of each tests cell with the sum of its checks."""
    stated = {cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"]["points"]
              for cell in release["cells"] if is_tests(cell)}  # fmt: skip
    found = dict.fromkeys(stated, 0.0)
    for item in items:
        if item.question not in found:
            raise WrongSource(f"there is no tests cell {item.question} for its hidden part")
        found[item.question] += item.check.points
    for question, points in stated.items():
        if abs(points - found[question]) > 1e-9:
            raise WrongSource(f"the tests cell {question} has {points} points, its checks "
                              f"{found[question]:g}")  # fmt: skip


def is_tests(cell):
    """Tell a cell of tests: graded, and not for the student to write in."""
    about = cell["metadata"].get("nbgrader", {})
    return bool(about.get("grade")) and not about.get("solution")


def outcomes(plan, namespace):
    """Decide every check on a namespace in this process: for tests of sources, not for students.

    Returns
    -------
    list of dict
        As the ``checks`` of a result, see `grader.run.job`.
    """
    return [compare.decide(item, [_local(item, case, namespace) for case in item.cases])
            for item in plan.items]  # fmt: skip


def _local(item, case, namespace):
    """Answer one case from a namespace, in the form of a worker's reply."""
    if item.check.target not in namespace:
        return {"state": "missing"}
    value = namespace[item.check.target]
    if item.check.kind == "call":
        named = {key: _opened(tree) for key, tree in case.inputs["named"].items()}
        try:
            value = value(*map(_opened, case.inputs["positional"]), **named)
        except Exception as problem:
            return {"state": "error", "error": type(problem).__name__}
    try:
        return {"state": "ok", "value": values.encode(value, LIMIT)}
    except values.Unreadable as problem:
        return {"state": "unreadable", "error": str(problem)}


def _opened(tree):
    """Return one input of a call."""
    return declare.Function(tree["function"]) if "function" in tree else values.decode(tree)
