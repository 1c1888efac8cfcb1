"""Small changes of Python code that change what it does: a sign, a comparison, two arguments.

A change that cannot be seen is not an error, so these are left out by rule:

- an operand for which both operators do the same (0, 1 in a product, nan), and what builds texts;
- numbers with a minus, most of which are axes and indices: -1 and 1 name the same axis of two;
- the arguments of a function that is symmetric in them (a squared error, a hinge with labels -1
  and 1), and arguments that are the same;
- in notebooks, all that does not reach a printed number: what only a figure shows, and what goes
  through a comparison, a maximum, a shape or another operation that keeps little of its input.
"""

import ast
import re
from typing import NamedTuple

OPERATORS = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*")}
COMPARISONS = {
    ast.Lt: ("<", ">"),
    ast.LtE: ("<=", ">"),
    ast.Gt: (">", "<"),
    ast.GtE: (">=", "<"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
}
TWINS = {"maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max"}
TWINS |= {"any": "all", "all": "any"}
SINKS = {"print", "compare"}
TRUTH_THEN_PREDICTION = re.compile(
    r"(?i)cross_?entropy|kl_divergence|kld|poisson|focal|categorical_hinge"
)
BLUNT_CALLS = re.compile(
    r"(?i)^(all|any|bool|len|type|sign|int|is_?\w+|assert\w*|has\w+|arg\w+|unique|sort\w*|shape|size"
    r"|clip\w*|where|relu|max\w*|min\w*|reduce_max|reduce_min|round|zeros\w*|ones\w*|get|astype)$"
)
BLUNT_ATTRIBUTES = {"shape", "dtype", "size", "ndim", "name"}


class Edit(NamedTuple):
    """The characters from `start` to `end` of a text become `new`."""

    start: int
    end: int
    new: str


def offsets(source, node):
    """Return where a node starts and ends in its source, in characters."""
    lines = source.splitlines(keepends=True)
    ends = []
    for line, column in ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)):
        before = sum(len(text) for text in lines[: line - 1])
        ends.append(before + len(lines[line - 1].encode()[:column].decode()))
    return ends


def _between(source, left, right, old, new):
    """Return the edit of an operator that stands between two nodes."""
    start, end = offsets(source, left)[1], offsets(source, right)[0]
    site = start + source[start:end].index(old)
    return Edit(site, site + len(old), new)


def arithmetic(source, node):
    """Yield the edits of one expression: another operator, or a minus less."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        operator = OPERATORS[type(node.op)]
        neutral = 0 if operator[0] in "+-" else 1
        # A sign is -1 or 1: to multiply by it and to divide by it is the same.
        by_sign = neutral == 1 and "sign" in (_name(node.left), _name(node.right))
        if not by_sign and not any(
            _is_same(operand, neutral) for operand in (node.left, node.right)
        ):
            yield _between(source, node.left, node.right, *operator)
    is_minus = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    if is_minus and not isinstance(node.operand, ast.Constant):
        start = offsets(source, node)[0]
        yield Edit(start, start + 1, "")


def _name(node):
    """Return the name that a node is, or None."""
    return node.id if isinstance(node, ast.Name) else None


def _is_same(operand, neutral):
    """Tell whether an operand gives the same with both operators, or is a text."""
    if isinstance(operand, ast.Constant):
        return operand.value == neutral or isinstance(operand.value, str | bytes)
    return isinstance(operand, ast.JoinedStr) or getattr(operand, "attr", "") == "nan"


def comparison(source, node):
    """Yield the edit of a comparison: its direction."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        old_and_new = COMPARISONS[type(node.ops[0])]
        yield _between(source, node.left, node.comparators[0], *old_and_new)


