"""Rules about numbers that a loss cannot take: nan, infinity, zero, too large, too small."""

import itertools
import math

import numpy as np

from lossutils.diagnosis import names
from lossutils.diagnosis.findings import count, fault, found, span
from lossutils.diagnosis.finite import not_finite

CLIP = 1e-7  # where Keras cuts probabilities off
_LEAST = 0.01  # of a label, to count as one that is asked for
_WIDE = "the last layer and the loss in float32"
_CONVERTED = "Keras' loss classes and compile() convert to float32 first; functions do not."


def array_findings(arrays, loss, from_logits, options):
    """Yield what is wrong with the arrays by themselves; a loss without a name may allow it."""
    arrays = [arrays[name] for name in ("y_true", "y_pred") if arrays[name] is not None]
    yield from _empty(arrays, loss)
    for array in arrays:
        if not np.isfinite(array.values).all():
            yield from not_finite(array, loss, from_logits, options)
        if array.name == "y_pred" and array.dtype.kind in "iub" and array.values.size:
            evidence = f"y_pred is {array.dtype.name} ({span(array.values)}): whole numbers have no"
            evidence += f" gradient, and differences of unsigned ones wrap round. {_CONVERTED}"
            instead = "the float outputs of the model"
            yield found("integer-types", evidence, instead, certain=False)


def _empty(arrays, loss):
    empty = [f"{array.name} has shape {array.shape}" for array in arrays if not array.values.size]
    if empty:
        no_rows = all(array.shape[:1] == (0,) for array in arrays)
        evidence = f"{' and '.join(empty)}; the mean of nothing is nan."
        evidence += " Of no rows Keras' losses are empty, or 0." if no_rows else ""
        certain = loss is not None and not no_rows  # columns are missing, or one of the two
        yield fault("the batch is empty", evidence, "leave such batches out", certain=certain)


def log_of_zero(rows):
    """Yield findings where what is true was given the probability 0, or next to it."""
    chance = _chance_of_truth(rows)
    if chance is None:
        return
    zero = chance <= 0
    tiny = (chance < CLIP) & ~zero
    if zero.any():
        granted = "" if np.array_equal(rows.saturated, rows.prediction) else ", rounding granted,"
        evidence = f"{count(zero, 'examples')} have the probability 0{granted} where y_true asks"
        evidence += " for more:"
        evidence += f" the loss written as a formula is infinite. {_CUT_OFF[_keeps_logits(rows)]}"
        instead = "logits and from_logits=True"
        yield found("log-of-zero", evidence, instead, certain=False)
        yield from _half_zero(rows, zero)
    if tiny.any():
        evidence = f"{count(tiny, 'examples')} have a probability below {CLIP:.0e} (the smallest"
        evidence += f" {chance[tiny].min():.3g}) where y_true asks for more."
        evidence += f" {_CUT_OFF[_keeps_logits(rows)]}"
        yield found("clipped", evidence, "logits and from_logits=True", certain=False)


_CUT_OFF = {
    True: (
        "Keras' functions cut these arrays off at 16.1, with gradient 0; a compiled model that ends"
        " in Keras' own softmax or sigmoid uses the logits before it and cuts nothing off."
    ),
    False: "Keras cuts such a probability off at 1e-7, with gradient 0.",
}


def _keeps_logits(rows):
    """Tell whether a compiled Keras model computes this loss from the logits it has kept."""
    return rows.loss in names.ENTROPIES and rows.loss != "categorical_focal_crossentropy"


def _chance_of_truth(rows):
    """Return for each row the smallest probability of what is asked for; None without such."""
    one_column = rows.classes < 2 and rows.loss not in names.BINARY
    if not (rows.of_probabilities or rows.loss == "kl_divergence") or one_column:
        return None
    if rows.outside.any():
        return None
    y, p = rows.truth, rows.saturated
    if rows.indices:
        return _chance_of_class(y, p) if rows.complete else None
    chance = np.where(y >= _LEAST, p, 1.0)
    if rows.loss in names.BINARY:
        chance = np.minimum(chance, np.where(y <= 1 - _LEAST, 1 - p, 1.0))
    return chance.min(axis=1)


def _chance_of_class(y, p):
    inside = (y >= 0) & (y < p.shape[1]) & (y == np.floor(y))
    index = np.where(inside, y, 0).astype(int)[:, None]
    return np.where(inside, np.take_along_axis(p, index, axis=1)[:, 0], 1.0)


def _half_zero(rows, zero):
    if rows.dtype.name == "float16":
        evidence = f"{count(zero, 'examples')}: float16 has no numbers between 0 and 6e-8, nor"
        evidence += " between 0.9995 and 1, so 1 - 1e-7 is 1 and the clip protects nothing."
        yield found("half-precision", f"{evidence} {_CONVERTED}", _WIDE, certain=False)


