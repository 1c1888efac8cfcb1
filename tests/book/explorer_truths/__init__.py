"""What each explorer must show, computed by `lossutils`: one function per explorer, of its name.

A function gets the values of the controls by name, and for each field that the chart calculates
the rows in which it stands, column by column. It returns what `lossutils` gives for every formula
and every calculated field; names that begin with _ are steps on the way, and need not be given.
"""

from explorer_truths.averages import weighted_means
from explorer_truths.binary import sigmoid_cross_entropy
from explorer_truths.classification import double_softmax, softmax_cross_entropy
from explorer_truths.decisions import focal, pos_weight, swapped
from explorer_truths.digits import float32_digits
from explorer_truths.embeddings import embeddings
from explorer_truths.labels import soft_labels, sparse_labels
from explorer_truths.likelihoods import variance
from explorer_truths.maps import moving_map
from explorer_truths.margins import hinge
from explorer_truths.overlap import dice
from explorer_truths.races import race
from explorer_truths.regression import descent, estimates
from explorer_truths.sequences import ctc
from explorer_truths.slopes import numerical_slope
from explorer_truths.totals import loss_weights

TRUTHS = {
    "ctc": ctc,
    "descent": descent,
    "dice": dice,
    "double_softmax": double_softmax,
    "embeddings": embeddings,
    "estimates": estimates,
    "float32_digits": float32_digits,
    "focal": focal,
    "hinge": hinge,
    "loss_weights": loss_weights,
    "moving_map": moving_map,
    "numerical_slope": numerical_slope,
    "pos_weight": pos_weight,
    "race": race,
    "sigmoid_cross_entropy": sigmoid_cross_entropy,
    "soft_labels": soft_labels,
    "softmax_cross_entropy": softmax_cross_entropy,
    "sparse_labels": sparse_labels,
    "swapped": swapped,
    "variance": variance,
    "weighted_means": weighted_means,
}

# Where nine digits are too many: the absolute difference that double precision allows, and why.
ABSOLUTE = {
    # A sum of up to 11 pulls of up to 10 that is 0 within its rounding: 11 * 10 * 2**-53 = 1.2e-14.
    **{("estimates", key): 2e-14 for key in ("huber", "pseudo", "logcosh", "c")},
    # Up to 8 products that nearly cancel, each at most 1 / 0.05 / 0.1 = 200, each rounded a few
    # times: 8 * 200 * 2**-51 = 7e-13.
    **{
        ("embeddings", key): 7e-13
        for key in [
            "pull",
            "tip_x",
            "tip_y",
            *(f"{k}{i}" for k in ("gx", "gy", "pull") for i in range(6)),
        ]
    },
    # The difference of two slopes, each at most twice the right one, of which the page and
    # `lossutils` each round one up to five times: 2 * 2 * 5 * 2**-53 = 2.2e-15.
    **{
        ("numerical_slope", key): 2.3e-15
        for key in [
            "distance",
            "height",
            "drawn",
            "right",
            "under test",
        ]
    },
    # A difference of logarithms, each at most 4 and rounded, where they are equal.
    **{("pos_weight", key): 4e-15 for key in ("line", "edge")},
    # The difference of two numbers of at most 16, each rounded.
    ("soft_labels", "divergence"): 4e-15,
    # The difference of two numbers of at most 8, each rounded twice.
    ("variance", "low"): 4e-15,
}
