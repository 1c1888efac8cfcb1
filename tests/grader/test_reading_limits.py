"""What students write is read in linear time and within limits, outside the sandbox."""

import json

import nbformat
import pytest
from hostile import demo
from test_grading import graded, grader, place, release  # noqa: F401

from grader.checks import declare
from grader.course import tables, tokens
from grader.run import assemble, definitions, job, submission
from grader.run.deadline import TooSlow, deadline
from grader.run.result import COULD_NOT, GRADED

pytestmark = pytest.mark.classroom

LENGTH = 200_000  # characters; at this length, quadratic time is minutes
PATIENCE = 10  # seconds; linear time is far below one
# Beginnings of what a pattern looks for, which it never finds.
REPEATED = ["[", "[a](", "[a](x", "[a](x[", "[a", "\n", "\n ", '"\n', ";", "|", "\r", " ", "1",
            "1,", "'", '"', '"""', "r'", "\\", "#", "0.e", "a ,", ", ", "(", "-", ".",
            "a:", "def ", "class a"]  # fmt: skip
READERS = {
    "links": assemble.plain_text,
    "cells of a table": tables.harmless,
    "cells of a table that is read": tables.plain,
    "tokens": tokens.grams,
    "names of a cell": definitions.defined,
    "choices": lambda text: declare.letters([text[:99]] * 26),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", REPEATED)
def test_patterns_take_linear_time(reader, text):
    for end in ("", "x", "!"):
        with deadline(PATIENCE):
            READERS[reader]((text * LENGTH)[:LENGTH] + end)


def test_links_are_still_found():
    assert assemble.plain_text("See [*axes*](https://x.org/b/axis.html#a) and [b].") == (
        "See **axes** and [b]."
    )


def with_cells(sources, kind="markdown", more=()):
    """Return the bytes of a notebook of the demo with these cells at its end."""
    cells = [{"cell_type": kind, "source": source, "metadata": {}} for source in sources]
    about = {"loss_book": {"assignment": "demo", "variant": 0}}
    return json.dumps({"cells": [*cells, *more], "metadata": about}).encode()


TOO_MUCH = {
    "a cell of a megabyte": (with_cells(["[" * 1_000_000]), "cell 1 has more than 200,000"),
    "a list of zeros as code": (with_cells(["1", "[" + "0," * 1_000_000 + "]"], "code"),
                                "cell 2 has more than 200,000 characters"),
    "many long cells": (with_cells(["x" * 150_000] * 7), "more than 1,000,000 characters together"),
    "three thousand cells": (with_cells(["x"] * 3_000), "more than 2,000 cells"),
    "a million zeros": (with_cells([], more=[0] * 1_000_000), "more than 2,000 cells"),
    "six million lists": (b'{"cells": [], "x": [' + b"[]," * 6_000_000 + b"1]}", "too many values"),
    "lines without end": (with_cells([["x"] * 3_000_000]), "too many values"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused_in_one_sentence(name, tmp_path):
    data, reason = TOO_MUCH[name]
    path = tmp_path / "much.ipynb"
    path.write_bytes(data)
    with deadline(PATIENCE), pytest.raises(submission.CannotGrade, match=reason) as refused:
        submission.read(path, 25).cells  # noqa: B018, it is the property that refuses
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["[" * 190_000, "\n;" * 90_000, "0," * 90_000])
def test_a_long_cell_within_the_limits_costs_no_points(text, grader, place, release):  # noqa: F811
    """Nor time: it is read like any other."""
    notebook = demo.submission(release, demo.RIGHT)
    for kind in ("markdown", "raw"):
        notebook.cells.append(nbformat.from_dict({
            "cell_type": kind, "id": kind, "source": text, "metadata": {}}))  # fmt: skip
    with deadline(60):
        result = graded(grader, place, "long", notebook)
    assert (result["state"], result["points"]) == (GRADED, demo.MAX_POINTS)


def test_reading_that_takes_too_long_is_given_up(grader, place, release, monkeypatch):  # noqa: F811
    """Whatever nobody has thought of: that submission alone has no points, and not 0."""

    with monkeypatch.context() as change:
        change.setattr(job, "assemble", endless)
        change.setattr(job, "READING", 0.2)
        result = graded(grader, place, "slow", demo.submission(release, {}))
    assert (result["state"], result["points"]) == (COULD_NOT, None)
    assert result["reason"] == "reading it takes longer than the grader allows"
    result = graded(grader, place, "next", demo.submission(release, demo.RIGHT))
    assert result["points"] == demo.MAX_POINTS


def endless(*_):
    """Never return."""
    while True:
        pass


def test_a_deadline_ends_with_its_statement():
    with deadline(0.05), pytest.raises(TooSlow):
        endless()
    with deadline(0.05):
        pass
    for _ in range(10**6):
        pass
