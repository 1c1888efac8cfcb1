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
APOSTROPHE = re.compile(r"(?<=\w)'")
# Names of modules and of classes, names with an underscore, and arguments are code.
CALL = r"\((?:[^()]|\([^()]*\))*\)"
VALUE = rf"=(?:\w*{CALL}|\{{[^}}]*\}}|[\w.]*\w)"
CLASS = "(?!TensorFlow|NumPy|PyTorch)[A-Z][a-z]+(?:[A-Z][a-z0-9]+)+[A-Z]*"
CODE = re.compile(
    rf"(?<![\w.])(?:(?:tf|np|sess)(?:\.\w+(?:{CALL})?)+|[A-Z]\w+{CALL}|{CLASS}|"
    rf'"[a-z]\w*_\w+"|[a-z]\w*_\w+(?:{VALUE})?|[a-z]\w*{VALUE})'
)
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
    """Return a question, which is raw HTML, with words, numbers and code that look as in the text.

    Examples
    --------
    >>> typeset("<p>Keras' <code>loss</code> gets y_pred of shape (N, 1).</p>")
    '<p>Keras’ <code>loss</code> gets <code>y_pred</code> of shape \
<span class="text-nowrap">(N, 1)</span>.</p>'
    >>> typeset("Dense(1) stays at log(e + 9): say from_logits=True.")
    '<code>Dense(1)</code> stays at log(e + 9): say <code>from_<wbr>logits=<wbr>True</code>.'
    """
    return PIECE.sub(_piece, quiz)


def _piece(piece):
    if piece["words"]:
        return _words(piece["words"])
    return _code(piece[0]) if piece[0].startswith("<code>") else piece[0]


def _words(text):
    """Return words in which code is marked as such."""
    ends, marked = 0, []
    for name in CODE.finditer(text):
        marked += [_prose(text[ends : name.start()]), f"<code>{_code(name[0])}</code>"]
        ends = name.end()
    return "".join([*marked, _prose(text[ends:])])


def _prose(text):
    return markup.NUMBER.sub(markup.WHOLE, APOSTROPHE.sub("\N{RIGHT SINGLE QUOTATION MARK}", text))


def _code(name):
    """Return code that may break at its joints, if it is long."""
    return markup.JOINT.sub(r"\g<0><wbr>", name) if len(name) >= markup.LONG else name


def name_questions(app, pagename, templatename, context, doctree):
    """Give the questions of a page their ids, and their words the look of the text."""
    if 'class="quiz"' in context.get("body", ""):
        body = QUESTION.sub(named, context["body"])
        context["body"] = QUIZ.sub(lambda quiz: typeset(quiz[0]), body)


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", name_questions)
