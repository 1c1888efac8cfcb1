"""Write the plain notebooks and what it takes to run them where lossutils is missing.

Usage: python -m tools.plain FOLDER

`make plain` then compares what they print with what is stored. See website/plain.py.
"""

import argparse
import shutil
import sys
from pathlib import Path

from tools import execute, notebooks
from website import plain

# Found before the lossutils that is installed.
ABSENT = 'raise ModuleNotFoundError("No module named lossutils", name="lossutils")\n'
# Figures have the size that Matplotlib gives them, without the book's style.
SIZES = "[sizes]\nregex: <Figure size [0-9x]+\nreplace: <Figure size\n"


def write(folder):
    """Write the plain notebook of each page that has one; return the files."""
    shutil.rmtree(folder, ignore_errors=True)
    files = {"absent/lossutils.py": ABSENT, "sizes.cfg": SIZES}
    for path in execute.pages():
        if plain.is_plain(path):
            files[path] = notebooks.text_of(plain.plain(notebooks.read(path)))
    for name, text in files.items():
        Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
        Path(folder, name).write_text(text, encoding="utf-8")
    return [Path(folder, name) for name in files if Path(name).suffix == ".ipynb"]


def main(arguments=None):
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.plain", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    print(f"{len(write(folder))} plain notebooks are in {folder}")


if __name__ == "__main__":
    sys.exit(main())
