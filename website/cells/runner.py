"""Run the cells of a page in Pyodide: what is printed, the value of the last line, the error.

Any other Python runs it too, and so do the tests.
"""

import ast
import contextlib
import json
import linecache
import time
import traceback

NAMES = {"__name__": "__main__"}  # what the cells define
LIMIT = 200_000  # characters that one cell may print to the page
PAUSE = 0.05  # seconds between two messages of printed text
AT_ONCE = 100  # lines that are sent at once: a loop that never ends has shown them


class Printed:
    """A stream whose text goes to the page, in pieces that it can keep up with."""

    def __init__(self, name, show):
        self.name, self.show = name, show
        self.parts, self.room, self.lines, self.sent = [], LIMIT, 0, time.monotonic()

    def write(self, text):
        """Take text; send it if it ends one of the first lines, or the last was some time ago."""
        if self.room > 0:
            self.parts.append(text[: self.room])
            self.room -= len(text)
            self.lines += text.count("\n")
            first = text.endswith("\n") and self.lines <= AT_ONCE
            if first or time.monotonic() - self.sent > PAUSE:
                self.flush()
        return len(text)

    def flush(self):
        """Send what was written; a `show` that flushes this stream in its turn finds it empty."""
        parts, self.parts, self.sent = self.parts, [], time.monotonic()
        if parts:
            self.show(
                json.dumps({"output_type": "stream", "name": self.name, "text": "".join(parts)})
            )


@contextlib.contextmanager
def printed(show):
    """Send what is printed in a block to the page."""
    out, err = Printed("stdout", show), Printed("stderr", show)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield
    finally:
        out.flush(), err.flush()


def run(code, number, show, names=NAMES):
    """Run a cell; `show` gets each output as JSON in the form of a notebook. Return ok or error."""
    name = f"<cell {number}>"
    linecache.cache[name] = len(code), None, code.splitlines(keepends=True), name
    try:
        with printed(show):
            text = _text(ast.parse(code, name), name, names)
    except BaseException as error:  # a cell may exit or interrupt, but it must not end this
        show(json.dumps(_readable(error, name)))
        return "error"
    if text is not None:
        show(json.dumps({"output_type": "execute_result", "data": {"text/plain": text}}))
    return "ok"


def _text(tree, name, names):
    """Execute a parsed cell; return its last line's value as text, if that is an expression."""
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), names)
    value = eval(compile(ast.Expression(last.value), name, "eval"), names) if last else None
    return None if value is None else repr(value)


def _readable(error, name):
    """Return an error as a notebook stores it, and the line of the cell that it comes from."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [place for place, frame in enumerate(frames) if frame.filename == name]
    first = own[0] if own else len(frames)
    line = frames[own[-1]].lineno if own else getattr(error, "lineno", None)
    shown = traceback.TracebackException.from_exception(error)
    shown.stack = traceback.StackSummary.from_list(frames[first:])
    reason = getattr(error, "msg", str(error)) if isinstance(error, SyntaxError) else str(error)
    lines = "".join(shown.format()).splitlines()
    kind = type(error).__name__
    return {
        "output_type": "error",
        "ename": kind,
        "evalue": reason,
        "traceback": lines,
        "line": line,
    }
