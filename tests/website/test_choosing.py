"""Choosing a loss by questions: the table behind it, and the lines to copy.

The lines are run with TensorFlow, and the curves are compared with what they compute.
"""

import ast
import functools
import math
import re
from types import SimpleNamespace

import numpy as np
import page_trees
import pytest

from website import toc
from website.extension import choosing, choosing_curves, curves

ROWS = choosing.TABLE["rows"]
STEPS = {step["path"]: step for step in choosing.steps()}
PAGE = "book/choosing-a-loss"
SIZES = {
    "N": 4,
    "length": 3,
    "num_classes": 3,
    "num_sampled": 2,
    "num_labels": 5,
    "num_dimensions": 3,
    "num_columns": 3,
    "height": 6,
    "width": 7,
}
# The second line of these is another loss than the first, and the page says so.
ALTERNATIVES = {"rare", "rare-labels", "many"}


def every_row(function):
    """Run a test for every row."""
    return pytest.mark.parametrize("key", ROWS)(function)


# The questions


def test_every_row_takes_at_most_three_answers():
    shortest = {}
    for path, step in STEPS.items():
        if "row" in step:
            answers = len(path.split("/"))
            shortest[step["row"]] = min(answers, shortest.get(step["row"], answers))
    assert set(shortest) == set(ROWS)
    assert {key: answers for key, answers in shortest.items() if answers > 3} == {}


def test_every_answer_leads_to_a_step_and_every_step_is_reached():
    offered = [id for step in STEPS.values() for id, _ in step.get("choices", [])]
    assert sorted(offered) == sorted(step["id"] for step in STEPS.values() if step["path"])
    assert [step["path"] for step in STEPS.values() if "row" in step and "asks" in step] == []


def test_a_step_says_what_was_answered():
    assert STEPS["number/any/outliers"]["trail"] == [
        ("choose", "Start"),
        ("choose/number", "A number"),
        ("choose/number/any", "Any numbers"),
        ("choose/number/any/outliers", "Outliers"),
    ]


def test_words_between_backticks_are_code_and_others_are_text():
    assert choosing.with_code("`[N]` & <b>") == "<code>[N]</code> &amp; &lt;b&gt;"


# The page's own table


def without_links(markdown):
    """Return the words of a piece of Markdown, with its code."""
    return re.sub(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^)]*\)", r"\1", markdown)


def table_of_the_page():
    """Return the cells of the table in the page's source, row by row."""
    text = (toc.ROOT / f"{PAGE}.ipynb").read_text(encoding="utf-8")
    lines = re.findall(r'^\s*"(\| .* \|)\\n",$', text, re.MULTILINE)
    return [line.replace(r"\"", '"').strip("| ").split(" | ") for line in lines][1:]


def test_the_page_has_the_same_rows_in_the_same_order():
    expected = [[row["case"], row["section"], row["loss"], row["beware"]] for row in ROWS.values()]
    rows = []
    for case, loss, _, beware in table_of_the_page():
        words, section = re.fullmatch(r"\[(.*)\]\(([\w-]+)(?:\.ipynb)?\)", case).groups()
        rows.append([words, section, loss, without_links(beware)])
    assert rows == expected


def test_the_code_in_the_page_is_in_the_lines_to_copy():
    for (_, _, code, _), row in zip(table_of_the_page(), ROWS.values(), strict=True):
        lines = row["keras"] + row["tensorflow"]
        parts = re.findall("`([^`]+)`", code)
        assert parts
        assert [part for part in parts if part not in lines] == []


def test_the_page_has_one_place_for_the_questions():
    text = (toc.ROOT / f"{PAGE}.ipynb").read_text(encoding="utf-8")
    assert text.count(rf'"{choosing.MARK}\n"') == 1


# The lines to copy


