"""Start sandboxes for students' code: with bubblewrap, or else in a rootless container.

A `Template` is a process in the sandbox that has imported the packages of the assignment and has
run no student's code. Each `Run` is a fork of it in namespaces of its own. If the kernel does not
allow that, and in a container, each run is a new sandbox that starts cold.
"""

import functools
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, fields

from grader import programs
from grader.sandbox import podman
from grader.sandbox.environments import ENVIRONMENTS, HERE, ROOT, Failure, Python, quiet_environment
from grader.sandbox.protocol import Run

START_SECONDS = 120
UNSHARED = ["--die-with-parent", "--new-session", "--unshare-pid", "--unshare-net", "--unshare-ipc"]
UNSHARED += ["--unshare-uts", "--unshare-cgroup-try"]
UNSAFE = (
    "warning: --no-sandbox: students' code runs with your rights and can read, change and send "
    "everything that you can; use it only for code that you have read"
)
REFUSED = (
    "error: students' code needs a sandbox, and neither bubblewrap nor Podman works here{why}: "
    "install bubblewrap (apt install bubblewrap) or Podman for rootless containers (apt install "
    "podman uidmap), or use --no-sandbox and accept that the code can do everything you can do"
)
AS_ROOT = (
    " (Podman is not used as root, because its containers would have root's rights: grade as an "
    "ordinary user)"
)


class NoSandbox(RuntimeError):  # noqa: N818, the message is for the teacher
    """Students' code cannot be isolated on this machine."""


@dataclass(frozen=True)
class Limits:
    """The limits of one submission; each is a setting of the course."""

    seconds_per_cell: float = 30
    seconds_per_check: float = 10
    seconds: float = 300
    cpu_seconds: int = 300
    memory_mb: int = 2048
    processes: int = 64
    disk_mb: int = 64
    output_kb: int = 64
    answer_mb: int = 4
    notebook_mb: int = 25
    restarts: int = 8

    @classmethod
    def of(cls, settings):
        """Return limits from settings; refuse an unknown name and a meaningless value."""
        known = {field.name for field in fields(cls)}
        for name, value in settings.items():
            if name not in known:
                raise ValueError(f"there is no limit {name}; there are: {', '.join(sorted(known))}")
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not 0 < value < 1e9:
                raise ValueError(f"limit {name}: expected a number above 0, got {value!r}")
        return cls(**settings)


def choose(no_sandbox=False):
    """Return the kind of sandbox of this machine: "bubblewrap", "container" or "none".

    Raises
    ------
    NoSandbox
        If there is none and `no_sandbox` is false.
    """
    if no_sandbox:
        return "none"
    if works_bubblewrap():
        return "bubblewrap"
    if podman.works():
        return "container"
    raise NoSandbox(REFUSED.format(why=AS_ROOT if os.getuid() == 0 else ""))


def works_bubblewrap():
    """Tell whether bubblewrap is installed and the kernel lets it work."""
    return programs.find("bwrap") is not None and bool(_rights())


@functools.cache
def _rights():
    """Return the options for rights that work here, or [].

    As root, the sandbox keeps two capabilities for the worker's first step: to become an ordinary
    user for good. For everybody else, it is in a user namespace.
    """
    becoming = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    kinds = [becoming] if os.getuid() == 0 else []
    for kind in [*kinds, ["--unshare-user", "--cap-drop", "ALL"]]:
        if podman.succeeds(
            [
                programs.find("bwrap"),
                *UNSHARED,
                *kind,
                "--ro-bind",
                "/",
                "/",
                "--",
                sys.executable,
                "-V",
            ]
        ):
            return kind
    return []


def bubblewrap(python, limits, forks):
    """Return the command that isolates the command after it."""
    command = [programs.find("bwrap"), *UNSHARED, *_rights()]
    for folder in ("/usr", "/usr/bin", "/usr/lib", "/etc", "/python", "/python/bin", "/grader"):
        command += ["--perms", "0755", "--dir", folder]
    for inside, outside in python.binds().items():
        if os.path.islink(outside):
            command += ["--symlink", os.readlink(outside), inside]
        else:
            command += ["--ro-bind", outside, inside]
    for folder in python.hidden():
        command += ["--tmpfs", folder, "--remount-ro", folder]
    command += ["--proc", "/proc"]
    if not forks:  # forks hide all of /proc
        command += [part for name in podman.COUNTERS if os.path.isfile(name)
                    for part in ("--ro-bind", "/dev/null", name)]  # fmt: skip
    # Shared memory could come from /dev/zero, and no limit counts it.
    command += ["--dev", "/dev", "--dev-bind", "/dev/null", "/dev/zero", "--remount-ro", "/dev"]
    for place, share in (("/tmp", 3), ("/dev/shm", 1)):
        command += ["--perms", "1777", "--size", str(limits.disk_mb * share * 2**18)]
        command += ["--tmpfs", place]
    return [*command, "--remount-ro", "/", "--chdir", "/tmp", "--"]


