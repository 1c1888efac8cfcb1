"""Grade one submission: a plan and a notebook in, one result file out.

The result is one JSON object, written atomically as ``<key>.json``; `key` is a hash of the
submission's bytes, the source, the round's seed, the limits and the grader's version, so the same
job has the same name, and a job that is done is not done again. Nothing in it depends on time.

======================  ===========================================================================
key                     value
======================  ===========================================================================
``format``              1
``key``, ``grader``     the job's name, 64 hexadecimal digits; the grader's version
``submission``          SHA-256 of the submitted file; null where it could not be read
``assignment``          name of the assignment
``variant``             number of its variant
``state``               ``"graded"`` or ``"could not be graded"``
``reason``              why it could not be graded, one sentence; "" when graded
``points``              automatic points earned (float); null when it could not be graded
``max_points``          automatic points of the assignment (float)
``open_points``         points that a person gives (float)
``checks``              one object per check, in the order of the source, see below
``manual``              one object per free text: ``grade_id``, ``max_points``, ``answer`` (what was
                        written), ``blank`` (true where nothing was changed)
``cells``               one object per cell that did not simply run: ``number`` (position in the
                        submission, from 1; null for a cell that was put back), ``state``
                        (``"error"``; ``"stopped"``: ran too long and was interrupted;
                        ``"removed"``: it ended the process, and the rest was graded without it),
                        ``reason``
``notes``               sentences for teacher and student: cells missing, changed, there twice
``output``              the first characters that the cells printed, for the teacher alone
======================  ===========================================================================

A check: ``question`` (the grade_id of its tests cell), ``name`` (of the function or variable),
``words``, ``points``, ``max_points``, ``passed``, ``verdict`` (``"right"``, ``"partly"``,
``"wrong"``, ``"missing"``: there is no such name, ``"error"``: it raised or did not end),
``message`` (one sentence; "" when right), ``mistake`` (the sentence of the known mistake, or "").

A result never holds an expected value or a hidden input.
"""

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from functools import cache
from pathlib import Path

from grader.checks import plans
from grader.run.graded import Graded
from grader.run.submission import CannotGrade, about, assemble, is_manual, read_bytes
from grader.sandbox.environments import Failure
from grader.sandbox.launcher import Limits, NoSandbox, Template, choose
from grader.source import derive

COULD_NOT = "could not be graded"
GRADED = "graded"
FORMAT = 1
OTHER = ("no_sandbox", "environments", "single", "variants")
PACKAGE = Path(__file__).parents[1]


