"""Arguments of any size for every loss, as Hypothesis draws them."""

import numpy as np
from examples import LOSSES, draw
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

matrices = hnp.array_shapes(min_dims=2, max_dims=2, max_side=6)


def anything(kind, shape, rng):
    """Return numbers of a kind, extreme ones too: 0 and 1, and many magnitudes."""
    ordinary = draw(kind, rng, shape)
    if kind in ("class", "one-hot", "sign", "count", "binary"):
        return ordinary
    if kind == "number":
        return ordinary * 10.0 ** rng.uniform(-30, 4, size=shape)
    if kind == "rate":
        return ordinary * 10.0 ** rng.uniform(-30, 30, size=shape)
    edges = rng.choice([0.0, 1.0, 1e-300, 1.0 - 2.0**-53, 0.5], size=shape)
    mixed = np.where(rng.random(shape) < 0.5, ordinary, edges)
    return mixed / mixed.sum(-1, keepdims=True) if kind == "distribution" and mixed.any() else mixed


@st.composite
def extreme_arguments(draw_from, name):
    """Return a truth and a prediction for a loss, of any size."""
    shape = draw_from(st.tuples(st.integers(0, 4), st.integers(1, 6)))
    rng = np.random.default_rng(draw_from(st.integers(0, 2**32 - 1)))
    with np.errstate(invalid="ignore"):
        truth, prediction = (anything(kind, shape, rng) for kind in LOSSES[name])
    return np.nan_to_num(truth), np.nan_to_num(prediction)
