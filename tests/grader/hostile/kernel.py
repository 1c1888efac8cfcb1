"""Attacks through the kernel: counters of the machine, words in shared files, memory nobody counts.

As in `hostile.channels`, `GRANTED` means that the attack succeeded. System calls have a number for
x86-64 and one for ARM.
"""

from hostile.channels import ANSWER, FILE, LIB, called, granted
from hostile.honest import SQUARE, Case

SYSCALL = LIB + "libc.syscall.restype = ctypes.c_long\n"
NUMBERS = "import platform\nNUMBER = {'x86_64': 0, 'aarch64': 1}[platform.machine()]\n"
FUTEX = (
    FILE + SYSCALL + NUMBERS + "import struct\n"
    "libc.mmap.restype = ctypes.c_void_p\n"
    "libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]\n"
    "place = libc.mmap(None, 4096, 1, 1, shared, 0)\n"
    "value = ctypes.c_uint32.from_address(place).value\n"
    "timeout = ctypes.create_string_buffer(struct.pack('qq', 0, 10**7), 16)\n"
    "number = (202, 98)[NUMBER]\n"
    "def futex(operation, value, timeout=None):\n"
    "    return libc.syscall(number, ctypes.c_void_p(place), operation, ctypes.c_uint32(value),\n"
    "        timeout and ctypes.byref(timeout), None, ctypes.c_uint32(0xFFFFFFFF))\n"
)
WAITED = "print('GRANTED' if ctypes.get_errno() == 110 else 'no')\n"


def syscall(name, numbers, *arguments):
    """Return a cell that makes a system call by number and prints GRANTED unless it is refused."""
    words = ", ".join(map(str, arguments))
    return (
        SYSCALL + NUMBERS + f"print('GRANTED {name}' if libc.syscall({numbers}[NUMBER], {words})"
        " >= 0 else ctypes.get_errno())"
    )


