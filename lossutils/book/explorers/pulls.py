"""Three losses of six points of three classes, and their gradients, as Vega expressions.

The points are x0, y0 to x5, y5; the first and the second are a pair, and so on.
"""

import itertools

from lossutils.book.explorers.formulas import log1p

NUMBERS = range(6)
PAIRS = list(itertools.combinations(NUMBERS, 2))
QUERIES = range(0, len(NUMBERS), 2)
CONTRASTIVE, TRIPLET, INFO_NCE = 0, 1, 2


def chosen(contrastive, triplet, info_nce):
    """Return an expression that depends on the loss that is chosen."""
    return f"(kind == {CONTRASTIVE} ? {contrastive} : kind == {TRIPLET} ? {triplet} : {info_nce})"


def _sum(terms):
    return f"({' + '.join(terms)})"


def mean_of(name, numbers):
    """Return the mean of formulas that differ in a number only."""
    return f"{_sum(f'{name}{i}' for i in numbers)} / {len(numbers)}"


def count_of(condition, numbers):
    """Return for how many numbers a condition is true."""
    return _sum(f"({condition.format(i)} ? 1 : 0)" for i in numbers)


def _partner(i):
    return i + 1 - 2 * (i % 2)


def _others(i):
    """Return the points of the other classes."""
    return [j for j in NUMBERS if j not in (i, _partner(i))]


def _d(i, j):
    """Return the name of the distance of two points."""
    return f"_d{min(i, j)}{max(i, j)}"


def steps():
    """Return what the losses and their gradients are made of, in the order of use."""
    steps = {}
    for i, j in PAIRS:
        across, up = f"(x{i} - x{j})", f"(y{i} - y{j})"
        steps[_d(i, j)] = f"sqrt({across} * {across} + {up} * {up})"
    for i in NUMBERS:
        steps |= _triplet_steps(i) | _direction_steps(i)
    for query in QUERIES:
        steps |= _query_steps(query)
    return steps


# Contrastive: all pairs


def _lacking(i, j):
    return f"max(0, margin - {_d(i, j)})"


def _is_same(i, j):
    return j == _partner(i)


def contrastive():
    """Return the mean contrastive loss of all pairs."""
    halves = (_d(i, j) if _is_same(i, j) else _lacking(i, j) for i, j in PAIRS)
    return f"{_sum(f'{half} * {half} / 2' for half in halves)} / {len(PAIRS)}"


def costly_pairs():
    """Count the pairs with a contrastive loss above 0."""
    sizes = (_d(i, j) if _is_same(i, j) else _lacking(i, j) for i, j in PAIRS)
    return _sum(f"({size} > 0 ? 1 : 0)" for size in sizes)


def _pair_slope(i, j):
    """Return the derivative with respect to a distance, divided by the distance."""
    return "1" if _is_same(i, j) else f"-{_lacking(i, j)} / max({_d(i, j)}, 1e-300)"


# Triplets: each point as an anchor, with its partner and the nearest of the others


def _triplet_steps(i):
    """Return the loss of an anchor, and what part of it each of the nearest others has."""
    distances = [_d(i, j) for j in _others(i)]
    return {
        f"_near{i}": f"min({', '.join(distances)})",
        f"_t{i}": f"max(0, {_d(i, _partner(i))} - _near{i} + margin)",
        f"_ties{i}": _sum(f"({d} == _near{i} ? 1 : 0)" for d in distances),
    }


def _triplet_slope(i, j):
    """Return the same for both as anchors."""
    if _is_same(i, j):
        slope = f"((_t{i} > 0 ? 1 : 0) + (_t{j} > 0 ? 1 : 0))"
    else:
        nearest = (f"(_t{k} > 0 && {_d(i, j)} == _near{k} ? 1 / _ties{k} : 0)" for k in (i, j))
        slope = f"-{_sum(nearest)}"
    return f"{slope} / max({_d(i, j)}, 1e-300)"


# InfoNCE: the first point of each class is a query, the second its key


def _direction_steps(i):
    """Return the vector of length 1, or of 0 for a point at the centre."""
    length = f"_r{i}"
    return {
        length: f"sqrt(x{i} * x{i} + y{i} * y{i})",
        f"_x{i}": f"({length} == 0 ? 0 : x{i} / {length})",
        f"_y{i}": f"({length} == 0 ? 0 : y{i} / {length})",
    }


def _query_steps(query):
    """Return the loss of a query, and the probabilities of the keys of other queries."""
    key = query + 1
    wrong = [j + 1 for j in QUERIES if j != query]
    dot = "(_x{0} * _x{1} + _y{0} * _y{1})"
    gaps = {
        f"_e{query}{j}": f"exp(({dot.format(query, j)} - {dot.format(query, key)}) / tau)"
        for j in wrong
    }
    total = _sum(gaps)
    shares = {f"_p{query}{j}": f"_e{query}{j} / (1 + {total})" for j in wrong}
    return {**gaps, **shares, f"_n{query}": log1p(total)}


def right_queries():
    """Count the queries to which no key is nearer than their own."""
    wrong = {query: [j + 1 for j in QUERIES if j != query] for query in QUERIES}
    return _sum(
        f"({' && '.join(f'_e{query}{j} < 1' for j in keys)} ? 1 : 0)"
        for query, keys in wrong.items()
    )


def _direction_slope(i):
    """Return the derivative with respect to the angle of a point."""
    query, key = i - i % 2, i - i % 2 + 1
    if i == query:
        terms = (f"_p{i}{j} * {_turn(i, j)} - _p{i}{j} * {_turn(i, key)}" for j in _keys(i))
    else:
        asked = (f"_p{j}{i} * {_turn(i, j)}" for j in QUERIES if j != query)
        own = (f"(-_p{query}{j}) * {_turn(i, query)}" for j in _keys(query))
        terms = itertools.chain(asked, own)
    return f"{_sum(terms)} / tau"


def _keys(query):
    return [j + 1 for j in QUERIES if j != query]


def _turn(i, j):
    """Return how the cosine of two points changes as the first is turned to the left."""
    return f"(_x{i} * _y{j} - _y{i} * _x{j})"


def gradient(axis, i):
    """Return the derivative of the sum of all losses with respect to a coordinate of a point."""
    others = [j for j in NUMBERS if j != i]
    contrastive, triplet = (
        _sum(f"{slope(i, j)} * ({axis}{i} - {axis}{j})" for j in others)
        for slope in (_pair_slope, _triplet_slope)
    )
    across = f"(-_y{i})" if axis == "x" else f"_x{i}"
    info_nce = f"(_r{i} == 0 ? 0 : {_direction_slope(i)} * {across} / _r{i})"
    return chosen(contrastive, triplet, info_nce)
