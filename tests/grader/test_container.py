"""The hostile and the honest submissions again, each in a rootless container.

A test that is imported here runs again, with the fixtures of this module.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from hostile import demo
from rotation import one_commit_in
from test_grading import grader, release  # noqa: F401
from test_grading import test_a_job_is_done_once as test_a_job_is_done_once
from test_grading import test_neighbours_keep_their_points as test_neighbours_keep_their_points
from test_grading import test_score as test_score
from test_grading_tensorflow import course  # noqa: F401
from test_grading_tensorflow import test_score as test_tensorflow_score  # noqa: F401
from test_submissions import test_a_lone_surrogate as test_a_lone_surrogate
from test_submissions import test_changed_notebooks as test_changed_notebooks
from test_submissions import test_could_not_be_graded as test_could_not_be_graded
from test_submissions import test_free_text_is_for_a_person as test_free_text_is_for_a_person
from test_submissions import test_links_and_pipes_are_not_read as test_links_and_pipes_are_not_read
from test_submissions import test_names_of_files as test_names_of_files

from grader import programs
from grader.sandbox import launcher, podman
from grader.sandbox.environments import SHARED

pytestmark = pytest.mark.classroom
ROOT = Path(__file__).parents[2]
NOT_RUN = (
    "not run: no rootless containers here; they need Podman 4.3 or newer (apt install podman "
    "uidmap) and another user than root"
)
MARK = {"MARK_OF_A_TEST": f"container-{os.getpid()}"}
MARKED = f"MARK_OF_A_TEST=container-{os.getpid()}".encode()
WORKS_BUBBLEWRAP = launcher.works_bubblewrap


@pytest.fixture(scope="module", autouse=True)
def without_bubblewrap():
    """Disable bubblewrap, and mark the processes in containers."""
    quiet = launcher.quiet_environment() | MARK
    with pytest.MonkeyPatch.context() as change:
        change.setattr(launcher, "works_bubblewrap", lambda: False)
        change.setattr(launcher, "quiet_environment", lambda: quiet)
        yield


@pytest.fixture(autouse=True)
def nothing_is_left():
    """No process of a student is left after its submission was graded."""
    yield
    assert within(60, lambda: not marked()), f"processes are left behind: {marked()}"


@pytest.fixture(scope="session")
def containers():
    """Skip the test if there are no rootless containers."""
    if not podman.works():
        pytest.skip(NOT_RUN)


@pytest.fixture(scope="session")
def place(containers, tmp_path_factory):
    """Make a course folder: the source, and a secret beside it."""
    folder = tmp_path_factory.mktemp("course")
    nbformat.write(demo.source(), folder / "demo.ipynb")
    (folder / "secret").write_text(demo.SEED)
    return folder


def marked():
    """Return the running processes of this test's containers."""
    pids = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if MARKED in (process / "environ").read_bytes().split(b"\0"):
                pids.append(process.name)
        except OSError:
            continue
    return pids


