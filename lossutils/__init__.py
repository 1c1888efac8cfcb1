"""Loss functions in NumPy: the second opinion of the book *Loss Functions in TensorFlow*.

Import the module you need::

    from lossutils import losses, gradients, reductions

Every loss returns one value per element or per example; `reductions` makes a number of them;
`gradients` holds the derivative of each under the same name. `diagnose` says what is wrong with a
batch. Only `plots` and `explorers` need more than NumPy.
"""

__all__ = ["diagnose"]

__version__ = "0.1.0"


def __getattr__(name):
    """Import the diagnosis when it is asked for: whoever wants the losses need not wait for it."""
    if name == "diagnose":
        from lossutils.diagnosis import diagnose

        return diagnose
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
