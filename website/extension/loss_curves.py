"""The small curves of the page *All losses*: what each loss charges as one number moves."""

import numpy as np

from lossutils import losses
from website.extension.curves import over

LABEL = np.ones(1)


def residual(loss, **options):
    """Return a loss over the difference between prediction and truth."""
    return over("prediction − truth", (-3, 0, 3), lambda x: loss(0 * x, x, **options))


def two_classes(x):
    """Return the probabilities of two classes, of which the first has probability x."""
    return np.stack([x, 1 - x], axis=-1)


def against_zero(x):
    """Return the logits of two classes, of which the second is 0."""
    return np.stack([x, 0 * x], axis=-1)


def first(x):
    """Return one-hot labels of the first of two classes."""
    return np.stack([1 + 0 * x, 0 * x], axis=-1)


def zeros(x):
    """Return the index of the first class, once for each number."""
    return np.zeros(len(x), int)


def probability(loss, truth, prediction=two_classes, **options):
    """Return a loss over the probability of the true answer."""
    title = "probability of the true answer"
    return over(title, (0.02, 0.5, 1), lambda x: loss(truth(x), prediction(x), **options))


def logit(loss, truth, prediction=against_zero, **options):
    """Return a loss over the logit of the true answer; that of the other class is 0."""
    return over(
        "logit of the true answer",
        (-6, 0, 6),
        lambda x: loss(labels=truth(x), logits=prediction(x), **options),
    )


def one(x):
    """Return labels of 1."""
    return 1 + 0 * x


def itself(x):
    """Return the numbers as they are."""
    return x


def ahead(x):
    """Return a vector of length 1, once for each angle."""
    return np.stack([one(x), 0 * x], axis=-1)


def turned(x):
    """Return vectors of length 1 with angles in degrees."""
    return np.stack([np.cos(np.radians(x)), np.sin(np.radians(x))], axis=-1)


def angle(loss):
    """Return a loss over the angle between two vectors."""
    return over("angle in degrees", (0, 90, 180), loss)


def share(loss, **options):
    """Return a loss over the share of an object of four pixels that is found."""
    return over(
        "share of the object that is found",
        (0, 0.5, 1),
        lambda x: loss(np.ones((len(x), 4)), np.outer(x, np.ones(4)), axis=1, **options),
    )


def on_a_line(x):
    """Return the numbers as vectors of one dimension."""
    return x[:, None]


def each(batch):
    """Return a function that puts every number into a batch of its own."""
    return lambda x: np.array([np.mean(batch(number)) for number in x])


def circle_of(degrees):
    """Return the loss of three unit vectors: two of a class with an angle between, one opposite."""
    vectors = turned(np.array([0.0, degrees, 180.0]))
    return losses.circle([0, 0, 1], vectors, gamma=2.0)


def two_frames(logit):
    """Return the CTC loss of one symbol in two frames that give it the same logit."""
    frames = np.array([[[0.0, logit], [0.0, logit]]])
    return losses.ctc_loss(labels=[[1]], logits=frames, label_length=[1], logit_length=[2])


def sampled(loss):
    """Return a loss of a true and one sampled class, both of which are expected once."""
    counts = {"true_expected_count": LABEL, "sampled_expected_count": LABEL}

    def of(number):
        logits = np.array([[number, 0.0]])
        return loss(labels=[0], logits=logits, sampled_classes=[1], **counts)

    return over("logit of the true class, sampled one 0", (-6, 0, 6), each(of))


