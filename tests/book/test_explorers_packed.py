"""What a page holds of an explorer: in fewer letters, and nothing is lost."""

import json
import re

import pytest

from lossutils.book import explorers
from lossutils.book.explorers import packed, site
from lossutils.book.explorers.core import MIME
from website.explorer_page import bare_page, bundle
from website.toc import ROOT


def numbers_of(signal):
    """Return a signal with its table of numbers, if it is one: 0.50 and 0.5 are the same."""
    is_table = signal.get("update", "").startswith("[[[")
    return signal | {"update": json.loads(signal["update"])} if is_table else signal


@pytest.mark.parametrize("name", explorers.__all__)
def test_nothing_is_lost(name):
    vega = json.loads(json.dumps(site.on_page(bundle(name)[MIME])))
    page = json.loads(json.dumps(site.short(bundle(name)[MIME])))
    assert set(page).isdisjoint(site.COMMON)
    again = site.whole(page)
    signals = (list(map(numbers_of, each.pop("signals"))) for each in (vega, again))
    assert next(signals) == next(signals)
    assert again == vega


def test_the_script_has_what_all_drawings_share():
    file = ROOT / "website" / "explorers" / "src" / "common.json"
    assert json.loads(file.read_text(encoding="utf-8")) == site.common()
    assert "labelFontSize:12,titleFontSize:12" in bare_page("hinge"), "tests draw larger letters"


@pytest.mark.parametrize("name", ["hinge", "sigmoid_cross_entropy"])
def test_in_the_picture_no_number_of_an_axis_is_moved_onto_another(name):
    drawn = site.picture(bundle(name)[MIME])
    axes = re.findall(r'<g class="mark-text role-axis-label".*?</g>', drawn, re.DOTALL)
    sides = [re.findall(r'text-anchor="(\w+)"', axis) for axis in axes]
    assert {len(set(of_axis)) for of_axis in sides} == {1}


def test_what_counts_is_written_once():
    signals = site.on_page(bundle("descent")[MIME])["signals"]
    assert len(json.dumps(packed.counted(signals))) < len(json.dumps(signals)) / 3


SIGNALS = [{"name": f"_w{k + 1}", "update": f"_w{k} - 0.5 * rate10"} for k in range(40)]


@pytest.mark.parametrize(
    "signals",
    [
        SIGNALS,
        [{"name": "first"}, *SIGNALS, {"name": "last"}],
        [{"name": f"x{k}", "value": k, "update": f"“{k} − {k}”"} for k in range(40)],
        [{"name": f"{sign}{k}", "update": "x" * 30} for k in range(8, 30) for sign in "xy"],
        [{"name": f"w{k:03}", "update": "x" * 30} for k in range(40)],
        [{"name": f"x{2 * k}", "update": "x" * 30} for k in range(40)],
        [],
    ],
)
def test_any_list_can_be_written_out(signals):
    assert packed.written_out(packed.counted(signals)) == signals


def test_signals_that_do_not_count_stay_as_they_are():
    signals = [{"name": f"x{2 * k}", "update": "x" * 30} for k in range(40)]
    assert packed.counted(signals) == signals
    assert len(packed.counted(SIGNALS)) == 1


def test_a_table_is_written_as_differences():
    rows = [[[round(0.01 * (i + k), 2) for i in range(20)] for k in range(15)] for _ in range(2)]
    signal = {"name": "_x", "update": str(rows)}
    (short,) = packed.short({"signals": [signal]})["signals"]
    assert (short["digits"], short["rows"]) == (2, 15)
    assert short["table"][1].split()[15:17] == ["1", "1"], "the second column begins with 0.01"
    (whole,) = packed.whole({"signals": [short]})["signals"]
    assert json.loads(whole["update"]) == rows
