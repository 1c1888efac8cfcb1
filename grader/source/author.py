"""Let the cells of a source run in JupyterLab: ``%load_ext grader.source.author``.

Numbers of a variant take the place of ``{{ name }}``, as they do for students. In the cell that
draws them, `rng` is the same each time. What hidden parts declare is accepted; the audit uses it.
"""

import functools

import numpy as np

from grader.checks import declare, hidden
from grader.source import derive, roles


def load_ipython_extension(shell):
    """Prepare a shell; IPython calls this."""
    shell.user_ns |= {name: _silent(getattr(declare, name)) for name in hidden.NAMES} | {"np": np}
    shell.input_transformers_cleanup.append(lambda lines: _transformed(shell.user_ns, lines))
    shell.user_ns["rng"] = np.random.default_rng(0)


def _transformed(names, lines):
    """Return the lines of a cell with numbers instead of placeholders."""
    code = "".join(lines)
    if code.lstrip().startswith(f"### {roles.VARIANT.upper()}"):
        names["rng"] = np.random.default_rng(0)
    if "{{" not in code:
        return lines
    drawn = derive.PLACEHOLDER.sub(lambda match: _text(names, match), code)
    return drawn.splitlines(keepends=True)


def _text(names, match):
    """Return a number as students see it; leave a name alone that the variant does not draw."""
    return str(derive.plain(names[match[1]])) if match[1] in names else match[0]


def _silent(function):
    """Return a function that does the same and returns nothing, so that nothing is displayed."""

    @functools.wraps(function)  # `check?` shows its parameters
    def silent(*args, **named):
        function(*args, **named)

    return function if isinstance(function, type) else silent
