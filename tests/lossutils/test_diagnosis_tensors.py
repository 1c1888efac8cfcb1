"""The diagnosis of tensors, and what TensorFlow computes of the batches that it is about."""

import re

import numpy as np
import pytest
import tensorflow as tf
from batch_examples import BCE, CCE, INDEX, LOGITS, ONE_HOT, SCCE, SCORES, YES, ids
from mistake_batches import CASES

from lossutils import diagnose


@pytest.mark.parametrize(
    ("mistake", "certain", "y_true", "y_pred", "options"),
    [case for case in CASES if not isinstance(case.values[2], np.ma.MaskedArray)],  # no tensors
)
def test_tensors_are_as_good_as_arrays(mistake, certain, y_true, y_pred, options):
    tensors = diagnose(tf.constant(y_true), tf.constant(y_pred), **options)
    assert ids(tensors) == ids(diagnose(np.asarray(y_true), y_pred, **options))


@pytest.mark.parametrize(
    ("y_true", "y_pred", "loss"),
    [(YES, SCORES, BCE), (ONE_HOT, LOGITS, CCE), (INDEX, LOGITS, SCCE)],
)
def test_both_losses_of_logits_that_are_given_as_probabilities(y_true, y_pred, loss):
    (finding,) = diagnose(y_true, y_pred, loss=loss)
    y, z, function = y_true, tf.constant(y_pred, tf.float32), tf.keras.losses.get(loss)
    computed, right = (
        np.mean(function(y, z, from_logits=from_logits)) for from_logits in (False, True)
    )
    shown = re.search(r"as Keras computes it is (\S+); from logits it is (\S+)\.", finding.evidence)
    np.testing.assert_allclose(np.float64(shown.groups()), [computed, right], rtol=1e-3)