@cache
def version():
    """Return what tells one grader from another: a hash of its code and its environments."""
    parts = ("checks", "sandbox", "source", "run")
    files = [path for part in parts for path in sorted((PACKAGE / part).glob("*.py"))]
    files += sorted((PACKAGE / "requirements").glob("*.txt"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


def key(source, submission, seed, settings=None, *, variant=None, variant_seed=None):
    """Return the name of a job: the same for the same work, and cheap to tell.

    Parameters are those of `grade`.
    """
    limits, _ = _settings(settings)
    with contextlib.suppress(CannotGrade):
        data = read_bytes(submission, limits.notebook_mb)
        return _key(_source(source), data, seed, limits, variant, variant_seed)
    # What cannot be read has a name too: that of its place.
    return _key(_source(source), str(submission).encode(), seed, limits, variant, variant_seed)


def _key(source, data, seed, limits, variant, variant_seed):
    """Hash all that the result depends on."""
    digest = hashlib.sha256()
    parts = [source.read_bytes(), data, seed, repr(limits), repr(variant), variant_seed, version()]
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode(errors="surrogateescape")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def _source(source):
    """Return the path of a source notebook, which may be given by its topic."""
    path = Path(source)
    return path if path.suffix == ".ipynb" else derive.SOURCES / f"{source}.ipynb"


def _settings(settings):
    """Return the limits, and what is not a limit."""
    settings = dict(settings or {})
    other = {name: settings.pop(name, None) for name in OTHER}
    return Limits.of(settings), other


class Grader:
    """Grades one submission after the other, and keeps its templates warm in between."""

    def __init__(self):
        """Begin with nothing started."""
        self.templates, self.plans = {}, {}

    def __enter__(self):
        """Use it in a with statement."""
        return self

    def __exit__(self, *_):
        """End the templates."""
        for template in self.templates.values():
            template.close()
        self.templates.clear()

    def grade(self, source, submission, results, seed, settings=None, *,
              variant=None, variant_seed=None):  # fmt: skip
        """Grade one submission; parameters and result as in the function `grade`."""
        limits, other = _settings(settings)
        name = key(source, submission, seed, settings, variant=variant, variant_seed=variant_seed)
        path = Path(results) / f"{name}.json"
        if not path.exists():
            # No sandbox and an unreadable source are nothing of one submission: they are raised.
            kind = choose(bool(other["no_sandbox"]))
            told = {"format": FORMAT, "key": name, "grader": version()}
            number = _variant(submission, variant, limits)
            plan = self.plan(_source(source), seed, variant_seed, number or 0)
            told |= self.result(plan, submission, limits, kind, other, number)
            _write(path, told)
        return path

    def plan(self, source, seed, variant_seed, variant):
        """Return the plan of a variant; it is made once."""
        place = (source.read_bytes(), seed, variant_seed, variant)
        if place not in self.plans:
            base = seed if variant_seed is None else variant_seed
            release = derive.release(source, base, variant)
            hidden = derive.hidden(source, base, variant)
            self.plans[place] = plans.prepare(release, hidden, seed)
        return self.plans[place]

    def result(self, plan, submission, limits, kind, other, variant):
        """Return the result of one submission, whatever it does."""
        told = {"assignment": plan.assignment, "variant": variant, "submission": None,
                "state": COULD_NOT, "reason": "", "points": None, "max_points": plan.max_points,
                "open_points": _open_points(plan.release), "checks": [], "manual": [],
                "cells": [], "notes": [], "output": ""}  # fmt: skip
        try:
            data = read_bytes(submission, limits.notebook_mb)
            told["submission"] = hashlib.sha256(data).hexdigest()
            found = assemble(data, plan.release)
            _handed_out(variant, other["variants"])
            graded = Graded(self.template(plan.environment, limits, kind, other), plan, found)
            graded.run(limits)
        except (CannotGrade, Failure) as problem:
            return told | {"reason": str(problem)}
        checks = graded.outcomes()
        points = float(sum(check["points"] for check in checks))
        return told | {"state": GRADED, "points": points, "checks": checks,
                       "manual": _manual(plan.release, found), "cells": graded.told_cells(),
                       "notes": found.notes, "output": graded.output}  # fmt: skip

    def template(self, environment, limits, kind, other):
        """Return the template of an environment; it is started once."""
        place = (environment, limits, kind, other["environments"], other["single"])
        if place not in self.templates:
            self.templates[place] = Template(environment, limits, kind, other["environments"],
                                             bool(other["single"]))  # fmt: skip
        return self.templates[place]


def _variant(submission, variant, limits):
    """Return the number of the variant: what was said, else what the notebook says of itself."""
    if variant is not None:
        return variant
    with contextlib.suppress(CannotGrade):
        found = about(read_bytes(submission, limits.notebook_mb)).get("variant")
        return found if type(found) is int and 0 <= found < 10**6 else None
    return None


def _handed_out(variant, variants):
    """Refuse a variant that nobody was given."""
    if variant is None:
        raise CannotGrade("the notebook does not say which variant it is")
    if variants is not None and not 0 <= variant < variants:
        raise CannotGrade(f"the variant {variant} was never handed out")


def _open_points(release):
    """Return the points that a person gives."""
    cells = [cell for cell in release["cells"] if is_manual(cell)]
    return float(sum(cell["metadata"]["nbgrader"]["points"] for cell in cells))


def _manual(release, found):
    """Return what a person has to read."""
    cells = {cell["metadata"]["nbgrader"]["grade_id"]: cell
             for cell in release["cells"] if is_manual(cell)}  # fmt: skip
    return [{"grade_id": grade_id, "max_points": cell["metadata"]["nbgrader"]["points"],
             "answer": found.texts[grade_id],
             "blank": found.texts[grade_id].strip() in ("", cell["source"].strip())}
            for grade_id, cell in cells.items()]  # fmt: skip


def _write(path, told):
    """Write a result at once or not at all, even where the power is cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(told, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def grade(source, submission, results, seed, settings=None, *, variant=None, variant_seed=None):
    """Grade one submission and return the path of its result.

    Parameters
    ----------
    source : path or str
        The source notebook, or its topic.
    submission : path
        What a student handed in, whatever it is.
    results : path
        The folder of results. A result that is there is not made again.
    seed : str or bytes
        The secret seed of the round; hidden inputs are drawn from it.
    settings : dict, optional
        Limits (fields of `grader.sandbox.launcher.Limits`); ``no_sandbox``, ``environments`` (the
        folder that holds them), ``variants`` (how many were handed out, from 0).
    variant : int, optional
        Number of the variant; by default what the notebook says of itself.
    variant_seed : str or bytes, optional
        What the numbers of the variants were drawn from; by default `seed`.

    Returns
    -------
    Path

    Raises
    ------
    NoSandbox
        Where students' code cannot be shut in on this machine.
    WrongSource
        Where the source itself cannot be graded with.
    """
    with Grader() as grader:
        return grader.grade(source, submission, results, seed, settings,
                            variant=variant, variant_seed=variant_seed)  # fmt: skip


def main():
    """Grade a batch: the path of a JSON file that holds a list of arguments of `grade`."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m grader.run.job BATCH.json")
    jobs = json.loads(Path(sys.argv[1]).read_text())
    with Grader() as grader:
        for job in jobs:
            try:
                told = json.loads(grader.grade(**job).read_text())
            except (NoSandbox, plans.WrongSource) as problem:
                sys.exit(str(problem))
            points = f"{told['points']} of {told['max_points']}" if told["reason"] == "" else ""
            print(told["key"], points or f"{COULD_NOT}: {told['reason']}", flush=True)


if __name__ == "__main__":
    main()
