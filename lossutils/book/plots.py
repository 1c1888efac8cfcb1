"""One function per kind of figure: it draws the numbers it is given and computes none."""

__all__ = ["bars", "curves", "history", "points", "training"]

HATCHES = ["", "//", "..", "xx", "\\\\", "++"]


def curves(ax, x, ys, *, xlabel, ylabel, title=None):
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
    title : str, optional
        Title of the figure.

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
    return _finish(ax, xlabel, ylabel, title, legend=len(ys) > 1)


def points(ax, x, y, *, xlabel, ylabel, lines=None, title=None):
    """Draw points, and lines over the same `x`, for example the fits of several losses.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    x, y : array_like, shape [num_points]
        The points.
    xlabel, ylabel : str
        Labels of the axes.
    lines : dict, optional
        Label of each line -> its values at `x`.
    title : str, optional
        Title of the figure.

    Returns
    -------
    matplotlib.axes.Axes
        The given ax.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax, fit = plt.figure().gca(), {"fit": [0, 1]}
    >>> ax = points(ax, [0, 1], [0, 1], xlabel="x", ylabel="y", lines=fit)
    >>> len(ax.collections), len(ax.lines)
    (1, 1)
    """
    ax.scatter(x, y, s=18, color="0.45", zorder=3)
    for label, line in (lines or {}).items():
        ax.plot(x, line, label=label)
    return _finish(ax, xlabel, ylabel, title, legend=bool(lines))


def bars(ax, names, groups, *, ylabel, title=None):
    """Draw bars side by side: one group of bars per name, one bar in it per entry of `groups`.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    names : list of str
        The names under the groups, for example the classes.
    groups : dict
        Label of each series -> its values, one per name.
    ylabel : str
        Label of the vertical axis.
    title : str, optional
        Title of the figure.

    Returns
    -------
    matplotlib.axes.Axes
        The given ax.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = bars(plt.figure().gca(), ["a", "b"], {"p": [0.2, 0.8], "q": [0.5, 0.5]}, ylabel="y")
    >>> len(ax.patches)
    4
    """
    width = 0.8 / len(groups)
    for number, (label, values) in enumerate(groups.items()):
        left = [place - 0.4 + (number + 0.5) * width for place in range(len(names))]
        ax.bar(
            left,
            values,
            width,
            label=label,
            hatch=HATCHES[number % len(HATCHES)],
            edgecolor="white",
        )
    ax.set_xticks(range(len(names)), names)
    ax.grid(visible=False, axis="x")
    ax.axhline(0, color="0.3", linewidth=0.8, linestyle="-")
    return _finish(ax, None, ylabel, title, legend=len(groups) > 1)


def history(ax, runs, *, ylabel="loss", title=None, legend=True):
    """Draw a number during training: one line per run, one value per epoch.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    runs : dict
        Label of each run -> its values, one per epoch; epochs count from 1.
    ylabel : str
        Label of the vertical axis.
    title : str, optional
        Title of the figure.
    legend : bool, default True
        Whether to show a legend if there is more than one run.

    Returns
    -------
    matplotlib.axes.Axes
        The given ax.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = history(plt.figure().gca(), {"right": [3, 2, 1]})
    >>> ax.get_xlabel(), ax.lines[0].get_xdata()
    ('epoch', array([1, 2, 3]))
    """
    for label, values in runs.items():
        ax.plot(range(1, len(values) + 1), values, label=label)
    return _finish(ax, "epoch", ylabel, title, legend=legend and len(runs) > 1)


def training(axes, runs):
    """Draw the history of several runs: one panel per number, such as loss and accuracy.

    One legend above the panels names the runs.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
        Where to draw, one for each recorded name; the figure has a constrained layout.
    runs : dict
        Label of each run -> name of each number -> its values, one per epoch, as in the
        ``history`` attribute of what ``model.fit`` returns. All runs have the same names.

    Returns
    -------
    sequence of matplotlib.axes.Axes
        The given axes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> runs = {"right": {"loss": [3, 2], "accuracy": [0.5, 1]}}
    >>> axes = plt.figure(layout="constrained").subplots(1, 2)
    >>> [ax.get_ylabel() for ax in training(axes, runs)]
    ['loss', 'accuracy']
    """
    names = next(iter(runs.values()))
    for ax, name in zip(axes, names, strict=True):
        history(ax, {label: run[name] for label, run in runs.items()}, ylabel=name, legend=False)
    figure, lines = axes[0].figure, axes[0].get_legend_handles_labels()
    figure.legend(*lines, loc="outside upper center", ncols=len(runs))
    return axes


def _finish(ax, xlabel, ylabel, title, *, legend):
    """Label the axes, and add the title and the legend if there are any."""
    ax.set(ylabel=ylabel, **({"xlabel": xlabel} if xlabel else {}))
    if title:
        ax.set_title(title)
    if legend:
        ax.legend()
    return ax
