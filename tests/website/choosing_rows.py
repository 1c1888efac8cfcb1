"""The rows of the table behind *Choosing a loss*, and their lines to copy, which run here."""

import numpy as np
import pytest

from website.extension import choosing

ROWS = choosing.TABLE["rows"]
SIZES = {
    "N": 4,
    "length": 3,
    "num_classes": 3,
    "num_sampled": 2,
    "num_labels": 5,
    "num_dimensions": 3,
    "num_columns": 3,
    "height": 6,
    "width": 7,
}


def every_row(function):
    """Run a test for every row."""
    return pytest.mark.parametrize("key", ROWS)(function)


def run(code, **given):
    """Run lines of code and return their names."""
    import tensorflow as tf

    names = {"tf": tf, **SIZES, **given}
    exec(code, names)
    return names


def values_of(row, labels, outputs, **more):
    """Return what the second line computes; it calls truth and outputs by either name."""
    given = {"y_true": labels, "y_pred": outputs, "labels": labels, "logits": outputs}
    return run(row["tensorflow"], y=np.exp(labels), **given, **more)["values"].numpy()
