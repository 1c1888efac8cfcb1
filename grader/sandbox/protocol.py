"""The protocol between the grader and one run in the sandbox: requests, replies and time limits.

A reply comes from a student's process and may be anything. It is read up to a limit, parsed as
JSON, and treated as data only.
"""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import time

STATES = {"ok", "error", "missing", "unreadable", "stopped"}
PARTS = {"id", "state", "error", "value"}
LONGEST_ERROR = 300  # characters
HELD = ("RssAnon:", "RssShmem:", "VmSwap:", "HugetlbPages:")
PAGE_TABLES = ("VmPTE:",)
SHARES = ("Pss_Anon:", "Pss_Shmem:", "SwapPss:", "Private_Hugetlb:", "Shared_Hugetlb:")
GRACE = 2  # seconds between the interrupt inside and the end from outside
TICK = 0.1
FEW_FILES, FEW_PROCESSES = 32, 4
SOCKET_BUFFER = 2**18  # bytes that one end of a pair of sockets can hold
MAPPED_AREA = 240  # bytes that the kernel needs for one area of addresses
WITH_VALUE = ("call", "value")  # requests whose replies may be long
SHORT = 10_000  # bytes of any other reply
PART = 128  # bytes that the grader needs for each part of a reply, however short it is
MANY = 16  # how many of the longest answers a run may give altogether


class Gone(Exception):  # noqa: N818, it is how a run can end
    """The run is over: "died", "memory", "stopped" or "nonsense"."""


class Run:
    """One student's process; `ask` it, then `close` it."""

    def __init__(self, limits):
        """Make the channel, the pipe for printed output, and the lifeline of the run."""
        self.limits, self.number, self.output, self.keeps_output = limits, 0, b"", True
        self.channel, self._channel = socket.socketpair()
        self.lifeline, self._lifeline = socket.socketpair()
        self.lifeline.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.printed, self._printed = os.pipe()
        self.process = self.pid = None
        self.buffer, self.unsent = bytearray(), b""
        self.longest, self.received = SHORT, 0
        self.mapped, self.counted = 0, float("-inf")

    def begin(self, control):
        """Hand the other ends to the template."""
        ends = [self._channel.fileno(), self._printed, self._lifeline.fileno()]
        try:
            socket.send_fds(control, [b"run"], ends)
        finally:
            self._channel.close()
            self._lifeline.close()
            os.close(self._printed)
        self.channel.setblocking(False)
        os.set_blocking(self.printed, False)

    def ready(self, process, seconds):
        """Wait for the first sign of life; return what went wrong, or "".

        `process` is the process that becomes the run; None if the template forks.
        """
        self.process = process
        if process is not None:
            self.pid = process.pid
        else:
            self.lifeline.settimeout(seconds)
            message, pid = self._guard_message()
            if message != b"started":
                return message.decode(errors="replace") or "it ended at once"
            self.pid = pid
        try:
            reply = self.ask({"do": "ping"}, seconds)
        except Gone as end:
            words = self.output.decode(errors="replace").strip().split("\n")
            return words[-1] or f"it {end}"
        return "" if reply["state"] == "ok" else "it does not answer"

    def _guard_message(self):
        """Return the message of the run's guard, and its process id outside the sandbox."""
        try:
            message, ancillary, _, _ = self.lifeline.recvmsg(500, socket.CMSG_SPACE(12))
        except OSError:
            return b"", None
        for _, kind, data in ancillary:
            if kind == socket.SCM_CREDENTIALS:
                return message, struct.unpack("3i", data[:12])[0]
        return message, None

    def ask(self, request, seconds):
        """Send a request and return the reply: a dict with `state`, and `error` or `value`.

        Raises
        ------
        Gone
            If the process ended, was ended, or sent something that is not a reply.
        """
        self.number += 1
        answer = self.limits.answer_mb * 2**20 * 2
        self.longest = answer if request["do"] in WITH_VALUE else SHORT
        data = json.dumps(request | {"id": self.number, "seconds": seconds}).encode()
        self.unsent += struct.pack(">I", len(data)) + data
        with contextlib.suppress(OSError):  # a closed channel is noticed below
            self._send()
        end = time.monotonic() + seconds + GRACE
        while True:
            body = self._frame()
            if body is not None:
                return self._parsed(body)
            if time.monotonic() > end:
                raise Gone("stopped")
            if not self._exchange() or (self.process and self.process.poll() is not None):
                raise Gone("died")
            if self.memory() > self.limits.memory_mb * 2**20:
                raise Gone("memory")

    def _exchange(self):
        """Send and receive what is possible within a tick; tell whether the run is alive."""
        reading = [self.channel, self.printed, *([self.lifeline] if not self.process else [])]
        writing = [self.channel] if self.unsent else []
        reading, writing, _ = select.select(reading, writing, [], TICK)
        if self.printed in reading:
            self._listen()
        try:
            if writing:
                self._send()
            if self.channel in reading:
                chunk = self.channel.recv(1 << 20)
                self.buffer += chunk
                return bool(chunk)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return self.lifeline not in reading

    def _send(self):
        """Send what the channel takes now."""
        self.unsent = self.unsent[self.channel.send(self.unsent[:65536]) :]

    def _listen(self):
        """Read the printed output, and keep the beginning."""
        with contextlib.suppress(BlockingIOError):
            text = os.read(self.printed, 1 << 16)
            if self.keeps_output:
                self.output += text[: self.limits.output_kb * 1024 - len(self.output)]

    def hush(self):
        """Keep no more output: from now on it could contain hidden inputs."""
        self._listen()
        self.keeps_output = False

    def _frame(self):
        """Return the next complete message, or None until it has arrived."""
        if len(self.buffer) < 4:
            return None
        (length,) = struct.unpack(">I", self.buffer[:4])
        if length > self.longest:
            raise Gone("nonsense")
        if len(self.buffer) < 4 + length:
            return None
        body = bytes(self.buffer[4 : 4 + length])
        del self.buffer[: 4 + length]
        return body

    def _parsed(self, body):
        """Return a message as a reply to the last request.

        What the grader keeps of all replies is limited like the memory of the run.
        """
        self.received += len(body) + PART * sum(map(body.count, (b"{", b"[", b",")))
        if self.received > MANY * self.limits.answer_mb * 2**20:
            raise Gone("memory")
        try:
            reply = json.loads(body)
        except (ValueError, RecursionError) as problem:
            raise Gone("nonsense") from problem
        if not _is_reply(reply) or reply["id"] != self.number:
            raise Gone("nonsense")
        return reply

    def memory(self):
        """Return how many bytes the processes of the run hold."""
        pids = descendants(self.pid) + ([self.pid] if self.process else [])
        kernel = sum(map(_socket_memory, pids))
        if len(pids) > FEW_PROCESSES:
            kernel += self._mapped(pids)
        held = sum(_held(pid, "status", (*HELD, *PAGE_TABLES)) for pid in pids)
        if held + kernel <= self.limits.memory_mb * 2**20:
            return held + kernel
        # Memory shared after a fork was counted more than once: count it in shares.
        tables = sum(_held(pid, "status", PAGE_TABLES) for pid in pids)
        return kernel + tables + sum(map(_share, pids))

    def _mapped(self, pids):
        """Return what areas of addresses take, counted at most once a second: that takes long."""
        if time.monotonic() > self.counted + 1:
            self.mapped = MAPPED_AREA * sum(_areas(pid) for pid in pids)
            self.counted = time.monotonic()
        return self.mapped

    def close(self):
        """End the run and everything that it started, and wait for the end."""
        self._listen()
        self.channel.close()
        os.close(self.printed)
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        with contextlib.suppress(OSError):
            self.lifeline.settimeout(GRACE)
            self.lifeline.shutdown(socket.SHUT_WR)
            while self.lifeline.recv(100):
                pass
        self.lifeline.close()


