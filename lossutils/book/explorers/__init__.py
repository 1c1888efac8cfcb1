"""Figures that the reader can move, on a page without a kernel and in JupyterLab.

Each function returns an explorer; the last expression of a cell shows it. Their building blocks are
in `lossutils.book.explorers.core` and `lossutils.book.explorers.formulas`.
"""

from lossutils.book.explorers.averages import weighted_means
from lossutils.book.explorers.binary import sigmoid_cross_entropy
from lossutils.book.explorers.classification import double_softmax, softmax_cross_entropy
from lossutils.book.explorers.decisions import focal, pos_weight, swapped
from lossutils.book.explorers.descent import descent
from lossutils.book.explorers.digits import float32_digits
from lossutils.book.explorers.embeddings import embeddings
from lossutils.book.explorers.labels import soft_labels, sparse_labels
from lossutils.book.explorers.likelihoods import variance
from lossutils.book.explorers.maps import moving_map
from lossutils.book.explorers.margins import hinge
from lossutils.book.explorers.overlap import dice
from lossutils.book.explorers.races import race
from lossutils.book.explorers.regression import estimates
from lossutils.book.explorers.sequences import ctc
from lossutils.book.explorers.slopes import numerical_slope
from lossutils.book.explorers.totals import loss_weights

__all__ = [
    "ctc",
    "descent",
    "dice",
    "double_softmax",
    "embeddings",
    "estimates",
    "float32_digits",
    "focal",
    "hinge",
    "loss_weights",
    "moving_map",
    "numerical_slope",
    "pos_weight",
    "race",
    "sigmoid_cross_entropy",
    "soft_labels",
    "softmax_cross_entropy",
    "sparse_labels",
    "swapped",
    "variance",
    "weighted_means",
]
