"""A whole run: the losses of the steps, and the batch at three points in time."""

import numpy as np
from numpy.typing import ArrayLike

from lossutils._calls import checked
from lossutils.diagnosis import names
from lossutils.diagnosis.call import batch_rows, diagnose
from lossutils.diagnosis.constant import best_constant, mean_loss, never_negative
from lossutils.diagnosis.findings import Report
from lossutils.diagnosis.finite import NO_LABELS, NOT_FINITE
from lossutils.diagnosis.history import History, run_findings
from lossutils.diagnosis.loss_options import combined
from lossutils.diagnosis.recognition import by_value, recognised

_SETTLED = 20  # steps after which a model counts as trained


class Run:
    """Record a hand-written training loop, and say at its end what was wrong with it.

    It needs only NumPy, and keeps one number per step and one batch.

    Parameters
    ----------
    loss : str or a loss of Keras, optional
        The loss, as for `diagnose`.
    from_logits : bool, default False
        What the loss was told.
    learning_rate : float, optional
        The learning rate.
    ignore_class, gamma, pos_weight, axis
        What else the loss was told, as for `diagnose`.

    Raises
    ------
    ValueError
        For a loss that is not known, or an option of the wrong kind.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(64, 1))
    >>> y, w, run = 3 * x, 0.0, Run(loss="mse", learning_rate=2.5)
    >>> for _ in range(60):
    ...     error = w * x - y
    ...     run.step(y, w * x, np.mean(error**2), gradient_norm=abs(np.mean(2 * error * x)))
    ...     w -= 2.5 * np.mean(2 * error * x)
    >>> run.report()[0].title
    'A learning rate that is too high or too low'
    """

    @checked
    def __init__(
        self,
        loss: object = None,
        from_logits: bool = False,
        *,
        learning_rate: float | None = None,
        ignore_class: int | None = None,
        gamma: float | None = None,
        pos_weight: ArrayLike | None = None,
        axis: int = -1,
    ) -> None:
        names.checked_number("learning_rate", learning_rate)
        asked = {
            "from_logits": from_logits, "ignore_class": ignore_class, "gamma": gamma, "axis": axis,
        }  # fmt: skip
        self._options = combined(loss, asked) | {"pos_weight": pos_weight}
        self._first = self._batch = self._by_value = self._note = self._broken = None
        self.nan_features = None  # a finding of who has seen the features
        of_classes = self._options["loss"] in (*names.ENTROPIES, *names.HINGES)
        self.history = History(learning_rate=learning_rate, of_classes=of_classes)

    def step(
        self,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        loss_value: float,
        *,
        sample_weight: ArrayLike | None = None,
        gradient_norm: float | None = None,
    ) -> None:
        """Record one step: the batch, the predictions before the update, and the loss.

        Parameters
        ----------
        y_true, y_pred : array_like
            Truth and prediction, as for `diagnose`.
        loss_value : float
            The loss of the step, one number.
        sample_weight : array_like, optional
            The weights of the batch.
        gradient_norm : float, optional
            The norm of the gradient of all weights.

        Raises
        ------
        ValueError
            For a loss that is not one number.
        """
        self.record(loss_value, gradient_norm)
        self.look(y_true, y_pred, sample_weight)

    @property
    def batch(self):
        """The batch that was kept: truth, prediction, weights."""
        return self._batch

    @property
    def arguments(self):
        """What the loss was told, as far as it is known."""
        return self._options

    def record(self, loss_value, gradient_norm=None):
        """Record the loss of a step, without its batch."""
        self.history.losses.append(_one_number("loss_value", loss_value))
        if gradient_norm is not None:
            self.history.gradient_norms.append(_one_number("gradient_norm", gradient_norm))

    def look(self, y_true, y_pred, sample_weight=None):
        """Keep a batch; the first one is looked at now, the last one for the report."""
        self._batch = y_true, y_pred, sample_weight
        if self._first is None:
            self._recognise()
            self._first = self._diagnosed(trained=False)
            rows, self.history.examples = self._rows(), _examples(y_pred)
            self.history.start = _losses(rows)
            self.history.never_negative = rows is not None and never_negative(rows)
            self.history.weighted = sample_weight is not None and np.ptp(sample_weight) > 0
        if self._broken is None and not np.isfinite(self.history.losses[-1:]).all():
            self._broken = self._diagnosed(trained=False)  # before the weights are nan, too

    def _recognise(self):
        """Find out what a loss without a name computes, from its value on the first batch."""
        if self._options["loss"] is not None or not self.history.losses:
            return
        value = self.history.losses[0]
        self._by_value = by_value(self._batch, value)
        if known := recognised(self._batch, value):
            self._options["loss"], self._options["from_logits"] = known
            self._note = f"The loss has no name; its value on the first batch is that of {known[0]}"
            self._note += " of logits." if known[1] else "."

    def report(self) -> Report:
        """Return what is wrong with the run: findings about the batch and about the steps."""
        if self._first is None:
            return Report("a run without a batch", tuple(run_findings(self.history)))
        trained = len(self.history.losses) >= _SETTLED
        last = self._diagnosed(trained=trained)
        self.history.end = _losses(self._rows()) if trained else None
        about_steps = tuple(run_findings(self.history))
        batch = f"{len(self.history.losses)} steps, the last batch: {last.batch}"
        in_data = tuple(f for f in self._broken or () if f.mistake == "nan-in-data")
        in_data = in_data if self.nan_features is None else (self.nan_features,)
        about_batch = self._about_batch(last)
        about_steps, about_batch = _unexplained(about_steps, about_batch, in_data)
        if self._by_value is not None:
            about_batch = (self._by_value, *(f for f in about_batch if f.mistake != "broadcast"))
        notes = (self._note, *last.notes) if self._note else last.notes
        return Report(batch, about_steps + about_batch, notes)

    def _about_batch(self, last):
        """Return the findings that last; a loss that you wrote may leave labels of nan out."""
        findings = _lasting(self._first, last)
        if np.isfinite(self.history.losses).all():
            findings = tuple(f for f in findings if f.certain or f.title != NO_LABELS)
        return findings

    def _diagnosed(self, *, trained):
        y_true, y_pred, weight = self._batch
        return diagnose(y_true, y_pred, sample_weight=weight, trained=trained, **self._options)

    def _rows(self):
        """Return the rows of the batch, or None where their loss has no formula."""
        if self._options["pos_weight"] is not None:
            return None  # what is trained is another loss
        asked = ("loss", "from_logits", "ignore_class", "axis")
        return batch_rows(*self._batch, **{name: self._options[name] for name in asked})


