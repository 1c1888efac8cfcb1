"""The proof of the proof: errors planted in a copy of the project, each of which must be noticed.

Which errors there are, and which changes are no errors, is said in tools/mutation/sites.py and
tools/mutation/operators.py. The places are chosen by a seed and by what stands there, so that they
stay the same as long as the line does.
"""

from functools import cache
from typing import NamedTuple

import pytest

from tools.execute import pages
from tools.mutation import runner, sites

SEED = 0
NOTEBOOKS = [path.as_posix() for path in pages(runner.ROOT)]
SOURCES = [path for path in NOTEBOOKS if "/sources/" in path]
EXECUTED = ("stored output", "swapped arguments", "solution")


class Case(NamedTuple):
    """An error in a file: the first of these kinds that it has, and which of its places."""

    path: str
    kinds: tuple
    number: int = 0

    def place(self, root=runner.ROOT):
        """Return the place that is chosen."""
        found = found_in(root, self.path)
        groups = [[place for place in found if place.kind == kind] for kind in self.kinds]
        assert any(groups), f"{self.path} has no place for an error of the kind {self.kinds[0]}"
        group = next(filter(None, groups))
        return sorted(group, key=lambda place: sites.order(place, SEED))[self.number]


@cache
def found_in(root, path):
    """Return the places of a file, looked for once."""
    return sites.in_file(root, path)


CASES = [
    *(Case(path, ("lossutils",)) for path in sites.modules(runner.ROOT)),
    # What running a notebook should notice: the kinds take turns; a notebook can lack one.
    *(Case(path, (*EXECUTED[n % 3 :], *EXECUTED[: n % 3])) for n, path in enumerate(NOTEBOOKS)),
    *(Case(path, ("published number",)) for path in sites.data(runner.ROOT)[1:4]),
    *(Case(path, ("canonical form",)) for path in NOTEBOOKS[::8]),
    *(Case(path, ("catalogue row",)) for path in SOURCES[::2]),
]


@pytest.fixture(scope="session")
def copy(tmp_path_factory):
    """Make the copy in which errors are planted; each worker has its own."""
    return runner.Copy(tmp_path_factory.mktemp("planted") / "copy")


def test_the_errors_are_spread_over_all_modules_and_notebooks():
    assert {case.path for case in CASES} >= {*NOTEBOOKS, *sites.modules(runner.ROOT)}
    assert {case.place().kind for case in CASES} == set(runner.KINDS)
    assert len({case.place() for case in CASES}) >= 30


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [  # the cases of one file stay together, so that its check is run once without an error
        pytest.param(
            case, id=f"{case.path}-{case.kinds[0]}", marks=pytest.mark.xdist_group(case.path)
        )
        for case in CASES
    ],
)
def test_a_planted_error_is_noticed(copy, case):
    outcome = copy.try_one(case.place(copy.root))
    assert outcome.caught, outcome
