"""Honest students who have bad luck: right answers in an unusual form, and tools that are missing.

All of these earn every point that is not listed.
"""

from hostile import demo
from hostile.honest import SQUARE, Case

RIGHT = demo.RIGHT["square"].strip()
LOSS = demo.RIGHT["loss"].strip().replace("return log_sum", "return RESULT(log_sum") + ")"


def before(line):
    """Return a case in which a line stands above a right answer, in the same cell."""
    return Case({"square": f"{line}\n{RIGHT}"}, {})


def loss_as(kind, start=""):
    """Return a case in which the losses are in a container of some kind."""
    return Case({"loss": f"{start}\n{LOSS.replace('RESULT', kind)}"}, {})


# What Jupyter has, but not the sandbox; the answer below it counts.
LINES = {
    f"right, below {line.splitlines()[-1]}": before(line)
    for line in (
        "help(np.mean)",
        "copyright",
        "np.mean?",
        "%matplotlib widget",
        "%matplotlib notebook",
        "%load_ext tensorboard",
        "%autosave 30",
        "%store answer",
        "%clear",
        "%tensorflow_version 2.x",
        "%conda install scipy",
        "%config InlineBackend.figure_format = 'retina'",
        "%no_such_magic",
        "files = !ls\nassert files.n == ''",
        "name = input()",
        "import locale\nlocale.setlocale(locale.LC_ALL, '')",
        "assert open('x', 'w').encoding.lower() == 'utf-8'",
        "import doctest\ndoctest.testmod()",
        "import pickle\nhalf = pickle.loads(pickle.dumps(float))('0.5')",
        "from IPython.display import HTML, display\ndisplay(HTML('x'))",
    )
}

NUMBERS = {
    "right as a Decimal": Case(
        {"number": "from decimal import Decimal\nanswer = Decimal('0.693')"}, {}),
    "right as a Fraction": Case(
        {"number": "from fractions import Fraction\nanswer = Fraction(693, 1000)"}, {}),
    "right as a number of the student's own": Case(
        {"number": "class Nats(float):\n    'A unit.'\nanswer = Nats(0.693)"}, {}),
    "right in a deque": loss_as("deque", "from collections import deque"),
    "right in an array of Python": loss_as("array", "from array import array as make\n"
                                           "def array(x): return make('d', x)"),
    "right in a view of memory": loss_as("memoryview"),
    "right in a list of fractions": loss_as("fractions", "from fractions import Fraction\n"
                                            "def fractions(x): return list(map(Fraction, x))"),
    "right in a mapping of a different type": Case(
        {"both": "from collections import OrderedDict\ndef value_and_gradient(x):\n"
                 "    return OrderedDict(gradient=[2 * v for v in x], loss=sum(x * x))"}, {}),
    "right in a mapping that is no dict": Case(
        {"both": "from types import MappingProxyType\ndef value_and_gradient(x):\n"
                 "    return MappingProxyType({'loss': sum(x * x), 'gradient': 2 * x})"}, {}),
    "right as a member of an Enum": Case(
        {"reason": "from enum import Enum\nclass Choice(str, Enum):\n    A = 'a'\n    B = 'b'\n"
                   "reason = Choice.B"}, {}),
    "right in quotes with an exponent": Case({"number": "answer = '6.93e-1'"}, {}),
    "right, but with a minus sign that is no hyphen": Case(
        {"number": "answer = '\u22120.693'"}, {"number": 1}, "the number is not right"),
    "right with letters as wide as Chinese ones": Case(
        {"reason": "reason = '\uff42'", "number": "\uff41nswer = 0.693"}, {}),
    "right with signs that nobody sees": Case(
        {"reason": "reason = '\u200eb\u200b\ufeff\u00a0'"}, {}),
    "right in quotation marks": Case({"reason": "reason = '\u201cb\u201d'"}, {}),
    "right with two forms of a letter": Case(
        {"square": "def mean_squared_error(y_true, y_pred):\n    e\u0301 = y_true - y_pred\n"
                   "    return np.mean(\u00e9 ** 2)"}, {}),
}  # fmt: skip

# Experiments that change what others share; each question keeps what its own cell left.
EXPERIMENTS = {
    "right, then floating-point errors raise": Case({}, {}, extra=("np.seterr(all='raise')",)),
    "right, then warnings raise": Case(
        {"square": "import warnings\n" + SQUARE[:-7] + "warnings.warn('rounded')\n"
                   "    return np.mean((y_true - y_pred) ** 2)"}, {},
        extra=("import warnings\nwarnings.simplefilter('error')",)),
    "right, then everything is deleted": Case(
        {}, {}, extra=("del answer, reason, np, mean_squared_error", "%reset -f")),
    "wrong, because floating-point errors raise in its own cell": Case(
        {"loss": "np.seterr(all='raise')\n" + demo.RIGHT["loss"].strip(), "square":
         "np.seterr(all='warn')\n" + RIGHT}, {"loss": 1}, "FloatingPointError"),
}  # fmt: skip

UNLUCKY = LINES | NUMBERS | EXPERIMENTS
