"""What a person grades: the answers of a round, equal ones together, and the items of a rubric."""

import hashlib
import re
from dataclasses import dataclass

from grader.course import manual_grading
from grader.source import derive

ITEM = re.compile(r"^- (\d+(?:\.\d+)?) points?: (.+(?:\n  .+)*)", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """One text that one or more students wrote as their answer to a question."""

    question: str
    id: str
    text: str
    possible: float
    lines: tuple  # of the sheet, one per student

    @property
    def names(self):
        """What identifies its lines."""
        return [manual_grading.name_of(line) for line in self.lines]

    def marks(self, given):
        """Return the different marks that its students have; a blank one is none.

        Parameters
        ----------
        given : dict
            What `manual_grading.stored` returns.
        """
        heads = ("points", "comment", "ticked", "grader")
        stored = [{head: given.get(name, {}).get(head, "") for head in heads}
                  for name in self.names]  # fmt: skip
        return list({(mark["points"], mark["comment"]): mark for mark in stored}.values())

    def is_graded(self, given):
        """Tell whether each of its students has points."""
        return all(given.get(name, {}).get("points", "") != "" for name in self.names)


def answers(round_, table):
    """Return the different answers that are not blank, by question and then in random order.

    Answers that differ only in spaces and ends of lines are the same.
    """
    by_name = {}
    for row in table:
        for each in row.result["manual"] if row.result else []:
            text = " ".join(each["answer"].split())
            if not each["blank"]:
                name = (each["grade_id"], hashlib.sha256(text.encode()).hexdigest()[:12])
                by_name.setdefault(name, []).append((row.attempt.student, each))
    order = list(derive.manual(round_.source))
    known = sorted((name for name in by_name if name[0] in order),
                   key=lambda name: (order.index(name[0]), name[1]))  # fmt: skip
    return [_answer(name, by_name[name]) for name in known]


def _answer(name, written):
    first = written[0][1]
    lines = tuple(manual_grading.new_line(student, each) for student, each in written)
    return Answer(*name, first["answer"], first["max_points"], lines)


def items(rubric):
    """Return the items of a rubric: (points, words).

    Examples
    --------
    >>> items("- 1 point: names the source\\n- 0.5 points: says why\\n  and how")
    [(1.0, 'names the source'), (0.5, 'says why and how')]
    """
    return [(float(points), " ".join(words.split())) for points, words in ITEM.findall(rubric)]
