"""Submissions of honest students: right in several styles, and each known mistake once.

An expected loss is the points of the checks that the mistake affects, from the demo's list of
points. The mistakes are those of the book's atlas.
"""

from typing import NamedTuple


class Case(NamedTuple):
    """A submission: its answers, and the points that it must lose per question."""

    answers: dict
    lost: dict
    says: str = ""  # part of a sentence that must appear
    extra: tuple = ()


LOSS = "def cross_entropy(labels, logits):\n    "
SQUARE = "def mean_squared_error(y_true, y_pred):\n    return "
MASKED = "def masked_mean(values, mask):\n    return "
SOFT = "e / e.sum(axis=-1, keepdims=True)"

RIGHT = {
    "right as in the solution": Case({}, {}),
    "right with loops and lists": Case({
        "square": SQUARE + "sum((a - b) ** 2 for a, b in zip(y_true, y_pred)) / len(y_true)",
        "loss": "import math\ndef cross_entropy(labels, logits):\n    losses = []\n"
                "    for row, z in zip(labels, logits):\n        top = max(z)\n"
                "        total = top + math.log(sum(math.exp(v - top) for v in z))\n"
                "        losses.append(total - sum(r * v for r, v in zip(row, z)))\n"
                "    return losses",
    }, {}),
    "right in float32": Case({
        "square": SQUARE + "np.mean((y_true.astype('f4') - y_pred.astype('f4')) ** 2)",
        "masked": MASKED + "np.float32(np.sum(values * mask) / np.sum(mask))",
    }, {}),
    "right in float16": Case({"masked": MASKED + "np.float16((values * mask).sum() / mask.sum())"},
                             {}),
    "right in extended precision": Case({
        "square": SQUARE + "np.mean((np.longdouble(y_true) - y_pred) ** 2)",
        "masked": MASKED + "np.asarray((values * mask).sum() / mask.sum(), np.longdouble)",
    }, {}),
    "right as a class with __call__": Case({
        "square": "class Error:\n    def __call__(self, y_true, y_pred):\n"
                  "        return ((y_true - y_pred) ** 2).mean()\nmean_squared_error = Error()",
    }, {}),
    "right as a lambda and in capitals": Case({
        "masked": "masked_mean = lambda values, mask: np.average(values, weights=mask)",
        "reason": 'reason = " (B) "',
    }, {}),
    "right with magics, a figure and a shell command": Case({
        "loss": "%matplotlib inline\n!pip install scipy\n" + LOSS +
                "m = logits.max(-1, keepdims=True)\n    z = logits - m\n"
                "    return -(labels * (z - np.log(np.exp(z).sum(-1, keepdims=True)))).sum(-1)",
    }, {}, extra=("import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",)),
    "right with warnings and log lines on stderr": Case({
        "square": "import logging, warnings, sys\n" + SQUARE[:-7] +
                  "logging.warning('a log line'); warnings.warn('a warning')\n"
                  "    print('a line', file=sys.stderr); np.log(0.0)\n"
                  "    return np.mean((y_true - y_pred) ** 2)",
    }, {}),
    "right, after what needs pipes, sockets and statistics elsewhere": Case({
        "square": "import asyncio, os, resource, shutil, threading\n"
                  "loop = asyncio.new_event_loop()\n"
                  "found = []\ndef run():\n    loop.call_soon_threadsafe(found.append, 1)\n"
                  "    found.append(loop.run_until_complete(asyncio.sleep(0.01, 2)))\n"
                  "    loop.close()\nthread = threading.Thread(target=run)\nthread.start()\n"
                  "thread.join()\nassert found == [1, 2]\n"
                  "assert await asyncio.to_thread(sum, [1, 2]) == 3\n"
                  "open('/tmp/a', 'w').close(); shutil.copy2('/tmp/a', '/tmp/b')\n"
                  "if os.fork() == 0: os._exit(3)\nassert os.wait()[1] >> 8 == 3\n"
                  "total = sum(range(10**7))\n"
                  "assert resource.getrusage(resource.RUSAGE_SELF).ru_utime > 0\n"
                  "get_ipython().run_line_magic('time', 'timed = 1')\nassert timed == 1\n"
                  + SQUARE + "np.mean((y_true - y_pred) ** 2)",
    }, {}),
    "right, after an await and with a type": Case({
        "number": "import asyncio\nawait asyncio.sleep(0)\nanswer: float = np.log(2)",
    }, {}),
    "right, and changes its inputs": Case({
        "square": SQUARE[:-7] + "y_true -= y_pred\n    y_true *= y_true\n    return y_true.mean()",
    }, {}),
    "right, then exit() and sys.exit() in later cells": Case(
        {}, {}, extra=("exit()", "import sys\nsys.exit(3)", "quit()")),
}  # fmt: skip

