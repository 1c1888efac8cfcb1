"""How others compute the losses of `lossutils`: TensorFlow, Keras, SciPy and more.

Each library gives loss -> {implementation: function of (truth, prediction)}, one value per element
or example, and a way to take value and gradient of such a function.
"""

import numpy as np


def lossutils_side():
    from lossutils import gradients, losses
    from tools.bench.input_ranges import NAMES, OPTIONS

    def evaluate(name, truth, prediction):
        both = (getattr(module, name) for module in (losses, gradients))
        names = ("labels", "logits") if name.endswith("_with_logits") else ("y_true", "y_pred")
        arguments = dict(zip(names, (truth, prediction), strict=True)) | OPTIONS.get(name, {})
        return tuple(function(**arguments) for function in both)

    return {name: {"lossutils": name} for name in NAMES}, evaluate


def tensorflow_side():
    from tools.reproduce import import_tensorflow

    tf = import_tensorflow()
    keras, nn, v1 = tf.keras.losses, tf.nn, tf.compat.v1.losses

    def each(loss, **options):
        """Make a Keras loss, which averages over the last axis, one of elements."""
        return lambda y, p: loss(y[..., None], p[..., None], **options)

    def log_loss(y, p):
        return v1.log_loss(y, p, reduction="none")

    implementations = {
        "sparse_softmax_cross_entropy_with_logits": {
            "tf.nn": lambda y, x: nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=x),
            "Keras, from_logits": lambda y, x: keras.sparse_categorical_crossentropy(
                y, x, from_logits=True
            ),
            "Keras, of the softmax": lambda y, x: keras.sparse_categorical_crossentropy(
                y, nn.softmax(x) + 0
            ),
        },
        "softmax_cross_entropy_with_logits": {
            "tf.nn": lambda y, x: nn.softmax_cross_entropy_with_logits(labels=y, logits=x),
            "Keras, from_logits": lambda y, x: keras.categorical_crossentropy(
                y, x, from_logits=True
            ),
            "Keras, of the softmax": lambda y, x: keras.categorical_crossentropy(
                y, nn.softmax(x) + 0
            ),
            "formula in TensorFlow": lambda y, x: (
                -tf.reduce_sum(y * tf.math.log(nn.softmax(x)), axis=-1)
            ),
        },
        "softmax_focal_cross_entropy_with_logits": {
            "Keras, from_logits": lambda y, x: keras.categorical_focal_crossentropy(
                y, x, from_logits=True
            ),
        },
        "sigmoid_cross_entropy_with_logits": {
            "tf.nn": lambda y, x: nn.sigmoid_cross_entropy_with_logits(labels=y, logits=x),
            "Keras, from_logits": each(keras.binary_crossentropy, from_logits=True),
            "Keras, of the sigmoid": lambda y, x: each(keras.binary_crossentropy)(
                y, nn.sigmoid(x) + 0
            ),
        },
        "weighted_cross_entropy_with_logits": {
            "tf.nn": lambda y, x: nn.weighted_cross_entropy_with_logits(y, x, pos_weight=0.5),
        },
        "sigmoid_focal_cross_entropy_with_logits": {
            "Keras, from_logits": each(keras.binary_focal_crossentropy, from_logits=True),
        },
        "sparse_categorical_cross_entropy": {"Keras": keras.sparse_categorical_crossentropy},
        "categorical_cross_entropy": {"Keras": keras.categorical_crossentropy},
        "categorical_focal_cross_entropy": {"Keras": keras.categorical_focal_crossentropy},
        "binary_cross_entropy": {
            "Keras": each(keras.binary_crossentropy),
            "tf.compat.v1": log_loss,
        },
        "binary_focal_cross_entropy": {"Keras": each(keras.binary_focal_crossentropy)},
        "squared_error": {"Keras": each(keras.MSE)},
        "absolute_error": {"Keras": each(keras.MAE)},
        "huber_loss": {
            "Keras": each(keras.huber),
            "tf.compat.v1": lambda y, p: v1.huber_loss(y, p, reduction="none"),
        },
        "pseudo_huber_loss": {
            "formula in TensorFlow": lambda y, p: tf.sqrt(1 + tf.square(p - y)) - 1,
        },
        "log_cosh": {
            "Keras": each(keras.logcosh),
            "formula in TensorFlow": lambda y, p: tf.math.log(tf.cosh(p - y)),
        },
        "poisson_loss": {
            "Keras": each(keras.poisson),
            "tf.nn, of the logarithm": lambda y, p: nn.log_poisson_loss(y, tf.math.log(p)),
        },
        "absolute_percentage_error": {"Keras": each(keras.MAPE)},
        "squared_logarithmic_error": {"Keras": each(keras.MSLE)},
        "log_poisson_loss": {"tf.nn": nn.log_poisson_loss},
        "categorical_generalized_cross_entropy": {
            "Keras": lambda y, p: keras.categorical_generalized_cross_entropy(y, p, q=0.7),
        },
        "pinball_loss": {
            "formula in TensorFlow": lambda y, p: tf.maximum(0.9 * (y - p), 0.1 * (p - y)),
        },
        "cosine_distance": {
            "tf.compat.v1": lambda y, p: v1.cosine_distance(y, p, axis=-1, reduction="none")[:, 0],
        },
        "hinge_loss": {"Keras": each(keras.hinge)},
        "squared_hinge_loss": {"Keras": each(keras.squared_hinge)},
        "categorical_hinge": {"Keras": keras.categorical_hinge},
        "kl_divergence": {"Keras": keras.KLD},
        "cosine_similarity": {"Keras": keras.cosine_similarity},
    }

    def evaluate(function, truth, prediction):
        variable = tf.Variable(prediction)
        with tf.GradientTape() as tape:
            values = function(tf.constant(truth), variable)
        return values.numpy(), tf.convert_to_tensor(tape.gradient(values, variable)).numpy()

    return implementations, evaluate


