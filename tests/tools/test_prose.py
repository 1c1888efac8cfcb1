"""The English of the project: patterns that readers stumbled over do not come back.

Each pattern has the words to use. The list grows: add what a reader had to read twice.
"""

import re
import subprocess
from functools import cache
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
PATTERNS = {
    r"\bshall\b": "should, must, or the plain present",
    r"\bin (?:the )?place of\b": "instead of, for",
    r"\banother one\b": "a different one",
    r"\basks nothing of\b": "needs no, makes no request to",
    r"\bof one's own\b": "your own, written by hand",
    r"\bdearer\b": "more expensive",
    r"\breproved\b": "corrected, punished",
    r"\bnought\b": "zero",
    r"\bha(?:s|ve) (?:no|a) voice\b": "counts, does not count",
    r"\bowns (?:that|the|a) share\b": "has the share",
    r"\bwhat is promised\b": "the bounds, the limits",
    r"\blearnt\b": "learned",
    r"\bPredict, then run\b": "Predict.",
    r"\\ln\b": r"\log: the natural logarithm is log everywhere",
    r"\bwho(?:ever)? [^.,;:]{3,40}\bgets\b": "if you …, you get",
    r"\b(?:from|at) (?:about )?which (?:\S+ ){0,4}on\b": "above what, since when",
    r"\bfrom (?:Keras|TensorFlow) [\d.]+ on\b": "since Keras 3.7",
    r"\bwhich share\b": "what share",
    r"\bas they come\b": "unscaled, raw",
    r"\b(?:size|probability|threshold|level|value) from which\b": "above which",
    r"\basks no other\b": "makes no external requests",
    r"\bby heart\b": "memorised",
    r"\bright in (?:only )?0?\.\d": "right in 81.4 % of cases",
    r"\bwith the force \d": "with force 1",
    r"\bhas the (?:weight|gradient|slope|loss|label|score) (?=−?\d)": "has weight 0",
    r"\bthe price of size\b": "how they price large errors",
    r"\bin which (?:unit|type|shape)s?\b": "what units they are in",
    r", no (?:mean|median|probability|average)\b": "not a mean",
    r"(?<!here )\b(?:is|are) no (?:probabilit|distribution|number|whole|array|index|indices|class"
    r"|loss(?:es)?\b|term|merit|success|derivative|shift|cross|softmax|mean|metric|part|padding"
    r"|proof|name|news|version|notebook|text|way out|JSON|package|tests|error(?:s)? )": "is not a",
    r"\bwhat is(?: no| gone)\b": "a noun: removed functions",
    r"\bis due to (?:which|what|who)\b": "because of",
    r"\bgot from somebody\b": "that somebody gave you",
    r"\bclosed solution\b": "closed-form solution",
    r"\bnobody can imagine\b": "hard to picture",
    r"\blowest places?\b": "minimum, minima",
    r"\blearns? badly\b": "learns little",
    r"\bnames? the mistake\b": "tells, gives away",
    r"\bcarry the outlier\b": "drag",
    r"\balso negative ones\b": "including negative ones",
    r"\bthe words? leads? there\b": "links there",
    r"\bwhat (?:it|they|Keras) takes? for\b": "takes the outputs for",
    r"\bbeside an? \S+ it\b": "next to",
    r"\bha(?:s|ve|d) \d+ % of the (?:\w+ )?loss\b": "accounts for",
    r"\bonly because its\b": "merely because",
    r"\bKeras's\b": "Keras'",
    r"\bno lower end\b": "no lower bound",
    r"\blast (?:\w+ )?but one\b": "second-to-last",
    r"\bbrought to (?:mean|standard)\b": "scaled to mean 0",
    r"\bThe (?:wines|tumours|patients|irises|flowers) are \d{2,}\b": "There are 178 wines",
    r"\banother (?:batch size|reduction|shape|axis|order|divisor|argmax)\b": "a different",
    r"\bdoes not look whether\b": "does not check whether",
    r"\bthe same say\b|\bof its say\b|\bkeep its say\b": "influence",
    r"\blies? on each other\b": "coincide",
    r"\bmakes? [\d{]\S* of (?:it|them)\b": "turns it into, returns",
    r"\bis none of (?:\w+ )?classes\b": "is not among",
    r"\bwrong by far\b": "far off",
    r"\bthe question (?:what|which|how|whether) [^.?]{3,40} is asked\b": "people ask what",
    r"\bfill(?:s|ed|ing)? (?:\w+ )?up\b": "pad",
    r"\b(?:the|its) difference to\b": "difference from",
    r"\bway round than\b": "the opposite of",
    r"\bsize (?:of )?one\b": "of size about 1",
    r"\bwhat is true of it\b": "how much of it is true",
}
# In what readers, students and teachers see; comments in code may still say "a folder of its own".
SEEN_PATTERNS = {
    r"\bof (?:your|its|his|her|their|our|my) own\b": "its own …, separate, that you wrote",
}
SEEN = re.compile(r"book/.*(?<!\.css)(?<!\.js)|README\.md|CONTRIBUTING\.md|assignments/.*")
# Where a pattern is quoted: here, and where people's own words are kept.
QUOTED = {
    "tests/tools/test_prose.py",
    "tests/tools/test_predictions.py",
    "tests/website/queries.toml",
}
TEXT = {".md", ".py", ".toml", ".json", ".js", ".css", ".html", ".yml", ".ipynb", ".cff", ".in"}
NAMES = {"Makefile", "CODEOWNERS", "run"}


def files():
    """Return the files of the project that hold text."""
    listed = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    texts = [name for name in listed if Path(name).suffix in TEXT or Path(name).name in NAMES]
    return [name for name in texts if name not in QUOTED]


@cache
def prose(path):
    """Return the text of a file; of a notebook, its cells without their outputs."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    return "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells)


def uses(pattern, names):
    """Yield each use of a pattern in files."""
    for name in names:
        for match in re.finditer(pattern, prose(ROOT / name), re.IGNORECASE):
            yield f"{name}: {match[0]!r}; use: {(PATTERNS | SEEN_PATTERNS)[pattern]}"


def words(pattern):
    return re.sub(r"\W+", " ", pattern)


@pytest.mark.parametrize("pattern", PATTERNS, ids=words)
def test_a_pattern_is_not_used(pattern):
    assert list(uses(pattern, files())) == []


@pytest.mark.parametrize("pattern", SEEN_PATTERNS, ids=words)
def test_a_pattern_is_not_used_in_what_people_read(pattern):
    assert list(uses(pattern, filter(SEEN.fullmatch, files()))) == []


def test_texts_of_every_kind_are_read():
    assert {"Makefile", "lossutils/diagnosis/mistakes.json", "website/extension/answers.toml"} <= {
        *files()
    }
