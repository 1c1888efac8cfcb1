"""Set up Slurm on this machine alone, run a command that may submit jobs, and stop Slurm again.

Usage: python -m tools.slurm COMMAND ...
       python -m tools.slurm --install

Slurm comes from the packages of Debian and its relatives; --install installs them, as root. The
cluster has one node, which is this machine, and belongs to whoever starts it. Its settings, keys
and logs are in a temporary folder, and it listens on the loopback interface only. It has no
accounting, so Snakemake asks squeue about its jobs, with the options OPTIONS.
"""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.run.engine import die_with_parent

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sinfo", "sbatch", "srun")
OPTIONS = (
    "--executor slurm --slurm-status-command squeue --slurm-no-account "
    "--slurm-init-seconds-before-status-checks 10"
)
PATIENCE = 60  # seconds, for what takes one or two
PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])

# Processes are found in /proc instead of control groups, which a container may lack. Finished jobs
# stay in the memory of slurmctld for an hour, since there is no accounting to ask about them.
SETTINGS = """\
ClusterName=one-machine
SlurmctldHost={node}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SwitchType=switch/none
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MinJobAge=3600
NodeName={node} NodeAddr=127.0.0.1 {hardware} State=UNKNOWN
PartitionName=all Nodes={node} Default=YES MaxTime=INFINITE State=UP
"""


# Snakemake's jobs drop all variables of Slurm, among them the one that says where the settings are.
SRUN = """\
#!/bin/sh
SLURM_CONF={folder}/slurm.conf exec {srun} "$@"
"""


class NoSlurm(Exception):  # noqa: N818, a sentence for the reader
    """Slurm cannot run here; the text says why."""


def missing():
    """Return which of Slurm's programs are not installed."""
    return [name for name in PROGRAMS if not shutil.which(name, path=PATH)]


def obstacle():
    """Return why Slurm cannot be used here, and an empty text if it can."""
    if missing():
        return f"{missing()[0]} is not installed; run: python -m tools.slurm --install"
    if " " in sys.executable:
        return f"Snakemake's executor for Slurm cannot start {sys.executable}: its path has a space"
    return ""


def install():
    """Install the packages, as root; without a service manager nothing else starts them."""
    if not missing():
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise NoSlurm(f"as root, run: apt-get install --no-install-recommends {' '.join(PACKAGES)}")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run([*apt, *command], env=quiet, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise NoSlurm(f"apt-get {command[0]} failed: {last}")


def free_ports(count):
    """Return ports that are free on the loopback interface."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def settings(folder, hardware, ports):
    """Return the text of slurm.conf.

    Parameters
    ----------
    hardware : str
        What `slurmd -C` prints about this machine: its processors and its memory.

    Examples
    --------
    >>> text = settings("/tmp/s", "NodeName=vm CPUs=2 RealMemory=4000", [1, 2])
    >>> "CPUs=2 RealMemory=4000 State=UNKNOWN" in text
    True
    """
    node = socket.gethostname().split(".")[0]
    words = [word for word in hardware.split() if not word.startswith(("NodeName=", "UpTime="))]
    about = {"folder": folder, "node": node, "user": getpass.getuser(), "ports": ports}
    return SETTINGS.format(hardware=" ".join(words), **about)


@contextlib.contextmanager
def cluster():
    """Start Slurm; give the environment in which its commands find it, and stop it in the end."""
    if obstacle():
        raise NoSlurm(obstacle())
    with tempfile.TemporaryDirectory(prefix="slurm-") as place, contextlib.ExitStack() as daemons:
        folder = Path(place)
        folder.chmod(0o711)  # as munge wants it: everybody may reach its socket
        path = os.pathsep.join([str(folder / "bin"), PATH])
        inside = os.environ | {"PATH": path, "SLURM_CONF": str(folder / "slurm.conf")}
        _write_settings(folder)
        _start(daemons, folder, inside, *_munged(folder))
        _wait(folder, "munge", (folder / "munge.socket").exists)
        _start(daemons, folder, inside, "slurmctld", "-D", "-i")
        _start(daemons, folder, inside, "slurmd", "-D")
        _wait(folder, "slurmd", lambda: _answer(inside, "sinfo", "-h", "-o", "%T") == "idle")
        try:
            yield inside
        finally:
            _answer(inside, "scancel", "--user", getpass.getuser())


def _write_settings(folder):
    hardware = subprocess.check_output(["slurmd", "-C"], env=os.environ | {"PATH": PATH}, text=True)
    (folder / "slurm.conf").write_text(settings(folder, hardware, free_ports(2)))
    (folder / "munge.key").write_bytes(os.urandom(128))
    (folder / "munge.key").chmod(0o600)
    for name in ("state", "spool", "bin"):
        (folder / name).mkdir()
    srun = folder / "bin" / "srun"
    srun.write_text(SRUN.format(folder=folder, srun=shutil.which("srun", path=PATH)))
    srun.chmod(0o755)


def _munged(folder):
    files = {"key-file": "key", "socket": "socket", "pid-file": "pid", "seed-file": "seed"}
    return ["munged", "--foreground", *(f"--{o}={folder}/munge.{n}" for o, n in files.items())]


def _start(daemons, folder, environment, *command):
    """Start a daemon, which ends with this process; its output is in a log."""
    with open(folder / f"{command[0]}.log", "wb") as log:
        process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent, start_new_session=True,
        )  # fmt: skip
    daemons.callback(_end, process)


def _end(process):
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _answer(environment, *command):
    """Return what one of Slurm's commands prints."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return done.stdout.strip()


def _wait(folder, name, ready):
    """Wait until something is ready; otherwise say what the logs say."""
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            lines = [line for log in folder.glob("*.log") for line in _last_lines(log)]
            raise NoSlurm(f"{name} does not answer; its logs end with: {' / '.join(lines)}")
        time.sleep(0.1)


def _last_lines(log):
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return [f"{log.stem}: {line}" for line in lines[-2:]]


def main(arguments=None):
    """Run the command; its exit status is that of this program."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        if arguments == ["--install"]:
            return install()
        with cluster() as environment:
            sys.exit(subprocess.run(arguments, env=environment).returncode)
    except NoSlurm as problem:
        sys.exit(f"error: Slurm cannot run here: {problem}")


if __name__ == "__main__":
    main()
