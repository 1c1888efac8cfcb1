"""Grade one submission: a plan and a notebook in, one result file out.

The result is one JSON object, written atomically as ``<key>.json``; `key` is a hash of the
submission's bytes, the source, the round's seed, the limits and the grader's version, so the same
job has the same name, and a job that is done is not done again. Nothing in it depends on time.

======================  ===========================================================================
key                     value
======================  ===========================================================================
``format``              1
``key``                 the job's name, 64 hexadecimal digits
``submission``          SHA-256 of the submitted file
``assignment``          name of the assignment, ``variant`` its variant (int or null)
``state``               ``"graded"`` or ``"could not be graded"``
``reason``              why it could not be graded, one sentence; null when graded
``points``              automatic points earned (float); null when it could not be graded
``possible``            automatic points of the assignment (float)
``open``                points that are given by hand (float), free text
``questions``           one object per automatic question, in the order of the source
``by_hand``             one object per free text: ``id``, ``possible``, ``text`` (what was written),
                        ``blank`` (true where nothing was changed)
``cells``               one object per cell that did not simply run: ``number`` (position in the
                        submission, from 1; null for a cell that was put back), ``state``
                        (``"error"``; ``"stopped"``: ran too long and was interrupted;
                        ``"removed"``: it ended the process, and the rest was graded without it),
                        ``reason``
``notes``               sentences for teacher and student: cells put back, duplicated, …
``output``              the first characters that the cells printed, for the teacher alone
======================  ===========================================================================

A question: ``id`` (the nbgrader grade_id of its test cell), ``points``, ``possible``, ``checks``.
A check: ``words``, ``points``, ``possible``, ``verdict`` (``"right"``, ``"partly"``, ``"wrong"``,
``"missing"``: there is no such name, ``"error"``: it raised or did not end), ``message`` (one
sentence; "" when right), ``mistake`` (the sentence of the known mistake, or null).

A result never holds an expected value or a hidden input.
"""

COULD_NOT = "could not be graded"
GRADED = "graded"
