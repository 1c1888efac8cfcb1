"""Times decide which attempt counts: exactly, in every time zone, in whatever order they are read.

Where they do not decide, the teacher does.
"""

import itertools
import json
import os

import pytest
import sample_course
from sample_course import moment, table

from grader import files
from grader.course import collect, gradebook

pytestmark = pytest.mark.classroom
NOON = "2026-11-20T12:00:00"


def handed(round_, tmp_path, entries):
    """Collect files of a folder: (path, bytes, time); return how many were new and known."""
    folder = tmp_path / f"in-{len(list(tmp_path.iterdir()))}"
    for name, data, when in entries:
        files.write(folder / name, data)
        os.utime(folder / name, (moment(when).timestamp(),) * 2)
    return collect.collect(round_, folder, print)


def both(round_, tmp_path, names, data, times):
    """Collect two files of one student."""
    parts = zip(names, data.values(), times, strict=True)
    handed(round_, tmp_path, [(f"ada/{name}.ipynb", text, when) for name, text, when in parts])


def texts(round_, names):
    return {name: sample_course.notebook(round_, name) for name in names}


def counted(round_):
    """Return the row of the only student, and the name of the file that counts."""
    sample_course.give(round_, lambda a, key: sample_course.result(key))
    (row,) = table(round_)
    return row, row.attempt.original


# A few, because which hash is smaller is chance: the old order was wrong for half of them.
@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("apart", [0, 0.8])
def test_attempts_within_a_second_are_a_tie(apart, number, round_, tmp_path):
    data = texts(round_, (f"first {number}", f"second {number}"))
    times = (f"{NOON}.100000+00:00", f"{NOON}.{int(apart * 10) + 1}00000+00:00")
    both(round_, tmp_path, "ab", data, times)
    row, _ = counted(round_)
    assert (row.points, row.state) == (None, gradebook.UNDECIDED)
    assert "ada/a.ipynb and ada/b.ipynb were handed in at the same time" in row.reason


@pytest.mark.parametrize("number", range(4))
def test_a_second_is_an_order(number, round_, tmp_path):
    """Also where it is less than two by the clock."""
    data = texts(round_, (f"first {number}", f"second {number}"))
    times = (f"{NOON}.900000+00:00", "2026-11-20T12:00:01.950000+00:00")
    both(round_, tmp_path, "ba", data, times)
    row, name = counted(round_)
    assert (row.points, name) == (10, "ada/a.ipynb")


def in_zone(round_, tmp_path, name, data, when):
    folder = tmp_path / f"zone-{name}"
    files.write(folder / "ada" / f"{name}.ipynb", data)
    collect.collect(round_, folder, print, moment(when))


def test_one_moment_in_two_time_zones_is_a_tie(round_, tmp_path):
    one, two = texts(round_, ("one", "two")).values()
    in_zone(round_, tmp_path, "a", one, "2026-11-20T12:00:00+00:00")
    in_zone(round_, tmp_path, "b", two, "2026-11-20T13:00:00+01:00")
    assert counted(round_)[0].state == gradebook.UNDECIDED


def test_the_later_moment_counts_whatever_the_clock_on_the_wall_says(round_, tmp_path):
    one, two = texts(round_, ("one", "two")).values()
    in_zone(round_, tmp_path, "later", one, "2026-11-20T12:00:00+00:00")
    in_zone(round_, tmp_path, "earlier", two, "2026-11-20T12:30:00+01:00")
    assert counted(round_)[1] == "ada/later.ipynb"


# A at 1, B at 2, A again at 3.
ABA = [("first.ipynb", "A", 1), ("other.ipynb", "B", 2), ("again.ipynb", "A", 3)]


def entries(round_, order):
    data = texts(round_, "AB")
    return [(f"ada/{place}-{name}", data[text], f"2026-11-0{day}T12:00:00+00:00")
            for place, (name, text, day) in enumerate(order)]  # fmt: skip


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("order", list(itertools.permutations(ABA)))
def test_a_notebook_handed_in_again_counts_in_any_order_of_reading(
    order, at_once, round_, tmp_path
):
    """Files are read by name, and collected one by one or together."""
    everything = entries(round_, order)
    parts = [everything] if at_once else [[each] for each in everything]
    fresh = sum(handed(round_, tmp_path, part)[0] for part in parts)
    days = [moment(each.handed_in).day for each in collect.attempts(round_)]
    assert days == [1, 2, 3]
    row, name = counted(round_)
    assert name.endswith("again.ipynb")
    assert row.why == "the last of 3 attempts"
    assert row.attempt.path.read_bytes() == texts(round_, "A")["A"]
    # A, A is one attempt until B is known to lie between them; then the second A is one as well.
    assert fresh == (2 if {each[1] for each in order[:2]} == {"A"} else 3)
    assert sum(handed(round_, tmp_path, part)[0] for part in parts) == 0


@pytest.mark.parametrize("order", list(itertools.permutations(ABA[::2])))
def test_the_same_again_is_the_first_attempt(order, round_, tmp_path):
    """Its first time counts: handing it in again does not make it late."""
    for each in entries(round_, order):
        handed(round_, tmp_path, [each])
    (attempt,) = collect.attempts(round_)
    assert moment(attempt.handed_in).day == 1
    assert attempt.original.endswith("first.ipynb")


def test_a_damaged_list_of_times_is_a_damaged_record(round_, tmp_path):
    handed(round_, tmp_path, entries(round_, ABA[:1]))
    (path,) = round_.folder("submitted").glob("*/*.json")
    about = json.loads(path.read_text())
    for again in ([["2026", False]], [5], 5, [["yesterday", False, "x"]]):
        path.write_text(json.dumps(about | {"again": again}))
        (row,) = table(round_)
        assert "is damaged" in row.reason
