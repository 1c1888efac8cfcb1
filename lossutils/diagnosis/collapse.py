"""Rules about collapse: one embedding for all classes, or one reconstruction for all pictures."""

import numpy as np

from lossutils.activations import sigmoid
from lossutils.diagnosis import names
from lossutils.diagnosis.findings import count, fault, found, span
from lossutils.diagnosis.shapes import whole

_SAME = 0.05  # where the vectors of a healthy network have the length 1
_NEARLY = 0.01  # of the length of the vectors, for losses that take any length
_HARDLY_VARIES = 0.15  # of the spread of the pictures
_GREY = 0.05  # the share of pixels that a mask or a one-hot row does not have


def collapsed_embeddings(truth, prediction, loss):
    """Yield a suspicion when several classes get nearly the same vector."""
    y, vectors = truth.values.reshape(-1), prediction.values
    if loss not in ("circle", None) or vectors.ndim != 2 or len(y) != len(vectors):
        return
    if len(vectors) < 4 or vectors.shape[1] < 2 or np.unique(y).size < 2:
        return
    spread, limit = np.sqrt(vectors.var(axis=0).sum()), _SAME
    if loss is None:  # vectors of any length, or the scores of a classifier
        limit = _NEARLY * max(np.sqrt((vectors**2).sum(axis=1).mean()), 0.1)
    if spread < limit and (loss is not None or _are_embeddings(y, vectors.shape[1])):
        evidence = f"the {len(vectors)} vectors of y_pred lie {spread:.2g} from their mean: nearly"
        evidence += " one point for all classes."
        instead = "smaller batches at first; for the circle loss, vectors of length 1"
        yield found("collapsed-embeddings", evidence, instead, certain=False)


def vectors_of_any_length(prediction, loss):
    """Yield a suspicion when the circle loss gets vectors that are not of length 1."""
    vectors = prediction.values
    if loss != "circle" or vectors.ndim != 2 or len(vectors) < 4:
        return
    lengths = np.sqrt((vectors**2).sum(axis=1))
    off = np.abs(lengths - 1) > 0.05
    if off.mean() > 0.5:
        evidence = f"{count(off, 'vectors')} of y_pred have another length than 1"
        evidence += f" ({span(lengths)}); the circle loss takes their products for cosines."
        instead = "UnitNormalization() as the last layer"
        yield fault("vectors of another length than 1", evidence, instead, certain=False)


def _are_embeddings(y, width):
    """Tell whether the labels are classes that repeat, and the columns are not their scores."""
    if not whole(y) or y.min() < 0 or np.unique(y).size > len(y) / 2:
        return False
    classes = y.max() + 1
    return not classes <= width <= 1.5 * classes


def posterior_collapse(truth, prediction, loss, from_logits, options):
    """Yield a suspicion when a trained model returns the same picture for every picture."""
    y, p = truth.values, prediction.values
    if not options.trained or loss not in (*names.BINARY, *names.DISTANCES) or y.shape != p.shape:
        return
    y, p = (array.reshape(len(array), -1) for array in (y, sigmoid(p) if from_logits else p))
    if _are_pictures(y) and p.std(axis=0).mean() < _HARDLY_VARIES * y.std(axis=0).mean():
        evidence = f"the standard deviation of a pixel is {y.std(axis=0).mean():.3g} in y_true, and"
        evidence += f" {p.std(axis=0).mean():.2g} in y_pred: all {len(y)} examples look alike."
        instead = "in a VAE, the sum of the reconstruction over the pixels, not the mean"
        yield found("posterior-collapse", evidence, instead, certain=False)


def _are_pictures(y):
    """Tell whether these may be several pictures with grey pixels from 0 to 1."""
    in_unit = len(y) > 7 and y.shape[1] > 15 and y.min() >= 0 and y.max() <= 1
    return bool(in_unit and np.mean((y > 0) & (y < 1)) >= _GREY and y.std(axis=0).any())
