"""Grade one submission: read it, identify its variant, plan, assemble, run, decide, write a result.

A job is one submission of one round under certain limits. Its key is a hash of everything that its
result depends on: the file, what the checks ask and expect, the limits, and the grader's version.
The same job has the same key, and a job that is done is not done again.
"""

import hashlib
import json
from functools import cache, cached_property, partial
from pathlib import Path

from grader import files
from grader.checks import plans
from grader.checks.hidden import WrongSource
from grader.run import result
from grader.run.assemble import assemble
from grader.run.deadline import READING, TooSlow, deadline
from grader.run.execution import Execution
from grader.run.submission import CannotGrade, read
from grader.sandbox.environments import Failure
from grader.sandbox.launcher import Limits, Template, choose
from grader.source import derive

OPTIONS = ("no_sandbox", "single")  # settings that are not limits
PACKAGE = Path(__file__).parents[1]
ENVIRONMENTS = ("grader", "kernel", "kernel-tensorflow")  # on which results depend
PRACTICE = "practice"  # the seed of the inputs that are not secret
# Seconds outside the sandbox, where an honest notebook takes far below 1.
DECIDING = 60
UNFORESEEN = "the grader itself failed on it ({}); please report this"


@cache
def version():
    """Return the version of the grader: a hash of its code and of its environments."""
    parts = ("checks", "sandbox", "source", "run")
    paths = [path for part in parts for path in sorted((PACKAGE / part).glob("*.py"))]
    paths += [PACKAGE / f"{name}.py" for name in ("command", "files", "programs")]
    paths += [PACKAGE / "requirements" / f"{name}.txt" for name in ENVIRONMENTS]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()[:16]


class Plans:
    """What variants declare, and the plans that are drawn from it; each is made once.

    `fingerprints` are those that an earlier command has kept, as `Fingerprints`.
    """

    def __init__(self, fingerprints=None):
        """Start with none."""
        self._declared, self._plans, self._fingerprints = {}, {}, fingerprints

    def declared(self, source, base, variant):
        """Return the release of a variant and its checks, without inputs."""
        path = derive.path(source)
        made_from = (path.read_bytes(), base, variant)
        if made_from not in self._declared:
            release = derive.release(path, base, variant)
            checks = plans.declared(release, derive.hidden(path, base, variant))
            self._declared[made_from] = (release, checks)
        return self._declared[made_from]

    def plan(self, source, base, variant, seed):
        """Return the plan of a variant with the inputs of any seed; draw it once."""
        about = (derive.path(source).read_bytes(), base, variant, seed)
        if about not in self._plans:
            self._plans[about] = self.drawn(source, base, variant, seed)
        return self._plans[about]

    def fingerprint(self, about, compute):
        """Return the fingerprint of a submission's own plan, without drawing it if it is known."""
        return self._fingerprints.of(about, compute) if self._fingerprints else compute()

    def drawn(self, source, base, variant, seed):
        """Return the plan of a variant with the inputs of any seed."""
        return plans.draw(*self.declared(source, base, variant), seed)


