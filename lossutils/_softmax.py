"""The parts of a softmax that cancel nowhere, shared by the activations, the losses and the gradients."""

import numpy as np

from lossutils._exact import two_sum


def gaps_and_exponentials(logits):
    """Return max - x, exp(x - max) and the sum of the exponentials without the maximum's own 1.

    `rest` keeps what 1 + rest would lose: log(1 + rest) is log1p(rest).
    """
    top = np.argmax(logits, axis=-1)[..., np.newaxis]
    below, error = two_sum(logits, -np.take_along_axis(logits, top, axis=-1))
    # exp(d + error) = exp(d) (1 + error): rounding d = -80.1 alone would cost 30 units in the last place.
    exponentials = np.exp(below)
    exponentials += exponentials * error
    np.put_along_axis(exponentials, top, 0.0, axis=-1)
    rest = exponentials.sum(axis=-1, keepdims=True)
    np.put_along_axis(exponentials, top, 1.0, axis=-1)
    return -below, exponentials, rest


def others(exponentials, rest):
    """Return for each class the sum of all other exponentials; exact for the maximum, where 1 - 1 = 0."""
    return (1.0 - exponentials) + rest
