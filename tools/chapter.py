"""Check one notebook and build its page: lint, canonical form, strict nbval, then the page.

Usage: python -m tools.chapter NAME, for example: python -m tools.chapter double-softmax

The notebook runs only if its code, its stored outputs or a module that it imports changed since
strict nbval last compared them. The page appears in the built book; links to it from other pages
follow with `make book`.
"""

import argparse
import difflib
import subprocess
import sys
import time
from pathlib import Path

from tools import execute, notebooks


def notebook_named(name, pages):
    """Return the page with this name; if no page has it, exit with one sentence."""
    wanted = name.removesuffix(".ipynb").removeprefix("book/")
    short = {page.relative_to("book").with_suffix("").as_posix(): page for page in pages}
    matches = [key for key in short if wanted in (key, Path(key).name)]
    if len(matches) == 1:
        return short[matches[0]]
    names = matches or difflib.get_close_matches(wanted, short, 3, 0.4) or sorted(short)
    sys.exit(f"error: there is no notebook “{name}”; did you mean {', '.join(names)}?")


def run(*arguments):
    """Run `python arguments`, showing its output; a failure ends this program."""
    status = subprocess.run([sys.executable, *map(str, arguments)]).returncode
    if status:
        sys.exit(status)


def lint(path):
    """Check format and code of the notebook."""
    run("-m", "ruff", "format", "--check", "--quiet", path)
    run("-m", "ruff", "check", "--quiet", path)


def check_form(path):
    """Check that the notebook is in canonical form."""
    if notebooks.main(["check", str(path)]):
        sys.exit(1)


def compare(path):
    """Compare every stored output with a run, unless that was done before."""
    if execute.is_compared(path):
        print("the stored outputs were compared before, and nothing they depend on changed")
    else:
        run("-m", "pytest", "-q", "--nbval", "--for-build", path)


def build(path):
    """Build the page of the notebook alone, into the book that is built already."""
    from jupyter_book.sphinx import build_sphinx  # slow to import
    from sphinx.environment import BuildEnvironment
    from sphinx.ext import viewcode

    from website.extension import landing

    page, outdated = path.with_suffix("").as_posix(), BuildEnvironment.get_outdated_files

    def only_this_page(environment, config_changed):
        added, changed, removed = outdated(environment, config_changed)
        if added - {page}:
            sys.exit("error: other pages are new or the settings changed; run: make book")
        return added, changed & {page}, removed

    BuildEnvironment.get_outdated_files = only_this_page
    # The cards of the landing page and the pages of modules follow with `make book` as well.
    landing.pages = lambda environment: []
    viewcode.should_generate_module_page = lambda application, module: False
    options = {"noconfig": True, "path_config": "_config.yml", "quiet": True}
    settings = {"external_toc_path": str(Path("_toc.yml").resolve())}
    options["confoverrides"] = settings | {"latex_individualpages": False}
    site = execute.BUILD / "html"
    if build_sphinx(Path().resolve(), site, filenames=[str(path)], keep_going=True, **options):
        sys.exit(f"error: the page of {path} could not be built")


STEPS = {"lint": lint, "canonical form": check_form, "strict nbval": compare, "page": build}


def main(arguments=None):
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.chapter", description=__doc__.splitlines()[0]
    )
    parser.error = lambda message: sys.exit(f"error: {message}; for example: NB=double-softmax")
    parser.add_argument("name", metavar="NAME", help="the notebook, for example double-softmax")
    path = notebook_named(parser.parse_args(arguments).name, execute.pages())
    for step, action in STEPS.items():
        start = time.perf_counter()
        action(path)
        print(f"{step}: {time.perf_counter() - start:.1f} s", flush=True)
    print(f"The page is {execute.BUILD / 'html' / path.with_suffix('.html')}")


if __name__ == "__main__":
    main()
