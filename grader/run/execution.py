"""Run the cells of one submission in the sandbox and ask for its answers.

First come the cells, and after each question's own cell its variables are read and its functions
are kept. Then each function is called with practice inputs, which are not secret: they explain what
is wrong. Only then come the hidden inputs, which decide between right and wrong, and say no more.
From the first call on, nothing that a cell prints or raises reaches a result.

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
UNWRITTEN = "NotImplementedError"
MISSING_NAME, MISSING_MODULE = "raised NameError", ("ModuleNotFoundError", "ImportError")
# What Python says about 0,05, where it sees the numbers 0 and 05.
LEADING_ZEROS = "SyntaxError: leading zeros in decimal integer literals"
COMMA = "SyntaxError: a number begins with zeros; write a decimal point, 0.05, not a comma, 0,05"
LOST = {"stopped", "died", "memory", "nonsense", "not run"}


class Execution:
    """The replies of one submission to its cells and checks.

    Parameters
    ----------
    template : `grader.sandbox.launcher.Template`
    plan, practice : `grader.checks.plans.Plan`
        The same checks, with hidden inputs and with inputs that are not secret.
    assembled : `grader.run.assemble.Assembled`
    """

    def __init__(self, template, plan, practice, assembled):
        """Start with no replies."""
        self.template, self.plan, self.practice = template, plan, practice
        self.cells, self.own = assembled.cells, assembled.own
        self.cell_replies, self.output = {}, ""
        self.early, self.practice_replies, self.hidden_replies = {}, {}, {}
        self.removed, self.current, self.called = set(), (None, None), False
        self.unwritten = set()

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
                # The output of the first run is enough; a later one could hold hidden inputs.
                self.output = self.output or run.output.decode(errors="replace")
            if time.monotonic() > self.end:
                return

    def _ask(self, run, limits):
        """Run the cells, then ask for what is still unanswered."""
        if self.called:
            run.hush()
        for place, cell in enumerate(self.cells):
            if place not in self.removed:
                request = {"do": "cell", "source": cell.source}
                reply = self._reply(run, request, limits.seconds_per_cell, "cell", place)
                self.cell_replies |= {} if self.called else {place: reply}
            self._after_cell(run, limits, place)
        self._after_cell(run, limits, None)
        run.hush()
        self.called = True
        self._calls(run, limits, self.practice, self.practice_replies, "practice")
        self._calls(run, limits, self.plan, self.hidden_replies, "hidden")

    def _after_cell(self, run, limits, place):
        """Read the variables and keep the functions of the questions that a cell completes."""
        for number, item in enumerate(self.plan.items):
            if place is None and not _is_written(self.early.get(number)):
                self._early(run, limits, number, item, "value")
            elif place is not None and place == max(self.own.get(item.question, []), default=-1):
                self._early(run, limits, number, item, "keep")

    def _early(self, run, limits, number, item, do):
        """Ask for a variable once, and keep a function in every run."""
        name, seconds = item.check.target, limits.seconds_per_check
        if item.check.kind != "call":
            if not (self.called or _is_written(self.early.get(number))):
                request = {"do": "value", "name": name}
                self.early[number] = self._reply(run, request, seconds, "early", number)
        elif do == "keep" and number not in self.early:
            request = {"do": "keep", "name": name, "place": _place(item)}
            self._reply(run, request, seconds, "early", number)

    def _calls(self, run, limits, plan, replies, stage):
        """Call each function with the inputs of a plan."""
        for number, item in enumerate(plan.items):
            if item.check.kind != "call" or number in self.early:
                continue
            for place, case in enumerate(item.cases):
                if (number, place) not in replies and not self._hopeless(number, place):
                    replies[number, place] = self._call(run, limits, stage, number, place, case)

    def _call(self, run, limits, stage, number, place, case):
        """Call a function as its own cell left it, or if that left a stub, as it is at the end."""
        request, seconds = _request(self.plan.items[number], case), limits.seconds_per_check
        request |= {"place": ""} if number in self.unwritten else {}
        reply = self._reply(run, request, seconds, stage, (number, place))
        if reply.get("error") != UNWRITTEN or number in self.unwritten or stage != "practice":
            return reply
        self.unwritten.add(number)
        return self._call(run, limits, stage, number, place, case)

    def _hopeless(self, number, place):
        """Tell whether a function did not even end with practice inputs."""
        return self.practice_replies.get((number, place), {}).get("state") in LOST

    def _reply(self, run, request, most, stage, place):
        """Return the reply to a request, and remember what was asked if there is none."""
        self.current = stage, place
        left = self.end - time.monotonic()
        if left <= 0:
            raise Gone("not run")
        reply = run.ask(request, min(most, left))
        run.ask({"do": "ping"}, most)  # what replies and then ends the process is blamed for that
        return reply

    def _blame(self, reason):
        """Leave out the cell or the check that was running when the process ended."""
        stage, place = self.current
        if stage == "cell":
            self.removed.add(place)
            if not self.called:
                words = REASONS.get(reason, reason)
                self.cell_replies[place] = {"state": "removed", "error": words}
        elif stage == "early" and self.called:
            return  # a cell that knows hidden inputs could tell them by what it ends
        elif stage == "early":
            self.early[place] = {"state": reason}
        elif stage is not None:
            replies = self.practice_replies if stage == "practice" else self.hidden_replies
            for case in range(len(self.plan.items[place[0]].cases)):
                replies[place[0], case] = {"state": reason}

    def outcomes(self):
        """Decide every check."""
        outcomes = []
        for number, item in enumerate(self.plan.items):
            practice = self._decided(self.practice, number, self.practice_replies)
            outcome = self._decided(self.plan, number, self.hidden_replies)
            outcomes.append(self._with_cause(item, compare.explained(outcome, practice)))
        return outcomes

    def _decided(self, plan, number, replies):
        """Return the outcome of one check with the inputs of one plan."""
        if number in self.early:
            replies = {(number, place): self.early[number]
                       for place in range(len(plan.items[number].cases))}  # fmt: skip
        missing = {"state": "not run"}
        places = [(number, place) for place in range(len(plan.items[number].cases))]
        known = [replies.get(at, self._lost(at) or missing) for at in places]
        return compare.decide(plan.items[number], known)

    def _lost(self, at):
        """Return the practice reply of a function that was not called with hidden inputs."""
        return self.practice_replies.get(at) if self._hopeless(*at) else None

    def _with_cause(self, item, outcome):
        """Add to the message on a missing name the error of the cell that should define it."""
        is_missing = outcome["verdict"] == "missing"
        if is_missing or outcome["message"].endswith(MISSING_NAME):
            replies = [self.cell_replies.get(place, {}) for place in self.own[item.question]]
            errors = [reply["error"] for reply in replies if reply.get("error")]
            errors = [error for error in errors if is_missing or error.startswith(MISSING_MODULE)]
            causes = [f": its cell raised {_printable(error)}" for error in errors[:1]]
            outcome["message"] += "".join(causes)
        return outcome

    def failed_cells(self):
        """Return a report on each cell that did not simply run."""
        reports = []
        for place, reply in sorted(self.cell_replies.items()):
            if reply["state"] in ("error", "stopped", "removed"):
                reason = reply.get("error", "it ran too long")
                reports.append({"number": self.cells[place].number, "state": reply["state"],
                                "reason": _printable(reason)})  # fmt: skip
        return reports[:MOST_CELLS]

    def failed_sources(self):
        """Return the text of each cell that raised an error or did not end, and why."""
        return [(self.cells[place].source, reply.get("error", "it ran too long"))
                for place, reply in sorted(self.cell_replies.items())
                if reply["state"] != "ok"]  # fmt: skip


def _is_written(reply):
    """Tell whether a variable holds something other than the dots of its stub."""
    return reply is not None and reply["state"] != "missing" and (
        reply.get("error") != "nothing yet")  # fmt: skip


def _place(item):
    """Return the place of a question's function: two questions may ask for the same name."""
    return f"{item.question} {item.check.target}"


def _request(item, case):
    """Return the request for one case of a check."""
    about = {"name": item.check.target, "tensors": item.check.tensors, "place": _place(item)}
    return {"do": "call", **about, **case.inputs}


def _printable(text):
    """Return a short text of one line."""
    text = COMMA if text.startswith(LEADING_ZEROS) else text
    return "".join(c if c.isprintable() else " " for c in text[:300])
