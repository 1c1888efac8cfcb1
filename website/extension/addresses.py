"""Where the repository and the site are, according to the environment of the deployment.

GitHub's runners say where the repository is: GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_SHA.
BOOK_URL says where the site will be. Without the first there is no button for Colab or Binder,
without the second no canonical address and no sitemap, so that there are no dead links.
"""

import os
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

import nbformat

from website import colab

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
    config.ogp_social_cards = {"enable": bool(site())}
    if repository():
        buttons = {"notebook_interface": "jupyterlab", "binderhub_url": BINDER, "colab_url": COLAB}
        config.html_theme_options |= {
            "repository_url": repository(),
            "repository_branch": colab.BRANCH,
            "launch_buttons": buttons,
        }


def complete(app, exception):
    """Complete a build: notebooks to download that install lossutils, sitemap and robots."""
    if exception or app.builder.name != "html":
        return
    out = app.outdir
    if address := colab.package():
        for path in (out / "_sources").rglob("*.ipynb"):
            notebook = nbformat.read(path, as_version=4)
            nbformat.write(colab.with_install_cell(notebook, address), path)
    if site():
        pages = sorted(app.env.found_docs)
        (out / "sitemap.xml").write_text(sitemap(pages), encoding="utf-8")
        robots = f"User-agent: *\nAllow: /\nSitemap: {site()}sitemap.xml\n"
        (out / "robots.txt").write_text(robots, encoding="utf-8")


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
    app.connect("build-finished", complete)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
