"""Every text that the diagnosis prints as advice, read from its source.

An advice is what a finding is given as `instead`: a text, a name that holds one, or what a function
returns. Each text becomes a pattern in which anything may stand for what is computed.
"""

import ast
import re
from pathlib import Path

import lossutils.diagnosis

FOLDER = Path(lossutils.diagnosis.__file__).parent
# Which argument of these functions is the advice.
_PLACE = {"found": 2, "fault": 2, "_family": 2, "_mismatch": 1, "_unreadable": 2}
_LEAST = 4  # letters of a text that say something


class _Module:
    """The texts of one module: its functions and its constants, and which of them are advice."""

    def __init__(self, tree):
        self.functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
        self.constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self.texts, self._seen = set(), set()
        for node in ast.walk(tree):
            self._look(node)

    def _look(self, node):
        """Take what is given to a finding as its advice, or to a variable of that name."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = _PLACE.get(node.func.id)
            if place is not None and len(node.args) > place:
                self._take(node.args[place])
            self._take_all(k.value for k in node.keywords if k.arg == "instead")
        elif isinstance(node, ast.AugAssign) and _is_instead(node.target):
            self._take(node.value)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if _is_instead(target):
                    self._take(node.value)
                elif isinstance(target, ast.Tuple):
                    for position, element in enumerate(target.elts):
                        if _is_instead(element):
                            self._take(node.value, position)

    def _take_all(self, nodes, position=None):
        for node in nodes:
            self._take(node, position)

    def _take(self, node, position=None):
        """Take the texts of an expression; of a tuple, those at a position."""
        if isinstance(node, ast.Tuple) and position is not None:
            rest = node.elts[position] if position < len(node.elts) else None
            self._take(rest)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._add(re.escape(node.value))
        elif isinstance(node, ast.JoinedStr):
            self._joined(node)
        elif isinstance(node, ast.BinOp):
            self._take_all((node.left, node.right))
        elif isinstance(node, ast.IfExp):
            self._take_all((node.body, node.orelse), position)
        elif isinstance(node, ast.Dict):
            self._take_all(node.values)
        elif isinstance(node, ast.Name) and node.id in self.constants:
            self._once(node.id, lambda: self._take(self.constants[node.id]))
        elif isinstance(node, ast.Call):
            self._called(node, position)

    def _joined(self, node):
        parts = [
            re.escape(part.value) if isinstance(part, ast.Constant) else ".*"
            for part in node.values
        ]
        self._add("".join(parts))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self._take(part.value)

    def _called(self, node, position):
        if isinstance(node.func, ast.Attribute):  # _INSTEAD.get(what, _RECTANGLE)
            self._take_all([node.func.value, *node.args])
        elif isinstance(node.func, ast.Name) and node.func.id in self.functions:
            function = self.functions[node.func.id]
            self._once((function.name, position), lambda: self._returned(function, position))

    def _returned(self, function, position):
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None:
                self._take(node.value, position)

    def _once(self, key, take):
        if key not in self._seen:
            self._seen.add(key)
            take()

    def _add(self, pattern):
        if len(re.sub(r"\.\*|[^a-z]", "", pattern)) >= _LEAST:
            self.texts.add(pattern)


def _is_instead(node):
    return isinstance(node, ast.Name) and node.id in ("instead", "advice")


def advice_texts():
    """Return the patterns of all advice, by the name of their module."""
    modules = {
        path.name: _Module(ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.py"))
    }
    return {name: sorted(module.texts) for name, module in modules.items() if module.texts}
