"""Say in plain text what the self-check found."""

from typing import NamedTuple

from grader.checks import cells
from grader.self_check.public import SEE

RIGHT, WRONG, OPEN = "right", "not yet", "written"
# The sentence about an answer of which only the form can be checked.
FORM_ONLY = {
    *("", "this is not the right choice"),
    *("expected a different text", "expected a different value"),
}
END = """\
{right} of {judged} checks of your functions are right. The grader tries them with other inputs.
Numbers, letters and texts that are the answer itself are compared only after you hand in."""


class Line(NamedTuple):
    """One line about a question: its state, and what it is about."""

    question: str
    state: str
    words: str


def checked(outcomes, judged):
    """Return the outcomes with the verdict "open" where only the form was compared.

    Parameters
    ----------
    outcomes : list of dict
        As `grader.run.execution.Execution.outcomes` returns them.
    judged : list of bool
        Whether the right answer of each check is known here.
    """
    return [
        outcome if known or outcome["message"] not in FORM_ONLY else outcome | {"verdict": "open"}
        for outcome, known in zip(outcomes, judged, strict=True)
    ]


def lines(release, outcomes, visible, texts, see):
    """Return the lines about each question, in the order of the notebook.

    Parameters
    ----------
    release : notebook
    outcomes : list of dict
        As `checked` returns them.
    visible : dict of str to str
        Why the visible tests of a question fail, or "".
    texts : dict of str to str
        The free texts.
    see : dict of str to str
        The addresses of the pages that a sentence can name.
    """
    report = []
    for cell in filter(cells.is_graded, release["cells"]):
        name = cells.grade_id(cell)
        if name in texts:
            blank = texts[name].strip() in ("", cell["source"].strip())
            report.append(Line(name, WRONG if blank else OPEN, "your text, which a person reads"))
            continue
        why = visible.get(name, "there was no time left to run them")
        words = "the visible tests" + (f": {why}" if why else "")
        report.append(Line(name, WRONG if why else RIGHT, words))
        report += [_line(one, see) for one in outcomes if one["question"] == name]
    return report


def _line(outcome, see):
    state = {"right": RIGHT, "open": OPEN}.get(outcome["verdict"], WRONG)
    words = [outcome["words"]] + ([outcome["message"]] if state == WRONG else [])
    if state == WRONG and outcome["mistake"]:
        words.append(linked(outcome["mistake"], see))
    return Line(
        outcome["question"], state, ": ".join(words[:2]) + "".join(f"; {w}" for w in words[2:])
    )


def linked(sentence, see):
    """Return a sentence with the address of the page that it names.

    Examples
    --------
    >>> linked("this is the sum; see reductions", {"reductions": "https://example.org/r.html"})
    'this is the sum; see https://example.org/r.html'
    """
    return SEE.sub(lambda match: f"; see {see.get(match[1], match[1])}", sentence)


def text(report, notes, outcomes, judged):
    """Return the whole report."""
    parts = ["The notebook is complete." if not notes else "About the notebook:"]
    parts += [f"  {note}" for note in notes]
    question = None
    for line in report:
        if line.question != question:
            question = line.question
            parts += ["", question.removesuffix("-tests")]
        parts.append(f"  {line.state:8} {line.words}")
    known = [outcome for outcome, is_known in zip(outcomes, judged, strict=True) if is_known]
    right = sum(outcome["passed"] for outcome in known)
    return "\n".join([*parts, "", END.format(right=right, judged=len(known))])
