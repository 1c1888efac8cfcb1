"""What is wrong with this batch? Findings with evidence, and a link into the atlas of mistakes.

`diagnose` looks at one batch and returns a `Report`, a sequence of `Finding`; `Run` records a
training loop.
"""

from lossutils.diagnosis.call import diagnose
from lossutils.diagnosis.findings import Finding, Report
from lossutils.diagnosis.run import Run

__all__ = ["Finding", "Report", "Run", "diagnose"]
