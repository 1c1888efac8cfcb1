"""A plan that students may have: checks with public inputs, as data.

A function is checked with inputs that anybody may know, and with what is expected for them. A
variable or a choice has no inputs: what is expected there is the answer itself. So only its form is
kept, and the same holds for a function that is called with the same inputs in every round.
"""

import re

import numpy as np

from grader.checks import declare
from grader.checks.plans import LIMIT, Case, Item, Plan
from grader.sandbox import values

SEED = "self-check"  # of the public inputs: no secret
OTHER = "another public seed"
SEE = re.compile(r"; see ([\w/-]+)$")
FIELDS = ("kind", "words", "target", "points", "relative", "within", "tensors")
UNKNOWN = "?"  # stands for an answer that has no other form to show
ANY = 1e308  # a tolerance: every number is near


def pack(plan, other):
    """Return a plan as data that JSON can hold, without the answers of this variant.

    Parameters
    ----------
    plan : `grader.checks.plans.Plan`
        With the inputs of `SEED`.
    other : `grader.checks.plans.Plan`
        The same checks with the inputs of `OTHER`.
    """
    items = [_packed(*twins) for twins in zip(plan.items, other.items, strict=True)]
    return {"assignment": plan.assignment, "environment": plan.environment,
            "variant": plan.variant, "items": items}  # fmt: skip


def _packed(item, other):
    check = {name: getattr(item.check, name) for name in FIELDS}
    judged = item.check.kind == "call" and all(
        mine.inputs != its.inputs for mine, its in zip(item.cases, other.cases, strict=True)
    )
    packed = {"question": item.question, "judged": judged, "check": check, "parts": None}
    if judged:
        packed["parts"] = item.check.parts and list(item.check.parts.items())
    else:
        # Every number of the right form is as good as any other, and the words could be a hint.
        check |= {"relative": None, "within": ANY, "words": item.check.target}
    return packed | {"cases": [_case(case, judged) for case in item.cases]}


def _case(case, judged):
    """Return a case as data: all of it, or only the form of what is expected."""
    expected = case.expected if judged else form(case.expected)
    mistakes = [[words, _encoded(value)] for words, value in case.mistakes if judged]
    return {"inputs": case.inputs, "expected": _encoded(expected), "mistakes": mistakes,
            "familiar": sorted(case.familiar)}  # fmt: skip


def _encoded(value):
    return values.encode(value, LIMIT)


def form(value):
    """Return a value of the same form that says nothing about the value itself.

    Examples
    --------
    >>> form({"loss": np.array([0.5, 0.7]), "why": "b"})
    {'loss': array([0., 0.]), 'why': '?'}
    """
    if isinstance(value, dict):
        return {key: form(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(form, value))
    if value is None or isinstance(value, (str, frozenset)) or not np.isfinite(value).all():
        return UNKNOWN
    return False if isinstance(value, (bool, np.bool_)) else np.zeros(np.shape(value))


def unpack(data, release):
    """Return the plan that `pack` returned as data; `release` is what the student received."""
    items = tuple(_item(packed) for packed in data["items"])
    about = data["assignment"], data["environment"], data["variant"]
    return Plan(*about, release, items)


def _item(packed):
    parts = packed["parts"] and dict(map(tuple, packed["parts"]))
    check = declare.Check(**packed["check"], parts=parts)
    if check.kind == "choice":  # nothing that can be chosen is equal to it
        return Item(packed["question"], check, (Case({}, frozenset()),))
    return Item(packed["question"], check, tuple(map(_opened, packed["cases"])))


def _opened(case):
    mistakes = tuple((words, values.decode(value)) for words, value in case["mistakes"])
    expected = values.decode(case["expected"])
    return Case(case["inputs"], expected, mistakes, frozenset(case["familiar"]))


def see(plan, places, book):
    """Return the addresses of the pages that the plan's sentences name.

    Parameters
    ----------
    plan : `grader.checks.plans.Plan`
    places : dict
        As `grader.source.places.places` returns it.
    book : str
        The address of the book.
    """
    sentences = [words for item in plan.items for case in item.cases for words, _ in case.mistakes]
    named = {match[1] for match in map(SEE.search, sentences) if match}
    return {name: book.rstrip("/") + "/" + places[name][0] for name in named if name in places}
