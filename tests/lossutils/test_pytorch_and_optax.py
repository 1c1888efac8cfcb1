"""PyTorch and Optax: the calls in the table of all losses give our values and gradients.

They run where these libraries are installed, in float64, on the example of the page and on a batch.
In a call, y is the truth, p the prediction, x a prediction that is a logit.
"""

import ast
import re

import numpy as np
import pytest
from examples import LOSSES, REQUIRED, arguments

from lossutils import gradients, losses
from lossutils.book import all_losses
from tools.bench.batches import with_respect_to

TABLE = all_losses.table()
SHORT = {"y_true": "y", "labels": "y", "y_pred": "p", "logits": "x"}
# What a call may use beside the arguments of the loss and the library's own names.
FUNCTIONS = {"arange", "len", "log", "log_softmax", "logit", "ones", "tensor"}


# Losses that the page has no other name for, and what they are. One that is new is in neither.
NOT_ON_THE_PAGE = {
    "torch.nn": {
        "AdaptiveLogSoftmaxWithLoss": "a layer with a tree of classes, not the loss of a sample",
        "HingeEmbeddingLoss": "linear in the distance; the contrastive loss is squared",
        "LinearCrossEntropyLoss": "a layer and CrossEntropyLoss in one",
        "MarginRankingLoss": "of two scores and which should be larger",
        "MultiLabelMarginLoss": "a hinge between labels",
        "MultiMarginLoss": "the sum over wrong classes; categorical_hinge has the largest",
        "SoftMarginLoss": "BCEWithLogitsLoss for labels of -1 and 1",
        "TripletMarginWithDistanceLoss": "TripletMarginLoss with another distance",
    },
    "optax.losses": {
        "binary_dice_loss": "dice_loss for one class",
        "convex_kl_divergence": "for rows that do not sum to 1",
        "ctc_loss_with_forward_probs": "ctc_loss, and what it computed on the way",
        "generalized_kl_divergence": "for rows that do not sum to 1",
        "kl_divergence_with_log_targets": "kl_divergence of logarithms",
        "make_fenchel_young_loss": "makes losses",
        "multiclass_generalized_dice_loss": "Dice with weights of classes",
        "multiclass_perceptron_loss": "a hinge without a margin",
        "multiclass_sparsemax_loss": "sparsemax instead of softmax",
        "ntxent": "InfoNCE in which both views are queries, and all others keys",
        "perceptron_loss": "a hinge without a margin",
        "poly_loss_cross_entropy": "a cross-entropy and a multiple of 1 - p",
        "ranking_softmax_loss": "a softmax over the items of a list",
        "smooth_labels": "changes labels",
        "sparsemax_loss": "sparsemax instead of softmax",
    },
}


def calls(library):
    """Return pairs of an entry and a call of a library."""
    return [(entry, call) for entry in TABLE for call in entry[library]]


def cases(entry):
    """Yield arguments of a loss: those of the example on the page, and a random batch."""
    name, example = entry["lossutils"][0], entry["example"]
    yield example
    if name in LOSSES:
        batch = zip(list(example)[:2], arguments(name), strict=True)
        yield dict(batch) | REQUIRED.get(name, {}) | dict(list(example.items())[2:])


def paddings(given):
    """Return what Optax takes instead of lengths: 1 where a frame or a label is not a part."""
    pairs = {"logit": np.shape(given["x"])[1], "label": np.shape(given["y"])[1]}
    return {
        f"{name}_paddings": 1.0 * (np.arange(size) >= np.array(given[f"{name}_length"])[:, None])
        for name, size in pairs.items()
    }


def named(example, array):
    """Return the arguments of an example under the names of the calls, with arrays of a library."""
    given = {SHORT.get(name, name): value for name, value in example.items()}
    given |= paddings(given) if "logit_length" in given else {}
    return {name: array(value) if np.ndim(value) else value for name, value in given.items()}


def in_pytorch(torch, call, example, names):
    """Return the sum of what a call of PyTorch gives, and its derivatives."""
    given = named(example, lambda value: torch.tensor(np.array(value)))
    for name in names:
        given[name].requires_grad_()
    functions = {name: getattr(torch, name) for name in FUNCTIONS - {"len"}}
    value = eval(call, vars(torch.nn) | functions, given).sum()
    value.backward()
    return value.item(), [given[name].grad.numpy() for name in names]


