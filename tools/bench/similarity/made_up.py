"""Made-up submissions: independent ones, and disguised copies of some of them.

An independent submission answers each question in one of the ways that the modules `..._ways`
hold. Popular ways are chosen more often: the way of rank k has weight 1/k. Half of the students
leave a trial of their own between the answers.
"""

import ast
import builtins
import functools
import importlib
import inspect
import random

TRIALS = [
    "def show(name, value):\n    print(f'{name} = {value}')",
    "def close(a, b, within=1e-6):\n    return bool(np.all(np.abs(a - b) < within))",
    "rng = np.random.default_rng(7)\nexample = rng.normal(size=(2, 3))\nprint(example.shape)",
    "import math\nprint(math.exp(1), math.log(2))",
    "test = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])\nprint(test.sum(axis=-1))",
    "x = np.linspace(-5, 5, 11)\nfor value in x:\n    print(round(value, 1), np.exp(value))",
]
OWN = "own"
REMARKS = ["shift first", "see the chapter", "sum over classes", "tried it with numbers", "done"]


@functools.cache
def ways(assignment):
    """Return the ways to answer each question: name of its cell -> list of code."""
    module = importlib.import_module(f"tools.bench.similarity.{assignment}_ways")
    functions = inspect.getmembers(module, inspect.isfunction)
    answers = {}
    for question, name in module.QUESTIONS.items():
        own = [(int(label.removeprefix(f"{name}_")), value) for label, value in functions
               if label.rsplit("_", 1)[0] == name]  # fmt: skip
        answers[question] = [_answer(inspect.getsource(way), name) for _, way in sorted(own)]
    return answers


def _answer(source, name):
    """Return one way as the code of a cell: a function, or the body of one without arguments."""
    function = ast.parse(source).body[0]
    function.name = name
    body = [function] if function.args.args else function.body
    return "\n".join(ast.unparse(statement) for statement in body)


def independent(random_, possible):
    """Return the cells of a submission that nobody copied: name -> code."""
    cells = {}
    for question, codes in possible.items():
        weights = [1 / rank for rank in range(1, len(codes) + 1)]
        cells[question] = _remarked(random_, random_.choices(codes, weights)[0])
    return cells | _trials(random_)


def _trials(random_):
    """Return what a student tried between the answers, or nothing."""
    return {OWN: random_.choice(TRIALS)} if random_.random() < 0.5 else {}


def copied(random_, cells):
    """Return a disguised copy: other names, numbers, remarks, order and trials."""
    disguised = {name: _disguised(random_, code) for name, code in cells.items() if name != OWN}
    disguised |= _trials(random_)
    order = list(disguised)
    random_.shuffle(order)
    return {name: disguised[name] for name in order}


def _disguised(random_, code):
    tree = ast.parse(code)
    _reorder(random_, tree)
    for node in [] if _functions(tree) else ast.walk(tree):  # functions work in each variant
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            node.value = round(node.value * random_.uniform(0.5, 2), 3)
    return _remarked(random_, ast.unparse(_Renamed(tree).visit(tree)))


def _remarked(random_, code):
    """Return code with remarks at the ends of some lines."""
    return "\n".join(
        f"{line}  # {random_.choice(REMARKS)}" if random_.random() < 0.3 else line
        for line in code.split("\n")
    )


def _functions(tree):
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


class _Renamed(ast.NodeTransformer):
    """Gives new names to everything that the code itself defines inside of its functions."""

    def __init__(self, tree):
        # Outside of functions are the variables that are graded; they keep their names.
        inner = [node for function in _functions(tree) for node in ast.walk(function)]
        outer = {function.name for function in _functions(tree)}
        stored = {node.id for node in inner
                  if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
        stored |= {node.arg for node in inner if isinstance(node, ast.arg)}
        stored |= {node.name for node in inner if isinstance(node, ast.FunctionDef)} - outer
        self.names = {name: f"my_{place}" for place, name in enumerate(sorted(stored))}

    def visit_Name(self, node):
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node):
        return ast.arg(self.names.get(node.arg, node.arg))

    def visit_FunctionDef(self, node):
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)


def _reorder(random_, tree):
    """Exchange neighbouring statements that do not depend on each other, and functions."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for place in range(len(body) - 1) if isinstance(body, list) else ():
            if _are_free(*body[place : place + 2]) and random_.random() < 0.7:
                body[place : place + 2] = body[place + 1], body[place]


def _are_free(first, second):
    """Tell whether two statements can change places."""
    kinds = (ast.Assign, ast.FunctionDef)
    if not (isinstance(first, kinds) and isinstance(second, kinds)):
        return False
    (set_1, read_1), (set_2, read_2) = map(_names, (first, second))
    return not (set_1 & (set_2 | read_2) or set_2 & read_1)


def _names(statement):
    """Return the names that a statement sets, and those that it reads."""
    nodes = list(ast.walk(statement))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    stored |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    return stored, {node.id for node in names} - set(dir(builtins))


def course(assignment, seed, honest=100, copies=20):
    """Return the submissions of a class, and the pairs of a copy and its original."""
    random_, possible = random.Random(f"{assignment}/{seed}"), ways(assignment)
    submissions = [independent(random_, possible) for _ in range(honest)]
    originals = random_.sample(range(honest), copies)
    planted = [(original, honest + place) for place, original in enumerate(originals)]
    submissions += [copied(random_, submissions[original]) for original in originals]
    return submissions, planted


def replace_some(random_, cells, assignment, count):
    """Replace some answers of a submission by independent ones."""
    possible = ways(assignment)
    fresh = independent(random_, possible)
    for question in random_.sample(list(possible), count):
        cells[question] = fresh[question]
