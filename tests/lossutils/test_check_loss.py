"""check_loss: healthy losses keep every rule, and each kind of broken loss breaks the right one."""

import functools
import inspect
import subprocess
import sys
from pathlib import Path

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf
from rotation import one_in

from lossutils import check_loss
from lossutils.checking import batches
from lossutils.checking.run import RULES

BOOK = Path(__file__).parents[2] / "book"
SENTENCES = {rule.name: rule.sentence for rule in RULES}


def mean(values):
    return tf.reduce_mean(values, axis=-1)


def broken(report):
    """Return the names of the rules that a report says are broken, certain or not."""
    names = {sentence: name for name, sentence in SENTENCES.items() if name != "names"}
    names["It should take the truth and the prediction"] = "called"
    names["It should be a loss, not a metric"] = "a loss"
    return {names[finding.title]: finding.certainty for finding in report}


# ------------------------------------------------------------------------------- healthy losses


def squared(y_true, y_pred):
    return mean(tf.square(y_true - y_pred))


def pinball(y_true, y_pred):
    error = y_true - y_pred
    return mean(tf.maximum(0.9 * error, -0.1 * error))


def asymmetric(y_true, y_pred):
    error = y_true - y_pred
    return mean(tf.where(error > 0, tf.constant(3, error.dtype), 1) * error**2)


def careful_entropy(y_true, y_pred):
    return -tf.reduce_sum(y_true * tf.math.log(tf.maximum(y_pred, 1e-7)), axis=-1)


def entropy_of_logits(y_true, y_pred):
    return tf.nn.softmax_cross_entropy_with_logits(labels=y_true, logits=y_pred)


def entropy_of_indices(y_true, y_pred):
    labels = tf.cast(y_true, "int32")
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=y_pred)


def careful_divergence(y_true, y_pred):
    part = tf.math.xlogy(y_true, y_true) - tf.math.xlogy(y_true, tf.maximum(y_pred, 1e-7))
    return tf.reduce_sum(part, axis=-1)


def careful_poisson(y_true, y_pred):
    return mean(y_pred - y_true * tf.math.log(y_pred + 1e-7))


def dice_of_example(y_true, y_pred):
    both, each = tf.reduce_sum(y_true * y_pred, -1), tf.reduce_sum(y_true + y_pred, -1)
    return 1 - (2 * both + 1) / (each + 1)


def shortfall(y_true, y_pred):
    return mean(tf.nn.relu(y_true - y_pred))


class Scaled(keras.losses.Loss):
    """A loss with a parameter that keeps every rule."""

    def __init__(self, scale=1.0, **options):
        super().__init__(**options)
        self.scale = scale

    def call(self, y_true, y_pred):
        return self.scale * squared(tf.reshape(y_true, tf.shape(y_pred)), y_pred)

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}


HEALTHY = [
    squared,
    pinball,
    asymmetric,
    careful_entropy,
    entropy_of_logits,
    entropy_of_indices,
    careful_divergence,
    careful_poisson,
    dice_of_example,
    shortfall,
    Scaled(3.0),
]


@pytest.mark.parametrize("loss", HEALTHY, ids=lambda loss: getattr(loss, "__name__", "class"))
def test_a_healthy_loss_keeps_every_rule(loss):
    report = check_loss(loss)
    assert broken(report) == {}, str(report)
    assert "one-number-per-example" in report.notes[0]


# ------------------------------------------------------------------------------ the losses of Keras

# What a loss of Keras breaks, and why that is so.
OF_KERAS = {
    "CTC": {"called": "suspicious"},  # it expects sequences of logits
    "CategoricalGeneralizedCrossEntropy": {"finite": "certain"},  # p**q has no slope at p = 0
    "Circle": {"independent": "suspicious"},  # it compares examples
    "Dice": {"one-number-per-example": "certain"},  # axis=None: one score for the batch
    "Tversky": {"one-number-per-example": "certain"},
}
LOSSES = sorted(
    name
    for name, value in vars(keras.losses).items()
    if inspect.isclass(value) and issubclass(value, keras.losses.Loss) and name != "Loss"
)


OF_FUNCTIONS = {
    "categorical_generalized_cross_entropy": {"called": "certain"},  # it needs q
    "circle": OF_KERAS["Circle"],
    "ctc": OF_KERAS["CTC"],
    "dice": OF_KERAS["Dice"],
    "tversky": OF_KERAS["Tversky"],
}
FUNCTIONS = sorted(
    {name for name, value in vars(keras.losses).items() if inspect.isfunction(value)}
    - {"deserialize", "get", "serialize"}
)


