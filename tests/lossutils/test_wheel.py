"""The wheel: built, checked, and installed by pip into an empty environment with NumPy alone.

There its doctests, all tests of `lossutils` that need nothing else, and the command are run, away
from the sources. pytest and Hypothesis, which run them, are put beside NumPy; nothing is fetched.
"""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest
from rotation import one_commit_in

import lossutils

pytestmark = pytest.mark.slow

ROOT = Path(lossutils.__file__).parents[1]
HERE = Path(__file__).parent
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "lossutils")
RUNS_TESTS = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")
RUNS_TESTS += ("hypothesis", "sortedcontainers", "pytest-xdist", "execnet")
NEED_KERAS = ["keras.py", "checking"]
NEED_KERAS += [
    f"diagnosis/{path.name}"
    for path in (ROOT / "lossutils" / "diagnosis").glob("*.py")
    if "\nimport keras\n" in path.read_text(encoding="utf-8")
]
# What is imported, in a program that a test runs as well.
IMPORTS = re.compile(r"^ *(?:from|import) (\S+)(?: import ([^(\n]+))?", re.MULTILINE)
# The tests of bfloat16 go without ml_dtypes.
BESIDE_NUMPY = {"numpy", "pytest", "hypothesis", "ml_dtypes", "lossutils", *sys.stdlib_module_names}
NEED_MORE = ("lossutils.keras", "lossutils.checking", "lossutils.book.explorers")
# As tests/conftest.py, which needs the website; few examples, since `make unit` has tried many.
SETTINGS = """import hypothesis
hypothesis.settings.register_profile("few", deadline=None, derandomize=True, max_examples=3)
hypothesis.settings.load_profile("few")
"""
READ = ("book/diagnosis.ipynb", "book/mistakes")  # the pages that these tests compare with


def needed(path):
    """Return what a file of this folder and those that it imports need besides NumPy."""
    names = set()
    for module, parts in IMPORTS.findall(path.read_text(encoding="utf-8")):
        names |= {module, *(f"{module}.{part}" for part in re.findall(r"\w+", parts))}
    own = {name.split(".")[0] for name in names} & {each.stem for each in HERE.glob("*.py")}
    others = {name for name in names if name.startswith(NEED_MORE)}
    others |= {name.split(".")[0] for name in names} - own - BESIDE_NUMPY
    return others.union(*(needed(HERE / f"{name}.py") for name in own))


NUMPY_ONLY = [
    path for path in sorted(HERE.glob("*.py")) if path != Path(__file__) and not needed(path)
]


def run(*command, folder):
    """Run a command away from the sources; return what it printed."""
    process = attempt(*command, folder=folder)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def attempt(*command, folder):
    """Run a command that knows only its own environment; return how it went."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = list(map(str, command))
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy of the sources."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, source / name, **({"ignore": ignored} if name == "lossutils" else {}))
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    run(*pip, "--no-index", "-w", built, source, folder=built)
    (path,) = built.glob("lossutils-*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """Make an environment with NumPy, pytest and the wheel; return its Python."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=sys.platform != "win32")
    path = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    printed = run(
        path, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder
    )
    site_packages = Path(printed.strip())
    for name in ("numpy", *RUNS_TESTS):
        _copy(importlib.metadata.distribution(name), site_packages)
    pip = [sys.executable, "-m", "pip", "--python", path]
    run(*pip, "install", "-q", "--no-index", "--disable-pip-version-check", wheel, folder=folder)
    run(*pip, "check", folder=folder)
    return path


def _copy(distribution, site_packages):
    """Copy the files of an installed distribution, apart from its commands."""
    for file in distribution.files:
        if ".." not in file.parts and "__pycache__" not in file.parts:
            target = site_packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(distribution.locate_file(file), target)


def test_the_metadata_and_the_contents_are_in_order(wheel, tmp_path):
    for module in ("twine", "check_wheel_contents"):
        pytest.importorskip(module, reason="not run: run make install")
    run(sys.executable, "-m", "twine", "check", "--strict", wheel, folder=tmp_path)
    run(sys.executable, "-m", "check_wheel_contents", wheel, folder=tmp_path)


