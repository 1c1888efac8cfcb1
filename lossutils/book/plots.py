"""The kind of figure that chapters share: it draws the numbers it is given and computes none."""

__all__ = ["curves"]


def curves(ax, x, ys, *, xlabel, ylabel):
    """Draw one line per entry of `ys` over the same `x`.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    x : array_like, shape [num_points]
        The horizontal values.
    ys : dict
        Label of each line -> its values, shape [num_points].
    xlabel, ylabel : str
        Labels of the axes.

    Returns
    -------
    matplotlib.axes.Axes
        The given ax.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = curves(plt.figure().gca(), [0, 1], {"half": [0, 0.5]}, xlabel="x", ylabel="y")
    >>> ax.get_xlabel(), len(ax.lines)
    ('x', 1)
    """
    for label, y in ys.items():
        ax.plot(x, y, label=label)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if len(ys) > 1:
        ax.legend()
    return ax
