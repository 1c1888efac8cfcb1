"""nan in the predictions is certain; that it comes from the features is, where they were seen."""

import keras
import numpy as np
import pytest
from batch_examples import BCE, LOGITS, NAN, SCORES, SIGMOID, YES, ids, with_first
from keras import layers

from lossutils import diagnose
from lossutils.diagnosis import findings, run
from lossutils.diagnosis.finite import nan_features
from lossutils.keras import Diagnose

STEPS = SCORES.reshape(8, 5, 1)
SOME_STEPS = STEPS.copy()
SOME_STEPS[2, 3:] = NAN
UNKNOWN = {
    "one step of a sequence": (STEPS, SOME_STEPS),
    "one of two columns": (LOGITS[:, :2], LOGITS[:, :2] * [[1, NAN]]),
    "most of the rows": (SCORES, np.where(np.arange(40)[:, None] < 25, NAN, SCORES)),
    "a batch of one": (SCORES[:1], SCORES[:1] * NAN),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_no_cause_is_named_where_the_batch_does_not_show_it(name):
    report = diagnose(*UNKNOWN[name], loss="mse")
    assert [finding.title for finding in report.certain] == ["the predictions are not finite"]
    assert ids(report.suspicious) == ["overflow"]


def test_the_features_are_named_where_exactly_their_examples_are_nan():
    x, p = with_first(LOGITS, [NAN, 1, 2]), with_first(SIGMOID, NAN)
    assert nan_features(x, p).certain
    assert "1 of 40 examples" in nan_features(x, p).evidence


OTHERS = {
    "finite features": (LOGITS, with_first(SIGMOID, NAN)),
    "values that the model fills in": (with_first(LOGITS, NAN), SIGMOID),
    "other examples": (with_first(LOGITS[::-1], NAN)[::-1], with_first(SIGMOID, NAN)),
    "every example": (LOGITS * NAN, SIGMOID * NAN),
    "one that spoils all, as in batch normalisation": (with_first(LOGITS, NAN), SIGMOID * NAN),
    "words": (np.full((40, 1), "a"), SIGMOID * NAN),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_features_are_not_blamed_otherwise(name):
    assert nan_features(*OTHERS[name]) is None


def test_the_callback_names_the_features_of_one_step():
    keras.utils.set_random_seed(0)
    x = np.tile(LOGITS[:, None], (1, 5, 1))
    x[7, 3, 1] = NAN
    model = keras.Sequential([keras.Input((5, 3)), layers.SimpleRNN(2, return_sequences=True)])
    model.add(layers.Dense(1, "sigmoid"))
    model.compile("adam", BCE)
    watch = Diagnose("certain")
    model.fit(x, np.tile(YES[:, None], (1, 5, 1)), shuffle=False, verbose=0, callbacks=[watch])
    assert ids(watch.report.certain) == ["nan-in-data"], watch.report


def test_what_nan_explains_is_left_out_and_nothing_else():
    in_data, infinite, negative = (
        findings.found(mistake, "seen", "changed")
        for mistake in ("nan-in-data", "overflow", "negative-loss")
    )
    _, kept = run._unexplained((), (infinite, negative), (in_data,))
    assert ids(kept) == ["nan-in-data", "negative-loss"]
