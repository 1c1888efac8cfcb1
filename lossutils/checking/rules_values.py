"""Rules about the numbers that a loss returns: how many, and which example each belongs to."""

import numpy as np

from lossutils.checking.subject import COLUMN, NotChecked, message_of, shown

_CLOSE = {"rtol": 1e-5, "atol": 1e-6}
_ALONE = "compute with one example at a time, unless the loss is meant to compare examples"


def one_number_per_example(subject):
    """Yield a problem unless there is a number for each example, or for each position of it."""
    try:
        subject.per_example()
        return
    except NotChecked:
        values = subject.values()
    evidence = f"{subject.size} examples give {_count(values)}."
    if values.ndim == 0:
        evidence += _dropped_weight(subject)
        instead = "reduce the last axis only, as in tf.reduce_mean(..., axis=-1), or for whole "
        yield evidence, instead + "images axis=[1, 2, 3]; Keras does the rest", True
    else:
        evidence += _refused_weight(subject)
        instead = "give y_true and y_pred the same shape, and reduce the last axis only"
        yield evidence, instead, True


def _count(values):
    return (
        f"one number, {shown(values)}" if values.ndim == 0 else f"numbers of shape {values.shape}"
    )


def _dropped_weight(subject):
    """Return what the loss of a batch becomes when an example of weight 0 changes."""
    weight, changed = subject.first_ignored()
    try:
        before, after = (
            subject.evaluated(y_pred, sample_weight=weight) for y_pred in (None, changed)
        )
    except Exception:  # a loss can raise anything
        return ""
    text = f" A prediction of weight 0 still counts: changing it moves the loss from {before:.4g}"
    return f"{text} to {after:.4g}." if not np.isclose(before, after, **_CLOSE) else ""


def _refused_weight(subject):
    """Return what Keras says to one weight per example, if it refuses it."""
    weight = np.ones(subject.size, "float32")
    try:
        subject.evaluated(sample_weight=weight)
    except Exception as error:
        return f" With sample_weight of shape {weight.shape}, Keras raises {message_of(error)}."
    return ""


def columns_and_rows(subject):
    """Yield a problem if a truth of shape (N,) meets a prediction of shape (N, 1) as a matrix."""
    truth, prediction = _one_column(subject)
    try:
        expected = subject.evaluated(prediction, truth[:, np.newaxis])
    except Exception:
        raise NotChecked("it does not take one column") from None
    try:
        result = subject.evaluated(prediction, truth)
    except Exception:  # an error is not a wrong number
        return
    if not np.isclose(expected, result, equal_nan=True, **_CLOSE):
        evidence = f"a model with outputs of shape {prediction.shape} has the loss {expected:.4g} "
        evidence += f"for y_true of shape {prediction.shape}, and {result:.4g} for {truth.shape}."
        yield evidence, "y_true = tf.reshape(y_true, tf.shape(y_pred))", True


def _one_column(subject):
    truth, prediction = subject.batch.y_true, subject.batch.y_pred
    if truth.shape != prediction.shape or truth.ndim != 2:
        raise NotChecked("truth and prediction do not have the same columns")
    return truth[:, 0], prediction[:, :1]


def same_again(subject):
    """Yield a problem if the same batch gives other numbers a second time."""
    first, second = subject.values(), subject.values()
    if not np.array_equal(first, second, equal_nan=True):
        evidence = f"the same arrays give {shown(first)} and then {shown(second)}."
        yield evidence, "keep random numbers and counters out of the loss", False


def own_truth(subject):
    """Yield a problem if the numbers do not follow the examples into a different order."""
    values = subject.per_example()
    order = np.arange(subject.size)[::-1]
    batch = subject.batch
    moved = subject.values(batch.y_true[order], batch.y_pred[order])
    if not np.allclose(moved, values[order], equal_nan=True, **_CLOSE):
        evidence = f"the examples in reverse order give {shown(moved)}, "
        evidence += f"expected {shown(values[order])}."
        yield evidence, COLUMN, True


def independent(subject):
    """Yield a problem if the number of an example depends on the rest of the batch."""
    values = subject.values()
    for count in (1, subject.size - 1):
        problem = _alone(subject, values, count)
        if problem:
            yield problem
            return
    if values.ndim == 0:
        yield from _one_at_a_time(subject, float(values))


def _one_at_a_time(subject, whole):
    """Yield a problem if one number for the batch is neither the mean nor the sum of examples."""
    batch = subject.batch
    pairs = zip(batch.y_true[:, np.newaxis], batch.y_pred[:, np.newaxis], strict=True)
    mean = float(np.mean([np.mean(subject.values(*pair)) for pair in pairs]))
    if not np.isclose(whole, [mean, subject.size * mean], equal_nan=True, **_CLOSE).any():
        evidence = f"the batch costs {whole:.4g}, its examples one at a time {mean:.4g} on average."
        yield evidence, _ALONE, False


def _alone(subject, values, count):
    """Return the problem of a smaller batch, or None."""
    batch = subject.batch
    try:
        fewer = subject.values(batch.y_true[:count], batch.y_pred[:count])
    except Exception as error:
        evidence = f"a batch of {subject.size} works, one of {count} raises {message_of(error)}."
        sized = "write no batch size into the loss; use tf.shape(y_true)[0]"
        return evidence, COLUMN if "slice index" in str(error) else sized, True
    if values.shape[:1] != (subject.size,):
        return None  # another rule says so
    if fewer.shape[:1] != (count,):
        evidence = f"a batch of {count} gives {_count(fewer)}."
        return evidence, "name the axis: tf.squeeze(..., axis=-1)", True
    if np.allclose(fewer[0], values[0], equal_nan=True, **_CLOSE):
        return None
    return _dependence(values, fewer, count, subject.size)


def _dependence(values, fewer, count, size):
    whole, part = (float(np.mean(numbers[0])) for numbers in (values, fewer))
    evidence = f"the first example costs {whole:.4g} in a batch of {size}, "
    evidence += f"and {part:.4g} in a batch of {count}."
    divided = np.isclose(whole * size, part * count, rtol=1e-4)
    instead = "do not divide by the batch size: Keras takes the mean" if divided else _ALONE
    return evidence, instead, divided
