"""The quizzes are well-formed in every chapter, and each question has an address of its own.

CONTRIBUTING describes the form that is expected here.
"""

import re
from html.parser import HTMLParser

import nbformat
import pytest
from quiz_parts import BOOK, GOOD, built

from website.extension import questions

CHAPTERS = sorted([*BOOK.glob("*.ipynb"), *BOOK.glob("mistakes/*-*.ipynb")])
QUIZ = re.compile(r'<fieldset class="quiz"[^>]*>.*?</fieldset>', re.DOTALL)
TAGS = {"fieldset", "legend", "details", "summary", "code", "em", "strong", "sub", "sup"}


def quizzes_of(path):
    """Return the source of every question of a chapter."""
    notebook = nbformat.read(path, as_version=4)
    markdown = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return QUIZ.findall("\n\n".join(markdown))


class Question(HTMLParser):
    """A parsed question; `faults` lists what is wrong with its HTML."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.stack, self.faults, self.legend, self.answers = [], [], "", []
        self.feed(source)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.stack]

    def handle_starttag(self, tag, attrs):
        """Record an opening tag."""
        if tag not in TAGS:
            self.faults.append(f"<{tag}> is not one of the tags a quiz may use (is it a bare <?)")
        if tag == "details":
            self.answers.append({"right": "data-right" in dict(attrs), "summary": "", "why": ""})
        self.stack.append(tag)

    def handle_endtag(self, tag):
        """Record a closing tag."""
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> has no opening tag")

    def handle_data(self, data):
        """Add text to the legend, an answer or its feedback."""
        if "summary" in self.stack:
            self.answers[-1]["summary"] += data
        elif "details" in self.stack:
            self.answers[-1]["why"] += data
        elif "legend" in self.stack:
            self.legend += data
        elif data.strip():
            self.faults.append(f"stray text {data.strip()[:30]!r}")


def faults_of(source):
    """Yield one message for each fault of a question."""
    question = Question(source)
    yield from question.faults
    for sign, name in {"$": "a dollar sign", "\n\n": "a blank line", "`": "a backtick"}.items():
        if sign in source:
            yield f"contains {name}, which Markdown or the math renderer would interpret"
    if len(question.legend.split()) < 3:
        yield "has no question in its legend"
    if not 2 <= len(question.answers) <= 6:
        yield f"has {len(question.answers)} answers, expected 2 to 6"
    if len({answer["summary"].strip() for answer in question.answers}) < len(question.answers):
        yield "has the same answer twice"
    if not 0 < sum(answer["right"] for answer in question.answers) < len(question.answers):
        yield "needs at least one right answer (data-right) and at least one wrong one"
    yield from (fault for answer in question.answers for fault in _answer_faults(answer))


def _answer_faults(answer):
    name = answer["summary"].strip() or "an answer without a summary"
    opening = answer["why"].split(maxsplit=1)[0].strip(":,.") if answer["why"].split() else ""
    if not answer["summary"].strip() or len(answer["why"].split()) < 4:
        yield f"{name!r} has no feedback that explains it"
    if opening in ({"No", "Wrong"} if answer["right"] else {"Right", "Yes"}):
        yield f"the feedback of {name!r} starts with {opening!r}, which contradicts data-right"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_quiz_of_chapter(path):
    """Every chapter has a quiz of three to five well-formed questions."""
    sources = quizzes_of(path)
    faults = [f"{Question(s).legend[:40]!r} {fault}" for s in sources for fault in faults_of(s)]
    assert not faults, "\n".join(faults)
    assert 3 <= len(sources) <= 5
    written = path.read_text(encoding="utf-8")
    assert written.count("<fieldset") == len(sources), "a fieldset is not closed, or is not a quiz"
    assert "## Quiz" in written


def test_a_good_question_has_no_fault():
    assert list(faults_of(GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" data-right", ""),
        ("<details><", "<details data-right><"),
        ("Right: two ones make a pair.", ""),
        ("Right: two", "No: two"),
        ("No: that", "Right: that"),
        ("Three.<", "Two.<"),
        ("</summary>Right", "Right"),
        ("</legend>\n", "</legend>\n\n"),
        ("one plus one", "$1 + 1$"),
        ("a pair.</details>", "`2`, a pair.</details>"),
        ("Two.</", "1 <b</"),
        ("</legend>", "</legend>stray"),
        ("What is one plus one?", ""),
    ],
)
def test_a_bad_question_has_a_fault(old, new):
    assert old in GOOD
    assert list(faults_of(GOOD.replace(old, new, 1)))


def names_of(sources):
    """Return the ids that questions get."""
    return [questions.name_of(*questions.QUESTION.search(one).group(1, 3)) for one in sources]


def test_every_question_of_the_book_has_an_address_of_its_own():
    names = [name for path in CHAPTERS for name in names_of(quizzes_of(path))]
    assert len(set(names)) == len(names) > 150


def test_a_question_before_it_does_not_change_an_address():
    second = GOOD.replace("one plus one", "two plus two")
    assert names_of([second, GOOD])[1:] == names_of([GOOD]) == ["question-what-is-one-plus-one"]


def test_a_question_has_a_link_to_itself():
    assert built(GOOD).startswith('<fieldset class="quiz" id="question-what-is-one-plus-one">')
    assert 'href="#question-what-is-one-plus-one"' in built(GOOD)
    own = built(GOOD.replace('"quiz"', '"quiz" data-tests="sum" id="sum"'))
    assert own.startswith('<fieldset class="quiz" id="sum" data-tests="sum">')
