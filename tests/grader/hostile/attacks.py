"""Hostile submissions: each must earn the points of its honest answers, and no more.

`OUTSIDE` stands for a folder of the test that is not part of any sandbox.
"""

from hostile.honest import MASKED, SQUARE, Case

CALLED = {"loss": 4, "square": 2, "masked": 2, "both": 2}
ZERO = "def mean_squared_error(y_true, y_pred):\n    return 0.0\n"
LIB = "import ctypes\nlibc = ctypes.CDLL(None)\n"
CHANNEL = "import os, json, struct, base64, sys\ndef send(raw):\n    os.write(200, raw)\n"
ANY = (
    "type('Any', (float,), {'__eq__': lambda s, o: True, '__hash__': float.__hash__, "
    "'__sub__': lambda s, o: 0.0, '__rsub__': lambda s, o: 0.0, '__abs__': lambda s: 0.0})"
)

# They end the process or never end: their own cell or function is lost, the rest counts.
BREAKS = {
    "os._exit in a cell": Case({}, {}, "it ended the process", ("import os\nos._exit(0)",)),
    "os._exit in a function": Case({"square": SQUARE + "__import__('os')._exit(0)"},
                                   {"square": 2}, "ended the process"),
    "a crash in C": Case({}, {}, "it ended the process", ("import ctypes\nctypes.string_at(8)",)),
    "an uninterruptible loop in C": Case({}, {}, "could not be interrupted", (
        "max(range(10**14))",)),
    "a loop that swallows interrupts": Case({}, {}, "", (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",)),
    "a loop that takes the alarm away": Case({}, {}, "could not be interrupted", (
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass",)),
    "a function that swallows interrupts": Case(
        {"square": SQUARE[:-7] + "while True:\n        try:\n            while True: pass\n"
                                 "        except BaseException: pass"}, {"square": 2}, "in time"),
    "sleeps for ever": Case({}, {}, "", ("import time\ntime.sleep(1e6)",)),
    "recursion without a limit": Case({}, {}, "", (
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return [*map(f, [n])]\nf(0)",)),
    "a fork bomb": Case({}, {}, "", (
        "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",)),
    "a thread bomb": Case({}, {}, "", (
        "import threading, time\nfor _ in range(10**5):\n"
        "    threading.Thread(target=time.sleep, args=(99,)).start()",)),
    "100 GB at once": Case({}, {}, "MemoryError", ("kept = np.ones(10**11 // 8)",)),
    "memory piece by piece": Case({}, {}, "", (
        "kept = []\nwhile True:\n    kept.append(b'x' * 10**7)",)),
    "memory in many processes": Case({}, {}, "more memory than allowed", (
        "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
        "        kept = b'x' * 300_000_000\n        time.sleep(60)\ntime.sleep(60)",)),
    "memory in hidden places": Case({}, {}, "", (
        LIB + "print(libc.memfd_create(b'x', 0), libc.shmget(0, 1 << 34, 0o1600))",)),
    "a full disk": Case({}, {}, "", ("for k in range(99):\n"
        "    open(f'/tmp/{k}', 'wb').write(bytes(10**7))",)),
    "a million files": Case({}, {}, "", ("for k in range(10**6): open(f'/tmp/{k}', 'w').close()",)),
    "a flood of output": Case({}, {}, "", ("for _ in range(10**5): print('x' * 1000)",)),
    "an endless flood of output": Case({}, {}, "ran too long", ("while True: print('x' * 1000)",)),
    "an answer of 400 MB": Case({"square": SQUARE + "np.zeros(5 * 10**7)"}, {"square": 2},
                                "too large"),
    "an answer within an answer": Case(
        {"square": SQUARE[:-7] + "a = []\n    a.append(a)\n    return a"}, {"square": 2}),
    "kills its parent and everybody": Case({}, {}, "", (
        "import os, signal\nfor pid in (os.getppid(), 1, -1, 0):\n    try: os.kill(pid, 9)\n"
        "    except (OSError, ValueError) as problem: print(problem)",)),
    "stops itself": Case({}, {}, "", ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",)),
    "breaks json, struct, base64 and time": Case({}, {}, "", (
        "import json, struct, base64, time\njson.dumps = json.loads = struct.pack = None\n"
        "base64.b64encode = None\ntime.monotonic = lambda: 0", )),
    "threads that are left running": Case({}, {}, "", (
        "import threading\ndef spin():\n    while True: pass\n"
        "for _ in range(4): threading.Thread(target=spin, daemon=True).start()",)),
}  # fmt: skip

# They try to get points that they have not earned.
CHEATS = {
    "prints and displays a score": Case({"square": ZERO}, {"square": 2}, "", (
        "from IPython.display import display, JSON\nprint('score: 12/12')\n"
        "display(JSON({'points': 12, 'state': 'graded'}))\n12.0",)),
    "answers that equal everything": Case(
        {"square": f"Any = {ANY}\n" + SQUARE + "Any(0)", "number": f"answer = {ANY}(0)"},
        {"square": 2, "number": 1}),
    "raises in __eq__": Case(
        {"number": "class Bad(float):\n    def __eq__(self, other): raise RuntimeError\n"
                   "answer = Bad(0)"}, {"number": 1}),
    "pickles with side effects": Case(
        {"number": "class Bad:\n    def __reduce__(self):\n        return (eval, ('1/0',))\n"
                   "answer = Bad()"}, {"number": 1}, "an object"),
    "an array of objects": Case(
        {"number": "answer = np.array([lambda: 1, {}], dtype=object)"}, {"number": 1}),
    "a tensor that lies": Case(
        {"number": "class T:\n    def numpy(self): raise SystemExit\nanswer = T()"}, {"number": 1}),
    "overwrites numpy": Case({"square": ZERO}, {"square": 2}, "", (
        "np.isclose = np.allclose = np.array_equal = np.abs = lambda *a, **k: True\n"
        "np.ndarray.__doc__", )),
    "overwrites assert and the checks": Case({"square": ZERO}, {"square": 2}, "", (
        "import builtins, sys, types\nfake = types.ModuleType('grader.checks.declare')\n"
        "fake.check = lambda *a, **k: None\nsys.modules['grader.checks.declare'] = fake\n"
        "builtins.check = builtins.emit = lambda *a, **k: 12", )),
    # Its variables are read before that.
    "overwrites the worker": Case({"square": ZERO}, CALLED, "", (
        "import gc\nfor thing in gc.get_objects():\n    if type(thing).__name__ == 'Answers':\n"
        "        thing.encoded = lambda value: {'state': 'ok', 'value': {'plain': True}, "
        "'points': 99}", )),
    "writes into the channel": Case(dict.fromkeys(("loss", "square", "masked", "both"), ""),
        {"loss": 4, "square": 2, "masked": 2, "both": 2}, "channel", (
        CHANNEL + "for n in range(1, 40):\n"
        "    data = json.dumps({'id': n, 'state': 'ok', 'value': {'plain': 1.0}}).encode()\n"
        "    send(struct.pack('>I', len(data)) + data)", )),
    "sends a length of 4 GB": Case({}, {}, "channel", (CHANNEL + "send(b'\\xff' * 8)", )),
    "sends no JSON": Case({}, {}, "channel", (CHANNEL + "send(b'\\0\\0\\0\\3{[}')", )),
    "sends JSON that is too deep": Case({}, {}, "channel", (
        CHANNEL + "send(struct.pack('>I', 10**5) + b'[' * 10**5)", )),
    "sends what cannot be a value": Case(
        {"square": CHANNEL + SQUARE[:-7] +
         "data = json.dumps({'id': 12, 'state': 'ok', 'value': {'array': ['float64', [2**62, 4],"
         " 'x']}}).encode()\n    return send(struct.pack('>I', len(data)) + data)"},
        {"square": 2}),
    "reads the grader": Case({"square": ZERO}, {"square": 2}, "", (
        "import os\nfor top in ('OUTSIDE', '/root', '/home', '/work', '/tmp/w'):\n"
        "    for root, dirs, files in os.walk(top):\n        for name in files:\n"
        "            if name.endswith('.ipynb') or name == 'secret': print('FOUND', root, name)",
        "import os\nfor pid in os.listdir('/proc'):\n    if pid.isdigit() and int(pid) > 5:\n"
        "        print('FOUND process', pid)", )),
    "reads the inputs and guesses": Case(
        {"square": SQUARE + "float(np.abs(y_true).sum() + len(y_pred))"}, {"square": 2}),
    "returns its inputs": Case({"masked": MASKED + "values, mask"}, {"masked": 2}),
    "tells the inputs in its errors": Case(
        {"square": SQUARE[:-7] + "raise type('E' + y_true.tobytes().hex(), (ValueError,), {})("
                                 "'TOLD ' + str(y_true))"},
        {"square": 2}, "an error defined by the student"),
    "tells the inputs in its shape": Case(
        {"square": SQUARE + "np.zeros((7, abs(int(y_true[0] * 1000)) % 97 + 11))"},
        {"square": 2}, "a different shape"),
    "prints the inputs": Case(
        {"square": SQUARE[:-7] + "print('TOLD', y_true)\n"
                                 "    return np.mean((y_true - y_pred) ** 2)"}, {}),
    "writes outside": Case({}, {}, "", (
        "import os\nplaces = ['OUTSIDE', '/', '/dev', '/grader', '/packages', '/usr',"
        " '/etc', '/var', '/root', '/work', '/python', '/python/lib', '/run', '/proc']\n"
        "for place in places:\n    try:\n"
        "        open(os.path.join(place, 'trace-of-a-student'), 'w').write('x')\n"
        "        print('WROTE', place)\n    except OSError: pass", )),
    "opens sockets": Case({}, {}, "", (
        "import socket\nfor family, address in ((2, ('1.1.1.1', 53)), (2, ('127.0.0.1', 22)),"
        " (40, (2, 1024)), (16, (0, 0)), (17, ('lo', 0)), (38, ('hash', 'md5'))):\n    try:\n"
        "        s = socket.socket(family, 1)\n        s.settimeout(1)\n"
        "        s.connect(address)\n"
        "        print('CONNECTED', family)\n    except (OSError, TypeError) as problem:\n"
        "        print(problem)", )),
    "asks the kernel for more": Case({}, {}, "", (
        LIB + "import os\nname = ctypes.c_char_p(b'/tmp')\n"
        "for what, result in (('unshare', libc.unshare(0x10000000)), "
        "('clone', libc.syscall(56, 0x10000011, 0, 0, 0, 0)), ('setns', libc.setns(0, 0)), "
        "('mount', libc.mount(b'none', b'/tmp', b'tmpfs', 0, 0)), ('ptrace', libc.ptrace(0, 0)), "
        "('chroot', libc.chroot(b'/tmp')), ('setuid', libc.setuid(0)), "
        "('umount', libc.umount2(b'/proc', 2)), ('keyctl', libc.syscall(250, 0, -3, 1))):\n"
        "    if result == 0: print('GRANTED', what)\n"
        "    if result > 0 and what == 'clone': print('GRANTED', what)", )),
    "leaves processes behind": Case({}, {}, "", (
        "import os, time, signal\nif os.fork() == 0:\n    os.setsid()\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    if os.fork() == 0:\n"
        "        while True: time.sleep(0.1)\n    os._exit(0)", )),
    "defines its answers by a hook on names": Case({"square": ZERO}, {"square": 2}, "", (
        "class Names(dict):\n    def __getitem__(self, name): return 0\n"
        "get_ipython().user_ns.update(points=12, state='graded')", )),
}  # fmt: skip
