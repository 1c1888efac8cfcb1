"""Truth of the explorer of a small mask."""

import numpy as np

from lossutils import gradients, losses


def masks(n, p, b, pixels=44 * 44):
    """Return the mask and the probabilities of a picture, for each probability of the mask."""
    truth = np.arange(pixels) < n
    return np.float64(truth), np.where(truth, np.expand_dims(p, -1), b)


def both(n, p, b):
    """Return Dice and the mean cross-entropy of a picture, for each probability of the mask."""
    p, places = np.unique(p, return_inverse=True)
    truth, prediction = masks(n, p, b)
    kinds = np.stack(np.broadcast_arrays(p, b), axis=-1)  # one pixel of the mask, one beside it
    prices = losses.binary_cross_entropy(np.tile([1.0, 0.0], (len(p), 1)), kinds)
    numbers = [truth.sum(), (1 - truth).sum()]
    values = losses.dice(np.broadcast_to(truth, prediction.shape), prediction, axis=-1)
    return values[places], np.average(prices, axis=-1, weights=numbers)[places]


def dice(at, rows):
    truth, prediction = masks(at["n"], at["p"], at["b"])
    by_name = {"labels": truth, "logits": np.log(prediction) - np.log1p(-prediction)}
    slopes = {
        "dice": gradients.dice(truth, prediction) * prediction * (1 - prediction),
        "cross_entropy": gradients.sigmoid_cross_entropy_with_logits(**by_name) / truth.size,
    }
    part = {key: np.abs(slope[truth == 1]).sum() / np.abs(slope).sum()
            for key, slope in slopes.items()}  # fmt: skip
    dice_now, cross_entropy_now = both(at["n"], at["p"], at["b"])
    curves = both(at["n"], rows["Dice"]["x"], at["b"])
    return {
        "pixels": truth.size,
        "share": truth.mean(),
        "cross_entropy": cross_entropy_now,
        "dice": dice_now,
        **{f"mask_{key}": slope[0] for key, slope in slopes.items()},
        **{f"ground_{key}": slope[-1] for key, slope in slopes.items()},
        **{f"part_{key}": value for key, value in part.items()},
        "Dice": curves[0],
        "cross-entropy": curves[1],
        "now": np.where(rows["now"]["name"] == "Dice", dice_now, cross_entropy_now),
        "at": at["p"],
        "made": np.where(rows["made"]["name"] == "Dice", part["dice"], part["cross_entropy"]),
    }
