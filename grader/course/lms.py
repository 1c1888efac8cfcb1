"""File names of submissions as Canvas, Moodle and people write them."""

import re
import unicodedata
from dataclasses import dataclass

# Canvas: the sortable name in lower case, only letters and digits; LATE; the student's number (or
# anon_ and a code); the file's number; the name of the file.
CANVAS = re.compile(
    r"(?P<name>.*?)(?P<late>_LATE)?_(?P<id>[0-9]+)_((?P<file>[0-9]+)_.+|text\.html|link\.html)|"
    r"(?P<anonymous>LATE_)?anon_(?P<code>\w+?)_"
    r"((?P<anonymous_file>[0-9]+)_.+|text\.html|link\.html)",
    re.DOTALL,
)
# Moodle: full name (or Participant), the participant's number, the kind of submission. The file
# name follows, either in a folder of that name or after it.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>[0-9]+)_assignsubmission_[a-z]+_?.*", re.DOTALL)

# Two numbers that may be the student's.
TWO_READINGS = re.compile(
    r"_[0-9]+_[0-9]+_([0-9]+_.|text\.html|link\.html)|(_[0-9]+_assignsubmission_.*){2}", re.DOTALL
)

# In tables: Moodle writes "Participant 12345", in the language of the site.
NUMBER = re.compile(r"(?<![0-9])[0-9]+$")


@dataclass(frozen=True)
class Student:
    """A student; `number` is the number in the LMS, "" without one."""

    key: str
    name: str
    lms: str = "plain"
    number: str = ""


def normal(name):
    """Return a name in one Unicode form: a Mac stores the dots of ë as a letter of their own.

    Examples
    --------
    >>> normal("Zoe" + chr(0x308)) == "Zoë"
    True
    """
    return unicodedata.normalize("NFC", name)


def decoded(name):
    """Return a name that is not UTF-8 as the Latin-1 that it may be.

    Examples
    --------
    >>> decoded("Zo" + chr(0xDCEB)), decoded("Zoë")
    ('Zoë', 'Zoë')
    """
    try:
        return name.encode().decode()
    except UnicodeEncodeError:  # what the system read as a single byte, or a lone surrogate
        return "".join(
            chr(ord(letter) - 0xDC00) if 0xDC80 <= ord(letter) <= 0xDCFF
            else letter if not 0xD800 <= ord(letter) <= 0xDFFF else "?"
            for letter in name
        )  # fmt: skip


def shorten(text, most=100):
    """Return text on one line, without control characters for a terminal."""
    line = "".join(letter if letter.isprintable() else "?" for letter in text)
    return line if len(line) <= most else line[: most - 1] + "…"


def listed(names):
    """Return names as one text; a semicolon divides those that contain a comma.

    Examples
    --------
    >>> listed(["Ada", "Eve"]), listed(["Lovelace, Ada", "Eve"])
    ('Ada, Eve', 'Lovelace, Ada; Eve')
    """
    names = list(names)
    return ("; " if any("," in name for name in names) else ", ").join(names)


def layout(paths):
    """Return how an archive names its submissions: "canvas", "moodle" or "plain", and the depth.

    This is decided once for all paths, because students choose the names of their files.

    Examples
    --------
    >>> layout([("ada", "softmax.ipynb"), ("grace", "week_1_2_softmax.ipynb")])
    ('plain', 0)
    >>> layout([("week 3", "ada", "x.ipynb"), ("week 3", "grace", "x.ipynb")])
    ('plain', 1)
    >>> layout([("all", "Ada Lovelace_12345_assignsubmission_file_", "softmax.ipynb")])
    ('moodle', 1)
    >>> many = [("ada", f"Eve_{n}_assignsubmission_file_") for n in range(99)]
    >>> layout([*many, ("eve", "softmax.ipynb"), ("kim", "softmax.ipynb")])
    ('plain', 0)
    """
    for depth in (0, 1):
        for lms, pattern in (("moodle", MOODLE), ("canvas", CANVAS)):
            if _most([_most(group, pattern.fullmatch) for group in _groups(paths, depth)]):
                return lms, depth
    tops, below = ({path[depth] for path in paths if len(path) > depth + 1} for depth in (0, 1))
    wrapped = len(tops) == 1 and len(below) > 1 and all(len(path) > 2 for path in paths)
    return "plain", int(wrapped)


