"""What can be told: every option of the command, nested outputs, ragged weights, other losses."""

import numpy as np
import pytest
import tensorflow as tf
from batch_examples import (
    BCE,
    CCE,
    INDEX,
    LOGITS,
    ONE_HOT,
    SCCE,
    SCORES,
    SIGMOID,
    SOFTMAX,
    YES,
    ids,
)

from lossutils import diagnose, losses
from lossutils.__main__ import main
from lossutils.diagnosis import names

IGNORED = np.where(INDEX == 1, -1, INDEX)
SURE = np.where(YES > 0, 1.0, 0.5)
CHANNELS_FIRST = np.moveaxis(SOFTMAX.reshape(4, 10, 3), -1, 1)
# The arrays of a file, the options without and with which the command is run, and both statuses.
OPTIONS = {
    "ignore-class": ({"y_true": IGNORED, "y_pred": SOFTMAX}, ["--ignore-class", "-1"], 1, 0),
    "axis": (
        {"y_true": INDEX.reshape(4, 10), "y_pred": CHANNELS_FIRST}, ["--axis", "1"], 1, 0
    ),
}  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def write(**arrays):
        np.savez(tmp_path / "batch.npz", **arrays)
        return str(tmp_path / "batch.npz")

    return write


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_of_the_command_decides_its_status(option, file):
    arrays, options, without, with_it = OPTIONS[option]
    command = ["diagnose", file(**arrays), "--loss", SCCE]
    assert (main(command), main([*command, *options])) == (without, with_it)


@pytest.mark.parametrize(
    ("arrays", "options", "title"),
    [
        ((YES, SURE), ["--loss", "binary_focal_crossentropy", "--gamma", "0.5"], "gamma below 1"),
        ((1.0 * (SCORES < 3), SCORES), ["--loss", BCE, "--from-logits", "--pos-weight", "9"],
         "pos_weight upside down"),
        ((1.0 * (LOGITS < 3), LOGITS), ["--loss", BCE, "--from-logits", "--pos-weight", "9,9,9"],
         "pos_weight upside down"),
        ((2 * YES - 1, SIGMOID), ["--loss", "hinge", "--trained"], "Outputs that cannot reach"),
    ],
)  # fmt: skip
def test_an_option_of_the_command_brings_its_finding(arrays, options, title, file, capsys):
    command = ["diagnose", file(y_true=arrays[0], y_pred=arrays[1]), *options]
    assert main(command[:-1] if options[-1] == "--trained" else command[:-2]) == 0
    assert title not in capsys.readouterr().out
    assert main(command) == 0
    assert title in capsys.readouterr().out


def test_the_command_takes_several_outputs(file, capsys):
    batch = {"y_true.kind": INDEX, "y_pred.kind": LOGITS, "y_true.size": SCORES}
    path = file(**batch, **{"y_pred.size": SCORES + 1, "sample_weight.size": np.ones(40)})
    losses_of_both = ["--loss", f"kind={SCCE}", "--loss", "size=mse"]
    assert main(["diagnose", path, *losses_of_both]) == 1
    assert "Output 'kind': " in capsys.readouterr().out
    assert main(["diagnose", path, *losses_of_both, "--from-logits"]) == 0
    assert capsys.readouterr().out.startswith("nothing found")


@pytest.mark.parametrize("options", [["--loss", "mse", "--loss", "mae"], ["--loss", "=mse"],
                                  ["--loss", "a=cross"]])  # fmt: skip
def test_losses_that_are_not_one_for_each_output_are_one_sentence(options, file, capsys):
    assert main(["diagnose", file(y_true=YES, y_pred=SIGMOID), *options]) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_a_number_that_is_none_is_one_sentence(file, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["diagnose", file(y_true=YES, y_pred=SIGMOID), "--gamma", "two"])
    assert capsys.readouterr().err.startswith("error: ")


def test_outputs_within_outputs():
    y = {"a": {"b": INDEX, "c": [SCORES, SCORES]}, "d": YES}
    p = {"a": {"b": LOGITS, "c": [SCORES + 1, SCORES]}, "d": SIGMOID}
    losses_of_all = {"a": {"b": SCCE, "c": ["mse", "mae"]}, "d": BCE}
    report = diagnose(y, p, loss=losses_of_all)
    assert [(f.mistake, f.certain) for f in report] == [("softmax-never", True)]
    assert report[0].evidence.startswith("Output 'a.b': ")
    assert report.batch.count("y_pred") == 4
    assert not diagnose(y, p | {"a": p["a"] | {"b": SOFTMAX}}, loss=losses_of_all)


def test_an_option_of_one_of_several_losses_means_something():
    y, p = [INDEX, SCORES], [LOGITS, SCORES + 1]
    assert not diagnose(y, p, loss=[SCCE, "mse"], from_logits=True)
    titles = [f.title for f in diagnose(y[1], p[1], loss="mse", from_logits=True)]
    assert titles == ["an option that means nothing"]