def _worker(program, folder, packages):
    """Return the command that starts the worker."""
    return [str(program), "-s", "-P", "-S", "-B", f"{folder}/worker.py", str(packages)]


def _isolated_worker(python):
    """Return the command that starts the worker in a sandbox."""
    program = python.program if str(python.base) == "/usr" else f"/python/bin/{python.program.name}"
    return _worker(program, "/grader", "/packages")


class Template:
    """A warm process in the sandbox; runs are forked from it one after the other.

    Parameters
    ----------
    environment : str
        "numpy" or "tensorflow".
    limits : Limits
    kind : str
        As `choose` returns it.
    single : bool, optional
        Whether each run gets a new sandbox, as everywhere but in bubblewrap.
    """

    def __init__(self, environment, limits, kind, single=False):
        """Remember what to start; the first run starts it."""
        self.environment, self.limits, self.kind = environment, limits, kind
        self.python = Python(ROOT / ENVIRONMENTS[environment])
        self.single = single or kind != "bubblewrap"
        self.process = self.control = self.errors = None

    def run(self):
        """Return a new `Run`, in which no student's code has run yet."""
        if self.process is None or self.process.poll() is not None:
            self._start()
        try:
            return self._run()
        except Failure:
            self.close()
            if self.single:
                raise
        self.single = True  # the kernel lets bubblewrap make namespaces, but not its children
        return self.run()

    def _run(self):
        """Make one run and wait until it is ready."""
        run, process = Run(self.limits), None
        try:
            run.begin(self.control)
            if self.single:
                process, self.process = self.process, None
            problem = run.ready(process, START_SECONDS)
        except OSError as error:
            problem = str(error)
        if problem:
            run.close()
            raise Failure(f"the sandbox does not start: {problem}")
        return run

    def _start(self):
        """Start the process and wait until it is warm."""
        self.close()
        self.control, inside = socket.socketpair()
        self.errors = os.memfd_create("errors")
        self.process = self._process(inside)
        inside.close()
        self.control.settimeout(START_SECONDS)
        try:
            warm = self.control.recv(16)
        except OSError:
            warm = b""
        if warm != b"warm\n":
            last_line = self._last_line()
            self.close()
            raise Failure(f"the sandbox does not start: {last_line}")

    def _process(self, control):
        """Return the process of a new sandbox, whose worker listens to `control`."""
        about = json.dumps(self._worker_settings())
        if self.kind == "container":
            worker = [*_isolated_worker(self.python), about]
            return podman.Container(self.python, self.limits, START_SECONDS, worker,
                                       quiet_environment(), control, self.errors)  # fmt: skip
        if self.kind == "bubblewrap":
            command = bubblewrap(self.python, self.limits, not self.single)
            command += _isolated_worker(self.python)
        else:
            command = _worker(self.python.program, HERE, self.python.packages)
        return subprocess.Popen(
            [*command, about], stdin=control, stdout=self.errors, stderr=self.errors,
            env=quiet_environment(), start_new_session=True, cwd="/",
        )  # fmt: skip

    def _worker_settings(self):
        """Return the settings of the worker."""
        becomes_user = self.kind == "bubblewrap" and "CAP_SETUID" in _rights()
        return asdict(self.limits) | {
            "environment": self.environment, "single": self.single, "sandbox": self.kind != "none",
            "uid": 60706 + os.getpid() % 400 if becomes_user else 0,
            "control": podman.CONTROL if self.kind == "container" else 0,
        }  # fmt: skip

    def _last_line(self):
        """Return the last line that the template wrote, if need be after it has ended."""
        until = time.monotonic() + 5  # it closes the connection before it writes why
        while self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        lines = os.pread(self.errors, 20_000, 0).decode(errors="replace").split("\n")
        return next((line for line in reversed(lines) if line.strip()), "it printed nothing")

    def close(self):
        """End the template and everything in its sandbox."""
        if self.control is not None:
            self.control.close()
            os.close(self.errors)
            self.control = None
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self):
        """Use it in a with statement."""
        return self

    def __exit__(self, *_):
        """End it."""
        self.close()
