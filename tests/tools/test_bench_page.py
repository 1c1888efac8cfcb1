"""The tables of the benchmark on the page of the book: all are there, in order, and up to date."""

import json
import re

import pytest

pytest.importorskip("tensorflow")

from tools.bench.programs import figures, page, rules, stored
from tools.bench.programs.faulty import FAULTS
from tools.bench.programs.healthy import HEALTHY, KINDS

NOTEBOOK = json.loads(page.PAGE.read_text(encoding="utf-8"))
SOURCE = "".join(page.cell(NOTEBOOK)["source"])
LINES = SOURCE.splitlines()
NOW = stored.columns()[stored.COLUMNS[0]]


def of_page(first):
    """Return the rows of the table of the page whose header begins with a cell, as cells."""
    begin = next(i for i in page.headers(LINES) if page.first_cell(LINES[i]) == first)
    rows = re.split(r"\n(?!\|)", "\n".join(LINES[begin:]))[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def folded():
    """Return the first cells of the tables that are in a dropdown."""
    blocks = re.findall(r"^```\{dropdown\}.*?^```$", SOURCE, re.M | re.S)
    return [page.first_cell(b[i]) for b in map(str.splitlines, blocks) for i in page.headers(b)]


def test_the_page_shows_the_stored_verdicts():
    assert page.filled(SOURCE) == SOURCE.rstrip("\n")


def test_the_tables_are_on_the_page_once_and_in_this_order():
    firsts = [page.first_cell(LINES[i]) for i in page.headers(LINES)]
    assert firsts == ["on these programs", "package", "fault", "finding", "healthy programs"]


def test_the_long_tables_are_folded_and_the_figures_are_not():
    assert folded() == ["fault", "finding", "healthy programs"]


def test_the_table_of_figures_has_every_figure_in_every_column():
    head, _, *rows = of_page("on these programs")
    assert head[1 : 1 + len(figures.SETS)] == [f"{name}, at first" for name in figures.SETS]
    assert [row[0] for row in rows] == list(figures.counted(figures.columns()[0]))
    assert {len(row) for row in rows} == {1 + len(figures.columns())}
    for row in rows:
        assert all(re.fullmatch(r"\d+ of \d+|–", cell) for cell in row[1:]), row
        assert "–" not in row[1], row


def test_the_table_of_faults_has_a_row_for_each():
    head, _, *rows = of_page("fault")
    assert [row[0] for row in rows] == list(FAULTS)
    assert {len(row) for row in rows} == {len(head)}


def test_the_columns_hold_every_program_now_once():
    *_, unseen, held_out, tuned = figures.columns()
    splits = [split for column in (unseen, held_out, tuned) for split in column.splits]
    assert sorted(splits) == sorted({fault.split for fault in FAULTS.values()})
    healthy = [name for column in (unseen, held_out, tuned) for name in column.healthy]
    assert sorted(healthy) == sorted(f"healthy {name}" for name in HEALTHY)


@pytest.mark.parametrize("name", figures.FIRST)
def test_the_first_verdicts_hold_every_program_of_their_set(name):
    ids = [id_ for id_, fault in FAULTS.items() if fault.split == name]
    expected = {f"{kind} {id_}" for kind in ("faulty", "repaired") for id_ in ids}
    expected |= {f"healthy {id_}" for id_ in figures.UNSEEN.get(name, ())}
    assert set(figures.first(name)) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, ["14 of 14", "16 of 24", "21 of 24", "0 of 24", "1 of 24", "0 of 36", "0 of 36"]),
        (1, ["11 of 11", "13 of 16", "15 of 16", "0 of 16", "2 of 16", "0 of 24", "1 of 24"]),
        (2, ["8 of 11", "12 of 20", "16 of 20", "0 of 20", "1 of 20", "0 of 33", "3 of 33"]),
        (3, ["14 of 15", "19 of 24", "23 of 24", "0 of 24", "1 of 24", "0 of 16", "0 of 16"]),
        (4, ["8 of 16", "13 of 24", "17 of 24", "0 of 24", "1 of 24", "0 of 16", "1 of 16"]),
        (5, ["11 of 14", "14 of 25", "16 of 25", "0 of 25", "2 of 25", "0 of 40", "3 of 40"]),
        (6, ["13 of 14", "15 of 20", "16 of 20", "0 of 20", "1 of 20", "–", "–"]),
    ],
)
def test_the_first_verdicts_are_kept(number, expected):
    assert list(figures.counted(figures.columns()[number]).values()) == expected


