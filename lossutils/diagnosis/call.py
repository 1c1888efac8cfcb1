"""The call: read, look at the shapes, look at the rows."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from lossutils._calls import checked
from lossutils.diagnosis import beyond, extremes, labels, names, ranges, scores
from lossutils.diagnosis.collapse import (
    collapsed_embeddings,
    posterior_collapse,
    vectors_of_any_length,
)
from lossutils.diagnosis.findings import Report, fault
from lossutils.diagnosis.loss_options import combined
from lossutils.diagnosis.outputs import enumerated, named, of_output, outputs_of, shown
from lossutils.diagnosis.reading import mask_of, read_all
from lossutils.diagnosis.rows import Options, rows_of
from lossutils.diagnosis.sequences import ctc_findings
from lossutils.diagnosis.shapes import alignment_note, shape_findings
from lossutils.diagnosis.weights import one_label_counts, weight_findings

_RULES = (*scores.RULES, *labels.RULES, *extremes.RULES, *ranges.RULES)
# Where truth and prediction have changed places, what else is strange follows from it.
_SWAPS = ("swapped-by-name", "swapped-by-position")
_APART = (None, *_SWAPS, "nan-in-data", "overflow", "sample-weight", "broadcast")


@checked
def diagnose(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    loss: object = None,
    from_logits: bool = False,
    sample_weight: ArrayLike | None = None,
    ignore_class: int | None = None,
    gamma: float | None = None,
    pos_weight: ArrayLike | None = None,
    axis: int = -1,
    trained: bool = False,
) -> Report:
    """Return what is wrong with one batch: the findings, most severe first.

    Parameters
    ----------
    y_true, y_pred : array_like
        Truth and prediction, arrays or tensors, as the loss gets them. They are not changed. Bad
        data raises nothing: it is a finding. Large arrays are sampled, and the report says so.
        For several outputs, two dictionaries or two lists of arrays.
    loss : str or a loss of Keras, optional
        Keras' name of the loss ("binary_crossentropy"), its short form ("mse") or its class
        ("BinaryCrossentropy"), or whatever else ``keras.losses.get`` accepts: an object, a class
        or a function of ``keras.losses``, a `functools.partial` of one, a configuration. What an
        object was told, such as `from_logits`, need not be said again. Or the name of a function
        of ``lossutils.losses`` that Keras does not have ("pinball_loss"). Without it, and of the
        last ones, only what holds for every loss is said. For several outputs it may be a
        dictionary or a list, too.
    from_logits : bool, default False
        What the loss was told.
    sample_weight : array_like, optional
        Weights, as the loss gets them. Examples of weight 0 are passed over, and so is what a mask
        leaves out that Keras has attached to `y_pred`.
    ignore_class : int, optional
        The label that a sparse loss ignores.
    gamma : float, optional
        The exponent of a focal loss.
    pos_weight : array_like, optional
        How many times a label of 1 counts, one number or one for each column.
    axis : int, default -1
        The axis of the classes.
    trained : bool, default False
        Whether the predictions are those of a trained model. Some things, such as the same output
        for every example, mean something only then.

    Returns
    -------
    Report
        A sequence of findings, `certain` before suspicious. It prints as a report, and is a table
        in a notebook. Empty when nothing was found, which proves nothing: a batch shows only some
        of the mistakes.

    Raises
    ------
    ValueError
        For a loss that is not known, an option of the wrong kind, or one that the loss was told
        otherwise.

    See Also
    --------
    ``tf.debugging.check_numerics`` stops at the first nan; ``python -m lossutils diagnose`` does
    this for a file.

    Examples
    --------
    >>> logits = [[1.2, -0.7, 0.3], [-2.1, 0.4, 0.1]]
    >>> report = diagnose([0, 1], logits, loss="sparse_categorical_crossentropy")
    >>> [(finding.mistake, finding.certainty) for finding in report]
    [('softmax-never', 'certain')]
    """
    options = _options(ignore_class, gamma, pos_weight, trained)
    names.checked_bool("from_logits", from_logits)
    names.checked_axis(axis)
    from_logits = bool(from_logits)
    asked = {
        "from_logits": from_logits, "ignore_class": ignore_class, "gamma": gamma, "axis": axis,
    }  # fmt: skip
    outputs = outputs_of(y_true, y_pred, loss)
    given = y_true, y_pred, sample_weight
    if outputs is None:
        return _of_one(given, combined(loss, asked), options)
    return _of_outputs(outputs, given, loss, asked, options)


def _of_outputs(outputs, given, loss, asked, options):
    """Return the report on several outputs."""
    of_each = [combined(of_output(loss, *output), asked) for output in enumerated(outputs)]
    reports = []
    for output, one in zip(enumerated(outputs), of_each, strict=True):
        arrays = tuple(of_output(value, *output) for value in given)
        if arrays[0] is None:  # a loss of the model's own, without labels
            reports.append(Report(f"output {shown(output[0])!a} without labels"))
            continue
        reports.append(_of_one(arrays, one, options, [each["loss"] for each in of_each]))
    return _together(outputs, reports)


def _of_one(given, asked, options, others=()):
    """Return the report on one output; `asked` is its loss with the options of the loss."""
    options = replace(options, ignore_class=asked["ignore_class"], gamma=asked["gamma"])
    arrays = _given(*given, asked["axis"])
    return _diagnose(arrays, asked["loss"], asked["from_logits"], options, others)


def batch_rows(y_true, y_pred, sample_weight, loss, from_logits, *, ignore_class=None, axis=-1):
    """Return the rows of a batch that count, or None where there are none."""
    arrays, _, _ = read_all(_given(y_true, y_pred, sample_weight, axis))
    truth, prediction = arrays["y_true"], arrays["y_pred"]
    if not _hold_numbers(truth, prediction):
        return None
    return rows_of(arrays, loss, from_logits, Options(ignore_class))


def _given(y_true, y_pred, sample_weight, axis=-1):
    """Return what there is to read: truth, prediction, weights, and the mask of Keras."""
    truth, prediction = _classes_last(y_true, y_pred, axis)
    rest = {"sample_weight": sample_weight, "mask": mask_of(y_pred)}
    there = {name: value for name, value in rest.items() if value is not None}
    return {"y_true": truth, "y_pred": prediction} | there


def _hold_numbers(*arrays):
    """Tell whether all arrays could be read and hold at least one number."""
    return all(array is not None and array.values.size for array in arrays)


def _options(ignore_class, gamma, pos_weight, trained):
    names.checked_bool("trained", trained)
    names.checked_number("gamma", gamma)
    names.checked_number("ignore_class", ignore_class)
    return Options(
        ignore_class, gamma, names.checked_array("pos_weight", pos_weight), bool(trained)
    )


def _classes_last(y_true, y_pred, axis):
    """Return both with the classes on the last axis; class indices have no such axis."""
    if axis == -1:
        return y_true, y_pred
    truth, prediction = _moved(y_true, axis), _moved(y_pred, axis)
    indices = getattr(truth, "ndim", 0) < getattr(prediction, "ndim", 0)
    return (y_true if indices else truth), prediction


def _moved(value, axis):
    """Return an array with the axis at its end; others, and bad data, as they are."""
    try:
        array = np.asarray(value)
        return np.moveaxis(array, axis, -1) if array.ndim > 2 else array
    except (TypeError, ValueError):
        return value


def _together(outputs, reports):
    """Return the reports of several outputs as one."""
    findings = [
        named(finding, name)
        for name, report in zip(outputs, reports, strict=True)
        for finding in report
    ]
    notes = [
        f"Output {shown(name)!a}: {note}"
        for name, report in zip(outputs, reports, strict=True)
        for note in report.notes
    ]
    return Report("; ".join(report.batch for report in reports), tuple(findings), tuple(notes))


def _diagnose(given, loss, from_logits, options, others=()):
    """Return the report on one output; `others` are the losses of all outputs."""
    named, loss = loss, None if loss in names.OWN else loss
    with np.errstate(all="ignore"):
        arrays, findings, notes = read_all(given)
        if named != loss:
            notes.append(f"{named} has no rules of its own: this is what holds for every loss.")
        findings = [_as_far_as_known(f, loss, given.get("sample_weight")) for f in findings]
        findings += list(_useless_option(loss, from_logits, options, others))
        findings += list(_findings(arrays, loss, from_logits, options, notes))
    return Report(_batch(arrays, named, from_logits), _unexplained(findings), tuple(notes))


def _as_far_as_known(finding, loss, weight):
    """Return a finding about the data; suspicious where the loss or the weights may allow it."""
    allowed = loss is None or (finding.mistake == "mask-ignored" and weight is not None)
    return replace(finding, certain=False) if allowed else finding


def _notes_of(rows, prediction):
    of_rows = (labels.hinge_note, beyond.advantages_note, extremes.exponentials_note)
    return [*extremes.half_sum_note(prediction), *(note for f in of_rows for note in f(rows))]


def _findings(arrays, loss, from_logits, options, notes):
    truth, prediction = arrays["y_true"], arrays["y_pred"]
    yield from extremes.array_findings(arrays, loss, from_logits, options)
    weight = arrays.get("sample_weight")
    if weight is not None:
        yield from weight_findings(weight, prediction, loss)
    if not _hold_numbers(truth, prediction):
        return
    notes += alignment_note(truth, prediction, loss)
    if weight is not None:
        yield from one_label_counts(truth, weight)
    yield from shape_findings(truth, prediction, loss)
    yield from ctc_findings(truth, prediction, weight, loss)
    yield from collapsed_embeddings(truth, prediction, loss)
    yield from vectors_of_any_length(prediction, loss)
    yield from posterior_collapse(truth, prediction, loss, from_logits, options)
    rows = rows_of(arrays, loss, from_logits, options)
    if rows is not None:
        notes += _notes_of(rows, prediction)
        for rule in _RULES:
            yield from rule(rows)


def _useless_option(loss, from_logits, options, others):
    useless = {
        "from_logits=True": (from_logits, names.ENTROPIES, "logits"),
        "ignore_class": (options.ignore_class is not None, names.SPARSE, "a class to ignore"),
        "gamma": (options.gamma is not None, names.FOCAL, "a gamma"),
    }
    for option, (given, losses, what) in useless.items():
        if given and loss is not None and not {loss, *others} & {*losses, None}:
            evidence = f"{option}, and {loss} does not know {what}; the losses that do number"
            evidence += f" {len(losses)}: {', '.join(losses)}."
            instead = f"leave {option.split('=')[0]} out"
            yield fault("an option that means nothing", evidence, instead, certain=False)


def _unexplained(findings):
    if any(finding.certain and finding.mistake in _SWAPS for finding in findings):
        findings = [finding for finding in findings if finding.mistake in _APART]
    return tuple(findings)


def _batch(arrays, loss, from_logits):
    parts = [*map(str, filter(None, arrays.values())), loss or "loss not named"]
    return ", ".join([*parts, f"from_logits={from_logits}"])
