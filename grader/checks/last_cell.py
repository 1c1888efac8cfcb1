"""The last cell of a released notebook, which runs the self-check and is not an answer."""

CODE = """\
# Check yourself: save the notebook, then run this cell. It checks the file that you saved.
# It earns no points, sends nothing, and may be deleted.
import subprocess
import sys

report = subprocess.run(
    [sys.executable, "{file}"], capture_output=True, encoding="utf-8", errors="replace"
).stdout
print(report or "Put {file} into the folder of this notebook; you received both together.")"""


def file_name(assignment, variant):
    """Return the name of the file that the cell runs.

    Examples
    --------
    >>> file_name("softmax", 2)
    'softmax-v2-check.pyz'
    """
    return f"{assignment}-v{variant}-check.pyz"


def code(about):
    """Return the code of the cell; `about` is what a notebook says about itself."""
    return CODE.format(file=file_name(about.get("assignment"), about.get("variant")))


def without(source, about):
    """Return the code of a cell without the self-check: what the student wrote around it.

    Examples
    --------
    >>> about = {"assignment": "softmax", "variant": 2}
    >>> without(code(about) + "\\nprint(1)", about).strip()
    'print(1)'
    """
    return source.replace(code(about), "")
