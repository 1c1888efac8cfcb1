"""Where the repository and the site are, according to the environment of the deployment.

GitHub's runners say where the repository is: GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_SHA.
BOOK_URL says where the site will be. Without the first there is no button for Colab or Binder,
without the second no canonical address and no sitemap, so that there are no dead links.
"""

import os
import re
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

import nbformat

from website import colab, plain

FULL = ".full.ipynb"
COLAB, BINDER = "https://colab.research.google.com", "https://mybinder.org"


def repository(environ=os.environ):
    """Return the address of the repository where Colab and Binder can reach it, or None."""
    server, name = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    return f"{server}/{name}" if server == "https://github.com" and name else None


def site(environ=os.environ):
    """Return the address of the site with a slash at its end, or an empty text."""
    address = environ.get("BOOK_URL", "").rstrip("/")
    return address + "/" if urlsplit(address).scheme in ("http", "https") else ""


def configure(app, config):
    """Tell Sphinx and the theme the addresses; runs before any page is written."""
    config.html_baseurl = config.ogp_site_url = site()
    config.ogp_social_cards = {"enable": False}  # cards.py draws our own
    if repository():
        buttons = {"notebook_interface": "jupyterlab", "binderhub_url": BINDER, "colab_url": COLAB}
        config.html_theme_options |= {
            "repository_url": repository(),
            "repository_branch": colab.BRANCH,
            "launch_buttons": buttons,
        }


def complete(app, exception):
    """Complete a build: notebooks to download, sitemap and robots."""
    if exception or app.builder.name != "html":
        return
    out, pages = app.outdir, sorted(app.env.found_docs)
    for page in pages:
        offer(Path(app.env.doc2path(page)), out / "_sources" / f"{page}.ipynb")
    if site():
        (out / "sitemap.xml").write_text(sitemap(pages), encoding="utf-8")
        robots = f"User-agent: *\nAllow: /\nSitemap: {site()}sitemap.xml\n"
        (out / "robots.txt").write_text(robots, encoding="utf-8")


def offer(source, copy):
    """Write a page's notebooks for download: plain, and beside it the full one."""
    if source.suffix != ".ipynb":
        return
    notebook, address = nbformat.read(source, as_version=4), colab.package()
    full = colab.with_install_cell(notebook, address) if address else notebook
    if plain.is_plain(source):
        nbformat.write(plain.plain(notebook), copy)
        copy = copy.with_suffix(FULL)
    nbformat.write(full, copy)


def add_full_notebook(app, pagename, templatename, context, doctree):
    """Offer the full notebook: a second download, and Binder at the commit of the page."""
    groups = {group["label"]: group["buttons"] for group in context.get("header_buttons", [])
              if group["type"] == "group"}  # fmt: skip
    for button in groups.get("launch-buttons", []):
        commit = os.environ.get("GITHUB_SHA", "")
        button["url"] = re.sub(rf"(/v2/gh/.*/){colab.BRANCH}\?", rf"\g<1>{commit}?", button["url"])
    source = Path(app.env.doc2path(pagename)) if doctree else Path()
    if source.suffix != ".ipynb" or not plain.is_plain(source):
        return
    downloads = groups["download-buttons"]
    address = f"{context['pathto']('_sources', 1)}/{pagename}{FULL}"
    words = {
        "text": "full .ipynb",
        "tooltip": "Download the notebook with its checks and explorers",
    }
    button = {"url": address, "label": "download-full-notebook-button", **words}
    downloads.insert(1, downloads[0] | button)


def sitemap(pages):
    """Return the list of pages for search engines, see https://www.sitemaps.org/protocol.html."""
    places = "\n".join(
        f"<url><loc>{escape(site() + quote(page))}.html</loc></url>" for page in pages
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{places}
</urlset>
"""


def setup(app):
    """Connect to Sphinx."""
    app.connect("config-inited", configure)
    app.connect("html-page-context", add_full_notebook, priority=900)  # after the theme
    app.connect("build-finished", complete)
