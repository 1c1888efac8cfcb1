"""Truths of the explorers of the losses that answer yes or no."""

import numpy as np

from lossutils import activations, gradients, losses

CLIP = 1e-7


def clipped(y, z):
    """Return loss and slope where the probability is moved into [1e-7, 1 - 1e-7] first."""
    labels, p = np.full(np.shape(z), float(y)), activations.sigmoid(z)
    inside = (p >= CLIP) & (activations.sigmoid(-z) >= CLIP)
    ends = losses.binary_cross_entropy(labels, np.clip(p, CLIP, 1 - CLIP))
    loss, slope = exact(y, z)
    return np.where(inside, loss, ends), np.where(inside, slope, 0)


def exact(y, z):
    """Return loss and slope from the logit."""
    given = {"labels": np.full(np.shape(z), float(y)), "logits": z}
    loss = losses.sigmoid_cross_entropy_with_logits(**given)
    return loss, gradients.sigmoid_cross_entropy_with_logits(**given)


def sigmoid_cross_entropy(at, rows):
    z, x = np.float64(at["z"]), rows["chance"]["x"].astype(float)
    loss, slope = clipped(at["y"], z) if at["clip"] else exact(at["y"], z)
    return {
        "p": activations.sigmoid(z),
        "exact": exact(at["y"], z)[0],
        "bound": clipped(at["y"], z)[0],
        "loss": loss,
        "slope": slope,
        "chance": activations.sigmoid(x),
        "from_logit": exact(at["y"], x)[0],
        "from_probability": clipped(at["y"], x)[0],
        "gradient": exact(at["y"], x)[1],
        "clipped_gradient": clipped(at["y"], x)[1],
        "at": z,
        "p_now": activations.sigmoid(z),
        "loss_now": loss,
        "slope_now": slope,
    }
