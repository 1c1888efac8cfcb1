"""Run the cells of one submission in the sandbox and ask for its answers.

If the process ends, everything starts again without the cell or the check that ended it.
"""

import time

from grader.checks import compare
from grader.sandbox.protocol import Gone

MOST_CELLS = 50  # reported in a result
REASONS = {
    "stopped": "it did not end, and could not be interrupted",
    "died": "it ended the process",
    "memory": "it took more memory than allowed",
    "nonsense": "it wrote into the grader's channel",
    "not run": "there was no time left",
}


class Execution:
    """The replies of one submission to its cells and checks.

    Parameters
    ----------
    template : `grader.sandbox.launcher.Template`
    plan : `grader.checks.plans.Plan`
    cells : list of (int or None, str)
        As in `grader.run.assemble.Assembled`.
    """

    def __init__(self, template, plan, cells):
        """Start with no replies."""
        self.template, self.plan, self.cells = template, plan, cells
        self.cell_replies, self.check_replies, self.output = {}, {}, ""
        self.removed, self.current = set(), None

    def run(self, limits):
        """Run the cells and ask for every check, with restarts."""
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
                # The output of the first run is enough.
                self.output = self.output or run.output.decode(errors="replace")
            if time.monotonic() > self.end:
                return

    def _ask(self, run, limits):
        """Run the cells, then ask for what is still unanswered."""
        for number, (_, source) in enumerate(self.cells):
            if number not in self.removed:
                self.current = number
                request = {"do": "cell", "source": source}
                seconds = self._seconds(limits.seconds_per_cell)
                self.cell_replies[number] = run.ask(request, seconds)
        run.hush()
        for number, item in enumerate(self.plan.items):
            for place, case in enumerate(item.cases):
                self.current = (number, place)
                if self.current not in self.check_replies:
                    seconds = self._seconds(limits.seconds_per_check)
                    self.check_replies[self.current] = run.ask(_request(item.check, case), seconds)

    def _seconds(self, most):
        """Return how long the next request may take."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise Gone("not run")
        return min(most, left)

    def _blame(self, reason):
        """Leave out the cell or the check that was running when the process ended."""
        if isinstance(self.current, tuple):
            number = self.current[0]
            for place in range(len(self.plan.items[number].cases)):
                self.check_replies[number, place] = {"state": reason}
        elif self.current is not None:
            self.removed.add(self.current)
            words = REASONS.get(reason, reason)
            self.cell_replies[self.current] = {"state": "removed", "error": words}

    def outcomes(self):
        """Decide every check."""
        return [
            compare.decide(
                item,
                [self.check_replies.get((number, place), {"state": "not run"})
                 for place in range(len(item.cases))],
            )
            for number, item in enumerate(self.plan.items)
        ]  # fmt: skip

    def failed_cells(self):
        """Return a report on each cell that did not simply run."""
        reports = []
        for number, reply in sorted(self.cell_replies.items()):
            if reply["state"] in ("error", "stopped", "removed"):
                reason = reply.get("error")
                reason = reason if isinstance(reason, str) else "it ran too long"
                reports.append({"number": self.cells[number][0], "state": reply["state"],
                                "reason": _printable(reason)})  # fmt: skip
        return reports[:MOST_CELLS]


def _request(check, case):
    """Return the request for one case of a check."""
    if check.kind == "call":
        return {"do": "call", "name": check.target, "tensors": check.tensors, **case.inputs}
    return {"do": "value", "name": check.target}


def _printable(text):
    """Return a short text of one line."""
    return "".join(c if c.isprintable() else " " for c in text[:300])
