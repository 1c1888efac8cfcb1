from math import exp

FUNCTION = "perplexity"

START = '''
from math import exp, log


def perplexity(losses, mask):
    """Return the perplexity of the words that are not padding."""
    return 0.0  # change this line


print(perplexity([log(2), log(8), 5.0], [1, 1, 0]))
'''

HINT = r"""
First the mean loss per word, then `exp` of it. Padding is neither summed nor counted.
"""

SOLUTION = '''
from math import exp


def perplexity(losses, mask):
    """Return the perplexity of the words that are not padding."""
    total = sum(loss * keep for loss, keep in zip(losses, mask))
    return exp(total / sum(mask))
'''

CASES = [
    ([0.6931471805599453, 2.0794415416798357, 5.0], [1, 1, 0]),
    ([1.0, 2.5, 0.5, 3.0], [1, 1, 1, 0]),
    ([0.25, 4.0, 1.5], [1, 0, 1]),
]


def words(losses, mask):
    return [loss for loss, keep in zip(losses, mask, strict=True) if keep]


def expected(losses, mask):  # the geometric mean of one over each word's probability
    product = 1.0
    for loss in words(losses, mask):
        product *= exp(loss)
    return product ** (1 / sum(mask))


MISTAKES = [
    (
        lambda losses, mask: exp(sum(losses) / len(losses)),
        "The padding counts like a word.",
        "mistake-mask-ignored",
    ),
    (
        lambda losses, mask: exp(sum(words(losses, mask)) / len(losses)),
        "The padding is not summed, but still counted: divide by the number of words.",
        "sequences-padding",
    ),
    (
        lambda losses, mask: sum(map(exp, words(losses, mask))) / sum(mask),
        "This is the mean of the perplexities of the words. Take the mean of the losses "
        "first, then exp.",
        "sequences-perplexity",
    ),
    (
        lambda losses, mask: 2 ** (sum(words(losses, mask)) / sum(mask)),
        "The base 2 belongs to losses in bits. These are natural logarithms: use exp.",
        "sequences-perplexity",
    ),
]
