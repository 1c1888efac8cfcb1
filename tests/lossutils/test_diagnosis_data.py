"""The diagnosis of data of any kind and size: never an error, never more read than needed."""

import itertools
import tracemalloc

import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf
from batch_examples import BCE, CCE, INDEX, INF, MISTAKES, NAN, SCCE, SOFTMAX, Liar, ids
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lossutils import diagnose
from lossutils.diagnosis import reading
from lossutils.diagnosis.names import LOSSES
from tools.rotation import PROOF

BROKEN = {
    "None": None,
    "text": ["cat", "dog", "cat"],
    "bytes": np.array([b"a", b"b"]),
    "ragged": [[1.0], [2.0, 3.0]],
    "objects": np.array([1.0, None, "a"], dtype=object),
    "numbers as objects": np.array([1.0, 2.0, 3.0], dtype=object),
    "a dictionary": {"a": 1},
    "complex": np.array([1 + 2j, 0, 1]),
    "dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "a structured array": np.zeros(3, dtype=[("a", "f4"), ("b", "i4")]),
    "nothing": [],
    "no columns": np.zeros((3, 0)),
    "one number": 3.0,
    "a huge integer": [10**400, 1],
    "nan": [NAN, 1.0, 2.0],
    "inf": [INF, -INF, 2.0],
    "a ragged tensor": tf.ragged.constant([[1.0], [2.0, 3.0]]),
    "a sparse tensor": tf.sparse.from_dense(np.eye(3)),
    "a symbolic tensor": tf.keras.Input([3]),
    "a tensor of text": tf.constant(["a", "b", "c"]),
    "a masked array": np.ma.masked_array([1.0, 2.0, 3.0], [True, False, True]),
    "a function": len,
    "what raises": Liar(),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("loss", [None, BCE, CCE, SCCE, "mse", "hinge", "kld"])
def test_bad_data_is_a_finding_and_no_error(name, loss):
    broken, fine = BROKEN[name], np.array([0.0, 1.0, 1.0])
    pairs = [(broken, fine), (fine, broken), (broken, broken)]
    if name == "a ragged tensor":  # two of them can be compared
        pairs.pop()
    if name == "one number" and loss is None:  # a loss written by hand may compare it with all
        pairs = [(broken, broken)]
    for y_true, y_pred in pairs:
        report = diagnose(y_true, y_pred, loss=loss)
        may_be_meant = loss is None or name == "one number"
        assert report if may_be_meant else report.certain, report
        assert str(report).isascii()
        assert "\x1b" not in str(report)
    report = diagnose(fine, fine / 2, loss="mse", sample_weight=broken)
    assert report.certain or name in ("None", "one number", "a masked array"), report


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("text", "text"),
        ("complex", "complex numbers"),
        ("objects", "Python objects"),
        ("a structured array", "the dtype [('a', '<f4'), ('b', '<i4')]"),
    ],
)
def test_a_finding_says_what_an_array_holds_instead_of_numbers(name, held):
    report = diagnose(BROKEN[name], np.array([0.0, 1.0, 1.0]))
    assert any(f"holds {held}, first " in finding.evidence for finding in report)


@pytest.mark.parametrize("loss", LOSSES)
def test_shapes_that_cannot_be_compared_are_certain(loss):
    report = diagnose(np.ones((4, 3)), np.full((5, 2), 0.5), loss=loss)
    assert report[0].certain
    assert "(4, 3)" in report[0].evidence
    assert "(5, 2)" in report[0].evidence


ARRAYS = hnp.arrays(
    dtype=st.one_of(
        hnp.floating_dtypes(),
        hnp.integer_dtypes(),
        hnp.unsigned_integer_dtypes(),
        hnp.boolean_dtypes(),
        hnp.complex_number_dtypes(),
        hnp.unicode_string_dtypes(),
        hnp.datetime64_dtypes(),
    ),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    fill=st.nothing(),
) | hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=st.floats())
NARROW = hnp.arrays(np.float32, (3, 2)).map(lambda array: array.astype(ml_dtypes.bfloat16))
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=12,
)
DATA = ARRAYS | NARROW | ANYTHING
CALLS = st.fixed_dictionaries(
    {"loss": st.sampled_from([None, *LOSSES]), "from_logits": st.booleans()},
)


@settings(max_examples=500 if PROOF else 150, deadline=None)
@given(DATA, DATA, st.none() | DATA, CALLS)
def test_it_never_raises_and_never_changes_what_it_is_given(y_true, y_pred, weight, options):
    before = [as_text(value) for value in (y_true, y_pred, weight)]
    report = diagnose(y_true, y_pred, sample_weight=weight, **options)
    assert [as_text(value) for value in (y_true, y_pred, weight)] == before
    assert str(report).isascii()
    assert report._repr_html_()
    assert all(finding.mistake is None or finding.mistake in MISTAKES for finding in report)


def as_text(value):
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    return repr(value)


@settings(max_examples=300 if PROOF else 100, deadline=None)
@given(
    hnp.arrays(np.float32, (4, 3), elements=st.floats(width=32)),
    hnp.arrays(np.float32, (4, 3), elements=st.floats(width=32)),
    CALLS,
)
def test_any_numbers_in_shapes_that_fit(y_true, y_pred, options):
    report = diagnose(y_true, y_pred, **options)
    assert len(report) == len(report.certain) + len(report.suspicious)


SHAPES = [(), (1,), (3,), (4,), (3, 1), (1, 3), (3, 4), (3, 3), (3, 4, 1), (3, 4, 2), (3, 0)]


