"""What each explorer must show, computed by `lossutils`: one function per explorer, of its name.

A function gets the values of the controls by name, and for each field that the chart calculates
the rows in which it stands, column by column. It returns what `lossutils` gives for every formula
and every calculated field; names that begin with _ are steps on the way, and need not be given.
"""

from explorer_truths.binary import sigmoid_cross_entropy
from explorer_truths.classification import double_softmax, softmax_cross_entropy

TRUTHS = {
    "double_softmax": double_softmax,
    "sigmoid_cross_entropy": sigmoid_cross_entropy,
    "softmax_cross_entropy": softmax_cross_entropy,
}

# Where nine digits are too many: the absolute difference that double precision allows, and why.
ABSOLUTE = {}
