"""Every make target hands over what it was given, whatever characters are in it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.classroom,
    pytest.mark.skipif(not shutil.which("make"), reason="there is no make"),
]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TEACH = MAKEFILE[MAKEFILE.index("##@ Teach") : MAKEFILE.index("##@ Work on it")]
RECIPES = dict(re.findall(r"^([\w-]+):[^\n]*\n((?:\t[^\n]*\n)+)", TEACH, re.MULTILINE))
TARGETS = [name for name, recipe in RECIPES.items() if "$(TEACH)" in recipe]
OPTIONS = ("A", "C", "FROM", "WHEN", "ROUND", "JOBS", "TITLE", "NAME", "SOURCE", "STUDENT",
           "QUESTION", "GRADER", "PORT", "TO", "INTO", "COMMENTS")  # fmt: skip
VALUES = [
    "My courses/Losses (2026)", "O'Brien & sons; \"quoted\" `ls` *", "two  spaces", "Übung/王",
]  # fmt: skip


@pytest.fixture
def arguments(tmp_path):
    """Return a function that runs a target and returns the arguments of the grader."""
    program = tmp_path / "program"
    code = "import json, sys; print(json.dumps(sys.argv[1:]))"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c '{code}' \"$@\"\n")
    program.chmod(0o755)

    def run(target, **options):
        given = [f"{name}={value.replace('$', '$$')}" for name, value in options.items()]
        done = subprocess.run(
            ["make", "-s", "-o", "grader-envs", target, f"GRADER_PY={program}", *given],
            cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
            env={key: value for key, value in os.environ.items() if not key.startswith("MAKE")},
        )  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("target", TARGETS)
def test_a_value_reaches_the_program_as_one_word(target, value, arguments):
    used = [name for name in OPTIONS if re.search(rf"\$\({name}\)", RECIPES[target])]
    used += ["A"] if "$(OF_ASSIGNMENT)" in RECIPES[target] else []
    used += ["ROUND"] if "$(OF_ROUND)" in RECIPES[target] else []
    given = {name: f"{name} {value}" for name in used}
    assert len(given) >= 2
    words = arguments(target, **given)
    assert words[:3] == ["-m", "grader", target]
    assert sorted(word for word in words if word in given.values()) == sorted(given.values())
    others = [word for word in words[3:] if word not in given.values()]
    assert all(word.startswith("--") for word in others), others


def test_the_home_folder_is_still_found(arguments):
    words = arguments("release", A="softmax", C="~/my courses/2026  ~/b")
    assert words[-1] == f"{os.environ['HOME']}/my courses/2026  ~/b"


@pytest.mark.parametrize("target", TARGETS)
def test_a_variable_that_is_not_given_adds_no_argument(target, arguments):
    words = arguments(target)
    assert "" not in words or target == "new-assignment"
    assert words[words.index("--course") + 1] == "."
    assert "--grader" not in words


def test_no_option_has_the_name_of_a_variable_of_the_makefile():
    """Such an option would replace the variable, or the variable would always be given."""
    options = set(re.findall(r"\b([A-Z]+)=", "\n".join(re.findall(r"## (.*)", TEACH))))
    assert {"GRADER", "FROM", "INTO", "HIDE"} <= options
    own = set(re.findall(r"^([A-Z_]+) :?= ", MAKEFILE, re.MULTILINE))
    assert options & own == set()


@pytest.mark.parametrize("name", VALUES)
def test_jupyterlab_starts_in_the_folder_that_it_shows(name, tmp_path):
    """Its terminals open where it was started, and commands look there for the course."""
    folder, programs = tmp_path / name, tmp_path / "bin"
    folder.mkdir(parents=True)
    programs.mkdir()
    (programs / "jupyter").write_text('#!/bin/sh\npwd\necho "$@"\n')
    (programs / "jupyter").chmod(0o755)
    given = [f"DIR={folder}", f"BIN={os.path.relpath(programs, ROOT)}"]
    done = subprocess.run(
        ["make", "-s", "-o", "installed", "lab", *given],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    where, words = done.stdout.splitlines()[-2:]
    assert (Path(where), "root_dir=. " in words) == (folder, True)