def _losses(rows):
    """Return the mean loss of the batch, and that of the best constant prediction."""
    return (None, None) if rows is None else (mean_loss(rows), best_constant(rows))


def _lasting(first, last):
    """Return what is certain before training, and everything after it."""
    known = {(finding.mistake, finding.title) for finding in last}
    early = [f for f in first.certain if (f.mistake, f.title) not in known]
    return (*early, *last)


def _unexplained(about_steps, about_batch, in_data):
    """Leave out what follows from another finding."""
    if in_data or any(finding.mistake == "overflow" for finding in about_steps):
        about_batch = tuple(f for f in about_batch if not _follows_from_nan(f, in_data))
    if any(finding.certain for finding in in_data):
        about_steps = tuple(
            f for f in about_steps if f.mistake not in ("overflow", "learning-rate")
        )
    about_batch = in_data + about_batch
    if any(finding.mistake == "softmax-on-one-unit" for finding in about_batch):
        about_steps = tuple(f for f in about_steps if not _follows_from_one_unit(f))
    return about_steps, about_batch


def _follows_from_nan(finding, in_data):
    """Tell whether the numbers of the batch say again what is known of its features or its loss."""
    again = finding.title == NOT_FINITE or (in_data and finding.mistake == "nan-in-data")
    return again or finding.mistake == "overflow"


def _follows_from_one_unit(finding):
    """Tell whether a softmax that is always 1 explains it; rounding decides which of the two."""
    return finding.mistake == "no-gradient" or finding.title == "no better than a constant"


def _examples(y_pred):
    """Return how many examples the predictions hold; 0 where they cannot be counted."""
    first = next(iter(y_pred.values()), ()) if isinstance(y_pred, dict) else y_pred
    if isinstance(first, list | tuple) and hasattr(next(iter(first), None), "shape"):
        first = first[0]
    try:
        return len(first)
    except TypeError:
        return 0


def _one_number(name, value):
    try:
        return float(np.asarray(value).item())
    except (TypeError, ValueError, AttributeError):
        shape = np.shape(value)
        shown = f"an array of shape {shape}" if shape else repr(value)[:40]
        raise ValueError(f"{name}: expected one number, got {shown}") from None
