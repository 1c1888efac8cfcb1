"""The losses by the names that Keras gives them."""

import numpy as np

BINARY = ("binary_crossentropy", "binary_focal_crossentropy")
DENSE = ("categorical_crossentropy", "categorical_focal_crossentropy")
SPARSE = ("sparse_categorical_crossentropy",)
HINGES = ("hinge", "squared_hinge")
# Losses that compare the distribution or the scores of the classes, row by row.
ROWWISE = (*DENSE, "categorical_hinge", "kl_divergence")
ENTROPIES = (*BINARY, *DENSE, *SPARSE)
SQUARES = ("mean_squared_error",)
OTHERS = (
    "cosine_similarity",
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "poisson",
)
LOSSES = tuple(sorted({*ENTROPIES, *HINGES, *ROWWISE, *SQUARES, *OTHERS}))
_SHORT = {
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}


def canonical(loss):
    """Return Keras' name of a loss given by it, by its short form or by its class; or raise."""
    if loss is None:
        return None
    known = _names()
    if not isinstance(loss, str) or loss not in known:
        names = ", ".join(map(repr, (*LOSSES, *_SHORT)))
        raise ValueError(f"loss: expected None or one of {names}, got {_brief(loss)}")
    return known[loss]


def checked_from_logits(value):
    """Return whether the predictions are logits; anything but a bool is refused."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    raise ValueError(f"from_logits: expected True or False, got {_brief(value)}")


def _names():
    classes = {"".join(map(str.capitalize, name.split("_"))): name for name in LOSSES}
    classes["KLDivergence"] = classes.pop("KlDivergence")
    capitals = {name.upper(): full for name, full in _SHORT.items()}
    return {name: name for name in LOSSES} | classes | _SHORT | capitals


def _brief(value):
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:50]}..."