def test_it_asks_for_numpy_alone_and_for_python_3_11(wheel):
    (metadata,) = importlib.metadata.distributions(path=[_unpacked(wheel)])
    assert metadata.metadata["Requires-Python"] == ">=3.11"
    required = [line for line in metadata.requires if "extra ==" not in line]
    assert [line.rstrip("0123456789.>=") for line in required] == ["numpy"]
    assert metadata.metadata.get_all("Provides-Extra") == ["book"]


def _unpacked(wheel):
    folder = wheel.parent / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return str(folder)


def test_everything_that_is_not_python_is_in_it(wheel):
    package = ROOT / "lossutils"
    others = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert "lossutils/py.typed" in others
    with zipfile.ZipFile(wheel) as archive:
        assert others <= set(archive.namelist())


@pytest.fixture(scope="module")
def tests(tmp_path_factory):
    """Copy the tests that need only NumPy, and the pages that they read; return their folder."""
    folder = tmp_path_factory.mktemp("away")
    for path in (*NUMPY_ONLY, *map(ROOT.__truediv__, READ)):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if path.is_dir() else shutil.copyfile)(path, target)
    (folder / HERE.relative_to(ROOT) / "conftest.py").write_text(SETTINGS, encoding="utf-8")
    return folder / HERE.relative_to(ROOT)


@one_commit_in(2, skip=1)
def test_the_tests_pass_beside_numpy_alone(python, tests):
    package = Path(run(python, "-c", "import lossutils; print(lossutils.__path__[0])",
                       folder=tests).strip())  # fmt: skip
    assert ROOT not in package.parents
    options = [
        "-q",
        "-n",
        "logical",
        "-p",
        "no:cacheprovider",
        "--doctest-modules",
        "--rootdir",
        tests,
    ]
    options += ["-o", "doctest_optionflags=NORMALIZE_WHITESPACE", "--ignore", package / "book"]
    for needs_keras in NEED_KERAS:
        options += ["--ignore", package / needs_keras]
    printed = run(python, "-m", "pytest", *options, package, tests, folder=tests)
    (passed,) = re.findall(r"^(\d+) passed", printed, re.MULTILINE)
    assert int(passed) > 2500, printed


def test_the_tests_of_every_part_need_only_numpy():
    names = {path.name for path in NUMPY_ONLY}
    assert {
        "test_losses.py",
        "test_gradients.py",
        "test_diagnosis.py",
        "test_properties.py",
    } <= names
    assert not {"test_witnesses.py", "own_losses.py", "test_callback_replicas.py"} & names


def test_the_modules_are_attributes_and_fast_to_import(python, tmp_path):
    code = (
        "import sys, lossutils; print(lossutils.losses.squared_error([1.0], [3.0]),"
        " lossutils.gradients.l2_loss([2.0]), lossutils.activations.sigmoid(0.0),"
        " lossutils.reductions.reduce_loss([1.0]), lossutils.diagnose([1.0], [1.0], loss='mse'))"
    )
    assert run(python, "-c", code, folder=tmp_path).startswith("[4.] [2.] 0.5 1.0 nothing found")
    code = "import sys, lossutils; print('numpy' in sys.modules)"
    assert run(python, "-c", code, folder=tmp_path) == "False\n"


def test_the_command_diagnoses_a_batch(python, tmp_path):
    np.savez(tmp_path / "batch.npz", y_true=[0, 1], y_pred=[[0.7, 0.3], [0.2, 0.8]])
    np.savez(tmp_path / "from_1.npz", y_true=[1, 2], y_pred=[[0.7, 0.3], [0.2, 0.8]])
    command = [python, "-m", "lossutils", "diagnose", "--loss", "sparse_categorical_crossentropy"]
    assert "nothing found" in run(*command, tmp_path / "batch.npz", folder=tmp_path)
    done = attempt(*command, tmp_path / "from_1.npz", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "CERTAIN" in done.stdout
