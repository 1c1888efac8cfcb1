"""Choosing a loss by questions: the steps, and the table of the page, which has the same rows."""

import re

from choosing_rows import ROWS

from website import toc
from website.extension import choosing

STEPS = {step["path"]: step for step in choosing.steps()}
PAGE = "book/choosing-a-loss"


def test_every_row_takes_at_most_three_answers():
    shortest = {}
    for path, step in STEPS.items():
        if "row" in step:
            answers = len(path.split("/"))
            shortest[step["row"]] = min(answers, shortest.get(step["row"], answers))
    assert set(shortest) == set(ROWS)
    assert {key: answers for key, answers in shortest.items() if answers > 3} == {}


def test_every_answer_leads_to_a_step_and_every_step_is_reached():
    offered = [id for step in STEPS.values() for id, _ in step.get("choices", [])]
    assert sorted(offered) == sorted(step["id"] for step in STEPS.values() if step["path"])
    assert [step["path"] for step in STEPS.values() if "row" in step and "asks" in step] == []


def test_a_step_says_what_was_answered():
    assert STEPS["number/any/outliers"]["trail"] == [
        ("choose", "Start"),
        ("choose/number", "A number"),
        ("choose/number/any", "Any numbers"),
        ("choose/number/any/outliers", "Outliers"),
    ]


def test_words_between_backticks_are_code_and_others_are_text():
    assert choosing.with_code("`[N]` & <b>") == "<code>[N]</code> &amp; &lt;b&gt;"


# The page's own table


def without_links(markdown):
    """Return the words of a piece of Markdown, with its code."""
    return re.sub(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^)]*\)", r"\1", markdown)


def table_of_the_page():
    """Return the cells of the table in the page's source, row by row."""
    text = (toc.ROOT / f"{PAGE}.ipynb").read_text(encoding="utf-8")
    lines = re.findall(r'^\s*"(\| .* \|)\\n",$', text, re.MULTILINE)
    return [line.replace(r"\"", '"').strip("| ").split(" | ") for line in lines][1:]


def test_the_page_has_the_same_rows_in_the_same_order():
    expected = [[row["case"], row["section"], row["loss"], row["beware"]] for row in ROWS.values()]
    rows = []
    for case, loss, _, beware in table_of_the_page():
        words, section = re.fullmatch(r"\[(.*)\]\(([\w-]+)(?:\.ipynb)?\)", case).groups()
        rows.append([words, section, loss, without_links(beware)])
    assert rows == expected


def test_the_code_in_the_page_is_in_the_lines_to_copy():
    for (_, _, code, _), row in zip(table_of_the_page(), ROWS.values(), strict=True):
        lines = row["keras"] + row["tensorflow"]
        parts = re.findall("`([^`]+)`", code)
        assert parts
        assert [part for part in parts if part not in lines] == []


def test_the_page_has_one_place_for_the_questions():
    text = (toc.ROOT / f"{PAGE}.ipynb").read_text(encoding="utf-8")
    assert text.count(rf'"{choosing.MARK}\n"') == 1
