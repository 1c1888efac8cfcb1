"""The second kind of sandbox: a rootless Podman container, if bubblewrap does not work.

It shows the same files as bubblewrap's sandbox and has the same limits, in a user namespace of its
own, so that processes are counted per container. Each run is a new container, which starts cold. A
container whose grader was killed ends by itself, at the latest after the time of a run.
"""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

CONTROL = 3  # file descriptor of the connection to the grader: Podman would copy standard input
HAND_OVER = f'exec "$@" {CONTROL}<&0 </dev/null'
ISOLATED = ["--rm", "--network", "none", "--no-hosts", "--http-proxy=false", "--passwd=false"]
ISOLATED += ["--read-only", "--read-only-tmpfs=false", "--ipc", "private", "--log-driver", "none"]
ISOLATED += ["--userns", "keep-id", "--hostname", "sandbox"]
ISOLATED += ["--cap-drop", "all", "--security-opt", "no-new-privileges"]
# Counters of the whole machine would tell what other containers do; /dev/zero gives shared memory,
# which no limit counts.
COUNTERS = ("/proc/diskstats", "/proc/interrupts", "/proc/loadavg", "/proc/locks", "/proc/meminfo",
            "/proc/pressure", "/proc/schedstat", "/proc/softirqs", "/proc/stat", "/proc/swaps",
            "/proc/uptime", "/proc/vmstat", "/proc/zoneinfo")  # fmt: skip
MASKED = ":".join(["/sys", *COUNTERS, "/dev/zero"])
ISOLATED += ["--security-opt", f"mask={MASKED}", "--security-opt", "label=disable"]
# Podman writes files there; we could not remove them from folders that it made itself.
MOUNT_POINTS = ("dev", "etc", "proc", "run", "sys", "tmp")


@functools.cache
def works():
    """Tell whether Podman can run rootless containers here."""
    if os.getuid() == 0 or shutil.which("podman") is None:
        return False
    visible = {path: path for path in ("/bin", "/lib", "/lib64", "/usr") if os.path.exists(path)}
    with tempfile.TemporaryDirectory(prefix="container-") as folder:
        options = [*ISOLATED, *_mounts(Path(folder), visible)]
        return succeeds(["podman", "run", *options, "--rootfs", folder, "/bin/true"])


def succeeds(command):
    """Run a short command and tell whether it succeeded."""
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _mounts(root, binds, hidden=()):
    """Fill the folder that becomes /; return the options that mount files and folders in it."""
    for name in (*MOUNT_POINTS, "empty"):
        (root / name).mkdir()
    (root / "tmp").chmod(0o1777)  # the file system that is mounted there takes this mode
    options = []
    for inside, outside in binds.items():
        target = root / inside.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.islink(outside):
            target.symlink_to(os.readlink(outside))
        else:
            options += _bind(outside, inside)
    return options + [option for folder in hidden for option in _bind(root / "empty", folder)]


def _bind(outside, inside):
    """Return the option that mounts a file or folder read-only; commas in names are quoted."""
    return ["--mount", f'type=bind,"src={outside}","dst={inside}",ro=true']


def _limited(limits, patience):
    """Return the options for limits: of time and of the two writable folders."""
    options = ["--timeout", str(int(limits.seconds) + patience)]
    for place, share in (("/tmp", 3), ("/dev/shm", 1)):
        size = limits.disk_mb * share * 2**18
        options += ["--tmpfs", f"{place}:rw,nosuid,nodev,noexec,mode=1777,size={size}"]
    return options


class Container:
    """A new container as a process, with the interface of `subprocess.Popen`.

    Parameters
    ----------
    python : `grader.sandbox.environments.Python`
    limits : `grader.sandbox.launcher.Limits`
    patience : int
        How many seconds it may take to start, in addition to the time of a run.
    worker : list of str
        The command inside; its file descriptor CONTROL is the connection to the grader.
    environment : dict
    control, errors : file descriptor
        The connection to the grader, and the file for error messages.
    """

    def __init__(self, python, limits, patience, worker, environment, control, errors):
        """Start it."""
        self.folder = tempfile.TemporaryDirectory(prefix="container-")
        root, self.pid_file = Path(self.folder.name, "root"), Path(self.folder.name, "pid")
        root.mkdir()
        command = ["/bin/sh", "-c", HAND_OVER, "sh", "podman", "run", *ISOLATED]
        command += _mounts(root, python.binds(), python.hidden()) + _limited(limits, patience)
        command += [f"--env={name}={value}" for name, value in environment.items()]
        command += ["--preserve-fds", str(CONTROL - 2), "--pidfile", str(self.pid_file)]
        command += ["--workdir", "/tmp", "--rootfs", str(root), *worker]
        self.client = subprocess.Popen(
            command, stdin=control, stdout=errors, stderr=errors, start_new_session=True
        )
        self.poll = self.client.poll

    @property
    def pid(self):
        """Return the id, outside, of the container's first process; all others end with it."""
        if self.poll() is not None:
            raise ProcessLookupError("the container has ended")
        return int(self.pid_file.read_text()) if self.pid_file.exists() else self.client.pid

    def kill(self):
        """End everything that runs in it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def wait(self):
        """Wait until it has ended, and remove its folder."""
        self.client.wait()
        self.folder.cleanup()
