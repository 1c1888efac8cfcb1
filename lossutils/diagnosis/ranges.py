"""Rules about the range of predictions: does it reach the targets, and does it vary at all?"""

import numpy as np

from lossutils.diagnosis import names
from lossutils.diagnosis.findings import count, found, span
from lossutils.diagnosis.scores import looks_like_relu

_LINEAR = "a last layer without activation, or targets scaled to the range of the outputs"
_MANY = 0.2  # of the predictions, for a ReLU that has died for them
_ASKED = 0.02  # of the examples, for a class that is not too rare
_FAR, _FAR_AT_THE_START = 100, 1e4  # how many times the outputs the targets are


def output_range(rows):
    """Yield a suspicion when the outputs end where many of the targets have not yet begun."""
    if rows.loss not in names.QUANTITIES or rows.indices or len(rows) < 4:
        return
    if rows.loss == "poisson" and rows.truth.mean() <= 1:  # rates in [0, 1], counts above them
        return
    for activation, (low, high) in _activations(rows):
        beyond = (rows.truth < low - 1e-4) | (rows.truth > high + 1e-4)
        if beyond.mean() >= 0.25:
            evidence = f"y_pred lies in [{low:g}, {high:g}] ({span(rows.prediction)}), as the"
            evidence += f" outputs of {activation} do; {count(beyond, 'targets')} lie outside"
            evidence += f" ({span(rows.truth)})."
            yield found("output-range", evidence, _LINEAR, certain=False)
            return


def zeros_of_relu(rows):
    """Yield a suspicion when a trained ReLU is 0 for many examples whose targets are not near 0."""
    y, p = rows.truth, rows.prediction
    of_quantities = rows.loss in names.DISTANCES and not rows.indices
    if not (of_quantities and rows.options.trained and looks_like_relu(rows)):
        return
    zero = p == 0
    least = y[zero].min()
    if np.mean(zero) >= _MANY and least > 0 and np.median(y[zero]) > 0.5 * y.std() > 0:
        evidence = f"{count(zero, 'predictions')} are exactly 0, as a ReLU's are, and the targets"
        evidence += f" of these examples are {span(y[zero])}: where a ReLU is 0 it has no gradient."
        instead = "a last layer without activation, or softplus where no target is negative"
        yield found("output-range", evidence, instead, certain=False)


def dead_columns(rows):
    """Yield a suspicion when the scores of some classes are 0 for every example."""
    y, p = rows.truth, rows.prediction
    if rows.loss not in names.DISTANCES or not rows.options.trained or not rows.one_hot_truth:
        return
    dead = ~p.any(axis=0) & (y.mean(axis=0) >= _ASKED)
    if len(rows) > 7 and dead.any() and p.min() == 0 and not dead.all():
        evidence = f"{count(dead, 'columns')} of y_pred are exactly 0 for all {len(rows)} examples,"
        evidence += f" as a dead ReLU's are; {int(y[:, dead].sum())} examples are of these classes."
        yield found("output-range", evidence, _LINEAR, certain=False)


def hinge_range(rows):
    """Yield a suspicion when no score of a trained hinge is negative, and none is above 1."""
    p = rows.prediction
    if rows.loss not in names.HINGES or not rows.options.trained or p.size < 8:
        return
    negative = rows.truth <= 0
    if p.min() >= 0 and (p.max() <= 1 or looks_like_relu(rows)) and negative.mean() >= 0.1:
        evidence = f"no number of y_pred is negative ({span(p)}), as the outputs of a sigmoid or a"
        evidence += f" ReLU; {count(negative, 'labels')} ask {rows.loss} for scores of -1 or less."
        instead = "a last layer without activation, or tanh"
        yield found("output-range", evidence, instead, certain=False)


def _activations(rows):
    """Yield the activations from which the predictions may come, and where their ranges end."""
    p, trained = rows.prediction, rows.options.trained
    if trained and p.min() >= 0 and p.max() <= 1 and (p.min() < 0.01 or p.max() > 0.99):
        yield "a sigmoid", (0, 1)
    if looks_like_relu(rows):
        yield "a ReLU", (0, np.inf)
    if trained and p.size >= 32 and p.min() > 0 and _spreads_from_zero(p, rows.truth):
        yield "a softplus or an exponential", (0, np.inf)
    if trained and p.min() >= -1 and p.max() <= 1 and np.abs(p).max() > 0.99:
        yield "a tanh", (-1, 1)


def _spreads_from_zero(p, y):
    """Tell whether predictions begin at 0, though a model that learned as much would go on."""
    return p.min() < 0.1 * y.std() and p.std() > 0.4 * y.std()


def softmax_regression(rows):
    """Yield a suspicion when the outputs of a regression sum to 1, and the targets do not."""
    if rows.loss not in names.DISTANCES or rows.indices or len(rows) < 4:
        return
    sums = rows.truth.sum(axis=1)
    if rows.distributions.all() and np.mean(np.abs(sums - 1) > 0.01) >= 0.25:
        evidence = f"all {len(rows)} rows of y_pred sum to 1 ({span(rows.sums)}), as the outputs of"
        evidence += f" a softmax do; the rows of y_true have sums {span(sums)}."
        instead = "a last layer without activation"
        yield found("softmax-regression", evidence, instead, certain=False)