def truth(row):
    """Return labels of the shape and the kind that a row states."""
    shape = eval(row["shape"], dict(SIZES))
    numbers = np.arange(math.prod(shape), dtype="float32").reshape(shape)
    make = {
        "any numbers": lambda: numbers - 1.5,
        "standardised columns": lambda: (numbers - numbers.mean(axis=0)) / numbers.std(axis=0),
        "counts": lambda: numbers,
        "logarithms": lambda: np.log(10 ** (numbers + 1)),
        "vectors": lambda: np.sin(numbers + 1),
        "class numbers": lambda: np.int32(numbers) % SIZES["num_classes"],
        "padded class numbers": lambda: padded(shape),
        "zeros and ones": lambda: np.float32(numbers % 3 == 0),
        "shares": lambda: (numbers + 1) / (numbers.size + 1),
        "one-hot rows": lambda: np.eye(SIZES["num_classes"], dtype="float32")[[2, 0, 1, 2]],
        "signs": lambda: np.float32(2 * (numbers % 2) - 1),
    }
    labels = make[row["truth"]]()
    assert labels.shape == tuple(shape)
    return labels


def padded(shape):
    """Return labels of one, two and more classes, each filled up with 0."""
    rows, places = np.indices(shape)
    return np.where(places <= rows % shape[1], 1 + (rows + places) % 2, 0)


# What stands before the five numbers of an example: a place in a picture, a step, a frame.
STEPS_OF = {"segmentation": (6, 7), "padding": (3,), "ctc": (8,)}


def features(key, labels):
    """Return five numbers for each example of a row, each of its pixels, or each of its steps."""
    shape = (len(labels), *STEPS_OF.get(key, ()), 5)
    return np.cos(np.arange(math.prod(shape), dtype="float32")).reshape(shape)


def run(code, **given):
    """Run lines of code and return their names."""
    import tensorflow as tf

    names = {"tf": tf, **SIZES, **given}
    exec(code, names)
    return names


def values_of(row, labels, outputs, **more):
    """Return what the second line computes; it calls truth and outputs by either name."""
    given = {"y_true": labels, "y_pred": outputs, "labels": labels, "logits": outputs}
    return run(row["tensorflow"], y=np.exp(labels), **given, **more)["values"].numpy()


@pytest.fixture(scope="module")
def tf():
    """Return TensorFlow, which takes seconds to import, with a fixed seed."""
    import tensorflow

    tensorflow.keras.utils.set_random_seed(1)
    return tensorflow


def test_every_kind_of_truth_is_used_and_described():
    assert {row["truth"] for row in ROWS.values()} == set(choosing.TABLE["truths"])


@every_row
def test_the_lines_are_plain_python_that_fits_the_box(key):
    for code in (ROWS[key]["keras"], ROWS[key]["tensorflow"], ROWS[key]["layer"]):
        assert ast.parse(code).body
        assert max(map(len, code.splitlines())) <= 100


@every_row
def test_a_model_with_the_last_layer_trains_with_the_loss(tf, key):
    row = ROWS[key]
    labels = truth(row)
    inputs = features(key, labels)
    layer = run(f"layer = {row['layer']}")["layer"]
    model = tf.keras.Sequential([tf.keras.Input(inputs.shape[1:]), layer])
    model.compile("sgd", run(row["keras"])["loss"])
    first, second = (float(model.train_on_batch(inputs, labels)) for _ in range(2))
    assert math.isfinite(first)
    assert math.isfinite(second)
    assert second != first, "no gradient reaches the layer"


@every_row
def test_both_lines_compute_the_same_loss(tf, key):
    row = ROWS[key]
    labels = truth(row)
    inputs = features(key, labels)
    layer = run(f"layer = {row['layer']}")["layer"]
    outputs = layer(inputs)
    values = values_of(row, labels, outputs, layer=layer, inputs=inputs)
    assert np.isfinite(values).all()
    loss = float(tf.reduce_mean(run(row["keras"])["loss"](labels, outputs)))
    same = math.isclose(loss, values.mean(), rel_tol=1e-5, abs_tol=1e-6)
    assert same is (key not in ALTERNATIVES)


# The curves


def of_three(x):
    """Return logits of three classes, of which only the first is not 0."""
    return np.stack([x, 0 * x, 0 * x], axis=-1)


def two_frames(x):
    """Return logits of two frames that are alike; that of the blank is 0."""
    return np.stack([np.stack([0 * x, x], axis=-1)] * 2, axis=1)


def row_vectors(x):
    """Return vectors at angles to [1, 0], which are given in degrees."""
    return np.stack([np.cos(np.radians(x)), np.sin(np.radians(x))], axis=-1)


