"""How figures, tables and citations are marked up, where docutils or the theme leave gaps."""

import difflib
import html
import itertools
import re
from pathlib import Path

from docutils import nodes
from myst_nb import sphinx_ as myst_nb

from website.extension import figures

# Browsers break 2.06e-09 and row 001-5 after the hyphen, 62.7 %, 8 × 8 and 6 · 10²³ before the
# sign, document 000 before its number, the shape (N, 1) and the labels [0, 0, 1] after a comma,
# and gamma = 0.5 at its sign.
VALUE = r"\w{1,10} = [−-]?[0-9]++(?:\.[0-9]++)?+(?:e-[0-9]++)?+(?! [%×])"
NUMBER = re.compile(
    rf"{VALUE}|(?<=[\w,] )\[[−-]?[0-9.]+(?:, [−-]?[0-9.]+){{1,3}}\]"
    r"|-?[0-9.]+e-[0-9]+|\b[0-9]{3}-[0-9]{1,2}\b|[0-9][0-9.,]* (?:%|k?m?s|[kMG]B)(?!\w)"
    r"|[0-9]+ [×·] [0-9]+|\b[Dd]ocument [0-9]{3}\b|[0-9][0-9,]* of [0-9][0-9,]*"
    r"|\((?:[0-9]{1,4}|[A-Z]), (?:[0-9A-Z]{1,4}, )*[0-9A-Z]{1,4}\)"
)
# And in a heading, cross-entropy is not torn apart.
HYPHEN = re.compile(rf"{NUMBER.pattern}|\b\w{{2,10}}-\w{{2,10}}\b")
# And --jobs after its own. A long name may break, but at its joints.
OPTION = re.compile(r"--[\w-]{1,20}")
LONG = 16
JOINT = re.compile(r"(?<=[^\W\d])[_.(=,/](?=\w)|(?<=[a-z])(?=[A-Z])")
NAME = re.compile(rf"\b(?=\w*_)\w{{{LONG},}}")
TOKEN = '<span class="pre">'
WHOLE = r'<span class="text-nowrap">\g<0></span>'
# What the link that unfolds a cell says, by the tag of the cell.
FOLDED = {
    "check": "check",
    "setup": "Setup",
    "figure": "Code of this figure",
    "explorer": "Code of this explorer",
}
# Pieces of code in the colour of all code: names, punctuation, spaces; and operators, of which a
# line has many: the style would give them the colour of strings.
PLAIN = re.compile(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>')
# Pieces of code that share a colour in the light and in the dark: the name for all, and the others.
LOOKS = {"k": "kc kd kn kr ne ow", "m": "bp ld mb mf mh mi mo nb nd vm", "nf": "fm nc nt"}
LOOKS |= {"s": "dl s1 s2 sa sb sd se sh si"}
LOOK_OF = {name: look for look, names in LOOKS.items() for name in names.split()}
COLOURED = re.compile(rf'<span class="({"|".join(LOOK_OF)})">')
SAME = re.compile(
    rf'<span class="({"|".join(LOOKS)})">[^<]*</span>(?:<span class="\1">[^<]*</span>)+'
)
# A mark around the words of a link, which no style and no script looks for.
LINK_WORDS = re.compile(r'<span class="(?:xref )?std std-(?:ref|term|doc)">([^<]*)</span>')
# The comma after a formula does not begin a line, and the parenthesis before it does not end one.
FORMULA = '<span class="math[^>]*>(?:(?!</span>).)*</span>'
POINTED = re.compile(rf"\(?{FORMULA}[,.;:!?)]+|\({FORMULA}", re.DOTALL)
# The space before the name of an exercise does not belong to the link.
SOLUTION = re.compile(r"(Solution to)(<a [^>]*>) ")


def setup(app):
    """Connect the visitors with Sphinx."""
    visits = {nodes.image: visit_image, nodes.citation: visit_citation, nodes.entry: visit_entry}
    for node, visit in {**visits, nodes.Text: visit_text}.items():
        app.add_node(node, override=True, html=(visit, _departing(node)))
    app.add_node(nodes.literal, override=True, html=(visit_literal, depart_literal))
    folded = visit_folded_cell, myst_nb.depart_HideCellInput
    app.add_node(myst_nb.HideCodeCellNode, override=True, html=folded)
    app.connect("doctree-read", mark_cells)
    app.connect("doctree-read", number_captions)
    app.connect("html-page-context", tidy, priority=860)  # when all parts are in their place


def _departing(node):
    name = f"depart_{node.__name__}"

    def depart(self, node):
        getattr(type(self), name)(self, node)

    return depart


def mark_cells(app, doctree):
    """Pair the wrong and the right program of a mistake; tell a check's line from a table."""
    cells = [node for node in doctree.findall(nodes.container) if "cell" in node["classes"]]
    for cell in cells:
        if "tag_check" in cell["classes"] and not cell.children[-1].astext().startswith("✓"):
            cell["classes"].append("has-table")
    for wrong, right in itertools.pairwise(cells):
        if "tag_wrong" in wrong["classes"] and "tag_right" in right["classes"]:
            mark_differences(*(next(cell.findall(nodes.literal_block)) for cell in (wrong, right)))
            pair_up(wrong, right)


def pair_up(wrong, right):
    """Put a cell and the next one into a part of their own, where their lines can be aligned."""
    parent, place = wrong.parent, wrong.parent.index(wrong)
    parent[place : place + 2] = [nodes.container("", wrong, right, classes=["pair"])]


def number_captions(app, doctree):
    """Number the captions of a page: paragraphs below a figure that are emphasised as a whole."""
    paragraphs = doctree.findall(nodes.paragraph)
    for number, caption in enumerate(filter(is_caption, list(paragraphs)), start=1):
        caption["classes"].append("caption")
        caption.insert(0, nodes.strong("", f"Figure {number}. "))


def is_caption(paragraph):
    """Tell whether a paragraph is emphasised as a whole and stands below the cell of a figure."""
    place = paragraph.parent.index(paragraph)
    above = paragraph.parent[place - 1] if place else nodes.Text("")
    is_emphasis = len(paragraph) == 1 and isinstance(paragraph[0], nodes.emphasis)
    return is_emphasis and not {"tag_figure", "tag_explorer"}.isdisjoint(classes_of(above))


def lead(node):
    """Return the bold words that a paragraph begins with; there are empty texts before them."""
    if not isinstance(node, nodes.paragraph):
        return ""
    first = next((child for child in node.children if child.astext()), None)
    return first.astext() if isinstance(first, nodes.strong) else ""


def classes_of(node):
    """Return the classes of a node, none for a text."""
    return node.get("classes", ()) if isinstance(node, nodes.Element) else ()


def mark_differences(*programs):
    """Highlight the lines in which two programs differ, apart from the names wrong and right."""
    lines = [re.sub(r"\b(wrong|right)\b", "run", each.astext()).splitlines() for each in programs]
    for program, own, other in zip(programs, lines, lines[::-1], strict=True):
        blocks = difflib.SequenceMatcher(a=own, b=other).get_opcodes()
        changed = [i + 1 for tag, a, b, *_ in blocks if tag != "equal" for i in range(a, b)]
        program["highlight_args"] = {"hl_lines": changed}


def tidy(app, pagename, templatename, context, doctree):
    """Keep spaces and points where they are seen; leave out marks that change nothing."""
    if "body" in context:
        body = POINTED.sub(WHOLE, SOLUTION.sub(r"\1 \2", context["body"]))
        body = LINK_WORDS.sub(r"\1", body).replace("<em>et al.</em>", "<em>et&#160;al.</em>")
        context["body"] = coloured(body.replace("<pre><span></span>", "<pre>"))


def coloured(code):
    """Return highlighted code with one mark for neighbours of the same colour, if it is their own.

    Examples
    --------
    >>> coloured('<span class="sa">f</span><span class="s2">&quot;a&quot;</span>')
    '<span class="s">f&quot;a&quot;</span>'
    """
    code = COLOURED.sub(lambda span: f'<span class="{LOOK_OF[span[1]]}">', PLAIN.sub(r"\1", code))
    return SAME.sub(lambda spans: f'<span class="{spans[1]}">{_text(spans[0])}</span>', code)


def _text(code):
    return re.sub("<[^>]*>", "", code)


def visit_image(self, node):
    """Load a figure when it comes near the screen, and keep its place free until then."""
    extra = figures.size(Path(self.builder.srcdir, node["uri"]))
    type(self).visit_image(self, node)
    extra += 'loading="lazy" ' if self.builder.name == "html" else ""  # printing does not wait
    image = self.body[-1].replace("<img ", f"<img {extra}", 1)
    self.body[-1] = figures.choosing(self, node, image)


def visit_entry(self, node):
    """Make no header of an empty corner; keep a pair of numbers in one line."""
    if re.search(" [·✗] | ✗", text := node.astext()) and len(text) < 24:
        node["classes"].append("text-nowrap")
    type(self).visit_entry(self, node)
    if not node.astext().strip() and self.body[-1].startswith("<th"):
        self.body[-1] = self.body[-1].replace("<th", "<td", 1)
        self.context[-1] = self.context[-1].replace("</th", "</td")


def visit_text(self, node):
    """Keep a number in one line; say where a long name may break."""
    start = len(self.body)
    type(self).visit_Text(self, node)
    if not (self.protect_literal_text or is_printed(node)):
        whole = HYPHEN if isinstance(node.parent, nodes.title) else NUMBER
        parts = [whole.sub(WHOLE, part) for part in self.body[start:]]
        self.body[start:] = [NAME.sub(lambda name: _jointed(name[0]), part) for part in parts]


def is_printed(node):
    """Tell whether a text stands in a block of code or of output, whose lines are kept."""
    above = node.parent, getattr(node.parent, "parent", None)
    return any(isinstance(each, nodes.literal_block) for each in above)


def _jointed(name):
    return JOINT.sub(r"\g<0><wbr>", name)


def visit_literal(self, node):
    """Begin a piece of code between words; a short command stays in one line."""
    if len(node.astext()) < LONG and not {" ", "-"}.isdisjoint(node.astext()):
        node["classes"].append("text-nowrap")
    type(self).visit_literal(self, node)
    node.start = len(self.body)


def depart_literal(self, node):
    """Say where the code may break, and where not."""
    self.body[node.start :] = map(_breaking, self.body[node.start :])
    type(self).depart_literal(self, node)


def _breaking(part):
    if not part.startswith(TOKEN):
        return part
    name = html.unescape(part.removeprefix(TOKEN).removesuffix("</span>"))
    if OPTION.fullmatch(name):
        return part.replace("pre", "pre text-nowrap", 1)
    return _jointed(part) if len(name) >= LONG else part


def visit_citation(self, node):
    """Write the list of works as text: the roles of docutils are out of use, or do not fit."""
    start = len(self.body)
    type(self).visit_citation(self, node)
    for place in range(start, len(self.body)):
        for role in (' role="list"', ' role="doc-biblioentry"'):
            self.body[place] = self.body[place].replace(role, "")


def visit_folded_cell(self, node):
    """Let the button that unfolds a cell be named by what it says, and say what is folded."""
    tags = {name.removeprefix("tag_") for name in node.parent["classes"]}
    if not any(node.parent.findall(nodes.image)):
        tags.discard("figure")  # it draws nothing
    words = next((FOLDED[tag] for tag in FOLDED if tag in tags), "Code")
    node["prompt_show"] = "Setup of the checks" if {"check", "setup"} <= tags else words
    node["prompt_hide"] = node["prompt_show"]
    start = len(self.body)
    myst_nb.visit_HideCellInput(self, node)
    name = ' aria-label="Toggle hidden content"'
    self.body[start:] = [part.replace(name, "") for part in self.body[start:]]
