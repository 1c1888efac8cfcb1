"""Say which internal links of the built book are broken. Usage: python -m website.links FOLDER"""

import argparse
import re
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from website import built

IN_A_SCRIPT = re.compile(r'id=\\"([^"\\]+)\\"')  # of what a page loads later: data-steps


class Page(HTMLParser):
    """What one page points to, and what can be pointed to in it."""

    def __init__(self, path):
        super().__init__()
        self.links, self.names, self.later = set(), set(), set()
        self.feed(path.read_text(encoding="utf-8"))
        scripts = (path.parent / urlsplit(link).path for link in self.later)
        for script in filter(lambda script: script.exists(), scripts):
            self.names |= set(IN_A_SCRIPT.findall(script.read_text(encoding="utf-8")))

    def handle_starttag(self, tag, attrs):
        """Keep the names and the links of a tag."""
        attrs = dict(attrs)
        self.names |= {attrs[key] for key in ("id", "name") if attrs.get(key)}
        self.links |= {attrs[key] for key in ("href", "src", "data-steps") if attrs.get(key)}
        if attrs.get("data-steps"):
            self.later.add(attrs["data-steps"])


def broken(folder):
    """Yield a sentence for every internal link that leads nowhere."""
    files = [path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts]
    pages = {path.resolve(): Page(path) for path in files}
    for path, page in pages.items():
        for link in sorted(page.links):
            reason = _reason(path, link, pages, folder.resolve())
            if reason:
                yield f"{path.relative_to(folder.resolve())}: the link {link} {reason}"


def _reason(path, link, pages, folder):
    """Return why a link is broken, or None; links to elsewhere are not looked at."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    start = folder if parts.path.startswith("/") else path.parent  # a slash is the root of the host
    target = (start / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
    target = target / "index.html" if target.is_dir() else target
    if not target.exists():
        return "leads to a file that does not exist"
    if not target.is_relative_to(folder):
        return "leads out of the book"
    name = unquote(parts.fragment)
    if name and target in pages and name not in pages[target].names:
        return "leads to a place that the page does not have"
    return None


def main(arguments=None):
    """Run the command; the exit status is 1 when a link is broken."""
    parser = argparse.ArgumentParser(prog="python -m website.links", description=__doc__)
    parser.add_argument("folder", type=built.folder)
    folder = parser.parse_args(arguments).folder
    sentences = list(broken(folder))
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    print(f"{len(sentences)} broken internal links in {len(list(folder.rglob('*.html')))} pages")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