def test_the_losses_of_keras_were_found():
    assert set(OF_KERAS) <= set(LOSSES)
    assert set(OF_FUNCTIONS) <= set(FUNCTIONS)
    assert min(len(LOSSES), len(FUNCTIONS)) >= 20


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_keras_breaks_only_what_is_known(name):
    report = check_loss(getattr(keras.losses, name)())
    assert broken(report) == OF_KERAS.get(name, {}), str(report)


@pytest.mark.parametrize("name", one_in(3, FUNCTIONS))
def test_a_function_of_keras_breaks_only_what_is_known(name):
    report = check_loss(getattr(keras.losses, name))
    assert broken(report) == OF_FUNCTIONS.get(name, {}), str(report)


@pytest.mark.parametrize(
    "loss",
    [
        keras.losses.BinaryCrossentropy(from_logits=True),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        keras.losses.MeanSquaredError(reduction="sum"),
        keras.losses.Dice(axis=-1),
    ],
    ids=lambda loss: loss.name,
)
def test_an_option_of_keras_breaks_nothing(loss):
    assert broken(check_loss(loss)) == {}


# -------------------------------------------------------------------------------- broken losses


def scalar(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred))


def every_element(y_true, y_pred):
    return tf.square(y_true - y_pred)


def columns_against_rows(y_true, y_pred):
    return tf.square(y_true[:, 0] - y_pred[:, :1])


def reduced_over_examples(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=0)


def examples_for_columns(y_true, y_pred):
    return sum(tf.square(y_true[k] - y_pred[k]) for k in range(2))


def neighbour(y_true, y_pred):
    return squared(tf.roll(y_true, 1, axis=0), y_pred)


def divided_again(y_true, y_pred):
    return squared(y_true, y_pred) / tf.cast(tf.shape(y_true)[0], y_pred.dtype)


def static_size(y_true, y_pred):
    return squared(y_true, y_pred) / y_true.shape[0]


def fixed_size(y_true, y_pred):
    return squared(tf.reshape(y_true, [6, -1]), y_pred)


def squeezed(y_true, y_pred):
    return tf.squeeze(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1, keepdims=True))


def of_the_batch(y_true, y_pred):
    return squared(y_true, y_pred) / (1 + tf.math.reduce_std(y_true))


def root(y_true, y_pred):
    return tf.sqrt(squared(y_true, y_pred))


def careless_entropy(y_true, y_pred):
    return -tf.reduce_sum(y_true * tf.math.log(y_pred), axis=-1)


def careless_sigmoid(y_true, y_pred):
    p = tf.sigmoid(y_pred)
    return -mean(y_true * tf.math.log(p) + (1 - y_true) * tf.math.log(1 - p))


def careless_cosh(y_true, y_pred):
    return mean(tf.math.log(tf.cosh(y_true - y_pred)))


def relative(y_true, y_pred):
    return mean(tf.abs((y_true - y_pred) / y_true))


def without_minus(y_true, y_pred):
    return -careful_entropy(y_true, y_pred)


def score(y_true, y_pred):
    return 1 - dice_of_example(y_true, y_pred)


def signed(y_true, y_pred):
    return mean(y_true - y_pred)


def counted(y_true, y_pred):
    return tf.cast(tf.argmax(y_true, -1) != tf.argmax(y_pred, -1), y_pred.dtype)


def of_numpy(y_true, y_pred):
    return np.mean(np.square(np.array(y_true) - np.array(y_pred)), axis=-1)


def half_stopped(y_true, y_pred):
    return mean(tf.square(y_true - y_pred) * tf.stop_gradient(tf.abs(y_pred)))


def noisy(y_true, y_pred):
    return squared(y_true + tf.random.normal(tf.shape(y_true)), y_pred)


def swapped_entropy(prediction, truth):
    return careful_entropy(truth, prediction)


def swapped_logits(prediction, truth):
    return entropy_of_logits(truth, prediction)


def swapped_names(y_pred, y_true):
    return squared(y_true, y_pred)


def single_precision(y_true, y_pred):
    return squared(tf.cast(y_true, "float32"), tf.cast(y_pred, "float32"))


def flattened_steps(y_true, y_pred):
    axes = tf.range(1, tf.rank(y_pred))
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=axes)


def other_in_a_graph(y_true, y_pred):
    return squared(y_true, y_pred) + float(tf.inside_function())


def returns_nothing(y_true, y_pred):
    squared(y_true, y_pred)


def three_arrays(y_true, y_pred, flag):
    return flag * squared(y_true, y_pred)


class Unreshaped(Scaled):
    def call(self, y_true, y_pred):
        return self.scale * squared(y_true, y_pred)


class WithoutConfig(Scaled):
    def get_config(self):
        return keras.losses.Loss.get_config(self)


class OverridesDunderCall(keras.losses.Loss):
    def __call__(self, y_true, y_pred, sample_weight=None):
        return squared(y_true, y_pred)


