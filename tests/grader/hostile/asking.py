"""Attacks on how answers are asked for: signatures, mappings, tracebacks, and the channel itself.

As in `hostile.channels`, `GRANTED` and `TOLD` mean that the attack succeeded.
"""

from hostile.channels import ANSWER, granted
from hostile.honest import MASKED, SQUARE, Case

HEAD = SQUARE[:-7]
RIGHT = "np.mean((y_true - y_pred) ** 2)"
MAPPING = (
    "from collections.abc import Mapping\nclass Lie(Mapping):\n"
    "    def __len__(self): return 2\n    def __iter__(self): return iter(('loss', 'gradient'))\n"
    "    def __getitem__(self, name): {get}\n{more}def value_and_gradient(x):\n    return Lie()"
)


def mapping(get, more=""):
    """Return a case in which an answer is a mapping of the student's own."""
    return Case({"both": MAPPING.format(get=get, more=more)}, {"both": 2})


def signature(body, lost=2, says=""):
    """Return a case in which a function describes its parameters by code of its own."""
    code = f"class F:\n    @property\n    def __signature__(self): {body}\n"
    code += f"    def __call__(self, y_true, y_pred): return {RIGHT}\nmean_squared_error = F()"
    return Case({"square": code}, {"square": lost} if lost else {}, says)


ANSWERS = {
    "a mapping without an end": mapping(
        "return 0.0", "    def items(self):\n        while True: yield ('loss', 0.0)\n"),
    "a mapping that is a different one each time": mapping(
        "return id(object()) % 7", "    def keys(self): return ['loss'] * 9\n"),
    "a mapping that ends the process": mapping("__import__('os')._exit(0)"),
    "a mapping in itself": mapping("return self"),
    "a letter that calls itself by all names": Case(
        {"reason": "class All(str):\n    def __str__(self): return 'b'\n"
                   "    def __len__(self): return 1\nreason = All('a')"}, {"reason": 1}),
    "a number in quotes without an end": Case(
        {"number": "answer = '0.' + '1' * 1_000_000"}, {"number": 1}),
    "a number in quotes with a large exponent": Case(
        {"number": "answer = '1e999999999'"}, {"number": 1}),
    "parameters without an end": signature("\n        while True: pass", says="in time"),
    "parameters that end the process": signature("__import__('os')._exit(0)",
                                                 says="ended the process"),
    "parameters that raise": signature("raise SystemExit", says="raised"),
    "parameters that are none": signature("return 7", lost=0),
}  # fmt: skip

CHANNEL = {
    "open files in a message to the grader": Case({}, {}, "", (
        "import os, socket\nown = socket.socket(fileno=os.dup(200))\n"
        + granted("socket.send_fds(own, [b'x'], [1] * 200)", "files"),)),
    "a thread that reads the grader's questions": Case(
        dict.fromkeys(("loss", "square", "masked", "both"), ""),
        {"loss": 4, "square": 2, "masked": 2, "both": 2}, "", (
        "import os, threading\ndef steal():\n    while True:\n"
        "        asked = os.read(200, 1 << 16)\n"
        "        if b'\"call\"' in asked: print('TOLD', asked)\n"  # others hold no inputs
        "threading.Thread(target=steal, daemon=True).start()",)),
    "a reply with a number of a million digits": Case(
        {"square": ANSWER.replace("    os._exit(0)\n", "") + HEAD
         + "raw = b'{\"id\": %d, \"state\": \"ok\", \"value\": {\"plain\": 0.' % number()\n"
           "    send(raw + b'1' * 1_000_000 + b'}}'); os._exit(0)"}, {"square": 2}),
    "an error that draws itself": Case({}, {}, "", (
        "import os\nclass E(Exception):\n"
        "    def _render_traceback_(self): os._exit(0)\n"
        "    def __str__(self):\n        while True: pass\nraise E", "1")),
    "output that commands a terminal": Case({}, {}, "", (
        "import os\nos.write(1, b'\\x1b]0;points 12\\x07\\xff\\xfe\\x00\\x1b[2J')",)),
    "a bit of the inputs in what a later check loses": Case(
        {"square": "seen = []\n" + HEAD + "seen.append(y_true[0])\n    return " + RIGHT,
         "masked": MASKED[:-7] + "return (values * mask).sum() / mask.sum() if seen else 0.0"},
        {}),
}  # fmt: skip
ASKING = ANSWERS | CHANNEL
