"""Pieces of Vega expressions in stable form: strings in, a string out.

Vega has exp and log, but no log1p, expm1 or softplus. The forms below keep the digits where
the textbook ones lose them, so that what a page computes agrees with `lossutils` to nine digits.
"""

import string

__all__ = [
    "expm1",
    "float32",
    "log1p",
    "others",
    "sentence",
    "sigmoid",
    "softmax",
    "softplus",
]


def log1p(x):
    """Return log(1 + x), also where x is small.

    The rounding of 1 + x is undone by the factor x / ((1 + x) - 1): theorem 4 of D. Goldberg, "What
    every computer scientist should know about floating-point arithmetic", ACM Computing Surveys
    23(1), 1991.

    Examples
    --------
    >>> log1p("t")
    '((1 + (t)) == 1 ? (t) : log(1 + (t)) * (t) / ((1 + (t)) - 1))'
    """
    return f"((1 + ({x})) == 1 ? ({x}) : log(1 + ({x})) * ({x}) / ((1 + ({x})) - 1))"


def expm1(x):
    """Return exp(x) - 1, also where x is small.

    Examples
    --------
    >>> expm1("t")
    '(exp(t) == 1 ? (t) : abs(t) > 1 ? exp(t) - 1 : (exp(t) - 1) * (t) / log(exp(t)))'
    """
    return (
        f"(exp({x}) == 1 ? ({x}) : abs({x}) > 1 ? exp({x}) - 1"
        f" : (exp({x}) - 1) * ({x}) / log(exp({x})))"
    )


def softplus(x):
    """Return log(1 + exp(x)) without overflow.

    Examples
    --------
    >>> softplus("z").startswith("(max(z, 0) + ")
    True
    """
    return f"(max({x}, 0) + {log1p(f'exp(-abs({x}))')})"


def sigmoid(x):
    """Return 1 / (1 + exp(-x)).

    Examples
    --------
    >>> sigmoid("z")
    '(1 / (1 + exp(-(z))))'
    """
    return f"(1 / (1 + exp(-({x}))))"


def float32(x):
    """Return `x`, a name, rounded to float32, bit for bit; for sizes below 2**128.

    A number is added that leaves float64 room for 24 bits of `x` only (for fewer where float32 has
    fewer, below 2**-126). It is then taken away again, without an error.

    Examples
    --------
    >>> float32("t").count("1.5 * pow(2")
    2
    """
    large = f"1.5 * pow(2, max(floor(log(abs({x})) / LN2), -126) + 29)"
    return f"({x} + {large} - {large})"


def others(logits, *, true, at):
    """Return the sum of exp(z - at) over the logits of all classes but the true one.

    Where `at` is the logit of the true class, log1p of it is the softmax cross-entropy, with all
    its digits also where it is tiny. It overflows where two logits differ by more than 709.

    Parameters
    ----------
    logits : list of str
        The logits, one expression per class.
    true : str
        The index of the true class.
    at : str
        What is subtracted, usually the logit of the true class.

    Examples
    --------
    >>> others(["a", "b"], true="c", at="d")
    '((c == 0 ? 0 : exp(a - (d))) + (c == 1 ? 0 : exp(b - (d))))'
    """
    terms = (f"({true} == {k} ? 0 : exp({z} - ({at})))" for k, z in enumerate(logits))
    return f"({' + '.join(terms)})"


def softmax(logits, k):
    """Return the probability of class `k`, a number.

    Examples
    --------
    >>> softmax(["a", "b"], 0)
    '(1 / (exp(a - (a)) + exp(b - (a))))'
    """
    return f"(1 / ({' + '.join(f'exp({z} - ({logits[k]}))' for z in logits)}))"


def sentence(text):
    """Return an f-string as an expression: in braces another expression, and a format of d3.

    Examples
    --------
    >>> sentence("Loss {loss:.3f} of {n} examples.")
    "'Loss ' + format(loss, '.3f') + ' of ' + n + ' examples.'"
    """
    parts = []
    for words, expression, form, _ in string.Formatter().parse(text):
        parts += [f"'{words}'"] if words else []
        parts += [f"format({expression}, '{form}')" if form else expression] if expression else []
    return " + ".join(parts)
