"""A copy of the project, errors planted in it, and the checks that should notice them.

The check without an error is run first and must pass; otherwise it would notice everything. In
`make test`, where all checks have just passed, one of each kind is run again: it shows that they
pass in the copy too.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tools.mutation import sites

ROOT = Path(__file__).resolve().parents[2]
IGNORED = shutil.ignore_patterns(
    ".git",
    ".venv*",
    ".tools",
    "_build",
    "*.egg-info",
    "__pycache__",
    ".ipynb_checkpoints",
    ".*_cache",
    ".hypothesis",
)
PYTEST = ("-m", "pytest", "-q", "-x", "--tb=line")
FAILED = {1, 2}  # pytest: a test failed, or a file of tests could not be read
TIMEOUT = 900  # seconds per check
PASSED = "ALL_CHECKS_PASSED"  # said by `make test`
QUIET = {
    "PYTHONDONTWRITEBYTECODE": "1",  # two changes of a file within a second would share it
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
}
# The tests of what a module without tests of its own name is for.
CLOSEST = {
    "main": "diagnosis_report",
    "blocks": "means",
    "double_double": "accuracy",
    "limits": "losses",
    "precision": "accuracy",
    "sigmoid": "activations",
    "softmax": "means",
}
KINDS = (
    "stored output",
    "swapped arguments",
    "solution",
    "canonical form",
    "catalogue row",
    "published number",
    "lossutils",
)


class CheckFails(Exception):  # noqa: N818, it is said to a person as it is
    """A check fails without an error planted, so that failing with one would mean nothing."""

    def __init__(self, check):
        command = " ".join(["python", *check])
        super().__init__(f"without a planted error this check already fails: {command}")


class Outcome(NamedTuple):
    """What came of one planted error; `passed` are the checks that let it pass."""

    place: sites.Place
    described: str
    caught: bool
    passed: list
    seconds: float

    def __str__(self):
        if self.caught:
            return f"caught   {self.place.kind}: {self.described}"
        return f"SURVIVED {self.place.kind}: {self.described} (passed: {'; '.join(self.passed)})"


def checks(place, root):
    """Return the checks that should notice, the closest one first: arguments of python."""
    if place.kind in {"stored output", "swapped arguments", "solution"}:
        return [(*PYTEST, "--nbval", place.path)]
    if place.kind == "canonical form":
        return [("-m", "tools.notebooks", "check", place.path)]
    if place.kind == "catalogue row":
        return [(*PYTEST, "tests/book/test_sources.py")]
    if place.kind == "published number":
        return [(*PYTEST, "tests/book/test_experiments.py"), ("-m", "tools.reproduce")]
    return _module_checks(place.path, root)


def _module_checks(path, root):
    """Return the module's own examples and tests, then all other tests that compute."""
    tests = sorted((root / "tests").glob("test_*.py"), key=lambda file: file.stat().st_size)
    texts = {file.relative_to(root).as_posix(): file.read_text(encoding="utf-8") for file in tests}
    name = Path(path).parts[1].removesuffix(".py").strip("_")
    own = [path] if ">>> " in (root / path).read_text(encoding="utf-8") else []
    closest = f"tests/test_{CLOSEST.get(name, name)}"
    own += sorted((f for f in texts if f.startswith(closest)), key=lambda f: f != f"{closest}.py")
    numeric = re.compile(r"^from lossutils\S* import (?!experiments$|explorers$)", re.MULTILINE)
    others = [file for file in texts if numeric.search(texts[file]) and file not in own]
    quick = (*PYTEST, "-m", "not slow and not classroom", "--doctest-modules")
    return [(*quick, *files) for files in (own, others) if files]


class Copy:
    """A copy of the project in which errors are planted, one at a time.

    `clean` remembers which checks pass without an error, and for which kinds of errors one was run;
    copies of one copy share it.
    """

    def __init__(self, root, source=None):
        self.root, self.clean = Path(root).resolve(), source.clean if source else {}
        shutil.copytree(source.root if source else ROOT, self.root, ignore=IGNORED)
        # Kernels leave files behind, which go to a folder that is removed.
        own = {"PYTHONPATH": str(self.root), "TMPDIR": str(self.root.parent)}
        self.environment = os.environ | own | QUIET
        used = self.run(("-c", "import lossutils; print(lossutils.__file__)"), "book").stdout
        if not Path(used.strip()).is_relative_to(self.root):
            raise RuntimeError(f"the copy uses another lossutils: {used.strip()}")

    def run(self, arguments, folder="."):
        """Run python in the copy, with the copy's lossutils."""
        command, options = [sys.executable, *arguments], {"capture_output": True, "text": True}
        folder = self.root / folder
        return subprocess.run(command, cwd=folder, env=self.environment, timeout=TIMEOUT, **options)

    def status(self, check):
        """Return the exit status of a check; one that does not end has failed."""
        try:
            return self.run(check).returncode
        except subprocess.TimeoutExpired:
            return 1

    @contextmanager
    def planted(self, place):
        """Hold the error in the copy's file for the length of a with block."""
        path = self.root / place.path
        original = path.read_bytes()
        path.write_bytes(sites.planted(place, original.decode("utf-8")).encode("utf-8"))
        try:
            yield
        finally:
            path.write_bytes(original)

    def passes(self, check, kind):
        """Tell whether a check of a kind of errors passes while none is planted."""
        known = kind if PASSED in os.environ else check
        if known not in self.clean:
            self.clean[known] = self.status(check) == 0
        return self.clean[known]

    def try_one(self, place):
        """Plant one error, run its checks until one notices, and return what came of it."""
        start, passed = time.perf_counter(), []
        described = sites.described(place, (self.root / place.path).read_text(encoding="utf-8"))
        for check in checks(place, self.root):
            if not self.passes(check, place.kind):
                raise CheckFails(check)
            with self.planted(place):
                caught = self.status(check) in FAILED
            if caught:
                break
            passed.append(" ".join(["python", *check]))
        return Outcome(place, described, caught, passed, time.perf_counter() - start)
