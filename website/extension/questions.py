"""The questions of the quizzes: each has an address of its own, which its words decide.

A question that is inserted before it changes nothing. One that is reworded gets a new address, and
what a reader answered is forgotten, unless its `fieldset` has an `id`.
"""

import html
import re

from docutils import nodes

from website.extension import markup

QUIZ = re.compile(r'<fieldset class="quiz".*?</fieldset>', re.DOTALL)
PIECE = re.compile(r"<code>.*?</code>|<[^>]*>|(?P<words>[^<]+)", re.DOTALL)
APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
QUESTION = re.compile(r'<fieldset class="quiz"([^>]*)>(\s*)<legend>(.*?)</legend>', re.DOTALL)
ID = re.compile(r'\bid="([^"]*)"')
WORDS = 9  # of a question are in its address


def name_of(attributes, legend):
    """Return the id of a question.

    Examples
    --------
    >>> name_of("", "What does <code>tf.nn</code> add, and why?")
    'question-what-does-tf-nn-add-and-why'
    >>> name_of(' id="sum"', "What?")
    'sum'
    """
    if own := ID.search(attributes):
        return own[1]
    words = nodes.make_id(html.unescape(re.sub("<[^>]*>", "", legend))).split("-")
    return "-".join(["question", *words[:WORDS]])


def named(question):
    """Return the beginning of a question with its id and a link to it."""
    attributes, space, legend = question.groups()
    name = name_of(attributes, legend)
    rest = ID.sub("", attributes).rstrip()
    link = f'<a class="quiz-link" href="#{name}" aria-label="Link to this question">#</a>'
    return f'<fieldset class="quiz" id="{name}"{rest}>{space}<legend>{legend}{link}</legend>'


def typeset(quiz):
    """Return a question, which is raw HTML, with apostrophes and numbers as those of the text.

    Examples
    --------
    >>> typeset("<p>The model's <code>x[0, 1]</code></p>")
    '<p>The model’s <code>x[0, 1]</code></p>'
    """
    return PIECE.sub(lambda piece: _words(piece["words"]) if piece["words"] else piece[0], quiz)


def _words(text):
    return markup.NUMBER.sub(markup.WHOLE, APOSTROPHE.sub("\N{RIGHT SINGLE QUOTATION MARK}", text))


def name_questions(app, pagename, templatename, context, doctree):
    """Give the questions of a page their ids, and their words the look of the text."""
    if 'class="quiz"' in context.get("body", ""):
        body = QUESTION.sub(named, context["body"])
        context["body"] = QUIZ.sub(lambda quiz: typeset(quiz[0]), body)


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", name_questions)