def target_scale(rows):
    """Yield a suspicion when the targets are far larger than the outputs."""
    if rows.loss not in names.DISTANCES or rows.indices or len(rows) < 4:
        return
    truth, prediction = np.abs(rows.truth).mean(), np.abs(rows.prediction).mean()
    limit = _FAR if rows.options.trained else _FAR_AT_THE_START
    if prediction > 0 and truth > limit * max(prediction, 1e-3):
        evidence = f"the targets are {truth / prediction:.3g} times as large as the outputs: on"
        evidence += f" average {truth:.4g} against {prediction:.4g}."
        instead = "standardised targets, (y - y.mean()) / y.std(), and standardised features"
        yield found("target-scale", evidence, instead, certain=False)


def constant_output(rows):
    """Yield a suspicion when a trained model predicts the same for every example."""
    y, p = rows.truth, rows.prediction
    if len(rows) < 8 or not np.ptp(y, axis=0).any():
        return
    spread = np.ptp(p, axis=0).max()
    same = spread <= 1e-5 * max(np.abs(p).max(), 1e-3)
    if same and (rows.options.trained or _sure(rows)):
        evidence = f"y_pred is the same for all {len(rows)} examples, {_row(p[0])}, and y_true"
        evidence += f" varies ({span(y)})."
        yield found("constant-output", evidence, _ALIVE, certain=False)
    elif rows.options.trained and rows.loss in names.DISTANCES and not rows.indices:
        yield from _hardly_varies(rows)


_ALIVE = "scaled features, a smaller learning rate, and no activation that can die before the end"


def _sure(rows):
    """Tell whether the first row decides for one of several classes, as few untrained ones do.

    A probability that is exactly 1 may come from features that only a layer in training will scale.
    """
    of_classes = rows.classes > 1 and rows.distributions.all()
    return of_classes and 0.9 < rows.prediction[0].max() < 1 - 1e-4


def _row(values):
    return ", ".join(f"{value:.4g}" for value in values[:4]) + (", ..." if len(values) > 4 else "")


def _hardly_varies(rows):
    truth, prediction = rows.truth.std(axis=0), rows.prediction.std(axis=0)
    if np.all(prediction < 0.01 * truth):
        evidence = f"y_pred hardly varies: its standard deviation is {prediction.max():.3g}, that"
        evidence += f" of y_true {truth.max():.3g}."
        yield found("constant-output", evidence, _ALIVE, certain=False)


def probabilities(rows):
    """Yield a finding when a loss without from_logits is given what are not probabilities."""
    if rows.loss not in (*names.OVERLAPS, "categorical_generalized_cross_entropy"):
        return
    if rows.outside.any():
        mistake = "softmax-never" if rows.classes > 1 else "sigmoid-never"
        evidence = f"{count(rows.outside, 'numbers')} of y_pred lie outside [0, 1]"
        evidence += f" ({span(rows.prediction)}); {rows.loss} takes probabilities, never logits."
        yield found(mistake, evidence, "a sigmoid or a softmax as the last layer")


def pos_weight(rows):
    """Yield a suspicion when pos_weight makes the frequent label count for more."""
    weight = rows.options.pos_weight
    if weight is None or rows.indices or rows.loss not in (None, *names.BINARY):
        return
    if not np.isin(rows.truth, (0, 1)).all() or weight.size not in (1, rows.classes):
        return
    share = rows.truth.mean(axis=0)
    upside_down = ((weight > 1.5) & (share > 0.6)) | ((weight < 1 / 1.5) & (share < 0.4))
    if upside_down.any() and len(rows) > 7:
        evidence = f"pos_weight is {_row(np.ravel(weight))} and the share of ones is {_row(share)}:"
        evidence += " the label that is frequent counts for more."
        right = _row((1 - share) / np.maximum(share, 1 / len(rows)))
        yield found("pos-weight", evidence, f"pos_weight = zeros / ones = {right}", certain=False)


def focal_gamma(rows):
    """Yield a suspicion when the gradient of a focal loss is infinite where it is right."""
    gamma = rows.options.gamma
    if gamma is None or not 0 < gamma < 1 or rows.loss not in names.FOCAL or rows.indices:
        return
    right = (rows.prediction == 1) & (rows.truth > 0)
    right |= (rows.prediction == 0) & (rows.truth < 1) & (rows.loss in names.BINARY)
    if right.any() and not rows.from_logits:
        evidence = f"{count(right, 'numbers')} of y_pred are exactly right, and gamma is {gamma:g}:"
        evidence += " the derivative of (1 - p) ** gamma is infinite there, and 0 times it is nan."
        yield found("focal-gamma", evidence, "gamma of at least 1, or 0", certain=False)


RULES = (
    output_range,
    zeros_of_relu,
    dead_columns,
    hinge_range,
    softmax_regression,
    target_scale,
    constant_output,
    probabilities,
    pos_weight,
    focal_gamma,
)
