"""The small curves beside the answers of *Choosing a loss*.

Most are those of a loss on the page *All losses*. The others show a loss over something that only
the question is about, such as a share or a rare label.
"""

import numpy as np

from lossutils import losses
from website.extension import loss_curves
from website.extension.curves import over
from website.extension.loss_curves import one, residual, zeros

sigmoid_ce = losses.sigmoid_cross_entropy_with_logits


def of_three(x):
    """Return logits of three classes; those of the two others are 0."""
    return np.stack([x, 0 * x, 0 * x], axis=-1)


def logit_of(p):
    """Return the logit of a probability."""
    return np.log(p / (1 - p))


def one_of_three(x):
    """Return the cross-entropy of a class number."""
    return losses.sparse_softmax_cross_entropy_with_logits(labels=zeros(x), logits=of_three(x))


def smoothed(x):
    """Return the cross-entropy with a smoothed label."""
    logits = of_three(x)
    labels = losses.smooth_labels(of_three(one(x)), 0.1)
    return losses.softmax_cross_entropy_with_logits(labels=labels, logits=logits)


def spread(x):
    """Return the Circle loss of two of a class at an angle in degrees, and one at right angles."""
    vectors = [[[1, 0, 0], [np.cos(a), np.sin(a), 0], [0, 0, 1]] for a in np.radians(x)]
    return np.array([losses.circle([0, 0, 1], batch)[0] for batch in vectors])


def too_low_costs_more(x):
    """Return the squared error, three times of it where the prediction is too low."""
    return np.where(x < 0, 3, 1) * losses.squared_error(0 * x, x)


WEIGHTED = over(
    "logit of a rare example, weight 9",
    (-6, 0, 6),
    lambda x: losses.weighted_cross_entropy_with_logits(labels=one(x), logits=x, pos_weight=9.0),
)
THREE = "logit of the true class, the others 0"
CURVES = {
    row: loss_curves.CURVES[loss]
    for row, loss in {
        "noise": "Squared error",
        "outliers": "Huber loss",
        "quantile": "Pinball loss",
        "range": "Gaussian negative log-likelihood",
        "counts": "Poisson loss",
        "direction": "Cosine similarity",
        "labels": "Sigmoid cross-entropy",
        "segmentation": "Dice loss",
        "many": "Sampled softmax",
        "ctc": "CTC loss",
        "margin": "Hinge loss",
    }.items()
} | {
    "units": residual(losses.squared_error)._replace(
        title="prediction − truth, in standard deviations"
    ),
    "skewed": over(
        "prediction ÷ truth",
        (0.2, 1, 2, 3, 4, 5),
        lambda x: losses.squared_error(0 * x, np.log(x)),
    ),
    **dict.fromkeys(("classes", "padding"), over(THREE, (-6, 0, 6), one_of_three)),
    "ordered": loss_curves.CURVES["Sigmoid cross-entropy"]._replace(
        title="logit of a step that is reached"
    ),
    "share": over(
        "predicted share; the truth is 0.7",
        (0.01, 0.5, 0.99),
        lambda x: sigmoid_ce(labels=0 * x + 0.7, logits=logit_of(x)),
    ),
    **dict.fromkeys(("rare", "rare-labels"), WEIGHTED),
    "wrong-labels": over(
        "logit of a label that is 1",
        (-6, 0, 6),
        lambda x: losses.absolute_error(one(x), 1 / (1 + np.exp(-x))),
    ),
    "oversure": over(THREE, (-6, 0, 6, 12), smoothed),
    "probability": over(
        "probability of what happens",
        (0.01, 0.5, 0.99),
        lambda x: sigmoid_ce(labels=one(x), logits=logit_of(x)),
    ),
    "own": over("prediction − truth", (-3, 0, 3), too_low_costs_more),
    "together": over("angle in degrees; the other class is at 90", (0, 90, 180), spread),
}
