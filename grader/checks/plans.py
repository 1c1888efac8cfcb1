"""The plan of one variant in one round: what to ask, and which answers are right."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from grader.checks import cells, compare, declare, hidden
from grader.checks.fingerprint import fingerprint
from grader.checks.hidden import WrongSource
from grader.sandbox import values

LIMIT = 64 * 2**20  # bytes of one input or expected value


@dataclass(frozen=True)
class Case:
    """One draw: the inputs, the right answer, the answers of known mistakes, the known lengths."""

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
    """Everything the grader needs to know about one variant in one round, right answers included.

    Attributes
    ----------
    release : notebook
        What the students received.
    items : tuple of Item
    """

    assignment: str
    environment: str
    variant: int | None
    release: object = field(repr=False)
    items: tuple = field(repr=False)

    @property
    def max_points(self):
        """The points that the checks can earn."""
        return float(sum(item.check.points for item in self.items))

    @property
    def open_points(self):
        """The points that a person gives."""
        manual = filter(cells.is_manual, self.release["cells"])
        return float(sum(cells.marks(cell)["points"] for cell in manual))

    @cached_property
    def fingerprint(self):
        """A hash of everything in it that a result depends on."""
        return fingerprint(self)


def prepare(release, hidden_parts, seed):
    """Run the hidden cells and draw their inputs.

    Parameters
    ----------
    release : notebook
        What the students received.
    hidden_parts : dict of str to str
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
    return draw(release, declared(release, hidden_parts), seed)


def declared(release, hidden_parts):
    """Run the hidden cells; return the checks of each question, parameters as in `prepare`."""
    declared = hidden.run(hidden_parts).checks
    for question, checks in declared.items():
        if not checks:
            raise WrongSource(f"the hidden cell {question} declares no check")
    _match_points(declared, release)
    return declared


def draw(release, checks, seed):
    """Draw inputs for the checks that `declared` returned; parameters as in `prepare`."""
    about = release["metadata"].get("loss_book", {})
    assignment = about.get("assignment", "")
    items = [
        Item(question, check, _cases(question, check, generator(seed, assignment, question, n)))
        for question, of_question in checks.items()
        for n, check in enumerate(of_question)
    ]
    environment = about.get("environment", "numpy")
    return Plan(assignment, environment, about.get("variant"), release, tuple(items))


def generator(seed, *place):
    """Return the generator of one check: the same for the same seed and place."""
    text = seed if isinstance(seed, bytes) else str(seed).encode()
    digest = hashlib.sha256(b"\0".join([text, *(str(part).encode() for part in place)])).digest()
    return np.random.default_rng(np.frombuffer(digest, np.uint32))


def _cases(question, check, rng):
    """Draw the cases of one check."""
    try:
        return tuple(_case(check, rng) for _ in range(check.cases))
    except Exception as problem:
        words = f"the check {check.words!r} of {question} raises {hidden.sentence(problem)}"
        raise WrongSource(words) from problem


def _case(check, rng):
    """Draw inputs, and compute the right answer and those of the known mistakes."""
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
    """Return inputs in the form in which they are sent: positional and keyword arguments."""
    named = isinstance(inputs, dict)
    encoded = {key: values.encode(value, LIMIT) for key, value in inputs.items()} if named else {}
    positional = [] if named else [values.encode(value, LIMIT) for value in inputs]
    return {"positional": positional, "named": encoded}


def _called(function, inputs):
    """Call a function with copies of the inputs; return anything else as it is."""
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
    """Return a value as it would look if a student's process had sent it."""
    return values.decode(values.encode(value, LIMIT))


def _match_points(checks, release):
    """Compare the points of each tests cell with the sum of its checks."""
    stated = {cells.grade_id(cell): cells.marks(cell)["points"]
              for cell in release["cells"] if cells.is_tests(cell)}  # fmt: skip
    declared = dict.fromkeys(stated, 0.0)
    for question, of_question in checks.items():
        if question not in declared:
            raise WrongSource(f"there is no tests cell {question} for its hidden part")
        declared[question] += sum(check.points for check in of_question)
    for question, points in stated.items():
        if abs(points - declared[question]) > 1e-9:
            raise WrongSource(f"the tests cell {question} has {points} points, its checks "
                              f"{declared[question]:g}")  # fmt: skip


def outcomes(plan, namespace):
    """Decide every check on a namespace in this process: for the teacher's code, not students'.

    Returns
    -------
    list of dict
        As the ``checks`` of a result, see `grader.run.result`.
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
        positional = list(map(_opened, case.inputs["positional"]))
        try:
            positional, named = values.arguments(value, positional, named)
            value = value(*positional, **named)
        except Exception as problem:
            return {"state": "error", "error": type(problem).__name__}
    try:
        return {"state": "ok", "value": values.encode(value, LIMIT)}
    except values.Unreadable as problem:
        return {"state": "unreadable", "error": str(problem)}


def _opened(tree):
    """Return one input of a call."""
    return declare.Function(tree["function"]) if "function" in tree else values.decode(tree)
