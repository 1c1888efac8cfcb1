"""Rules about predictions: logits or probabilities, one unit, decisions taken, swaps."""

import numpy as np

from lossutils import losses
from lossutils.diagnosis import names
from lossutils.diagnosis.findings import count, found, span
from lossutils.diagnosis.rows import two_values
from lossutils.diagnosis.shapes import one_hot, whole


def mean(function, **arguments):
    """Return the mean loss as text; nothing where the labels do not allow one."""
    try:
        return f"{float(np.mean(function(**arguments))):.4g}"
    except (TypeError, ValueError):
        return None


def cross_entropy(rows, prediction, *, from_logits):
    """Return the mean cross-entropy of the batch as text, from logits or from probabilities."""
    labels = rows.truth.astype(int) if rows.indices else rows.truth
    of_logits, of_probabilities = _cross_entropies(rows)
    if from_logits:
        return mean(of_logits, labels=labels, logits=prediction)
    return mean(of_probabilities, y_true=labels, y_pred=np.clip(prediction, 0.0, 1.0))


def _cross_entropies(rows):
    """Return the two functions that compare such labels, with logits and with probabilities."""
    if rows.loss in names.BINARY:
        return losses.sigmoid_cross_entropy_with_logits, losses.binary_cross_entropy
    if rows.indices:
        sparse = losses.sparse_softmax_cross_entropy_with_logits
        return sparse, losses.sparse_categorical_cross_entropy
    return losses.softmax_cross_entropy_with_logits, losses.categorical_cross_entropy


def softmax_twice(rows):
    """Yield a finding when predictions that are probabilities are given as logits."""
    if not rows.from_logits or rows.loss not in (*names.ENTROPIES, None):
        return
    instead = "from_logits=False; better, a linear last layer and from_logits=True"
    sure = rows.distributions
    if sure.mean() >= 0.5:
        evidence = (
            f"{count(sure, 'rows')} of y_pred sum to 1 ({span(rows.sums[sure])}), and all lie"
        )
        evidence += f" in [0, 1] ({span(rows.prediction)}), as probabilities do and logits hardly"
        evidence += " ever."
        evidence += f"{_twice_and_once(rows)} {_KEPT_LOGITS}"
        yield found("softmax-twice", evidence, instead, certain=False)
    elif not rows.outside.any() and np.ptp(rows.prediction) > 0 and not looks_like_relu(rows):
        yield from _logits_in_unit(rows, instead)


_KEPT_LOGITS = (
    "With a loss of Keras, a compiled model that ends in Keras' own softmax or sigmoid uses the"
    " logits before it."
)


def _twice_and_once(rows):
    twice, once = (cross_entropy(rows, rows.prediction, from_logits=b) for b in (True, False))
    if not twice or not once or "focal" in str(rows.loss):
        return ""
    return f" The loss of these arrays is {twice}; of the probabilities it is {once}."


def _logits_in_unit(rows, instead):
    evidence = f"all {rows.prediction.size} logits lie in [0, 1] ({span(rows.prediction)})"
    if rows.classes > 1 and rows.complete and np.all(np.abs(rows.sums - 1) < 0.03):
        evidence += (
            f", and the rows nearly sum to 1 ({span(rows.sums)}), as rounded probabilities do."
        )
        yield found("softmax-twice", evidence, instead, certain=False)
    elif _at_both_ends(rows):
        evidence += ", as the outputs of a sigmoid do; logits of a network rarely do."
        yield found("softmax-twice", evidence, instead, certain=False)


def _at_both_ends(rows):
    """Tell whether the numbers come close to 0 and to 1, as those of a trained sigmoid do."""
    p = rows.prediction
    return p.size >= 8 and (rows.options.trained or (p.min() < 0.1 and p.max() > 0.9))


def looks_like_relu(rows):
    """Tell whether no number is negative and several are exactly 0."""
    p = rows.prediction
    return bool(p.size >= 8 and p.min() == 0 and p.max() > 0 and np.mean(p == 0) >= 0.05)


def looks_like_tanh(rows):
    """Tell whether the numbers fill [-1, 1], and no more."""
    p = rows.prediction
    return bool(p.size >= 8 and -1 <= p.min() < -0.5 and 0.5 < p.max() <= 1)


