"""Rules about numbers that a loss cannot take: nan, infinity, zero, too large, too small."""

import math

import numpy as np

from lossutils.diagnosis import names
from lossutils.diagnosis.findings import count, fault, found, span

CLIP = 1e-7  # where Keras cuts probabilities off
_LEAST = 0.01  # of a label, to count as one that is asked for
_WIDE = "the last layer and the loss in float32"
_CONVERTED = "Keras' loss classes and compile() convert to float32 first; functions do not."


def array_findings(array, loss, from_logits):
    """Yield what is wrong with an array by itself; a loss that was not named may allow it."""
    if not array.values.size:
        evidence = f"{array.name} has shape {array.shape}; the mean of nothing is nan."
        instead = "leave such batches out"
        yield fault("the batch is empty", evidence, instead, certain=loss is not None)
    elif not np.isfinite(array.values).all():
        yield _not_finite(array, loss, from_logits)
    if array.name == "y_pred" and array.dtype.kind in "iub" and array.values.size:
        evidence = f"y_pred is {array.dtype.name} ({span(array.values)}): whole numbers have no"
        evidence += " gradient, and differences of unsigned ones wrap round."
        yield found("integer-types", evidence, "the float outputs of the model")


def _not_finite(array, loss, from_logits):
    bad = ~np.isfinite(array.values)
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    what = f"nan ({np.isnan(array.values).sum()}) or infinite ({np.isinf(array.values).sum()})"
    evidence = f"{count(bad, 'numbers')} of {array.name} are {what}, the first read at {index}."
    if array.name == "y_true":
        instead = "y_true without missing values; a weight of 0 does not help, 0 * nan is nan"
        return fault("the labels are not finite", evidence, instead, certain=loss is not None)
    if _may_be_a_mask(array.values[bad], loss, from_logits):
        evidence += " Logits of classes that are impossible look alike."
        instead = "a large negative number, such as -1e9, for what is impossible"
        return found("overflow", evidence, instead, certain=False)
    if np.isnan(array.values[bad]).all() and _whole_examples(bad):
        examples = bad.reshape(len(bad), -1).any(axis=1)
        evidence += f" They fill {count(examples, 'examples')}, and all others are finite: so are"
        evidence += " the weights, and the features of these examples are not."
        instead = "x without missing values: x[np.isfinite(x).all(axis=1)], or values filled in"
        return found("nan-in-data", evidence, instead)
    instead = "look for the first batch with such a number: tf.debugging.check_numerics"
    return found("overflow", evidence, instead)


def _may_be_a_mask(bad, loss, from_logits):
    """Tell whether logits of minus infinity may be meant: the softmax of such a class is 0."""
    return bool(np.all(bad == -np.inf) and (loss is None or from_logits))


def _whole_examples(bad):
    """Tell whether a few examples are wholly affected and all others not at all."""
    if bad.ndim == 0 or len(bad) < 2:
        return False
    each = bad.reshape(len(bad), -1).mean(axis=1)
    return bool(np.isin(each, (0, 1)).all() and each.mean() <= 0.5)


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
    for name, values in (("y_true", rows.truth), ("y_pred", rows.prediction)):
        distance = np.abs(values.sum(axis=1) - 1)
        off = distance > max(1e-3, rows.epsilon)
        off = (off | (values < -1e-6).any(axis=1)) & ~padding
        if off.any():
            evidence = f"{count(off, 'rows')} of {name} are not distributions: sums"
            evidence += f" {span(values[off].sum(axis=1))}, numbers {span(values[off])}."
            # Rows of the truth that sum to something else may be weighted in this way.
            certain = name == "y_pred" and distance[off].max() > 0.02
            instead = "a softmax before it, or the rows divided by their sums"
            yield found("kl-unnormalised", evidence, instead, certain=certain)


def percentages(rows):
    """Yield a finding when an error is divided by a label that is 0, or next to it."""
    if rows.loss != "mean_absolute_percentage_error" or rows.indices:
        return
    size = np.abs(rows.truth)
    missed = np.abs(rows.truth - rows.prediction) > CLIP  # 0 against 0 costs nothing
    zero, tiny = (size <= CLIP) & missed, size < 0.05 * np.median(size)
    if (zero | tiny).any():
        evidence = f"{count(zero, 'labels')} are 0; Keras divides by 1e-7 instead."
        if not zero.any():
            evidence = f"{count(tiny, 'labels')} are below a twentieth of the median,"
            evidence += f" {np.median(size):.4g}; the smallest is {size.min():.4g}."
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
    if (y < 0).any():
        evidence = f"{count(y < 0, 'counts')} are negative ({span(y)}): the loss has no lower"
        evidence += " bound."
        yield found("negative-loss", evidence, "counts of at least 0")


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
