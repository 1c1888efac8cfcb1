"""The diagnosis as it is called and shown: its arguments, the report, the command."""

import re
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import (
    BCE,
    INDEX,
    LOGITS,
    ONE_HOT,
    SCCE,
    SCORES,
    SIGMOID,
    SOFTMAX,
    YES,
    Liar,
    by_mistake,
)

from lossutils import diagnose
from lossutils.diagnosis import Finding, Report
from lossutils.diagnosis.names import LOSSES


@pytest.mark.parametrize(
    "loss", ["cross_entropy", "", "MeanSquared", 3, ["mse"], tf.keras.losses.get, print]
)
def test_an_unknown_loss_is_an_error(loss):
    with pytest.raises(ValueError, match=r"^loss: expected None or one of .*'hinge'.*, got "):
        diagnose(YES, SIGMOID, loss=loss)


def test_what_was_given_is_shown_and_cut_where_it_is_long():
    with pytest.raises(ValueError, match=r"got 'cross_entropy'$"):
        diagnose(YES, SIGMOID, loss="cross_entropy")
    with pytest.raises(ValueError, match=r"got 'x{49}\.\.\.$"):
        diagnose(YES, SIGMOID, loss="x" * 100)


@pytest.mark.parametrize("value", [None, 1, "True", 0.0, [True]])
def test_from_logits_is_a_bool(value):
    with pytest.raises(ValueError, match=r"^from_logits: expected True or False, got "):
        diagnose(YES, SIGMOID, loss=BCE, from_logits=value)
    assert not diagnose(YES, SCORES, loss=BCE, from_logits=np.True_)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_name_of_a_loss_is_keras_own(loss):
    assert getattr(keras.losses, loss).__name__ == loss
    report = diagnose(ONE_HOT, SOFTMAX, loss=loss)
    assert loss in report.batch


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("BinaryCrossentropy", BCE),
        ("bce", BCE),
        ("MSE", "mean_squared_error"),
        ("KLDivergence", "kl_divergence"),
        ("SparseCategoricalCrossentropy", SCCE),
        ("LogCosh", "log_cosh"),
        ("msle", "mean_squared_logarithmic_error"),
    ],
)
def test_classes_and_short_names(name, loss):
    assert tf.keras.losses.get(name) is not None
    assert loss in diagnose(ONE_HOT, SOFTMAX, loss=name).batch


def test_logits_of_a_loss_that_knows_none_are_suspicious():
    report = diagnose(SCORES, SCORES, loss="mse", from_logits=True)
    assert by_mistake(report) == {None: False}


# How it is shown


def test_a_report_prints():
    report = diagnose([0, 1], [[2.0, -1.0], [0.5, 0.25]], loss=SCCE)
    lines = str(report).splitlines()
    assert lines[0].startswith(
        "1 certain, 0 suspicious in y_true (2,) int64, y_pred (2, 2) float64"
    )
    assert "CERTAIN: Logits where probabilities are expected" in lines
    assert "  see       mistakes/logits-and-softmax.html#mistake-softmax-never" in lines
    assert max(map(len, lines)) <= 88
    assert repr(report) == str(report)
    assert str(diagnose(YES, SIGMOID, loss=BCE)).startswith("nothing found in y_true (40, 1)")


def test_a_report_is_a_sequence():
    report = diagnose(INDEX[:, None], SIGMOID, loss=BCE)
    assert len(report) == len(list(report)) == 2
    assert report[0] in report
    assert isinstance(report, Report)
    assert isinstance(report[0], Finding)
    with pytest.raises(AttributeError):
        report.findings = ()


def test_the_table_is_escaped():
    report = diagnose(["<script>alert(1)</script>"], Liar(), loss="mse")
    shown = report._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "&lt;array&gt;" in shown
    assert shown.count("<tr>") == shown.count("</tr>") == 3
    link = '<a href="mistakes/logits-and-softmax.html#mistake-sigmoid-never">'
    assert link in diagnose(YES, SCORES, loss=BCE)._repr_html_()


# The command


def command(*arguments, folder):
    """Run the command; return its status, what it printed and what it complained of."""
    run = [sys.executable, "-m", "lossutils", *map(str, arguments)]
    result = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=60)
    return result.returncode, result.stdout, result.stderr


@pytest.fixture
def batch(tmp_path):
    np.savez(tmp_path / "batch.npz", y_true=INDEX, y_pred=SOFTMAX, sample_weight=np.ones(40))
    return tmp_path / "batch.npz"


def test_the_status_says_whether_something_is_certain(batch, tmp_path):
    status, shown, errors = command("diagnose", batch, "--loss", SCCE, folder=tmp_path)
    assert (status, errors) == (0, "")
    assert shown.startswith("nothing found")
    assert "sample_weight (40,)" in shown
    np.savez(tmp_path / "logits.npz", y_true=INDEX, y_pred=LOGITS)
    status, shown, errors = command("diagnose", "logits.npz", "--loss", SCCE, folder=tmp_path)
    assert (status, errors) == (1, "")
    assert "CERTAIN: Logits where probabilities are expected" in shown


