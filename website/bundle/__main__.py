"""Make website/cells/jupyter.js, editor.js and their licences from the pinned packages; needs npm.

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
RESULTS = FOLDER.parent / "cells"
BUNDLES = ("jupyter", "editor")
OPTIONS = ("--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none")
PACKAGE = re.compile(r"(?:.*/)?node_modules/((?:@[^/]+/)?[^/]+)/")


def install(folder):
    """Install the pinned packages in a folder, beside the modules that name what is bundled."""
    npm = programs.find("npm") or sys.exit("error: there is no npm; install Node.js")
    for path in FOLDER.iterdir():
        if path.suffix in {".js", ".json"}:
            shutil.copy(path, folder)
    quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts")
    subprocess.run([npm, "ci", *quiet], cwd=folder, env=programs.environment(), check=True)


def make(name, folder):
    """Make a bundle and its licences; return the packages that are in it, and its size."""
    npm = programs.find("npm")
    run = [npm, "exec", "--offline", "--", "esbuild", f"{name}.js", *OPTIONS]
    command = [*run, "--outfile=out.js", "--metafile=meta.json", "--allow-overwrite"]
    subprocess.run(command, cwd=folder, env=programs.environment(), check=True)
    inputs = json.loads((folder / "meta.json").read_text())["outputs"]["out.js"]["inputs"]
    used = {
        match[0]: match[1]
        for path, part in inputs.items()
        if part["bytesInOutput"]
        for match in [PACKAGE.match(path)]
        if match
    }
    header = f"// Made by python -m website.bundle; licences: {name}.LICENSES.txt\n"
    text = header + (folder / "out.js").read_text(encoding="utf-8")
    (RESULTS / f"{name}.js").write_text(text, encoding="utf-8")
    licences = "\n".join(licence(folder / path) for path in sorted(used))
    (RESULTS / f"{name}.LICENSES.txt").write_text(licences, encoding="utf-8")
    return sorted(used.values()), len(text)


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
        install(Path(scratch))
        for bundle in BUNDLES:
            packages, size = make(bundle, Path(scratch))
            print(f"{bundle}.js: {size / 1000:.0f} kB of {', '.join(packages)}")