def scipy_side():
    """Return what a careful person writes with SciPy: pairs of value and gradient."""
    from scipy.spatial import distance
    from scipy.special import (
        expit,
        huber,
        log_expit,
        log_softmax,
        logsumexp,
        pseudo_huber,
        rel_entr,
        softmax,
        xlog1py,
        xlogy,
    )

    def sparse_value(y, x):
        return logsumexp(x, axis=-1) - x[np.arange(len(y)), y]

    def sparse_slope(y, x):
        return softmax(x, axis=-1) - np.eye(x.shape[-1], dtype=x.dtype)[y]

    def cosine(y, p):
        return [distance.cosine(a, b) - 1 for a, b in zip(y, p, strict=True)]

    pairs = {
        "sparse_softmax_cross_entropy_with_logits": (sparse_value, sparse_slope),
        "softmax_cross_entropy_with_logits": (
            lambda y, x: -np.sum(y * log_softmax(x, axis=-1), axis=-1),
            lambda y, x: softmax(x, axis=-1) - y,
        ),
        "sigmoid_cross_entropy_with_logits": (
            lambda y, x: -y * log_expit(x) - (1 - y) * log_expit(-x),
            lambda y, x: expit(x) - y,
        ),
        "binary_cross_entropy": (
            lambda y, p: -xlogy(y, p) - xlog1py(1 - y, -p),
            lambda y, p: (p - y) / (p * (1 - p)),
        ),
        "categorical_cross_entropy": (lambda y, p: -np.sum(xlogy(y, p), axis=-1), None),
        "huber_loss": (lambda y, p: huber(1, p - y), None),
        "pseudo_huber_loss": (lambda y, p: pseudo_huber(1, p - y), None),
        "log_cosh": (
            lambda y, p: np.logaddexp(p - y, y - p) - p.dtype.type(np.log(2)),
            lambda y, p: np.tanh(p - y),
        ),
        "poisson_loss": (lambda y, p: p - xlogy(y, p), lambda y, p: 1 - y / p),
        "kl_divergence": (lambda y, p: np.sum(rel_entr(y, p), axis=-1), lambda y, p: -y / p),
        "cosine_similarity": (cosine, None),
    }
    return {name: {"SciPy": pair} for name, pair in pairs.items()}, evaluate_pair


