"""What each explorer must show, computed by `lossutils`: one function per explorer, of its name.

A function gets the values of the controls by name, and for each field that the chart calculates
the rows in which it stands, column by column. It returns what `lossutils` gives for every formula
and every calculated field; names that begin with _ are steps on the way, and need not be given.
"""

from explorer_truths.classification import double_softmax

TRUTHS = {"double_softmax": double_softmax}

# Where nine digits are too many: the absolute difference that double precision allows, and why.
ABSOLUTE = {}