def softmax_never(rows):
    """Yield a finding when logits are given as probabilities."""
    if not rows.of_probabilities or (rows.classes == 1 and rows.loss not in names.BINARY):
        return
    mistake = "sigmoid-never" if rows.loss in names.BINARY else "softmax-never"
    if rows.outside.any():
        evidence = f"{count(rows.outside, 'numbers')} of y_pred lie outside [0, 1]"
        evidence += f" ({span(rows.prediction)}), so they are not probabilities."
        evidence += _clipped_and_right(rows)
        divided = rows.loss in names.DENSE and rows.prediction.min() >= 0
        if divided:
            evidence += " Keras divides the rows by their sums; for outputs of an exponential that"
            evidence += " is right."
        yield found(mistake, evidence, _LINEAR, certain=not divided)
        yield from _last_layer(rows)
    elif mistake == "softmax-never" and rows.complete:
        yield from _no_distribution(rows)


_LINEAR = "a last layer without activation, and from_logits=True"


def relu_logits(rows):
    """Yield a suspicion when logits look like the outputs of a ReLU or a tanh."""
    if rows.from_logits and rows.loss in names.ENTROPIES:
        yield from _last_layer(rows)


def _last_layer(rows):
    p = rows.prediction
    if looks_like_relu(rows):
        evidence = f"no number of y_pred is negative and {count(p == 0, 'numbers')} are exactly 0,"
        evidence += " as a ReLU's outputs are. A logit must be able to fall below 0."
        yield found("last-layer", evidence, _LINEAR, certain=False)
    elif looks_like_tanh(rows) and (not rows.from_logits or np.abs(p).max() > 0.99):
        evidence = f"all numbers of y_pred lie in [-1, 1] ({span(p)}), as a tanh's outputs do."
        evidence += " As logits they allow probabilities from 0.27 to 0.73 only."
        yield found("last-layer", evidence, _LINEAR, certain=False)


def dead_unit(rows):
    """Yield a suspicion when every probability is exactly 0, as a dead ReLU's is."""
    p = rows.prediction
    if rows.of_probabilities and len(rows) > 3 and not p.any() and rows.truth.any():
        evidence = f"all {p.size} numbers of y_pred are exactly 0, as a dead ReLU's are; Keras'"
        evidence += " loss cuts them off at 1e-7, with gradient 0."
        yield found("last-layer", evidence, _LINEAR, certain=False)


def _clipped_and_right(rows):
    right = cross_entropy(rows, rows.prediction, from_logits=True)
    if not right or "focal" in rows.loss:
        return ""
    computed = cross_entropy(rows, _as_keras_clips(rows), from_logits=False)
    return f" The loss as Keras computes it is {computed}; from logits it is {right}."


def _as_keras_clips(rows):
    """Return the numbers that Keras takes the logarithm of, in float32."""
    p, limits = rows.prediction, (1e-7, 1 - 2.0**-23)
    if rows.loss in names.DENSE:
        return np.clip(p / p.sum(axis=1, keepdims=True), *limits)
    clipped = np.clip(p, *limits)
    return clipped / clipped.sum(axis=1, keepdims=True) if rows.indices else clipped


def _no_distribution(rows):
    off = np.abs(rows.sums - 1) > 0.05
    if np.mean(off) > 0.5:
        evidence = f"{count(off, 'rows')} of y_pred do not sum to 1 (sums {span(rows.sums)})."
        instead = f"{_LINEAR}; softmax instead of sigmoid"
        yield found("softmax-never", evidence, instead, certain=False)


def one_unit(rows):
    """Yield a finding when the softmax of a single number, always 1, is the prediction."""
    instead = "Dense(1, activation='sigmoid') and binary_crossentropy; or two units and a softmax"
    if rows.classes != 1:
        return
    if rows.loss in (*names.DENSE, *names.SPARSE):
        evidence = f"y_pred has one column, and {rows.loss} compares the columns of a row: a single"
        evidence += f" one is always sure. Its loss is 0 for all {len(rows)} examples."
        yield found("softmax-on-one-unit", evidence, instead)
    elif _all_one(rows):
        others = count(rows.truth != 1, "examples")
        evidence = f"all {len(rows)} predictions are 1, rounding granted, and {others} have another"
        evidence += " label. The softmax of one unit is always 1; a saturated sigmoid looks alike."
        regression = rows.loss not in (*names.BINARY, *names.HINGES, None)
        instead = "Dense(1) without activation" if regression else instead
        yield found("softmax-on-one-unit", evidence, instead, certain=False)


