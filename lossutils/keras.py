"""The callback for Keras. It needs Keras with TensorFlow; ``import lossutils`` does not."""

from lossutils.diagnosis.callback import Diagnose

__all__ = ["Diagnose"]
