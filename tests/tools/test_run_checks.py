"""The last line of `make test`: what passed, what failed, and what did not run counts as such."""

import subprocess
import sys

import pytest

from tools import run_checks

TESTS = {
    "passes": "def test_passes(): pass",
    "fails": "def test_fails(): assert False",
    "breaks": "import no_such_module",
    "skips": "import pytest\ndef test_skips(): pytest.skip('not run: no Slurm answers here')",
    "hides": "import pytest\ndef test_hides(): pytest.skip('not run: the moon is down')",
}
MAKEFILE = """
%.report:
	"{python}" -m pytest -q -p no:cacheprovider --junitxml=$(REPORTS)/$@.xml test_$*.py
works:
	@true
crashes:
	@false
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Make a project whose checks are known to pass, fail or not run."""
    (tmp_path / "Makefile").write_text(MAKEFILE.format(python=sys.executable))
    for name, code in TESTS.items():
        (tmp_path / f"test_{name}.py").write_text(code)
    monkeypatch.setattr(run_checks, "ROOT", tmp_path)
    monkeypatch.setattr(run_checks, "REPORTS", tmp_path / "_build" / "checks")
    for name in ("REQUIRE_ALL", "SLURM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # importing them takes a second
    return tmp_path


@pytest.mark.parametrize(
    ("checks", "status", "last_line"),
    [
        (["works", "passes.report"], 0, "2 passed, 0 failed, 0 not run"),
        (["crashes", "works"], 1, "1 passed, 1 failed, 0 not run: failed in crashes"),
        (["fails.report"], 1, "0 passed, 1 failed, 0 not run: failed in fails.report"),
        (["breaks.report"], 1, "0 passed, 1 failed, 0 not run: failed in breaks.report"),
        (["no-such-target"], 1, "0 passed, 1 failed, 0 not run: failed in no-such-target"),
        (["hides.report"], 0, "0 passed, 0 failed, 1 not run: 1 × the moon is down"),
    ],
)
def test_the_last_line_counts_every_test(project, capfd, checks, status, last_line):
    assert run_checks.main(checks) == status
    assert capfd.readouterr().out.splitlines()[-1] == last_line


@pytest.mark.parametrize(("check", "status"), [("skips.report", 0), ("hides.report", 1)])
def test_with_require_all_only_the_listed_reasons_may_stay_undone(
    project, capfd, monkeypatch, check, status
):
    monkeypatch.setenv("REQUIRE_ALL", "1")
    assert run_checks.main([check]) == status
    shown = capfd.readouterr()
    assert ("error: a test that must run did not: the moon is down" in shown.err) == bool(status)


def test_what_a_variable_asks_for_has_to_run(project, monkeypatch):
    monkeypatch.setenv("REQUIRE_ALL", "1")
    monkeypatch.setenv("SLURM", "1")
    assert run_checks.main(["skips.report"]) == 1


def test_a_report_of_an_earlier_run_does_not_count(project, capfd):
    run_checks.main(["passes.report"])
    (project / "test_passes.py").unlink()
    assert run_checks.main(["passes.report"]) == 1


def test_bad_usage_is_one_sentence():
    command = [sys.executable, "-m", "tools.run_checks"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
