"""What the five source documents contain: inputs, numbers as printed, findings."""

import difflib
import json
from dataclasses import dataclass, field
from importlib import resources

import numpy as np

__all__ = ["Experiment", "Row", "all_experiments", "catalogue", "get"]


@dataclass(frozen=True)
class Row:
    """One entry of the catalogue: something that a document computes, prints or claims.

    Attributes
    ----------
    id : str
        Number of the document and of the row in it, such as "001-5".
    document : str
        Number of the document.
    line : int
        Where it stands in the copy of the document.
    kind : str
        Experiment, claim, snippet, formula or typo.
    title, verdict, finding : str
        What it is about, what came of it, and why, in one sentence.
    chapter : str
        Name of the page that teaches it.
    """

    id: str
    document: str
    line: int
    kind: str
    title: str
    verdict: str
    chapter: str
    finding: str


@dataclass(frozen=True)
class Experiment:
    """One row of the catalogue for which the document gives inputs.

    Attributes
    ----------
    id, document, line, title, verdict, chapter
        As in `Row`.
    inputs : dict
        Name -> read-only array, in the dtype the document used.
    published : dict
        Name -> string or nested list of strings, as printed; empty where nothing was printed.
    mistake : str or None
        What is wrong in the document.
    recorded : dict
        How many numbers were published, and how many of them TensorFlow and NumPy reproduce to
        every digit and within one unit of the last digit.
    reason : str or None
        Why not all of them are reproduced to every digit.
    """

    id: str
    document: str
    line: int
    title: str
    inputs: dict
    published: dict
    mistake: str | None
    verdict: str
    chapter: str
    recorded: dict = field(default_factory=dict)
    reason: str | None = None


def get(id):
    """Return one experiment.

    Parameters
    ----------
    id : str
        Such as "001-5": document 001, row 5 of the catalogue.

    Returns
    -------
    Experiment

    Raises
    ------
    KeyError
        If the catalogue has no such row, or if the document gives no inputs for it.

    Examples
    --------
    >>> experiment = get("001-5")
    >>> experiment.published
    {'rel1': ['0.02215516', '3.09967351']}
    >>> experiment.inputs["labels"]
    array([[0., 0., 1.],
           [0., 1., 0.]], dtype=float32)
    """
    records = {record["id"]: record for record in _read("experiments.json")}
    if not isinstance(id, str) or id not in records:
        raise KeyError(_unknown(id, list(records)))
    return _experiment(records[id], _rows()[id])


def all_experiments():
    """Return every experiment, in the order of the catalogue.

    Returns
    -------
    list of Experiment

    Examples
    --------
    >>> printed = [experiment.id for experiment in all_experiments() if experiment.published]
    >>> len(printed), printed[:3]
    (22, ['000-1', '001-3', '001-4'])
    """
    rows = _rows()
    return [_experiment(record, rows[record["id"]]) for record in _read("experiments.json")]


def catalogue():
    """Return every row of the catalogue, in the order of the documents.

    Returns
    -------
    list of Row

    Examples
    --------
    >>> rows = catalogue()
    >>> len(rows), rows[0].id, rows[0].chapter
    (75, '000-1', 'regression-losses')
    """
    return list(_rows().values())


def _rows():
    records = _read("catalogue.json")
    return {record["id"]: Row(document=record["id"][:3], **record) for record in records}


def _read(name):
    text = resources.files("lossutils.book.data").joinpath(name).read_text(encoding="utf-8")
    return json.loads(text)


def _experiment(record, row):
    inputs = {name: _array(**recipe) for name, recipe in record["inputs"].items()}
    shared = {name: getattr(row, name) for name in ("document", "line", "title")}
    judged = {"verdict": row.verdict, "chapter": row.chapter}
    return Experiment(**{**record, "inputs": inputs}, **shared, **judged)


def _array(dtype, values=None, linspace=None, full=None):
    """Return the read-only array that a recipe describes."""
    if linspace is not None:
        array = _linspace(*linspace, np.dtype(dtype).type)
    elif full is not None:
        array = np.full(*full, dtype=dtype)
    else:
        array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


def _linspace(start, stop, num, dtype):
    """Return start + i * step as tf.linspace rounds it; np.linspace rounds float64 numbers once."""
    step = (dtype(stop) - dtype(start)) / dtype(num - 1)
    array = dtype(start) + step * np.arange(num, dtype=dtype)
    array[-1] = stop
    return array


def _unknown(id, known):
    """Say what is wrong with an id, and which ids there are."""
    if id in list(_rows()):
        return f"the document gives no inputs for {id}; its row is in experiments.catalogue()"
    near = difflib.get_close_matches(str(id), known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else f"known are {', '.join(known)}"
    return f"there is no experiment {id}; {hint}"
