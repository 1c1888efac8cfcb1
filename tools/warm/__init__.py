"""Python processes that start warm: forked from one that has imported TensorFlow already.

Importing TensorFlow, Keras, Matplotlib and the rest takes seconds of processor time. Within
`python_processes()`, kernels and `run` fork from a server that has imported them once, see
tools/warm/server.py. Outside of it, and where a fork is not safe, both start Python as usual.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from importlib.metadata import EntryPoint
from pathlib import Path

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

ADDRESS = "WARM_PYTHON"  # the environment variable that holds the server's socket
SERVER = Path(__file__).with_name("server.py")
# With OpenBLAS, which forks well, importing TensorFlow starts no thread on Linux. On macOS, system
# libraries do not survive a fork, and Windows has none.
CAN_FORK = sys.platform == "linux"
MODULES = (
    "numpy",
    "matplotlib.pyplot",
    "tensorflow",
    "keras",
    "altair",
    "scipy.special",
    "sklearn.datasets",
    "mpmath",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "hypothesis",
    "nbval.plugin",
    "pytest",
)


@contextlib.contextmanager
def python_processes(modules=MODULES):
    """Let kernels and `run` fork from a process with these modules, within a with block."""
    if not CAN_FORK or ADDRESS in os.environ:
        yield
        return
    folder = tempfile.mkdtemp(prefix="warm-")  # nobody else may enter it
    os.environ[ADDRESS] = os.path.join(folder, "socket")
    try:
        with _server(os.environ[ADDRESS], modules):
            yield
    finally:
        del os.environ[ADDRESS]
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _server(address, modules):
    """Run the server, which ends when this process closes its standard input or ends."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)  # who connects before the imports are done waits for them
        command = [sys.executable, str(SERVER), str(listener.fileno()), *modules]
        options = {"pass_fds": [listener.fileno()], "stderr": subprocess.DEVNULL}
        options["start_new_session"] = True  # Ctrl-C is for this process, which ends the server
        server = subprocess.Popen(command, stdin=subprocess.PIPE, **options)
    try:
        yield
    finally:
        server.stdin.close()
        server.wait()


class Process:
    """A forked process: as much of subprocess.Popen as Jupyter and `run` need."""

    stdin = stdout = stderr = returncode = None

    def __init__(self, arguments, *, cwd, env, files):
        """Start `python arguments` with these files as standard input, output and error."""
        request = {"arguments": arguments, "cwd": os.path.abspath(cwd or "."), "env": dict(env)}
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(os.environ[ADDRESS])
        socket.send_fds(self._connection, [b"."], files)
        self._connection.sendall(json.dumps(request).encode() + b"\n")
        self._answers = self._connection.makefile()
        self.pid = int(self._answers.readline())

    def poll(self):
        """Return the exit status, or None while the process runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0.001)
        return self.returncode

    def wait(self, timeout=None):
        """Return the exit status, or raise subprocess.TimeoutExpired."""
        if self.returncode is None:
            self._connection.settimeout(timeout)
            try:
                answer = self._connection.recv(16)
            except TimeoutError:
                raise subprocess.TimeoutExpired("warm Python", timeout) from None
            self.returncode = int(answer) if answer else -signal.SIGKILL
            self._answers.close()
            self._connection.close()
        return self.returncode

    def send_signal(self, number):
        """Send a signal to the process, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self):
        """End the process."""
        self.send_signal(signal.SIGKILL)


def run(arguments, *, cwd, env, timeout):
    """Return the exit status of `python arguments`, whose output is discarded."""
    with open(os.devnull, "r+b") as nothing:
        if ADDRESS not in os.environ:
            files = dict.fromkeys(("stdin", "stdout", "stderr"), nothing)
            command = [sys.executable, *arguments]
            return subprocess.run(command, cwd=cwd, env=env, timeout=timeout, **files).returncode
        process = Process([*arguments], cwd=cwd, env=env, files=[nothing.fileno()] * 3)
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise


class Provisioner(LocalProvisioner):
    """Starts a kernel warm where there is a server, and as usual elsewhere."""

    async def launch_kernel(self, cmd, **options):
        """Start the kernel; return where it listens."""
        if ADDRESS not in os.environ or cmd[1] != "-m":
            return await super().launch_kernel(cmd, **options)
        with open(os.devnull, "r+b") as nothing:
            files = [nothing.fileno()] * 3
            env, cwd = options.get("env") or os.environ, options.get("cwd")
            self.process = Process(cmd[1:], cwd=cwd, env=env, files=files)
        self.pid = self.pgid = self.process.pid
        return self.connection_info


def register():
    """Make Jupyter start the kernels of this process with the Provisioner."""
    factory = KernelProvisionerFactory.instance()
    group = KernelProvisionerFactory.GROUP_NAME
    factory.provisioners["warm"] = EntryPoint("warm", f"{__name__}:Provisioner", group)
    factory.default_provisioner_name = "warm"