class GradientHalved(Scaled):
    def call(self, y_true, y_pred):
        @tf.custom_gradient
        def halved(x):
            return x, lambda upstream: upstream / 2

        return super().call(y_true, halved(y_pred))


BROKEN = [
    (scalar, {"one-number-per-example": "certain"}),
    (every_element, {"one-number-per-example": "certain"}),
    (
        columns_against_rows,
        {"one-number-per-example": "certain", "independent": "suspicious"},
    ),
    (
        reduced_over_examples,
        {"one-number-per-example": "certain"},
    ),
    (
        examples_for_columns,
        {"one-number-per-example": "certain", "independent": "certain"},
    ),
    (
        neighbour,
        {"own-truth": "certain", "independent": "suspicious", "lowest-at-the-truth": "certain"},
    ),
    (divided_again, {"independent": "certain"}),
    (static_size, {"independent": "certain", "any-batch-size": "certain"}),
    (fixed_size, {"independent": "certain", "any-batch-size": "certain"}),
    (squeezed, {"independent": "certain"}),
    (of_the_batch, {"independent": "suspicious"}),
    (root, {"finite": "certain"}),
    (careless_entropy, {"finite": "certain"}),
    (careless_sigmoid, {"finite": "certain"}),
    (careless_cosh, {"finite": "certain"}),
    (relative, {"finite": "certain"}),
    (without_minus, {"lowest-at-the-truth": "certain"}),
    (score, {"lowest-at-the-truth": "certain"}),
    (signed, {"lowest-at-the-truth": "certain"}),
    (counted, {"gradient": "certain"}),
    (of_numpy, {"gradient": "certain", "any-batch-size": "certain"}),
    (half_stopped, {"gradient": "suspicious"}),
    (GradientHalved(), {"gradient": "suspicious"}),
    (noisy, {"repeatable": "suspicious"}),
    (swapped_entropy, {"truth-first": "certain"}),
    (swapped_logits, {"truth-first": "certain"}),
    (swapped_names, {"truth-first": "suspicious"}),
    (single_precision, {"dtype": "suspicious"}),
    (flattened_steps, {"masks": "suspicious"}),
    (other_in_a_graph, {"any-batch-size": "certain"}),
    (returns_nothing, {"called": "suspicious"}),
    (three_arrays, {"called": "certain"}),
    (OverridesDunderCall(), {"called": "certain"}),
    (Unreshaped(), {"rows-and-columns": "certain"}),
    (WithoutConfig(3.0), {"saving": "certain"}),
    (functools.partial(asymmetric), {"saving": "certain"}),
    (keras.metrics.MeanSquaredError(), {"a loss": "certain"}),
]


@pytest.mark.parametrize(
    ("loss", "rules"),
    BROKEN,
    ids=[getattr(loss, "__name__", type(loss).__name__) for loss, _ in BROKEN],
)
def test_a_broken_loss_breaks_its_rule_and_no_other(loss, rules):
    report = check_loss(loss)
    found = broken(report)
    assert found == rules, str(report)
    assert all(finding.evidence and finding.instead for finding in report)


def test_a_lambda_cannot_be_loaded():
    report = check_loss(lambda y_true, y_pred: squared(y_true, y_pred))
    assert broken(report) == {"saving": "certain"}
    assert "lambda" in report[0].evidence


# ------------------------------------------------------------------------------------- evidence


def evidence(loss, rule, **arrays):
    (found,) = [f for f in check_loss(loss, **arrays) if f.title == SENTENCES[rule]]
    return found.evidence


def test_the_evidence_for_a_scalar_is_a_weight_of_zero_that_counts():
    batch = batches.tried()[0]
    rows = np.square(batch.y_true - batch.y_pred).mean(axis=-1)
    text = evidence(scalar, "one-number-per-example")
    assert text.startswith(f"6 examples give one number, {rows.mean():.4g}.")
    # Keras multiplies the one number by each weight, and takes the mean: 5/6 of it.
    assert f"moves the loss from {rows.mean() * 5 / 6:.4g} to" in text


def test_the_evidence_for_a_division_is_the_loss_in_two_batches():
    batch = batches.tried()[0]
    first = np.square(batch.y_true - batch.y_pred).mean(axis=-1)[0]
    wanted = f"costs {first / 6:.4g} in a batch of 6, and {first:.4g} in a batch of 1."
    assert wanted in evidence(divided_again, "independent")


def test_the_evidence_for_a_lost_parameter_is_the_loss_before_and_after():
    batch = batches.tried()[0]
    value = np.square(batch.y_true - batch.y_pred).mean()
    wanted = f"is {3 * value:.4g} before saving and {value:.4g} after it."
    assert wanted in evidence(WithoutConfig(3.0), "saving")