# What tells a later or a neighbouring sandbox something.
TOLD = {
    "a note in the time of a device": Case({}, {}, "", (
        "import os\nfor name in ('null', 'zero', 'full', 'random', 'urandom', 'tty'):\n"
        "    before = os.stat('/dev/' + name).st_mtime_ns\n    try:\n"
        "        os.utime('/dev/' + name)\n    except OSError as no: print(no)\n"
        "    if os.stat('/dev/' + name).st_mtime_ns != before: print('GRANTED', name)",)),
    "a note in the time of the last access": Case({}, {}, "", (
        "import os, mmap\nfor folder, _, names in os.walk('/packages/dateutil'):\n"
        "    for path in [folder] + [os.path.join(folder, name) for name in names]:\n"
        "        before = os.stat(path).st_atime_ns\n        os.listdir(folder)\n"
        "        if os.path.isfile(path) and os.path.getsize(path):\n"
        "            with open(path, 'rb') as file:\n                file.read()\n"
        "                mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)[0]\n"
        "        if os.stat(path).st_atime_ns != before: print('GRANTED', path)",)),
    "pages that had to be read": Case({}, {}, "", (
        called("libc.getrusage(0, ctypes.create_string_buffer(200))", "getrusage"),
        "import os\nif os.fork() == 0: os._exit(0)\n" + granted("os.wait4(-1, 0)", "wait4"),
        "if os.fork() == 0: os._exit(0)\n"
        + called("libc.waitid(0, 0, ctypes.create_string_buffer(128), 5)", "nothing").replace(
            "GRANTED", "allowed")
        + "\n" + syscall("waitid", (247, 95), 0, 0, "ctypes.create_string_buffer(128)",
                         5, "ctypes.create_string_buffer(200)"))),
    "a word in a shared file": Case({}, {}, "", (
        FUTEX + "futex(0, value, timeout)\n" + WAITED + "futex(9, value, timeout)\n" + WAITED,
        FUTEX + "import threading, time\nwoken = []\ndef wait():\n"
        "    end = time.time() + 0.5\n    while time.time() < end:\n"
        "        if futex(0, value, timeout) == 0: woken.append(1)\n"
        "thread = threading.Thread(target=wait); thread.start()\n"
        "while thread.is_alive():\n    if futex(1, 1) > 0: print('GRANTED')\n"
        "if woken: print('GRANTED')",
        FUTEX + "for operation in (3, 4, 5, 10):\n"
        "    if futex(operation, 0) >= 0: print('GRANTED', operation)")),
    "a word in a shared file, by new numbers": Case({}, {}, "", (
        syscall("futex_wake", (454, 454), "0", 1, 1, 2),
        syscall("futex_requeue", (456, 456), 0, 0, 0, 0),
        syscall("futex_waitv", (449, 449), 0, 0, 0, 0, 0))),
    "a hint on a shared file": Case({}, {}, "", (
        FILE + "import struct\n" + granted("fcntl.fcntl(shared, 1036, struct.pack('Q', 4))"),
        FILE + granted("fcntl.fcntl(shared, 1035, bytes(8))"))),
    "load and memory of the machine": Case({}, {}, "", (
        called("libc.sysinfo(ctypes.create_string_buffer(200))", "sysinfo"),
        "import os\n" + granted("os.statvfs('/packages')", "statvfs"))),
    "numbers of pipes and sockets": Case({}, {}, "", (
        "import os\n" + granted("os.fstat(os.pipe()[0]).st_ino", "pipe"),
        "import socket\n" + granted("os.fstat(socket.socketpair()[0].fileno()).st_ino", "pair"),
        "import os\n" + granted("os.mkfifo('/tmp/fifo')", "fifo"))),
    "numbers of processes": Case({}, {}, "", (
        "import os\n" + granted("os.fstat(os.pidfd_open(os.getpid())).st_ino", "pidfd"),
        SYSCALL + NUMBERS + "number = ctypes.c_int(-1)\n"
        "pid = libc.syscall((56, 220)[NUMBER], 0x1000 | 17, None, ctypes.byref(number), None, 0)\n"
        "if pid == 0: os._exit(0)\nif number.value >= 0: print('GRANTED')")),
    "numbers of sockets by name": Case({}, {}, "", (
        "import os, socket\nown = socket.socket(fileno=os.dup(200))\n"
        + granted("own.getsockopt(1, 57, 8)", "cookie"),
        granted("own.getsockopt(1, 71, 8)", "cookie of the network"))),
    "paths of the teacher by number": Case({}, {}, "", (
        SYSCALL + "import struct\nout = ctypes.create_string_buffer(800)\n"
        "ask = ctypes.create_string_buffer(struct.pack('IIQQQ', 24, 0, 2**64 - 1, 0, 0), 32)\n"
        "count = libc.syscall(458, ask, out, 99, 0)\nfor place in range(max(0, count)):\n"
        "    print('GRANTED', struct.unpack_from('Q', out, 8 * place)[0])",)),
    "pages that are merged": Case({}, {}, "", (
        called("libc.prctl(67, 1, 0, 0, 0)", "merge"),
        "import mmap\n" + granted("mmap.mmap(-1, 4096, flags=34).madvise(12)", "mergeable"))),
    "a choice of the processor": Case({}, {}, "", (
        "import os\n" + granted("os.sched_setaffinity(0, {0})", "affinity"),)),
    "commands for a shared file": Case({}, {}, "", (
        FILE + "import array\nfor command in (0x80086601, 0x80087601, 0x40086602, 0x1260):\n"
        "    try:\n        fcntl.ioctl(shared, command, array.array('l', [0] * 9))\n"
        "        print('GRANTED', hex(command))\n    except OSError as no: print(no)",)),
    "a different program": Case({}, {}, "", (
        "import os, sys\n" + granted(
            "os.execv(os.readlink('/proc/self/exe'), ['x', '-S', '-c', 'print(\"GRANTED\")'])"),)),
    "a device that was never there": Case({}, {}, "", (
        "import os\nfor name in ('console', 'kmsg', 'mem', 'net/tun', 'fuse', 'kvm'):\n"
        "    try:\n        os.open('/dev/' + name, os.O_RDWR)\n        print('GRANTED', name)\n"
        "    except OSError: pass",)),
}  # fmt: skip