@pytest.mark.parametrize(
    "weights", [[1.0, 0.0], [[1.0], [0.0]], tf.ragged.constant([[1.0, 1], [0]])]
)
def test_weights_of_ragged_rows(weights):
    y = tf.ragged.constant([[1.0, 0.0], [1.0]])
    p = tf.ragged.constant([[0.5, 0.5], [1.5]])  # the second row is wrong, and has no weight
    assert ids(diagnose(y, p, loss=BCE).certain) == ["sigmoid-never"]
    assert not diagnose(y, p, loss=BCE, sample_weight=weights)


@pytest.mark.parametrize("loss", names.OWN)
def test_a_loss_of_the_book_gets_what_holds_for_every_loss(loss):
    assert hasattr(losses, loss)
    report = diagnose(SCORES[:, 0], SCORES + 1, loss=loss)
    assert loss in report.batch
    assert "has no rules of its own" in report.notes[0]
    assert [(f.mistake, f.certain) for f in report] == [("broadcast", False)]
    assert not diagnose(SCORES, LOGITS, loss=loss)  # quantiles, or a mean and a variance


def test_every_loss_of_the_book_that_keras_lacks_is_known():
    by_hand = {"batch_hard_triplet_loss", "contrastive_loss", "gaussian_negative_log_likelihood",
               "info_nce", "pinball_loss", "triplet_margin_loss"}  # fmt: skip
    assert by_hand <= set(names.OWN) <= set(losses.__all__)


UNIT = LOGITS / np.linalg.norm(LOGITS, axis=1, keepdims=True)


@pytest.mark.parametrize(("vectors", "titles"), [
    (UNIT, []), (1.01 * UNIT, []), (2 * UNIT, ["vectors of another length than 1"]),
])  # fmt: skip
def test_vectors_of_the_circle_loss_have_length_1(vectors, titles):
    assert [f.title for f in diagnose(INDEX, vectors, loss="circle")] == titles


@pytest.mark.parametrize(
    ("transform", "mistakes"), [(np.log, []), (lambda p: p, ["softmax-twice"])]
)
def test_ctc_takes_logits(transform, mistakes):
    p = transform(SOFTMAX.reshape(4, 10, 3))
    assert ids(diagnose([[1, 2]] * 4, p, loss="ctc")) == mistakes


@pytest.mark.parametrize("loss", ["mape", "msle", "poisson"])
def test_outputs_of_a_sigmoid_do_not_reach_quantities(loss):
    y = 5 + INDEX[:, None]
    assert "output-range" in ids(diagnose(y, SIGMOID, loss=loss, trained=True))
    assert not diagnose(y, y + SIGMOID, loss=loss, trained=True)


def test_rates_below_1_are_healthy_where_little_is_counted():
    few = 2.0 * (np.arange(40) % 4 == 0)[:, None]
    assert not diagnose(few, 0.99 * SIGMOID + 0.005, loss="poisson", trained=True)


@pytest.mark.parametrize(("scores", "mistakes"), [
    (SIGMOID, ["output-range"]), (np.maximum(SCORES, 0), ["output-range"]), (SCORES, []),
    (np.tanh(SCORES), []),
])  # fmt: skip
def test_a_hinge_needs_negative_scores(scores, mistakes):
    assert ids(diagnose(2 * YES - 1, scores, loss="hinge", trained=True)) == mistakes
    assert not diagnose(2 * YES - 1, scores, loss="hinge")  # before training they may be so


LENGTHS = 2 + np.arange(10)[:, None] % 4
TAGS = (1 + np.arange(60).reshape(10, 6) % 3) * (np.arange(6) < LENGTHS)
OF_TAGS = np.float64([0.1, 0.4, 0.3, 0.2]) + np.zeros((10, 6, 4))


@pytest.mark.parametrize("labels", [TAGS, TAGS[..., None], TAGS[:, ::-1], np.eye(4)[TAGS]])
def test_a_class_at_the_ends_of_sequences_only_is_padding(labels):
    loss = CCE if labels.shape[-1] == 4 else SCCE
    assert "mask-ignored" in ids(diagnose(labels, OF_TAGS, loss=loss))


def test_padding_without_a_weight_is_healthy():
    assert not diagnose(TAGS, OF_TAGS, loss=SCCE, sample_weight=1.0 * (TAGS > 0))


@pytest.mark.parametrize("labels", [
    np.where(np.arange(6) == 2, 0, TAGS),  # 0 stands elsewhere, too
    TAGS % 3 + 1,  # no 0 at all
    np.where(np.arange(6) > 3, 0, TAGS + 1),  # runs of one length
    (TAGS > 0) * 1,  # two classes, such as speech and silence
])  # fmt: skip
def test_other_sequences_are_not_called_padded(labels):
    assert "mask-ignored" not in ids(diagnose(labels, OF_TAGS, loss=SCCE))


def test_rows_of_one_hot_classes_keep_their_rule():
    assert ids(diagnose(ONE_HOT, SOFTMAX, loss=BCE)) == ["binary-for-many-classes"]
