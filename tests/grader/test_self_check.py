"""The self-check of students: it says what the grader says, and gives nothing away."""

import json
import re
import shutil
import zipfile

import nbformat
import numpy as np
import pytest
import tensorflow  # noqa: F401 (imported here, its start is not part of a cell's time)
from plain_shell import Shell, submission

from grader.checks import declare, plans
from grader.run import assemble
from grader.sandbox import values
from grader.sandbox.launcher import Limits
from grader.self_check import archive, local, public, report
from grader.source import derive
from grader.source.answers import answers

pytestmark = pytest.mark.classroom

SEED = "a secret seed"
TOLD = ("question", "name", "words", "points", "verdict", "message", "mistake")


def self_check(data, notebook):
    """Check a notebook in this process; return the execution and the outcomes."""
    release, plan = data["notebook"], public.unpack(data["plan"], data["notebook"])
    assembled = assemble.assemble(submission(notebook), release)
    execution = local.LocalExecution(Shell(), plan, assembled)
    with np.errstate(all="ignore"):
        execution.run(Limits())
        judged = [item["judged"] for item in data["plan"]["items"]]
        return execution, report.checked(execution.outcomes(), judged)


def data_of(topic):
    """Return the data of one variant, as the file holds them."""
    notebook = derive.release(topic, SEED, 1)
    data = archive.data(topic, SEED, 1, notebook, "https://example.org/losses/")
    return json.loads(json.dumps(data))


@pytest.mark.parametrize("topic", derive.topics())
def test_on_public_inputs_the_verdict_is_that_of_the_grader(topic):
    data = data_of(topic)
    whole = archive.Plans().plan(topic, SEED, 1, public.SEED)
    judged = [item["judged"] for item in data["plan"]["items"]]
    failed = set()
    for words, notebook, points, most in answers(topic, SEED, 1):
        if words == "blank":
            continue
        execution, outcomes = self_check(data, notebook)
        with np.errstate(all="ignore"):
            graded = plans.outcomes(whole, execution.template.shell.user_ns)
        for mine, its, known in zip(outcomes, graded, judged, strict=True):
            if known:
                assert [mine[part] for part in TOLD] == [its[part] for part in TOLD], words
            else:
                assert mine["verdict"] == "open", (words, mine)
        lost = {one["words"] for one in outcomes if one["verdict"] not in ("right", "open")}
        failed |= lost
        assert (words != "right") or (points == most and not lost)
        assert words != "right" or set(execution.visible.values()) == {""}
    assert failed == {item.check.words for item, known in zip(whole.items, judged, strict=True)
                      if known}  # fmt: skip


@pytest.mark.parametrize("topic", derive.topics())
def test_a_blank_notebook_has_nothing_right(topic):
    execution, outcomes = self_check(data_of(topic), derive.release(topic, SEED, 1))
    assert {one["verdict"] for one in outcomes} == {"missing"}
    assert all(execution.visible.values())


@pytest.mark.parametrize("topic", derive.topics())
def test_what_is_the_answer_itself_is_kept_only_in_its_form(topic):
    hidden = archive.Plans().plan(topic, SEED, 1, SEED)
    for packed, item in zip(data_of(topic)["plan"]["items"], hidden.items, strict=True):
        assert packed["judged"] == (item.check.kind == "call")
        assert not {"expected", "because", "mistakes"} & set(packed["check"])
        for mine, its in zip(packed["cases"], item.cases, strict=True):
            if packed["judged"]:
                assert mine["inputs"] != its.inputs
            else:
                assert says_nothing(values.decode(mine["expected"]))
                assert mine["mistakes"] == []
                assert packed["check"]["words"] == item.check.target