def test_the_evidence_for_rows_and_columns_is_the_loss_of_both_shapes():
    batch = batches.tried()[0]
    truth, prediction = batch.y_true[:, 0], batch.y_pred[:, 0]
    paired = np.square(truth - prediction).mean()
    crossed = np.square(truth - prediction[:, np.newaxis]).mean()
    text = evidence(Unreshaped(), "rows-and-columns")
    assert f"{paired:.4g} for y_true of shape (6, 1), and {crossed:.4g} for (6,)" in text


def test_the_evidence_for_a_wrong_gradient_is_twice_the_gradient():
    batch = batches.tried()[0]
    slope = 2 * (batch.y_pred - batch.y_true) / 3
    largest = np.unravel_index(np.abs(slope).argmax(), slope.shape)
    text = evidence(GradientHalved(), "gradient")
    assert f"is {slope[largest] / 2:.4g}, and the loss rises by {slope[largest]:.4g}" in text


# ------------------------------------------------------------------------- arrays of the reader


def gaussian(y_true, y_pred):
    mean_, log_variance = y_pred[:, :1], y_pred[:, 1:]
    return mean(log_variance + tf.square(y_true - mean_) * tf.exp(-log_variance))


def careless_gaussian(y_true, y_pred):
    return tf.reduce_mean(gaussian(y_true, y_pred))


RNG = np.random.default_rng(0)


def test_columns_with_a_meaning_are_tried_with_the_arrays_that_are_given():
    y_true, y_pred = RNG.normal(size=(8, 1)), RNG.normal(size=(8, 2))
    report = check_loss(gaussian, y_true, y_pred)
    assert broken(report) == {}, str(report)
    assert "your arrays" in report.batch
    assert any("lowest-at-the-truth" in note for note in report.notes[1:])
    assert broken(check_loss(careless_gaussian, y_true, y_pred)) == {
        "one-number-per-example": "certain"
    }


def one_column_only(y_true, y_pred):
    return squared(y_true, tf.reshape(y_pred, [-1, 1]))


def one_column_in_a_row(y_true, y_pred):
    return keras.losses.mean_absolute_error(y_true, y_pred) * tf.ensure_shape(y_pred, [None, 1])


def test_a_loss_for_one_column_is_tried_with_one():
    assert broken(check_loss(one_column_only)) == {}
    report = check_loss(one_column_in_a_row)  # (N,) times (N, 1)
    assert broken(report)["one-number-per-example"] == "certain"
    assert "shape (6, 6)" in str(report)


def test_a_loss_of_pictures_and_one_of_sequences_keep_every_rule():
    pictures = RNG.integers(0, 2, (4, 3, 3, 1)), RNG.random((4, 3, 3, 1))
    assert broken(check_loss(keras.losses.BinaryCrossentropy(), *pictures)) == {}
    sequences = np.array([[1, 2], [2, 0]]), RNG.normal(size=(2, 4, 3))
    assert broken(check_loss(keras.losses.CTC(), *sequences)) == {}


def test_a_loss_that_raises_for_the_given_arrays_is_certain_to_be_wrong():
    arrays = np.zeros((2, 2)), np.ones((2, 3))
    assert broken(check_loss(squared, *arrays)) == {"called": "certain"}


# --------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((Scaled,), r"expected a function or an instance, got a class; write Scaled\(\)"),
        (("mse",), "expected a function or a Loss instance, got 'mse'"),
        ((squared, np.zeros((2, 1))), "expected both y_true and y_pred, or neither"),
        ((squared, np.zeros((1, 1)), np.zeros((1, 1))), "at least two examples each"),
        ((squared, np.zeros((3, 1)), np.zeros((2, 1))), r"got shapes \(3, 1\) and \(2, 1\)"),
    ],
)
def test_what_is_no_loss_is_refused_in_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        check_loss(*arguments)
    assert "\n" not in str(caught.value)


def test_without_tensorflow_one_sentence_says_so():
    code = (
        "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = None\n"
        "import lossutils; lossutils.check_loss(print)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    *_, last = ended.stderr.strip().splitlines()
    assert "check_loss needs TensorFlow and Keras, got no module named keras" in last


def test_importing_the_name_does_not_import_tensorflow():
    code = (
        "import sys\nfrom lossutils import check_loss\n"
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_each_finding_links_to_a_rule_of_the_chapter():
    chapter = nbformat.read(BOOK / "write-your-own-loss.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown")
    names = {rule.name for rule in RULES} - {"names"} | {"called"}
    assert all(f"{{#rule-{name}}}" in text for name in names)
    (finding,) = check_loss(scalar)
    assert finding.link == "write-your-own-loss.html#rule-one-number-per-example"
