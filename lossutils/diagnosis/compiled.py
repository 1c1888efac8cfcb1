"""What a compiled Keras model says about its losses, outputs and metrics."""

import keras
import numpy as np

from lossutils.diagnosis.findings import Finding, found
from lossutils.diagnosis.loss_options import arguments_of
from lossutils.diagnosis.reading import mask_of
from lossutils.diagnosis.shapes import aligned

_CLIPS = ("log-of-zero", "clipped")


def learning_rate(model):
    """Return the learning rate, or None where it cannot be read."""
    try:
        return float(model.optimizer.learning_rate)
    except (AttributeError, TypeError, ValueError):
        return None


def loss_arguments(model):
    """Return a function from the name of an output to what its loss was told."""
    return lambda name: arguments_of(_loss_of(model, name))


def _loss_of(model, name):
    loss = model.loss
    if isinstance(loss, dict):
        return loss.get(name)
    if isinstance(loss, list | tuple):
        return dict(zip(model.output_names, loss, strict=False)).get(name)
    return loss


def outputs(y, y_pred, weight, model):
    """Return truth, prediction and weights of each output by its name, as NumPy arrays."""
    if isinstance(y_pred, dict):
        each = {name: (_of(y, name, 0), y_pred[name], _of(weight, name, 0)) for name in y_pred}
    elif isinstance(y_pred, list | tuple):
        each = {
            name: (_of(y, name, i), y_pred[i], _of(weight, name, i))
            for i, name in enumerate(_output_names(model, len(y_pred)))
        }
    else:
        each = {"output": (y, y_pred, weight)}
    return {
        name: _as_the_loss_gets_them(_loss_of(model, name), model, *map(_array, arrays))
        for name, arrays in each.items()
    }


def _as_the_loss_gets_them(loss, model, y, y_pred, weight):
    """Align labels (N,) and predictions (N, 1) where `fit` does: for a function written by hand."""
    known = of_keras(model, "train_step", "compute_loss")
    if _is_function(loss) and known and not arguments_of(loss):
        shapes = np.shape(y), np.shape(y_pred)
        if aligned(*shapes) != shapes and len(set(aligned(*shapes))) == 1:
            return *map(_reshaped, (y, y_pred), aligned(*shapes)), weight
    return y, y_pred, weight


def _reshaped(value, shape):
    """Return an array or a tensor in a different shape, with the mask that it had."""
    if mask_of(value) is None:
        return np.reshape(value, shape)
    reshaped = keras.ops.reshape(value, shape)
    reshaped._keras_mask = value._keras_mask
    return reshaped


def of_keras(model, *methods):
    """Tell whether the methods of a model are those of Keras."""
    return all(getattr(type(model), name, None) is getattr(keras.Model, name) for name in methods)


def _output_names(model, count):
    given = getattr(model, "output_names", None) or []
    return given if len(given) == count else list(range(count))


def _of(value, name, position):
    if isinstance(value, dict):
        return value.get(name)
    return value[position] if isinstance(value, list | tuple) else value


def _array(value):
    """Return a tensor as an array that shares its memory, if it can, and has no mask to lose."""
    return np.asarray(value) if hasattr(value, "__array__") and mask_of(value) is None else value


def keeps_logits(model):
    """Tell whether the model ends in Keras' own softmax or sigmoid, whose logits Keras keeps."""
    last = last_layer(model)
    activation = getattr(last, "activation", None)
    return activation in (keras.activations.softmax, keras.activations.sigmoid) or isinstance(
        last, keras.layers.Softmax
    )


def last_layer(model):
    """Return the layer whose output is the model's; of a model without a graph, the last one."""
    outputs = model.outputs if _has_graph(model) else []
    if len(outputs) == 1:
        return outputs[0]._keras_history.operation
    return (getattr(model, "layers", None) or [None])[-1]


def _has_graph(model):
    """Tell whether the layers of a model are known to be joined as its outputs say."""
    sequential = isinstance(model, keras.Sequential) and getattr(model, "_functional", None)
    return bool(sequential) or hasattr(model, "_operations_by_depth")


def as_compiled(finding, model):
    """Return a finding as it holds for a compiled model, or None where it does not hold."""
    keeps = keeps_logits(model)
    if keeps and finding.mistake in _CLIPS:
        return None
    if finding.mistake == "softmax-twice" and keeps and _seen_twice(model):
        evidence = f"{finding.evidence} This model was seen to end in a softmax or sigmoid, and its"
        evidence += " loss is none of Keras, so it takes them for logits."
        return Finding(**{**vars(finding), "certain": True, "evidence": evidence})
    return finding


def _seen_twice(model):
    """Tell whether the activation of the one output is known, and no loss of Keras undoes it."""
    one_output = _has_graph(model) and len(model.outputs) == 1
    of_keras = str(getattr(model.loss, "__module__", "")).startswith("keras.")
    return bool(one_output and _is_function(model.loss) and not of_keras)


def _is_function(loss):
    return callable(loss) and not isinstance(loss, keras.losses.Loss | keras.metrics.Metric)


def loss_findings(model):
    """Return a finding when a metric object is compiled as a loss."""
    metrics = [
        loss for loss in keras.tree.flatten(model.loss) if isinstance(loss, keras.metrics.Metric)
    ]
    if not metrics:
        return []
    names_of_metrics = ", ".join(type(metric).__name__ for metric in metrics)
    evidence = f"the loss is a metric ({names_of_metrics}). It keeps its sums in variables, through"
    evidence += " which no gradient passes."
    instead = "the loss of the same name in keras.losses, or a smooth loss"
    return [found("metric-as-loss", evidence, instead)]
