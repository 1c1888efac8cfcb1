"""Release every assignment with nbgrader's preprocessors, and compare; needs nbgrader.

Prints a line for each cell in which nbgrader's release and ours differ in more than the stub.
"""

import nbgrader.preprocessors as steps
from traitlets.config import Config

from grader.source import derive

STEPS = ["LockCells", "ClearSolutions", "ClearOutput", "CheckCellMetadata"]
STEPS += ["ClearHiddenTests", "ClearMarkScheme", "ComputeChecksums", "CheckCellMetadata"]
STUB = "YOUR CODE HERE"


def by_nbgrader(topic):
    """Return the release that `nbgrader generate_assignment` makes of a variant's source."""
    notebook, resources = derive.source(topic, "a seed", 1), {}
    config = Config({"ClearSolutions": {"code_stub": {"python": STUB}}})
    for step in STEPS:
        preprocessor = getattr(steps, step)(config=config, enabled=True)
        notebook, resources = preprocessor.preprocess(notebook, resources)
    return notebook


def lines(cell):
    """Return the lines that both releases must have in common: without stubs and links."""
    text = derive.BOOK_LINK.sub(r"*\1*", cell.source)
    stubs = (STUB, derive.STUB, " = ...")
    return [line for line in text.split("\n") if line.strip() and not line.endswith(stubs)]


def locks(cell):
    """Return whether a cell may be deleted and edited."""
    return cell.metadata.get("deletable", True), cell.metadata.get("editable", True)


for topic in derive.topics():
    theirs, ours = by_nbgrader(topic), derive.release(topic, "a seed", 1)
    if [cell.id for cell in theirs.cells] != [cell.id for cell in ours.cells]:
        print(f"{topic}: different cells")
    for cell, own in zip(theirs.cells, ours.cells, strict=False):
        if (lines(cell), locks(cell)) != (lines(own), locks(own)):
            print(f"{topic}, {cell.id}: {lines(cell)} {locks(cell)} != {lines(own)} {locks(own)}")
print("compared")
