"""What every page of the site has: previews of links, citation, licence, a way on; buttons; 404.

The addresses are tested on a book of two pages, which is built once with and once without them.
"""

import functools
import os
import re
import subprocess
import sys
from urllib.parse import urljoin

import nbformat
import pytest
from page_trees import read as read_tree
from PIL import Image

from tools import notebooks
from website import built, citation, plain, toc

pytestmark = pytest.mark.slow
NOTEBOOKS = [page for page in toc.PAGES if (toc.ROOT / f"{page}.ipynb").exists()]
OUTSIDE = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "someone/losses",
    "GITHUB_SHA": "0123456789abcdef",
    "BOOK_URL": "https://someone.github.io/losses",
}
read = functools.cache(read_tree)
CONF = """
project = "A book"
root_doc = "book/intro"
extensions = [
    "myst_nb", "sphinx_book_theme", "sphinxext.opengraph", "website.extension",
]
html_theme = "sphinx_book_theme"
html_theme_options = {"launch_buttons": {"colab_url": "", "binderhub_url": ""}}
nb_execution_mode = "off"
exclude_patterns = ["out"]
"""


def meta(tree):
    """Return the meta tags of a page by name."""
    tags = tree.select("head meta[content]")
    return {tag.get("property") or tag.get("name"): tag["content"] for tag in tags}


@pytest.fixture(scope="module")
def pages():
    """Return the pages of the built book."""
    return {page: read(built.folder() / f"{page}.html") for page in toc.PAGES}


def test_every_page_says_what_a_link_to_it_shows(pages):
    descriptions = set()
    for page, tree in pages.items():
        tags = meta(tree)
        text = re.sub(r"[\s#:]", "", tree.select_one("article").get_text())
        assert tags["og:title"], page
        assert tags["og:site_name"] == "Loss Functions in TensorFlow"
        assert tags["description"] == tags["og:description"]
        assert re.sub(r"[\s:]", "", tags["description"])[:30] in text, page
        descriptions.add(tags["description"])
    assert len(descriptions) == len(pages)


def test_every_page_says_how_to_cite_it_and_its_licence(pages):
    for page, tree in pages.items():
        footer = tree.select_one("footer.bd-footer-content")
        assert citation.sentence(citation.read()) in footer.get_text(), page
        assert "CC BY 4.0" in footer.get_text()
        path, name = footer.select_one("p.cite a")["href"].split("#")
        target = (built.SITE / page).parent.joinpath(path or f"{built.SITE / page}.html")
        assert read(target).find(id=name), page


def test_pages_are_read_one_after_the_other(pages):
    for page, tree in pages.items():
        at = toc.PAGES.index(page)
        near = {"left-prev": toc.PAGES[:at][-1:], "right-next": toc.PAGES[at + 1 :][:1]}
        for side, wanted in near.items():
            links = [link["href"] for link in tree.select(f".prev-next-area a.{side}")]
            assert [urljoin(f"/{page}.html", link) for link in links] == [
                f"/{name}.html" for name in wanted
            ]


def test_every_section_is_in_the_contents_of_its_page(pages):
    """The landing page is left out: it shows no contents, because it is a list of them."""
    assert not pages[toc.PAGES[0]].select("#pst-page-toc-nav, .page-toc, .secondary-toggle")
    for page, tree in list(pages.items())[1:]:
        listed = {link["href"] for link in tree.select("#pst-page-toc-nav a, .page-toc a")}
        sections = {f"#{heading.parent['id']}" for heading in tree.select("article h2")}
        sections -= {"#exercise-content", "#solution-content"}
        assert sections <= listed, page


