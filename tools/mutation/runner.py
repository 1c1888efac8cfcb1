"""A copy of the project, mutations of it, and the checks that should catch them.

What fails with a mutation runs again without it and must pass; otherwise it would catch everything.
In `make test`, where all checks have just passed, one per kind of mutation is enough: it shows that
they pass in the copy too. Checks start warm, see tools/warm.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tools import warm
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
# The settings of the project leave out pytest's cache, which knows what failed.
PYTEST = ("-m", "pytest", "-o", "addopts=--strict-markers", "-q", "-x", "--tb=line")
LAST_FAILED = ".pytest_cache/v/cache/lastfailed"
FAILED = {1, 2}  # pytest: a test failed, or a file of tests could not be read
TIMEOUT = 900  # seconds per check
PASSED = "ALL_CHECKS_PASSED"  # set by `make test`
QUIET = {
    "PYTHONDONTWRITEBYTECODE": "1",  # two changes of a file within a second would share it
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PROOF": "1",  # all examples of the property tests
}
# Whose tests come first for a module, or for a folder, without tests of its own name.
CLOSEST = {
    "__main__": "diagnosis_report",
    "_numerics": "accuracy",
    "_printed": "checks",
    "callback": "keras_callback",
    "checking": "check_loss",
    "compiled": "keras_callback",
    "constant": "diagnosis_constant",
    "eager": "keras_callback",
    "formula": "diagnosis_causes",
    "loss_options": "loss_options",
    "metric_rules": "metrics_that_fit",
    "metrics": "metrics_that_fit",
    "probes": "diagnosis_tried",
    "units": "diagnosis_causes",
}
TESTED = ("lossutils", "book")  # the folders of tests that compute with lossutils

KINDS = (
    "stored output",
    "swapped arguments",
    "solution",
    "canonical form",
    "catalogue row",
    "published number",
    "lossutils",
)


class CheckFails(Exception):  # noqa: N818, its name is never shown
    """A check fails without a mutation, so that failing with one would mean nothing."""

    def __init__(self, check):
        command = " ".join(["python", *check])
        super().__init__(f"without a mutation this check already fails: {command}")


class Outcome(NamedTuple):
    """What came of one mutation; `passed` are the checks that let it pass."""

    site: sites.Site
    description: str
    caught: bool
    passed: list
    seconds: float

    def __str__(self):
        if self.caught:
            return f"caught   {self.site.kind}: {self.description}"
        return f"SURVIVED {self.site.kind}: {self.description} (passed: {'; '.join(self.passed)})"


def checks(site, root):
    """Return the arguments of python for the checks of a mutation, the closest check first."""
    if site.kind in {"stored output", "swapped arguments", "solution"}:
        return [(*PYTEST, "--nbval", site.path)]
    if site.kind == "canonical form":
        return [("-m", "tools.notebooks", "check", site.path)]
    if site.kind == "catalogue row":
        return [(*PYTEST, "tests/book/test_sources.py")]
    if site.kind == "published number":
        return [(*PYTEST, "tests/book/test_experiments.py"), ("-m", "tools.reproduce")]
    return _module_checks(site.path, root)


def _module_checks(path, root):
    """Return the module's own examples and tests, then all other tests that compute."""
    texts = {file.relative_to(root).as_posix(): file.read_text("utf-8") for file in _tests(root)}
    _, *parts = Path(path).with_suffix("").parts
    name = parts[1] if parts[0] == "book" else parts[0]
    named = [CLOSEST[part] for part in (parts[-1], name) if part in CLOSEST]
    names = [*named, f"{name}_{parts[-1]}", name.strip("_")]
    of_names = [[file for file in texts if Path(file).name.startswith(f"test_{n}")] for n in names]
    own = [path] if ">>> " in (root / path).read_text(encoding="utf-8") else []
    own += next(filter(None, of_names), [])
    modules = r"(printed_numbers|lossutils\S*)"
    numeric = re.compile(rf"^from {modules} import (?!experiments$|explorers$)", re.MULTILINE)
    others = [file for file in texts if numeric.search(texts[file]) and file not in own]
    quick = (*PYTEST, "-m", "not slow and not classroom", "--doctest-modules")
    return [(*quick, *files) for files in (own, others) if files]


def _tests(root):
    """Return the tests of lossutils and of what the book computes, small files first."""
    files = [file for name in TESTED for file in (root / "tests" / name).glob("test_*.py")]
    return sorted(files, key=lambda file: file.stat().st_size)


class Copy:
    """A copy of the project that is mutated, one mutation at a time.

    `clean` remembers of which kinds a check passes without a mutation; copies of one copy share it.
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
            return warm.run(check, cwd=self.root, env=self.environment, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            return 1

    @contextmanager
    def mutated(self, site):
        """Mutate the copy's file for the length of a with block."""
        path = self.root / site.path
        original = path.read_bytes()
        path.write_bytes(sites.mutated(site, original.decode("utf-8")).encode("utf-8"))
        try:
            yield
        finally:
            path.write_bytes(original)

    def passes(self, check, kind):
        """Tell whether what failed in a check passes without the mutation."""
        if PASSED not in os.environ:
            return self.status(self._again(check)) == 0
        known = "a notebook" if "--nbval" in check else kind
        if known not in self.clean:
            self.clean[known] = self.status(self._again(check)) == 0
        return self.clean[known]

    def _again(self, check):
        """Return the arguments for what failed alone: a test, or a cell and those above it."""
        if "--nbval" not in check:
            return (*check, "--lf") if "pytest" in check else check
        *options, path = check
        file = self.root / LAST_FAILED
        names = json.loads(file.read_text(encoding="utf-8")) if file.exists() else ()
        cells = [int(name.split()[-1]) for name in names if name.startswith(f"{path}::Cell ")]
        if not cells:
            return check
        return (*options, *(f"{path}::Cell {number}" for number in range(max(cells) + 1)))

    def try_one(self, site):
        """Apply one mutation, run its checks until one fails, and return what came of it."""
        start, passed = time.perf_counter(), []
        description = sites.description_of(
            site, (self.root / site.path).read_text(encoding="utf-8")
        )
        for check in checks(site, self.root):
            with self.mutated(site):
                caught = self.status(check) in FAILED
            if caught and not self.passes(check, site.kind):
                raise CheckFails(check)
            if caught:
                break
            passed.append(" ".join(["python", *check]))
        return Outcome(site, description, caught, passed, time.perf_counter() - start)
