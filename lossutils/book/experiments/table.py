"""The table of experiments: every row of the five documents, and how to look one up."""

import difflib

from lossutils.book.experiments import (
    document_000,
    document_001,
    document_002,
    document_003,
    document_004,
)

DOCUMENTS = (document_000, document_001, document_002, document_003, document_004)
ROWS = {row.id: row for document in DOCUMENTS for row in document.ROWS}


def catalogue():
    """Return every row of the table, in the order of the documents.

    Returns
    -------
    list of Row

    Examples
    --------
    >>> rows = catalogue()
    >>> len(rows), rows[0].id, rows[0].chapter
    (75, '000-1', 'regression-losses')
    """
    return list(ROWS.values())


def all_experiments():
    """Return the rows for which a document gives inputs.

    Returns
    -------
    list of Row

    Examples
    --------
    >>> printed = [experiment.id for experiment in all_experiments() if experiment.published]
    >>> len(printed), printed[:3]
    (22, ['000-1', '001-3', '001-4'])
    """
    return [row for row in ROWS.values() if row.inputs]


def get(id):
    """Return one row for which a document gives inputs.

    Parameters
    ----------
    id : str
        Such as "001-5": document 001, row 5.

    Returns
    -------
    Row

    Raises
    ------
    KeyError
        If there is no such row, or if the document gives no inputs for it.

    Examples
    --------
    >>> experiment = get("001-5")
    >>> experiment.published
    {'rel1': ['0.02215516', '3.09967351']}
    >>> experiment.inputs["labels"]
    array([[0., 0., 1.],
           [0., 1., 0.]], dtype=float32)
    >>> experiment.with_numpy()["rel1"].round(4)
    array([0.0222, 3.0997], dtype=float32)
    """
    known = [row.id for row in all_experiments()]
    if id not in known:
        raise KeyError(_unknown(id, known))
    return ROWS[id]


def _unknown(id, known):
    """Return the message for an id that is not among the known ones."""
    if id in list(ROWS):
        return f"the document gives no inputs for {id}; its row is in experiments.catalogue()"
    near = difflib.get_close_matches(str(id), known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else f"known are {', '.join(known)}"
    return f"there is no experiment {id}; {hint}"
