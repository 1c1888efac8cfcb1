"""Draw the picture of the README: what a second softmax does to the loss.

Usage: python -m website.readme_figure
"""

from pathlib import Path

import matplotlib

matplotlib.use("svg")

import matplotlib.pyplot as plt
import numpy as np

from lossutils import activations, losses
from lossutils.book import plots

PICTURE = Path("book/assets/double-softmax.svg")


def draw(ax):
    """Draw the loss of one example of three classes against the logit of its true class."""
    x = np.linspace(-6, 10, 161)
    logits = np.stack([x, np.zeros_like(x), np.zeros_like(x)], axis=1)
    labels = np.zeros(len(x), dtype=int)
    runs = {
        "softmax once": logits,
        "softmax twice": activations.softmax(logits),
    }
    ys = {
        name: losses.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=z)
        for name, z in runs.items()
    }
    plots.curves(
        ax, x, ys, xlabel="logit of the true class (the others are 0)", ylabel="cross-entropy"
    )
    floor = np.log(np.e + 2) - 1
    ax.annotate(
        f"a perfect prediction still costs {floor:.4f}",
        (9, floor),
        (1.5, 2.6),
        arrowprops={"arrowstyle": "->"},
    )


def main():
    """Write the picture."""
    with plt.style.context("lossutils.book.style"):
        figure, ax = plt.subplots()
        draw(ax)
        figure.savefig(PICTURE, metadata={"Date": None})
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
