"""What the search knows of a page: its sections, their words and their formulas."""

import json

import pytest

from website.extension import formulas, search, sections
from website.toc import ROOT

PAGE = """<nav>not this</nav><article><section id="nan"><span id="mistake-nan"></span>
<h1>nan<a class="headerlink">#</a></h1><blockquote><p>“It is nan.”</p></blockquote>
<p>Of the loss
<span class="math"><math><mi>log</mi><mo>&ApplyFunction;</mo><mn>2</mn></math></span>, that is.</p>
<section id="what-you-need"><h2>What you need</h2><p>Patience.</p></section>
<section id="id1"><span id="second"></span><h2>Second</h2><p>More.</p><pre>tf.nn.relu(x) 0.693</pre>
<table><thead><tr><th>what you see</th><th>what it may be</th></tr></thead>
<tbody><tr><td>Negative</td><td><a href="#mistake-nan">a</a>, <a href="other.html#b">b</a></td></tr>
</tbody></table></section></section></article>"""


def test_a_page_is_cut_into_its_sections():
    parts, symptoms = sections.of_page("book/page", PAGE)
    first, second = parts
    assert (first.id, first.heading, first.quotes) == ("mistake-nan", "nan", ["“It is nan.”"])
    assert first.prose == "Of the loss log 2, that is. Patience."
    assert (second.id, second.heading, second.level) == ("second", "Second", 2)
    assert second.code.split() == ["relu", "0.693"]
    (row,) = symptoms
    assert row.text == "Negative"
    assert row.targets == [("book/page", "mistake-nan"), ("book/other", "b")]


def test_words_of_neighbouring_parts_stay_apart():
    page = (
        '<article><section id="a"><h1>A</h1><dl><dt>Keras</dt><dd>Huber</dd><dt>Truth</dt>'
        "<dd>0</dd></dl><details><summary>The rate.</summary>No.</details></section></article>"
    )
    ((section,), _) = sections.of_page("page", page)
    assert section.prose == "Keras: Huber Truth: 0 The rate. No."


def test_what_is_not_to_be_searched_belongs_to_no_section():
    page = (
        '<article><section id="a"><h1>A</h1><p>Yes.</p><details class="not-searched">no</details>'
    )
    ((section,), _) = sections.of_page("page", f"{page}</section></article>")
    assert section.prose == "Yes."


def section_of(tex, tag):
    """Return a section that has nothing but a formula."""
    place = f'<{tag} class="math">{formulas.mathml(tex)}</{tag}>'
    page = f'<article><section id="a"><h1>A</h1>{place}</section></article>'
    return sections.of_page("page", page)[0][0]


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"\frac12 \sum_i e^{-x_i}", "1/2∑_ie^−x_i"),
        (r"\log \hat y", "log yˆ"),
        (r"\ell_\text{squared} = m_j^2", "ℓ_ squared =m_j^2"),
    ],
)
def test_results_show_a_formula_in_one_line(tex, line):
    assert section_of(tex, "span").prose == line


def test_a_greek_letter_is_found_by_its_name():
    code = section_of(r"\Omega = \epsilon + \log \sigma", "div").code
    assert code.split() == ["omega", "epsilon", "log", "sigma"]


def test_a_symptom_belongs_to_the_sections_that_it_leads_to():
    rows = search.collect([sections.of_page("book/page", PAGE)])["sections"]
    assert [row[1:5] for row in rows[:1]] == [
        ["mistake-nan", "nan", "page", ["“It is nan.”", "Negative"]]
    ]


def test_only_a_page_that_changed_is_cut_again(tmp_path, monkeypatch):
    cut = []
    of_page = sections.of_page
    monkeypatch.setattr(sections, "of_page", lambda *page: cut.append(page[0]) or of_page(*page))
    first = search.cut({"a": PAGE, "b": PAGE}, tmp_path)
    second = search.cut({"a": PAGE, "b": PAGE.replace("Patience", "Time")}, tmp_path)
    assert cut == ["a", "b", "b"]
    assert second[0] == first[0]
    assert second[1] == of_page("b", PAGE.replace("Patience", "Time"))


def test_of_a_long_section_the_beginning_is_shown_and_every_word_finds_it():
    prose = "A loss is a number. " * 60 + "The Minkowski distance ends it."
    page = f"<article><section id='long'><h1>Long</h1><p>{prose}</p></section></article>"
    (row,) = search.collect([sections.of_page("book/page", page)])["sections"]
    shown, words = row[6:]
    assert prose.startswith(shown)
    assert len(shown) <= search.TEXT
    assert words == "Minkowski distance ends", "the script passes over 'the' and 'it' in any text"


def test_the_libraries_are_those_that_are_pinned():
    package = json.loads((ROOT / "website/search/package.json").read_text())
    licences = (ROOT / "book/assets/minisearch-licences.txt").read_text(encoding="utf-8")
    for name, version in package["dependencies"].items():
        assert f"{name} {version} (MIT)" in licences
