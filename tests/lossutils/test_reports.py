"""Public reports of losses that misbehaved: `diagnose` or the symptom index leads to the fix.

Each report is made again with arrays of our own. What is certain about them must be true, and
nothing else may be certain.
"""

import json
import re
from functools import cache

import pytest
from batch_examples import ROOT, ids
from public_reports import REPORTS

from lossutils import diagnose

ATLAS = ROOT / "book/mistakes"
WITH_ROW = [name for name, report in REPORTS.items() if report.row]
WITHOUT_ROW = [name for name, report in REPORTS.items() if not report.row]


def cells(page):
    return ["".join(cell["source"]) for cell in json.loads(page.read_text("utf-8"))["cells"]]


@cache
def index_rows():
    """Return the rows of the symptom index: what is seen, and the sections it leads to."""
    text = "\n".join(cells(ATLAS / "index.ipynb"))
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text, flags=re.M)
    return [(seen, re.findall(r"\(mistake-([\w-]+)\)", links)) for seen, links in rows]


@cache
def section(mistake):
    """Return the text of a section of the atlas, from its label to the next one."""
    text = "\n".join(cell for page in ATLAS.glob("*.ipynb") for cell in cells(page))
    start = text.index(f"(mistake-{mistake})=")
    return re.split(r"\n\([\w-]+\)=\n", text[start:])[0]


def leads(words, mistake):
    """Return whether a row with these words leads to a section before all others."""
    return any(words in seen and sections[0] == mistake for seen, sections in index_rows())


def diagnosed(batch):
    y_true, y_pred, options = batch
    return diagnose(y_true, y_pred, **options)


@pytest.mark.parametrize("name", WITH_ROW)
def test_the_index_leads_to_the_fix(name):
    report = REPORTS[name]
    assert leads(report.row, report.section)
    assert report.fix in section(report.section)


@pytest.mark.parametrize("name", WITHOUT_ROW)
def test_the_diagnosis_leads_to_the_fix(name):
    report = REPORTS[name]
    (finding, *_) = [f for f in diagnosed(report.batch) if f.mistake == report.section]
    assert report.fix in finding.instead
    assert finding.link.endswith(f"#mistake-{report.section}")
    assert section(report.section)


@pytest.mark.parametrize("name", [name for name, report in REPORTS.items() if report.batch])
def test_nothing_else_is_certain(name):
    report = REPORTS[name]
    assert set(ids(diagnosed(report.batch).certain)) == set(report.certain)


@pytest.mark.parametrize("name", [name for name, report in REPORTS.items() if report.batch])
def test_without_the_name_of_the_loss_nothing_is_certain(name):
    y_true, y_pred, options = REPORTS[name].batch
    assert not diagnose(y_true, y_pred, sample_weight=options.get("sample_weight")).certain


@pytest.mark.parametrize("name", [name for name, report in REPORTS.items() if report.mended])
def test_after_the_fix_nothing_is_found(name):
    report = diagnosed(REPORTS[name].mended)
    assert not report, report


def test_all_nineteen_reports_are_here():
    assert len({name.split()[0] for name in REPORTS}) == 19


# The diagnosis leads to these sections, and so does the index.
ROWS_TOO = [
    ("(10, 768)", "broadcast", "Dense(1)"),
    ("One weight per picture", "sample-weight", "sample_weight[:, None, None]"),
    ("Some of several labels are unknown", "unknown-labels", "each = tf.where(y < 0, 0.0, each)"),
]


@pytest.mark.parametrize(("row", "mistake", "fix"), ROWS_TOO)
def test_the_index_leads_there_too(row, mistake, fix):
    assert leads(row, mistake)
    assert fix in section(mistake)
