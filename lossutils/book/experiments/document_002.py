"""Document 002: a tour of TensorFlow's loss functions."""

import numpy as np

from lossutils import activations, losses
from lossutils.book.experiments import exact
from lossutils.book.experiments.inputs import array
from lossutils.book.experiments.row import Counts, Number, Otherwise, Recipe, Row

THREE_LABELS = array([[0.0, 0.0, 1.0]] * 3)
THREE_LOGITS = array([[1.0, 2.0, 3.0]] * 3)

# A table: the fields of a row stay close together.
# fmt: off
ROWS = (
    Row("002-1", line=28, kind="formula", chapter="regression-losses",
        title="l2_loss is half the sum of squares",
        verdict="true",
        finding="For 1, 2, 3, 4 both the formula and tf.nn.l2_loss give 15."),
    Row("002-2", line=34, kind="claim", chapter="regression-losses",
        title="l2_loss takes eleven number types",
        verdict="obsolete",
        finding="Of the eleven named types only float32 and float64 work today; float16 and "
                "bfloat16 do too, and are not named."),
    Row("002-3", line=53, kind="formula", chapter="softmax",
        title="Softmax",
        verdict="true",
        finding="The formula holds; written out as it stands it overflows, which tf.nn.softmax "
                "avoids."),
    Row("002-4", line=62, kind="claim", chapter="double-softmax",
        title="TensorFlow's cross-entropies take logits, not softmax or sigmoid output",
        verdict="true of tf.nn",
        finding="True of tf.nn's functions; Keras' losses expect probabilities unless "
                "from_logits=True is given."),
    Row("002-5", line=146, kind="experiment", chapter="softmax",
        title="Softmax of three equal rows",
        verdict="reproduces",
        finding="Nine numbers, which the copy runs together without spaces; each row is 0.0900, "
                "0.2447, 0.6652.",
        mistake="The copy runs the three numbers of each row together.",
        inputs={"logits": THREE_LOGITS},
        numbers=[Number("softmax", """
            0.09003057 0.24472848 0.66524094;
            0.09003057 0.24472848 0.66524094;
            0.09003057 0.24472848 0.66524094
        """, Recipe(
            tensorflow=lambda tf, logits: tf.nn.softmax(logits),
            numpy=lambda logits: activations.softmax(logits),
            mpmath=exact.softmax))],
        recorded=Counts(9, tensorflow=(9, 9), numpy=(9, 9))),
    Row("002-6", line=151, kind="experiment", chapter="cross-entropy",
        title="Cross-entropy in two steps, summed over the batch",
        verdict="reproduces",
        finding="Three times 0.40761, the sum over a batch of three equal examples.",
        inputs={"labels": THREE_LABELS, "logits": THREE_LOGITS},
        numbers=[Number("cross_entropy", "1.22282", Recipe(
            tensorflow=lambda tf, labels, logits: (
                -tf.reduce_sum(labels * tf.math.log(tf.nn.softmax(logits)))
            ),
            numpy=lambda labels, logits: np.sum(
                losses.categorical_cross_entropy(labels, activations.softmax(logits))
            ),
            mpmath=lambda mp, labels, logits: mp.fsum(
                exact.cross_entropy(mp, labels, exact.softmax(mp, logits))
            )))],
        recorded=Counts(1, tensorflow=(1, 1), numpy=(1, 1))),
    Row("002-7", line=153, kind="experiment", chapter="swapped-arguments",
        title="Cross-entropy in one step, summed over the batch",
        verdict="reproduces with keywords, silently wrong if pasted",
        finding="TensorFlow 1.0 turned the argument order around: the printed call gives 18.926 "
                "today without an error, and 1.2228 with keywords.",
        mistake="Arguments by position in the order of TensorFlow before 1.0, logits first; today "
                "labels come first.",
        inputs={"labels": THREE_LABELS, "logits": THREE_LOGITS},
        numbers=[Number("cross_entropy2", "1.2228", Recipe(
            tensorflow=lambda tf, labels, logits: tf.reduce_sum(
                tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            ),
            numpy=lambda labels, logits: np.sum(
                losses.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            ),
            mpmath=lambda mp, labels, logits: mp.fsum(
                exact.cross_entropy(mp, labels, exact.softmax(mp, logits))
            )))],
        recorded=Counts(1, tensorflow=(1, 1), numpy=(1, 1)),
        otherwise=Otherwise(
            "with the arguments by position, as printed", one_unit=0,
            tensorflow=lambda tf, labels, logits: tf.reduce_sum(
                tf.nn.softmax_cross_entropy_with_logits(logits, labels)
            ))),
    Row("002-8", line=115, kind="claim", chapter="reductions",
        title="A sum gives the cross-entropy, a mean gives the loss",
        verdict="misleading",
        finding="Each example's value is already a cross-entropy, 0.40761; sum and mean differ by "
                "the batch size 3 and by nothing else."),
    Row("002-9", line=85, kind="claim", chapter="cross-entropy",
        title="Labels and logits must have the same shape and type",
        verdict="true with limits",
        finding="Labels of another type are converted, and labels of shape (1, K) broadcast, "
                "without a word; other shapes raise."),
    Row("002-10", line=80, kind="typo", chapter="sparse-labels",
        title="Sparse cross-entropy without tf.nn",
        verdict="the snippet has an error",
        finding="The function lives in tf.nn; there is none of this name in tf."),
    Row("002-11", line=208, kind="snippet", chapter="sparse-labels",
        title="Sparse cross-entropy of argmax labels",
        verdict="nothing printed, runs unchanged",
        finding="For one-hot labels it equals the dense form; for soft labels argmax throws the "
                "rest of the distribution away."),
    Row("002-12", line=180, kind="claim", chapter="sparse-labels",
        title="Sparse labels are class indices from 0 up to num_classes - 1",
        verdict="true",
        finding="A label outside the range raises in eager mode on a CPU; compiled with XLA it "
                "gives nan."),
    Row("002-13", line=275, kind="experiment (nothing printed)", chapter="sigmoid-cross-entropy",
        title="Sigmoid cross-entropy of five examples with three labels",
        verdict="nothing printed, computed here",
        finding="Formula and function agree to 4e-15 in float64; in float32 the formula is off by "
                "0.9 percent at a logit of 12.",
        mistake="A parenthesis is missing after the labels.",
        inputs={
            "labels": array(
                [
                    [1.0, 0.0, 0.0],
                    [0.0, 1.0, 0.0],
                    [0.0, 0.0, 1.0],
                    [1.0, 1.0, 0.0],
                    [0.0, 1.0, 0.0],
                ],
                "float64",
            ),
            "logits": array(
                [
                    [12.0, 3.0, 2.0],
                    [3.0, 10.0, 1.0],
                    [1.0, 2.0, 5.0],
                    [4.0, 6.5, 1.2],
                    [3.0, 6.0, 1.0],
                ],
                "float64",
            ),
        }),
    Row("002-14", line=241, kind="claim", chapter="numerical-safety",
        title="The function is written so that it cannot overflow",
        verdict="true",
        finding="For logits of 1000 the formula gives inf or nan, the function 1000 or 0."),
    Row("002-15", line=247, kind="claim", chapter="sigmoid-cross-entropy",
        title="The result holds the loss of each example",
        verdict="imprecise",
        finding="It holds one value per element, shape [batch_size, num_classes], as the document "
                "says itself one line before."),
    Row("002-16", line=285, kind="formula (image lost)", chapter="weighted-cross-entropy",
        title="Weighted cross-entropy with logits",
        verdict="true, under another argument name",
        finding="TensorFlow 1 called the first argument targets; order and formula are unchanged."),
    Row("002-17", line=314, kind="claim", chapter="reductions",
        title="Absolute difference, its weights and its reduction",
        verdict="obsolete",
        finding="tf.losses is Keras today and has no such function; for weights that are not 0 or "
                "1 no Keras reduction divides by the number of nonzero weights."),
    Row("002-18", line=374, kind="claim", chapter="swapped-arguments",
        title="Mean squared error of predictions and targets, in this order",
        verdict="wrong order",
        finding="The order was and is truth first; the mean squared error does not notice, a "
                "cross-entropy does."),
    Row("002-19", line=379, kind="formula", chapter="hinge",
        title="Hinge max(0, 1 - m)",
        verdict="true once m is defined",
        finding="m is the signed margin, which needs labels -1 and 1; with labels 0 and 1 every "
                "negative example costs 1 whatever its score."),
    Row("002-20", line=182, kind="claim", chapter="softmax",
        title="TensorFlow has no softmax layer",
        verdict="false today",
        finding="tf.keras.layers.Softmax is one, and so is a Dense layer with activation softmax."),
    Row("002-21", line=381, kind="claim", chapter="hinge",
        title="Hinge is a surrogate of the 0-1 loss",
        verdict="true",
        finding="max(0, 1 - m) is never below the 0-1 loss, and it is convex."),
    Row("002-22", line=223, kind="claim", chapter="sigmoid-cross-entropy",
        title="Logits are float32 or float64",
        verdict="obsolete",
        finding="float16 and bfloat16 work too today; integers still raise."),
)
