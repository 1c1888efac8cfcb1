"""Attacks within Python: what the worker uses is replaced, and answers lie about what they are.

As in `hostile.channels`, `FOUND` means that the attack succeeded.
"""

from hostile.honest import SQUARE, Case

HEAD = SQUARE[:-7]
ZERO = HEAD + "return 0.0\n"
WALK = (
    "import gc\nfor thing in gc.get_objects():\n"
    "    if isinstance(thing, dict) and {'expected', 'because'} & set(map(str, thing)):\n"
    "        print('FOUND')\n"
    "    if type(thing).__name__ in ('Check', 'Plan', 'Item', 'Case', 'Execution'):\n"
    "        print('FOUND')"
)
FRAMES = (
    "import sys\n" + HEAD + "frame = sys._getframe()\n    while frame:\n"
    "        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:\n"
    "            if hasattr(value, 'expected'): return value.expected\n"
    "        frame = frame.f_back\n    return 0.0"
)


def zero(*cells):
    """Return a case with a wrong function and cells that should make it count."""
    return Case({"square": ZERO}, {"square": 2}, "", cells)


def lies(kind, value="Lie()"):
    """Return a case in which a function returns an object of a class."""
    return Case({"square": f"{kind}\n{HEAD}return {value}"}, {"square": 2})


LOOKING = {
    "looks for expected values in all objects": zero(WALK),
    "looks for expected values in all frames": Case({"square": FRAMES}, {"square": 2}),
    "watches every line for expected values": zero(
        "import sys\ndef trace(frame, event, arg):\n"
        "    if 'expected' in frame.f_locals: print('FOUND')\n    return trace\n"
        "sys.settrace(trace)"),
    "hears every import": zero(
        "import sys\nclass Hook:\n    def find_spec(self, name, path=None, target=None):\n"
        "        if 'grader' in name: print('FOUND', name)\nsys.meta_path.insert(0, Hook())\n"
        "sys.path.clear(); sys.path_importer_cache.clear()"),
    "runs at the end": zero(
        "import atexit, os\natexit.register(os.write, 200, b'x' * 100)\n"
        "atexit.register(print, 'points 12')"),
    "changes its answers from a thread": zero(
        "import threading, time\ndef swap():\n    while True:\n"
        "        globals().update(answer=0.0, mean_squared_error=lambda **_: 0.0)\n"
        "        time.sleep(0.0005)\nthreading.Thread(target=swap, daemon=True).start()"),
    "replaces the questions about types": zero(
        "import builtins\nbuiltins.isinstance = builtins.callable = lambda *_: True"),
}  # fmt: skip

LYING = {
    "an array that NumPy's functions do not see": lies(
        "class Lie(np.ndarray):\n    def __array_function__(self, *_): return True\n"
        "    def __array_ufunc__(self, *_, **__): return np.True_\n"
        "    def __eq__(self, other): return True\n    shape = property(lambda self: ())",
        "np.zeros(3).view(Lie)"),
    "an array that hides its size": lies(
        "class Lie(np.ndarray):\n    nbytes = property(lambda self: 8)",
        "np.zeros(20_000_000).view(Lie)"),
    "an array at an address": lies(
        "class Lie:\n    __array_interface__ = {'shape': (2**20,), 'typestr': '<f8', "
        "'data': (8, True), 'version': 3}", "[Lie(), 1.0]"),
    "a tensor that is itself": lies(
        "class Lie:\n    def numpy(self): return self\n    def __array__(self, *_): return 0"),
    "a list without an end": lies(
        "class Lie(list):\n    def __len__(self): return 10**12\n    def __iter__(self):\n"
        "        while True: yield 0.0"),
    "a number without an end": lies(
        "class Lie(float):\n    def __float__(self):\n        while True: pass", "Lie(0.0)"),
    "a sequence without an end": lies(
        "import collections.abc\nclass Lie(collections.abc.Sequence):\n"
        "    def __len__(self): return 1\n    def __getitem__(self, place): return 0.0"),
    "a number that is not one": lies(
        "import numbers\nclass Lie:\n    def __float__(self): return 'x'\n"
        "numbers.Real.register(Lie)"),
    "a number whose difference is nothing": Case({
        "number": "class Near(float):\n    def __sub__(self, other): return 0.0\n"
                  "    __rsub__ = __sub__\n    def __abs__(self): return 0.0\nanswer = Near(5)",
    }, {"number": 1}),
    "a text that turns into the right letter": Case({
        "reason": "class Text(str):\n    def strip(self, *_): return 'b'\n"
                  "    lower = casefold = __str__ = strip\nreason = Text('zz')",
    }, {"reason": 1}),
    "all letters": Case({"reason": "reason = {'a', 'b', 'c', 'd'}"}, {"reason": 1}),
    "names that are made when asked for": Case(
        {"number": "def __getattr__(name): return 0.693"}, {"number": 1}),
    "modules named like those of the worker": zero(
        "for name in ('numpy', 'json', 'sitecustomize'):\n"
        "    open(f'{name}.py', 'w').write('raise SystemExit')"),
    "a dict with other items": Case(
        {"both": "class Lie(dict):\n    def items(self): return [('loss', 0), ('gradient', 0)]\n"
                 "def value_and_gradient(x):\n    return Lie()"}, {"both": 2}),
}  # fmt: skip

# They break their own process only; what is right stays right.
BREAKING = {
    "errors within errors": Case({}, {}, "", (
        "error = ValueError('x')\nfor _ in range(50_000):\n"
        "    error = ExceptionGroup('group', [error])\nraise error",)),
    "errors that cause each other": Case({}, {}, "", (
        "a, b = ValueError('a'), ValueError('b')\na.__cause__, b.__cause__ = b, a\nraise a",)),
    "an error in a file of the teacher": Case({}, {}, "", (
        "raise SyntaxError('x', ('/etc/passwd', 10**9, 10**9, 'text\\n' * 10**5))",)),
    "no built-in functions in its own cells": Case({}, {}, "", ("__builtins__ = {}",)),
    "built-in functions that are gone": Case({}, {}, "", (
        "import builtins\nfor name in ('len', 'type', 'dict', 'getattr', 'map', 'sorted'):\n"
        "    setattr(builtins, name, None)",)),
    "blank lines without an end": Case({}, {}, "", ("\n" * 190_000 + "x = 1",)),
    "a transformer that empties later cells": Case({}, {}, "", (
        "import ast\nclass Empty(ast.NodeTransformer):\n"
        "    def visit_Module(self, node):\n        node.body = []\n        return node\n"
        "get_ipython().ast_transformers.append(Empty())",)),
    "every signal handled": Case({}, {}, "", (
        "import signal\nfor number in range(1, 65):\n    try:\n"
        "        signal.signal(number, lambda *_: None)\n    except (OSError, ValueError): pass\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)",)),
    "a trace that fails": Case({}, {}, "", (
        "import sys\ndef trace(*_): raise RuntimeError\nsys.settrace(trace)",)),
    "a profile that fails": Case({}, {}, "", (
        "import sys\ndef profile(*_): raise RuntimeError\nsys.setprofile(profile)",)),
    "modes that cannot be set": Case({}, {}, "", (
        "import warnings\nnp.seterr = np.geterr = None\nwarnings._filters_mutated = None",)),
}  # fmt: skip

OBJECTS = LOOKING | LYING | BREAKING
