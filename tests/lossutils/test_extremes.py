"""The edges of float64, of options and of cancellation: every loss and gradient against mpmath.

The inputs are drawn with a seed from the whole range: denormals, 1e300 and more, labels near the
zero of a gradient, options of any size. mpmath computes with 400 digits, so that 1 - 1e-310 is
not 1. The bounds are those of `digits`.
"""

import mpmath
import numpy as np
import pytest
from digits import DTYPES, hold
from examples import ELEMENTWISE, LOSSES, ROWWISE, gradient
from rotation import one_in

from lossutils import gradients, losses
from tools.bench import exact_losses

LARGEST = np.finfo(float).max
EDGES = [0.0, 1.0, 5e-324, 1e-310, 2.0**-1022, 1 - 2.0**-53, 1 + 2.0**-52, 1.7e308, LARGEST]
FRACTIONS = [0.0, 0.5, 1.0, 5e-324, 1e-310, 1 - 2.0**-53]


@pytest.fixture(autouse=True)
def digits():
    """Compute exactly enough: the smallest float64 has 324 zeros."""
    with mpmath.workdps(400):
        yield


def powers(rng, n, low=-323.5, high=308.2):
    return 10.0 ** rng.uniform(low, high, n)


def mixed(rng, n, *draws):
    """Return numbers, each from one of several draws."""
    return np.choose(rng.integers(len(draws), size=n), [draw() for draw in draws])


def numbers(rng, n):
    return rng.choice([-1.0, 1.0], n) * mixed(
        rng, n,
        lambda: np.abs(rng.normal(size=n)),
        lambda: powers(rng, n),
        lambda: powers(rng, n, -320, -300),
        lambda: powers(rng, n, 290, 308.2),
        lambda: rng.choice(EDGES, n),
    )  # fmt: skip


def logits(rng, n):
    return rng.choice([-1.0, 1.0], n) * mixed(
        rng, n,
        lambda: 3 * np.abs(rng.normal(size=n)),
        lambda: powers(rng, n, -323, 2),
        lambda: rng.uniform(650, 760, n),
        lambda: powers(rng, n, 2, 308.2),
        lambda: rng.choice([0.0, 5e-324, 708.4, 714.57, 745.1, 1.7e308], n),
    )  # fmt: skip


def fractions(rng, n):
    return np.minimum(1.0, mixed(
        rng, n,
        lambda: rng.random(n),
        lambda: powers(rng, n, -323.5, 0),
        lambda: 1.0 - powers(rng, n, -16.5, -1),
        lambda: powers(rng, n, -320, -300),
        lambda: rng.choice(FRACTIONS, n),
    ))  # fmt: skip


def near(rng, x):
    """Return numbers within a share of 1e-17 to 0.1 of others."""
    factors = 1 + rng.choice([-1.0, 1.0], x.shape) * 10.0 ** rng.uniform(-17, -1, x.shape)
    with np.errstate(over="ignore"):
        return np.clip(x * factors, -LARGEST, LARGEST)


def elements(rng, name, n):
    """Return truth and prediction of a loss per element."""
    kind, _ = LOSSES[name]
    if kind == "sign":
        sign = rng.choice([-1.0, 1.0], n)
        return sign, np.where(rng.random(n) < 0.5, numbers(rng, n), sign * near(rng, np.ones(n)))
    if kind == "rate":
        truth = np.abs(numbers(rng, n))
        return truth, np.where(rng.random(n) < 0.3, near(rng, truth), np.abs(numbers(rng, n)))
    if kind == "binary":
        return rng.integers(0, 2, n) * 1.0, np.abs(numbers(rng, n))
    if name == "log_poisson_loss":
        return powers(rng, n), logits(rng, n)
    if kind == "count":
        rate = np.abs(numbers(rng, n))
        with np.errstate(all="ignore"):
            root = rate / np.log(rate)  # the loss is 0 there
        has_root = (rate > 1.001) & (rng.random(n) < 0.7)
        return np.where(has_root, near(rng, np.where(has_root, root, 1)), powers(rng, n)), rate
    if kind == "number":
        truth = numbers(rng, n)
        return truth, np.where(rng.random(n) < 0.3, near(rng, truth), numbers(rng, n))
    hard = rng.integers(0, 2, n) * 1.0
    if LOSSES[name][1] == "fraction":
        p = fractions(rng, n)
        labels = np.where(rng.random(n) < 0.3, np.minimum(near(rng, p), 1), fractions(rng, n))
    else:
        p = logits(rng, n)
        nearly = np.minimum(near(rng, 1 / (1 + np.exp(-np.clip(p, -700, 700)))), 1)
        labels = np.where(rng.random(n) < 0.5, nearly, fractions(rng, n))
    return np.where(rng.random(n) < 0.3, hard, labels), p


