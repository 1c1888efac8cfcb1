"""Train the map of digits that an explorer shows moving, with lossutils, and store its places.

Usage: python -m tools.moving_map

A linear map turns the 64 pixels of a digit into two numbers. It learns with the contrastive loss
of all pairs of 200 digits, once as it should be, once with 0 and 1 exchanged, once with no pair
that is different. Stored are the places of 40 other digits, every few steps, with the loss of the
pairs and the share of right comparisons; everything is in float64, so each machine finds the same.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from lossutils import gradients, losses

FILE = Path(__file__).parents[1] / "lossutils" / "book" / "data" / "moving_map.json"
TRAINED, SHOWN = slice(0, 200), slice(200, 240)
STEPS, EVERY, RATE = 60, 4, 0.5
# How a pair is labelled: 1 keeps two digits apart, 0 brings them together.
KINDS = {
    "right": lambda unlike: unlike,
    "exchanged": lambda unlike: 1 - unlike,
    "pulled": np.zeros_like,
}


def digits():
    """Return the centred pixels and the classes of the digits."""
    x, y = load_digits(return_X_y=True)
    x = x / 16
    return x - x.mean(axis=0), y


def start():
    """Return the weights of the map before the training."""
    return np.random.default_rng(0).normal(0, 0.1, size=(64, 2))


def pairs(y):
    """Return the numbers of both digits of each pair, and whether they are unlike."""
    i, j = np.triu_indices(len(y), 1)
    return i, j, np.float64(y[i] != y[j])


def step(x, weights, i, j, label):
    """Return the mean loss of the pairs, and the weights after a step against its gradient."""
    z = x @ weights
    apart = z[i] - z[j]
    distance = np.linalg.norm(apart, axis=1)
    slope = gradients.contrastive_loss(label, distance, same_label=0)
    pull = (slope / np.maximum(distance, 1e-12))[:, None] * apart / len(i)
    of_z = np.zeros_like(z)
    np.add.at(of_z, i, pull)
    np.add.at(of_z, j, -pull)
    loss = losses.contrastive_loss(label, distance, same_label=0).mean()
    return loss, weights - RATE * x.T @ of_z


def share_right(z, y):
    """Return how often a pair of the same digit is nearer than a pair of different digits."""
    i, j, unlike = pairs(y)
    distance = np.linalg.norm(z[i] - z[j], axis=1)
    return (distance[unlike == 0][:, None] < distance[unlike == 1]).mean()


def train(kind):
    """Return the places, losses and shares of a training, every few steps."""
    x, y = digits()
    i, j, unlike = pairs(y[TRAINED])
    label, weights = KINDS[kind](unlike), start()
    seen = {"places": [], "loss": [], "share": []}
    for number in range(STEPS + 1):
        z = x[SHOWN] @ weights
        loss, weights = step(x[TRAINED], weights, i, j, label)
        if number % EVERY == 0:
            seen["places"].append(np.round(z, 2).tolist())
            seen["loss"].append(round(float(loss), 4))
            seen["share"].append(round(float(share_right(z, y[SHOWN])), 3))
    return seen


def trainings():
    """Return what is stored."""
    return {"digits": digits()[1][SHOWN].tolist()} | {kind: train(kind) for kind in KINDS}


def main():
    """Store the trainings, a line for each list."""
    lines = (
        json.dumps(trainings()).replace('"places"', '\n  "places"').replace('"loss"', '\n  "loss"')
    )
    FILE.write_text(lines.replace('}, "', '},\n "') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
