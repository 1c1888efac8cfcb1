"""How the formulas keep their digits: the only place with arithmetic beyond plain NumPy.

Loss modules import from here, so that each of them still looks like its formula.
"""

from lossutils._numerics.functions import (
    exp,
    log,
    log1p,
    log_ratio,
    power,
    x_log1p_y,
    x_log_y,
)
from lossutils._numerics.pairs import Pair, two_sum, where
from lossutils._numerics.precision import (
    EPSILON,
    cancelled,
    in_float64,
    is_floating,
    result_dtype,
    rounded,
    silent,
    summed,
)
from lossutils._numerics.scaling import (
    enlarged,
    headroom,
    product,
    ratio,
    scaled,
    scaled_together,
    times_exp,
)
from lossutils._numerics.sigmoid import pull_of_element
from lossutils._numerics.softmax import careful_pull, others, pull, softmax_pairs, softmax_parts

__all__ = [
    "EPSILON",
    "Pair",
    "cancelled",
    "careful_pull",
    "enlarged",
    "exp",
    "headroom",
    "in_float64",
    "is_floating",
    "log",
    "log1p",
    "log_ratio",
    "others",
    "power",
    "product",
    "pull",
    "pull_of_element",
    "ratio",
    "result_dtype",
    "rounded",
    "scaled",
    "scaled_together",
    "silent",
    "softmax_pairs",
    "softmax_parts",
    "summed",
    "times_exp",
    "two_sum",
    "where",
    "x_log1p_y",
    "x_log_y",
]
