"""Attacks on what submissions share with each other and with the grader, each with its points.

A word in capitals in a cell's output or error means that the attack succeeded: `TOLD`, `GRANTED`
and `FOUND` are looked for by the test. All of these earn every point that is not listed.
"""

from hostile.honest import MASKED, SQUARE, Case

SHARED = "/packages/numpy/__init__.py"
LIB = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
FILE = f"import os, fcntl, mmap\nshared = os.open({SHARED!r}, os.O_RDONLY)\n"
SEND = "import json, os, struct\ndef send(raw):\n"
SEND += "    os.write(200, struct.pack('>I', len(raw)) + raw)\n"
# The id of the request that is being answered, as the worker knows it.
ANSWER = (
    SEND + "import sys\ndef number():\n    frame = sys._getframe()\n    while frame:\n"
    "        if 'request' in frame.f_locals and 'id' in frame.f_locals['request']:\n"
    "            return frame.f_locals['request']['id']\n        frame = frame.f_back\n"
    "def reply(**parts):\n    send(json.dumps({'id': number(), **parts}).encode())\n"
    "    os._exit(0)\n"
)


def granted(code, name="it"):
    """Return a cell that prints GRANTED if nothing refuses the code."""
    return f"try:\n    {code}\n    print('GRANTED {name}')\nexcept OSError as no:\n    print(no)"


def called(call, name):
    """Return a cell that calls the C library and prints GRANTED unless it returns -1."""
    return LIB + f"print('GRANTED {name}' if {call} >= 0 else ctypes.get_errno())"


def forged(**parts):
    """Return a case in which the function forges the reply to its own call."""
    code = ANSWER + SQUARE[:-7] + f"reply(**{parts!r})"
    return Case({"square": code}, {"square": 2})


# Replies of the wrong type: each is the fault of its own function alone.
FRAMES = {
    "an error that is a list": forged(state="error", error=[]),
    "an error that is a dict": forged(state="error", error={"a": 1}),
    "a reason that is a dict": forged(state="unreadable", error={}),
    "an error that is a number": forged(state="error", error=1e308),
    "an error of a megabyte": Case(
        {"square": ANSWER + SQUARE[:-7] + "reply(state='error', error='E' * 1_000_000)"},
        {"square": 2}),
    "a state that is a list": forged(state=["ok"], value={"plain": 0.0}),
    "a state that nobody knows": forged(state="graded", value={"plain": 0.0}),
    "a value that is a list": forged(state="ok", value=[["plain", 0.0]]),
    "a value that is missing": forged(state="ok"),
    "a value of two kinds": forged(state="ok", value={"plain": 0.0, "text": "x"}),
    "an array whose shape is text": forged(state="ok", value={"array": ["float64", "5", ""]}),
    "an array without end": forged(state="ok", value={"array": ["float64", [2**39, 0, 2**39], ""]}),
    "an array of true sizes": forged(
        state="ok", value={"array": ["float64", [True], "AAAAAAAA8D8="]}),
    "a dict within a dict": forged(state="ok", value={"dict": [[["a"], {"plain": 1}]]}),
    "points of its own": forged(state="ok", value={"plain": 0.0}, points=12, passed=True),
    "an id that is true": Case(
        {"square": SEND + SQUARE[:-7] + "send(b'{\"id\": true, \"state\": \"ok\"}'); os._exit(0)"},
        {"square": 2}),
    "a frame without an end": Case(
        {"square": SEND + SQUARE[:-7] + "os.write(200, struct.pack('>I', 99) + b'{'); os._exit(0)"},
        {"square": 2}),
    "two replies to one question": Case(
        {"square": ANSWER.replace("    os._exit(0)\n", "") + SQUARE[:-7]
         + "reply(state='ok', value={'plain': 0.0}); return 0.0"}, {"square": 2}),
    "a name that is not text": Case(
        {"square": "class M(type):\n    __name__ = property(lambda c: [])\n"
                   "class E(Exception, metaclass=M): pass\n" + SQUARE[:-7] + "raise E"},
        {"square": 2}),
    "an array as a choice": Case({"reason": "reason = np.arange(3)"}, {"reason": 1}),
    "numbers as a choice": Case({"reason": "reason = [1, 2]"}, {"reason": 1}),
    "a lone surrogate as an answer": Case({"number": "answer = '\\ud800'"}, {"number": 1}),
    "a number of ten thousand digits": Case({"number": "answer = 10**10_000"}, {"number": 1}),
}  # fmt: skip

