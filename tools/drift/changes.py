"""What kind of change a cell shows: numbers, words, a version, a missing name, another error."""

import difflib
import json
import re

from tools import notebooks
from tools.drift.records import DIFFERS

VERSION = re.compile(r"\b\d+\.\d+\.\d+\b")
NUMBER = re.compile(r"[-+−]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|\b(nan|inf)\b", re.IGNORECASE)
# How Python, TensorFlow and Keras say that they do not know a name.
UNKNOWN = re.compile(
    r"(?:module|type object) '[\w.]+' has no attribute '(\w+)'"
    r"|cannot import name '(\w+)'|No module named '([\w.]+)'"
    r"|unexpected keyword argument '(\w+)'|argument `?reduction`?.*[Rr]eceived: reduction=(\w+)",
    re.DOTALL,
)
UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")
LONGEST = 160  # characters of a reason


def changes(records):
    """Return the cells that differ, in the order of the pages, each with its kind and reason."""
    broken, different = set(), []
    for record in (record for record in records if record["problem"]):
        error = _error(record)
        kind, reason = _raised(record, error, broken) if error else _differs(record)
        if error:
            broken.add(record["notebook"])
        where = {name: record[name] for name in ("notebook", "cell")}
        different.append(where | {"raised": bool(error), "kind": kind, "reason": reason})
    return different


def _error(record):
    """Return the error that a cell raised, as text; None if only its outputs differ."""
    for output in record["computed"]:
        if output["output_type"] == "error":
            return f"{output['ename']}: {output['evalue']}"
    return None if record["problem"] == DIFFERS else record["problem"]


def _raised(record, error, broken):
    """Return kind and reason of an error; a name that an earlier cell failed to set is not news."""
    undefined = UNDEFINED.search(error)
    if undefined and record["notebook"] in broken:
        return "follows", f"{undefined[1]} was not set, since a cell above raised"
    if unknown := UNKNOWN.search(error):
        name = next(group for group in unknown.groups() if group)
        return "missing name", f"{name} does not exist: {_short(error)}"
    return "error", _short(error)


def _differs(record):
    stored, computed = text(record["stored"]), text(record["computed"])
    pairs = differences(stored, computed)
    reason = "; ".join(f"{before or 'nothing'} → {now or 'nothing'}" for before, now in pairs)
    return _kind(stored, computed), _short(reason)


def _kind(stored, computed):
    """Tell versions from numbers, and numbers from words."""
    for kind, pattern in (("version print", VERSION), ("number", NUMBER)):
        bare = [" ".join(pattern.sub(" # ", part).split()) for part in (stored, computed)]
        if bare[0] == bare[1]:
            return kind
    return "message"


def text(outputs):
    """Return what a notebook stores of a cell's outputs as text, explorers as their JSON."""
    parts = []
    for output in outputs:
        if output.get("name") == "stdout":
            parts.append(output["text"])
        for mime, value in sorted(output.get("data", {}).items()):
            if mime in notebooks.STORED:
                parts.append(value if isinstance(value, str) else json.dumps(value, indent=0))
    return "\n".join(parts)


def differences(stored, computed):
    """Return pairs of lines that differ; a line without a counterpart is paired with ''."""
    left, right = stored.splitlines(), computed.splitlines()
    pairs = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag != "equal":
            rows = max(b - a, d - c)
            before, now = (part + [""] * (rows - len(part)) for part in (left[a:b], right[c:d]))
            pairs += zip(before, now, strict=True)
    return [(" ".join(before.split()), " ".join(now.split())) for before, now in pairs]


def _short(sentence):
    """Return a text as one line of bounded length, without addresses in memory."""
    line = re.sub(r" at 0x[0-9a-f]+", "", " ".join(sentence.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
