"""Which kind of batch does a loss take?"""

import numpy as np

from lossutils.checking.batches import tried
from lossutils.checking.subject import Subject

_TINY = 1e-5
_FAILED = np.array([np.nan])


def choose(loss, batches=None):
    """Return a loss with the first batch that fits it.

    A batch fits if the numbers are finite, not negative and lowest at the truth. If none fits, the
    first whose numbers are lowest at the truth is taken, then the first whose numbers are finite
    and not negative, then the first with finite numbers, then the first that can be computed. If
    there is none, the error of the first is raised.
    """
    batches = batches or tried()
    for wanted in (_fits, _is_lowest, _is_positive, _is_finite, _is_computed):
        for batch in batches:
            if wanted(loss, batch):
                return Subject(loss, batch)
    subject = Subject(loss, batches[0])
    subject.values()  # raises
    return subject


def costs(subject, batch=None):
    """Return what the best prediction costs, and what the worse ones cost."""
    batch = batch or subject.batch
    best, *worse = (
        np.mean(subject.values(batch.y_true, prediction))
        for prediction in (batch.best, *batch.worse)
    )
    return best, worse


def _fits(loss, batch):
    if not _is_positive(loss, batch) or not _is_lowest(loss, batch):
        return False
    best, worse = costs(Subject(loss, batch))
    return bool(min(best, *worse) > -_TINY)


def _is_lowest(loss, batch):
    """Tell whether the best prediction costs least; of distances that are right, nothing."""
    if batch.best is None or not _is_finite(loss, batch):
        return False
    subject = Subject(loss, batch)
    best, worse = costs(subject)
    if "distances" in batch.kind and abs(best) > _TINY:
        return False
    return bool(best < min(worse) - _TINY) and _takes_logits(subject)


def _takes_logits(subject):
    """Tell whether each logit has the slope that it needs; a clipped probability has not."""
    if "logits" not in subject.batch.kind:
        return True
    slope = subject.slope()
    return slope is not None and bool((slope * subject.batch.best < 0).all())


def _is_positive(loss, batch):
    return _is_finite(loss, batch) and bool(_numbers(loss, batch).min() > -_TINY)


def _is_finite(loss, batch):
    return bool(np.isfinite(_numbers(loss, batch)).all())


def _is_computed(loss, batch):
    return _numbers(loss, batch) is not _FAILED


def _numbers(loss, batch):
    """Return the numbers of a batch, or `_FAILED` where the loss raises."""
    try:
        return Subject(loss, batch).values()
    except Exception:  # a loss can raise anything
        return _FAILED
