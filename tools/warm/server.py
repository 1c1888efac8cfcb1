"""Import what notebooks and tests need, then fork a process for each request.

Started by tools/warm/__init__.py with the number of a listening socket and the modules to import.
A request is a line of JSON: the arguments of Python (`-m MODULE ...`), the folder and the
environment; it comes with three files for standard input, output and error. The answers are two
lines: the process, and at its end its exit status. Nothing of this project is imported before the
fork, so that each process imports what is in its own folder.
"""

import contextlib
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys

INLINE = "module://matplotlib_inline.backend_inline"


def main():
    """Serve until the starter closes our input; in a forked process, be what was asked for."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    own = {os.path.dirname(os.path.abspath(__file__)), *_folders(os.environ)}
    sys.path[:] = [folder for folder in sys.path if folder not in own]
    for module in sys.argv[2:]:
        with contextlib.suppress(ImportError):
            importlib.import_module(module)
    while request := next_request(listener):
        if os.fork() == 0:
            listener.close()
            if supervise(*request):
                return
        request[0].close()
        for file in request[2]:
            os.close(file)


def _folders(environment):
    return [folder for folder in environment.get("PYTHONPATH", "").split(os.pathsep) if folder]


def next_request(listener):
    """Return the next connection with its request and files, or None at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies
    ready, _, _ = select.select([listener, sys.stdin], [], [])
    if sys.stdin in ready:
        return None
    connection, _ = listener.accept()
    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile() as lines:
        return connection, json.loads(lines.readline()), files


def supervise(connection, request, files):
    """Fork the process, tell its number and its end; return True in the process itself."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        connection.close()
        become(request, files)
        return True
    for file in files:
        os.close(file)
    connection.sendall(b"%d\n" % pid)
    status = _wait(pid, connection)
    with contextlib.suppress(OSError):  # nobody waits for it any more
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _wait(pid, connection):
    """Return the status of a process at its end; it is killed when its starter hangs up."""
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        if select.select([connection], [], [], 0.02)[0]:
            for kill in (os.killpg, os.kill):  # it has no group of its own yet if it is very young
                with contextlib.suppress(ProcessLookupError):
                    kill(pid, signal.SIGKILL)
            return os.waitpid(pid, 0)[1]


def become(request, files):
    """Turn this process into the one that was asked for."""
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    sys.path[:0] = [request["cwd"], *_folders(os.environ)]
    _, *sys.argv = request["arguments"]


def run():
    """Run the module that sys.argv names, as `python -m` does."""
    module = sys.argv[0]
    if module.startswith("ipykernel"):
        # Matplotlib and the kernel read these from the environment when they are imported.
        backend = os.environ.get("MPLBACKEND", INLINE)
        sys.modules["matplotlib"].rcParams["backend"] = backend
        sys.argv.append(f"--IPKernelApp.parent_handle={os.getppid()}")
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    started = os.getpid()
    main()
    if os.getpid() != started:
        run()
