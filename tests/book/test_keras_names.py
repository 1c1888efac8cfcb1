"""Names of Keras: none is used in a visible cell before the text has said what it is.

A name is explained on *How to read this book*, in the glossary, or in place: up to the text that
follows its cell. Pages are read in the order of the table of contents.
"""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from website.toc import PAGES

ROOT = Path(__file__).parents[2]
KINDS = "activations|callbacks|initializers|layers|losses|metrics|optimizers|regularizers"
ATTRIBUTE = re.compile(rf"\bkeras\.(?:{KINDS})\.(\w+)")
# What `compile` and the layers take as a string.
STRING = re.compile(
    r"\"(accuracy|adam|elu|exponential|gelu|mae|mape|mse|msle|poisson|relu|rmsprop|sgd|sigmoid"
    r"|softmax|softplus|tanh|binary_crossentropy|categorical_crossentropy|kl_divergence)\"",
    re.IGNORECASE,
)
# Namespaces and methods, which hold no idea of their own.
PLAIN = {"get", "schedules", "Layer", "Loss", "Metric", "Optimizer", "Callback", "Reduction"}
IN_ORDER = [name for name in PAGES if (ROOT / f"{name}.ipynb").exists()]
CHAPTERS = [name for name in IN_ORDER if "/sources/" not in name]  # these quote TensorFlow 1


@cache
def cells(name):
    return nbformat.read(ROOT / f"{name}.ipynb", as_version=4).cells


def names_in(source):
    """Return the names of Keras that a cell uses."""
    return (set(ATTRIBUTE.findall(source)) | set(STRING.findall(source))) - PLAIN


def words_of(name):
    """Return a regular expression for a name: as it is, or as the words that it is made of.

    Examples
    --------
    >>> bool(re.search(words_of("MeanSquaredError"), "the mean squared error"))
    True
    >>> bool(re.search(words_of("Adam"), "Adamant"))
    False
    """
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name.replace("_", " "))
    spaced = r"[\s-]*".join(parts).replace("rossentropy", r"ross-?entropy")
    return rf"(?i)(?<![a-z])(?:{re.escape(name)}|{spaced})(?![a-z])"


def uses():
    """Yield each name where it is used first: page, name, and the text up to there."""
    seen, text = set(), (ROOT / "book/glossary.md").read_text(encoding="utf-8")
    for page in CHAPTERS:
        pending = set()
        for cell in cells(page):
            if cell.cell_type == "markdown":
                text += f"\n{cell.source}"
                yield from ((page, name, text) for name in sorted(pending))
                pending = set()
            elif "hide-input" not in cell.metadata.get("tags", []):
                new = names_in(cell.source) - seen
                pending |= new
                seen |= new


USES = list(uses())


def test_names_are_found():
    assert {"Adam", "Dense", "EarlyStopping", "tanh"} <= {name for _, name, _ in USES}
    assert names_in('keras.layers.Dense(3, "relu")') == {"Dense", "relu"}


@pytest.mark.parametrize(("page", "name", "text"), USES, ids=[f"{u[0]}-{u[1]}" for u in USES])
def test_a_name_is_explained_before_it_is_used(page, name, text):
    assert re.search(words_of(name), text), f"{page} uses {name} before any text mentions it"
