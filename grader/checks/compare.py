"""Decide one check: whether the answer is right, and if not, which sentence explains it.

Hidden inputs decide; the sentence comes from practice inputs, which are not secret, because a
function that sees the hidden inputs could choose among the sentences. Text from a student's process
is never repeated. Sentences are built here, from names and lengths that are known beforehand. None
reveals the right answer.
"""

import builtins
import re
import unicodedata

import numpy as np

from grader.checks.declare import letters
from grader.sandbox import values

RAISED = {name for name in dir(builtins) if name.endswith("Error")}
RAISED |= {"InvalidArgumentError", "LinAlgError"}
# In quotes; also with a minus sign, which is no hyphen.
NUMBER = re.compile(r"\s*[+\-\u2212]?\d{1,20}(\.\d{0,20})?(e[+-]?\d{1,3})?\s*", re.ASCII | re.I)
RELATIVE = {"float64": 1e-6, "float32": 1e-4, "float16": 1e-2}


def difference(answer, expected, check, familiar=frozenset()):
    """Return what is wrong with an answer in one sentence, or "" if it is right.

    Parameters
    ----------
    answer, expected : decoded values
    check : Check
        For its tolerances.
    familiar : set of int
        Lengths that may be named: students choose shapes, which could encode hidden inputs.

    Examples
    --------
    >>> from grader.checks.declare import check
    >>> loss = check("the loss", call="f", inputs=[], expected=None, points=1)
    >>> difference(np.ones((3, 3)), np.ones(3), loss, {3})
    'expected shape (3,), got (3, 3): did two arrays broadcast against each other?'
    """
    if isinstance(expected, dict):
        return _difference_of_items(answer, expected, check, familiar)
    if isinstance(expected, (list, tuple)):
        named = dict(enumerate(expected))
        if _is_sequence(answer):  # an array may hold millions
            answer = dict(enumerate(answer[: len(expected) + 1]))
        return _difference_of_items(answer, named, check, familiar)
    if isinstance(expected, str):
        same = isinstance(answer, str) and _plain_text(answer) == _plain_text(expected)
        return "" if same else "expected a different text"
    if expected is None:
        return "" if answer is None else "expected a different value"
    if isinstance(expected, (bool, np.bool_)) and not _is_truth(answer):
        return "expected True or False"
    if not np.ndim(expected) and _decimal_comma(answer):
        return "write a decimal point: with a comma, these are two numbers"
    if check.kind == "value" and isinstance(answer, str) and NUMBER.fullmatch(answer):
        answer = float(answer.replace("\u2212", "-"))
    if not isinstance(answer, (bool, int, float, np.ndarray)):
        return f"expected {_shaped(np.shape(expected))}, got {_kind(answer)}"
    return _difference_of_arrays(answer, np.asarray(expected), check, familiar)


