"""Find what was handed in for other assignments: it is no attempt at this one."""

from grader import files
from grader.course import archives, lms, which_variant


def refuse(round_, place, limits):
    """Refuse an archive that holds notebooks of other assignments only: it is the wrong one."""
    others = []
    for file in _notebooks(place, limits):
        others.append(_stated(round_, file))
        if others[-1] == round_.assignment:
            return
    if len(others) > 1:
        names = ", ".join(sorted({lms.shorten(str(name)) for name in others}))
        raise files.Problem(f"{place} was not collected: its {len(others)} notebooks are of "
                            f"{names}, not of {round_.assignment}")  # fmt: skip


def named(round_, place, stamps, limits):
    """Return the names of nbgrader's other assignments, whose folders a place holds too.

    nbgrader keeps everything that was submitted in one folder: below each student, a folder for
    each of its assignments, whose name is the teacher's. A name decides if it says which
    assignment it is, such as ``softmax-v1``; otherwise the notebooks of all students do.
    """
    own, others = set(), set()
    for file in _notebooks(place, limits) if stamps.times else ():
        if name := stamps.assignment(file.parts):
            assignment = which_variant.assignment_of(round_, name) or _stated(round_, file)
            (own if assignment == round_.assignment else others).add(name)
    return others - own


def _notebooks(place, limits):
    every = archives.files(place, limits)
    return (file for file in every if not file.refused and which_variant.is_notebook(file))


def _stated(round_, file):
    """Return the assignment that a notebook names; without a name, it may be this one."""
    return which_variant.about(file.data).get("assignment", round_.assignment)
