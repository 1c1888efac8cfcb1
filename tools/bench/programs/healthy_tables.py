"""Healthy programs on tables: regression and classification with scikit-learn's data sets."""

import keras
import numpy as np
from keras import layers, losses
from keras.optimizers import SGD, Adam
from sklearn import datasets

from tools.bench.programs.program import (
    Program,
    compiled,
    generator,
    mlp,
    one_hot,
    standardised,
    two_classes,
)

DIABETES, LINNERUD = datasets.load_diabetes(), datasets.load_linnerud()
CANCER, IRIS, WINE = datasets.load_breast_cancer(), datasets.load_iris(), datasets.load_wine()
BODY = ((32, "relu"), (16, "relu"))


def column(values):
    """Return values as a column of float32."""
    return np.asarray(values, "float32")[:, None]


def regression(loss, x=None, y=None, *, last=None, rate=0.01, epochs=12, metrics=(), **options):
    """Return a regression; the diabetes data, unless others are given."""
    x = standardised(DIABETES.data) if x is None else x
    y = DIABETES.target if y is None else y
    units = 1 if np.ndim(y) == 1 else y.shape[1]
    net = mlp(x.shape[1], *BODY, (units, last), **options)
    return Program(compiled(net, loss, Adam(rate), metrics), x, y, epochs)


def binary(loss="binary_crossentropy", y=None, *, last="sigmoid", x=None, metrics=(), **options):
    """Return a classifier of breast cancer with one output."""
    x = standardised(CANCER.data) if x is None else x
    y = CANCER.target if y is None else y
    model = compiled(mlp(x.shape[1], *BODY, (1, last)), loss, Adam(0.005), metrics)
    return Program(model, x, y, 8, **options)


def classes(loss, data=IRIS, *, last="softmax", raw=False, rows=True, epochs=12):
    """Return a classifier of flowers or wines, with one-hot rows or class indices."""
    order = generator().permutation(len(data.target))
    x = data.data[order].astype("float32") if raw else standardised(data.data)[order]
    y = data.target[order]
    model = mlp(x.shape[1], *BODY, (3, last))
    return Program(compiled(model, loss, Adam(0.01)), x, one_hot(y) if rows else y, epochs, 8)


def normalised_inside(x, last, units):
    """Return a network that scales raw columns itself."""
    scale = layers.Normalization()
    scale.adapt(x)
    body = [scale, layers.Dense(32, activation="relu"), layers.Dense(units, activation=last)]
    return keras.Sequential([keras.Input(x.shape[1:]), *body])


def raw_cancer():
    x = CANCER.data.astype("float32")
    model = compiled(normalised_inside(x, "sigmoid", 1), "binary_crossentropy")
    return Program(model, x, CANCER.target, 6)


def raw_wine():
    x = WINE.data.astype("float32")
    model = compiled(normalised_inside(x, "softmax", 3), "sparse_categorical_crossentropy")
    return Program(model, x, WINE.target, 12, 8)


def zero_start():
    net = keras.Sequential(
        [keras.Input((30,)), layers.Dense(1, "sigmoid", kernel_initializer="zeros")]
    )
    model = compiled(net, "binary_crossentropy", SGD(0.1))
    return Program(model, standardised(CANCER.data), CANCER.target, 5)


def counts():
    x = generator().normal(size=(600, 4)).astype("float32")
    y = generator(8).poisson(np.exp(1 + x[:, 0] / 2)).astype("int64")
    return regression("poisson", x, y, last="exponential")


def mostly_zero():
    x = generator().normal(size=(600, 4)).astype("float32")
    y = np.maximum(x[:, 0] - 0.5, 0)
    return regression("mse", x, y, last="relu", bias_initializer="ones", epochs=8)


def far_from_zero():
    x = generator().normal(size=(600, 5)).astype("float32")
    net = keras.Sequential([keras.Input((5,)), layers.Dense(32, activation="relu")])
    net.add(layers.Dense(1, bias_initializer=keras.initializers.Constant(200)))
    y = (200 + 30 * x[:, 0]).astype("float32")
    return Program(compiled(net, "mae", Adam(0.05), []), x, y, 10)


def rare_class():
    x = generator().uniform(-1, 1, (1500, 6)).astype("float32")
    net = mlp(6, *BODY, (1, "sigmoid"))
    model = compiled(net, "binary_crossentropy", Adam(0.01), ["AUC"])
    return Program(model, x, two_classes(x, 0.04), 12)


def shares():
    x = generator().normal(size=(500, 5)).astype("float32")
    y = 1 / (1 + np.exp(-x[:, 0] - 0.5 * x[:, 1]))
    return regression("mse", x, y.astype("float32"), last="sigmoid", epochs=8)


def house_prices():
    x = generator().normal(size=(500, 6)).astype("float32")
    y = np.exp(12 + 0.4 * x[:, 0] + 0.2 * x[:, 1]).astype("float32")
    net = mlp(6, *BODY, (1, None))
    net.add(layers.Rescaling(1e5, offset=1.5e5))
    return Program(compiled(net, "mape", Adam(0.005), []), x, y, 12)


def log_prices():
    x = generator().normal(size=(500, 6)).astype("float32")
    y = np.exp(2 + 0.8 * x[:, 0]).astype("float32")
    return regression("msle", x, y, last="softplus")


