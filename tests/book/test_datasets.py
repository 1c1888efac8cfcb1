"""The data sets agree with their docstrings, for every size and seed.

The expected values follow from the definitions. Where there is noise, means may be off by five
standard errors.
"""

import numpy as np
import pytest

from lossutils.book import datasets

ALL = [
    datasets.make_line,
    datasets.make_blobs,
    datasets.make_imbalanced,
    datasets.make_multilabel,
]


@pytest.mark.parametrize("make", ALL)
def test_the_same_seed_gives_the_same_data_and_a_different_seed_does_not(make):
    first, again, other = make(seed=1), make(seed=1), make(seed=2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize("size", [0, 1, 7])
def test_the_number_of_examples_is_the_requested_one(make, size):
    x, y = make(size)
    assert len(x) == len(y) == size
    assert x.dtype == np.float32
    assert y.dtype == (np.int32 if make is datasets.make_blobs else np.float32)


def test_a_line_without_noise_is_a_line():
    x, y = datasets.make_line(101, noise=0.0)
    np.testing.assert_allclose(x, np.linspace(-1, 1, 101), rtol=0, atol=1e-6)
    np.testing.assert_allclose(y, 2 * x + 1, rtol=0, atol=1e-6)


def test_outliers_are_the_last_points_ten_above_the_line():
    (x, y), (_, plain) = (datasets.make_line(20, noise=0.3, num_outliers=n) for n in (3, 0))
    lifted = np.where(x >= np.sort(x)[-3], 10.0, 0.0)
    np.testing.assert_allclose(y - plain, lifted, rtol=0, atol=1e-5)


def test_the_noise_of_a_line_has_the_requested_deviation():
    x, y = datasets.make_line(10_000, noise=0.5)
    residual = (y - 2 * x - 1) / 0.5
    assert abs(residual.mean()) < 5 / 100
    assert abs(residual.std() - 1) < 5 / np.sqrt(2 * 10_000)


@pytest.mark.parametrize("count", [-1, 11])
def test_more_outliers_than_points_are_rejected(count):
    with pytest.raises(ValueError, match=f"num_outliers: expected 0 to 10, got {count}"):
        datasets.make_line(10, num_outliers=count)


def test_all_points_can_be_outliers():
    _, y = datasets.make_line(2, noise=0.0, num_outliers=2)
    np.testing.assert_allclose(y, [9.0, 13.0])


@pytest.mark.parametrize("num_classes", [1, 2, 3, 5])
def test_the_centres_of_blobs_are_spread_evenly_on_a_circle_of_radius_two(num_classes):
    x, y = datasets.make_blobs(4 * num_classes, num_classes=num_classes, spread=0.0)
    assert np.bincount(y).tolist() == [4] * num_classes
    expected = 2 * np.exp(2j * np.pi * y / num_classes)
    np.testing.assert_allclose(x[:, 0] + 1j * x[:, 1], expected, atol=1e-6)


def test_blobs_have_the_requested_spread():
    (x, _), (centres, _) = (datasets.make_blobs(3_000, spread=spread) for spread in (0.7, 0.0))
    noise = (x - centres) / 0.7
    assert np.abs(noise.mean(axis=0)).max() < 5 / np.sqrt(3_000)
    assert np.abs(noise.std(axis=0) - 1).max() < 5 / np.sqrt(2 * 3_000)


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.25, 1.0])
def test_the_share_of_positives_is_the_requested_one(fraction):
    _, y = datasets.make_imbalanced(200, positive_fraction=fraction)
    assert np.count_nonzero(y == 1) == 200 * fraction
    assert np.count_nonzero(y == 0) == 200 - 200 * fraction


def test_positives_are_centred_at_0_75_and_negatives_at_minus_0_75():
    x, y = datasets.make_imbalanced(4_000, positive_fraction=0.5)
    for label, centre in ((0, -0.75), (1, 0.75)):
        cloud = x[y == label]
        assert np.abs(cloud.mean(axis=0) - centre).max() < 5 / np.sqrt(2_000)
        assert np.abs(cloud.std(axis=0) - 1).max() < 5 / np.sqrt(2 * 2_000)
    changes = np.count_nonzero(np.diff(y))  # in random order, half of the neighbours differ
    assert abs(changes - 2_000) < 5 * np.sqrt(1_000)


@pytest.mark.parametrize("fraction", [-0.1, 1.1])
def test_a_fraction_outside_0_to_1_is_rejected(fraction):
    with pytest.raises(ValueError, match=rf"positive_fraction: expected 0 to 1, got {fraction}"):
        datasets.make_imbalanced(10, positive_fraction=fraction)


def test_each_label_follows_a_line_with_a_little_noise():
    x, y = datasets.make_multilabel(4_000, num_labels=3)
    assert y.shape == (4_000, 3)
    assert set(np.unique(y)) == {0.0, 1.0}
    for label in y.T:
        plane = np.linalg.lstsq(x, 2 * label - 1, rcond=None)[0]
        agreement = np.mean((x @ plane > 0) == (label == 1))
        assert 0.85 < agreement < 0.99
