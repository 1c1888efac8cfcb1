"""The package as a whole: names, docstrings, imports, size."""

import ast
import doctest
import inspect
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pytest
from examples import OTHERS

import lossutils
from lossutils import activations, gradients, losses, reductions
from lossutils.book import checks, explorers

PACKAGE = Path(lossutils.__file__).parent
LOGITS = [name for name in losses.__all__ if name.endswith("_with_logits")]
LOGITS += ["ctc_loss", "nce_loss", "sampled_softmax_loss"]
# These have no truth, or are not a loss.
WITHOUT_TRUTH = {"info_nce", "l2_loss", "smooth_labels", "triplet_margin_loss"}


def public(module):
    """Return the public functions of a module by name."""
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]
    return {name: getattr(module, name) for name in names}


FUNCTIONS = [
    pytest.param(function, id=f"{module.__name__}.{name}")
    for module in (activations, losses, gradients, reductions, checks)
    for name, function in public(module).items()
]
TYPED = [
    pytest.param(function, id=f"{module.__name__}.{name}")
    for module in (activations, losses, gradients, reductions)
    for name, function in public(module).items()
]


def test_losses_and_gradients_have_the_same_names():
    assert set(losses.__all__) - {"smooth_labels"} == set(gradients.__all__)


@pytest.mark.parametrize("module", [losses, gradients])
def test_every_loss_that_is_written_is_exported(module):
    trees = [
        ast.parse(path.read_text("utf-8")) for path in Path(module.__file__).parent.glob("*.py")
    ]
    functions = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    written = {f.name for f in functions if "checked" in map(ast.unparse, f.decorator_list)}
    assert written == set(module.__all__)


@pytest.mark.parametrize("name", gradients.__all__)
def test_a_gradient_is_called_like_its_loss(name):
    loss, gradient = getattr(losses, name), getattr(gradients, name)
    assert inspect.signature(loss).parameters == inspect.signature(gradient).parameters


@pytest.mark.parametrize("name", losses.__all__)
def test_truth_comes_first_and_logits_by_keyword(name):
    parameters = inspect.signature(getattr(losses, name)).parameters
    kinds = [parameter.kind for parameter in parameters.values()]
    if name in LOGITS:
        assert list(parameters)[:2] == ["labels", "logits"]
        assert set(kinds) == {inspect.Parameter.KEYWORD_ONLY}
    elif name not in WITHOUT_TRUTH:
        assert list(parameters)[:2] == ["y_true", "y_pred"]
        assert kinds[2:] == [inspect.Parameter.KEYWORD_ONLY] * len(kinds[2:])


@pytest.mark.parametrize("name", OTHERS)
def test_a_loss_with_other_arguments_has_its_own_tests(name):
    text = Path(__file__).with_name(f"{OTHERS[name]}.py").read_text(encoding="utf-8")
    assert name in text


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_public_function_is_documented(function):
    text = inspect.getdoc(function)
    summary, blank, *_ = text.splitlines()
    assert summary.endswith(".")
    assert blank == ""
    for section in ("Parameters", "See Also", "Examples"):
        assert f"\n{section}\n{'-' * len(section)}\n" in text
    for name in inspect.signature(function).parameters:
        assert name in text
    returns = function not in (checks.compare, checks.row, checks.same)
    assert ("\nReturns\n" in text) == returns


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_public_function_has_an_example_that_doctest_finds(function):
    module = sys.modules[function.__module__]
    tests = doctest.DocTestFinder().find(module)  # as pytest --doctest-modules does
    assert any(test.name.endswith(f".{function.__name__}") and test.examples for test in tests)


@pytest.mark.parametrize("function", [*TYPED, lossutils.diagnose, lossutils.check_loss])
def test_every_public_function_is_annotated(function):
    signature = inspect.signature(function)
    assert signature.return_annotation is not signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not parameter.empty, parameter.name


@pytest.mark.parametrize("attribute", ["losses", "gradients", "activations", "reductions"])
def test_the_modules_are_attributes_of_the_package(attribute):
    code = f"import lossutils; print(lossutils.{attribute}.__name__)"
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == f"lossutils.{attribute}\n"


@pytest.mark.parametrize(
    "module",
    ["losses", "gradients", "activations", "reductions", "book.checks", "book.experiments"],
)
def test_only_numpy_is_imported(module):
    # NumPy itself may import parts of the standard library; what lies in site-packages may not be.
    code = (
        f"import sys, lossutils.{module}\n"
        "roots = {name.split('.')[0] for name, found in sys.modules.items()"
        " if 'site-packages' in (getattr(found, '__file__', None) or '')}\n"
        "print(*sorted(roots - {'lossutils'}))"
    )
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in printed if not name.startswith("_")] == ["numpy"]


def imported():
    """Return package -> the files of lossutils that import it, in an example as well."""
    files = {}
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"^ *(?:>>> )?(?:import|from) (\w+)", text, re.MULTILINE):
            files.setdefault(name, set()).add(path.relative_to(PACKAGE).as_posix())
    return files


def test_what_the_modules_import_is_declared():
    """Nothing else is declared either: NumPy for everybody, the rest with `lossutils[book]`."""
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    extra = project["optional-dependencies"]["book"]
    declared = {re.match(r"[\w-]+", line)[0] for line in (*project["dependencies"], *extra)}
    packages = imported().keys() - sys.stdlib_module_names - {"lossutils"}
    assert {packages_distributions()[name][0].lower() for name in packages} == declared


def sources():
    return [path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"]


def test_modules_are_short():
    for path in sources():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path.name


def test_functions_are_short():
    """A body is about 5 lines, rarely over 15: docstring and blank lines apart.

    An explorer is not a sequence of steps but one description, which may be longer; what it draws
    is one too, of at most 25 lines.
    """
    long, drawn = {}, {path.name for path in (PACKAGE / "book" / "explorers").glob("*.py")}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name not in explorers.__all__:
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                if lines > 15:
                    long[f"{path.name}:{node.name}"] = lines
    assert len([name for name in long if name.split(":")[0] not in drawn]) <= 8, long
    assert all(lines <= 25 for lines in long.values()), long


def test_there_are_no_classes_for_losses():
    formulas = [path for path in sources() if path.parent.name in ("losses", "gradients")]
    assert len(formulas) > 10
    for path in [*formulas, PACKAGE / "activations.py", PACKAGE / "reductions.py"]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not any(isinstance(node, ast.ClassDef) for node in ast.walk(tree)), path.name


def test_the_state_of_numpy_is_left_alone():
    before = np.geterr()
    losses.binary_cross_entropy([1.0], [0.0])
    with pytest.raises(ValueError, match="y_pred"):
        losses.binary_cross_entropy([1.0], [2.0])
    assert np.geterr() == before
