"""Import everything where Python offers only what it has on Windows.

Usage, in the folder of the project: python tests/tools/without_posix.py
It prints a line for each file that cannot be imported.

Every file is imported twice. The first pass brings in the dependencies, which may use POSIX as they
like. Before the second pass, what Python lacks on Windows is removed, and the project's own modules
are forgotten, so that they are executed again.
"""

import ctypes
import importlib
import os
import runpy
import select
import signal
import socket
import sys
from pathlib import Path

ROOT = Path.cwd()
FOLDERS = ("lossutils", "grader", "website", "tools", "tests")
MODULES = "curses fcntl grp posix pty pwd readline resource syslog termios tty"
NAMES = {
    os: "chown chroot fork forkpty getegid geteuid getgid getgroups getloadavg getpgid getpgrp "
    "getresuid getsid getuid initgroups killpg mkfifo mknod O_CLOEXEC O_DIRECTORY O_NOFOLLOW "
    "O_NONBLOCK posix_spawn pread sched_getaffinity sched_setaffinity setegid seteuid setgid "
    "setgroups setpgid setresgid setresuid setsid setuid statvfs sysconf uname wait waitid WNOHANG",
    select: "epoll poll",
    signal: "alarm pause setitimer SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP "
    "SIGUSR1 SIGUSR2 SIGXCPU",
    socket: "AF_UNIX",
}
SYSTEM_LIBRARY = ctypes.CDLL


class NamedLibrary(SYSTEM_LIBRARY):
    """A library of the system, which has a name on Windows."""

    def __init__(self, name, *arguments, **options):
        if name is None:
            raise TypeError("a library needs a name on Windows")
        super().__init__(name, *arguments, **options)


def project_files():
    """Return the Python files of the packages, then those of the tests.

    Without the settings of JupyterHub, which only JupyterHub can read.
    """
    return [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "node_modules" not in path.parts and not path.match("grader/hub/*_config.py")
    ]


def belongs_to_tests(path):
    """Tell whether a file is one of the tests, which are not a package."""
    return path.relative_to(ROOT).parts[0] == "tests"


def folders_of_tests(paths):
    """Return what pytest puts on the path: the folders of tests that are not packages."""
    folders = dict.fromkeys(path.parent for path in paths if belongs_to_tests(path))
    return [str(folder) for folder in folders if not (folder / "__init__.py").exists()]


def lacks_a_library(path, reason):
    """Tell whether a test file cannot be imported because a library is not installed."""
    module = reason.removeprefix("ModuleNotFoundError: No module named ").strip("'")
    own = {*FOLDERS, *(path.stem for path in project_files())}
    return belongs_to_tests(path) and module != reason and module.split(".")[0] not in own


def load(path):
    """Import a module of a package; execute a test file."""
    module = path.relative_to(ROOT).with_suffix("")
    if belongs_to_tests(path):
        runpy.run_path(str(path), run_name=module.name)
    else:
        importlib.import_module(".".join(module.parts).removesuffix(".__init__"))


def failures(paths):
    """Return the files that cannot be imported, with the reason."""
    reasons = {}
    for path in paths:
        try:
            load(path)
        except Exception as error:
            reasons[path] = f"{type(error).__name__}: {error}"
    return reasons


def forget(paths):
    """Forget the project's modules."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file) in paths:
            del sys.modules[name]


def remove_posix():
    """Remove what Python lacks on Windows."""
    sys.modules.update(dict.fromkeys(MODULES.split()))
    for module, names in NAMES.items():
        for name in names.split():
            vars(module).pop(name, None)
    ctypes.CDLL = NamedLibrary


def main():
    """Print the files that cannot be imported without POSIX, and why."""
    paths = project_files()
    sys.path[:0] = [str(ROOT), *folders_of_tests(paths)]
    # A test file that runs in a different environment lacks a library here, whatever the system.
    elsewhere = [path for path, reason in failures(paths).items() if lacks_a_library(path, reason)]
    forget(set(paths))
    remove_posix()
    for path, reason in failures(path for path in paths if path not in elsewhere).items():
        print(f"{path.relative_to(ROOT).as_posix()}: {reason}")


if __name__ == "__main__":
    main()