class Job:
    """One submission with its plan: read, identified and planned, but not yet run.

    Parameters are those of `Grader.grade`; `plans` is a `Plans` that several jobs share.
    """

    def __init__(self, plans, source, submission, seed, settings=None, *, variant=None):
        """Read the file and make the plan."""
        settings = dict(settings or {})
        self.options = {name: settings.pop(name, None) for name in OPTIONS}
        self.limits = Limits.of(settings)
        self.submission = read(submission, self.limits.notebook_mb)
        self.variant = self.submission.variant if variant is None else variant
        which = (source, seed, self.variant or 0)
        self._draw = partial(plans.drawn, *which)
        self._seed = seed.decode(errors="replace") if isinstance(seed, bytes) else str(seed)
        self.practice = plans.plan(*which, PRACTICE)
        self.reference = plans.plan(*which, seed)
        self.key = self._key(plans)

    @cached_property
    def plan(self):
        """The plan of this submission alone: no two submissions get the same hidden inputs."""
        return self._draw(f"{self._seed}/{self._content}")

    @property
    def _content(self):
        # A file that cannot be read has a key too: that of its path.
        return self.submission.sha256 or str(self.submission.path)

    def _key(self, plans):
        """Hash everything that the result depends on.

        A corrected loss may differ for the inputs of this submission alone, so its own plan counts.
        """
        shared = [self.practice.fingerprint, self.reference.fingerprint, self._seed]
        own = plans.fingerprint([*shared, self._content], lambda: self.plan.fingerprint)
        about = [*shared[:2], own, self._seed]
        depends_on = [self._content, *about, repr(self.limits), repr(self.variant), version()]
        text = json.dumps(depends_on)
        return hashlib.sha256(text.encode()).hexdigest()

    def result(self, template):
        """Run the submission and return its result, whatever it does.

        Parameters
        ----------
        template : function of a job
            Returns the `Template` to run it in.
        """
        about = self.key, version(), self.submission, self.reference, self.variant
        outcome = result.start(*about)
        try:
            return self._graded(outcome, template(self))
        except (CannotGrade, Failure) as problem:
            return outcome | {"reason": str(problem)}
        except TooSlow:
            return outcome | {"reason": "reading it takes longer than the grader allows"}
        except WrongSource:
            raise  # not the fault of a submission
        except Exception as problem:
            # The fault is the grader's, but it may stop only the submission that met it.
            return outcome | {"reason": UNFORESEEN.format(type(problem).__name__)}

    def _graded(self, outcome, template):
        """Run the submission and decide its checks."""
        with deadline(READING):
            assembled = assemble(self.submission, self.reference.release)
        if self.variant is None:
            raise CannotGrade("the notebook does not say which variant it is")
        execution = Execution(template, self.plan, self.practice, assembled)
        execution.run(self.limits)
        with deadline(DECIDING):
            checks = execution.outcomes()
            written = result.graded(outcome, self.reference.release, assembled, checks, execution)
            result.text(written)  # what cannot be written cannot be graded
        return written


class Grader:
    """Grades submissions one by one, and keeps its templates warm in between."""

    def __init__(self):
        """Start with no template."""
        self.templates, self.plans = {}, Plans()

    def __enter__(self):
        """Use it in a with statement."""
        return self

    def __exit__(self, *_):
        """End the templates."""
        for template in self.templates.values():
            template.close()
        self.templates.clear()

    def grade(self, source, submission, results, seed, settings=None, *, variant=None):
        """Grade one submission and return the path of its result.

        Parameters
        ----------
        source : path or str
            The source notebook, or its topic.
        submission : path
            The file that a student handed in, whatever it is.
        results : path
            The folder of results. A result that exists is not made again.
        seed : str or bytes
            The secret seed of the round; the variant and its hidden inputs are drawn from it.
        settings : dict, optional
            Limits (fields of `grader.sandbox.launcher.Limits`), and what is true: ``no_sandbox``;
            ``single``, to start a new sandbox for each run.
        variant : int, optional
            Number of the variant; by default the one that the notebook names.

        Returns
        -------
        Path

        Raises
        ------
        NoSandbox
            If students' code cannot be isolated on this machine.
        WrongSource
            If the source itself cannot be used for grading.
        """
        job = Job(self.plans, source, submission, seed, settings, variant=variant)
        path = Path(results) / f"{job.key}.json"
        if not path.exists():
            # A missing sandbox is not a fault of one submission: it is raised.
            kind = choose(bool(job.options["no_sandbox"]))
            outcome = job.result(lambda job: self.template(job, kind))
            files.write(path, result.text(outcome), mode=0o600)
        return path

    def template(self, job, kind):
        """Return the template for a job; it is started once."""
        place = (job.plan.environment, job.limits, kind, bool(job.options["single"]))
        if place not in self.templates:
            self.templates[place] = Template(*place)
        return self.templates[place]