def name_of(call):
    """Return the last name of what is called: `softmax` for `tf.nn.softmax(x)`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def in_module(source, *, returns):
    """Yield the edits of a module; with `returns`, public results lose their sign and size too."""
    tree = ast.parse(source)
    left_out = {
        id(n) for node in ast.walk(tree) for part in _not_computed(node) for n in ast.walk(part)
    }
    for node in ast.walk(tree):
        if id(node) not in left_out:
            yield from arithmetic(source, node)
            yield from comparison(source, node)
            yield from _twin(source, node)
        if returns and isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield from _results(source, node)


def _not_computed(node):
    """Yield the parts of a node that hold indices, axes, messages or settings, no computation."""
    if isinstance(node, ast.Subscript):
        yield node.slice
    elif isinstance(node, ast.Raise | ast.JoinedStr | ast.arguments):
        yield node
    elif isinstance(node, ast.Call) and name_of(node) in {"moveaxis", "expand_dims", "swapaxes"}:
        yield from node.args[1:]
    yield from (k for k in getattr(node, "keywords", []) if k.arg in {"axis", "stacklevel"})


def _twin(source, node):
    if isinstance(node, ast.Call) and name_of(node) in TWINS:
        end = offsets(source, node.func)[1]
        yield Edit(end - len(name_of(node)), end, TWINS[name_of(node)])


def _results(source, function):
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Call | ast.BinOp):
            start, end = offsets(source, node.value)
            for new in ("-({})", "2 * ({})"):
                yield Edit(start, end, new.format(source[start:end]))


def swapped(source, call):
    """Yield the edit that exchanges truth and prediction in a call, where it matters."""
    if not isinstance(call, ast.Call):
        return
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    pair = [named[name] for name in ("labels", "logits", "y_true", "y_pred") if name in named]
    if TRUTH_THEN_PREDICTION.search(name_of(call)):
        pair = pair or call.args[:2]
    if len(pair) == 2 and ast.dump(pair[0]) != ast.dump(pair[1]):
        (a, b), (c, d) = sorted(offsets(source, node) for node in pair)
        yield Edit(a, d, source[c:d] + source[b:c] + source[a:b])


def shown(trees):
    """Return, for each cell's tree, the expressions whose values reach a printed number."""
    printed, needed = [[] for _ in trees], set()
    for number in reversed(range(len(trees))):
        for statement, nested in reversed(list(_statements(trees[number].body))):
            nodes = [n for value in _values(statement, needed, nested) for n in _visible(value)]
            printed[number] += nodes
            needed |= {node.id for node in nodes if isinstance(node, ast.Name)}
    return printed


def _statements(body, nested=False):
    """Yield the simple statements in order, and whether they are in a block."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            continue
        blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
        blocks += [handler.body for handler in getattr(statement, "handlers", [])]
        if not any(blocks):
            yield statement, nested
        for block in blocks:
            yield from _statements(block, nested=True)


def _values(statement, needed, nested):
    """Return the values of a statement that are printed, or set a name which is printed later."""
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.Expr):
        return [value] if isinstance(value, ast.Call) and name_of(value) in SINKS else []
    if isinstance(statement, ast.AugAssign):
        return [value] if _base(statement.target) in needed else []
    if not isinstance(statement, ast.Assign):
        return []
    pairs = [pair for target in statement.targets for pair in _pairs(target, value)]
    values = [part for target, part in pairs if _base(target) in needed]
    if not nested:
        needed -= {target.id for target, _ in pairs if isinstance(target, ast.Name)}
    return values


def _pairs(target, value):
    """Yield each name that is set with its own value: a, b = 1, 2 sets two."""
    if not isinstance(target, ast.Tuple):
        yield target, value
        return
    values = value.elts if isinstance(value, ast.Tuple) else [value] * len(target.elts)
    for one, part in zip(target.elts, values, strict=False):
        yield from _pairs(one, part)


def _base(target):
    """Return the name that an assignment changes: x for x, x[0] and x.y."""
    while hasattr(target, "value"):
        target = target.value
    return getattr(target, "id", "")


def _visible(node):
    """Yield the parts of an expression on which its printed value depends."""
    if isinstance(node, ast.Call) and BLUNT_CALLS.match(name_of(node)) and name_of(node) != "round":
        return
    if isinstance(node, ast.Attribute) and node.attr in BLUNT_ATTRIBUTES:
        return
    children = {
        ast.Call: lambda: [node.func, *node.args, *(keyword.value for keyword in node.keywords)],
        ast.Attribute: lambda: [node.value],
        ast.BinOp: lambda: [node.left, node.right],
        ast.UnaryOp: lambda: [node.operand],
        ast.Subscript: lambda: [node.value],
        ast.JoinedStr: lambda: node.values,
        ast.FormattedValue: lambda: [node.value],
        ast.Tuple: lambda: node.elts,
        ast.List: lambda: node.elts,
        ast.Starred: lambda: [node.value],
        ast.Name: list,
        ast.Constant: list,
    }
    if type(node) in children:
        yield node
        for child in children[type(node)]():
            yield from _visible(child)
