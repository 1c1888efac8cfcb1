"""What the weights of a model show: units that stay the same, weights that get no gradient."""

import keras
import numpy as np

from lossutils.diagnosis.findings import fault, found

_SAME = 1e-6  # a relative difference between units that rounding explains
_FEWEST = 3  # steps in which a weight got no gradient


def same_units(model):
    """Return a suspicion when all units of a hidden layer have the same weights."""
    names = [layer.name for layer in _hidden(model) if _all_same(layer)]
    if not names:
        return None
    evidence = f"all units of {_listed(names)} have the same weights, so they compute the same, get"
    evidence += " the same gradient, and stay the same: one unit would do."
    instead = "random initial weights for hidden layers, as Keras' own are, not a constant"
    return fault("units that are all the same", evidence, instead, certain=False)


def _hidden(model):
    """Return the dense and convolutional layers that are trained, but for the last."""
    kinds = keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D
    layers = [layer for layer in model._flatten_layers() if isinstance(layer, kinds)]
    return [layer for layer in layers[:-1] if layer.trainable and layer.built]


def _all_same(layer):
    """Tell whether a layer has several units, with equal kernels and biases."""
    if layer.kernel.shape[-1] < 2:
        return False
    weights = [layer.kernel, *([layer.bias] if layer.use_bias else [])]
    for weight in map(keras.ops.convert_to_numpy, weights):
        spread = np.ptp(weight, axis=-1).max()
        if not spread <= _SAME * np.abs(weight).max():  # nan is not the same as nan
            return False
    return True


def dropout_rate(model):
    """Return the largest rate of the dropout layers of a model, 0 without one."""
    rates = [layer.rate for layer in model._flatten_layers() if isinstance(layer, _DROPOUTS)]
    return max(rates, default=0.0)


_DROPOUTS = (
    keras.layers.Dropout, keras.layers.SpatialDropout1D, keras.layers.SpatialDropout2D,
    keras.layers.SpatialDropout3D, keras.layers.GaussianDropout, keras.layers.AlphaDropout,
)  # fmt: skip


def dropout_at_the_end(last):
    """Return a suspicion when the last layer of a model drops outputs."""
    if not isinstance(last, _DROPOUTS) or not last.rate:
        return None
    evidence = (
        f"the last layer, {last.name}, is dropout: in training {100 * last.rate:.0f} % of the"
    )
    evidence += " predictions are replaced by 0, and the others are larger."
    return fault("dropout behind the last layer", evidence, _BEFORE, certain=False)


_BEFORE = "dropout before the last layer that has weights, not behind it"


def without_gradient(steps):
    """Return a suspicion when matrices of weights got no gradient in any of the first steps.

    Each step maps the weights that got none to how that is: "none", or "0".
    """
    if len(steps) < _FEWEST:
        return None
    paths = [path for path in steps[0] if all(path in step for step in steps)]
    if not paths:
        return None
    missing = sum(steps[0][path] == "none" for path in paths)
    evidence = f"{_listed(paths)}: in all {len(steps)} steps looked at, the gradient of these"
    evidence += f" weights {'does not exist' if missing == len(paths) else 'is 0'}, and others"
    evidence += " have one."
    instead = "no round, floor, argmax or cast between these weights and the loss; no weights of 0"
    return found("no-gradient", evidence, instead, certain=False)


def _listed(names):
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
