"""What a hidden cell declares: which function or variable is checked, what is right, the points.

A hidden cell is the teacher's code. It runs in the grader, never beside the student's code. A check
is only declared there; it is decided later, when the student's values have arrived.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

# What may surround letters, and the letter that begins an option as it is written in a task.
AROUND = re.compile("[\\s,;.:()\\[\\]/&+'\"`\u2018\u2019\u201c\u201d]+|\\band\\b")
OPTION = re.compile(r"(?:^|(?<=\W))\(?([a-z])\)")
_collected = None  # where declarations go while a hidden cell runs


class WrongCheck(ValueError):  # noqa: N818, the teacher's text is wrong, not the program
    """A check is declared in a way that cannot be graded."""


class Function(str):
    """A function as an input, written as an expression: ``Function("lambda x: np.sum(x ** 2)")``.

    It is sent as text and evaluated beside the student's code, with NumPy as `np`.

    Examples
    --------
    >>> Function("lambda x: np.sum(x ** 2)")([3.0, 4.0])
    25.0
    """

    def __call__(self, *args):
        """Compute it in the grader, for the expected value."""
        result = eval(self, {"np": np})(*map(np.asarray, args))
        return result.item() if np.ndim(result) == 0 else result


@dataclass(frozen=True)
class Check:
    """One declared check; `kind` is "call", "value" or "choice"."""

    kind: str
    words: str
    target: str
    points: float
    expected: object = None
    inputs: object = None
    cases: int = 1
    parts: dict | None = None
    relative: float | None = None
    within: float | None = None
    mistakes: dict = field(default_factory=dict)
    because: dict = field(default_factory=dict)
    tensors: bool = False

    def __post_init__(self):
        """Refuse what cannot be graded, in the teacher's words."""
        if not isinstance(self.words, str) or not self.words.strip():
            raise WrongCheck("a check begins with words that say what it checks")
        if not isinstance(self.target, str) or not self.target.isidentifier():
            raise WrongCheck(
                f"{self.words}: expected the name of a function or a variable, got {self.target!r}"
            )
        if not _is_number(self.points) or self.points <= 0:
            raise WrongCheck(f"{self.words}: expected points above 0, got {self.points!r}")
        for name in ("relative", "within"):
            value = getattr(self, name)
            if value is not None and not (_is_number(value) and value >= 0):
                raise WrongCheck(f"{self.words}: expected {name} of 0 or more, got {value!r}")
        if self.parts and not math.isclose(sum(self.parts.values()), self.points):
            raise WrongCheck(
                f"{self.words}: the parts have {sum(self.parts.values())} points, "
                f"the check {self.points}"
            )


class WrongAnswer(NamedTuple):
    """A declared wrong answer: what is wrong, how many points it loses, what it replaces."""

    words: str
    loses: float
    replaced: dict


def check(
    words: str, *, call: str, inputs: Callable | dict | list, expected: object, points: float,
    cases: int = 1, parts: dict | None = None, relative: float | None = None,
    within: float | None = None, mistakes: dict | None = None, tensors: bool = False,
) -> Check:  # fmt: skip
    """Declare that the student's function is called and that its result is compared.

    Parameters
    ----------
    words : str
        What is checked, in a learner's words; feedback shows it.
    call : str
        The name of the student's function.
    inputs : function of a Generator, or the inputs themselves
        A dict (keyword arguments) or a list or tuple (positional ones), or a function that draws
        one from `rng`. Numbers, strings, arrays, `Function`, and lists, tuples, dicts of these.
        `rng` is seeded by the round's secret seed, the assignment and the check. The order of keys
        is the order of arguments. Arrays arrive as arrays, never as tensors, unless `tensors` is
        true.
    expected : function or value
        The right answer; a function is called in the grader with the same inputs.
    points : float
        The points for a right answer.
    cases : int, default 1
        How often inputs are drawn; all answers must be right.
    parts : dict, optional
        Points per part for partial credit, if the answer is a dict (its keys) or a tuple (0, 1,
        …). Their sum is `points`. Each part is compared separately.
    relative, within : float, optional
        An answer is right if its error is at most ``relative * |expected| + within``.
        Without either: by the answer's dtype, 1e-6 in float64 and integers, 1e-4 in float32, 1e-2
        in float16 and bfloat16, relative to each value, plus 1/100 of that relative to the largest
        value.
    mistakes : dict of str to function or value, optional
        Known wrong answers: a sentence for the student, and a function that computes the wrong
        value from the same inputs. A mistake never changes the points; it explains them.
    tensors : bool, default False
        Pass arrays to the student's function as TensorFlow tensors (TensorFlow assignments only).

    Returns
    -------
    Check
        It is also recorded for the hidden cell that is running.

    Examples
    --------
    >>> check("the mean of four numbers", call="mean", points=2, expected=np.mean,
    ...       inputs=lambda rng: [rng.normal(size=4)], mistakes={"this is the sum": np.sum}).points
    2
    """
    if not isinstance(cases, int) or cases < 1:
        raise WrongCheck(f"{words}: expected one case or more, got {cases!r}")
    return _collect(Check("call", words, call, points, expected, inputs, cases, parts, relative,
                          within, mistakes or {}, {}, tensors))  # fmt: skip


