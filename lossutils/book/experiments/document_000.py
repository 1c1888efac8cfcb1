"""Document 000: a machine translation of an article on Medium."""

import numpy as np

from lossutils import losses
from lossutils.book.experiments import exact
from lossutils.book.experiments.inputs import array
from lossutils.book.experiments.row import Counts, Number, Recipe, Row

# A table: the fields of a row stay close together.
# fmt: off
ROWS = (
    Row("000-1", line=13, kind="experiment", chapter="regression-losses",
        title="l2_loss of four residuals",
        verdict="reproduces",
        finding="The four squares sum to 4 and tf.nn.l2_loss gives half of that, 2; it takes the "
                "residual alone and it does not average.",
        inputs={
            "y_true": array([[1.0, 2.0], [3.0, 4.0]]),
            "y_pred": array([[0.0, 1.0], [4.0, 5.0]]),
        },
        numbers=[
            Number("sum_of_squares", "4", Recipe(
                tensorflow=lambda tf, y_true, y_pred: tf.reduce_sum(tf.square(y_true - y_pred)),
                numpy=lambda y_true, y_pred: np.sum(losses.squared_error(y_true, y_pred)),
                mpmath=lambda mp, y_true, y_pred: mp.fsum(exact.squares(y_true, y_pred)))),
            Number("l2_loss", "2", Recipe(
                tensorflow=lambda tf, y_true, y_pred: tf.nn.l2_loss(y_true - y_pred),
                numpy=lambda y_true, y_pred: losses.l2_loss(y_true - y_pred),
                mpmath=lambda mp, y_true, y_pred: mp.fsum(exact.squares(y_true, y_pred)) / 2)),
        ],
        recorded=Counts(2, tensorflow=(2, 2), numpy=(2, 2))),
    Row("000-2", line=9, kind="claim", chapter="regression-losses",
        title="l2_loss is half the squared loss",
        verdict="true of the sum of squares",
        finding="It is half the sum of squares, not half the mean squared error, which is 0.5 "
                "here."),
    Row("000-3", line=31, kind="snippet (figure lost)", chapter="softmax",
        title="Softmax written in NumPy",
        verdict="nothing printed, computed here",
        finding="Order is kept and rows sum to 1, but the textbook form overflows to nan from 89 "
                "in float32 and from 710 in float64."),
    Row("000-4", line=49, kind="claim", chapter="cross-entropy",
        title="Mean of element-wise cross-entropies equals TensorFlow's softmax cross-entropy",
        verdict="true for two classes only",
        finding="With the binary formula per element the mean equals the softmax cross-entropy "
                "for two classes and is smaller for three or more."),
    Row("000-5", line=61, kind="experiment (figure lost)", chapter="cross-entropy",
        title="Cross-entropy by TensorFlow",
        verdict="nothing printed, computed here",
        finding="The function that the document links to is gone; the name without _v2 is today "
                "that function, and gradients flow to the labels too."),
    Row("000-6", line=65, kind="claim", chapter="reductions",
        title="A loss function is a single number",
        verdict="true after a reduction",
        finding="TensorFlow's cross-entropies return one value per example or per element; sum "
                "and mean of them differ by the batch size."),
    Row("000-7", line=63, kind="claim", chapter="double-softmax",
        title="Predictions go in before the softmax, which TensorFlow applies itself",
        verdict="true",
        finding="Logits in, cross-entropy out: softmax by hand first would apply it twice."),
)
