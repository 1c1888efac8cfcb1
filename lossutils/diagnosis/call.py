"""The call: read, look at the shapes, look at the rows."""

import numpy as np
from numpy.typing import ArrayLike

from lossutils._calls import checked
from lossutils.diagnosis import extremes, labels, names, scores
from lossutils.diagnosis.findings import Report, fault
from lossutils.diagnosis.reading import read_all
from lossutils.diagnosis.rows import losses_shape, rows_of
from lossutils.diagnosis.shapes import shape_findings, weight_findings

_RULES = (*scores.RULES, *labels.RULES, *extremes.RULES)
# Where truth and prediction have changed places, what else is strange follows from it.
_SWAPS = ("swapped-by-name", "swapped-by-position")
_APART = (None, *_SWAPS, "overflow", "sample-weight", "broadcast")


@checked
def diagnose(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    loss: str | None = None,
    from_logits: bool = False,
    sample_weight: ArrayLike | None = None,
) -> Report:
    """Return what is wrong with one batch: the findings, most severe first.

    Parameters
    ----------
    y_true, y_pred : array_like
        Truth and prediction, arrays or tensors, as the loss gets them. They are not changed. Bad
        data raises nothing: it is a finding. Large arrays are sampled, and the report says so.
    loss : str, optional
        Keras' name of the loss ("binary_crossentropy"), its short form ("mse") or its class
        ("BinaryCrossentropy"). Without it, only what does not depend on it is found.
    from_logits : bool, default False
        What the loss was told.
    sample_weight : array_like, optional
        Weights, as the loss gets them. Examples of weight 0 are passed over.

    Returns
    -------
    Report
        A sequence of findings, `certain` before suspicious. It prints as a report, and is a table
        in a notebook. Empty when nothing was found, which proves nothing: a batch shows only some
        of the mistakes.

    Raises
    ------
    ValueError
        For a loss that is not known, or a `from_logits` that is not a bool.

    See Also
    --------
    ``tf.debugging.check_numerics`` stops at the first nan; ``python -m lossutils diagnose`` does
    this for a file.

    Examples
    --------
    >>> probabilities = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]]
    >>> report = diagnose([0, 1], probabilities, loss="sparse_categorical_crossentropy",
    ...                   from_logits=True)
    >>> [(finding.mistake, finding.certainty) for finding in report]
    [('softmax-twice', 'certain')]
    """
    loss, from_logits = names.canonical(loss), names.checked_from_logits(from_logits)
    given = {"y_true": y_true, "y_pred": y_pred}
    if sample_weight is not None:
        given["sample_weight"] = sample_weight
    with np.errstate(all="ignore"):
        arrays, findings, notes = read_all(given)
        findings += list(_useless_option(loss, from_logits))
        findings += list(_findings(arrays, loss, from_logits, notes))
    return Report(_batch(arrays, loss, from_logits), _unexplained(findings), tuple(notes))


def _findings(arrays, loss, from_logits, notes):
    truth, prediction = arrays["y_true"], arrays["y_pred"]
    for array in filter(None, (truth, prediction)):
        yield from extremes.array_findings(array)
    weight = arrays.get("sample_weight")
    if weight is not None:
        known = prediction is not None and prediction.shape != ()
        yield from weight_findings(weight, losses_shape(prediction.shape, loss) if known else None)
    if truth is None or prediction is None or not (truth.values.size and prediction.values.size):
        return
    yield from shape_findings(truth, prediction, loss)
    rows = rows_of(truth, prediction, weight, loss, from_logits)
    if rows is not None:
        notes += labels.hinge_note(rows)
        for rule in _RULES:
            yield from rule(rows)


def _useless_option(loss, from_logits):
    if from_logits and loss is not None and loss not in names.ENTROPIES:
        evidence = f"from_logits=True, and {loss} does not know logits."
        instead = "leave from_logits out; a cross-entropy takes logits"
        yield fault("an option that means nothing", evidence, instead, certain=False)


def _unexplained(findings):
    if any(finding.certain and finding.mistake in _SWAPS for finding in findings):
        findings = [finding for finding in findings if finding.mistake in _APART]
    return tuple(findings)


def _batch(arrays, loss, from_logits):
    parts = [*map(str, filter(None, arrays.values())), loss or "loss not named"]
    return ", ".join([*parts, f"from_logits={from_logits}"])
