"""A small healthy batch of each kind, and what the tests of the diagnosis ask of a report."""

import json
from pathlib import Path

import numpy as np

import lossutils

ROOT = Path(__file__).parents[2]
MISTAKES = {
    entry["id"]: entry
    for entry in json.loads(
        (Path(lossutils.__file__).parent / "diagnosis/mistakes.json").read_text(encoding="utf-8")
    )
}
BCE, CCE = "binary_crossentropy", "categorical_crossentropy"
SCCE = "sparse_categorical_crossentropy"
RNG = np.random.default_rng(0)
LOGITS = 3 * RNG.normal(size=(40, 3))
INDEX = (LOGITS + 3 * RNG.normal(size=(40, 3))).argmax(axis=1)
ONE_HOT = np.eye(3)[INDEX]
SOFTMAX = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
SCORES, YES = LOGITS[:, :1], (LOGITS[:, :1] + 3 * RNG.normal(size=(40, 1)) > 0) * 1.0
SIGMOID = 1 / (1 + np.exp(-SCORES))
HALF = np.float16
INF, NAN = np.inf, np.nan


def by_mistake(report):
    """Return mistake -> whether one of its findings is certain."""
    return {f.mistake: f.certain or f.mistake in ids(report.certain) for f in report}


def ids(findings):
    return [finding.mistake for finding in findings]


def with_first(array, value):
    """Return a copy whose first element or row is another."""
    array = np.array(array)
    array[0] = value
    return array


class Liar:
    """An object that raises whatever it is asked."""

    @property
    def shape(self):
        raise RuntimeError("no shape\n\x1b[31m")

    def __array__(self, dtype=None, copy=None):
        raise KeyError("no <array>\n\x1b[31m")