def hinge(name, y, last):
    return binary(name, y, last=last)


def toy(make, **options):
    """Return a classifier of scikit-learn's made-up points in the plane."""
    x, y = make(400, random_state=1, **options)
    net = mlp(2, *BODY, (1, "sigmoid"))
    return Program(compiled(net, "bce", Adam(0.02)), x.astype("float32"), y, 10)


def friedman():
    x, y = datasets.make_friedman1(500, random_state=1)
    return regression("mse", standardised(x), standardised(y))


def swiss_roll():
    x, t = datasets.make_swiss_roll(500, random_state=1)
    return regression("huber", standardised(x), standardised(t), epochs=20)


def quantile(y_true, y_pred):
    """Return the pinball loss of the 0.8 quantile."""
    error = keras.ops.reshape(keras.ops.cast(y_true, y_pred.dtype), (-1, 1)) - y_pred
    return keras.ops.mean(keras.ops.maximum(0.8 * error, -0.2 * error), axis=-1)


def weighted():
    weight = np.where(CANCER.target == 1, 1.0, 2.0).astype("float32")
    return binary(sample_weight=weight)


LOGITS = losses.BinaryCrossentropy(from_logits=True)
AT_ZERO = [keras.metrics.BinaryAccuracy(threshold=0.0)]
SPARSE_LOGITS = losses.SparseCategoricalCrossentropy(from_logits=True)
SIGNS = 2 * CANCER.target - 1
SCALED = standardised(DIABETES.target)
TABLES = {
    "diabetes_raw_targets": lambda: regression("mse", rate=0.02, epochs=15),
    "diabetes_raw_targets_column": lambda: regression(
        "mse", y=column(DIABETES.target), rate=0.02, epochs=15
    ),
    "diabetes_mae_column": lambda: regression("mae", y=column(DIABETES.target), rate=0.02),
    "diabetes_scaled_mse": lambda: regression("mse", y=SCALED),
    "diabetes_scaled_mae": lambda: regression("mae", y=SCALED),
    "diabetes_scaled_huber_column": lambda: regression(losses.Huber(), y=SCALED[:, None]),
    "diabetes_scaled_log_cosh": lambda: regression("log_cosh", y=SCALED),
    "diabetes_mape": lambda: regression("mape", rate=0.02, epochs=15),
    "diabetes_float64_labels": lambda: regression("mse", y=SCALED.astype("float64")),
    "diabetes_quantile_by_hand": lambda: regression(quantile, y=SCALED),
    "linnerud_three_targets": lambda: regression(
        "mse", standardised(LINNERUD.data), standardised(LINNERUD.target), epochs=60
    ),
    "house_prices_mape": house_prices,
    "log_prices_msle": log_prices,
    "counts_poisson": counts,
    "mostly_zero_relu": mostly_zero,
    "far_from_zero_bias": far_from_zero,
    "shares_sigmoid_mse": shares,
    "friedman": friedman,
    "swiss_roll": swiss_roll,
    "cancer_vector": binary,
    "cancer_column": lambda: binary(y=column(CANCER.target)),
    "cancer_accuracy": lambda: binary(metrics=["accuracy"]),
    "cancer_logits_vector": lambda: binary(LOGITS, last=None, metrics=AT_ZERO),
    "cancer_logits_column": lambda: binary(LOGITS, column(CANCER.target), last=None),
    "cancer_focal": lambda: binary("binary_focal_crossentropy"),
    "cancer_smoothed": lambda: binary(losses.BinaryCrossentropy(label_smoothing=0.1)),
    "cancer_mse_sigmoid": lambda: binary("mse"),
    "cancer_hinge_tanh": lambda: hinge("hinge", SIGNS, "tanh"),
    "cancer_hinge_zero_one": lambda: hinge("hinge", CANCER.target, None),
    "cancer_squared_hinge": lambda: hinge("squared_hinge", SIGNS, None),
    "cancer_weighted": weighted,
    "cancer_raw_normalised_inside": raw_cancer,
    "cancer_zero_start": zero_start,
    "iris_raw": lambda: classes("categorical_crossentropy", raw=True),
    "iris_sparse": lambda: classes("sparse_categorical_crossentropy", rows=False),
    "iris_sparse_logits": lambda: classes(SPARSE_LOGITS, rows=False, last=None),
    "iris_kl_divergence": lambda: classes("kl_divergence"),
    "iris_categorical_hinge": lambda: classes("categorical_hinge", last=None),
    "iris_focal": lambda: classes("categorical_focal_crossentropy"),
    "iris_smoothed": lambda: classes(losses.CategoricalCrossentropy(label_smoothing=0.1)),
    "iris_generalized": lambda: classes(losses.CategoricalGeneralizedCrossEntropy(), rows=False),
    "wine_raw_normalised_inside": raw_wine,
    "wine_scaled": lambda: classes("categorical_crossentropy", WINE),
    "wine_mse_one_hot": lambda: classes("mse", WINE),
    "moons": lambda: toy(datasets.make_moons, noise=0.1),
    "circles": lambda: toy(datasets.make_circles, noise=0.05, factor=0.4),
    "rare_class": rare_class,
}
