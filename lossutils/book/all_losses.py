"""The table of all losses: their names elsewhere, what they expect, and their functions here."""

import json
from pathlib import Path

from lossutils import gradients, losses

__all__ = ["gaps", "no_losses", "table"]

FILE = str(Path(__file__).with_name("data") / "losses.json")
# The modules whose public losses have to be in the table, which calls them by their names.
COMPLETE = ("keras.losses", "tf.nn", "tf.compat.v1.losses")


def table():
    """Return one entry per loss, in the order of the page.

    Returns
    -------
    list of dict
        name; lossutils: the functions in `losses` and `gradients`; keras.losses, tf.nn and
        tf.compat.v1.losses: the names there; torch.nn and optax.losses: the calls there, of the
        truth y and the prediction p, or x if it is a logit; formula in LaTeX; shapes, truth,
        prediction and last_layer: what is expected; lowest: the lowest value; estimates; section:
        where the book explains it, as page#section, or an empty text.

    Examples
    --------
    >>> table()[0]["name"], table()[0]["lossutils"]
    ('Squared error', ['squared_error'])
    """
    return _data()["losses"]


def no_losses():
    """Return the public names that are not losses, and what they are instead.

    Examples
    --------
    >>> no_losses()["keras.losses.get"]
    'finds a loss by its name'
    """
    return _data()["no_losses"]


def gaps(public, entries):
    """Yield a sentence for each public loss without a value or a gradient here, or a section.

    Parameters
    ----------
    public : iterable of str
        Dotted names, such as ``tf.nn.ctc_loss``.
    entries : list of dict
        The table, as `table` returns it.

    Examples
    --------
    >>> list(gaps(["keras.losses.Huber", "keras.losses.Wing"], table()))
    ['keras.losses.Wing is in no entry of the table of all losses']
    """
    for name in sorted(set(public) - set(no_losses())):
        own = [entry for entry in entries if name in names(entry)]
        functions = [function for entry in own for function in entry["lossutils"]]
        if own and not any(entry["section"] for entry in own):
            yield f"{name} has no section in the book"
        if not functions:
            yield f"{name} is in no entry of the table of all losses"
        for function in functions:
            for module, what in ((losses, "value"), (gradients, "gradient")):
                if function not in module.__all__:
                    yield f"{name} has no {what} in NumPy: {module.__name__} has no {function}"


def names(entry):
    """Return the dotted names of an entry in Keras and TensorFlow."""
    return {f"{module}.{name}" for module in COMPLETE for name in entry[module]}


def _data():
    return json.loads(Path(FILE).read_text(encoding="utf-8"))
