"""Document 004: mean squared error and cross-entropy; it prints what document 001 prints."""

from lossutils import losses
from lossutils.book.experiments import document_001, document_002, exact
from lossutils.book.experiments.document_001 import LOGITS, ONE_HOT
from lossutils.book.experiments.inputs import array
from lossutils.book.experiments.row import Counts, Number, Recipe, Row, recipes

SOFT_LABELS = array([[0.4, 0.1, 0.5], [0.3, 0.6, 0.1]])
RECIPES = recipes(*document_001.ROWS, *document_002.ROWS)

# A table: the fields of a row stay close together.
# fmt: off
ROWS = (
    Row("004-1", line=18, kind="claim", chapter="regression-losses",
        title="TensorFlow has no function for the mean squared error",
        verdict="false",
        finding="The same sentence as in document 001, and as wrong."),
    Row("004-2", line=19, kind="snippet", chapter="regression-losses",
        title="Three spellings of the mean squared error",
        verdict="nothing printed, runs after a change",
        finding="The same three lines as in document 001; they agree with tf.subtract instead of "
                "tf.sub."),
    Row("004-3", line=56, kind="experiment", chapter="softmax",
        title="scaled: softmax of the logits",
        verdict="reproduces",
        finding="The same numbers as row 001-3.",
        inputs={"logits": LOGITS},
        numbers=[Number("scaled", """
            0.01791432 0.00399722 0.97808844;
            0.04980332 0.04506391 0.90513283
        """, RECIPES["scaled"])],
        recorded=Counts(6, tensorflow=(6, 6), numpy=(5, 5))),
    Row("004-4", line=56, kind="experiment", chapter="double-softmax",
        title="scaled2: softmax of the softmax",
        verdict="reproduces",
        finding="The same numbers as row 001-4.",
        mistake="The second softmax is deliberate: the document shows what not to do.",
        inputs={"logits": LOGITS},
        numbers=[Number("scaled2", """
            0.21747023 0.21446465 0.56806517;
            0.2300214 0.22893383 0.54104471
        """, RECIPES["scaled2"])],
        recorded=Counts(6, tensorflow=(6, 6), numpy=(3, 3))),
    Row("004-5", line=56, kind="experiment", chapter="cross-entropy",
        title="rel1: softmax cross-entropy of the logits",
        verdict="reproduces",
        finding="The same numbers as row 001-5.",
        inputs={"labels": ONE_HOT, "logits": LOGITS},
        numbers=[Number("rel1", "0.02215516 3.09967351", RECIPES["rel1"])],
        recorded=Counts(2, tensorflow=(2, 2), numpy=(1, 1))),
    Row("004-6", line=56, kind="experiment", chapter="double-softmax",
        title="rel2: softmax cross-entropy of the softmax",
        verdict="reproduces",
        finding="The same numbers as row 001-6.",
        mistake="Softmax is applied twice, on purpose: the document shows what not to do.",
        inputs={"labels": ONE_HOT, "logits": LOGITS},
        numbers=[Number("rel2", "0.56551915 1.47432232", RECIPES["rel2"])],
        recorded=Counts(2, tensorflow=(2, 2), numpy=(0, 0))),
    Row("004-7", line=56, kind="experiment", chapter="cross-entropy",
        title="rel3: cross-entropy written by hand",
        verdict="reproduces",
        finding="The same numbers as row 001-7.",
        inputs={"labels": ONE_HOT, "logits": LOGITS},
        numbers=[Number("rel3", "0.02215518 3.09967351", RECIPES["rel3"])],
        recorded=Counts(2, tensorflow=(2, 2), numpy=(1, 1))),
    Row("004-8", line=25, kind="snippet", chapter="regression-losses",
        title="Root mean squared error",
        verdict="nothing printed, runs after a change",
        finding="Works with tf.subtract; its gradient at a perfect fit is nan, the square root's "
                "slope at 0."),
    Row("004-9", line=26, kind="snippet", chapter="regression-losses",
        title="Mean absolute error, called MAD",
        verdict="the snippet has an error",
        finding="A parenthesis is missing and tf.complex_abs is gone; the usual name is MAE, "
                "since MAD often means the median absolute deviation."),
    Row("004-10", line=15, kind="claim", chapter="numerical-safety",
        title="0 log 0 equals 0 in the binary cross-entropy",
        verdict="true as a limit, nan in floating point",
        finding="Written out it is nan; Keras clips the probability first and returns about 1e-7."),
    Row("004-11", line=63, kind="claim", chapter="softmax",
        title="Logits sum to more than 1, softmax to 1; one example agrees with its label, one "
              "does not",
        verdict="true",
        finding="The logits sum to 8.5 and 3.1, each softmax row to 1; logits could sum to "
                "anything."),
    Row("004-12", line=83, kind="experiment", chapter="soft-labels",
        title="rel4: softmax cross-entropy of soft labels",
        verdict="reproduces",
        finding="Part of each value is the entropy of the labels, which no prediction can remove.",
        inputs={"labels": SOFT_LABELS, "logits": LOGITS},
        numbers=[Number("rel4", "2.17215538 2.76967359", RECIPES["rel1"])],
        recorded=Counts(2, tensorflow=(2, 2), numpy=(0, 0))),
    Row("004-13", line=75, kind="claim", chapter="soft-labels",
        title="Soft labels stand for the same classification as the one-hot ones",
        verdict="false",
        finding="Only the largest entry agrees: the lowest loss is the labels' entropy, reached "
                "where softmax equals the labels, and the gradients differ.",
        mistake="Soft labels are called equivalent to the one-hot ones with the same largest "
                "entry.",
        inputs={"labels": ONE_HOT, "soft_labels": SOFT_LABELS, "logits": LOGITS}),
    Row("004-14", line=99, kind="experiment", chapter="sparse-labels",
        title="rel5: sparse softmax cross-entropy",
        verdict="reproduces",
        finding="The same two values as rel1: labels 2 and 1 are the places of the ones.",
        inputs={"labels": array([2, 1], "int32"), "logits": LOGITS},
        numbers=[Number("rel5", "0.02215516 3.09967351", Recipe(
            tensorflow=lambda tf, labels, logits: tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels=labels, logits=logits
            ),
            numpy=losses.sparse_softmax_cross_entropy_with_logits,
            mpmath=lambda mp, labels, logits: exact.cross_entropy(
                mp, exact.one_hot(labels, 3), exact.softmax(mp, logits)
            )))],
        recorded=Counts(2, tensorflow=(2, 2), numpy=(1, 1))),
    Row("004-15", line=110, kind="experiment", chapter="reductions",
        title="loss: sum over the batch",
        verdict="reproduces",
        finding="The text speaks of a mean and the code takes the sum, 3.1218; the mean is 1.5609.",
        mistake="The text says mean; the code takes the sum.",
        inputs={"labels": ONE_HOT, "logits": LOGITS},
        numbers=[Number("loss", "3.1218286", RECIPES["cross_entropy2"])],
        recorded=Counts(1, tensorflow=(1, 1), numpy=(0, 0))),
    Row("004-16", line=130, kind="experiment", chapter="cross-entropy",
        title="loss2: sum of the hand-written form",
        verdict="reproduces, though the code shown never computes it",
        finding="The code block is the previous one again; computed as described, loss2 agrees "
                "with loss to the six digits printed.",
        mistake="The code block shown is the previous one again: it prints loss, not loss2.",
        inputs={"labels": ONE_HOT, "logits": LOGITS},
        numbers=[Number("loss2", "3.12183", RECIPES["cross_entropy"])],
        recorded=Counts(1, tensorflow=(1, 1), numpy=(1, 1))),
    Row("004-17", line=14, kind="claim", chapter="cross-entropy",
        title="The smaller the cross-entropy, the more accurate the prediction",
        verdict="true with limits",
        finding="A model can have the lower cross-entropy and the lower accuracy: 0.479 with one "
                "of three right against 0.687 with two of three."),
    Row("004-18", line=11, kind="claim", chapter="sigmoid-cross-entropy",
        title="For the mean squared error, predictions are squashed into 0 to 1 and the truth is "
              "scaled likewise",
        verdict="advice, not a requirement",
        finding="The two must share a scale; squashing by a sigmoid makes the gradient vanish for "
                "predictions that are confident and wrong."),
    Row("004-19", line=87, kind="claim", chapter="sparse-labels",
        title="The sparse form takes labels that are not one-hot",
        verdict="true, in words that mislead",
        finding="It takes integer class indices; soft labels, which the document calls not "
                "one-hot too, raise."),
)