# Memory, of the kernel or of the grader, that no limit of a process counts.
FAT = ANSWER.replace("    os._exit(0)\n", "")
UNCOUNTED = {
    "a million areas of addresses": Case({}, {}, "more memory than allowed", (
        SYSCALL + "import time\nlibc.mmap.restype = ctypes.c_void_p\n"
        "libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3,"
        " ctypes.c_long]\nlibc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]"
        "\nstart = libc.mmap(None, 4096 * 60_000, 0, 34, -1, 0)\n"
        "for page in range(0, 60_000, 2): libc.mprotect(start + 4096 * page, 4096, 1)\n"
        "for _ in range(45):\n    if os.fork() == 0: time.sleep(60)\ntime.sleep(60)",)),
    "values in replies to cells": Case({}, {}, "channel", (
        "import gc\nfor thing in gc.get_objects():\n    if type(thing).__name__ == 'Answers':\n"
        "        thing.kinds['cell'] = lambda request: {'state': 'ok', 'value':"
        " {'list': [{'plain': 1}] * 20_000}}", "1")),
    "many parts in replies": Case(
        {"square": FAT + SQUARE[:-7] + "raw = b'[],' * 2_000_000 + b'1'\n"
                   "    send(b'{\"id\": %d, \"state\": \"ok\", \"value\": {\"list\": [' % number()"
                   " + raw + b']}}'); os._exit(0)"}, {"square": 2}, "more memory than allowed"),
    "a list of a million items, by a long array": Case(
        {"both": "def value_and_gradient(x):\n    return np.zeros(500_000)"}, {"both": 2}),
    "a thread with open files of its own": Case({}, {}, "", (
        SYSCALL + "stack = ctypes.create_string_buffer(65536)\n"
        "libc.clone.argtypes = [*[ctypes.c_void_p] * 2, ctypes.c_int, ctypes.c_void_p]\n"
        "pause = ctypes.cast(libc.pause, ctypes.c_void_p)\n"
        "thread = libc.clone(pause, ctypes.addressof(stack) + 65472, 0x10900, None)\n"
        "print('GRANTED' if thread > 0 else ctypes.get_errno())",)),
    "open files that are no longer shared": Case({}, {}, "", (
        syscall("close_range", (436, 436), 250, 251, 2),)),
    "a table of waiting threads": Case({}, {}, "", (
        called("libc.prctl(78, 1, 1 << 16, 0, 0)", "slots"),)),
    "rules about files": Case({}, {}, "", (
        syscall("landlock", (444, 444), "ctypes.create_string_buffer(b'\\xff', 8)", 8, 0),)),
    "filters of system calls": Case({}, {}, "", (
        syscall("seccomp", (317, 277), 2, 0, "ctypes.create_string_buffer(4)"),)),
    "timers in the kernel": Case({}, {}, "", (
        syscall("timer_create", (222, 107), 1, 0, "ctypes.create_string_buffer(8)"),
        syscall("timerfd_create", (283, 85), 1, 0),
        syscall("signalfd4", (289, 74), -1, "ctypes.create_string_buffer(8)", 8, 0))),
    "signals that nobody takes": Case({}, {}, "", (
        SYSCALL + "import signal\nsignal.pthread_sigmask(0, [40])\ninfo = bytes(128)\n"
        "sent = 0\nwhile sent < 5000 and libc.sigqueue(os.getpid(), 40, None) == 0:\n"
        "    sent += 1\nprint('GRANTED' if sent > 300 else sent)",)),
    "attributes of files": Case({}, {}, "", (
        "import os\nopen('/tmp/x', 'w').close()\n"
        + granted("os.setxattr('/tmp/x', 'user.note', bytes(4000))", "xattr"),)),
}  # fmt: skip
# What the grader reads about a process, and the process can choose.
NAMES = {
    "a process whose name is not text": Case({}, {}, "", (
        LIB + "libc.prctl(15, b'\\xff\\xfe', 0, 0, 0)\nprint('renamed')", "1")),
    "a process with the name of its memory": Case({}, {}, "", (
        LIB + "libc.prctl(15, b'\\nRssAnon: 9', 0, 0, 0)", "1")),
    "a process named like a process that ended": Case({}, {}, "", (
        LIB + "libc.prctl(15, b') Z 0 0', 0, 0, 0)", "1")),
    "threads whose names are not text": Case({}, {}, "", (
        LIB + "import threading, time\ndef run():\n    libc.prctl(15, b'\\xff', 0, 0, 0)\n"
        "    time.sleep(60)\nfor _ in range(4):\n"
        "    threading.Thread(target=run, daemon=True).start()", "1")),
    "children whose names are not text": Case({}, {}, "", (
        LIB + "import time\nif os.fork() == 0:\n    libc.prctl(15, b'\\xff', 0, 0, 0)\n"
        "    time.sleep(60)", "1")),
}  # fmt: skip
# A cell breaks Python itself: it is left out, or what it broke does not matter.
BROKEN = {
    "a hook that refuses every event": Case({}, {}, "", (
        "import sys\ndef refuse(*_): raise RuntimeError\nsys.addaudithook(refuse)", "1")),
    "all open files closed": Case({}, {}, "it ended the process", (
        "import os\nos.closerange(0, 1000)", "1")),
    "an output that refuses": Case({}, {}, "", (
        "import sys\nclass No:\n    def __getattr__(self, name): raise SystemExit\n"
        "sys.stdout = sys.stderr = No()", "1 / 0")),
    "no recursion": Case({}, {}, "", (
        "import sys\nsys.setrecursionlimit(30)", "1")),
    "a shell that runs nothing": Case({}, {}, "", (
        "shell = get_ipython()\nshell.events.register('pre_run_cell', lambda *_: 1 / 0)\n"
        "shell.input_transformers_cleanup.append(lambda lines: [])\n"
        "type(shell).run_cell = None", "1")),
    "names that are gone": Case({}, {}, "", (
        "class Gone(dict):\n    def __contains__(self, name): return False\n"
        "    def get(self, *_): return None\nget_ipython().user_ns = Gone()", "1")),
    "an end that nobody catches": Case(
        {"square": SQUARE[:-7] + "raise GeneratorExit"}, {"square": 2}, "ended the process"),
    "an array with names for its parts": Case(
        {"square": SQUARE + "np.zeros(3, dtype=[('a', float)])"}, {"square": 2}),
    "a masked array without any value": Case(
        {"square": SQUARE + "np.ma.masked_all(())"}, {"square": 2}),
    "times instead of numbers": Case(
        {"square": SQUARE + "np.datetime64('2026-11-30')"}, {"square": 2}),
}  # fmt: skip
KERNEL = TOLD | UNCOUNTED | NAMES | BROKEN
SLOW = ("a million areas of addresses",)  # needs a second by itself