@pytest.mark.parametrize("loss", [None, SCCE, CCE, BCE, "mse", "cosine_similarity"])
def test_no_shapes_of_truth_prediction_and_weights_raise(loss):
    for t, p, w in itertools.product(SHAPES, repeat=3):
        report = diagnose(np.ones(t), np.full(p, 0.5), loss=loss, sample_weight=np.ones(w))
        assert 0 not in p or (report if loss is None else report.certain)


def test_read_only_arrays_are_read():
    y_pred = SOFTMAX.copy()
    y_pred.flags.writeable = False
    assert not diagnose(INDEX, y_pred, loss=SCCE)


# Large batches


def measured(call):
    """Return what a call returns and the bytes at its peak, which show how much was read."""
    tracemalloc.start()
    result = call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return result, peak


@pytest.mark.parametrize("shape", [(1_000_000,), (900_000, 1), (1_000_000, 10)])
def test_of_many_rows_only_some_are_read(shape):
    given = dict.fromkeys(("y_true", "y_pred"), np.zeros(shape))
    arrays, _, _ = reading.read_all(given)
    assert 0 < arrays["y_pred"].values.size <= reading.LIMIT


def test_a_large_batch_is_sampled_and_says_so():
    y_true = np.broadcast_to(np.int32(7), (1_000_000,))
    y_pred = np.broadcast_to(np.float32(0.001), (1_000_000, 1000))
    report, peak = measured(lambda: diagnose(y_true, y_pred, loss=SCCE, from_logits=True))
    assert ids(report) == ["softmax-twice"]
    assert "y_pred was sampled" in str(report)
    assert "of its 1,000,000,000 numbers" in report._repr_html_()
    assert peak < 100e6


def test_a_file_on_disk_is_sliced_before_it_is_read(tmp_path):
    y_pred = np.memmap(tmp_path / "y_pred", np.float32, "w+", shape=(1_000_000, 100))
    report, peak = measured(lambda: diagnose(np.zeros(1_000_000), y_pred, loss=SCCE))
    assert "softmax-never" in ids(report)
    assert peak < 100e6


class Lazy:
    """Rows that are made when they are asked for; all of them at once would be an error."""

    shape = (10_000_000, 10)

    def __getitem__(self, rows):
        count = len(range(*rows.indices(len(self))))
        assert count < 100_000
        return np.full((count, 10), 0.1)

    def __len__(self):
        return self.shape[0]

    def __array__(self, dtype=None, copy=None):
        raise MemoryError


def test_a_lazy_array_is_sliced_by_rows():
    report = diagnose(np.zeros(10_000_000, int), Lazy(), loss=SCCE)
    assert not report, report


@pytest.mark.parametrize(
    "shape", [(30_000_000,), (2, 30_000_000), (100, 1000, 1000), (50_000, 20, 2), (4,) * 13]
)
def test_large_arrays_of_any_shape(shape):
    y = np.broadcast_to(np.float32(0.25), shape)
    report, peak = measured(lambda: diagnose(y, y, loss="mse"))
    assert not report
    assert report.notes
    assert peak < 300e6


def test_truth_and_prediction_are_sampled_in_the_same_rows():
    indices = np.arange(2_000_000) % 10
    y_pred = np.full((2_000_000, 10), 1e-9, np.float32)
    y_pred[np.arange(2_000_000), indices] = 1
    assert not diagnose(indices, y_pred, loss=SCCE)
    tensors = tf.constant(indices), tf.constant(y_pred)
    assert not diagnose(*tensors, loss=SCCE)


def test_a_period_of_the_rows_does_not_hide_a_class():
    y_true = np.tile([0.0, 1.0], 1_000_000)[:, None]
    y_pred = np.ones((2_000_000, 1), np.float32)
    assert "softmax-on-one-unit" in ids(diagnose(y_true, y_pred, loss=BCE))


def test_a_long_list_is_sampled_too():
    report = diagnose([0.5] * 1_000_000, [0.5] * 1_000_000, loss="mse")
    assert len(report.notes) == 2


# Several outputs

TWO = {"a": np.float32([[0.2], [0.7]]), "b": np.float32([[0.3, 0.7], [0.6, 0.4]])}
ONES = {"a": np.float32([[0], [2]]), "b": np.float32([[0, 1], [1, 0]])}


@pytest.mark.parametrize("kind", [dict, list, tuple])
def test_each_output_is_looked_at_with_its_own_loss(kind):
    losses = {"a": BCE, "b": CCE}
    as_kind = (lambda d: d) if kind is dict else (lambda d: kind(d.values()))
    report = diagnose(as_kind(ONES), as_kind(TWO), loss=as_kind(losses))
    name = "'a'" if kind is dict else "0"
    assert ids(report) == ["negative-loss", "label-convention"]
    assert all(finding.evidence.startswith(f"Output {name}: ") for finding in report)


def test_a_list_of_outputs_is_known_by_its_shapes():
    assert "Output 1" in str(diagnose([INDEX, INDEX + 1], [SOFTMAX, SOFTMAX[:, :2]], loss=SCCE))


def test_a_list_of_rows_is_one_array():
    assert "Output" not in str(diagnose(list(INDEX + 1), list(SOFTMAX), loss=SCCE))
    uneven = [SOFTMAX, SOFTMAX[:2, :2]]  # not of the same batch
    assert "Output" not in str(diagnose([INDEX, INDEX], uneven, loss=SCCE))
