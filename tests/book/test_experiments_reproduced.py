"""make reproduce: TensorFlow gives what was recorded, and what differs is named."""

import dataclasses

import numpy as np
import pytest
from printed_numbers import PRINTED, texts

from lossutils.book import experiments
from tools import reproduce


@pytest.fixture(scope="module")
def tensorflow():
    pytest.importorskip("tensorflow")
    return reproduce.import_tensorflow()


@pytest.mark.parametrize("experiment", PRINTED, ids=lambda e: e.id)
def test_every_experiment_is_reproduced_as_recorded(tensorflow, experiment):
    assert reproduce.reproduce(experiment)["problems"] == []


def test_the_curve_of_squares_takes_the_target_from_the_prediction(tensorflow):
    """The targets of the document are 0, which would hide a sum."""
    [number] = experiments.get("003-2").numbers
    y_true, y_pred = np.float32([1, 2]), np.float32([4, 0.5])
    assert number.recipe.tensorflow(tensorflow, y_true, y_pred).numpy().tolist() == [9, 2.25]


def test_digits_are_counted_by_rounding_the_exact_value():
    experiment = with_text(experiments.get("001-5"), "0.5 0.25 2.00 1.")
    # 0.549 rounds to 0.5; 0.2401 is less than a unit away, 2.011 more; 1.6 rounds to 2.
    counts = reproduce.count(experiment, {"rel1": np.array([0.549, 0.2401, 2.011, 1.6])})
    assert counts == {"every_digit": 1, "one_unit": 3}


def with_text(experiment, text):
    """Return the experiment with other published digits."""
    (number,) = experiment.numbers
    return dataclasses.replace(experiment, numbers=[number._replace(text=text)])


def changed(id, old, new):
    """Return an experiment in which one published number is replaced."""
    experiment = experiments.get(id)
    return with_text(experiment, " ".join(texts(experiment)).replace(old, new))


@pytest.mark.parametrize(
    ("id", "old", "new"),
    [("001-5", "3.09967351", "3.09967352"), ("003-1", " 0.959596 ", " 0.959597 ")],
)
def test_a_changed_digit_is_reported_with_both_counts(tensorflow, id, old, new):
    row = reproduce.reproduce(wrong := changed(id, old, new))
    total = wrong.recorded.published
    sentence = f"to every digit: recorded {total}, found {total - 1}"
    assert any(sentence in problem for problem in row["problems"])


def test_a_lost_number_is_reported(tensorflow):
    row = reproduce.reproduce(with_text(experiments.get("001-5"), "0.1 0.2 0.3"))
    assert row["problems"] == ["it cannot be computed: published has shape (3,), computed has (2,)"]


def test_the_command_names_the_row_that_is_not_as_recorded(tensorflow, monkeypatch, capfd):
    wrong = changed("001-5", "0.02215516", "0.02215616")
    monkeypatch.setattr(experiments, "all_experiments", lambda: [experiments.get("003-2"), wrong])
    assert reproduce.main([]) == 1
    out, err = capfd.readouterr()
    assert "total" in out
    assert err.startswith("error: 001-5 is not as recorded: ")
    assert err.count("\n") == 1


def test_an_unknown_option_is_refused_in_one_sentence(capfd):
    with pytest.raises(SystemExit) as end:
        reproduce.main(["--jason"])
    assert end.value.code == 2
    assert capfd.readouterr().err == (
        "error: unrecognized arguments: --jason; see: python -m tools.reproduce --help\n"
    )
