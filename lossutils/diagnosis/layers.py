"""What the layers of a model show: is there an activation between them, and the right one?"""

import itertools

import keras

from lossutils.diagnosis.findings import fault, found

_KERNELS = (
    keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D,
)  # fmt: skip
# Optimizers whose steps have about the size of the rate, whatever the gradient is.
_ADAPTIVE = (
    keras.optimizers.Adam, keras.optimizers.Nadam, keras.optimizers.Adamax,
    keras.optimizers.RMSprop, keras.optimizers.Lion,
)  # fmt: skip
_GIANT = 0.3
_LARGEST = keras.layers.MaxPooling1D, keras.layers.MaxPooling2D
# Layers that leave numbers as they are, rearrange them, or scale each by itself; and means.
_PASSING = (
    keras.layers.BatchNormalization, keras.layers.Dropout, keras.layers.Flatten,
    keras.layers.InputLayer, keras.layers.Reshape, keras.layers.Rescaling,
    keras.layers.Normalization, keras.layers.AveragePooling2D,
    keras.layers.GlobalAveragePooling1D, keras.layers.GlobalAveragePooling2D, *_LARGEST,
)  # fmt: skip


def no_activation(model):
    """Return a suspicion when no layer of a network has an activation, but for the last.

    A narrow layer in the middle is a code that may be meant, as in an analysis of principal
    components.
    """
    chain = _chain(model)
    kernels = [layer for layer in chain if isinstance(layer, _KERNELS)]
    if len(kernels) < 2 or not all(isinstance(layer, (*_KERNELS, *_PASSING)) for layer in chain):
        return None
    hidden = kernels[:-1]
    if not all(_is_linear(layer) and layer.trainable for layer in hidden) or _narrow(kernels):
        return None
    evidence = f"{_listed(hidden)} and {kernels[-1].name} are joined without an activation between"
    evidence += " them."
    if not any(isinstance(layer, _LARGEST) for layer in chain):
        evidence += f" {len(kernels)} linear layers compute no more than one of them can."
    return fault("no activation between the layers", evidence, _RELU, certain=False)


_RELU = "activations in the hidden layers, such as activation='relu'"


def giant_steps(model, rate):
    """Return a suspicion when each step moves each weight of a network by more than its size.

    A single layer may need such steps, to reach large targets.
    """
    matrices = [weight for weight in model.trainable_weights if len(weight.shape) > 1]
    optimizer = model.optimizer
    if not isinstance(optimizer, _ADAPTIVE) or not rate or rate < _GIANT or len(matrices) < 2:
        return None
    evidence = f"the learning rate is {rate:g}, and {optimizer.name} moves each weight by about as"
    evidence += " much in a step; the usual initial weights are smaller than that."
    return found("learning-rate", evidence, "a rate of 0.01 or less", certain=False)


def softmax_inside(model):
    """Return a suspicion when a layer takes the softmax of a layer as its features."""
    chain = [layer for layer in _chain(model) if not isinstance(layer, _PASSING)]
    for before, layer in itertools.pairwise(chain):
        if isinstance(layer, _KERNELS) and isinstance(before, _KERNELS) and _is_softmax(before):
            evidence = f"{before.name} is a hidden layer of {before.kernel.shape[-1]} units with a"
            evidence += f" softmax, and {layer.name} gets numbers that sum to 1 from it: they are"
            evidence += " small, and so are their gradients."
            instead = "other activations in hidden layers, such as relu; a softmax at the end only"
            return fault("a softmax in a hidden layer", evidence, instead, certain=False)
    return None


def _chain(model):
    """Return the layers of a model from the input to the output; none where it branches."""
    tensors, chain = list(getattr(model, "outputs", None) or []), []
    while len(tensors) == 1:
        layer, node, _ = tensors[0]._keras_history
        chain.append(layer)
        tensors = layer._inbound_nodes[node].input_tensors
    starts = chain and isinstance(chain[-1], keras.layers.InputLayer)
    return chain[::-1] if starts else []


def _is_linear(layer):
    return layer.activation is keras.activations.linear


def _is_softmax(layer):
    return layer.activation is keras.activations.softmax


def _narrow(kernels):
    """Tell whether a hidden layer has fewer units than there are features, and outputs."""
    ends = min(kernels[0].kernel.shape[-2], kernels[-1].kernel.shape[-1])
    return any(layer.kernel.shape[-1] < ends for layer in kernels[:-1])


def _listed(layers):
    return ", ".join(layer.name for layer in layers[:4]) + (", ..." if len(layers) > 4 else "")