def options(rng, name):
    """Return options of any size that the loss takes."""
    if name == "contrastive_loss":
        return {"same_label": 1, "margin": float(rng.choice([1.0, *powers(rng, 2)]))}
    if name == "categorical_generalized_cross_entropy":
        return {"q": float(rng.choice([1e-3, 0.7, rng.random()]))}
    if name == "pinball_loss":
        return {"quantile": float(rng.choice([0.5, 1e-300, rng.random()]))}
    if "huber" in name:
        return {"delta": float(rng.choice([0.5, 1000.0, *powers(rng, 2)]))}
    if "weighted" in name:
        return {"pos_weight": float(rng.choice([100.0, 1e6, *powers(rng, 2)]))}
    if "focal" in name:
        gamma = float(rng.choice([0, 0.5, 2, 20, 10 ** rng.uniform(-5, 2)]))
        return {"gamma": gamma, "alpha": float(rng.choice([0.25, 1.0, rng.random()]))}
    return {"label_values": (-1, 1)} if "hinge_loss" in name else {}


@pytest.mark.parametrize("dtype", one_in(2, DTYPES, skip=1))
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elements_at_the_edges(name, dtype):
    rng = np.random.default_rng(40)
    for _ in range(4 if dtype == "float64" else 1):
        hold(name, dtype, *elements(rng, name, 30), **options(rng, name))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "name", ["sigmoid_focal_cross_entropy_with_logits", "binary_focal_cross_entropy"]
)
def test_focal_gradients_near_their_zero(name, dtype):
    rng = np.random.default_rng(41)
    low, high = (-30.0, 30.0) if name.startswith("sigmoid") else (1e-9, 1 - 1e-9)
    for gamma in (0.5, 1.0, 2.0, 5.0):
        labels = rng.uniform(0.02, 0.98, 25)
        below, above = np.full(25, low), np.full(25, high)
        for _ in range(60):  # halve the interval in which the gradient changes its sign
            middle = (below + above) / 2
            rising = gradient(name, labels, middle, gamma=gamma) < 0
            below, above = np.where(rising, middle, below), np.where(rising, above, middle)
        hold(name, dtype, labels, np.clip(near(rng, middle), low, high), gamma=gamma)


def test_a_focal_gradient_of_1e_12_beside_terms_of_one_half():
    """The exact number is a difference quotient at 90 digits, of the loss at these float32."""
    labels, logits = np.float32([0.48098084330558777]), np.float32([-0.1024903878569603])
    exact = mpmath.mpf("-9.5074705197161154206e-13")
    (slope,) = gradients.sigmoid_focal_cross_entropy_with_logits(
        labels=labels, logits=logits, gamma=0.5
    )
    assert exact_losses.ulps(slope, exact, "float32") <= 1


def rows(rng, name, n, k):
    """Return truth and prediction of a loss per example."""
    kind = LOSSES[name]
    if kind[0] == "number":
        sizes = powers(rng, (2, n, 1), -290, 290)
        return rng.normal(size=(2, n, k)) * sizes
    if kind[0] == "one-hot":
        return np.eye(k)[rng.integers(k, size=n)], numbers(rng, n * k).reshape(n, k)
    from_logits = kind[1] == "number"
    prediction = (logits if from_logits else fractions)(rng, n * k).reshape(n, k)
    if kind[0] == "class":
        return rng.integers(k, size=n), prediction
    labels = rng.dirichlet(np.ones(k), n) * powers(rng, (n, 1), -323, 0)
    if not from_logits:
        labels = np.where(rng.random((n, 1)) < 0.5, np.minimum(near(rng, prediction), 1), labels)
    return labels, prediction


@pytest.mark.parametrize("dtype", one_in(2, DTYPES, skip=1))
@pytest.mark.parametrize("name", ROWWISE)
def test_rows_at_the_edges(name, dtype):
    rng = np.random.default_rng(42)
    for k in (1, 2, 5) if dtype == "float64" else (3,):
        chosen = options(rng, name)
        hold(name, dtype, *rows(rng, name, 10, k), **chosen)


@pytest.mark.parametrize("sizes", [(-170, -155), (-320, -300), (140, 153), (290, 300)])
def test_half_the_sum_of_squares_at_the_edges(sizes):
    t = powers(np.random.default_rng(43), 1000, *sizes)
    exact = exact_losses.l2_loss([mpmath.mpf(x) for x in t])[0]
    assert exact_losses.ulps(losses.l2_loss(t), exact, "float64") <= 4


def test_a_loss_of_0_stays_0_beside_an_infinite_slope():
    """At probability 0 the weight 0 wins, and a count of 0 costs nothing."""
    assert gradients.binary_focal_cross_entropy([1.0], [0.0], alpha=0.0).tolist() == [0.0]
    assert losses.poisson_loss([0.0], [0.0]).tolist() == [0.0]