def within(seconds, happened):
    """Wait until something happened; tell whether it did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not happened():
        time.sleep(0.05)
    return happened()


def cell(run, source, seconds=60):
    """Run a cell; return its output."""
    reply = run.ask({"do": "cell", "source": source}, seconds)
    assert reply["state"] == "ok", reply
    within(60, lambda: run._listen() or run.output.endswith(b"\n"))
    return run.output.decode()


@pytest.fixture
def template(containers):
    """Return the template of containers."""
    with launcher.Template("numpy", launcher.Limits(processes=20), "container") as started:
        yield started


SEEN = """
import json, os
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status"))
print(json.dumps({
    "rights": [status[name].strip() for name in ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp")],
    "network": [line.split(":")[0].strip() for line in open("/proc/net/dev")][2:],
    "variables": sorted(os.environ),
    "shown": {place: sorted(os.listdir(place)) for place in ("/grader", "/sys", "/run", "/etc")},
    "others": [pid for pid in os.listdir("/proc") if pid.isdigit() and int(pid) != os.getpid()],
}))
"""


def test_what_a_container_sees(template):
    """No rights, no network, no other process, and only the files that the worker needs."""
    run = template.run()
    seen = json.loads(cell(run, SEEN))
    run.close()
    assert seen["rights"] == ["0" * 16, "0" * 16, "1", "2"]
    assert seen["network"] == ["lo"]
    assert set(seen["variables"]) == {*launcher.quiet_environment(), "HOSTNAME", "TERM"}
    assert seen["shown"] == {
        "/grader": sorted(SHARED),
        "/sys": [],
        "/run": [".containerenv"],
        "/etc": ["hostname", "ld.so.cache", "mtab"],
    }
    assert seen["others"] == []


def test_each_container_has_its_own_limit_of_processes(template):
    """Using up all processes of one container takes none from the next."""
    one, other = template.run(), template.run()
    cell(one, "import os, time\nfor _ in range(99):\n    try:\n        if os.fork() == 0:\n"
              "            time.sleep(60)\n    except OSError as problem:\n        last = problem\n"
              "print(last)")  # fmt: skip
    assert "temporarily unavailable" in one.output.decode()
    output = cell(other, "import os\nif os.fork() == 0:\n    os._exit(0)\nprint(os.wait()[1])")
    assert output.endswith("0\n")
    one.close()
    other.close()


def test_nothing_of_a_run_is_kept(template, tmp_path, monkeypatch):
    """No folder is left, although Podman wrote into it as a different user, and no container."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run = template.run()
    mounted = cell(run, "print(open('/proc/self/mountinfo').read())")
    name = re.search(r"-containers/([0-9a-f]{64})/", mounted)[1]
    assert name in known_containers()
    assert [path.name[:10] for path in tmp_path.iterdir()] == ["container-"]
    run.close()
    assert not list(tmp_path.iterdir())
    assert name not in known_containers()


def known_containers():
    """Return the names of all containers of Podman, ended ones included."""
    command = ["podman", "ps", "--all", "--no-trunc", "--format", "{{.ID}}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_an_unused_container_is_ended(template):
    """A container that was started and not used ends with its template."""
    template._start()
    assert marked()
    template.close()
    assert within(60, lambda: not marked())


def test_a_container_that_does_not_start_is_reported(template, monkeypatch):
    """It raises the reason, and is not the result of a submission."""
    monkeypatch.setattr(launcher, "_isolated_worker", lambda python: ["/no/such/program"])
    with pytest.raises(launcher.Failure, match=r"does not start: .*no/such/program"):
        template.run()


KILLED = """
import sys
sys.path.insert(0, {root!r})
from grader.sandbox import launcher
quiet = launcher.quiet_environment() | {mark!r}
launcher.quiet_environment = lambda: quiet
launcher.START_SECONDS = 20
run = launcher.Template("numpy", launcher.Limits(seconds=1), "container").run()
print("ready", flush=True)
run.ask({{"do": "cell", "source": "while True: pass"}}, 600)
"""


@one_commit_in(4, skip=3)
def test_it_ends_after_a_grader_that_was_killed(containers, tmp_path):
    """Its time runs out, whatever the student's code does."""
    code = KILLED.format(root=str(ROOT), mark=MARK)
    killed = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert killed.stdout.readline() == b"ready\n"
    assert marked()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert within(120, lambda: not marked())


@pytest.fixture
def choose(monkeypatch, tmp_path):
    """Return a function that chooses a sandbox as if some programs were missing."""
    (tmp_path / "programs").mkdir()

    def chosen(*missing):
        for folder in programs.environment()["PATH"].split(os.pathsep):
            for path in Path(folder).glob("*"):
                link = tmp_path / "programs" / path.name
                if path.name not in missing and not os.path.lexists(link):
                    link.symlink_to(path)
        monkeypatch.setenv("PATH", str(tmp_path / "programs"))
        monkeypatch.setattr(programs, "FETCHED", tmp_path / "programs")
        return launcher.choose()

    monkeypatch.setattr(launcher, "works_bubblewrap", WORKS_BUBBLEWRAP)
    podman.works.cache_clear()
    yield chosen
    podman.works.cache_clear()


def test_bubblewrap_comes_first(choose):
    """If both are installed, the one that can stay warm is chosen."""
    if not WORKS_BUBBLEWRAP():
        pytest.skip("not run: bubblewrap does not work here; apt install bubblewrap")
    assert choose() == "bubblewrap"


def test_without_bubblewrap_it_is_the_container(containers, choose):
    """Podman is enough if bubblewrap is missing."""
    assert choose("bwrap") == "container"


def test_without_both_it_is_refused(choose, monkeypatch):
    """One sentence names both, and says how to continue."""
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    with pytest.raises(launcher.NoSandbox) as refused:
        choose("bwrap", "podman")
    assert re.fullmatch(
        r"error: [^\n]*apt install bubblewrap[^\n]*apt install podman[^\n]*--no-sandbox[^\n]*",
        str(refused.value),
    )
    assert "used as root" not in str(refused.value)


def test_podman_is_refused_as_root(choose, monkeypatch):
    """Containers of root are not rootless."""
    monkeypatch.setattr(os, "getuid", lambda: 0)
    with pytest.raises(launcher.NoSandbox, match=r"not used as root.*grade as an ordinary user"):
        choose("bwrap")
