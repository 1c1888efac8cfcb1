"""The class of explorers: controls, formulas and a chart that work on a page without a kernel."""

from dataclasses import dataclass, field

import altair as alt
import numpy as np
import vl_convert

from lossutils.book import experiments

MIME = "application/vnd.vegalite.v5+json"  # the version that JupyterLab draws by itself
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
VERSION = "6.4"  # of Vega-Lite, with which the pages are compiled

# Distinguishable by colour-blind readers; each has a contrast of 3:1 and more on white. In the dark
# a page shows lighter ones: explorers.css.
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072b2", "#d55e00", "#009e73", "#b765a0", "#7d7d7d"
# The sizes of a chart alone, and of one of two or three beside each other; the page fits the width.
WHOLE, HALF = {"width": 600, "height": 260}, {"width": 280, "height": 240}
THIRD = {"width": 170, "height": 200}


def numbers(row, name):
    """Return an input of a document's row as Python numbers, with the digits that it printed.

    Examples
    --------
    >>> numbers("001-5", "logits")[1]
    [0.1, 0.0, 3.0]
    """
    return np.round(np.asarray(experiments.get(row).inputs[name], dtype=float), 6).tolist()


def rows(**columns):
    """Return data for a chart: one row per entry of the columns, which have equal lengths.

    Examples
    --------
    >>> rows(k=[0, 1], name=["cat", "dog"]).values
    [{'k': 0, 'name': 'cat'}, {'k': 1, 'name': 'dog'}]
    """
    values = zip(*columns.values(), strict=True)
    return alt.Data(values=[dict(zip(columns, row, strict=True)) for row in values])


def slider(name, label, start, low, high, step, *, shown=None, when=None):
    """Make a control that slides from `low` to `high`; its value is a number.

    Parameters
    ----------
    name : str
        Its name in formulas.
    label : str
        Its name for the reader.
    start, low, high, step : float
        Its value at the start, its range and its step.
    shown : str, optional
        A formula for the text beside the slider, for example if its value is an exponent.
    when : str, optional
        A formula: the control is shown only if it is true.

    Returns
    -------
    list of dict
        Parameters of Vega-Lite.

    Examples
    --------
    >>> slider("z", "logit", 2, -8, 8, 0.5)[0]["value"]
    2
    """
    bind = {"input": "range", "min": low, "max": high, "step": step, "name": label}
    return _control(name, start, bind, shown=shown, when=when)


def switch(name, label, start, *, when=None):
    """Make a control that is on or off; its value is true or false.

    Examples
    --------
    >>> switch("twice", "second softmax", False)[0]["bind"]
    {'input': 'checkbox', 'name': 'second softmax'}
    """
    return _control(name, start, {"input": "checkbox", "name": label}, when=when)


def select(name, label, start, options, *, when=None):
    """Make a control that chooses one of `options`, a dict from what the reader sees to the value.

    Examples
    --------
    >>> select("c", "true class", 1, {"cat": 0, "dog": 1})[0]["bind"]["options"]
    [0, 1]
    """
    bind = {"input": "select", "options": list(options.values()), "labels": list(options)}
    return _control(name, start, {**bind, "name": label}, when=when)


def handle(x=None, y=None, *, chart=None, band=None, to=None, when=None, **chosen):
    """Let the reader drag a point or a line of a chart; sliders hold where it is.

    Parameters
    ----------
    x, y : str or float, optional
        Where it is on each axis: the name of a slider, which dragging moves, or else of a formula,
        a number or a category. A line without a place on one axis is held anywhere along it.
    chart : int, optional
        The number of its chart, if the explorer has several beside each other.
    band : float, optional
        Where in the room of a category it is, from 0 to 1; in the middle without it.
    to : dict, optional
        Name of a slider -> name of a formula for its value, in which `pointer` is where the reader
        drags an axis that no slider has.
    when : str, optional
        The name of a formula: it can be dragged only while this is true.
    **chosen
        What other controls are set to when the reader takes hold of it.

    Returns
    -------
    dict
        For the `handles` of an explorer.

    Examples
    --------
    >>> handle("x0", "y0", point=0)
    {'x': 'x0', 'y': 'y0', 'set': {'point': 0}}
    >>> handle("line", chart=1, to={"threshold": "_threshold"})
    {'x': 'line', 'chart': 'concat_1', 'to': {'threshold': '_threshold'}, 'set': {}}
    """
    named = {"x": x, "y": y, "chart": None if chart is None else f"concat_{chart}"}
    named |= {"band": band, "to": to, "when": when, "set": chosen}
    return {key: value for key, value in named.items() if value is not None}


def _control(name, start, bind, **formulas):
    given = {f"{name}_{what}": formula for what, formula in formulas.items() if formula}
    extra = [{"name": key, "expr": formula} for key, formula in given.items()]
    return [{"name": name, "value": start, "bind": bind}, *extra]


