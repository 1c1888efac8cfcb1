"""How a comparison is printed: a table, or one line."""

import numpy as np

_SHOWN = 12  # of a longer array, a table shows the first and the last three numbers
_IN_A_LINE = 4  # of a longer array, a line shows the first two numbers and the last


def texts(values, digits):
    """Return the values as an array of strings with that many significant digits."""
    shown = [f"{value + 0.0:.{digits}g}" for value in values.ravel()]
    return np.array(shown, dtype=object).reshape(values.shape)


def label(index):
    """Return an index in brackets, or nothing for a single number."""
    return f"[{', '.join(str(int(i)) for i in index)}]" if len(index) else ""


def table(name, columns):
    """Return the columns as aligned lines, long ones shortened."""
    indices = list(np.ndindex(columns["NumPy"].shape))
    labels = [label(index) for index in indices] if indices != [()] else [name]
    lines = [
        (text, *(str(column[index]) for column in columns.values()))
        for text, index in zip(labels, indices, strict=True)
    ]
    lines.insert(0, ("" if labels == [name] else name, *columns))
    rows = _aligned(lines)
    if len(indices) > _SHOWN:
        rows[4:-3] = ["..."]
        rows.append(f"{len(indices)} numbers, all within the tolerance")
    return "\n".join(rows)


def _aligned(lines):
    """Return each line as a string: the first cell to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = [(line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])) for line in lines]
    return ["  ".join(cells).rstrip() for cells in padded]


def line(columns):
    """Return the columns in one line; NumPy's are close to TensorFlow's and are not repeated."""
    parts = [f"{title} {_few(column)}" for title, column in columns.items() if title != "NumPy"]
    return ", ".join([*parts, "NumPy the same"])


def _few(column):
    numbers = [str(text) for text in column.ravel()]
    if len(numbers) <= _IN_A_LINE:
        return " ".join(numbers)
    return f"{numbers[0]} {numbers[1]} … {numbers[-1]} ({len(numbers)} numbers)"
