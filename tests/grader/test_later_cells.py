"""Later experiments do no harm: a function finds its helpers as its own cell left them."""

import nbformat
import pytest
from hostile import demo
from test_grading import graded, grader, lost, place, release  # noqa: F401
from test_self_check import SEED, data_of, self_check

from grader.source import derive

pytestmark = pytest.mark.classroom
HEAD = "def mean_squared_error(y_true, y_pred):\n    return "
MEAN = "def mean(x):\n    return np.sum(x) / np.size(x)\n\n"
USES_MEAN = MEAN + HEAD + "mean((y_true - y_pred) ** 2)"
CLOSURE = MEAN + """def made():
    def inner(x):
        return mean(x * x)
    return inner

square = made()
""" + HEAD + "square(y_true - y_pred)"  # fmt: skip
RECURSION = """def mean_squared_error(y_true, y_pred):
    n = len(y_true)
    if n == 1:
        return (y_true[0] - y_pred[0]) ** 2
    first = mean_squared_error(y_true[:1], y_pred[:1])
    return (first + (n - 1) * mean_squared_error(y_true[1:], y_pred[1:])) / n
"""
MUTUAL = """def odd(x):
    return x[0] + even(x[1:]) if len(x) else 0.0

def even(x):
    return x[0] + odd(x[1:]) if len(x) else 0.0

""" + HEAD + "odd((y_true - y_pred) ** 2) / len(y_true)"  # fmt: skip
CLASSES = """POWER = 2

class Base:
    def power(self, x):
        return x ** POWER

class Error(Base):
    def __call__(self, y_true, y_pred):
        return self.power(y_true - y_pred).mean()

class Both(Error):
    def __call__(self, y_true, y_pred):
        return super().__call__(y_true, y_pred)

mean_squared_error = Both()
"""
DECORATED = """import functools

def checked(function):
    @functools.wraps(function)
    def inner(**inputs):
        return function(**{name: prepared(x) for name, x in inputs.items()})
    return inner

def prepared(x):
    return np.asarray(x, dtype=float)

@checked
def mean_squared_error(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)
"""
IMPORTS = "import math\nfrom numpy import mean\n" + HEAD + (
    "mean([math.pow(a - b, 2) for a, b in zip(y_true, y_pred)])")  # fmt: skip
COUNTS = "count = 0\n" + HEAD[:-7] + """global count
    count += 1
    return np.mean((y_true - y_pred) ** 2) if count < 2 else 1 / 0
"""  # fmt: skip

# The answer, and what later cells do with its names.
HARMLESS = {
    "a helper becomes a number": (USES_MEAN, ["mean = mean(np.ones(3))"]),
    "a helper becomes a different function": (USES_MEAN, ["def mean(x):\n    return 7"]),
    "a helper is deleted": (USES_MEAN, ["del mean"]),
    "everything is deleted": (USES_MEAN, ["%reset -f"]),
    "a helper of a closure": (CLOSURE, ["mean = 0", "square = 0; made = 0"]),
    "a function that calls itself": (RECURSION, ["mean_squared_error = 3"]),
    "helpers that call each other": (MUTUAL, ["even = odd = None"]),
    "classes and their constant": (CLASSES, ["POWER = 3", "Base = Error = Both = 0"]),
    "what a decorator calls": (DECORATED, ["prepared = checked = functools = 0"]),
    "imports": (IMPORTS, ["math = mean = 0", "np = None"]),
    "a helper of a later cell": (HEAD + "mean((y_true - y_pred) ** 2)", [MEAN]),
    "a stub, and the answer with its helper at the end": (
        demo.STUBS["square"], ["mean = 0", USES_MEAN]),
    "a name that each call would change": (COUNTS, []),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_later_cells_do_not_change_a_right_answer(name, grader, place, release):  # noqa: F811
    answer, later = HARMLESS[name]
    notebook = demo.submission(release, demo.RIGHT | {"square": answer}, later)
    result = graded(grader, place, f"later {list(HARMLESS).index(name)}", notebook)
    assert lost(result) == {}, result["checks"]


def test_each_question_has_the_helper_of_its_own_cell(grader, place, release):  # noqa: F811
    """Two questions may use one name for different things."""
    masked = "def mean(x):\n    return x.sum()\n\ndef masked_mean(values, mask):\n    return "
    answers = {"square": USES_MEAN, "masked": masked + "mean(values * mask) / mean(mask)"}
    result = graded(grader, place, "each", demo.submission(release, demo.RIGHT | answers))
    assert lost(result) == {}, result["checks"]


def test_a_helper_that_a_later_cell_corrects_stays_as_it_was(grader, place, release):  # noqa: F811
    """The cell of the question decides, for its function and for all names that it uses."""
    answers = demo.RIGHT | {"square": USES_MEAN.replace("np.size(x)", "2")}
    result = graded(grader, place, "corrected", demo.submission(release, answers, [MEAN]))
    assert lost(result) == {"square": 2}


def test_the_self_check_sees_the_same_helpers():
    solved = derive.solution("softmax", SEED, 1)
    cell = next(cell for cell in solved.cells if "def softmax(" in cell.source)
    cell.source = """def top(x):
    return np.max(x, axis=-1, keepdims=True)

def softmax(logits):
    e = np.exp(logits - top(logits))
    return e / e.sum(axis=-1, keepdims=True)
"""
    solved.cells.append(nbformat.v4.new_code_cell("top = top(np.ones(3))"))
    _, outcomes = self_check(data_of("softmax"), solved)
    assert {one["verdict"] for one in outcomes} <= {"right", "open"}, outcomes