# Short names in tables, options, numbers, and a formula with its comma: what stands in two lines,
# though it should not; and commas that may begin a line.
BROKEN = """() => [
  ...[...document.querySelectorAll("article :is(td, th) code")]
    .filter((e) => /^[^\\s-]{1,15}$/.test(e.textContent)),
  ...document.querySelectorAll("article .text-nowrap"),
].filter((e) => e.getClientRects().length > 1)
  .concat([...document.querySelectorAll("article span.math")]
    .filter((e) => /^[,.;:!?)]/.test(e.nextSibling?.data ?? "") && !e.closest(".text-nowrap")))
  .map((e) => e.textContent)"""


@pytest.mark.parametrize("name", ["notation", "accuracy", "teaching", "api", "sources/index"])
def test_lines_break_where_words_do(page, address, name):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{address}/book/{name}.html")
    assert page.locator("article .text-nowrap").count()
    assert page.evaluate(BROKEN) == []


@pytest.mark.parametrize(
    ("changed", "all_pages"),
    [
        ("book/assets/book.css", True),
        ("website/extension/markup.py", True),
        ("book/intro.md", False),
    ],
)
def test_a_change_to_every_page_rebuilds_all_pages(pages, changed, all_pages):
    """Sphinx itself would not notice a change of a style, a script or an extension."""
    command = ["make", "-n", "-o", "always", "-W", changed, "book"]
    plan = subprocess.run(command, cwd=toc.ROOT, capture_output=True, text=True, check=True).stdout
    assert "jupyter-book build" in plan
    assert ("--all" in plan) == all_pages


@pytest.mark.parametrize("name", NOTEBOOKS[:1])
def test_code_has_copy_buttons(page, address, name):
    page.goto(f"{address}/{name}.html")
    page.locator("article button.copybtn").first.wait_for(state="attached")
    blocks = page.locator("article .cell_input div.highlight pre").count()
    assert page.locator("article .cell_input button.copybtn").count() == blocks > 5


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_chapter_can_be_downloaded(pages, name):
    links = pages[name].select("a[href*='_sources'][href$='.ipynb']")
    files = [(built.SITE / name).parent / link["href"] for link in links]
    own = nbformat.read(toc.ROOT / f"{name}.ipynb", as_version=4)
    forms = [plain.plain(own), own] if plain.is_plain(name) else [own]
    assert len(files) == len(forms)
    for file, form in zip(files, forms, strict=True):
        cells = nbformat.read(file, as_version=4).cells
        assert [cell.source for cell in form.cells if cell not in cells] == []


@pytest.mark.parametrize("lost", ["no-such-page", "book/renamed.html", "a/b/c/d.html"])
def test_an_address_that_leads_nowhere_shows_where_to_go(page, address, lost):
    response = page.goto(f"{address}/{lost}")
    assert response.status == 404
    missing = "console: Failed to load resource: the server responded with a status of 404"
    assert sorted(page.problems) == [f"404 {address}/{lost}", f"{missing} (Not Found)"]
    assert page.locator("h1").inner_text() == "This page is not in the book"
    links = page.locator("main a").evaluate_all("all => all.map(link => link.pathname)")
    assert {f"/{name}.html" for name in toc.PAGES} <= set(links)
    page.get_by_label("Search the book").fill("hinge")
    page.keyboard.press("Enter")
    page.locator(".search-hit[href*='hinge.html']").first.wait_for()


# Addresses


@pytest.fixture(scope="module")
def small_sites(tmp_path_factory):
    """Build a book of three pages with and without addresses; return both folders."""
    source = tmp_path_factory.mktemp("source")
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    (source / "book").mkdir()
    text = "# Licence and citation\n\nHow wrong is it?\n\n```{toctree}\n"
    text += "double-softmax\naccuracy\n```\n"
    (source / "book" / "intro.md").write_text(text, encoding="utf-8")
    cells = [
        nbformat.v4.new_markdown_cell("# Softmax twice\n\nWhat is *wrong*?"),
        nbformat.v4.new_code_cell("import lossutils"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=notebooks.METADATA)
    for name in ("double-softmax", "accuracy"):  # one is plain, one about lossutils
        nbformat.write(notebook, source / "book" / f"{name}.ipynb")
    return [build(source, name, values) for name, values in (("with", OUTSIDE), ("without", {}))]


def build(source, name, values):
    """Build the book with these values in the environment."""
    inside = {key: value for key, value in os.environ.items() if key not in OUTSIDE}
    out = source / "out" / name
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-E", "-b", "html", str(source), str(out)],
        cwd=toc.ROOT,
        env=inside | values,
        check=True,
    )
    return out