@dataclass(frozen=True)
class Explorer:
    """A figure that the reader can move; the last expression of a cell shows it.

    Parameters
    ----------
    name : str
        Its name in the package, with hyphens.
    title, question : str
        What it shows, and the question that the reader can answer with it.
    alternative : str
        The text alternative: what the figure shows at the start.
    controls : list
        What `slider`, `switch` and `select` return.
    formulas : dict
        Name -> Vega expression. Each is tested against `lossutils` in a browser, except
        intermediate steps, whose names begin with `_`.
    seen : list of str
        Vega expressions, each a sentence that describes what the figure shows now.
    chart : altair.TopLevelMixin
        A chart, layered chart or concatenation that uses controls and formulas by name.
    handles : list of dict, optional
        What `handle` returns: the points that the reader can drag.
    presets : dict, optional
        What a button says -> the values of controls that it sets; the others return to the start.
    moves : dict, optional
        What a button says -> name of a slider -> name of a formula for its next value.
    play : str, optional
        The name of a slider that *Play* and *Step* move on.
    """

    name: str
    title: str
    question: str
    alternative: str
    controls: list = field(repr=False)
    formulas: dict = field(repr=False)
    seen: list = field(repr=False)
    chart: object = field(repr=False)
    handles: list = field(default_factory=list, repr=False)
    presets: dict = field(default_factory=dict, repr=False)
    moves: dict = field(default_factory=dict, repr=False)
    play: str = ""

    def spec(self):
        """Return the specification in Vega-Lite: what the notebook stores."""
        params = [param for control in self.controls for param in control]
        params += [{"name": name, "expr": formula} for name, formula in self.formulas.items()]
        params += [{"name": "seen", "expr": f"[{', '.join(self.seen)}]"}]
        about = {"name": self.name, "title": self.title, "question": self.question}
        # Lists: notebooks sort the keys of what they store.
        presets, moves = ([list(item) for item in d.items()] for d in (self.presets, self.moves))
        touch = {"handles": self.handles, "presets": presets, "moves": moves, "play": self.play}
        about |= {key: value for key, value in touch.items() if value}
        if any("to" in handle for handle in self.handles):
            params.insert(0, {"name": "pointer", "value": 0})
        return {
            **self.chart.to_dict(),
            "$schema": SCHEMA,
            "title": {"text": self.title, "subtitle": {"expr": "seen"}},
            "description": self.alternative,
            "usermeta": {"explorer": about},
            "config": config(),
            "params": params,
        }

    def _repr_mimebundle_(self, include=None, exclude=None):
        spec = self.spec()
        public = [name for name in self.formulas if not name.startswith("_")]
        values = evaluate(spec, [*public, "seen"])
        seen = [" ".join(values["seen"]), *(_seen(spec, given) for given in self.presets.values())]
        # The page leaves room for the longest, so that no control moves while the reader drags it.
        spec["usermeta"]["explorer"] |= {"seen": seen[0], "longest": max(seen, key=len)}
        return {MIME: spec, "text/plain": self._text(values)}

    def _text(self, values):
        """Return what the explorer shows at the start: controls, formulas, sentences."""
        first = [control[0] for control in self.controls]
        lines = [f"Explorer: {self.title}"]
        lines += [f"  {control['bind']['name']}: {control['value']}" for control in first]
        lines += [f"  {name} = {_rounded(values[name])}" for name in values if name != "seen"]
        return "\n".join([*lines, *(f"  {sentence}" for sentence in values["seen"])])


def _rounded(value):
    if isinstance(value, list):
        return "[" + ", ".join(map(_rounded, value)) + "]"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.6g}" if is_number else str(value)


def evaluate(spec, names):
    """Return name -> value of parameters of a specification, as Vega itself computes them.

    A text mark is added that writes a list of the values into Vega's scene.
    """
    vega = compiled(spec)
    text = {"signal": f"[{', '.join(names)}]"}
    vega["marks"] = [{"type": "text", "encode": {"update": {"text": text}}}]
    for key in ("title", "axes", "legends"):
        vega.pop(key, None)
    root = vl_convert.vega_to_scenegraph(vega)["scenegraph"]
    written = root["items"][0]["items"][0]["items"][0]["text"]
    return dict(zip(names, written, strict=True))


def _seen(spec, values):
    """Return the sentences of an explorer whose controls have other values."""
    params = [
        param | {"value": values.get(param["name"], param["value"])} if "bind" in param else param
        for param in spec["params"]
    ]
    return " ".join(evaluate({**spec, "params": params}, ["seen"])["seen"])


def compiled(spec):
    """Translate a specification in Vega-Lite into Vega, which the pages draw."""
    return vl_convert.vegalite_to_vega(spec, vl_version=VERSION)


def config(text="#1f2328", line="#d0d7de", ground="white"):
    """Return the look of charts: colours of text, lines and ground, sizes, no animation."""
    words = {"labelColor": text, "titleColor": text, "labelFontSize": 12, "titleFontSize": 12}
    words |= {"titleFontWeight": "normal"}
    axis = {**words, "domainColor": text, "tickColor": line, "gridColor": line}
    return {
        "aria": False,
        "background": ground,
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"minExtent": 30},
        "legend": {**words, "orient": "top"},
        "header": words,
        "title": {"color": text, "subtitleColor": text, "anchor": "start", "offset": 12},
        "text": {"color": text, "fontSize": 12},
        "rule": {"color": text},
    }
