"""The workflows: what they call exists, and only the tested site goes online.

Their syntax and their security are checked by actionlint and zizmor in `make lint`.
"""

import re
from pathlib import Path

import pytest
import yaml

from tools import execute

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
each_workflow = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def jobs(path):
    """Return the jobs of a workflow by name."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def steps(path):
    """Return the steps of all jobs of a workflow."""
    return [step for job in jobs(path).values() for step in job["steps"]]


def book():
    """Return the jobs of the workflow that deploys."""
    return jobs(ROOT / ".github" / "workflows" / "book.yml")


def needed(name):
    """Return the jobs that a job of `book.yml` waits for, directly or indirectly."""
    needs = book()[name].get("needs", [])
    direct = {needs} if isinstance(needs, str) else set(needs)
    return direct.union(*map(needed, direct))


def uses(job):
    """Return the actions that a job uses, without their versions."""
    return [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step]


@each_workflow
def test_actions_are_pinned_by_commit_and_say_their_version(path):
    text = path.read_text(encoding="utf-8")
    references = re.findall(r"uses: (.+)", text)
    assert references
    for reference in references:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", reference), reference


def test_an_action_has_the_same_version_everywhere():
    used = {step["uses"] for path in FILES for step in steps(path) if "uses" in step}
    assert len({reference.partition("@")[0] for reference in used}) == len(used)


@each_workflow
def test_what_a_workflow_runs_exists(path):
    commands = "\n".join(step.get("run", "") for step in steps(path))
    targets = re.findall(r"\bmake ([a-z][a-z-]*)", commands)
    modules = re.findall(r"python -m ((?:grader|tools|website)[\w.]*)", commands)
    missing = [name for name in targets if not re.search(rf"^{name}:", MAKEFILE, re.MULTILINE)]
    missing += [name for name in modules if not (ROOT / f"{name.replace('.', '/')}.py").exists()]
    assert targets
    assert missing == []


@each_workflow
def test_a_step_that_fails_fails_its_job(path):
    assert [step for step in steps(path) if "continue-on-error" in step] == []
    assert [name for name, job in jobs(path).items() if "continue-on-error" in job] == []


def test_the_tested_site_is_deployed_whatever_other_systems_say():
    assert "test" in needed("deploy")
    assert {book()[name]["runs-on"] for name in needed("deploy")} == {"ubuntu-latest"}
    assert uses(book()["deploy"]) == ["actions/deploy-pages"]
    uploading = [name for name in book() if "actions/upload-pages-artifact" in uses(book()[name])]
    assert uploading == ["test"]
    (tested,) = [step for step in book()["test"]["steps"] if step.get("run") == ".ci/run"]
    assert tested["env"]["REQUIRE_ALL"] == "1"


def test_pyodide_and_the_pdf_are_in_the_site_before_the_tests_and_nothing_changes_it_later():
    runs = [step.get("run", "") for step in book()["test"]["steps"]]
    tested = runs.index(".ci/run")
    assert book()["test"]["steps"][tested]["env"].keys() >= {"NUMPY", "WITH_PDF"}
    checks = re.search(r"^CHECKS := (.*?[^\\])\n", MAKEFILE, re.MULTILINE | re.DOTALL)[1]
    order = [checks.index(name) for name in (" book ", "pyodide", "pdf", " links", " browser")]
    assert order == sorted(order)
    assert [run for run in runs[tested + 1 :] if "make" in run or "_build/html" in run] == []


def test_only_the_job_of_the_branch_can_write_to_the_repository():
    writing = {
        (path.stem, name)
        for path in FILES
        for name, job in jobs(path).items()
        if job["permissions"].get("contents") == "write"
    }
    assert writing == {("book", "colab")}
    assert not any("python" in step.get("run", "") for step in book()["colab"]["steps"])


def test_executed_notebooks_are_kept_between_runs():
    cached = [
        step["with"]["path"]
        for name in ("test", "portable")
        for step in book()[name]["steps"]
        if step.get("uses", "").startswith("actions/cache@")
    ]
    assert cached == [execute.CACHE.as_posix()] * 2


def test_the_other_libraries_are_compared_every_week():
    proof = ROOT / ".github" / "workflows" / "proof.yml"
    assert yaml.safe_load(proof.read_text(encoding="utf-8"))[True]["schedule"]  # the key `on`
    assert "make install other-libraries" in [step.get("run") for step in steps(proof)]
    compared = (ROOT / "tests/lossutils/other_libraries.txt").read_text(encoding="utf-8")
    page = " ".join((ROOT / "book/all-losses.md").read_text(encoding="utf-8").split())
    for name, known in {"torch": "PyTorch", "optax": "Optax"}.items():
        version = re.search(rf"^{name}==([\d.]+)$", compared, re.MULTILINE)[1]
        assert f"{known} {version}" in page