def _is_reply(reply):
    """Tell whether a message has the form of a reply: known parts, each of its own type."""
    return (
        isinstance(reply, dict)
        and set(reply) <= PARTS
        and type(reply.get("id")) is int
        and type(reply.get("state")) is str
        and reply["state"] in STATES
        and type(reply.get("error", "")) is str
        and len(reply.get("error", "")) <= LONGEST_ERROR
        and type(reply.get("value", {})) is dict
    )


def descendants(pid):
    """Return the ids of all processes that a process has started, in any namespace."""
    pids, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{thread}/children") as file:
                    children = [int(child) for child in file.read().split()]
                pids += children
                waiting += children
    return pids


def _share(pid):
    """Return the share of a process in its memory; all of it if the process hides its share."""
    share = _held(pid, "smaps_rollup", SHARES)
    return share or _held(pid, "status", HELD)


def _socket_memory(pid):
    """Return how much the kernel may hold in the buffers of a process's sockets."""
    with contextlib.suppress(OSError):
        numbers = os.listdir(f"/proc/{pid}/fd")
        # Python and the channel open few; their buffers count only where there are many.
        return max(0, len(numbers) - FEW_FILES) * SOCKET_BUFFER
    return 0


def _areas(pid):
    """Return how many areas of addresses a process has; each may be one page without content."""
    try:
        with open(f"/proc/{pid}/maps", "rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return 0


def _held(pid, name, kinds):
    """Return bytes of a process by kind; 0 if it has just ended."""
    try:
        # The name of a process is its own choice, and need not be text.
        with open(f"/proc/{pid}/{name}", errors="replace") as file:
            lines = [line for line in file if line.startswith(kinds)]
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines)
