"""Loss functions in NumPy: the second opinion of the book *Loss Functions in TensorFlow*.

`losses` returns one value per element or per example, `reductions` turns them into one number, and
`gradients` holds the derivative of each loss under the same name. `diagnose` says what is wrong
with a batch. All of these need only NumPy; `check_loss`, which tries out a loss that you wrote,
needs TensorFlow. `lossutils.book` holds what the book's chapters share.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lossutils import activations, gradients, losses, reductions
    from lossutils.checking import check_loss
    from lossutils.diagnosis import diagnose

__all__ = ["activations", "check_loss", "diagnose", "gradients", "losses", "reductions"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Import a module or a function when it is used: `import lossutils` stays fast."""
    homes = {"check_loss": "lossutils.checking", "diagnose": "lossutils.diagnosis"}
    if name in homes:
        return getattr(importlib.import_module(homes[name]), name)
    if name in __all__:
        return importlib.import_module(f"lossutils.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
