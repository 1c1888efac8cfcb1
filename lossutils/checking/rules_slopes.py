"""Rules about size and slope: finite numbers, a gradient that is right, a minimum at the truth."""

import numpy as np

from lossutils.checking.choice import costs
from lossutils.checking.subject import NotChecked, first_names

_STEP = {"float64": 1e-6, "float32": 1e-2}
_ALLOWED = {"float64": 1e-4, "float32": 3e-2}  # times the largest slope
_TRUTHS = ("y_true", "labels", "label", "target", "targets", "truth", "true")
_PREDICTIONS = ("y_pred", "logits", "pred", "preds", "prediction", "predictions", "y_hat", "output")


def swapped(subject):
    """Yield a problem if the loss is straight in the prediction but curved in the truth.

    Cross-entropy and its kin are straight in the truth and curved in the prediction; the other way
    round, the truth was taken for the prediction.
    """
    batch = subject.batch
    if batch.y_true.shape != batch.y_pred.shape:
        raise NotChecked("truth and prediction have different shapes")
    if batch.best is None:
        raise NotChecked("the best prediction for these arrays is not known")
    others = *batch.worse[1:], batch.best
    if not all(_straight(*_halfway(subject, "y_pred", other)) for other in others):
        return
    for middle, mean in (_halfway(subject, "y_true", other) for other in others):
        if not _straight(middle, mean):
            evidence = "halfway between two predictions the loss is the mean of both, but halfway "
            evidence += f"between two truths it is {middle:.4g}, and the mean {mean:.4g}."
            yield evidence, "def loss(y_true, y_pred): Keras passes the truth first", True
            return


def _halfway(subject, name, other):
    """Return the loss halfway from the predictions of the batch to other ones, and the mean.

    Only the arrays that `name` says move; the others stay.
    """
    ends = subject.batch.y_pred, other
    middle, *both = (
        float(np.sum(subject.values(**{name: array}))) for array in (np.mean(ends, axis=0), *ends)
    )
    return middle, sum(both) / 2


def _straight(middle, mean):
    return bool(np.isclose(middle, mean, rtol=1e-4, atol=1e-6))


def truth_first(subject):
    """Yield a problem if the names of the parameters say that the prediction comes first."""
    names = first_names(subject.loss)
    if len(names) == 2 and names[0].lower() in _PREDICTIONS and names[1].lower() in _TRUTHS:
        evidence = f"its parameters are {names[0]}, {names[1]}; Keras passes the truth first."
        same = _symmetric(subject)
        evidence += " The loss is symmetric, so the numbers are right." if same else ""
        yield evidence, f"def loss({names[1]}, {names[0]})", not same


def _symmetric(subject):
    batch = subject.batch
    if batch.y_true.shape != batch.y_pred.shape:
        return False
    return np.allclose(subject.values(), subject.values(batch.y_pred, batch.y_true), rtol=1e-5)


def finite(subject):
    """Yield a problem for the first extreme pair whose loss or gradient is not finite."""
    if not subject.batch.edges:
        raise NotChecked("the extremes of these arrays are not known")
    for where, y_true, y_pred in (("this batch", None, None), *subject.batch.edges):
        for what, numbers in _both(subject, y_true, y_pred):
            bad = ~np.isfinite(numbers)
            if bad.any():
                evidence = f"{where}: {what} {numbers[bad][0]}."
                yield evidence, _remedy(what, where), True
                return


def _both(subject, y_true, y_pred):
    yield "the loss is", np.atleast_1d(subject.values(y_true, y_pred))
    slope = subject.slope(y_true, y_pred)
    if slope is not None:
        yield "the gradient is", slope


def _remedy(what, where):
    if "gradient" in what:
        return "keep 0 out of the square root, logarithm or power: tf.sqrt(x + 1e-12)"
    if "logits" in where:
        return "use tf.nn's cross-entropy of logits, or tf.math.log_sigmoid and tf.nn.log_softmax"
    if "10,000" in where:
        return "use a form without a large exponential, such as tf.math.softplus"
    return (
        "keep 0 out of log and division: tf.maximum(x, 1e-7), tf.math.xlogy, tf.math.divide_no_nan"
    )


def gradient(subject):
    """Yield a problem if there is no gradient, or if it is not the slope of the loss."""
    slope = subject.slope()
    if slope is None:
        evidence = "tape.gradient returns None: the loss is not connected with y_pred."
        instead = "no argmax, round, comparison, cast to integers, NumPy or metric on the way"
        yield evidence, instead, True
        return
    if not np.isfinite(slope).all():
        raise NotChecked("the gradient of this batch is not finite")
    problems = list(_compared(subject, _most_precise(subject)))
    if problems and list(_compared(subject, "float32")):  # some compute in it whatever they get
        yield from problems


def _compared(subject, dtype):
    slope, numerical = subject.slope(dtype=dtype), _numerical(subject, dtype)
    largest = np.abs(numerical).max()
    if largest == 0 and not slope.any():
        if not subject.values().any():
            raise NotChecked("every example of this batch costs 0")
        evidence = "no prediction of the batch moves the loss: all slopes are 0."
        yield evidence, "no rounding, no threshold and no clipping of what is in range", True
        return
    distance = np.abs(slope - numerical)
    if (distance > _ALLOWED[dtype] * largest + 1e-7).any():
        place = np.unravel_index(distance.argmax(), distance.shape)
        evidence = f"at y_pred[{', '.join(map(str, place))}] the gradient is {slope[place]:.4g}, "
        evidence += f"and the loss rises by {numerical[place]:.4g} per unit."
        instead = "look for tf.stop_gradient, a custom gradient or a rounding"
        yield evidence, instead, False


def _most_precise(subject):
    """Return float64 where the loss keeps it, else float32."""
    try:
        kept = subject.values(dtype="float64").dtype == np.float64
    except Exception:  # another rule reports it
        kept = False
    return "float64" if kept else "float32"


def _numerical(subject, dtype):
    """Return the central differences of the sum of the numbers, one per number of y_pred."""
    step, centre = _STEP[dtype], subject.batch.y_pred.astype(dtype)
    differences = np.zeros_like(centre)
    for place in np.ndindex(centre.shape):
        shift = np.zeros_like(centre)
        shift[place] = step
        up, down = (subject.values(y_pred=centre + sign * shift, dtype=dtype) for sign in (1, -1))
        differences[place] = (up.sum(dtype="float64") - down.sum(dtype="float64")) / (2 * step)
    return differences


def lowest(subject):
    """Yield a problem if a prediction that is far from the truth costs less than a good one."""
    batch = subject.batch
    if batch.best is None:
        raise NotChecked("the best prediction for these arrays is not known")
    best, worse = costs(subject)
    if not np.isfinite([best, *worse]).all():
        raise NotChecked("the loss of this batch is not finite")
    if min(worse) < best - 1e-5 or np.allclose(worse, best):
        evidence = f"predictions next to the truth cost {best:.4g}, others {min(worse):.4g}."
        yield evidence, "a loss falls as predictions improve; for a score, write 1 - score", True
