"""Truth of the explorer of the lattice of CTC: by lossutils, and path by path."""

import itertools

import numpy as np

from lossutils import gradients, losses

SYMBOLS = "-ab"
EMPTY = np.array([])


def frame_probabilities(at):
    """Return the probabilities of blank, a and b in each of the four frames."""
    p = np.full((4, 3), (1 - at["sure"]) / 2)
    p[range(4), [at[f"seen{t}"] for t in range(4)]] = at["sure"]
    return p


def states(path):
    """Return the place of each frame of a path in the label with blanks around each letter."""
    place, places = 0, []
    for before, symbol in zip("-" + path, path, strict=False):
        if symbol != before:
            # To a blank it is one step, to a letter one or two: letters have odd places.
            place += 1 if symbol == "-" or place % 2 == 0 else 2
        places.append(place)
    return places


def alignments(label, p):
    """Return path -> probability, of all paths whose repetitions and blanks leave the label."""
    probability_of = {}
    for path in itertools.product(range(3), repeat=len(p)):
        text = "".join(SYMBOLS[k] for k in path)
        if "".join(s for s, _ in itertools.groupby(text)).replace("-", "") == label:
            probability_of[text] = np.prod(p[range(len(p)), path])
    return probability_of


def passing(paths, total, frame, state, step=None):
    """Return what share of the probability passes a state, or goes on from there by a step."""
    of_path = {path: states(path) for path in paths}
    return sum(
        p / total
        for path, p in paths.items()
        if of_path[path][frame] == state
        and (step is None or of_path[path][frame + 1] == state + step)
    )


def ctc(at, rows):
    label, frames = ["a", "ab", "aa", "aba"][at["chosen"]], at["frames"]
    p = frame_probabilities(at)
    paths = alignments(label, p[:frames])
    given = {
        "labels": [[SYMBOLS.index(letter) for letter in label]],
        "logits": np.log(p)[np.newaxis],
        "label_length": [len(label)],
        "logit_length": [frames],
    }
    (loss,) = losses.ctc_loss(**given)
    total = np.exp(-loss)
    np.testing.assert_allclose(sum(paths.values()), total, rtol=1e-12)
    check_shares(given, p[:frames], paths, total)
    return {
        "label": label,
        "p": p,
        "probability": total,
        "loss": loss,
        "alignments": len(paths),
        "needed": len(label) + sum(a == b for a, b in itertools.pairwise(label)),
        **lattice(label, paths, total, rows),
        "last": frames,
        "product": [paths[path] for path in rows["product"].get("path", [])],
    }


def lattice(label, paths, total, rows):
    """Return what is drawn of states and steps."""
    spelled, at, steps = f"-{'-'.join(label)}-", rows["share"], rows["flow"]
    places = zip(at["frame"] - 1, at["state"], strict=True)
    ways = zip(*(steps.get(key, []) for key in ("frame", "state", "step")), strict=True)
    return {
        "height": rows["height"]["state"] / (len(spelled) - 1),
        "symbol": [spelled[state] for state in at["state"]],
        "share": [passing(paths, total, *place) for place in places],
        "flow": [passing(paths, total, t - 1, state, step) for t, state, step in ways],
        "to": (steps.get("state", EMPTY) + steps.get("step", EMPTY)) / (len(spelled) - 1),
        "after": steps.get("frame", EMPTY) + 1,
    }


def check_shares(given, p, paths, total):
    """Check that the shares of the paths are those that the gradient takes from each frame."""
    slopes = gradients.ctc_loss(**given)[0, : len(p)]
    shares = np.zeros_like(p)
    for path, product in paths.items():
        shares[range(len(p)), [SYMBOLS.index(symbol) for symbol in path]] += product / total
    np.testing.assert_allclose(slopes, p - shares if paths else 0 * p, atol=1e-12)
