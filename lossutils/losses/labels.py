"""What is done to labels before a loss."""

import numpy as np

from lossutils._arguments import as_numbers, check_parameter, result_dtype, rounded, silent


@silent
def smooth_labels(labels, label_smoothing, *, num_classes=None):
    """Return labels (1 - s) + s / num_classes; num_classes is the last dimension unless given (2 for binary labels)."""
    labels = as_numbers("labels", labels)
    smoothing = check_parameter("label_smoothing", label_smoothing, low=0, high=1)
    if num_classes is None and (labels.ndim == 0 or labels.shape[-1] < 2):
        raise ValueError(
            f"num_classes: expected a number for labels of shape {labels.shape} (2 if they are binary)"
        )
    num_classes = check_parameter(
        "num_classes", labels.shape[-1] if num_classes is None else num_classes, low=2
    )
    smooth = labels.astype(np.float64) * (1.0 - smoothing) + smoothing / num_classes
    return rounded(smooth, result_dtype(labels))
