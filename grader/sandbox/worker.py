"""The program in the sandbox: a warm template, and forks of it that run students' cells.

The template imports the packages of the assignment and waits; it never runs a student's code. It
forks for each run, and the fork isolates itself (see `grader.sandbox.isolation`) before it receives
its first request. Requests come one at a time, over a socket, as JSON: run this cell, call this
function, return this variable. They never contain a right answer.

It uses IPython's shell in its own process rather than a Jupyter kernel: cells behave the same
(magics, `await`, tracebacks), it starts faster, and it can be forked, which a kernel with its
threads and sockets cannot.

This file is copied into the sandbox beside the files that it imports, and starts with a bare
Python: ``worker.py SITE_PACKAGES SETTINGS``; the file descriptor ``control`` of SETTINGS is a
socket to the grader.
"""

import array
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys


def main():
    """Import the packages, report that, and fork for each run."""
    limits = json.loads(sys.argv[2])
    sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), sys.argv[1]]
    import isolation
    from shell import warm

    control = socket.socket(fileno=os.dup(limits["control"]))
    if limits["uid"]:
        isolation.become(limits["uid"])
    alone = limits["single"] and limits["sandbox"]
    if alone:  # before there are other threads
        restrict(isolation)
    shell = warm(limits["environment"])
    if limits["sandbox"]:
        import substitutes

        substitutes.install()
    if alone:  # on top of the memory of the imports
        isolation.limit(limits)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    control.sendall(b"warm\n")
    while True:
        message, descriptors = receive(control)
        if not message:
            return
        if limits["single"]:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return student(shell, limits, *descriptors[:2])
        if os.fork() == 0:
            os._exit(guard(control, isolation, shell, limits, *descriptors))
        for descriptor in descriptors:
            os.close(descriptor)


def receive(control):
    """Return a message and the file descriptors that came with it."""
    message, ancillary, _, _ = control.recvmsg(64, socket.CMSG_SPACE(12))
    descriptors = array.array("i")
    for _, _, data in ancillary:
        descriptors.frombytes(data)
    return message, list(descriptors)


def guard(control, isolation, shell, limits, channel, output, lifeline):
    """Guard a run: end it when the grader closes the lifeline, and report how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    control.close()
    lifeline = socket.socket(fileno=lifeline)
    isolation.die_with_parent()
    try:
        isolation.new_namespaces()
    except OSError as problem:
        lifeline.sendall(f"failed {problem}".encode())
        return 1
    child = os.fork()
    if child == 0:
        lifeline.close()
        isolation.die_with_parent()
        isolation.private_files(limits["disk_mb"])
        isolation.limit(limits)
        restrict(isolation)
        student(shell, limits, channel, output)
        os._exit(0)
    for descriptor in (channel, output):
        os.close(descriptor)
    lifeline.sendall(b"started")
    ended = os.pidfd_open(child)
    ready = select.select([lifeline, ended], [], [])[0]
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if lifeline not in ready:
        lifeline.sendall(f"ended {status}".encode())
    return 0


def restrict(isolation):
    """Remove rights and system calls, for this process and the threads that it starts."""
    isolation.drop_rights()
    isolation.filter_calls()


def student(shell, limits, channel, output):
    """Run a student's cells and answer requests, until there are no more."""
    import values

    os.setsid() if os.getpid() != os.getsid(0) else None
    keep = os.dup2(channel, 200, inheritable=False)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)
    os.closerange(3, keep)
    os.closerange(keep + 1, 256)
    os.chdir("/tmp")
    fonts = os.path.join(sys.path[1], "matplotlib_fonts")  # written by make grader-envs
    if limits["sandbox"] and os.path.isdir(fonts):
        shutil.copytree(fonts, os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)
    Answers(shell, socket.socket(fileno=keep), limits["answer_mb"] * 2**20, values).serve()