def in_optax(optax, call, example, names):
    """Return the sum of what a call of Optax gives, and its derivatives."""
    import jax

    jax.config.update("jax_enable_x64", True)
    numbers, given = jax.numpy, named(example, jax.numpy.array)
    functions = {"arange": numbers.arange, "log": numbers.log, "logit": jax.scipy.special.logit}

    def total(*changed):
        scope = given | dict(zip(names, changed, strict=True))
        return eval(call, vars(optax.losses) | functions, scope).sum()

    value, slopes = jax.value_and_grad(total, tuple(range(len(names))))(
        *(given[name] for name in names)
    )
    return float(value), [np.asarray(slope) for slope in slopes]


def differences(library, evaluate):
    """Yield a sentence for each call that gives something else than our values and gradients."""
    for entry, call in calls(library):
        for example in cases(entry):
            yield from difference(entry, call, example, evaluate)


def difference(entry, call, example, evaluate):
    """Yield a sentence if a call gives neither the sum nor the mean of our values."""
    name, sought = entry["lossutils"][0], with_respect_to(entry["lossutils"][0], example)
    ours, slopes = (getattr(module, name)(**example) for module in (losses, gradients))
    theirs, their_slopes = evaluate(call, example, [SHORT.get(one, one) for one in sought])
    share = theirs / np.sum(ours)
    if not np.isclose([share, share * np.size(ours)], 1, rtol=2e-5).any():
        yield f"{entry['name']}: {call} gives {theirs}, not {np.sum(ours)} or the mean"
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    for of, slope, their_slope in zip(sought, slopes, their_slopes, strict=True):
        if not np.allclose(their_slope, share * slope, rtol=2e-5, atol=1e-6):
            yield f"{entry['name']}: {call} has another gradient with respect to {of}"


def not_named(library, public):
    """Return the public losses of a library that no call of the page uses."""
    used = " ".join(call for _, call in calls(library))
    return set(public) - set(re.findall(r"\w+(?=\()", used))


def test_every_loss_of_pytorch_is_on_the_page_or_is_another():
    torch = pytest.importorskip("torch", reason="not run: PyTorch is not installed")
    public = {name for name in dir(torch.nn) if name.endswith("Loss")}
    assert not_named("torch.nn", public) == set(NOT_ON_THE_PAGE["torch.nn"])


def test_every_loss_of_optax_is_on_the_page_or_is_another():
    optax = pytest.importorskip("optax", reason="not run: Optax is not installed")
    public = {name for name in dir(optax.losses) if not name.startswith("_")}
    assert not_named("optax.losses", public) == set(NOT_ON_THE_PAGE["optax.losses"])


def test_the_calls_of_pytorch_give_our_values_and_gradients():
    torch = pytest.importorskip("torch", reason="not run: PyTorch is not installed")
    sentences = differences("torch.nn", lambda *given: in_pytorch(torch, *given))
    assert list(sentences) == []


def test_the_calls_of_optax_give_our_values_and_gradients():
    optax = pytest.importorskip("optax", reason="not run: Optax is not installed")
    sentences = differences("optax.losses", lambda *given: in_optax(optax, *given))
    assert list(sentences) == []


@pytest.mark.parametrize("library", ["torch.nn", "optax.losses"])
def test_a_call_uses_the_arguments_of_its_loss(library):
    for entry, call in calls(library):
        used = {node.id for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Name)}
        known = {*named(entry["example"], np.array), *FUNCTIONS}
        (function,) = used - known
        assert ast.get_docstring(ast.parse(call)) is None
        assert function.isidentifier()
        assert used & {"y", "t", "queries", "anchors"}, f"{call} has no truth"


def test_a_call_that_gives_something_else_is_named():
    entry, example = TABLE[0], TABLE[0]["example"]  # the squared error of 5 where 3 is true

    def sentences(value, slope):
        return list(difference(entry, "MSELoss()(p, y)", example, lambda *_: (value, [slope])))

    assert sentences(4.0, 4.0) == []
    assert sentences(8.0, 8.0) == ["Squared error: MSELoss()(p, y) gives 8.0, not 4.0 or the mean"]
    assert sentences(4.0, -4.0) == [
        "Squared error: MSELoss()(p, y) has another gradient with respect to y_pred"
    ]
