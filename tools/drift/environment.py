"""An environment with other versions of TensorFlow, Keras and NumPy, below _build/drift."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

FOLDER = Path("_build/drift")
NAMES = {"tensorflow": "TensorFlow", "keras": "Keras", "numpy": "NumPy"}
NO_SOLUTION = "No solution found"  # uv's words


class InstallError(Exception):
    """No environment with these versions can be made; the message is one sentence."""


def check(versions):
    """Raise for what is not a version."""
    for package, version in versions.items():
        if not re.fullmatch(r"(\d+(\.\d+){0,2})?", version):
            expected = f"expected a version of {NAMES[package]}, such as 2.18 of TensorFlow"
            raise InstallError(f"{expected}, but received {version}")


def name(versions):
    """Return the name of an environment: tf2.18-keras3.5."""
    parts = {"tf": "tensorflow", "keras": "keras", "numpy": "numpy"}
    asked = {short: versions[long] for short, long in parts.items()}
    return "-".join(f"{k}{v or 'newest'}" for k, v in asked.items() if v or k != "numpy")


def make(versions):
    """Make the environment; return its Python and the versions of all its packages."""
    folder = FOLDER / name(versions)
    pinned = resolve(versions)
    _uv("venv", "--clear", "--python", sys.executable, folder)
    install = ("pip", "install", "--python", folder)
    _uv(*install, "--link-mode", "hardlink", "--compile-bytecode", "-r", pinned)
    _uv(*install, "--no-deps", "-e", ".")
    lines = pinned.read_text(encoding="utf-8").splitlines()
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return python, dict(line.split("==") for line in lines if "==" in line)


def resolve(versions):
    """Choose versions that fit, those of requirements.txt where possible; return the file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    pinned = FOLDER / f"{name(versions)}.txt"
    shutil.copy("requirements.txt", pinned)  # uv prefers what the output file already names
    free = [option for package in NAMES for option in ("--upgrade-package", package)]
    wanted = requirements(versions) + _of_lossutils(versions)
    if not _fits(wanted, "--output-file", pinned, *free):
        raise InstallError(_why(versions))
    return pinned


def requirements(versions):
    """Return what is asked for: requirements.in, with other versions of three packages."""
    lines = Path("requirements.in").read_text(encoding="utf-8").splitlines()
    others = [line for line in lines if re.match(r"[\w.-]*", line)[0].lower() not in NAMES]
    return others + [f"{package}=={v}.*" if v else package for package, v in versions.items()]


def _of_lossutils(versions):
    """Return what lossutils needs; a NumPy that is named may be older."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [] if versions["numpy"] else project["dependencies"]


def _why(versions):
    """Say why these versions cannot be installed: missing, or not with each other."""
    for package, version in versions.items():
        if version and not _fits([f"{package}=={version}.*"], "--no-deps"):
            return (
                f"expected a version of {NAMES[package]} that can be installed with this Python, "
                f"but received {version}, which does not exist here"
            )
    named = [f"{NAMES[package]} {v}" for package, v in versions.items() if v]
    asked = " with ".join(named) or "the newest versions"
    if versions["numpy"] or not _fits(requirements(versions)):
        return f"{asked} cannot be installed: the requirements contradict each other"
    return f"{asked} cannot be installed with NumPy 2, which lossutils needs"


def _fits(lines, *options):
    """Tell whether there are versions that meet all requirements; another failure is raised."""
    form = ("--python", sys.executable, "--no-header", "--no-annotate")
    result = _run("pip", "compile", *form, *options, "-", text="\n".join(lines))
    if result.returncode and NO_SOLUTION not in result.stderr:
        raise InstallError(_stopped(result.stderr))
    return not result.returncode


def _uv(*arguments):
    result = _run(*arguments)
    if result.returncode:
        raise InstallError(_stopped(result.stderr))


def _run(*arguments, text=""):
    command = [sys.executable, "-m", "uv", "--quiet", *map(str, arguments)]
    return subprocess.run(command, input=text, capture_output=True, text=True)


def _stopped(stderr):
    """Return what uv says in one sentence."""
    return "uv stopped with: " + " ".join(stderr.split()).removeprefix("error: ")[:300]