class Answers:
    """Answer the grader's requests. A student can change all of this: nothing here is secret."""

    def __init__(self, shell, channel, limit, values):
        """Keep the functions that are needed later, as they were before any cell ran."""
        self.shell, self.channel, self.limit, self.values = shell, channel, limit, values
        self.kinds = {"ping": lambda request: {"state": "ok"}}
        self.kinds |= {"cell": self.cell, "call": self.call, "value": self.value}
        self.kinds |= {"keep": self.keep}
        self.names = Names(shell.user_ns)
        self.running = self.stopped = False
        self.tools = json.loads, json.dumps, struct.pack, struct.unpack, signal.setitimer
        signal.signal(signal.SIGALRM, self.interrupt)

    def serve(self):
        """Answer one request after the other."""
        loads, dumps, pack, unpack, timer = self.tools
        while True:
            head = self.read(4)
            if len(head) < 4:
                return
            request = loads(self.read(unpack(">I", head)[0]))
            self.running, self.stopped = True, False
            timer(signal.ITIMER_REAL, request["seconds"], 0.5)
            try:
                reply = self.kinds[request["do"]](request)
            except KeyboardInterrupt:
                reply = {"state": "stopped"}
            self.running = False
            timer(signal.ITIMER_REAL, 0)
            reply = {"state": "stopped"} if self.stopped else reply
            data = dumps(reply | {"id": request["id"]}).encode()
            self.channel.sendall(pack(">I", len(data)) + data)

    def read(self, size):
        """Return a number of bytes, or b"" at the end."""
        data = b""
        while len(data) < size:
            chunk = self.channel.recv(size - len(data))
            if not chunk:
                return b""
            data += chunk
        return data

    def interrupt(self, *_):
        """Interrupt code that runs too long, as Jupyter's button does."""
        if self.running:
            self.stopped = True
            raise KeyboardInterrupt

    def cell(self, request):
        """Run a cell as Jupyter does; an error in it is reported, not raised."""
        result = self.shell.run_cell(request["source"], store_history=False)
        problem = result.error_before_exec or result.error_in_exec
        if problem is None:
            return {"state": "ok"}
        return {"state": "error", "error": one_line(problem)}

    def keep(self, request):
        """Keep a function as it is now: a later cell may use its name for something else."""
        if request["name"] in self.names.space:
            self.names.keep(request["place"])
        return {"state": "ok"}

    def call(self, request):
        """Call a function of the student: as it was kept, or as it is after all cells."""
        self.names.restore(request["place"])
        function = self.names.space.get(request["name"])
        if function is None:
            return {"state": "missing"}
        named = {key: self.opened(tree, request) for key, tree in request["named"].items()}
        positional = [self.opened(tree, request) for tree in request["positional"]]
        try:
            positional, named = self.values.arguments(function, positional, named)
            value = function(*positional, **named)
        except (Exception, SystemExit) as problem:
            return {"state": "error", "error": type(problem).__name__[:100]}
        return self.encoded(value)

    def value(self, request):
        """Return a variable of the student."""
        if request["name"] not in self.names.space:
            return {"state": "missing"}
        return self.encoded(self.names.space[request["name"]])

    def encoded(self, value):
        """Return a value as data."""
        try:
            return {"state": "ok", "value": self.values.encode(value, self.limit)}
        except self.values.Unreadable as problem:
            return {"state": "unreadable", "error": str(problem)}
        except Exception as problem:
            return {"state": "unreadable", "error": type(problem).__name__[:100]}

    def opened(self, tree, request):
        """Return one input."""
        if "function" in tree:
            return eval(tree["function"], {"np": sys.modules["numpy"]})
        value = self.values.decode(tree)
        if request["tensors"] and hasattr(value, "dtype"):
            return sys.modules["tensorflow"].constant(value)
        return value


class Names:
    """The names that cells define, as some cell left them: a function finds its helpers there.

    They are read from the dict that functions look into, even if a cell gives the shell another.
    What a name stands for may be changed in place; that is not undone.
    """

    def __init__(self, space):
        """Keep nothing yet."""
        self.space, self.kept, self.end = space, {}, None
        self.modes = Modes()

    def keep(self, place):
        """Keep what all names stand for now."""
        self.kept[place] = dict(self.space), self.modes.now()

    def restore(self, place):
        """Let names stand for what was kept; those that came later, for what they are at the end.

        It is done in the dict that all functions of the cells, and their classes, look into.
        """
        now = self.space
        if self.end is None:
            self.end = dict(now), self.modes.now()
        names, modes = self.kept.get(place, self.end)
        then = self.end[0] | names
        now.update(then)
        for name in now.keys() - then.keys():
            del now[name]
        self.modes.restore(modes)


class Modes:
    """Whether NumPy's floating-point errors and Python's warnings raise; experiments set it."""

    def __init__(self):
        """Keep the functions, as they were before any cell ran."""
        import warnings

        import numpy as np

        self.get, self.set, self.warnings = np.geterr, np.seterr, warnings
        self.changed = warnings._filters_mutated

    def now(self):
        """Return what is set now."""
        return self.get(), list(self.warnings.filters)

    def restore(self, kept):
        """Set what was set then."""
        errors, filters = kept
        self.set(**errors)
        if self.warnings.filters != filters:
            self.warnings.filters[:] = filters
            self.changed()


def one_line(problem):
    """Return an error in one line, even if its own methods fail."""
    try:
        return f"{type(problem).__name__}: {problem}"[:300]
    except Exception:
        return type(problem).__name__[:100]


if __name__ == "__main__":
    main()
