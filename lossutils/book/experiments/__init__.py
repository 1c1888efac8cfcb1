"""The table of experiments: what five documents compute and print, and how to compute it again.

Each document has a module with its rows. A row holds the inputs, the published digits, and how
TensorFlow, NumPy and mpmath compute them.
"""

from lossutils.book.experiments.row import Row
from lossutils.book.experiments.table import all_experiments, catalogue, get

__all__ = ["Row", "all_experiments", "catalogue", "get"]