MISTAKES = {
    "blank": Case(dict.fromkeys(("loss", "square", "masked", "both", "number", "reason"), ""),
                  {"loss": 4, "square": 2, "masked": 2, "both": 2, "number": 1, "reason": 1}),
    "double softmax": Case(
        {"loss": LOSS + f"e = np.exp(logits - logits.max(-1, keepdims=True)); p = {SOFT}\n"
                        "    return np.log(np.exp(p).sum(-1)) - (labels * p).sum(-1)"},
        {"loss": 4}, "second softmax"),
    "swapped labels and logits": Case(
        {"loss": LOSS + "return -(logits * np.log(np.maximum(labels, 1e-12))).sum(-1)"},
        {"loss": 4}, "swapped"),
    "wrong axis": Case(
        {"loss": LOSS + "e = np.exp(logits); return -(labels * np.log(e / e.sum(0))).sum(0)"},
        {"loss": 4}),
    "unstable": Case(
        {"loss": LOSS + f"e = np.exp(logits); return -(labels * np.log({SOFT})).sum(-1)"},
        {"loss": 1}, "nan"),
    "clips the probabilities": Case(
        {"loss": LOSS + "e = np.exp(logits - logits.max(-1, keepdims=True)); "
                        f"p = np.clip({SOFT}, 1e-7, 1)\n    return -(labels * np.log(p)).sum(-1)"},
        {"loss": 1}),
    "label convention: takes class indices": Case(
        {"loss": LOSS + "e = np.exp(logits - logits.max(-1, keepdims=True)); p = " + SOFT +
                 "\n    return -np.log(p[np.arange(len(p)), labels])"}, {"loss": 4}, "IndexError"),
    "keeps the axis": Case(
        {"loss": LOSS + "z = logits - logits.max(-1, keepdims=True)\n    return -(labels * (z - "
                        "np.log(np.exp(z).sum(-1, keepdims=True)))).sum(-1, keepdims=True)"},
        {"loss": 4}, "an axis of length 1 is left"),
    "averages the losses": Case(
        {"loss": LOSS + "z = logits - logits.max(-1, keepdims=True)\n    return np.mean(-(labels *"
                        "(z - np.log(np.exp(z).sum(-1, keepdims=True)))).sum(-1))"},
        {"loss": 4}, "summed or averaged"),
    "forgets the mean": Case({"square": SQUARE + "(y_true - y_pred) ** 2"}, {"square": 2},
                             "the mean is forgotten"),
    "sums": Case({"square": SQUARE + "np.sum((y_true - y_pred) ** 2)"}, {"square": 2},
                 "this is the sum"),
    "broadcasts to a square": Case(
        {"square": SQUARE + "np.mean((y_true - y_pred[:, None]) ** 2)"}, {"square": 2},
        "broadcast to a square"),
    "wrong dtype: integers": Case(
        {"square": SQUARE + "np.mean((y_true - y_pred) ** 2).astype(int)"}, {"square": 2},
        "the number is not right"),
    "returns a complex number": Case({"square": SQUARE + "1j"}, {"square": 2}, "a complex"),
    "returns a generator": Case({"square": SQUARE + "(x for x in y_true)"}, {"square": 2},
                                "a generator"),
    "returns text": Case({"square": SQUARE + "'0.5'"}, {"square": 2}, "a text"),
    "returns nothing": Case({"square": SQUARE + "None"}, {"square": 2}, "None"),
    "no mask": Case({"masked": MASKED + "values.mean()"}, {"masked": 2}, "the mask is not used"),
    "counts what is masked": Case({"masked": MASKED + "(values * mask).mean()"}, {"masked": 2},
                                  "count in the number"),
    "half right: the gradient's sign": Case(
        {"both": "def value_and_gradient(x):\n"
                 "    return {'loss': np.sum(x**2), 'gradient': -2 * x}"},
        {"both": 1.5}, "wrong sign"),
    "half right: the gradient is missing": Case(
        {"both": "def value_and_gradient(x):\n    return {'loss': np.sum(x**2)}"}, {"both": 1.5}),
    "logarithm to base 2": Case({"number": "answer = np.log2(2)"}, {"number": 1}, "base 2"),
    "a wrong choice": Case({"reason": 'reason = "a"'}, {"reason": 1}, "changes no probability"),
    "all choices": Case({"reason": 'reason = "abcd"'}, {"reason": 1}),
    "syntax error in one cell": Case({"masked": "def masked_mean(values, mask)\n  return 1"},
                                     {"masked": 2}, "there is no function"),
    "another name": Case({"masked": "def maskedMean(v, m):\n    return 0"}, {"masked": 2},
                         "there is no function"),
    "another number of parameters": Case({"masked": "def masked_mean(v):\n    return 0"},
                                         {"masked": 2}, "TypeError"),
    "an endless loop in a function": Case(
        {"square": SQUARE[:-7] + "while True:\n        pass"}, {"square": 2}, "did not end"),
    "an endless loop in the last cell": Case({}, {}, extra=("while True:\n    pass",)),
    "infinite recursion": Case(
        {"square": SQUARE + "mean_squared_error(y_true, y_pred)"}, {"square": 2},
        "RecursionError"),
    "imports TensorFlow where it is not": Case(
        {"square": "import tensorflow as tf\n" + SQUARE + "0"}, {"square": 2}),
    "imports lossutils, which is not there": Case(
        {"square": "from lossutils import losses\n" + SQUARE + "0"}, {"square": 2}),
}  # fmt: skip
