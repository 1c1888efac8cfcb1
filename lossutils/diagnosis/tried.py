"""What the callback tries out besides looking at the batch, and what that showed."""

import contextlib

import keras

from lossutils.diagnosis.compiled import last_layer, of_keras
from lossutils.diagnosis.formula import nan_at_the_ends, wrong_order
from lossutils.diagnosis.growth import nan_without_growth
from lossutils.diagnosis.history import learned
from lossutils.diagnosis.layers import giant_steps, no_activation, softmax_inside
from lossutils.diagnosis.loss_options import arguments_of
from lossutils.diagnosis.probes import (
    beyond_embedding,
    classes_in,
    feature_scale,
    first_rows_only,
    normalised_apart,
    one_class_at_a_time,
    target_among_features,
    unpaired,
)
from lossutils.diagnosis.units import (
    dropout_at_the_end,
    dropout_rate,
    same_units,
    without_gradient,
)


class Tried:
    """The findings about features, classes of batches, layers and the loss of one run.

    Data or a loss of an unknown kind may refuse what is tried; then it showed nothing.
    """

    def __init__(self, model, history):
        self._model, self._history = model, history
        self._findings, self._classes, self._without = {}, [], []

    def __iter__(self):
        findings = self._findings
        if not nan_without_growth(self._history):
            findings = findings | {"formula": None}
        if learned(self._history):  # what a line can explain needs no activation
            findings = findings | {"activation": None, "rate": None}
        return filter(None, findings.values())

    def inputs(self, x, y):
        """Look at the features, which `diagnose` does not see."""
        with contextlib.suppress(Exception):
            self._history.feature_scale = feature_scale(x)
        with contextlib.suppress(Exception):
            self._findings["target"] = target_among_features(x, y)
        with contextlib.suppress(Exception):
            for finding in beyond_embedding(self._model, x):
                self._findings[finding.evidence] = finding

    def formula(self, x, y, y_pred):
        """Try a loss that you wrote at the ends of its arguments, before it is nan."""
        model = self._model
        own = model.loss is not None and not arguments_of(model.loss)
        if own and of_keras(model, "train_step") and "formula" not in self._findings:
            self._findings["formula"] = None
            with contextlib.suppress(Exception):
                order = wrong_order(model, x, y, y_pred)
                self._findings["formula"] = order or nan_at_the_ends(model, x, y, y_pred)

    def gradients(self, without):
        """Note which weights got no gradient in a step, though others did."""
        self._without.append(without)
        if len(getattr(self._model, "outputs", None) or []) < 2:  # of several, one may have no loss
            self._findings["gradients"] = without_gradient(self._without)

    def classes(self, y, y_pred, loss):
        """Note which classes a watched batch holds."""
        if y is not None and not any(map(keras.tree.is_nested, (y, y_pred))):
            with contextlib.suppress(Exception):
                self._classes.append(classes_in(y, y_pred, loss))
                self._findings["classes"] = one_class_at_a_time(self._classes)

    def loss(self, x, y, y_pred, weight):
        """Try the loss with the labels in a different order, and the layers as in training."""
        model = self._model
        self._layers()
        if not of_keras(model, "train_step"):
            return
        if model.loss is not None and not arguments_of(model.loss):
            with contextlib.suppress(Exception):
                self._findings["rows"] = first_rows_only(model, x, y, y_pred)
                self._findings["pairs"] = unpaired(model, x, y, y_pred)
        first = next(iter(self._history.losses), 0.0)
        with contextlib.suppress(Exception):
            self._findings["averages"] = normalised_apart(model, (x, y, weight), first)

    def _layers(self):
        model = self._model
        with contextlib.suppress(Exception):
            self._findings["units"] = same_units(model)
            self._findings["activation"] = no_activation(model)
            self._findings["softmax"] = softmax_inside(model)
            self._findings["rate"] = giant_steps(model, self._history.learning_rate)
            self._findings["end"] = dropout_at_the_end(last_layer(model))
            self._history.dropout = dropout_rate(model)
