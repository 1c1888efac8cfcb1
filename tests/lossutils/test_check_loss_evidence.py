"""The evidence of check_loss: numbers that are computed here with NumPy."""

import numpy as np
from broken_losses import GradientHalved, Unreshaped, WithoutConfig, divided_again, scalar
from own_losses import SENTENCES

from lossutils import check_loss
from lossutils.checking import batches


def evidence(loss, rule, **arrays):
    (finding,) = [f for f in check_loss(loss, **arrays) if f.title == SENTENCES[rule]]
    return finding.evidence


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