# Truth and outputs for the numbers along a curve.
ALONG = {
    "range": lambda x: (np.ones((len(x), 1)), np.stack([0 * x, np.log(x)], axis=-1)),
    "counts": lambda x: (0 * x + 3, x),
    "skewed": lambda x: (0 * x + math.log(100), np.log(100 * x)),
    "direction": lambda x: (row_vectors(0 * x), row_vectors(x)),
    "classes": lambda x: (np.zeros(len(x), int), of_three(x)),
    "padding": lambda x: (np.ones((len(x), 1), int), of_three(x)[:, None, [1, 0, 2]]),
    "ctc": lambda x: (np.ones((len(x), 1), int), two_frames(np.float32(x))),
    "oversure": lambda x: (of_three(0 * x + 1), of_three(x)),
    "segmentation": lambda x: (
        np.ones((len(x), 2, 2, 1)),
        np.broadcast_to(x[:, None, None, None], (len(x), 2, 2, 1)),
    ),
    "rare-labels": lambda x: (np.ones((len(x), 5), "float32"), np.float32([x] * 5).T),
    "probability": lambda x: (0 * x + 1, np.log(x / (1 - x))),
    "share": lambda x: (0 * x + 0.7, np.log(x / (1 - x))),
}
ALONG |= dict.fromkeys(("noise", "outliers", "units", "quantile", "own"), lambda x: (0 * x, x))
ALONG |= dict.fromkeys(
    ("ordered", "labels", "rare", "wrong-labels", "margin"), lambda x: (0 * x + 1, x)
)
# The same for a loss that compares the examples of a batch; its first value is drawn.
BATCHES = {
    "together": lambda x: (
        np.array([0, 0, 1]),
        np.r_[np.c_[row_vectors(np.array([0, x])), [0, 0]], [[0, 0, 1]]],
    ),
}


def values_of_a_sample(row, tf, number):
    """Return what the second line of *many* computes if its sample is the second of two classes."""
    one = np.float32([1])
    drawn = np.array([1]), one[:, None], one
    fixed = functools.partial(tf.nn.sampled_softmax_loss, sampled_values=drawn)
    layer = SimpleNamespace(kernel=np.float32([[number, 0]]), bias=np.zeros(2, "float32"))
    names = {"num_classes": 2, "num_sampled": 1, "layer": layer, "inputs": one[:, None]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tf.nn, "sampled_softmax_loss", fixed)
        return values_of(row, np.array([0]), None, **names)


def values_along(key, x, tf):
    """Return what the second line computes at each number along a curve."""
    if key == "many":
        return np.array([values_of_a_sample(ROWS[key], tf, number)[0] for number in x])
    if key in BATCHES:
        return np.array([values_of(ROWS[key], *BATCHES[key](number))[0] for number in x])
    # Several labels have several values, here of one size.
    return values_of(ROWS[key], *ALONG[key](x)).reshape(len(x), -1).mean(axis=1)


@every_row
def test_the_curve_is_that_of_the_line(tf, key):
    """The ticks say where a loss stands; the drawing is rounded to a tenth of a pixel."""
    drawn = curves.drawn(choosing_curves.CURVES[key])
    points = page_trees.corners(drawn["path"])
    (x, losses) = (scale(drawn[axis], points[:, n]) for n, axis in enumerate("xy"))
    expected = values_along(key, x, tf)
    pixel = abs(scale(drawn["y"], np.array([0.0, 1.0])) @ [1, -1])
    slope = np.abs(np.gradient(expected, x)).max() * abs(scale(drawn["x"], np.r_[0.0, 1]) @ [1, -1])
    assert losses == pytest.approx(expected, abs=0.06 * (pixel + slope))
    assert np.ptp(points[:, 1]) > 0.4 * (curves.BOTTOM - curves.TOP), "nearly flat"
    assert points[:, 1].min() >= curves.TOP
    assert points[:, 1].max() <= curves.BOTTOM


def scale(ticks, pixels):
    """Return the numbers at places of an axis, according to its first and its last tick."""
    (first, start), (last, end) = (
        (float(text.replace("−", "-")), place) for text, place in (ticks[0], ticks[-1])
    )
    return first + (pixels - start) / (end - start) * (last - first)