# Ways to tell a different submission, or a later run of the same one, about hidden inputs.
SHARING = {
    "pages thrown out of the cache": Case({}, {}, "", (
        FILE + granted("os.posix_fadvise(shared, 0, 0, os.POSIX_FADV_DONTNEED)"),)),
    "pages read ahead": Case({}, {}, "", (
        called(f"libc.readahead(os.open({SHARED!r}, 0), 0, 4096)", "readahead"),)),
    "pages asked for without waiting": Case({}, {}, "", (
        FILE + granted("os.preadv(shared, [bytearray(1)], 0, os.RWF_NOWAIT)"),)),
    "pages counted in the cache": Case({}, {}, "", (
        FILE + "pages = mmap.mmap(shared, 4096, prot=mmap.PROT_READ)\n" + LIB +
        "address = ctypes.c_void_p(id(pages) & ~4095)\nstate = ctypes.create_string_buffer(9)\n"
        "print('GRANTED' if libc.mincore(address, 4096, state) == 0 else 'no')",
        called("libc.syscall(451, 3, 0, 0, 0)", "cachestat"))),
    "pages written back by advice": Case({}, {}, "", (
        FILE + "pages = mmap.mmap(shared, 4096, prot=mmap.PROT_READ)\n"
        "for advice in (3, 20, 21, 22):\n    try:\n        pages.madvise(advice)\n"
        "        print('GRANTED', advice)\n    except OSError: pass",)),
    "a lock on a shared file": Case({}, {}, "", (
        FILE + granted("fcntl.flock(shared, fcntl.LOCK_EX)"),)),
    "a lock on a part of a shared file": Case({}, {}, "", (
        FILE + granted("fcntl.lockf(shared, fcntl.LOCK_SH, 1, 5)"),)),
    "a lock of an open file": Case({}, {}, "", (
        FILE + "import struct\nlock = struct.pack('hhqqi4x', 0, 0, 0, 1, 0)\n"
        + granted("fcntl.fcntl(shared, 37, lock)"),)),
    "a lease on a shared file": Case({}, {}, "", (
        FILE + granted("fcntl.fcntl(shared, fcntl.F_SETLEASE, fcntl.F_RDLCK)"),)),
    "a watch on a shared folder": Case({}, {}, "", (
        called("libc.inotify_init()", "inotify"), called("libc.inotify_init1(0)", "inotify"),
        "import os, fcntl\nfolder = os.open('/packages', 0)\n"
        + granted("fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS)"))),
    "a flush of all disks": Case({}, {}, "", (
        called("libc.syncfs(os.open('/packages/numpy/__init__.py', 0))", "syncfs"),)),
    "counters of the machine": Case({}, {}, "", (
        "for name in ('meminfo', 'vmstat', 'locks', 'loadavg', 'stat', 'uptime'):\n    try:\n"
        "        text = open('/proc/' + name).read()\n        if text: print('FOUND', text[:99])\n"
        "    except OSError: pass",)),
    "paths of the teacher": Case({}, {}, "", (
        "for name in ('mountinfo', 'mounts', 'maps', 'cgroup', 'io'):\n    try:\n"
        "        print('FOUND', open('/proc/self/' + name).read()[:99])\n"
        "    except OSError: pass",)),
    "a note in the temporary folder": Case(
        {"square": "import os, glob\n" + SQUARE[:-7] + "open('/tmp/note', 'w').write(str(y_true))\n"
                   "    os._exit(0)"}, {"square": 2}, "", (
        "import glob\nfor name in glob.glob('/tmp/note') + glob.glob('/dev/shm/*'):\n"
        "    raise RuntimeError('TOLD ' + open(name).read())",)),
    "a note in the message queues": Case({}, {}, "", (
        called("libc.msgget(7, 0o1666)", "msgget"), called("libc.semget(7, 1, 0o1666)", "semget"),
        called("libc.shmget(7, 4096, 0o1666)", "shmget"))),
    "a note in the time stamps": Case({}, {}, "", (
        "import os\nfor place in ('/packages', '/grader', '/tmp/..', '/grader/worker.py'):\n"
        "    before = os.stat(place).st_mtime_ns\n    try:\n        os.utime(place, (1, 1))\n"
        "    except OSError: pass\n"
        "    if os.stat(place).st_mtime_ns != before: print('GRANTED', place)",)),
    "a note in the name of the machine": Case({}, {}, "", (
        "import socket\ntry:\n    socket.sethostname('told')\n    print('GRANTED')\n"
        "except (OSError, AttributeError): pass",)),
    "the name of an error": Case(
        {"square": SQUARE[:-7] + "kinds = [KeyError, OSError, ValueError]\n"
                                 "    raise kinds[int(abs(y_true[0]) * 1e6) % 3]('TOLD')"},
        {"square": 2}, "raised"),
    "a different mistake for each input": Case(
        {"square": SQUARE + "[np.sum, np.max, np.square][int(abs(y_true[0]) * 1e6) % 3](y_true)"},
        {"square": 2}),
    "right for practice alone": Case(
        {"square": "calls = []\n" + SQUARE[:-7] + "calls.append(1)\n"
                   "    return np.mean((y_true - y_pred) ** 2) if len(calls) == 1 else 0.0"},
        {"square": 2}, "right for practice inputs"),
    "wrong for practice alone": Case(
        {"square": "calls = []\n" + SQUARE[:-7] + "calls.append(1)\n"
                   "    return 0.0 if len(calls) == 1 else np.mean((y_true - y_pred) ** 2)"}, {}),
    "state between two checks": Case(
        {"square": "seen = []\n" + SQUARE[:-7] + "seen.append(str(y_true))\n"
                   "    return np.mean((y_true - y_pred) ** 2)",
         "masked": MASKED[:-7] + "raise KeyError('TOLD ' + ''.join(seen))"},
        {"masked": 2}, "KeyError"),
}  # fmt: skip

