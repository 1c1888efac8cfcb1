"""The points of manual grading: one CSV file, filled in by a person or by the page in a browser."""

import contextlib
import hashlib
import math

from grader import files
from grader.course import course_folder, tables
from grader.source import derive

COLUMNS = ("student", "name", "question", "answer", "possible", "points", "comment")
FROM_PAGE = ("ticked", "grader")  # what only the page writes
STATE = "state"  # why there is no answer to grade; it is kept and decides nothing
NAME = ("student", "question", "answer")
BLANK = (0.0, "Nothing was written.")


class Stale(Exception):  # noqa: N818, the grader reads a sentence, not a traceback
    """The points of an answer changed after they were shown."""


def sheet(round_):
    """Return the path of the file with the points of manual grading."""
    return round_.course / "manual-grading" / f"{round_.name}.csv"


def fingerprint(answer):
    """Return a short name of an answer: a different answer needs points of its own."""
    return hashlib.sha256(answer.encode(errors="replace")).hexdigest()[:12]


def points(round_):
    """Return the teacher's points: (student, question, answer) -> (points, comment)."""
    return {name: (line["points"], line["comment"])
            for name, line in stored(round_).items() if line["points"] != ""}  # fmt: skip


def stored(round_):
    """Return the lines of the file by student, question and answer; points are numbers or ""."""
    if not sheet(round_).exists():
        return {}
    heads, lines = tables.read_csv(sheet(round_))
    if not set(COLUMNS) <= set(heads):
        raise files.Problem(f"{sheet(round_)} needs the columns {', '.join(COLUMNS)}")
    by_name = {}
    for number, line in enumerate(lines, start=2):
        plain = {head: tables.plain(line.get(head) or "") for head in (*COLUMNS, *FROM_PAGE, STATE)}
        plain["points"] = _number(round_, number, line) if line["points"].strip() else ""
        name = name_of(plain)
        if plain["points"] != "" or name not in by_name:
            by_name[name] = plain
    return by_name


def name_of(line):
    """Return what identifies a line."""
    return tuple(line[head] for head in NAME)


def _number(round_, number, line):
    try:
        earned, possible = (
            float(line[head].strip().replace(",", ".")) for head in ("points", "possible")
        )
    except ValueError:
        earned = possible = math.nan
    if not 0 <= earned <= possible:
        raise files.Problem(
            f"{sheet(round_)}, line {number}: expected points from 0 to {line['possible']}, "
            f"got {line['points']!r}"
        )
    return earned


def marks(given, student, result):
    """Return the manual points of one result: question -> (points, comment)."""
    chosen = {}
    for answer in result["manual"] if result else []:
        name = (student.key, answer["grade_id"], fingerprint(answer["answer"]))
        if name in given or answer["blank"]:
            chosen[answer["grade_id"]] = given.get(name, BLANK)
    return chosen


def new_line(student, answer):
    """Return the line of an answer without points; `answer` is one of a result's `manual`.

    Without an answer, its text is None.
    """
    text = answer["answer"]
    about = (student.key, student.name, answer["grade_id"],
             "" if text is None else fingerprint(text), answer["max_points"])  # fmt: skip
    return dict(zip(COLUMNS, about, strict=False)) | dict.fromkeys(
        ("points", "comment", *FROM_PAGE), ""
    )


def write_sheet(round_, table):
    """Update the file: a line for each question and student; what the teacher wrote stays."""
    asked = derive.manual(round_.source)
    with _alone(round_):
        kept, lines = stored(round_), []
        for row in table:
            for answer in _answers(row, asked):
                lines.append(_line(row, answer, kept))
        # Points for an answer that no longer counts: nothing that the teacher wrote is lost.
        lines += [line | {"name": "", "possible": line["points"], STATE: ""}
                  for line in kept.values() if line["points"] != ""]  # fmt: skip
        if lines:
            _write(round_, lines)
    return len(lines)


def _answers(row, asked):
    """Return a student's answers; where there are none, what was asked."""
    known = row.result["manual"] if row.result else []
    return known or [{"grade_id": name, "max_points": each.points, "answer": None}
                     for name, each in asked.items()]  # fmt: skip


def _line(row, answer, kept):
    """Return the line of an answer, with what the teacher wrote in one of the `kept` lines."""
    line = new_line(row.attempt.student, answer)
    before = kept.pop(name_of(line), {})
    if answer["answer"] is None:
        mark, state = (before.get("points", ""), before.get("comment", "")), row.state
    else:
        mark, state = row.manual.get(answer["grade_id"], ("", "")), ""
    line |= {head: before.get(head, "") for head in FROM_PAGE} | {STATE: state}
    return line | dict(zip(("points", "comment"), mark, strict=True))


def version(given, names):
    """Return a short text that changes whenever the points or comments of some lines do."""
    about = [[str(given.get(name, {}).get(head, "")) for head in ("points", "comment", "ticked")]
             for name in sorted(names)]  # fmt: skip
    return hashlib.sha256(repr(about).encode(errors="replace")).hexdigest()[:16]


def save(round_, lines, mark, seen):
    """Give the same points to some answers.

    Parameters
    ----------
    lines : list of dict
        The lines of the answers, as `new_line` returns them.
    mark : dict
        ``points``, ``comment``, ``ticked`` and ``grader``.
    seen : str
        The `version` of these answers that the grader saw.

    Raises
    ------
    Stale
        If somebody changed the points since then; nothing is written.
    """
    with _alone(round_):
        given = stored(round_)
        if version(given, map(name_of, lines)) != seen:
            raise Stale
        given |= {name_of(line): given.get(name_of(line), line) | mark for line in lines}
        _write(round_, given.values())


def _write(round_, lines):
    heads = (*COLUMNS, *FROM_PAGE, STATE)
    cells = [[line.get(head, "") for head in heads] for line in lines]
    course_folder.replace(round_.course, sheet(round_), tables.as_csv([heads, *cells]))


@contextlib.contextmanager
def _alone(round_):
    """Let one process at a time read the file and write it."""
    import fcntl  # not on Windows, where these modules are only read

    place = sheet(round_).with_name(f".{round_.name}.lock")
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(place, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
