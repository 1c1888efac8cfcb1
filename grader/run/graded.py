"""Ask one submission everything; where its process ends, go on without what ended it."""

import time

from grader.checks import compare
from grader.sandbox.protocol import Gone

TOLD = 50  # cells of which something is told
REASONS = {
    "stopped": "it did not end, and could not be interrupted",
    "died": "it ended the process",
    "memory": "it took more memory than allowed",
    "nonsense": "it wrote into the grader's channel",
    "not run": "there was no time left",
}


class Graded:
    """One submission being graded: what its cells did, and what its checks brought."""

    def __init__(self, template, plan, submission):
        """Begin with nothing asked."""
        self.template, self.plan, self.submission = template, plan, submission
        self.cells, self.replies, self.output = {}, {}, ""
        self.removed, self.place = set(), None

    def run(self, limits):
        """Ask everything; where the process ends, begin again without what ended it."""
        self.end = time.monotonic() + limits.seconds
        for _ in range(limits.restarts):
            run = self.template.run()
            try:
                self._ask(run, limits)
                return
            except Gone as gone:
                self._blame(str(gone))
            finally:
                run.close()
                # What the cells of the first run printed is enough.
                self.output = self.output or run.output.decode(errors="replace")
            if time.monotonic() > self.end:
                return

    def _ask(self, run, limits):
        """Run the cells, then ask for what was not yet told."""
        for number, (_, source) in enumerate(self.submission.cells):
            if number not in self.removed:
                self.place = number
                request = {"do": "cell", "source": source}
                self.cells[number] = run.ask(request, self._seconds(limits.seconds_per_cell))
        run.hush()
        for number, item in enumerate(self.plan.items):
            for case, drawn in enumerate(item.cases):
                self.place = (number, case)
                if self.place not in self.replies:
                    request = _request(item.check, drawn)
                    reply = run.ask(request, self._seconds(limits.seconds_per_check))
                    self.replies[self.place] = reply

    def _seconds(self, most):
        """Return how long the next request may take."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise Gone("not run")
        return min(most, left)

    def _blame(self, reason):
        """Leave out what was asked when the process ended."""
        if isinstance(self.place, tuple):
            number = self.place[0]
            for case in range(len(self.plan.items[number].cases)):
                self.replies[number, case] = {"state": reason}
        elif self.place is not None:
            self.removed.add(self.place)
            self.cells[self.place] = {"state": "removed", "error": REASONS.get(reason, reason)}

    def outcomes(self):
        """Decide every check."""
        return [
            compare.decide(
                item,
                [self.replies.get((number, case), {"state": "not run"})
                 for case in range(len(item.cases))],
            )
            for number, item in enumerate(self.plan.items)
        ]  # fmt: skip

    def told_cells(self):
        """Return what happened in the cells that did not simply run."""
        told = []
        for number, reply in sorted(self.cells.items()):
            if reply["state"] in ("error", "stopped", "removed"):
                reason = reply.get("error")
                reason = reason if isinstance(reason, str) else "it ran too long"
                position = self.submission.cells[number][0]
                told.append({"number": position, "state": reply["state"],
                             "reason": _printable(reason)})  # fmt: skip
        return told[:TOLD]


def _request(check, case):
    """Return what the student's process is asked."""
    if check.kind == "call":
        return {"do": "call", "name": check.target, "tensors": check.tensors, **case.inputs}
    return {"do": "value", "name": check.target}


def _printable(text):
    """Return a short text of one line."""
    return "".join(c if c.isprintable() else " " for c in text[:300])
