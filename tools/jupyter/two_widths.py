"""An extension of the kernel that draws each figure twice: for a page, and for a phone.

The drawing for the phone follows the other one in the same SVG, as a comment in base 64; the build
puts it into a file of its own. Its letters are as large, so it has fewer panels beside each other.
"""

import base64
import zlib

from IPython.core.pylabtools import print_figure

PHONE = 4.1  # inches: on a phone of 390 pixels, letters of 10 points are then 12 pixels high
LEAST = 2.6  # inches that a panel needs
LEAST_IMAGE = 1.2  # inches that an image needs
FLATTER = 0.8  # of its height is kept at least
MARK = "<!-- for a phone: "


def both(figure):
    """Return a figure in SVG, followed by its drawing for a phone."""
    wide = print_figure(figure, fmt="svg", bbox_inches="tight")
    size = figure.get_size_inches()
    make_narrow(figure)
    narrow = print_figure(figure, fmt="svg", bbox_inches="tight")
    figure.set_size_inches(size)  # which the text says that stands for the figure
    packed = base64.b64encode(zlib.compress(narrow.encode(), 9)).decode()
    return {"image/svg+xml": f"{wide}{MARK}{packed} -->\n"}


def make_narrow(figure):
    """Give a figure the width of a phone, and put its panels one below the other."""
    wide, high = figure.get_size_inches()
    grid, panels = _panels(figure)
    columns, rows = (grid.ncols, grid.nrows) if grid else (1, 1)
    kept = _columns_kept(figure, columns)
    if kept < columns:
        rows = rows * columns // kept
        _restack(figure, panels, rows, kept)
    ratio = (PHONE / kept) / (wide / columns)
    panel = high / (grid.nrows if grid else 1) * min(max(ratio, FLATTER), 1)
    figure.set_size_inches(min(PHONE, wide), panel * rows)
    for legend in filter(None, (ax.get_legend() for ax in figure.axes)):
        legend.set_frame_on(True)  # there is less room beside what is drawn
        legend.get_frame().set(edgecolor="none", alpha=0.75)


def _panels(figure):
    """Return the grid of a figure and the axes that stand in it, row by row."""
    placed = [ax for ax in figure.axes if ax.get_subplotspec() is not None]
    grid = placed[0].get_subplotspec().get_gridspec() if placed else None
    return grid, sorted(placed, key=lambda ax: ax.get_subplotspec().num1)


def _columns_kept(figure, columns):
    """Return how many columns fit; all rows are equally long."""
    least = LEAST_IMAGE if any(ax.images for ax in figure.axes) else LEAST
    most = max(int(PHONE / least), 1)
    return max(n for n in range(1, columns + 1) if columns % n == 0 and (n <= most or n == 1))


def _restack(figure, panels, rows, columns):
    """Move axes into a new grid; what one axis says for all, each says for itself."""
    grid = figure.add_gridspec(rows, columns)
    for place, ax in enumerate(panels):
        ax.set_subplotspec(grid[place])
        if ax is not panels[0] and ax.get_shared_y_axes().joined(ax, panels[0]):
            ax.tick_params(labelleft=panels[0].yaxis.get_tick_params()["labelleft"])
            ax.set_ylabel(ax.get_ylabel() or panels[0].get_ylabel())


def load_ipython_extension(shell):
    """Draw figures so, whatever formats the backend knows."""
    bundle = shell.display_formatter.mimebundle_formatter
    bundle.for_type_by_name("matplotlib.figure", "Figure", both)