def test_suspicious_alone_is_status_0(tmp_path):
    np.savez(tmp_path / "b.npz", y_true=ONE_HOT, y_pred=1 / (1 + np.exp(-LOGITS)))
    status, shown, _ = command("diagnose", "b.npz", "--loss", BCE, folder=tmp_path)
    assert status == 0
    assert "SUSPICIOUS: Binary cross-entropy for many classes" in shown


def bad_files(folder):
    """Write files that are not batches; yield their names and what is said of them."""
    np.savez(folder / "half.npz", y_true=INDEX)
    np.savez(folder / "others.npz", x=INDEX)
    np.savez(folder / "objects.npz", y_true=np.array([None], object), y_pred=SOFTMAX)
    np.save(folder / "one.npy", SOFTMAX)
    (folder / "empty.npz").touch()
    (folder / "text.npz").write_text("not an archive", encoding="utf-8")
    (folder / "folder.npz").mkdir()
    whole = (folder / "half.npz").read_bytes()
    (folder / "cut.npz").write_bytes(whole[: len(whole) // 2])
    yield from [
        ("half.npz", "has no array named y_pred"),
        ("others.npz", "has no array named y_true and y_pred"),
        ("objects.npz", "pickles"),
        ("one.npy", "one array without a name"),
        ("empty.npz", "No data left in file"),
        ("text.npz", "pickles"),
        ("folder.npz", "is a directory"),
        ("cut.npz", "cannot be read"),
        ("absent.npz", "there is no file absent.npz"),
    ]


def test_a_file_that_is_no_batch_is_one_sentence(tmp_path):
    for name, part in bad_files(tmp_path):
        status, shown, errors = command("diagnose", name, folder=tmp_path)
        assert (status, shown) == (2, ""), name
        assert re.fullmatch(r"error: [^\n]+\n", errors), errors
        assert part in errors


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ((), "diagnose"),
        (("diagnose",), "batch"),
        (("treat", "b.npz"), "treat"),
        (("diagnose", "batch.npz", "--loss", "cross"), "loss: expected None or one of"),
        (("diagnose", "batch.npz", "--logits"), "--logits"),
        (("diagnose", "batch.npz", "--loss"), "--loss"),
    ],
)
def test_a_bad_command_is_one_sentence(batch, arguments, part):
    status, shown, errors = command(*arguments, folder=batch.parent)
    assert (status, shown) == (2, "")
    assert re.fullmatch(r"error: [^\n]+\n", errors), errors
    assert part in errors


def test_the_command_needs_numpy_alone(batch):
    code = "import sys; sys.modules.update(tensorflow=None, matplotlib=None, scipy=None)\n"
    code += f"from lossutils.__main__ import main; main(['diagnose', {str(batch)!r}])"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


HISTORIES = {
    "nan": ("epoch,loss\n0,2.0\n1,9.0\n2,nan\n", 1, "CERTAIN: nan by overflow"),
    "growing": ("epoch,loss\n0,1\n1,2\n2,5\n3,9\n4,20\n", 0, "SUSPICIOUS: A learning rate"),
    "still": (
        "epoch,accuracy,loss\n0,0.5,0.9\n1,0.5,0.5\n2,0.5,0.3\n",
        0,
        "SUSPICIOUS: an accuracy that never moves",
    ),
    "healthy": ("epoch,accuracy,loss\n0,0.5,0.9\n1,0.7,0.5\n", 0, "nothing found in 2 epochs"),
    "no losses": ("epoch,accuracy\n0,0.5\n", 2, "expected a column named loss"),
    "words": ("epoch,loss\n0,low\n", 2, "expected numbers in the columns loss"),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_the_history_of_a_run(name, tmp_path):
    text, expected, words = HISTORIES[name]
    (tmp_path / "log.csv").write_text(text)
    status, shown, errors = command("diagnose", "--history", "log.csv", folder=tmp_path)
    assert status == expected
    assert words in shown + errors
    assert errors.count("\n") <= 1


def test_a_command_without_batch_and_history_says_what_it_expects(tmp_path):
    status, _, errors = command("diagnose", folder=tmp_path)
    assert (status, errors.count("\n")) == (2, 1)
    assert "expected a batch, or --history" in errors


def test_one_certain_report_decides_the_status(tmp_path):
    y_true = np.array([[1.0], [2.0], [3.0]])
    np.savez(tmp_path / "batch.npz", y_true=y_true, y_pred=1.1 * y_true)
    (tmp_path / "log.csv").write_text(HISTORIES["nan"][0])
    arguments = ("batch.npz", "--history", "log.csv", "--loss", "mse")
    status, shown, _ = command("diagnose", *arguments, folder=tmp_path)
    assert status == 1
    assert shown.count("CERTAIN") == 1
