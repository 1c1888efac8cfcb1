"""The second kind of sandbox: a rootless container of Podman, where bubblewrap does not work.

It shows what bubblewrap's sandbox shows and keeps the same limits, in a user namespace of its own,
so that processes are counted for each container alone. Each run is a new container, which starts
cold. One whose grader was killed ends by itself, at the latest after the time of a run.
"""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

CONTROL = 3  # the worker's line to the grader: Podman copies standard input, and hands this over
HAND_OVER = f'exec "$@" {CONTROL}<&0 </dev/null'
SHUT_IN = ["--rm", "--network", "none", "--no-hosts", "--http-proxy=false", "--passwd=false"]
SHUT_IN += ["--read-only", "--read-only-tmpfs=false", "--ipc", "private", "--log-driver", "none"]
SHUT_IN += ["--userns", "keep-id", "--hostname", "sandbox"]
SHUT_IN += ["--cap-drop", "all", "--security-opt", "no-new-privileges"]
SHUT_IN += ["--security-opt", "mask=/sys", "--security-opt", "label=disable"]
# Podman puts files there; in folders that it made itself we could not remove them.
PODMANS_PLACES = ("dev", "etc", "proc", "run", "sys", "tmp")


@functools.cache
def works():
    """Tell whether Podman runs containers here without root's rights."""
    if os.getuid() == 0 or shutil.which("podman") is None:
        return False
    places = [place for place in ("/bin", "/lib", "/lib64", "/usr") if os.path.exists(place)]
    with tempfile.TemporaryDirectory(prefix="container-") as folder:
        options = [*SHUT_IN, *_shown(Path(folder), dict(zip(places, places, strict=True)))]
        return succeeds(["podman", "run", *options, "--rootfs", folder, "/bin/true"])


def succeeds(command):
    """Run a short command and tell whether it succeeded."""
    try:
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _shown(root, binds, hidden=()):
    """Fill the folder that becomes /; return the options that show files and folders in it."""
    for name in (*PODMANS_PLACES, "empty"):
        (root / name).mkdir()
    (root / "tmp").chmod(0o1777)  # what is mounted there takes this over
    options = []
    for place, here in binds.items():
        inside = root / place.lstrip("/")
        inside.parent.mkdir(parents=True, exist_ok=True)
        if os.path.islink(here):
            inside.symlink_to(os.readlink(here))
        else:
            options += _bind(here, place)
    return options + [option for place in hidden for option in _bind(root / "empty", place)]


def _bind(here, place):
    """Return the option that shows a file or folder, read-only; commas in names are quoted."""
    return ["--mount", f'type=bind,"src={here}","dst={place}",ro=true']


def _limited(limits, patience):
    """Return the options that are limits: of time and of the two places to write."""
    options = ["--timeout", str(int(limits.seconds) + patience)]
    for place, share in (("/tmp", 3), ("/dev/shm", 1)):
        size = limits.disk_mb * share * 2**18
        options += ["--tmpfs", f"{place}:rw,nosuid,nodev,noexec,mode=1777,size={size}"]
    return options


class Container:
    """A new container as a process: what `subprocess.Popen` is to bubblewrap's sandbox.

    Parameters
    ----------
    python : `grader.sandbox.environments.Python`
    limits : `grader.sandbox.launcher.Limits`
    patience : int
        How many seconds it may take to get ready, beside the time of a run.
    worker : list of str
        The command inside, which finds the line to the grader as its file CONTROL.
    environment : dict
    control, errors : file descriptor
        The line to the grader, and where to write what goes wrong.
    """

    def __init__(self, python, limits, patience, worker, environment, control, errors):
        """Start it."""
        self.folder = tempfile.TemporaryDirectory(prefix="container-")
        root, self.pid_file = Path(self.folder.name, "root"), Path(self.folder.name, "pid")
        root.mkdir()
        command = ["/bin/sh", "-c", HAND_OVER, "sh", "podman", "run", *SHUT_IN]
        command += _shown(root, python.binds(), python.hidden()) + _limited(limits, patience)
        command += [f"--env={name}={value}" for name, value in environment.items()]
        command += ["--preserve-fds", str(CONTROL - 2), "--pidfile", str(self.pid_file)]
        command += ["--workdir", "/tmp", "--rootfs", str(root), *worker]
        self.client = subprocess.Popen(
            command, stdin=control, stdout=errors, stderr=errors, start_new_session=True
        )
        self.poll = self.client.poll

    @property
    def pid(self):
        """Return the id of the first process inside, as seen from here; all others end with it."""
        if self.poll() is not None:
            raise ProcessLookupError("the container has ended")
        return int(self.pid_file.read_text()) if self.pid_file.exists() else self.client.pid

    def kill(self):
        """End all that runs in it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def wait(self):
        """Wait until it has ended, and remove its folder."""
        self.client.wait()
        self.folder.cleanup()
