"""What a diagnosis returns: findings, and the report that shows them."""

import functools
import html
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import overload

import numpy as np

# The most damaging mistakes first; what is wrong with the data itself (no mistake) before all.
DAMAGE = (
    None,
    "nan-in-data",
    "overflow",
    "swapped-by-name",
    "swapped-by-position",
    "broadcast",
    "return-sequences",
    "rows-for-columns",
    "sparse-or-one-hot",
    "mask-ignored",
    "unknown-labels",
    "ctc-padding",
    "ctc-frames",
    "labels-out-of-range",
    "label-convention",
    "mask-255",
    "negative-loss",
    "softmax-never",
    "sigmoid-never",
    "softmax-on-one-unit",
    "softmax-multi-label",
    "last-layer",
    "softmax-twice",
    "softmax-regression",
    "output-range",
    "target-scale",
    "collapsed-embeddings",
    "posterior-collapse",
    "constant-output",
    "learning-rate",
    "metric-as-loss",
    "no-gradient",
    "integer-types",
    "binary-for-many-classes",
    "kl-unnormalised",
    "mape-at-zero",
    "focal-gamma",
    "log-of-zero",
    "sqrt-at-zero",
    "half-precision",
    "accuracy-of-logits",
    "metric-mismatch",
    "fit-and-evaluate",
    "pos-weight",
    "clipped",
    "sample-weight",
    "cosine-sign",
    "label-smoothing",
)
_wrap = functools.partial(textwrap.wrap, width=88, break_on_hyphens=False)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or looks wrong, with a batch.

    Attributes
    ----------
    mistake : str or None
        The mistake's id in the atlas; None where the data itself is at fault.
    certain : bool
        Whether no healthy program makes such a batch, whatever its model is, given what was said
        about the loss. Otherwise it is suspicious: some do.
    title, evidence, instead : str
        What is wrong, the numbers of the batch that show it, and what to write instead.
    link : str or None
        The address of the section of the book that holds the fix.
    """

    mistake: str | None
    certain: bool
    title: str
    evidence: str
    instead: str
    link: str | None = None

    @property
    def certainty(self) -> str:
        """The word "certain" or "suspicious"."""
        return "certain" if self.certain else "suspicious"

    def __str__(self) -> str:
        parts = {"evidence": self.evidence, "instead": self.instead, "see": self.link}
        lines = [f"{self.certainty.upper()}: {self.title}"]
        for name, text in parts.items():
            if text:
                first, rest = f"  {name:10}", " " * 12
                lines += _wrap(text, initial_indent=first, subsequent_indent=rest)
        return "\n".join(lines)


def found(mistake, evidence, instead, *, certain=True):
    """Return the finding of a mistake of the atlas."""
    entry = _atlas()[mistake]
    link = f"mistakes/{entry['page']}.html#mistake-{mistake}"
    return Finding(mistake, bool(certain), entry["title"], evidence, instead, link)


def fault(title, evidence, instead, *, certain=True):
    """Return a finding about the data itself."""
    return Finding(None, bool(certain), title, evidence, instead)


def span(values):
    """Return the range of an array as text."""
    return f"from {np.min(values):.4g} to {np.max(values):.4g}"


def count(wrong, noun):
    """Return how many of them as text."""
    total, all_of_them = np.size(wrong), bool(np.all(wrong))
    return f"all {total} {noun}" if all_of_them else f"{int(np.sum(wrong))} of {total} {noun}"


@functools.cache
def _atlas():
    text = resources.files("lossutils.diagnosis").joinpath("mistakes.json").read_text("utf-8")
    return {entry["id"]: entry for entry in json.loads(text)}


@dataclass(frozen=True)
class Report(Sequence[Finding]):
    """The findings about a batch, most severe first; a sequence that prints as a report.

    Attributes
    ----------
    batch : str
        What was looked at.
    findings : tuple of Finding
        Certain ones before suspicious ones, then by damage.
    notes : tuple of str
        What is good to know and nothing to mend, such as that rows were sampled.
    """

    batch: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", tuple(sorted(self.findings, key=_severity)))

    @property
    def certain(self) -> tuple[Finding, ...]:
        """The findings that are certain."""
        return tuple(finding for finding in self.findings if finding.certain)

    @property
    def suspicious(self) -> tuple[Finding, ...]:
        """The findings that are suspicious."""
        return tuple(finding for finding in self.findings if not finding.certain)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        return self.findings[index]

    def __len__(self) -> int:
        return len(self.findings)

    def __str__(self) -> str:
        texts = f"{self._summary()} in {self.batch}", *self.notes
        lines = [line for text in texts for line in _wrap(text, subsequent_indent="  ")]
        return "\n\n".join(["\n".join(lines), *map(str, self.findings)])

    __repr__ = __str__

    def _summary(self):
        if not self.findings:
            return "nothing found"
        return f"{len(self.certain)} certain, {len(self.suspicious)} suspicious"

    def _repr_html_(self) -> str:
        caption = html.escape(" ".join([f"{self._summary()} in {self.batch}.", *self.notes]))
        head = "".join(f"<th>{name}</th>" for name in ("certainty", "what", "evidence", "instead"))
        rows = "".join(map(_row, self.findings))
        return f"<table><caption>{caption}</caption><tr>{head}</tr>{rows}</table>"


def _severity(finding):
    return not finding.certain, DAMAGE.index(finding.mistake)


def _row(finding):
    title = html.escape(finding.title)
    if finding.link:
        title = f'<a href="{html.escape(finding.link)}">{title}</a>'
    texts = finding.evidence, finding.instead
    cells = html.escape(finding.certainty), title, *map(html.escape, texts)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


_EXPLAIN = {"softmax-on-one-unit": {"no-gradient"}, "negative-loss": {"broadcast"}}


def explained(findings):
    """Return the mistakes that need no second finding: those that are named, and what they explain.

    A softmax on one unit is 1, whatever the weights are: only rounding is left of their gradient.
    A loss without a lower bound may be the same for any order of the labels.
    """
    known = {finding.mistake for finding in findings} - {None}
    return known.union(*(_EXPLAIN.get(mistake, ()) for mistake in known))
