"""The cover of the printed book: its title over the curves of losses that it is about."""

import html

import numpy as np

from lossutils import losses
from website import citation

MARGINS = np.linspace(-3, 4, 141)
# Where the drawing lies on the sheet of 210 by 297 mm: one unit of the margin and one of the loss.
ORIGIN, UNIT = (90, 262), (30, 30)


def curves():
    """Yield the losses of a positive answer over its margin: a name and the losses."""
    one = np.ones_like(MARGINS)
    yield "square", losses.squared_error(one, MARGINS)
    yield "hinge", losses.hinge_loss(one, MARGINS, label_values=(-1, 1))
    yield "squared-hinge", losses.squared_hinge_loss(one, MARGINS, label_values=(-1, 1))
    yield "log", losses.sigmoid_cross_entropy_with_logits(labels=one, logits=MARGINS)
    yield "focal", losses.sigmoid_focal_cross_entropy_with_logits(labels=one, logits=MARGINS)
    yield "huber", losses.huber_loss(one, MARGINS)


def line(name, values):
    """Return a curve as an element of SVG."""
    points = " ".join(
        f"{ORIGIN[0] + UNIT[0] * x:.1f},{ORIGIN[1] - UNIT[1] * y:.1f}"
        for x, y in zip(MARGINS, values, strict=True)
    )
    return f'<polyline class="{name}" points="{points}"/>'


def draw():
    """Return the cover: curves to its edges, the title, the authors, the version, the licence."""
    cited = citation.read()
    drawn = "".join(line(*curve) for curve in curves())
    x, y = ORIGIN
    axes = f'<path d="M0 {y}H210M{x} {y}V110"/>'
    return f"""<div class="cover"><svg viewBox="0 0 210 297" aria-hidden="true">{axes}{drawn}</svg>
<p class="title">{html.escape(cited["title"])}</p>
<p class="promise">What a loss teaches a model, shown by experiment;
what to change when it looks wrong</p>
<p class="author">{html.escape(citation.authors(cited))}</p></div>
<div class="imprint"><p>{html.escape(citation.sentence(cited))}</p><p>{citation.LICENCE}</p>
<p>Set in STIX Two, Source Sans 3 and Iosevka.</p></div>"""
