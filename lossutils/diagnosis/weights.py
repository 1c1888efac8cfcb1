"""Do the weights fit the losses, and are they weights?"""

import numpy as np

from lossutils.diagnosis import names
from lossutils.diagnosis.findings import found
from lossutils.diagnosis.shapes import aligned

_FEWEST = 4  # examples with a weight, and without one


def weight_findings(weight, prediction, loss):
    """Yield what is wrong with the weights; `prediction` is None where it could not be read."""
    values = weight.values
    if not np.isfinite(values).all():
        count = int(np.sum(~np.isfinite(values)))
        evidence = f"{count} of {values.size} weights are nan or infinite; the loss becomes nan."
        yield found("sample-weight", evidence, "finite weights of at least 0")
    if (values < 0).any():
        evidence = f"{int(np.sum(values < 0))} of {values.size} weights are negative, the smallest"
        evidence += f" {np.min(values):.4g}: training makes the loss of those examples larger."
        yield found("sample-weight", evidence, "weights of at least 0", certain=False)
    if values.size and (values == 0).all():
        evidence = f"all {values.size} weights are 0: the loss is 0 and nothing is learned."
        instead = "weights above 0 for what should count"
        yield found("sample-weight", evidence, instead, certain=False)  # or all of it is padding
    if prediction is not None and () not in (weight.shape, prediction.shape) and loss is not None:
        yield from _shape(weight.shape, prediction.shape, losses_shape(prediction.shape, loss))


def one_label_counts(truth, weight):
    """Yield a suspicion when all examples with a weight have one label, and the others another."""
    y, w = truth.values.reshape(-1), weight.values.reshape(-1)
    if y.size != w.size or not (np.isfinite(y).all() and np.isfinite(w).all()):
        return
    counted, left_out = y[w != 0], y[w == 0]
    few = min(counted.size, left_out.size) < _FEWEST
    if few or np.ptp(counted) > 0 or np.ptp(left_out) > 0 or counted[0] == left_out[0]:
        return
    if _of_pads(left_out[0]):
        return
    evidence = f"all {left_out.size} examples with the label {left_out[0]:g} have the weight 0, and"
    evidence += f" all {counted.size} others have the label {counted[0]:g}: the same answer for"
    evidence += " every example is right."
    instead = "weights above 0 for both, such as 1 for the frequent label"
    yield found("sample-weight", evidence, instead, certain=False)


def _of_pads(label):
    """Tell whether a label is a usual mark of what does not count."""
    return label in (-1, -100, 255)


def losses_shape(p, loss):
    """Return the shape of the losses for predictions of shape `p`: one for each row."""
    if loss in (*names.OVERLAPS, "ctc", "circle"):
        return p[:1]
    return p if len(p) == 1 and loss not in (*names.ROWWISE, *names.INDEXED) else p[:-1]


def fitted(w, per_loss):
    """Return the shape of the weights as Keras aligns it, or None where it does not fit."""
    w, per_loss = aligned(w, per_loss)
    same = len(w) == len(per_loss)
    fits = same and all(mine in (1, other) for mine, other in zip(w, per_loss, strict=True))
    return w if fits else None


def _shape(w, p, per_loss):
    if fitted(w, per_loss) is not None:
        return
    evidence = f"sample_weight has shape {w}, and there are losses of shape {per_loss}"
    if w == per_loss[: len(w)] and len(w) < len(per_loss):
        evidence += ". Keras aligns the two from the last axis, not from the first."
        certain = not _along_the_end(w, per_loss)
        instead = f"sample_weight[{_axes(w, per_loss)}]"
        yield found("sample-weight", evidence, instead, certain=certain)
    elif w == p and len(p) > 1:
        evidence += ": the mean over the last axis is taken before the weights are multiplied."
        instead = "y_true[..., None] and y_pred[..., None], and then a weight for each number"
        yield found("sample-weight", evidence, instead)
    elif len(w) > len(per_loss) or not _along_the_end(w, per_loss):
        instead = f"weights of shape {per_loss}, one for each loss"
        yield found("sample-weight", f"{evidence}; they do not fit.", instead)


def _axes(w, per_loss):
    return ", ".join([":"] * len(w) + ["None"] * (len(per_loss) - len(w)))


def _along_the_end(w, per_loss):
    end = per_loss[-len(w) :]
    return all(mine in (1, other) for mine, other in zip(w, end, strict=True))
