"""What is done to labels before a loss."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossutils._arguments import as_numbers, fraction
from lossutils._calls import checked
from lossutils._numerics import in_float64, result_dtype, rounded, silent


@checked
@silent
def smooth_labels(
    labels: ArrayLike, label_smoothing: float, *, num_classes: int | None = None
) -> NDArray[np.floating]:
    r"""Return labels mixed with the uniform distribution.

    Parameters
    ----------
    labels : array_like
        One-hot labels with the classes along the last axis, or binary labels.
    label_smoothing : float
        The share of the uniform distribution, in [0, 1].
    num_classes : int, optional
        The number of classes: the last dimension of `labels` unless given. For binary labels of
        any shape give 2.

    Returns
    -------
    ndarray
        Shape of `labels`, in their floating dtype; float64 for integers.

    See Also
    --------
    ``tf.keras.losses.CategoricalCrossentropy`` and ``BinaryCrossentropy`` do this themselves with
    their argument `label_smoothing`.

    Notes
    -----
    :math:`y (1 - s) + s / K`; Szegedy and others, 2016.

    Examples
    --------
    >>> smooth_labels([[0, 0, 0, 1]], 0.2)
    array([[0.05, 0.05, 0.05, 0.85]])
    >>> smooth_labels([0.0, 1.0], 0.2, num_classes=2)
    array([0.1, 0.9])
    """
    labels = as_numbers("labels", labels)
    smoothing = fraction("label_smoothing", label_smoothing)
    uniform = smoothing / _class_count(labels, num_classes)
    return rounded(in_float64(labels) * (1.0 - smoothing) + uniform, result_dtype(labels=labels))


def _class_count(labels, num_classes):
    if num_classes is None:
        if labels.ndim == 0 or labels.shape[-1] < 2:
            raise ValueError(
                f"num_classes: expected a number for labels of shape {labels.shape}, got None; "
                "binary labels have 2 classes"
            )
        return labels.shape[-1]
    count = as_numbers("num_classes", num_classes)
    if count.ndim != 0 or count.dtype.kind not in "iu" or count < 2:
        raise ValueError(f"num_classes: expected an integer of at least 2, got {num_classes!r}")
    return int(count)
