"""Document 001: softmax, once and twice, and three ways to a cross-entropy."""

from lossutils import activations, losses
from lossutils.book.experiments import exact
from lossutils.book.experiments.inputs import array
from lossutils.book.experiments.row import Counts, Number, Recipe, Row

LOGITS = array([[2.0, 0.5, 6.0], [0.1, 0.0, 3.0]])
ONE_HOT = array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])

# A table: the fields of a row stay close together.
# fmt: off
ROWS = (
    Row("001-1", line=7, kind="claim", chapter="regression-losses",
        title="TensorFlow has no function for the mean squared error",
        verdict="false",
        finding="TensorFlow 1.0 had tf.losses.mean_squared_error, TensorFlow 2 has "
                "tf.keras.losses.MeanSquaredError; the document also calls the labels logits."),
    Row("001-2", line=9, kind="snippet", chapter="regression-losses",
        title="Three spellings of the mean squared error",
        verdict="nothing printed, runs after a change",
        finding="All three agree once tf.sub, removed in TensorFlow 1.0, is written tf.subtract."),
    Row("001-3", line=58, kind="experiment", chapter="softmax",
        title="scaled: softmax of the logits",
        verdict="reproduces",
        finding="The six probabilities are the softmax of the two rows of logits, each row "
                "summing to 1.",
        inputs={"logits": LOGITS},
        numbers=[Number("scaled", """
            0.01791432 0.00399722 0.97808844;
            0.04980332 0.04506391 0.90513283
        """, Recipe(
            tensorflow=lambda tf, logits: tf.nn.softmax(logits),
            numpy=lambda logits: activations.softmax(logits),
            mpmath=exact.softmax))],
        recorded=Counts(6, tensorflow=(6, 6), numpy=(5, 5))),
    Row("001-4", line=58, kind="experiment", chapter="double-softmax",
        title="scaled2: softmax of the softmax",
        verdict="reproduces",
        finding="A second softmax flattens both rows towards 1/3; this is the mistake that the "
                "document means to show.",
        mistake="The second softmax is deliberate: the document shows what not to do.",
        inputs={"logits": LOGITS},
        numbers=[Number("scaled2", """
            0.21747023 0.21446465 0.56806517;
            0.2300214 0.22893383 0.54104471
        """, Recipe(
            tensorflow=lambda tf, logits: tf.nn.softmax(tf.nn.softmax(logits)),
            numpy=lambda logits: activations.softmax(activations.softmax(logits)),
            mpmath=lambda mp, logits: exact.softmax(mp, exact.softmax(mp, logits))))],
        recorded=Counts(6, tensorflow=(6, 6), numpy=(3, 3))),
    Row("001-5", line=58, kind="experiment", chapter="cross-entropy",
        title="rel1: softmax cross-entropy of the logits",
        verdict="reproduces",
        finding="The right loss, 0.0222 and 3.0997; the last two printed digits of the second are "
                "float32's rounding.",
        inputs={"labels": ONE_HOT, "logits": LOGITS},
        numbers=[Number("rel1", "0.02215516 3.09967351", Recipe(
            tensorflow=lambda tf, labels, logits: tf.nn.softmax_cross_entropy_with_logits(
                labels=labels, logits=logits
            ),
            numpy=losses.softmax_cross_entropy_with_logits,
            mpmath=lambda mp, labels, logits: exact.cross_entropy(
                mp, labels, exact.softmax(mp, logits)
            )))],
        recorded=Counts(2, tensorflow=(2, 2), numpy=(1, 1))),
    Row("001-6", line=58, kind="experiment", chapter="double-softmax",
        title="rel2: softmax cross-entropy of the softmax",
        verdict="reproduces",
        finding="With softmax applied twice the loss of three classes stays between 0.5514 and "
                "1.5514, so a perfect prediction never reaches 0.",
        mistake="Softmax is applied twice, on purpose: the document shows what not to do.",
        inputs={"labels": ONE_HOT, "logits": LOGITS},
        numbers=[Number("rel2", "0.56551915 1.47432232", Recipe(
            tensorflow=lambda tf, labels, logits: tf.nn.softmax_cross_entropy_with_logits(
                labels=labels, logits=tf.nn.softmax(logits)
            ),
            numpy=lambda labels, logits: losses.softmax_cross_entropy_with_logits(
                labels=labels, logits=activations.softmax(logits)
            ),
            mpmath=lambda mp, labels, logits: exact.cross_entropy(
                mp, labels, exact.softmax(mp, exact.softmax(mp, logits))
            )))],
        recorded=Counts(2, tensorflow=(2, 2), numpy=(0, 0))),
    Row("001-7", line=58, kind="experiment", chapter="cross-entropy",
        title="rel3: cross-entropy written by hand",
        verdict="reproduces",
        finding="Equal to rel1 but for the last printed digit: the two ways round differently.",
        inputs={"labels": ONE_HOT, "logits": LOGITS},
        numbers=[Number("rel3", "0.02215518 3.09967351", Recipe(
            tensorflow=lambda tf, labels, logits: (
                -tf.reduce_sum(labels * tf.math.log(tf.nn.softmax(logits)), axis=1)
            ),
            numpy=lambda labels, logits: losses.categorical_cross_entropy(
                labels, activations.softmax(logits)
            ),
            mpmath=lambda mp, labels, logits: exact.cross_entropy(
                mp, labels, exact.softmax(mp, logits)
            )))],
        recorded=Counts(2, tensorflow=(2, 2), numpy=(1, 1))),
    Row("001-8", line=17, kind="formula (image lost)", chapter="sigmoid-cross-entropy",
        title="Binary cross-entropy",
        verdict="nothing printed, computed here",
        finding="For a prediction of 0.9 the formula gives 0.1054 if the truth is 1 and 2.3026 if "
                "it is 0."),
    Row("001-9", line=23, kind="claim", chapter="numerical-safety",
        title="The formula by hand is equivalent to the built-in function",
        verdict="true in exact arithmetic only",
        finding="For logits 200, 0, 0 the hand-written form is nan in float32 where the fused "
                "function gives 0 or 200."),
    Row("001-10", line=47, kind="claim", chapter="double-softmax",
        title="A second softmax changes the distribution",
        verdict="true",
        finding="For three classes no probability after the second softmax lies outside 0.2119 to "
                "0.5761."),
    Row("001-11", line=41, kind="typo", chapter="tf1-names",
        title="tf.session",
        verdict="the snippet has an error",
        finding="The class was tf.Session, the indentation is lost and words are masked by "
                "asterisks; TensorFlow 2 needs no session."),
)