def _groups(paths, depth):
    """Return the names at a depth, by folder: if it is a student's, its names are one vote."""
    groups = {}
    for path in paths:
        if len(path) > depth:
            groups.setdefault(path[:depth], []).append(path[depth])
        elif path[-1].lower().endswith((".ipynb", ".zip")):  # and no table of the teacher's
            groups[path] = [""]
    return groups.values()


def _most(items, test=bool):
    """Tell whether most items pass a test."""
    return 2 * sum(bool(test(item)) for item in items) > len(items)


def owner(parts, lms="plain", depth=0):
    """Return the student of a path in parts, or None, and whether the name says LATE.

    Examples
    --------
    >>> owner(("lovelaceada_LATE_12345_67890_softmax-v3.ipynb",), "canvas")
    (Student(key='canvas 12345', name='lovelaceada', lms='canvas', number='12345'), True)
    >>> owner(("Ada Lovelace_12345_assignsubmission_file_", "softmax.ipynb"), "moodle")
    (Student(key='moodle 12345', name='Ada Lovelace', lms='moodle', number='12345'), False)
    >>> owner(("ada", "work", "softmax.ipynb"))
    (Student(key='ada', name='ada', lms='plain', number=''), False)
    """
    part = parts[depth] if len(parts) > depth else parts[-1]
    if lms == "plain":
        name = part if len(parts) > depth + 1 else re.sub(r"(?<=.)\.[^.]*$", "", part)
        return Student(name, name), False
    match = (CANVAS if lms == "canvas" else MOODLE).fullmatch(part)
    if not match:
        return None, False
    number = match["id"] or match["code"] if lms == "canvas" else match["id"]
    name = match["name"] or f"anonymous {number}"
    late = lms == "canvas" and bool(match["late"] or match["anonymous"])
    return Student(f"{lms} {number}", name, lms, number), late


def claimed(paths, lms="plain", depth=0):
    """Return the paths whose students a name may claim: their number occurs with another name.

    Canvas's names have no clear end, and a student may choose one that ends in somebody's number.

    Examples
    --------
    >>> paths = [("doeada_101_9001_x.ipynb",), ("eve_101_102_9002_x.ipynb",)]
    >>> claimed([*paths, ("kim_103_9003_2_x.ipynb",)], "canvas")
    {('eve_101_102_9002_x.ipynb',)}
    """
    names = {}
    for path in paths if lms != "plain" else ():
        if student := owner(path, lms, depth)[0]:
            names.setdefault(student.number, {})[path] = student.name
    shared = (each for each in names.values() if len(set(each.values())) > 1)
    return {path for each in shared for path in each if TWO_READINGS.search("/".join(path))}


def number(cell):
    """Return the student's number in a cell of a table, or "" if there is none.

    Examples
    --------
    >>> number("Participant 12345"), number("参与者12345"), number("12345 "), number("")
    ('12345', '12345', '12345', '')
    """
    match = NUMBER.search(cell.strip())
    return match[0] if match else ""


def uploaded_file(name):
    """Return the number of the uploaded file in a file name of Canvas, or "".

    Examples
    --------
    >>> uploaded_file("lovelaceada_LATE_12345_67890_softmax-v3.ipynb")
    '67890'
    >>> uploaded_file("LATE_anon_aB3x9_67892_softmax-v2.ipynb"), uploaded_file("ada_5_text.html")
    ('67892', '')
    """
    match = CANVAS.fullmatch(name)
    return (match["file"] or match["anonymous_file"] or "") if match else ""
