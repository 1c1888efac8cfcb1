"""Calls with the wrong arguments: one sentence that says how to write them."""

import difflib
import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

TRUTHS = ("labels", "y_true", "label", "target", "targets", "truth", "y")
PREDICTIONS = (
    "logits",
    "y_pred",
    "logit",
    "outputs",
    "pred",
    "prediction",
    "predictions",
    "scores",
)
FROM_LOGITS = {
    "binary_cross_entropy": "sigmoid_cross_entropy_with_logits",
    "categorical_cross_entropy": "softmax_cross_entropy_with_logits",
    "sparse_categorical_cross_entropy": "sparse_softmax_cross_entropy_with_logits",
    "binary_focal_cross_entropy": "sigmoid_focal_cross_entropy_with_logits",
    "categorical_focal_cross_entropy": "softmax_focal_cross_entropy_with_logits",
}
REDUCE = "pass the values to reductions.reduce_loss"
ELSEWHERE = {
    "label_smoothing": "smooth the labels first, with losses.smooth_labels",
    "reduction": REDUCE,
    "sample_weight": REDUCE,
    "weight": REDUCE,
    "weights": REDUCE,
}


def checked(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a public function: a call that does not fit its signature says how to write it."""
    name, parameters = function.__name__, inspect.signature(function).parameters
    by_position = [p.name for p in parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    required = [p.name for p in parameters.values() if p.default is p.empty]

    @functools.wraps(function)
    def call(*positional, **keywords):
        given = {*by_position[: len(positional)], *keywords}
        if len(positional) > len(by_position):
            raise TypeError(f"{name}: {_by_keyword(name, by_position, required, len(positional))}")
        if unknown := [keyword for keyword in keywords if keyword not in parameters]:
            raise TypeError(f"{name}: {_unknown(name, list(parameters), unknown[0])}")
        if len(given) < len(positional) + len(keywords):
            twice = " and ".join(n for n in by_position[: len(positional)] if n in keywords)
            raise TypeError(f"{name}: expected each argument once, got {twice} twice")
        if missing := [parameter for parameter in required if parameter not in given]:
            raise TypeError(f"{name}: expected {_listed(required)}, got no {_listed(missing)}")
        return function(*positional, **keywords)

    return call


def _by_keyword(name, by_position, required, count):
    if by_position:
        most = f"at most {len(by_position)} by position ({', '.join(by_position)})"
        return f"expected {most}, got {count}; write the others as keywords"
    call = ", ".join(f"{parameter}=..." for parameter in required)
    return (
        "expected keywords only, so that labels and logits cannot be swapped, "
        f"got {count} by position; write {name}({call})"
    )


def _unknown(name, parameters, keyword):
    hint = _instead(name, parameters, keyword)
    return f"expected the arguments {_listed(parameters)}, got {keyword}{hint and '; '}{hint}"


def _instead(name, parameters, keyword):
    """Return what to do instead of passing an unknown keyword, or nothing."""
    if "logits" in (keyword, keyword.removeprefix("from_")):
        if "logits" in parameters:
            return "the logits are always taken as they are, so leave it out"
        return f"for logits call {FROM_LOGITS[name]}" if name in FROM_LOGITS else ""
    for synonyms in (TRUTHS, PREDICTIONS):
        if keyword in synonyms and (own := [p for p in synonyms[:2] if p in parameters]):
            return f"write {own[0]}=..."
    similar = difflib.get_close_matches(keyword, parameters, n=1, cutoff=0.7)
    return f"write {similar[0]}=..." if similar else ELSEWHERE.get(keyword, "")


def _listed(names):
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
