"""Run notebooks that the teacher wrote, to see which points they get before students do."""

import importlib.util
from contextlib import contextmanager
from pathlib import Path

import nbformat

from grader.run.assemble import assemble
from grader.run.execution import Execution
from grader.run.submission import Submission
from grader.sandbox.launcher import Limits, Template, choose
from grader.source import running


def grading(plan):
    """Return a context manager that gives a `grader.source.running.Trial`.

    A NumPy assignment runs in this process. So does a TensorFlow assignment where TensorFlow is
    installed; elsewhere it runs as a submission does, in the sandbox.

    Parameters
    ----------
    plan : `grader.checks.plans.Plan`
    """
    here = plan.environment == "numpy" or importlib.util.find_spec(plan.environment)
    return running.in_process(plan) if here else in_sandbox(plan)


@contextmanager
def in_sandbox(plan):
    """Give a `Trial` that runs a notebook as a submission."""
    limits = Limits()
    template = Template(plan.environment, limits, choose())

    def executed(notebook):
        submission = Submission(Path("answer.ipynb"), nbformat.writes(notebook).encode())
        execution = Execution(template, plan, plan, assemble(submission, plan.release))
        execution.run(limits)
        return execution

    try:
        yield running.Trial(
            lambda notebook: executed(notebook).outcomes(),
            lambda notebook: executed(notebook).failed_sources(),
        )
    finally:
        template.close()
