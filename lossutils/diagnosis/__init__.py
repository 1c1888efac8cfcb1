"""What is wrong with this batch? Findings with evidence, and a link into the atlas of mistakes.

`diagnose` looks at one batch and returns a `Report`, a sequence of `Finding`.
"""

from lossutils.diagnosis.call import diagnose
from lossutils.diagnosis.findings import Finding, Report

__all__ = ["Finding", "Report", "diagnose"]