def test_a_table_is_replaced_up_to_its_end():
    text = "one\n| a |\n| old |\n| old |\ntwo\n| b |\n"
    assert page.replaced(text, ["| a |", "| new |"]) == "one\n| a |\n| new |\ntwo\n| b |"


def test_a_row_that_begins_like_another_table_is_not_its_header():
    text = "| on these | now |\n| faults | 1 |\n\n| fault | what |\n| x | y |\n"
    expected = "| on these | now |\n| faults | 1 |\n\n| fault | what |\n| z | y |"
    assert page.replaced(text, ["| fault | what |", "| z | y |"]) == expected


@pytest.mark.parametrize(("text", "times"), [("no table", 0), ("| a |\n\n| a |", 2)])
def test_a_table_that_is_missing_or_there_twice_is_one_sentence(text, times):
    with pytest.raises(SystemExit, match=rf"^error: expected one table of “a”, got {times}$"):
        page.replaced(text, ["| a | b |"])


def test_each_finding_lists_the_programs_that_it_was_made_about():
    programs_of = rules.by_finding(
        {
            "faulty 31880720": ["named", "named", ["softmax-on-one-unit?", "clipped"]],
            "repaired 31880720": ["clipped?"],
            "healthy x": ["clipped"],
        }
    )
    assert programs_of["softmax-on-one-unit"] == (["31880720"], [], [])
    assert programs_of["clipped"] == ([], ["31880720"], ["31880720, repaired", "x (certain)"])


def test_the_table_of_findings_names_each_named_fault():
    _, _, *rows = of_page("finding")
    listed = {id_ for row in rows for id_ in row[1].split("; ")} - {"–"}
    assert listed == {id_ for id_, f in FAULTS.items() if NOW[f"faulty {id_}"][1] == "named"}


def test_every_healthy_program_is_in_the_files_that_are_listed():
    _, _, *rows = of_page("healthy programs")
    kinds = list(KINDS.values())
    assert [int(row[1]) for row in rows] == [len(programs) for programs in kinds]
    for row, programs in zip(rows, kinds, strict=True):
        files = [figures.HERE / name.strip("`") for name in row[2].split("; ")]
        text = "".join(file.read_text(encoding="utf-8") for file in files)
        assert [name for name in programs if f'"{name}"' not in text] == [], row


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ("seventh", "24 faults and 36 healthy programs"),
        ("sixth", "16 faults and 24 healthy programs"),
        ("fifth", "20 faults and 33 healthy programs"),
        ("fourth", "24 faults and 16 healthy programs"),
        ("third", "24 faults and 16 healthy programs"),
        ("second", "25 faults and 40 healthy programs"),
        ("fresh", "20 faults"),
    ],
)
def test_the_page_says_how_many_there_are_of_each_set(split, words):
    number = sum(fault.split == split for fault in FAULTS.values())
    (line,) = [line for line in LINES if line.startswith(f"- **{split.capitalize()}.**")]
    assert words in line
    assert words.split() == [str(number), *words.split()[1:]]
    assert [len(programs) for programs in figures.UNSEEN.values()] == [36, 24, 33, 16, 16, 40]


def test_the_summary_of_the_page_gives_the_first_figures():
    counted = list(figures.counted(figures.columns()[0]).values())
    (named, faults), (attributed, _) = (value.split(" of ") for value in counted[1:3])
    certain = [counted[i].split(" of ") for i in (3, 5)]
    good = sum(int(whole) for _, whole in certain)
    (short,) = [
        text for cell in NOTEBOOK["cells"] if "## In short" in (text := "".join(cell["source"]))
    ]
    assert f"wrote {faults} faults" in short
    assert f"named {named}, and the right family of {int(attributed) - int(named)} more" in short
    assert f"In the {good} repaired and healthy programs" in short
    assert [part for part, _ in certain] == ["0", "0"]
    assert "nothing was called certain" in short