def sklearn_side():
    from sklearn.metrics import log_loss

    def log_losses(y, p):
        classes = np.arange(p.shape[-1])
        return [log_loss([c], [row], labels=classes) for c, row in zip(y, p, strict=True)]

    pair = log_losses, None
    return {"sparse_categorical_cross_entropy": {"scikit-learn": pair}}, evaluate_pair


def evaluate_pair(pair, truth, prediction):
    value, slope = pair
    return np.asarray(value(truth, prediction)), slope and slope(truth, prediction)


def torch_side():
    import torch
    from torch.nn import functional

    def plain(loss, **options):
        return lambda y, p: loss(p, y, reduction="none", **options)

    half = torch.tensor(0.5)
    names = {
        "sparse_softmax_cross_entropy_with_logits": plain(functional.cross_entropy),
        "softmax_cross_entropy_with_logits": plain(functional.cross_entropy),
        "sigmoid_cross_entropy_with_logits": plain(functional.binary_cross_entropy_with_logits),
        "weighted_cross_entropy_with_logits": plain(
            functional.binary_cross_entropy_with_logits, pos_weight=half
        ),
        "binary_cross_entropy": plain(functional.binary_cross_entropy),
        "squared_error": plain(functional.mse_loss),
        "absolute_error": plain(functional.l1_loss),
        "huber_loss": plain(functional.huber_loss),
        "poisson_loss": plain(functional.poisson_nll_loss, log_input=False),
        "kl_divergence": lambda y, p: functional.kl_div(p.log(), y, reduction="none").sum(-1),
        "cosine_similarity": lambda y, p: -functional.cosine_similarity(p, y, dim=-1),
    }

    def evaluate(function, truth, prediction):
        variable = torch.tensor(prediction, requires_grad=True)
        values = function(torch.tensor(truth), variable)
        values.sum().backward()
        return values.detach().numpy(), variable.grad.numpy()

    return {name: {"PyTorch": function} for name, function in names.items()}, evaluate


def optax_side():
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    names = {
        "sparse_softmax_cross_entropy_with_logits": (
            lambda y, x: optax.softmax_cross_entropy_with_integer_labels(x, y)
        ),
        "softmax_cross_entropy_with_logits": lambda y, x: optax.softmax_cross_entropy(x, y),
        "sigmoid_cross_entropy_with_logits": lambda y, x: optax.sigmoid_binary_cross_entropy(x, y),
        "sigmoid_focal_cross_entropy_with_logits": lambda y, x: optax.sigmoid_focal_loss(x, y),
        "squared_error": lambda y, p: optax.squared_error(p, y),
        "huber_loss": lambda y, p: optax.huber_loss(p, y),
        "log_cosh": lambda y, p: optax.log_cosh(p, y),
        "kl_divergence": lambda y, p: optax.kl_divergence(jax.numpy.log(p), y),
        "cosine_similarity": lambda y, p: -optax.cosine_similarity(p, y),
    }

    def evaluate(function, truth, prediction):
        slopes = jax.grad(lambda p: function(truth, p).sum())(prediction)
        return np.asarray(function(truth, prediction)), np.asarray(slopes)

    return {name: {"Optax": function} for name, function in names.items()}, evaluate


SIDES = {
    "lossutils": lossutils_side,
    "TensorFlow": tensorflow_side,
    "SciPy": scipy_side,
    "scikit-learn": sklearn_side,
    "PyTorch": torch_side,
    "Optax": optax_side,
}
# Keras divides the probabilities by their sum first: its gradient is that of another function.
OTHER_GRADIENT = {
    (name, "Keras")
    for name in (
        "sparse_categorical_cross_entropy",
        "categorical_cross_entropy",
        "categorical_focal_cross_entropy",
    )
}


def load():
    """Return {loss: {implementation: (function, evaluate)}}, and the names of absent libraries."""
    every, absent = {}, []
    for library, side in SIDES.items():
        try:
            implementations, evaluate = side()
        except ImportError:
            absent.append(library)
            continue
        for name, functions in implementations.items():
            pairs = {label: (function, evaluate) for label, function in functions.items()}
            every.setdefault(name, {}).update(pairs)
    return every, absent
