"""The rules in order, and the report of those that a loss breaks."""

import contextlib
import inspect
import warnings
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np

from lossutils.checking import batches, rules_slopes, rules_training, rules_values
from lossutils.checking.choice import choose
from lossutils.checking.subject import NotChecked, message_of, name_of
from lossutils.diagnosis.findings import Finding, Report


class Rule(NamedTuple):
    """A rule: a name for the list of what was kept, a sentence, and what yields its problems.

    If one that is `alone` is broken, the others are not tried: what they find follows from it.
    """

    name: str
    sentence: str
    problems: Callable | None = None
    alone: bool = False


CALLED = Rule("called", "It should take the truth and the prediction")
METRIC = Rule("a loss", "It should be a loss, not a metric")
FIRST = "It should take the truth first"
RULES = (
    Rule(
        "repeatable", "It should give the same numbers again", rules_values.same_again, alone=True
    ),
    Rule("truth-first", FIRST, rules_slopes.swapped, alone=True),
    Rule("names", FIRST, rules_slopes.truth_first),
    Rule(
        "one-number-per-example",
        "It should return one number per example",
        rules_values.one_number_per_example,
    ),
    Rule(
        "rows-and-columns",
        "It should not compare rows with columns",
        rules_values.columns_and_rows,
    ),
    Rule(
        "own-truth",
        "It should compare each prediction with its own truth",
        rules_values.own_truth,
    ),
    Rule(
        "independent",
        "It should not depend on the other examples of the batch",
        rules_values.independent,
    ),
    Rule("finite", "It should be finite at the edges", rules_slopes.finite),
    Rule("gradient", "It should have a gradient, and the right one", rules_slopes.gradient),
    Rule("lowest-at-the-truth", "It should be lowest at the truth", rules_slopes.lowest),
    Rule("any-batch-size", "It should run as a graph for any batch size", rules_training.graph),
    Rule("dtype", "It should keep the dtype", rules_training.dtype),
    Rule("weights", "It should leave room for weights", rules_training.weights),
    Rule("masks", "It should leave room for a mask", rules_training.mask),
    Rule("saving", "It should survive saving and loading", rules_training.saving),
)


def report_of(loss, y_true=None, y_pred=None):
    """Return the report on a loss."""
    _refuse(loss, y_true, y_pred)
    if isinstance(loss, keras.metrics.Metric):
        return Report(name_of(loss), (_metric(loss),))
    given = None if y_true is None else batches.all_given(y_true, y_pred)
    try:
        with _quiet():
            subject = choose(loss, given)
    except Exception as error:
        return Report(name_of(loss), (_uncallable(error, loss, certain=given is not None),))
    label = f"{name_of(loss)}, tried on {subject.size} examples: {subject.batch.kind}"
    with _quiet():
        return _report(label, subject)


@contextlib.contextmanager
def _quiet():
    """Leave out warnings: what matters is in the report."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _refuse(loss, y_true, y_pred):
    """Raise an error for what is not a loss."""
    if inspect.isclass(loss):
        name = loss.__name__
        raise ValueError(f"loss: expected a function or an instance, got a class; write {name}()")
    if not callable(loss):
        raise ValueError(f"loss: expected a function or a Loss instance, got {loss!r:.60}")
    if (y_true is None) != (y_pred is None):
        raise ValueError("expected both y_true and y_pred, or neither")


def _report(label, subject):
    findings, kept, untried = [], [], {}
    for rule in RULES:
        try:
            problems = list(rule.problems(subject))
        except NotChecked as why:
            untried.setdefault(str(why), []).append(rule.name)
            continue
        findings += [_finding(rule, *problem) for problem in problems]
        kept += [] if problems else [rule.name]
        if rule.alone and problems:
            untried = {"they follow from what was found": ["the other rules"]}
            break
    notes = [f"Kept: {', '.join(kept)}."] if kept else []
    notes += [f"Not tried: {', '.join(names)}; {why}." for why, names in untried.items()]
    return Report(label, tuple(findings), tuple(notes))


def _finding(rule, evidence, instead, certain):
    name = "truth-first" if rule.name == "names" else rule.name
    link = f"write-your-own-loss.html#rule-{name}"
    return Finding(None, bool(certain), rule.sentence, evidence, instead, link)


def _metric(loss):
    evidence = f"{name_of(loss)} is a metric. It keeps its state in variables and has no gradient."
    instead = f"keras.losses.{name_of(loss)}(), if there is one"
    return _finding(METRIC._replace(name="gradient"), evidence, instead, True)


def _uncallable(error, loss, *, certain):
    if type(loss).__call__ is not keras.losses.Loss.__call__ and isinstance(
        loss, keras.losses.Loss
    ):
        evidence = f"{name_of(loss)} overrides __call__, where Keras applies weights and masks."
        return _finding(CALLED, evidence, "def call(self, y_true, y_pred)", True)
    evidence = f"{name_of(loss)}(y_true, y_pred) raises {message_of(error)}."
    instead = "def loss(y_true, y_pred), or pass a batch of the shape that it expects"
    return _finding(CALLED, evidence, instead, certain or not _takes_two(loss))


def _takes_two(loss):
    """Tell whether it can be called with two arguments, as far as its signature says."""
    try:
        inspect.signature(loss).bind(None, None)
    except TypeError:
        return False
    except ValueError:  # it has no signature
        return True
    return True