def launches(folder):
    """Return the links of a chapter that lead to Colab and to Binder."""
    links = [link["href"] for link in read(folder / "book/double-softmax.html").select("a[href]")]
    return sorted(link for link in links if re.search("colab|mybinder", link))


def test_with_an_address_the_buttons_lead_to_it(small_sites):
    assert launches(small_sites[0]) == [
        "https://colab.research.google.com/github/someone/losses/blob/colab/book/double-softmax.ipynb",
        "https://mybinder.org/v2/gh/someone/losses/0123456789abcdef?urlpath=lab/tree/book/double-softmax.ipynb",
    ]


def test_without_an_address_there_is_no_dead_button(small_sites):
    assert launches(small_sites[1]) == []
    assert "rocket" not in (small_sites[1] / "book/double-softmax.html").read_text(encoding="utf-8")


def test_the_notebook_to_download_brings_lossutils_where_the_address_is_known(small_sites):
    texts = [(folder / "_sources/book/accuracy.ipynb").read_text() for folder in small_sites]
    assert "git+https://github.com/someone/losses@0123456789abcdef" in texts[0]
    assert "pip install" not in texts[1]


def test_pages_name_their_address_where_it_is_known(small_sites):
    address = "https://someone.github.io/losses/book/double-softmax.html"
    known, unknown = (read(folder / "book/double-softmax.html") for folder in small_sites)
    assert known.select_one("link[rel=canonical]")["href"] == address
    assert meta(known)["og:url"] == address
    assert meta(known)["og:description"] == "What is wrong?"
    assert meta(known)["og:image"].startswith("https://someone.github.io/losses/_images/")
    image = meta(known)["og:image"].removeprefix("https://someone.github.io/losses/")
    with Image.open(small_sites[0] / image) as card:
        assert (card.format, card.size) == ("PNG", (1200, 630))
    assert not unknown.select("link[rel=canonical]")
    assert not {"og:url", "og:image"} & set(meta(unknown))


def test_each_page_has_a_picture_of_its_own(small_sites):
    names = ("intro", "double-softmax")
    cards = {meta(read(small_sites[0] / f"book/{name}.html"))["og:image"] for name in names}
    assert len(cards) == 2


def test_the_sitemap_lists_the_pages(small_sites):
    text = (small_sites[0] / "sitemap.xml").read_text(encoding="utf-8")
    addresses = re.findall("<loc>(.*?)</loc>", text)
    names = ("accuracy", "double-softmax", "intro")
    assert addresses == [f"https://someone.github.io/losses/book/{name}.html" for name in names]
    assert "Sitemap: https://someone.github.io/losses/sitemap.xml" in (
        small_sites[0] / "robots.txt"
    ).read_text(encoding="utf-8")
    assert not (small_sites[1] / "sitemap.xml").exists()


def test_the_page_for_missing_addresses_leads_to_the_site_from_any_depth(small_sites):
    for folder, base in zip(small_sites, ("/losses/", "/"), strict=True):
        tree = read(folder / "404.html")
        assert tree.form["action"] == f"{base}search.html"
        links = [link["href"] for link in tree.select("li a")]
        names = ("intro", "double-softmax", "accuracy")
        assert links == [f"{base}book/{name}.html" for name in names]
        files = [tag.get("src") or tag["href"] for tag in tree.select("[src], link[href]")]
        assert [file for file in files if not file.startswith(base)] == [], "relative to nowhere"
