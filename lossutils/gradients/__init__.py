"""Derivatives of the losses, under the same names and with the shape of the prediction.

Each is the derivative of one value with respect to the prediction it was made from: for one value
per element its own derivative, for one value per example a row. At a kink it is 0.

How many digits hold, measured against mpmath for the same inputs as the losses:

- float16, bfloat16, float32: within 1 unit in the last place of the correctly rounded result.
- float64: within 8 units in the last place. Where soft labels nearly cancel the probabilities, or
  vectors are nearly parallel, the difference is computed in twice the precision and wrong by less
  than :math:`2^{-94}` of the terms.

Losses of embeddings, of sequences and of sampled classes have gradients that are sums over many
terms in float64. They are within 1 unit in the last place of float32 plus :math:`2^{-46}` of the
largest of their terms. Where examples enter each other's losses, it is the derivative of their
sum; where a loss has several predictions, there is one derivative for each.
"""

from lossutils.gradients.directions import cosine_distance, cosine_similarity
from lossutils.gradients.distributions import kl_divergence, poisson_loss
from lossutils.gradients.embeddings import (
    batch_hard_triplet_loss,
    circle,
    contrastive_loss,
    info_nce,
    triplet_margin_loss,
)
from lossutils.gradients.focal import (
    binary_focal_cross_entropy,
    categorical_focal_cross_entropy,
    sigmoid_focal_cross_entropy_with_logits,
    softmax_focal_cross_entropy_with_logits,
)
from lossutils.gradients.likelihoods import gaussian_negative_log_likelihood, log_poisson_loss
from lossutils.gradients.logits import (
    ordinal_cross_entropy_with_logits,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from lossutils.gradients.margins import categorical_hinge, hinge_loss, squared_hinge_loss
from lossutils.gradients.overlap import dice, tversky
from lossutils.gradients.probabilities import (
    binary_cross_entropy,
    categorical_cross_entropy,
    categorical_generalized_cross_entropy,
    sparse_categorical_cross_entropy,
)
from lossutils.gradients.regression import (
    absolute_error,
    huber_loss,
    l2_loss,
    log_cosh,
    pseudo_huber_loss,
    squared_error,
)
from lossutils.gradients.relative import (
    absolute_percentage_error,
    mean_pairwise_squared_error,
    pinball_loss,
    squared_logarithmic_error,
)
from lossutils.gradients.sampled import nce_loss, sampled_softmax_loss
from lossutils.gradients.sequences import ctc_loss

__all__ = [
    "absolute_error",
    "absolute_percentage_error",
    "batch_hard_triplet_loss",
    "binary_cross_entropy",
    "binary_focal_cross_entropy",
    "categorical_cross_entropy",
    "categorical_focal_cross_entropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "circle",
    "contrastive_loss",
    "cosine_distance",
    "cosine_similarity",
    "ctc_loss",
    "dice",
    "gaussian_negative_log_likelihood",
    "hinge_loss",
    "huber_loss",
    "info_nce",
    "kl_divergence",
    "l2_loss",
    "log_cosh",
    "log_poisson_loss",
    "mean_pairwise_squared_error",
    "nce_loss",
    "ordinal_cross_entropy_with_logits",
    "pinball_loss",
    "poisson_loss",
    "pseudo_huber_loss",
    "sampled_softmax_loss",
    "sigmoid_cross_entropy_with_logits",
    "sigmoid_focal_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "softmax_focal_cross_entropy_with_logits",
    "sparse_categorical_cross_entropy",
    "sparse_softmax_cross_entropy_with_logits",
    "squared_error",
    "squared_hinge_loss",
    "squared_logarithmic_error",
    "triplet_margin_loss",
    "tversky",
    "weighted_cross_entropy_with_logits",
]