def check_value(
    words: str, *, name: str, expected: object, points: float, relative: float | None = None,
    within: float | None = None, mistakes: dict | None = None, parts: dict | None = None,
) -> Check:  # fmt: skip
    """Declare that a variable of the student is compared; parameters as in `check`.

    Parameters
    ----------
    name : str
        The student's variable.
    expected : value, or function without parameters
        The right value. For a number that was computed by hand and rounded, use
        ``within=1e-4`` (one unit of the last digit that is asked for).
    mistakes : dict of str to value, optional
        Known wrong values, each with a sentence for the student.

    Examples
    --------
    >>> check_value("the loss by hand", name="answer", expected=0.5514, within=1e-4, points=1).kind
    'value'
    """
    return _collect(Check("value", words, name, points, expected, None, 1, parts, relative,
                          within, mistakes or {}))  # fmt: skip


def check_choice(
    words: str, *, name: str, right: str | set, points: float, because: dict | None = None
) -> Check:
    """Declare a multiple choice: the variable holds a letter, or several in a string, list or set.

    Parameters
    ----------
    right : str or set of str
        The right letter, or all right letters. Case, blanks and commas do not count.
    because : dict of str to str, optional
        For each wrong letter, why it is wrong.

    Examples
    --------
    >>> check_choice("why", name="answer", right="b", points=1, because={"a": "it …"}).expected
    frozenset({'b'})
    """
    chosen = letters(right)
    if not chosen:
        raise WrongCheck(f"{words}: expected a letter, got {right!r}")
    return _collect(Check("choice", words, name, points, chosen, because=because or {}))


def wrong(words: str, *, loses: float, **replaced: object) -> WrongAnswer:
    """Declare a wrong answer, for `grader.source.answers`; the grader ignores it.

    Examples
    --------
    >>> wrong("the sum instead of the mean", loses=2, mean=np.sum).loses
    2
    """
    return _collect(WrongAnswer(words, loses, replaced))


def letters(answer):
    """Return the letters of an answer to a multiple choice, or None if there are none.

    Examples
    --------
    >>> sorted(letters("B, a"))
    ['a', 'b']
    >>> sorted(letters("'\uff42'"))  # quoted, and as wide as a Chinese character
    ['b']
    >>> sorted(letters("(c) it stays the same")), sorted(letters("a) and b)"))
    (['c'], ['a', 'b'])
    >>> letters("the same") is None
    True
    """
    parts = [answer] if isinstance(answer, str) else answer
    if not isinstance(parts, (list, tuple, set, frozenset)):
        return None
    if len(parts) > 26 or not all(isinstance(part, str) and len(part) < 500 for part in parts):
        return None
    chosen = [_letters_of(part) for part in parts]
    return None if None in chosen else frozenset().union(*chosen)


def _letters_of(text):
    """Return the letters in one text, alone or each in front of an option that was copied."""
    text = unicodedata.normalize("NFKC", text)
    # Copied text may hold signs that nobody sees, such as a space without width.
    text = "".join(each for each in text if unicodedata.category(each) != "Cf").strip().lower()
    alone = AROUND.sub(" ", text).split()
    joined, is_list = "".join(alone), len(alone) == 1 or max(map(len, alone), default=1) == 1
    if re.fullmatch("[a-z]*", joined) and is_list and len(set(joined)) == len(joined):
        return set(joined)
    return set(OPTION.findall(text)) if OPTION.match(text) else None


@contextmanager
def collecting():
    """Collect what is declared inside the with statement, in a list that fills."""
    global _collected
    before, _collected = _collected, []
    try:
        yield _collected
    finally:
        _collected = before


def _collect(declaration):
    """Record a declaration if somebody collects, and return it."""
    if _collected is not None:
        _collected.append(declaration)
    return declaration


def _is_number(value):
    """Tell a finite number from anything else."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
