"""Loss functions: truth first, prediction second, one value per element or per example.

Inputs are checked: shapes must be equal, numbers finite, probabilities in [0, 1]. Results have the
promoted floating dtype of the inputs; integers do not promote, and integers alone give float64.
Everything is computed in float64 and rounded once, and nothing is clipped.

How many digits hold, measured against mpmath, from the smallest to the largest float64, for labels
in [0, 1], `gamma` up to 100, any other option, and 1 to 10,000 classes:

- float16, bfloat16, float32: within 1 unit in the last place of the correctly rounded result.
- float64: within 4 units in the last place. Where terms cancel (KL divergence near equality, the
  Poisson loss near a root, the cosine near a right angle) they are computed in twice the precision,
  and what is left is wrong by less than :math:`2^{-94}` of the terms.

A result is infinite only where the correctly rounded one is.

Losses of embeddings, of sequences and of sampled classes are sums over many terms in float64. They
are within 1 unit in the last place of float32 plus :math:`2^{-46}` of the largest of their
terms.
"""

from lossutils.losses.circles import circle
from lossutils.losses.directions import cosine_distance, cosine_similarity
from lossutils.losses.distributions import kl_divergence, poisson_loss
from lossutils.losses.embeddings import (
    batch_hard_triplet_loss,
    contrastive_loss,
    info_nce,
    triplet_margin_loss,
)
from lossutils.losses.focal import (
    binary_focal_cross_entropy,
    categorical_focal_cross_entropy,
    sigmoid_focal_cross_entropy_with_logits,
    softmax_focal_cross_entropy_with_logits,
)
from lossutils.losses.labels import smooth_labels
from lossutils.losses.likelihoods import gaussian_negative_log_likelihood, log_poisson_loss
from lossutils.losses.logits import (
    ordinal_cross_entropy_with_logits,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from lossutils.losses.margins import categorical_hinge, hinge_loss, squared_hinge_loss
from lossutils.losses.overlap import dice, tversky
from lossutils.losses.probabilities import (
    binary_cross_entropy,
    categorical_cross_entropy,
    categorical_generalized_cross_entropy,
    sparse_categorical_cross_entropy,
)
from lossutils.losses.regression import (
    absolute_error,
    huber_loss,
    l2_loss,
    log_cosh,
    pseudo_huber_loss,
    squared_error,
)
from lossutils.losses.relative import (
    absolute_percentage_error,
    mean_pairwise_squared_error,
    pinball_loss,
    squared_logarithmic_error,
)
from lossutils.losses.sampled import nce_loss, sampled_softmax_loss
from lossutils.losses.sequences import ctc_loss

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
    "smooth_labels",
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
