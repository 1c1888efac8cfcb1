"""What a page holds of an explorer: in fewer letters, and nothing is lost."""

import json

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


def test_what_counts_is_written_once():
    vega = site.on_page(bundle("descent")[MIME])
    assert len(json.dumps(packed.short(vega))) < len(json.dumps(vega)) / 3


ENTRIES = [{"name": f"_w{k + 1}", "update": f"_w{k} - 0.5 * rate10"} for k in range(40)]


@pytest.mark.parametrize(
    "entries",
    [
        ENTRIES,
        [{"name": "first"}, *ENTRIES, {"name": "last"}],
        [{"k": k, "digit": str(k), "half": 2.5, "low": -k} for k in range(40)],
        [{"name": f"{sign}{k}", "update": "x" * 30} for k in range(8, 30) for sign in "xy"],
        [{"name": f"w{k:03}", "update": "x" * 30} for k in range(40)],
        [{"name": f"x{2 * k}", "update": "x" * 30} for k in range(40)],
        [],
    ],
)
def test_any_list_can_be_written_out(entries):
    assert packed.written_out(packed.counted(entries)) == entries


def test_entries_that_do_not_count_stay_as_they_are():
    entries = [{"name": f"x{2 * k}", "update": "x" * 30} for k in range(40)]
    assert packed.counted(entries) == entries
    assert len(packed.counted(ENTRIES)) == 1


def test_a_table_is_written_as_differences():
    rows = [[[round(0.01 * (i + k), 2) for i in range(20)] for k in range(15)] for _ in range(2)]
    signal = {"name": "_x", "update": str(rows)}
    (short,) = packed.short({"signals": [signal], "data": []})["signals"]
    assert (short["digits"], short["rows"]) == (2, 15)
    assert short["table"][1].split()[15:17] == ["1", "1"], "the second column begins with 0.01"
    (whole,) = packed.whole({"signals": [short], "data": []})["signals"]
    assert json.loads(whole["update"]) == rows
