"""Make website/cells/jupyter.js and its licences anew from the pinned packages; needs npm.

Usage: python -m website.bundle
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from grader import programs

FOLDER = Path(__file__).parent
RESULT = FOLDER.parent / "cells" / "jupyter.js"
LICENCES = RESULT.with_name("jupyter.LICENSES.txt")
OPTIONS = ("--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none")
PACKAGE = re.compile(r"(?:.*/)?node_modules/((?:@[^/]+/)?[^/]+)/")


def make(folder):
    """Install the pinned packages in a folder and make the two files; return the packages."""
    npm = programs.find("npm") or sys.exit("error: there is no npm; install Node.js")
    for path in FOLDER.iterdir():
        if path.suffix in {".js", ".json"}:
            shutil.copy(path, folder)
    quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts")
    options = {"cwd": folder, "env": programs.environment(), "check": True}
    subprocess.run([npm, "ci", *quiet], **options)
    run = [npm, "exec", "--offline", "--", "esbuild", "jupyter.js", *OPTIONS]
    subprocess.run([*run, "--outfile=out.js", "--metafile=meta.json"], **options)
    inputs = json.loads((folder / "meta.json").read_text())["outputs"]["out.js"]["inputs"]
    used = {
        match[0]: match[1]
        for name, part in inputs.items()
        if part["bytesInOutput"]
        for match in [PACKAGE.match(name)]
        if match
    }
    header = "// Made by python -m website.bundle; licences: jupyter.LICENSES.txt\n"
    RESULT.write_text(header + (folder / "out.js").read_text(encoding="utf-8"), encoding="utf-8")
    LICENCES.write_text(
        "\n".join(licence(folder / path) for path in sorted(used)), encoding="utf-8"
    )
    return sorted(used.values())


def licence(package):
    """Return name, version and licence text of an installed package."""
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    title = f"{about['name']} {about['version']} ({about['license']})"
    texts = sorted(p for p in package.iterdir() if p.name.lower().startswith("licen"))
    # Jupyter's packages name their licence and leave its text out; its conditions ask for it.
    text = texts[0] if texts else FOLDER / f"{about['license']}.txt"
    return f"{title}\n{'=' * len(title)}\n{text.read_text(encoding='utf-8').strip()}\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print("bundled:", ", ".join(make(Path(scratch))))
    print(f"{RESULT.name}: {RESULT.stat().st_size / 1000:.0f} kB")