def half_squares(rows):
    """Yield a finding where float16 ends: squares and labels above 65504."""
    if rows.dtype.name != "float16" or rows.indices:
        return
    size, error = np.abs(rows.truth).max(), np.abs(rows.truth - rows.prediction)
    if rows.loss in names.SQUARES and error.max() > rows.largest**0.5:
        evidence = f"{count(error > rows.largest**0.5, 'errors')} are above 255.9, the largest"
        evidence += f" {error.max():.4g}: their square is infinite in float16."
        yield found("half-precision", f"{evidence} {_CONVERTED}", _WIDE, certain=False)
    elif size > rows.largest:
        evidence = f"y_true reaches {size:.4g}, which is infinite in float16, the type of y_pred."
        yield found("half-precision", f"{evidence} {_CONVERTED}", _WIDE, certain=False)


def half_sum_note(prediction):
    """Yield a note where a sum written by hand in float16 may be infinite."""
    numbers = math.prod(prediction.shape)
    if prediction.dtype.name == "float16" and numbers > 65504:
        yield f"y_pred holds {numbers:,} numbers in float16, where sums end at 65504. {_CONVERTED}"


def half_sigmoids(rows):
    """Yield a suspicion where a sigmoid in float16 is exactly 1, though rightly so."""
    if rows.dtype.name != "float16" or rows.loss not in names.BINARY or rows.from_logits:
        return
    one = rows.prediction == 1
    if one.any() and np.all(rows.truth[one] > 1 - _LEAST):
        evidence = f"{count(one, 'numbers')} of y_pred are exactly 1 in float16, where 1 - 1e-7 is"
        evidence += " 1, too: the clip protects nothing, and 0 * log 0 is nan."
        yield found("half-precision", evidence, _WIDE, certain=False)


def exponentials_note(rows):
    """Yield a note where an exponential written by hand leaves the dtype."""
    limit, size = np.log(rows.largest), np.abs(rows.prediction).max()
    if rows.from_logits and rows.loss in names.ENTROPIES and size > limit:
        yield (
            f"Logits lie {span(rows.prediction)}. Keras' and tf.nn's functions of logits compute"
            f" with them; in {rows.dtype.name} an exponential written by hand is infinite above"
            f" {limit:.4g}."
        )


def squares(rows):
    """Yield a finding where a square leaves the dtype."""
    if rows.loss not in names.SQUARES or rows.indices or rows.dtype.name == "float16":
        return
    half = np.abs(rows.truth / 2 - rows.prediction / 2).max()
    if half > rows.largest**0.5 / 2:
        evidence = f"the largest error is {2 * half:.4g}; its square is infinite in"
        evidence += f" {rows.dtype.name}."
        yield found("overflow", evidence, "scaled labels and features; a tenth of the rate")


def no_distribution(rows):
    """Yield a finding when the KL divergence gets rows that do not sum to 1."""
    if rows.loss != "kl_divergence" or rows.indices or not rows.complete:
        return
    padding = ~rows.truth.any(axis=1)  # such a row costs nothing, whatever its prediction is
    for array, values in zip(rows.arrays, (rows.truth, rows.prediction), strict=True):
        distance = np.abs(values.sum(axis=1) - 1)
        off = distance > max(1e-3, rows.epsilon)
        off = (off | (values < -1e-6).any(axis=1)) & ~padding
        if off.any() and not _along_other_axes(array):
            evidence = f"{count(off, 'rows')} of {array.name} are not distributions: sums"
            evidence += f" {span(values[off].sum(axis=1))}, numbers {span(values[off])}."
            # Rows of the truth that sum to something else may be weighted in this way.
            certain = array.name == "y_pred" and distance[off].max() > 0.02
            certain &= len(array.shape) < 3  # distributions over space or time
            instead = "a softmax before it, or the rows divided by their sums"
            yield found("kl-unnormalised", evidence, instead, certain=certain)


def _along_other_axes(array):
    """Tell whether numbers sum to 1 along other axes than the last, or whether nobody can tell."""
    axes = tuple(range(len(array.shape)))
    if len(axes) > 2 and any(step > 1 for step in array.steps):
        return True
    sizes = range(1, len(axes) + 1)
    for chosen in itertools.chain(*(itertools.combinations(axes, size) for size in sizes)):
        sums = array.values.sum(axis=chosen)
        at_1 = (np.abs(sums - 1) < 1e-2) | (sums == 0)  # of padding
        if chosen != axes[-1:] and np.all(at_1) and np.any(sums):
            return True
    return False


