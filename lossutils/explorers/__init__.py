"""Figures that the reader can move, on a page without a kernel and in JupyterLab.

Each function returns an explorer; the last expression of a cell shows it. What they are made of is
in `lossutils.explorers.core` and `lossutils.explorers.formulas`.
"""

from lossutils.explorers.binary import sigmoid_cross_entropy
from lossutils.explorers.classification import double_softmax, softmax_cross_entropy

__all__ = ["double_softmax", "sigmoid_cross_entropy", "softmax_cross_entropy"]
