"""The Sphinx side of the explorers: the stored specification becomes a figure of the page.

MyST-NB finds `Renderer` by its entry point. Whatever can be done while the book is built is done
here: Vega-Lite is compiled to Vega, all text of the figure is written as HTML. A page with an
explorer needs one script more; a printed book gets a picture.
"""

import html
import itertools
import json
import re
from functools import cache

import vl_convert
from docutils import nodes
from sphinx.addnodes import only

from lossutils.book.explorers import core, packed

# The page gives the colours, so that they follow its light and dark theme.
PAGE = core.config(text="var(--explorer-text)", line="var(--explorer-line)", ground="transparent")
# Or the first number of an axis is moved onto the second, and others touch.
AXIS = {"labelFlush": False, "labelSeparation": 6}
PAGE["axisX"] = AXIS
MARKS = {
    core.BLUE: "var(--explorer-blue)",
    core.ORANGE: "var(--explorer-orange)",
    core.GREEN: "var(--explorer-green)",
    core.PURPLE: "var(--explorer-purple)",
    core.GREY: "var(--explorer-grey)",
}
SCRIPT = "explorers.js"
# What all drawings have in common: the script has it, from website/explorers/src/common.json.
COMMON = ("$schema", "background", "padding", "config")
USUAL = {"zindex": 0, "grid": False, "format": {}, "nice": False}
ALTERNATIVE = "<!-- the picture, for readers without the script -->"


class Renderer:
    """Turns an explorer's output into a figure; MyST-NB calls it for each output."""

    mime_priority_overrides = [("html", core.MIME, 1), ("singlehtml", core.MIME, 1)]  # noqa: RUF012

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Return the figure for pages and the picture for print, or None for any other output."""
        explorer = data.content.get("usermeta", {}).get("explorer") if _fits(data) else None
        if inline or not explorer:
            return None
        renderer.add_js_file("explorers", SCRIPT, {"defer": "defer"})
        drawn, question = _picture(renderer, data.content)
        parts = figure(data.content, data.cell_index).split(ALTERNATIVE)
        before, after = (nodes.raw("", part, format="html") for part in parts)
        page = only("", before, drawn.deepcopy(), after)
        page["expr"] = "not builder_singlehtml"
        paper = only("", drawn, question)
        paper["expr"] = "builder_singlehtml"
        return [page, paper]


def _fits(data):
    return data.mime_type == core.MIME


def _picture(renderer, spec):
    drawn = picture(spec)
    path = renderer.write_file(
        [f"{spec['usermeta']['explorer']['name']}.svg"], drawn.encode(), overwrite=True
    )
    question = nodes.paragraph("", spec["usermeta"]["explorer"]["question"])
    return nodes.image(uri=path, alt=spec["description"]), question


def picture(spec):
    """Return an explorer as it is at the start, in SVG."""
    config = spec["config"] | {"axisX": AXIS}
    return vl_convert.vegalite_to_svg(spec | {"config": config}, vl_version=core.VERSION)


def on_page(spec):
    """Return the specification in Vega that the page draws, without what the page itself says."""
    vega = core.compiled({**spec, "config": PAGE})
    for key in ("title", "description", "usermeta"):
        vega.pop(key, None)
    for signal in vega["signals"]:
        signal.pop("bind", None)
    vega["signals"].append({"name": "legend_columns", "value": 0})
    vega["config"]["legend"]["columns"] = {"signal": "legend_columns"}
    columns = vega.get("layout", {}).get("columns", 1)
    if columns > 1:
        vega["signals"].append({"name": "columns", "value": columns})
        vega["layout"]["columns"] = {"signal": "columns", "value": columns}
    _lighten(vega)
    return _in_colours_of_the_page(vega)


@cache
def common():
    """Return what all drawings have in common."""
    nothing = {"mark": "point", "data": {"values": []}, "params": [{"name": "none", "value": 0}]}
    drawn = on_page(nothing)
    return {key: drawn[key] for key in COMMON}


def short(spec):
    """Return what a page holds of the drawing of an explorer.

    Examples
    --------
    >>> from lossutils.book import explorers
    >>> sorted(short(explorers.hinge().spec()))[:4]
    ['axes', 'data', 'height', 'legends']
    """
    vega = packed.short(on_page(spec))
    return {key: part for key, part in vega.items() if part != common().get(key)}


def whole(page):
    """Return the drawing, in Vega, of which a page holds this."""
    return common() | packed.whole(page)


def _lighten(part):
    """Leave out what Vega does anyway; fill rectangles lightly, which it draws faster."""
    if isinstance(part, dict):
        for key in [key for key, usual in USUAL.items() if part.get(key) == usual]:
            del part[key]
        look = part.get("encode", {}).get("update", {}) if part.get("type") == "rect" else {}
        if "opacity" in look and "stroke" not in look:
            look["fillOpacity"] = look.pop("opacity")
    inner = part.values() if isinstance(part, dict) else part
    for each in inner if isinstance(part, dict | list) else ():
        _lighten(each)


def _in_colours_of_the_page(vega):
    text = json.dumps(vega)
    for colour, variable in MARKS.items():
        text = text.replace(colour, variable)
    return json.loads(text)


def figure(spec, number=0):
    """Return an explorer as HTML; the script of the page then brings it to life."""
    about = spec["usermeta"]["explorer"]
    name = f"{about['name']}-{number}"
    controls = "".join(control(param, name) for param in spec["params"] if "bind" in param)
    controls += f'<div class="explorer-buttons">{"".join(buttons(about))}</div>'
    style = f"min-height:{_height(spec)}px"
    vega = json.dumps(short(spec), separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
    handles = json.dumps(about.get("handles", []))
    text = {key: about[key] for key in ("name", "title", "question", "seen", "longest")}
    text |= {"alt": spec["description"], "handles": handles}
    text = {key: html.escape(value) for key, value in text.items()}
    drag = f' data-handles="{text["handles"]}"' if "handles" in about else ""
    most = _most_at_once(spec)
    return f"""<figure class="explorer" id="{name}" data-explorer="{text["name"]}"{drag}>
