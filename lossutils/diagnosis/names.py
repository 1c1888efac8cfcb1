"""The losses by the names that Keras gives them."""

from numbers import Integral, Real

import numpy as np

from lossutils._arguments import brief

BINARY = ("binary_crossentropy", "binary_focal_crossentropy")
DENSE = ("categorical_crossentropy", "categorical_focal_crossentropy")
SPARSE = ("sparse_categorical_crossentropy",)
# Losses whose truth is one class index for each row.
INDEXED = (*SPARSE, "categorical_generalized_cross_entropy")
OVERLAPS = ("dice", "tversky")
HINGES = ("hinge", "squared_hinge")
# Losses that compare the distribution or the scores of the classes, row by row.
ROWWISE = (*DENSE, "categorical_hinge", "kl_divergence")
ENTROPIES = (*BINARY, *DENSE, *SPARSE)
# Losses that refuse truth and prediction of different shapes; the others let them broadcast.
EQUAL = (*BINARY, "categorical_crossentropy", *SPARSE)
FOCAL = ("binary_focal_crossentropy", "categorical_focal_crossentropy")
SQUARES = ("mean_squared_error",)
DISTANCES = (*SQUARES, "huber", "log_cosh", "mean_absolute_error")
# Losses of quantities, whose predictions lie where the targets do.
QUANTITIES = (
    *DISTANCES,
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "poisson",
)
OTHERS = (
    "circle",
    "cosine_similarity",
    "ctc",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "poisson",
)
LOSSES = tuple(sorted({*ENTROPIES, *HINGES, *ROWWISE, *DISTANCES, *INDEXED, *OVERLAPS, *OTHERS}))
# Losses of the book without rules of their own: what holds for every loss is said of them.
OWN = (
    "batch_hard_triplet_loss",
    "contrastive_loss",
    "gaussian_negative_log_likelihood",
    "info_nce",
    "l2_loss",
    "log_poisson_loss",
    "mean_pairwise_squared_error",
    "nce_loss",
    "ordinal_cross_entropy_with_logits",
    "pinball_loss",
    "pseudo_huber_loss",
    "sampled_softmax_loss",
    "triplet_margin_loss",
)
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
        raise ValueError(f"loss: expected None or one of {names}, got {brief(loss)}")
    return known[loss]


def checked_bool(name, value):
    """Refuse anything but a bool."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name}: expected True or False, got {brief(value)}")


def checked_number(name, value):
    """Refuse anything but None or a real number."""
    real = isinstance(value, Real | np.number) and not isinstance(value, bool | np.bool_)
    if value is not None and not real:
        raise ValueError(f"{name}: expected None or a number, got {brief(value)}")


def checked_array(name, value):
    """Return positive numbers as an array, or None."""
    if value is None:
        return None
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        array = np.array(np.nan)
    if not np.all(array > 0):
        raise ValueError(f"{name}: expected None or numbers above 0, got {brief(value)}")
    return array


def checked_axis(value):
    """Refuse an axis that is not a whole number, or that is the one of the examples."""
    whole = isinstance(value, Integral | np.integer) and not isinstance(value, bool | np.bool_)
    if not whole or value == 0:
        raise ValueError(f"axis: expected a whole number other than 0, got {brief(value)}")


def _names():
    classes = {"".join(map(str.capitalize, name.split("_"))): name for name in LOSSES}
    classes["KLDivergence"] = classes.pop("KlDivergence")
    classes["CTC"] = classes.pop("Ctc")
    capitals = {name.upper(): full for name, full in _SHORT.items()}
    return {name: name for name in (*LOSSES, *OWN)} | classes | _SHORT | capitals
