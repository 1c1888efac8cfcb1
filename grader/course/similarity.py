"""Find submissions whose code is alike once names, numbers, strings and comments are removed.

A short sequence of tokens counts by how few other students wrote it: what half of the class wrote
says nothing about two of them. What the students received does not count at all.
"""

import math
from collections import Counter, defaultdict
from typing import NamedTuple

from grader.checks import cells
from grader.course import tokens
from grader.run.assemble import assemble
from grader.run.deadline import READING, deadline
from grader.run.submission import read

ALIKE = 0.95  # of the weight of the larger submission; tools/bench/similarity measures what follows
LEAST = 20.0  # weight that two submissions share; a line or two that few wrote is too little


class Pair(NamedTuple):
    """Two submissions, by their places in a list, and how much they share."""

    first: int
    second: int
    share: float
    weight: float


def alike(sets):
    """Return the pairs that are alike, those first that share the rarest code.

    Parameters
    ----------
    sets : list of set of str
        What `reduced` returns, one for each submission.

    Examples
    --------
    >>> mine = {f"gram {number}" for number in range(30)}
    >>> [(pair.first, pair.second) for pair in alike([mine, {"other"}, mine, set()])]
    [(0, 2)]
    """
    weights = _weights(sets)
    totals = [math.fsum(weights[gram] for gram in grams) for grams in sets]
    pairs = []
    for first, second in _candidates(sets, weights, totals):
        shared = sum(map(weights.__getitem__, sets[first] & sets[second]))
        larger = max(totals[first], totals[second])
        if shared >= LEAST and shared >= ALIKE * larger:
            pairs.append(Pair(first, second, shared / larger, shared))
    return sorted(pairs, key=lambda pair: (-pair.weight, pair))


def different(pairs, sets):
    """Return pairs of groups: all who wrote one code, and all who wrote the other.

    Five students with the same code are ten pairs, and one to read.

    Parameters
    ----------
    pairs : list of Pair
        What `alike` returns.

    Yields
    ------
    (list of int, list of int, float)
        The places of each group, and how much is alike.

    Examples
    --------
    >>> mine = {f"gram {number}" for number in range(30)}
    >>> [groups[:2] for groups in different(alike([mine, mine, mine]), [mine, mine, mine])]
    [([0], [1, 2])]
    """
    groups, seen = defaultdict(list), set()
    for place, grams in enumerate(sets):
        groups[frozenset(grams)].append(place)
    for pair in pairs:
        first, second = (groups[frozenset(sets[place])] for place in pair[:2])
        if (first[0], second[0]) not in seen:
            seen |= {(first[0], second[0]), (second[0], first[0])}
            same = first is second
            yield (first[:1] if same else first), (first[1:] if same else second), pair.share


def reduced(answers, given):
    """Return what is compared of one submission: its sequences of tokens, without those given."""
    return set().union(*map(tokens.grams, answers.values())) - given


def given(release):
    """Return the sequences of tokens in what the students received."""
    code = [cell["source"] for cell in release["cells"] if cell["cell_type"] == "code"]
    return set().union(*map(tokens.grams, code))


def answers(release, path, limit_mb):
    """Return the code that a student wrote: name of its cell -> code; empty if it is unreadable."""
    own = {cells.grade_id(cell) for cell in release["cells"] if cells.is_answer(cell)}
    try:
        with deadline(READING):
            runnable = assemble(read(path, limit_mb), release).cells
    except Exception:  # of one submission, whatever is wrong with it: the others are compared
        return {}
    code_parts = defaultdict(list)
    for cell in runnable:
        if cell.grade_id in own and cell.number is not None:
            code_parts[cell.grade_id].append(cell.source)
    return {name: "\n".join(parts) for name, parts in code_parts.items()}


def _weights(sets):
    """Return the weight of each sequence: high where few students besides two wrote it."""
    counts = Counter(gram for grams in sets for gram in grams)
    return {gram: math.log((len(sets) + 2) / max(1, count - 1)) for gram, count in counts.items()}


def _candidates(sets, weights, totals):
    """Return the pairs that can be alike: both have one of their rarest sequences in common.

    If two share at least the part `ALIKE`, then the rarest sequence that they share is among
    those that make up the rest of each, rarest first.
    """
    owners = defaultdict(list)
    for place, grams in enumerate(sets):
        missing = 0.0
        for gram in sorted(grams, key=lambda gram: (-weights[gram], gram)):
            owners[gram].append(place)
            missing += weights[gram]
            if missing > (1 - ALIKE) * totals[place] + 1e-9:
                break
    pairs = {pair for places in owners.values() for pair in _of_one_size(places, totals)}
    return sorted(pairs)


def _of_one_size(places, totals):
    """Yield the pairs of which the smaller is large enough to be alike."""
    ordered = sorted(places, key=lambda place: totals[place])
    start = 0
    for number, place in enumerate(ordered):
        while totals[ordered[start]] < ALIKE * totals[place]:
            start += 1
        yield from ((min(other, place), max(other, place)) for other in ordered[start:number])