def _plain_text(text):
    """Return a text without what nobody would call a different answer.

    Examples
    --------
    >>> _plain_text(" Right ") == _plain_text("right"), _plain_text("a b") == _plain_text("ab")
    (True, False)
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_truth(answer):
    """Tell whether an answer may stand for True or False: 0 and 1 do, also in arrays."""
    return isinstance(answer, (bool, np.ndarray)) or (type(answer) is int and answer in (0, 1))


def _decimal_comma(answer):
    """Tell whether a number was written as 0,5, which is a tuple, or as the text "0,5".

    Examples
    --------
    >>> _decimal_comma(np.array([0, 693])), _decimal_comma("-0,5"), _decimal_comma(0.5)
    (True, True, False)
    """
    if isinstance(answer, str):
        return bool(re.fullmatch(r"\s*[+-]?\d+,\d+\s*", answer))
    return isinstance(answer, np.ndarray) and answer.shape == (2,) and answer.dtype.kind in "iu"


def _is_sequence(answer):
    """Tell whether an answer has numbered parts."""
    return isinstance(answer, (list, tuple)) or (isinstance(answer, np.ndarray) and answer.ndim)


def _difference_of_items(answer, expected, check, familiar):
    """Compare the parts of a tuple or a dict."""
    if not isinstance(answer, dict):
        return f"expected {len(expected)} values, got {_kind(answer)}"
    if set(answer) != set(expected):
        return f"expected {len(expected)} values: " + ", ".join(map(_place, expected))
    for key, right in expected.items():
        problem = difference(answer[key], right, check, familiar)
        if problem:
            return f"{_place(key)}: {problem}"
    return ""


def _place(key):
    """Name a part."""
    return f"value {key + 1}" if isinstance(key, int) else str(key)


def _difference_of_arrays(answer, expected, check, familiar):
    """Compare numbers: first the shape, then nan and inf, then the values."""
    array = np.asarray(answer)
    is_line = expected.ndim < 2 and array.size == expected.size == max(array.shape, default=1)
    if check.kind == "value" and is_line:
        array = array.reshape(expected.shape)  # [0.5] is a number, and a column is a list
    if array.shape != expected.shape:
        return _difference_of_shapes(array.shape, expected.shape, familiar)
    relative, within = tolerance(answer, expected, check)
    with np.errstate(all="ignore"):
        numbers, right = array.astype(float), expected.astype(float)
        near = np.abs(numbers - right) <= relative * np.abs(right) + within
    close = near | (numbers == right) | (np.isnan(numbers) & np.isnan(right))
    if close.all():
        return ""
    bad = numbers[~close]
    if np.isnan(bad).any():
        return "the answer is nan (not a number)" if bad.size == numbers.size else (
            "the answer holds nan (not a number)"
        )  # fmt: skip
    if np.isinf(bad).any():
        return "the answer is infinite" if bad.size == numbers.size else "the answer holds infinity"
    return "the shape is right, the numbers are not" if numbers.ndim else "the number is not right"


def tolerance(answer, expected, check):
    """Return the allowed relative and absolute error."""
    if check.relative is not None or check.within is not None:
        return check.relative or 0.0, (check.within or 0.0) * (1 + 1e-9)
    name = "float16" if isinstance(answer, values.Coarse) else np.asarray(answer).dtype.name
    relative = RELATIVE.get(name, RELATIVE["float64"])
    numbers = expected[np.isfinite(expected)] if expected.size else np.zeros(1)
    return relative, relative / 100 * np.abs(numbers).max(initial=0.0)


def _difference_of_shapes(shape, expected, familiar):
    """Describe a wrong shape, without lengths that the student could have chosen."""
    known = len(shape) <= 4 and all(length in familiar or length == 1 for length in shape)
    words = f"expected {_shaped(expected)}, got {_shaped(shape) if known else 'a different shape'}"
    words = words.replace("got shape ", "got ")
    if not shape and expected:
        return f"{words}: was it summed or averaged over all axes?"
    if len(shape) == len(expected) + 1 and 1 in shape and _squeezed(shape) == _squeezed(expected):
        return f"{words}: an axis of length 1 is left"
    if len(shape) == 2 and len(expected) == 1 and known and shape[0] == shape[1] == expected[0]:
        return f"{words}: did two arrays broadcast against each other?"
    return words


def _squeezed(shape):
    """Return the lengths that are not 1."""
    return [length for length in shape if length != 1]


def _shaped(shape):
    """Describe a value of this shape."""
    return f"shape {tuple(shape)}" if len(shape) else "a single number"


def _kind(answer):
    """Describe an answer that is not the expected numbers."""
    if isinstance(answer, np.ndarray):
        return _shaped(answer.shape) if not answer.ndim else "one array"
    names = {str: "a text", dict: "a dict", type(None): "None", list: "a list", tuple: "a tuple"}
    return names.get(type(answer), "a single number")


def choice(answer, check):
    """Return a sentence about a choice, or "" if it is right."""
    if isinstance(answer, dict):
        answer = None
    chosen = letters(answer)
    if not chosen:
        blank = answer is None or (isinstance(answer, str) and answer in ("", "?", "..."))
        return "nothing is chosen yet" if blank else "expected a letter"
    if chosen == check.expected:
        return ""
    reasons = [check.because[letter] for letter in sorted(chosen) if letter in check.because]
    return " ".join(reasons) or "this is not the right choice"


def decide(item, replies):
    """Return the outcome of one check from the replies to its cases.

    Parameters
    ----------
    item : Item
    replies : list of dict
        One per case: ``state`` and, if it is "ok", ``value`` (encoded).
    """
    check = item.check
    outcome = {"question": item.question, "name": check.target, "words": check.words,
            "points": 0.0, "max_points": float(check.points), "verdict": "wrong",
            "passed": False, "message": "", "mistake": ""}  # fmt: skip
    judged = [_judged(check, case, reply) for case, reply in zip(item.cases, replies, strict=True)]
    outcome |= min(judged, key=lambda one: one["points"])
    outcome["passed"] = outcome["verdict"] == "right"
    return outcome


def explained(outcome, practice):
    """Return an outcome with the sentence that practice inputs give.

    Parameters
    ----------
    outcome : dict
        As `decide` returns it, for the hidden inputs.
    practice : dict
        The same for the practice inputs.
    """
    if outcome["passed"] or practice == outcome:
        return outcome
    if practice["passed"]:
        words = "it is right for practice inputs, but not for the hidden ones"
        verdict = "partly" if outcome["points"] else "wrong"
        return outcome | {"message": words, "mistake": "", "verdict": verdict}
    explanation = {name: practice[name] for name in ("message", "mistake", "verdict")}
    return outcome | explanation | ({"verdict": "partly"} if outcome["points"] else {})


def _judged(check, case, reply):
    """Judge one case."""
    if reply["state"] != "ok":
        return _not_answered(check, reply)
    try:
        answer = values.decode(reply.get("value"))
    except values.Unreadable:
        return _wrong("wrong", "the answer cannot be read as numbers")
    if check.kind == "choice":
        problem = choice(answer, check)
        return _wrong("wrong", problem) if problem else _right(check)
    problem = difference(answer, case.expected, check, case.familiar)
    if not problem:
        return _right(check)
    known = [words for words, value in case.mistakes
             if not difference(answer, value, check, case.familiar)]  # fmt: skip
    mistake = known[0] if known else ""
    return _wrong("wrong", problem) | {"mistake": mistake} | _partial(check, case, answer)


def _partial(check, case, answer):
    """Return the points of the parts that are right, where the check has parts."""
    earned = 0.0
    for key, points in (check.parts or {}).items():
        try:
            problem = difference(answer[key], case.expected[key], check, case.familiar)
        except (LookupError, TypeError):
            problem = "missing"
        earned += 0.0 if problem else points
    return {"points": float(earned), "verdict": "partly" if earned else "wrong"}


def _right(check):
    """Return the outcome of a right answer."""
    return {"points": float(check.points), "verdict": "right", "message": ""}


def _wrong(verdict, message):
    """Return the outcome of an answer that earns nothing."""
    return {"points": 0.0, "verdict": verdict, "message": message}


def _not_answered(check, reply):
    """Return why there is no answer; only names of well-known errors are repeated."""
    state, error = reply["state"], reply.get("error", "")
    target = "function" if check.kind == "call" else "variable"
    if state == "missing":
        return _wrong("missing", f"there is no {target} {check.target}")
    if error in ("NotImplementedError", "nothing yet"):
        return _wrong("missing", f"the {target} {check.target} is not written yet")
    if state == "error":
        name = error if error in RAISED else "an error defined by the student"
        return _wrong("error", f"the {target} raised {name}")
    if state == "unreadable":
        kind = error if error in values.UNREADABLE else "something else"
        return _wrong("wrong", f"expected numbers, got {kind}")
    reasons = {"stopped": f"the {target} did not end in time",
               "died": f"the {target} ended the process",
               "memory": f"the {target} took more memory than allowed",
               "not run": "not run: the submission took too long or ended too often"}  # fmt: skip
    return _wrong("error", reasons.get(state, f"the {target} gave no readable answer"))