CURVES = {
    "Squared error": residual(losses.squared_error),
    "Half the sum of squares": over(
        "the only element", (-3, 0, 3), lambda x: losses.squared_error(0 * x, x) / 2
    ),
    "Absolute error": residual(losses.absolute_error),
    "Percentage error": over(
        "prediction; the truth is 2",
        (0, 2, 4, 6),
        lambda x: losses.absolute_percentage_error(0 * x + 2, x),
    ),
    "Squared logarithmic error": over(
        "prediction; the truth is 2",
        (0, 2, 4, 6),
        lambda x: losses.squared_logarithmic_error(0 * x + 2, x),
    ),
    "Huber loss": residual(losses.huber_loss),
    "Pseudo-Huber loss": residual(losses.pseudo_huber_loss),
    "Log-cosh": residual(losses.log_cosh),
    "Pinball loss": residual(losses.pinball_loss, quantile=0.9),
    "Gaussian negative log-likelihood": over(
        "variance; the difference is 1",
        (0.2, 1, 2, 3, 4),
        lambda x: losses.gaussian_negative_log_likelihood(0 * x, one(x), variance=x),
    ),
    "Pairwise squared error": over(
        "difference in one of two outputs",
        (-3, 0, 3),
        lambda x: losses.mean_pairwise_squared_error(np.zeros((len(x), 2)), against_zero(x)),
    ),
    "Poisson loss": over(
        "predicted rate; the count is 3",
        (1, 3, 5, 7, 9),
        lambda x: losses.poisson_loss(0 * x + 3, x),
    ),
    "Poisson loss of a logarithm": over(
        "logarithm of the rate; the count is 3",
        (-1, 0, 1, 2, 3),
        lambda x: losses.log_poisson_loss(0 * x + 3, x),
    ),
    "Binary cross-entropy": probability(losses.binary_cross_entropy, one, itself),
    "Sigmoid cross-entropy": logit(losses.sigmoid_cross_entropy_with_logits, one, itself),
    "Weighted cross-entropy": logit(
        losses.weighted_cross_entropy_with_logits, one, itself, pos_weight=3.0
    ),
    "Binary focal cross-entropy": probability(losses.binary_focal_cross_entropy, one, itself),
    "Sigmoid focal cross-entropy": logit(
        losses.sigmoid_focal_cross_entropy_with_logits, one, itself
    ),
    "Categorical cross-entropy": probability(losses.categorical_cross_entropy, first),
    "Sparse categorical cross-entropy": probability(losses.sparse_categorical_cross_entropy, zeros),
    "Softmax cross-entropy": logit(losses.softmax_cross_entropy_with_logits, first),
    "Sparse softmax cross-entropy": logit(losses.sparse_softmax_cross_entropy_with_logits, zeros),
    "Categorical focal cross-entropy": probability(losses.categorical_focal_cross_entropy, first),
    "Softmax focal cross-entropy": logit(losses.softmax_focal_cross_entropy_with_logits, first),
    "Generalised cross-entropy": probability(
        losses.categorical_generalized_cross_entropy, zeros, q=0.7
    ),
    "Ordinal cross-entropy": over(
        "both logits; the class is the middle one of three",
        (-6, 0, 6),
        lambda x: losses.ordinal_cross_entropy_with_logits(
            labels=zeros(x) + 1, logits=np.stack([x, x], axis=-1)
        ),
    ),
    "KL divergence": over(
        "probability of the first class; the truth is 0.7",
        (0.02, 0.5, 0.98),
        lambda x: losses.kl_divergence(two_classes(0 * x + 0.7), two_classes(x)),
    ),
    "Hinge loss": over(
        "label × score",
        (-3, 0, 3),
        lambda x: losses.hinge_loss(one(x), x, label_values=(-1, 1)),
    ),
    "Squared hinge loss": over(
        "label × score",
        (-3, 0, 3),
        lambda x: losses.squared_hinge_loss(one(x), x, label_values=(-1, 1)),
    ),
    "Categorical hinge": over(
        "score of the true class; the other's is 0",
        (-3, 0, 3),
        lambda x: losses.categorical_hinge(first(x), against_zero(x)),
    ),
    "Cosine similarity": angle(lambda x: losses.cosine_similarity(ahead(x), turned(x))),
    "Cosine distance": angle(lambda x: losses.cosine_distance(ahead(x), turned(x))),
    "Dice loss": share(losses.dice),
    "Tversky loss": share(losses.tversky, alpha=0.3, beta=0.7),
    "Contrastive loss": over(
        "distance of two that differ; margin 2",
        (0, 1, 2, 3),
        lambda x: losses.contrastive_loss(one(x), x, same_label=0, margin=2.0),
    ),
    "Triplet loss": over(
        "distance to the other class; to the own: 1",
        (0, 1, 2, 3),
        lambda x: losses.triplet_margin_loss(
            on_a_line(0 * x), on_a_line(one(x)), on_a_line(-x), margin=1.0
        ),
    ),
    "Batch-hard triplet loss": over(
        "place of another class; the own: 0 and 1",
        (-3, 0, 3),
        each(lambda x: losses.batch_hard_triplet_loss([0, 0, 1], [[0.0], [1.0], [x]])),
    ),
    "InfoNCE": angle(
        each(
            lambda x: losses.info_nce(
                turned(np.array([0.0, 180.0])), turned(np.array([x, 180.0])), temperature=0.5
            )
        )
    ),
    "Circle loss": angle(each(circle_of)),
    "CTC loss": over("logit of the symbol in both frames", (-6, 0, 6), each(two_frames)),
    "Sampled softmax": sampled(losses.sampled_softmax_loss),
    "NCE loss": sampled(losses.nce_loss),
}
