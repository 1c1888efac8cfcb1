"""The directive `all-losses`: a section for each loss, made from the table of all losses.

The values and gradients of its examples are computed here, by `lossutils`.
"""

import itertools

import numpy as np
from sphinx.util.docutils import SphinxDirective

from lossutils import gradients, losses
from lossutils.book import all_losses
from website.extension import curves, loss_curves

LIBRARIES = {
    "keras.losses": "Keras",
    "tf.nn": "`tf.nn`",
    "tf.compat.v1.losses": "TensorFlow 1",
    "torch.nn": "PyTorch",
    "optax.losses": "Optax",
}
EXPECTED = {
    "shapes": "Shapes",
    "truth": "Truth",
    "prediction": "Prediction",
    "last_layer": "Last layer",
    "lowest": "Lowest value",
    "estimates": "Estimates",
}


class AllLosses(SphinxDirective):
    """Show the losses by family."""

    def run(self):
        """Return the nodes of the sections. If the table changes, Sphinx reads the page again."""
        self.env.note_dependency(all_losses.FILE)
        render = self.env.app.builder.templates.render
        families = itertools.groupby(all_losses.table(), lambda entry: entry["family"])
        text = "\n\n".join(
            f"## {family}\n\n" + "\n\n".join(in_markdown(entry, render) for entry in entries)
            for family, entries in families
        )
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def label(entry):
    """Return the label of an entry's section.

    Examples
    --------
    >>> label({"name": "KL divergence"})
    'loss-kl-divergence'
    """
    return f"loss-{entry['name'].lower().replace(' ', '-')}"


def in_markdown(entry, render):
    """Return the section of a loss."""
    drawing = {"curve": curves.drawn(loss_curves.CURVES[entry["name"]]), "size": curves}
    svg = " ".join(render("curve.html", drawing).split())
    names = [
        (heading, ", ".join(f"`{name}`" for name in entry[library]))
        for library, heading in LIBRARIES.items()
        if entry[library]
    ]
    rows = [*names, *((heading, entry[field]) for field, heading in EXPECTED.items())]
    mistake, section = entry["mistake"], entry["section"].partition("#")[2]
    return "\n".join(
        [
            f"({label(entry)})=\n### {entry['name']}\n",
            f"```{{raw}} html\n{svg}\n```\n",
            f"$$\n{entry['formula']}\n$$\n",
            "\n".join(f"{heading}\n: {text}\n" for heading, text in rows),
            f"Example\n: {example(entry)}\n",
            f"Watch for\n: {entry['beware']}. {{ref}}`{mistake}`\n",
            f"Explained in\n: {{ref}}`{section}`\n",
        ]
    )


def example(entry):
    """Return the call of an entry's example, its value and its gradient."""
    function = entry["lossutils"][0]
    arguments = entry["example"]
    written = ", ".join(f"{name}={value}" for name, value in arguments.items())
    value, slope = (getattr(module, function)(**arguments) for module in (losses, gradients))
    many = "gradients" if isinstance(slope, tuple) else "gradient"
    return f"`losses.{function}({written})` is {shown(value)}; {many} {shown(slope)}"


def shown(result):
    """Return numbers with four digits after the point.

    Examples
    --------
    >>> shown(np.array([[0.5, -1 / 3]]))
    '`[[0.5, -0.3333]]`'
    """
    arrays = result if isinstance(result, tuple) else (result,)
    return " and ".join(f"`{np.round(np.asarray(a) + 0.0, 4).tolist()}`" for a in arrays)


def setup(app):
    """Connect to Sphinx."""
    app.add_directive("all-losses", AllLosses)
