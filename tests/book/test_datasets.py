"""The data sets agree with their docstrings, for every size and seed.

The expected values follow from the definitions. Where there is noise, means may be off by five
standard errors.
"""

import numpy as np
import pytest

from lossutils.book import datasets

ALL = [datasets.make_line, datasets.make_blobs]


@pytest.mark.parametrize("make", ALL)
def test_every_call_gives_the_same_data(make):
    assert all(np.array_equal(a, b) for a, b in zip(make(), make(), strict=True))


def test_a_different_seed_gives_different_blobs():
    assert not np.array_equal(datasets.make_blobs(seed=1)[0], datasets.make_blobs(seed=2)[0])


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


def test_the_noise_of_a_line_has_the_requested_deviation():
    x, y = datasets.make_line(10_000, noise=0.5)
    residual = (y - 2 * x - 1) / 0.5
    assert abs(residual.mean()) < 5 / 100
    assert abs(residual.std() - 1) < 5 / np.sqrt(2 * 10_000)


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