def says_nothing(value):
    """Tell whether a value is only a form: zeros, or a question mark."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return all(map(says_nothing, value))
    return value == public.UNKNOWN if isinstance(value, str) else not np.any(value)


def test_inputs_that_are_the_same_in_every_round_are_not_given_away():
    checks = [
        declare.check("the sum", call="f", inputs=[np.ones(3)], expected=np.sum, points=1,
                      mistakes={"the mean": np.mean}),
        declare.check("drawn", call="f", inputs=lambda rng: [rng.normal(size=3)],
                      expected=np.sum, points=1, mistakes={"the mean": np.mean}),
    ]  # fmt: skip
    plan, other = (plans.draw({"metadata": {}, "cells": []}, {"q": checks}, seed)
                   for seed in (public.SEED, public.OTHER))  # fmt: skip
    constant, drawn = public.pack(plan, other)["items"]
    assert values.decode(constant["cases"][0]["expected"]) == 0.0
    assert constant["cases"][0]["mistakes"] == []
    assert [words for words, _ in drawn["cases"][0]["mistakes"]] == ["the mean"]


def test_the_form_of_an_answer_is_compared_and_its_value_is_not():
    data = data_of("softmax")
    notebook = derive.solution("softmax", SEED, 1)
    notebook.cells.append(nbformat.v4.new_code_cell("probabilities = [0.5, 0.5]"))
    cell = next(cell for cell in notebook.cells if cell.id == "by-hand")
    cell.source += "\nprobabilities = [0.5, 0.5]\nloss = 17.0"
    messages = {one["name"]: one["message"] for one in self_check(data, notebook)[1]}
    assert messages["probabilities"] == "expected shape (3,), got a different shape"
    assert messages["loss"] == ""


def test_a_released_folder_holds_nothing_secret(released):
    folder = released.folder("release")
    assert {path.suffix for path in folder.iterdir()} == {".ipynb", ".pyz"}
    assert leaks(released, dict(contents(folder))) == []


@pytest.mark.parametrize("part", ["seed", "hidden part", "solution"])
def test_a_secret_in_the_folder_would_be_found(released, tmp_path, part):
    parts = {
        "seed": released.seed(),
        "hidden part": "\n".join(derive.hidden(released.source, released.seed(), 1).values()),
        "solution": nbformat.writes(derive.solution(released.source, released.seed(), 1)),
    }
    shutil.copytree(released.folder("release"), tmp_path, dirs_exist_ok=True)
    with zipfile.ZipFile(tmp_path / "softmax-v1-check.pyz", "a") as packed:
        packed.writestr("more.json", parts[part])
    assert leaks(released, dict(contents(tmp_path)))


def contents(folder):
    """Yield the name and the text of each file, also of those in the archives."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".ipynb":
            yield path.name, path.read_text(encoding="utf-8")
            continue
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                yield f"{path.name}/{name}", packed.read(name).decode()


def code_lines(notebook):
    """Return the lines of code in a notebook."""
    lines = {line.strip() for cell in notebook.cells for line in cell.source.split("\n")}
    return {line for line in lines if re.search(r"[=(]", line)}


def is_public(place, text):
    """Tell whether a file is a module of this project."""
    path = archive.ROOT / place.partition("/")[2]
    return path.suffix == ".py" and path.is_file() and path.read_text(encoding="utf-8") == text


def leaks(released, texts):
    """Return what must stay secret and is in a text: the seed, and lines that nobody received."""
    variant = released.source, released.seed(), 1
    lines = code_lines(derive.source(*variant)) - code_lines(derive.release(*variant))
    # A short line, such as a statement that imports NumPy, may be anywhere; and the modules of this
    # project are public, as long as they are unchanged.
    texts = {place: text for place, text in texts.items() if not is_public(place, text)}
    secret = [released.seed(), *(line for line in lines if len(line) > 30)]
    assert len(secret) > 80
    return [f"{place}: {line}" for place, text in texts.items() for line in secret
            if line in text or json.dumps(line)[1:-1] in text]  # fmt: skip


def test_a_function_that_does_not_end_is_interrupted():
    data, notebook = data_of("softmax"), derive.solution("softmax", SEED, 1)
    cell = next(cell for cell in notebook.cells if cell.id == "softmax")
    cell.source += "\n\n\ndef softmax(logits):\n    while True:\n        pass"
    release, plan = data["notebook"], public.unpack(data["plan"], data["notebook"])
    assembled = assemble.assemble(submission(notebook), release)
    execution = local.LocalExecution(Shell(), plan, assembled)
    execution.run(Limits(seconds_per_check=0.1, seconds_per_cell=0.2))
    outcomes = {one["name"]: one["message"] for one in execution.outcomes()}
    assert outcomes["softmax"] == "the function did not end in time"
    assert outcomes["log_softmax"] == ""
    assert execution.visible["softmax-tests"] == "they took too long"


def test_names_of_visible_tests_are_not_answers():
    data, notebook = data_of("softmax"), derive.solution("softmax", SEED, 1)
    execution, _ = self_check(data, notebook)
    assert "certain" in next(c.source for c in notebook.cells if c.id == "loss-tests")
    assert "certain" not in execution.template.shell.user_ns


def test_tests_that_did_not_run_are_not_called_right():
    release = derive.release("softmax", SEED, 1)
    lines = report.lines(release, [], {}, {"repair": "because"}, {})
    assert lines[-1] == ("repair", "written", "your text, which a person reads")
    assert {line.state for line in lines[:-1]} == {"not yet"}