def _all_one(rows):
    """Tell whether all predictions are 1, as a softmax rounds it, and some labels are not."""
    close = np.abs(rows.prediction - 1) <= 2 * rows.epsilon
    return bool(np.all(close) and np.any(rows.truth != 1))


def no_gradient(rows):
    """Yield a finding when predictions are decisions: rounded, or an argmax."""
    instead = "the scores themselves in the loss; round and argmax in a metric only"
    numbers = f"all {rows.prediction.size} numbers of y_pred are"
    if rows.loss in names.ENTROPIES and rows.hard_prediction:
        wrong = _wrong(rows)
        evidence = f"{numbers} exactly 0 or 1, as decisions are; wrong: {count(wrong, 'examples')}."
        evidence += " Saturated outputs, from inputs that are not scaled, look alike."
        yield found("no-gradient", evidence, instead, certain=rows.dtype.kind in "iub")
    elif rows.prediction.size >= 8 and rows.dtype.kind not in "iub" and _steps(rows):
        evidence = f"{numbers} whole ({span(rows.prediction)}), as rounded predictions are."
        yield found("no-gradient", evidence, instead, certain=False)


def _wrong(rows):
    if rows.indices:
        return rows.prediction.argmax(axis=1) != rows.truth
    if rows.classes > 1 and rows.one_hot_truth:
        return rows.prediction.argmax(axis=1) != rows.truth.argmax(axis=1)
    return np.any(np.abs(rows.prediction - rows.truth) > 0.5, axis=1)


def _steps(rows):
    values = rows.prediction
    if np.abs(values).max() * rows.epsilon > 1e-3:  # such large floats are always whole
        return False
    if rows.loss in names.HINGES:
        return two_values(values, -1, 1) or two_values(values, 0, 1)
    if rows.loss in (*names.ENTROPIES, None) or np.ptp(values) == 0:
        return False
    return whole(values) and not whole(rows.truth)


def swapped(rows):
    """Yield a finding when the prediction looks like labels and the truth like scores."""
    if rows.indices or rows.loss not in _NOT_SYMMETRIC or not _like_labels(rows):
        return
    y, p = rows.truth, rows.prediction
    broken = np.mean(y != np.floor(y))
    if broken < 0.05:
        return
    labels = "counts" if rows.loss == "poisson" else "labels"
    evidence = f"all {p.size} numbers of y_pred are {labels} ({span(p)}), and"
    evidence += f" {100 * broken:.0f} % of those of y_true are fractions ({span(y)})."
    instead = "loss(y_true, y_pred): the truth comes first, or by name, labels= and logits="
    # A saturated network, or an argmax, and soft labels look alike.
    mistake = "swapped-by-name" if rows.from_logits else "swapped-by-position"
    yield found(mistake, evidence, instead, certain=False)


_NOT_SYMMETRIC = (*names.ENTROPIES, *names.HINGES, *names.ROWWISE, "poisson")


def _like_labels(rows):
    p = rows.prediction
    if rows.loss == "poisson":
        return bool(len(rows) > 3 and np.ptp(p) > 0 and whole(p))
    if rows.loss in names.HINGES:
        return two_values(p, 0, 1) or two_values(p, -1, 1)
    p = rows.saturated
    if rows.loss not in names.BINARY:
        return rows.classes > 1 and rows.complete and one_hot(p)
    # Logits of 0 are those of a layer that begins with zeros.
    logits = rows.from_logits and rows.truth.min() >= 0 and rows.truth.max() <= 1
    return two_values(p, 0, 1) or bool(np.all(p == 1)) or (not logits and not p.any())


RULES = (softmax_twice, softmax_never, relu_logits, dead_unit, one_unit, no_gradient, swapped)
