"""The wheel: built, checked, and installed into an environment that holds NumPy alone.

There its doctests, the unit tests that need only NumPy, and the command are run. pytest, which
runs them, is put beside NumPy; nothing is fetched.
"""

import importlib.metadata
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest

import lossutils

pytestmark = pytest.mark.slow

ROOT = Path(lossutils.__file__).parents[1]
HERE = Path(__file__).parent
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "lossutils")
INSTALLED = ("numpy", "pytest", "pluggy", "iniconfig", "packaging", "pygments")
NEED_KERAS = ("keras.py", *(f"diagnosis/{name}.py" for name in ("callback", "compiled", "eager")))
NEED_KERAS += ("checking",)
NUMPY_ONLY = ("arguments", "arguments_options", "calls", "gradients", "losses", "losses_shapes")
SHARED = ("examples.py", "refusals.py")  # what these tests import


def run(*command, folder):
    """Run a command away from the sources; return what it printed."""
    done = attempt(*command, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


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
    for name in INSTALLED:
        _copy(importlib.metadata.distribution(name), site_packages)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site_packages)
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


def test_the_doctests_and_unit_tests_pass_beside_numpy_alone(python, tmp_path):
    for name in (*(f"test_{name}.py" for name in NUMPY_ONLY), *SHARED):
        shutil.copyfile(HERE / name, tmp_path / name)
    package = run(python, "-c", "import lossutils; print(lossutils.__path__[0])", folder=tmp_path)
    assert not package.startswith(str(ROOT))
    options = ["-q", "-p", "no:cacheprovider", "--doctest-modules"]
    options += ["--rootdir", tmp_path, "--ignore", Path(package.strip()) / "book"]
    for needs_keras in NEED_KERAS:
        options += ["--ignore", Path(package.strip()) / needs_keras]
    options += ["-o", "doctest_optionflags=NORMALIZE_WHITESPACE"]
    printed = run(python, "-m", "pytest", *options, package.strip(), tmp_path, folder=tmp_path)
    assert " passed" in printed
    assert "failed" not in printed


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