<figcaption><span class="explorer-title">{text["title"]}</span> {text["question"]}</figcaption>
<div class="explorer-chart" role="img" aria-label="{text["alt"]}" style="{style}">
<noscript>{ALTERNATIVE}</noscript></div>
<p class="explorer-seen" role="status" data-longest="{text["longest"]}">{text["seen"]}</p>
<form autocomplete="off" data-most="{most}">{controls}</form>
<script type="application/json">{vega}</script>
</figure>"""


def buttons(about):
    """Return the buttons below the controls as HTML, the presets first."""
    for kind in ("presets", "moves"):
        for label, values in about.get(kind, []):
            chosen = f'data-{kind}="{html.escape(json.dumps(values))}"'
            yield f'<button type="button" {chosen} disabled>{html.escape(label)}</button>'
    if about.get("play"):
        slider = f'data-slider="{about["play"]}"'
        yield f'<button type="button" class="explorer-play" {slider} disabled>Play</button>'
        yield f'<button type="button" class="explorer-step" {slider} disabled>Step</button>'
    yield '<button type="reset" disabled>Reset</button>'
    yield '<button type="button" class="explorer-link" disabled>Copy link</button>'
    yield '<span class="explorer-said" role="status"></span>'


def _most_at_once(spec):
    """Return how many of the controls that are shown only at times are shown at once, at most.

    Their conditions are evaluated wherever the controls that they name can stand: on or off, at
    each option, at either end.
    """
    conditions = [p["expr"] for p in spec["params"] if p["name"].endswith("_when")]
    deciding = {
        param["name"]: _ends(param["bind"])
        for param in spec["params"]
        if "bind" in param and any(re.search(rf"\b{param['name']}\b", c) for c in conditions)
    }
    places = (dict(zip(deciding, at, strict=True)) for at in itertools.product(*deciding.values()))
    counts = [" + ".join(f"({_at(place, c)} ? 1 : 0)" for c in conditions) for place in places]
    return max(core.evaluate(spec, counts).values()) if conditions else 0


def _ends(bind):
    """Return where a control can stand; of a slider, the two ends."""
    if bind["input"] == "checkbox":
        return [False, True]
    return bind["options"] if bind["input"] == "select" else [bind["min"], bind["max"]]


def _at(place, formula):
    """Return a formula with the values of controls instead of their names."""
    return re.sub(r"\w+", lambda m: json.dumps(place[m[0]]) if m[0] in place else m[0], formula)


def _height(spec):
    """Return the height of the drawing, so that the page does not move when it comes."""
    untitled = {key: value for key, value in spec.items() if key != "title"}
    return round(vl_convert.vegalite_to_scenegraph(untitled, vl_version=core.VERSION)["height"])


def control(param, name):
    """Return a control of an explorer as HTML: a native input with its label."""
    bind, signal = param["bind"], param["name"]
    this = f'id="{name}-{signal}" name="{signal}" disabled'
    label = f'<label for="{name}-{signal}">{html.escape(bind["name"])}</label>'
    write = {"range": _range, "checkbox": _checkbox, "select": _select}[bind["input"]]
    return f'<div class="explorer-control">{write(label, this, bind, param["value"])}</div>'


def _range(label, this, bind, value):
    limits = " ".join(f'{key}="{bind[key]}"' for key in ("min", "max", "step"))
    shown = '<span class="explorer-value" aria-hidden="true"></span>'
    return f'{label}{shown}<input type="range" {this} {limits} value="{value}">'


def _checkbox(label, this, bind, value):
    return f'<input type="checkbox" {this}{" checked" if value else ""}>{label}'


def _select(label, this, bind, value):
    options = ""
    for option, text in zip(bind["options"], bind["labels"], strict=True):
        chosen = " selected" if option == value else ""
        options += f'<option value="{html.escape(json.dumps(option))}"{chosen}>'
        options += f"{html.escape(text)}</option>"
    return f"{label}<select {this}>{options}</select>"


if __name__ == "__main__":
    print(json.dumps(common(), indent=2))
