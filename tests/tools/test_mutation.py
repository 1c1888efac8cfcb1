"""Mutation tests: each of these changes to a copy of the project must make one of its checks fail.

tools/mutation/sites.py and tools/mutation/operators.py say what is changed. A seed and the text at
a site choose the mutations, so that they stay the same as long as the line does. Each commit
applies one in 24 or 48 of them, chosen by its hash, to early cells of notebooks, since those above
a cell run too; with PROOF set, as `make proof` does, all are applied, to any cell.
"""

from functools import cache
from typing import NamedTuple

import pytest

from tools import warm
from tools.execute import pages
from tools.mutation import runner, sites
from tools.rotation import FEWER, PROOF, turn

SEED = 0
PARTS = 24 * FEWER
NOTEBOOKS = [path.as_posix() for path in pages(runner.ROOT)]
SOURCES = [path for path in NOTEBOOKS if "/sources/" in path]
EXECUTED = ("stored output", "swapped arguments", "solution")


class Case(NamedTuple):
    """A mutation of a file: of the first of these kinds for which the file has a site."""

    path: str
    kinds: tuple

    def site(self, root=runner.ROOT):
        """Return the site that is chosen."""
        candidates = sites_of(root, self.path)
        groups = [[site for site in candidates if site.kind == kind] for kind in self.kinds]
        assert any(groups), f"{self.path} has no site for a mutation of the kind {self.kinds[0]}"
        group = next(filter(None, groups))
        if group[0].kind in EXECUTED and not PROOF:
            group = early(group)
        return min(group, key=lambda site: sites.order(site, SEED))


def early(group):
    """Return the sites in the first third of the cells that have any."""
    cells = sorted({site.where[1] for site in group})
    last = cells[(len(cells) - 1) // 3]
    return [site for site in group if site.where[1] <= last]


@cache
def sites_of(root, path):
    """Return the sites of a file, computed once."""
    return sites.in_file(root, path)


CASES = [
    *(Case(path, ("lossutils",)) for path in sites.modules(runner.ROOT)),
    # What running a notebook should notice: the kinds take turns; a notebook can lack one.
    *(Case(path, (*EXECUTED[n % 3 :], *EXECUTED[: n % 3])) for n, path in enumerate(NOTEBOOKS)),
    *(Case(path, ("published number",)) for path in sites.data(runner.ROOT)),
    *(Case(path, ("canonical form",)) for path in NOTEBOOKS[::8]),
    *(Case(path, ("catalogue row",)) for path in SOURCES[::2]),
]


def share(cases, turn):
    """Return the cases of a commit: one part of every kind of mutation."""
    by_kind = sorted(cases, key=lambda case: case.kinds)
    return by_kind[turn % PARTS :: PARTS]


APPLIED = CASES if PROOF else share(CASES, turn())


@pytest.fixture(scope="session")
def copy(tmp_path_factory):
    """Make the copy that is mutated; each worker has its own."""
    with warm.python_processes():
        yield runner.Copy(tmp_path_factory.mktemp("mutated") / "copy")


def test_every_module_and_notebook_and_every_kind_is_mutated():
    assert {case.path for case in CASES} >= {*NOTEBOOKS, *sites.modules(runner.ROOT)}
    assert {case.site().kind for case in CASES} == set(runner.KINDS)
    documents = {case.path for case in CASES if case.kinds == ("published number",)}
    assert len(documents) == 5
    assert len({case.site() for case in CASES}) >= 30


def test_as_many_commits_as_there_are_parts_can_apply_every_mutation():
    shares = [share(CASES, number) for number in range(10, 10 + PARTS)]
    assert sorted(case for part in shares for case in part) == sorted(CASES)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_a_folder_without_git_applies_the_first_share(tmp_path):
    assert share(CASES, turn(tmp_path)) == share(CASES, 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [  # the cases of one file stay together, so that its check runs once without a mutation
        pytest.param(
            case, id=f"{case.path}-{case.kinds[0]}", marks=pytest.mark.xdist_group(case.path)
        )
        for case in APPLIED
    ],
)
def test_a_mutation_is_caught(copy, case):
    outcome = copy.try_one(case.site(copy.root))
    assert outcome.caught, outcome