def percentages(rows):
    """Yield a finding when an error is divided by a label that is 0, or next to it."""
    if rows.loss != "mean_absolute_percentage_error" or rows.indices:
        return
    size = np.abs(rows.truth)
    missed = np.abs(rows.truth - rows.prediction) > CLIP  # 0 against 0 costs nothing
    # Numbers on both sides of 0 come close to it; prices, however far apart, hardly do.
    share = 0.05 if rows.truth.min() < 0 < rows.truth.max() else 1e-3
    zero, tiny = (size <= CLIP) & missed, size < share * np.median(size)
    if (zero | tiny).any():
        evidence = f"{count(zero, 'labels')} are 0; Keras divides by 1e-7 instead."
        if not zero.any():
            evidence = f"{count(tiny, 'labels')} are below {share:g} times the median,"
            evidence += f" {np.median(size):.4g}, in size; the smallest is {size.min():.4g}."
        instead = "mean_absolute_error, or mean_squared_logarithmic_error"
        yield found("mape-at-zero", evidence, instead, certain=zero.any())


def rates(rows):
    """Yield findings when the logarithm of a rate is asked that has none, or of negative counts."""
    if rows.loss != "poisson" or rows.indices:
        return
    y, p = rows.truth, rows.prediction
    negative, none = p < -CLIP, (p == 0) & (y > 0)  # Keras adds 1e-7
    if negative.any():
        evidence = f"{count(negative, 'rates')} are negative ({span(p)}): their logarithm is nan."
        yield found("log-of-zero", evidence, "a last layer with softplus or exp")
    elif none.any():
        evidence = f"{count(none, 'rates')} are 0 where something was counted."
        yield found("log-of-zero", evidence, "a last layer with softplus or exp", certain=False)
    if (y < -CLIP).any():
        evidence = f"{count(y < 0, 'counts')} are negative ({span(y)}):"
        evidence += " the loss has no lower bound."
        certain = y.min() < -1e-3 * np.abs(y).max()  # such small ones may be rounding
        yield found("negative-loss", evidence, "counts of at least 0", certain=certain)


def logarithms(rows):
    """Yield findings when the logarithmic error is asked of negative numbers."""
    if rows.loss != "mean_squared_logarithmic_error" or rows.indices:
        return
    for name, values in (("y_true", rows.truth), ("y_pred", rows.prediction)):
        negative, of_truth = values < -CLIP, name == "y_true"
        # A linear last layer starts with negative numbers, and may leave them by itself.
        if negative.any() and (of_truth or rows.options.trained or negative.mean() > 0.5):
            evidence = f"{count(negative, 'numbers')} of {name} are negative ({span(values)});"
            evidence += " Keras cuts them off at 1e-7, with gradient 0."
            # Down to -1 the logarithm exists, and a few such labels may be noise around 0.
            certain = of_truth and values.min() <= -1
            yield found("clipped", evidence, "mean_squared_error", certain=certain)


def directions(rows):
    """Yield findings when vectors have no direction, or the opposite one."""
    if rows.loss != "cosine_similarity" or rows.indices or not rows.complete:
        return
    if rows.classes == 1:
        evidence = "the vectors have one component, so the cosine is only the sign: 1 or -1."
        yield found("cosine-sign", evidence, "vectors along the last axis; or mean_squared_error")
        return
    truth, prediction = _directed(rows.truth), _directed(rows.prediction)
    yield from _no_direction("y_true", truth)
    yield from _no_direction("y_pred", prediction)
    cosine = np.sum(truth * prediction, axis=1)
    if np.all(cosine < (-0.5 if len(rows) > 3 else -0.9)):
        evidence = f"all {len(rows)} predictions point away from the truth (cosine {span(cosine)})."
        instead = "Keras' loss as it is: it is minus the cosine already"
        yield found("cosine-sign", evidence, instead, certain=False)


def _no_direction(name, vectors):
    none = ~vectors.any(axis=1)
    if none.any():
        evidence = f"{count(none, 'vectors')} of {name} are 0: they have no direction."
        instead = "sample_weight 0 for rows without a direction"
        yield found("cosine-sign", evidence, instead, certain=False)


def _directed(vectors):
    """Return the vectors with length 1; those of length 0 stay."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    scaled = vectors / np.where(largest > 0, largest, 1.0)
    return scaled / np.maximum(np.linalg.norm(scaled, axis=1, keepdims=True), 1.0)


RULES = (
    log_of_zero,
    half_squares,
    half_sigmoids,
    squares,
    no_distribution,
    percentages,
    rates,
    logarithms,
    directions,
)