# Memory that no limit of a process counts.
MEMORY = {
    "memory shared without a file": Case({}, {}, "", (
        "import mmap\n" + granted("mmap.mmap(-1, 4096)"),
        "import mmap\ntry:\n    zero = open('/dev/zero', 'r+b')\n"
        "    mmap.mmap(zero.fileno(), 4096)\n    print('GRANTED')\n"
        "except (OSError, ValueError): pass")),
    "larger buffers of sockets": Case({}, {}, "", (
        "import socket\na, b = socket.socketpair()\n" + granted("a.setsockopt(1, 7, 1 << 24)"),)),
    "sockets in messages": Case({}, {}, "", (
        "import socket\na, b = socket.socketpair()\n"
        + granted("socket.send_fds(a, [b'x'], [b.fileno()])"),)),
    "sockets that nobody accepts": Case({}, {}, "", (
        "import socket\n" + granted("socket.socket(socket.AF_UNIX).bind('\\0many')"),)),
    "buffers of many sockets": Case({}, {}, "ran too long", (
        "import os, socket, time\nfor _ in range(12):\n    if os.fork() == 0:\n        kept = []\n"
        "        try:\n            while True:\n                pair = socket.socketpair()\n"
        "                kept.append(pair)\n                for end in pair:\n"
        "                    end.setblocking(False)\n                    end.send(bytes(150_000))\n"
        "        except OSError: pass\n        time.sleep(60)\ntime.sleep(60)",)),
    "larger pipes": Case({}, {}, "", (
        "import os, fcntl\nr, w = os.pipe()\n" + granted("fcntl.fcntl(w, 1031, 1 << 20)"),)),
    "pages in pipes": Case({}, {}, "", (
        LIB + "r, w = os.pipe()\npage = ctypes.create_string_buffer(4096)\n"
        "vector = (ctypes.c_size_t * 2)(ctypes.addressof(page), 4096)\n"
        "print('GRANTED' if libc.vmsplice(w, vector, 1, 0) > 0 else 'no')",)),
    "a process that hides its memory": Case({}, {}, "", (
        called("libc.prctl(4, 0, 0, 0, 0)", "dumpable"),)),
    "rings of requests": Case({}, {}, "", (
        LIB + "ring = ctypes.c_ulong(0)\n"
        "print('GRANTED' if libc.syscall(206, 1000, ctypes.byref(ring)) == 0 else 'no')",)),
}  # fmt: skip

CHANNELS = FRAMES | SHARING | MEMORY
# What a container cannot hide: the files that describe the process itself.
ONLY_BUBBLEWRAP = ("paths of the teacher",)
