"""Bad arguments for every loss and gradient, and what the message must say."""

import pytest
from examples import LOSSES, ROWWISE, call

from lossutils import gradients, losses

MODULES = pytest.mark.parametrize("module", [losses, gradients])
NAMES = pytest.mark.parametrize("name", LOSSES)
LOGITS = [name for name in LOSSES if name.endswith("_with_logits")]
SPARSE = [name for name in ROWWISE if ROWWISE[name][0] == "class"]


def names(name):
    """Return what a loss calls its truth and its prediction."""
    return ("labels", "logits") if name in LOGITS else ("y_true", "y_pred")


def refuses(module, name, truth, prediction, *parts, error=(TypeError, ValueError), **options):
    """Check that a call raises, and that the message has all the parts."""
    with pytest.raises(error) as caught:
        call(getattr(module, name), truth, prediction, **options)
    for part in parts:
        assert part in str(caught.value), f"{part!r} is not in {str(caught.value)!r}"
