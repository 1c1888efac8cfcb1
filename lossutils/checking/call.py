"""The call. TensorFlow is imported when a loss is checked, not before."""

import importlib
from collections.abc import Callable

from numpy.typing import ArrayLike

from lossutils._calls import checked
from lossutils.diagnosis.findings import Report


@checked
def check_loss(
    loss: Callable, y_true: ArrayLike | None = None, y_pred: ArrayLike | None = None
) -> Report:
    """Try out a loss of your own, and return which rules it breaks, with the values that show it.

    Parameters
    ----------
    loss : callable
        A function ``loss(y_true, y_pred)``, or an instance of a subclass of ``keras.losses.Loss``.
    y_true, y_pred : array_like, optional
        A small batch of the kind that the loss expects, with at least two examples. Without it,
        batches of several kinds are tried: numbers, logits, probabilities, class indices, counts,
        distances. Give a batch if the columns of your arrays have a meaning.

    Returns
    -------
    Report
        A sequence of findings, `certain` before suspicious. It prints as a report and names the
        rules that are kept. A rule that is kept for a few examples is not a proof.

    Raises
    ------
    ValueError
        For something that is not a loss, or for only one of the two arrays.
    ModuleNotFoundError
        Where TensorFlow is missing.

    See Also
    --------
    diagnose : what is wrong with one batch.

    Examples
    --------
    >>> import tensorflow as tf
    >>> report = check_loss(lambda y_true, y_pred: tf.reduce_mean((y_true - y_pred) ** 2))
    >>> [finding.title for finding in report.certain]
    ['It should return one number per example', 'It should survive saving and loading']
    """
    try:
        run = importlib.import_module("lossutils.checking.run")
    except ModuleNotFoundError as error:
        if error.name not in ("tensorflow", "keras"):
            raise
        message = f"check_loss needs TensorFlow and Keras, got no module named {error.name}"
        raise ModuleNotFoundError(message, name=error.name) from None
    return run.report_of(loss, y_true, y_pred)
