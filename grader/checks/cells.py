"""Kinds of cells of an assignment, as nbgrader marks them in the metadata."""


def marks(cell):
    """Return what nbgrader's metadata say about a cell: a dict, empty for a cell without them."""
    return cell["metadata"].get("nbgrader", {})


def grade_id(cell):
    """Return the name of a cell, or None."""
    return marks(cell).get("grade_id")


def is_graded(cell):
    """Tell whether a cell earns points: tests, or free text that a person grades."""
    return bool(marks(cell).get("grade"))


def is_answer(cell):
    """Tell whether students write in a cell."""
    return bool(marks(cell).get("solution"))


def is_tests(cell):
    """Tell whether a cell holds tests: graded, and not for students to write in."""
    return is_graded(cell) and not is_answer(cell)


def is_manual(cell):
    """Tell whether a person grades a cell."""
    return is_graded(cell) and is_answer(cell)
