"""Truth of the explorer of float32, by NumPy's float32."""

import numpy as np

from lossutils import losses

ONE, NINE = np.float32(1), np.float32(9)


def in_float32(margin, temperature):
    """Return the exact loss of a float32 gap, and what float32 makes of it in two ways."""
    gap = np.float32(np.float64(margin) / temperature)
    logits = np.zeros((gap.size, 10))
    logits[:, 0] = np.ravel(gap)
    inputs = {"labels": np.zeros(gap.size, dtype=int), "logits": logits}
    exact = losses.sparse_softmax_cross_entropy_with_logits(**inputs).reshape(gap.shape)
    # NumPy's own float32 exp and log may be wrong in the last bit: they are rounded from float64.
    rest = NINE * np.float32(np.exp(-np.float64(gap)))
    by_sum = np.float32(np.log(np.float64(ONE + rest)))
    by_rest = np.float32(np.log1p(np.float64(rest)))
    results = {"gap": gap, "exact": exact, "rest": rest, "by_sum": by_sum, "by_rest": by_rest}
    return {name: np.asarray(value, dtype=float) for name, value in results.items()}


def right_digits(computed, exact):
    with np.errstate(divide="ignore"):
        return np.clip(-np.log10(abs(computed - exact) / exact), 0, 7)


def float32_digits(at, rows):
    now = in_float32(at["margin"], at["temperature"])
    # Drawn are the losses above 0 only, since a logarithmic scale has no 0.
    drawn = in_float32(at["margin"], rows["exact loss"]["t"])
    over = in_float32(at["margin"], rows["digits by the sum"]["t"])
    return {
        **now,
        "digits": [right_digits(now[way], now["exact"]) for way in ("by_sum", "by_rest")],
        "exact loss": drawn["exact"],
        "by the sum": drawn["by_sum"],
        "by the rest": drawn["by_rest"],
        "digits by the sum": right_digits(over["by_sum"], over["exact"]),
        "digits by the rest": right_digits(over["by_rest"], over["exact"]),
        "now": at["temperature"],
    }
