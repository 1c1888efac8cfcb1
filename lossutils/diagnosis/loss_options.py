"""A loss of Keras: its name and its options, from whatever `keras.losses.get` accepts."""

import functools
import inspect
from collections.abc import Mapping

from lossutils._arguments import brief
from lossutils.diagnosis import names

_CONFIG = {"class_name", "config"}


def is_one_loss(loss):
    """Tell whether this is one loss, not a dictionary or a list of losses."""
    return not isinstance(loss, list | tuple | Mapping) or _is_config(loss)


def options_of(loss):
    """Return what `diagnose` has to be told of a loss: its name and its options; or raise.

    A loss is None, a name, a loss object of Keras or its configuration, a function or class of
    ``keras.losses``, or a `functools.partial` of one. Keras need not be imported for it.
    """
    if loss is None:
        return {"loss": None}
    if isinstance(loss, str):
        return {"loss": names.canonical(loss)}
    name, options = _described(loss)
    return _kept(names.canonical(loss if name is None else name), options)


def arguments_of(loss):
    """Return what is known of the loss of a compiled model; of one that you wrote, nothing."""
    try:
        arguments = options_of(loss)
    except ValueError:
        return {}
    return {} if arguments["loss"] is None else {"from_logits": False} | arguments


def _described(loss):
    """Return the name that Keras gives a loss and its options; None for one that you wrote."""
    if isinstance(loss, functools.partial):
        name, options = (None, {}) if loss.args else _described(loss.func)
        return name, options | loss.keywords
    if _is_config(loss):
        of_keras = str(loss.get("module", "keras.losses")).startswith("keras")
        return (loss["class_name"] if of_keras else None), dict(loss["config"] or {})
    if inspect.isclass(loss) or inspect.isfunction(loss):
        return (loss.__name__ if _of_keras(loss) else None), {}
    if not _of_keras(type(loss)):
        return None, {}
    return _of_object(loss)


def _of_object(loss):
    options = getattr(loss, "_fn_kwargs", {})  # the configuration may leave an axis out
    if type(loss).__name__ == "LossFunctionWrapper":
        name, of_function = _described(loss.fn)
        return name, of_function | options
    return type(loss).__name__, loss.get_config() | options


def _is_config(loss):
    return isinstance(loss, Mapping) and set(loss) >= _CONFIG


def _of_keras(known):
    """Tell whether a class or a function is one of Keras' losses; your own may have its name."""
    parts = str(known.__module__).split(".")
    return parts[0] == "keras" and "losses" in parts


def _kept(loss, options):
    """Return those of the options that mean something to `diagnose`; or raise for an axis."""
    arguments = {"loss": loss}
    if loss in names.ENTROPIES:
        arguments["from_logits"] = bool(options.get("from_logits", False))
    if loss in names.SPARSE and options.get("ignore_class") is not None:
        arguments["ignore_class"] = options["ignore_class"]
    if loss in names.FOCAL and "gamma" in options:
        arguments["gamma"] = options["gamma"]
    axis = options.get("axis", -1)
    if loss in (*names.ENTROPIES, "cosine_similarity") and axis != -1:
        names.checked_axis(axis)
        arguments["axis"] = axis
    return arguments


def combined(loss, given):
    """Return what a loss was told beside what was given; an option that is given twice agrees.

    What is not given is taken from the loss.

    Raises
    ------
    ValueError
        For an option that the loss was told otherwise.
    """
    arguments, asked = options_of(loss), _DEFAULTS | given
    for name in arguments.keys() & {n for n, default in _DEFAULTS.items() if asked[n] != default}:
        if asked[name] != arguments[name]:
            own = f"the loss was told {arguments[name]!r}"
            raise ValueError(f"{name}: {own}, got {brief(asked[name])}")
    return asked | arguments


_DEFAULTS = {"from_logits": False, "ignore_class": None, "gamma": None, "axis": -1}
