"""The result of one submission: one JSON object in a file ``KEY.json``.

Nothing in it depends on the time, and it never holds an expected value or a hidden input.

======================  ===========================================================================
key                     value
======================  ===========================================================================
``format``              1
``key``, ``grader``     the job's key, 64 hexadecimal digits; the grader's version
``submission``          SHA-256 of the submitted file; null if it could not be read
``assignment``          name of the assignment
``variant``             number of its variant
``state``               ``"graded"`` or ``"could not be graded"``
``reason``              why it could not be graded, one sentence; "" when graded
``points``              automatic points earned (float); null when it could not be graded
``max_points``          automatic points of the assignment (float)
``open_points``         points that a person gives (float)
``checks``              one object per check, in the order of the source, see below
``manual``              one object per free text: ``grade_id``, ``max_points``, ``answer`` (what
                        the student wrote), ``blank`` (true if nothing was changed)
``cells``               one object per cell that did not simply run: ``number`` (among the
                        submission's code cells, from 1; null for a restored one), ``state``
                        (``"error"``; ``"stopped"``: ran too long and was interrupted;
                        ``"removed"``: it ended the process, and the rest was graded without it),
                        ``reason``
``notes``               sentences for teacher and student: cells missing, changed or duplicated
``output``              the first characters that the cells printed, for the teacher alone
======================  ===========================================================================

A check: ``question`` (the grade_id of its tests cell), ``name`` (of the function or variable),
``words``, ``points``, ``max_points``, ``passed``, ``verdict`` (``"right"``, ``"partly"``,
``"wrong"``, ``"missing"``: there is no such name, ``"error"``: it raised or did not end),
``message`` (one sentence; "" when right), ``mistake`` (the sentence of the known mistake, or "").
"""

import json

from grader.checks import cells

GRADED = "graded"
COULD_NOT = "could not be graded"
FORMAT = 1


def start(key, version, submission, plan, variant):
    """Return the result of a submission that could not be graded, without a reason."""
    return {
        "format": FORMAT, "key": key, "grader": version, "submission": submission.sha256,
        "assignment": plan.assignment, "variant": variant, "state": COULD_NOT, "reason": "",
        "points": None, "max_points": plan.max_points, "open_points": plan.open_points,
        "checks": [], "manual": [], "cells": [], "notes": [], "output": "",
    }  # fmt: skip


def graded(result, release, assembled, checks, execution):
    """Return a result with the outcome of a submission that was run.

    Parameters
    ----------
    result : dict
        As `start` returns it.
    release : notebook
    assembled : `grader.run.assemble.Assembled`
    checks : list of dict
        The outcome of each check.
    execution : `grader.run.execution.Execution`
    """
    points = float(sum(check["points"] for check in checks))
    return result | {
        "state": GRADED, "points": points, "checks": checks,
        "manual": _manual(release, assembled.texts), "cells": execution.failed_cells(),
        "notes": assembled.notes, "output": execution.output,
    }  # fmt: skip


def _manual(release, texts):
    """Return the answers that a person reads."""
    answers = []
    for cell in filter(cells.is_manual, release["cells"]):
        text = texts[cells.grade_id(cell)]
        blank = text.strip() in ("", cell["source"].strip())
        answers.append({"grade_id": cells.grade_id(cell), "max_points": cells.marks(cell)["points"],
                        "answer": text, "blank": blank})  # fmt: skip
    return answers


def text(result):
    """Return a result as the text of its file."""
    return json.dumps(result, indent=1, sort_keys=True)
