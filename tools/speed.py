"""Measure how fast the mean of a loss is, on one thread, as multiples of copying the array.

Usage: python -m tools.speed [--quick]

The five losses of `lossutils.means` against the plain formula, what one composes of SciPy's
functions, tf.nn called eagerly and in a tf.function, Keras, and PyTorch and Optax where they are
installed; then the peak of extra memory and the time per number from 1e5 to 1e8 numbers. --quick
leaves the largest sizes out.
"""

import argparse
import os
import platform
import time
import tracemalloc
from functools import partial

THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
os.environ |= dict.fromkeys(THREADS, "1") | {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}

import numpy as np  # noqa: E402
from scipy.special import logsumexp  # noqa: E402

from lossutils import means  # noqa: E402
from tools.implementations import scipy_side  # noqa: E402
from tools.reproduce import import_tensorflow  # noqa: E402

SHAPES = [(32, 10), (1024, 1000), (65536, 1000)]
SIZES = [10**5, 10**6, 10**7, 10**8]
SPARSE, DENSE, SIGMOID = (
    "sparse_softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sigmoid_cross_entropy_with_logits",
)
LOSSES = {"sparse softmax": SPARSE, "softmax": DENSE, "sigmoid": SIGMOID}
LOSSES |= {"squared error": "squared_error", "Huber": "huber_loss"}


def plainly():
    """Return the means as one writes them down, in NumPy and with SciPy's logsumexp."""

    def huber(y, p):
        size = np.abs(p - y)
        return np.where(size <= 1, size * size / 2, size - 0.5).mean()

    return {
        SPARSE: lambda y, x: (logsumexp(x, axis=-1) - x[np.arange(len(y)), y]).mean(),
        DENSE: lambda y, x: (y * (logsumexp(x, axis=-1, keepdims=True) - x)).sum(-1).mean(),
        SIGMOID: lambda y, x: (np.maximum(x, 0) - x * y + np.log1p(np.exp(-np.abs(x)))).mean(),
        "squared_error": lambda y, p: ((p - y) ** 2).mean(),
        "huber_loss": huber,
    }


def with_scipy():
    """Return the means of what the page on accuracy composes of SciPy's functions."""
    pairs, _ = scipy_side()
    values = {name: pairs[name]["SciPy"][0] for name in pairs}
    return {name: lambda y, p, f=f: f(y, p).mean() for name, f in values.items()}


def with_tensorflow(tf):
    """Return the means as tf.nn and TensorFlow's functions give them."""
    nn, mean = tf.nn, tf.reduce_mean

    def huber(y, p):
        size = tf.abs(p - y)
        return mean(tf.where(size <= 1, size * size / 2, size - 0.5))

    return {
        SPARSE: lambda y, x: mean(nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=x)),
        DENSE: lambda y, x: mean(nn.softmax_cross_entropy_with_logits(labels=y, logits=x)),
        SIGMOID: lambda y, x: mean(nn.sigmoid_cross_entropy_with_logits(labels=y, logits=x)),
        "squared_error": lambda y, p: mean(tf.math.squared_difference(p, y)),
        "huber_loss": huber,
    }


def with_keras(tf, dtype):
    """Return Keras' loss objects."""
    keras = tf.keras.losses
    return {
        SPARSE: keras.SparseCategoricalCrossentropy(from_logits=True, dtype=dtype),
        DENSE: keras.CategoricalCrossentropy(from_logits=True, dtype=dtype),
        SIGMOID: keras.BinaryCrossentropy(from_logits=True, dtype=dtype),
        "squared_error": keras.MeanSquaredError(dtype=dtype),
        "huber_loss": keras.Huber(dtype=dtype),
    }


def with_torch(torch):
    functional = torch.nn.functional
    names = ("cross_entropy", "cross_entropy", "binary_cross_entropy_with_logits")
    names += ("mse_loss", "huber_loss")
    found = (getattr(functional, name) for name in names)
    return {
        name: lambda y, p, f=f: f(p, y).item()
        for name, f in zip(LOSSES.values(), found, strict=True)
    }


def with_optax(jax, optax):
    jax.config.update("jax_enable_x64", True)
    functions = (
        optax.softmax_cross_entropy_with_integer_labels,
        optax.softmax_cross_entropy,
        optax.sigmoid_binary_cross_entropy,
        optax.squared_error,
        optax.huber_loss,
    )
    return {
        name: jax.jit(lambda y, p, f=f: f(p, y).mean())
        for name, f in zip(LOSSES.values(), functions, strict=True)
    }


def arguments(name, shape, dtype, rng):
    """Return a seeded truth and prediction."""
    prediction = 3 * rng.standard_normal(shape, dtype=dtype)
    if name == SPARSE:
        return rng.integers(0, shape[-1], shape[:-1]), prediction
    truth = rng.random(shape, dtype=dtype)
    return (truth / truth.sum(-1, keepdims=True) if name == DENSE else truth), prediction


def ours(name):
    """Return the mean of lossutils as a function of truth and prediction."""
    function = getattr(means, name)
    if name.endswith("_with_logits"):
        return lambda labels, logits: function(labels=labels, logits=logits)
    return function


def contestants(name, dtype, tf):
    """Return label -> (function, how its arguments are made from arrays)."""
    eager, keras = with_tensorflow(tf)[name], with_keras(tf, dtype)[name]
    graph = tf.function(eager)
    found = {
        "lossutils": (ours(name), np.asarray),
        "formula": (plainly()[name], np.asarray),
    }
    if name in (composed := with_scipy()):
        found["SciPy"] = composed[name], np.asarray
    found |= {
        "tf, eager": (lambda y, p: eager(y, p).numpy(), tf.constant),
        "tf.function": (lambda y, p: graph(y, p).numpy(), tf.constant),
        "Keras": (lambda y, p: keras(y, p).numpy(), tf.constant),
    }
    try:
        import torch

        torch.set_num_threads(1)
        found["PyTorch"] = with_torch(torch)[name], torch.from_numpy
    except ImportError:
        pass
    try:
        import jax
        import optax

        compiled = with_optax(jax, optax)[name]
        wait = lambda y, p: compiled(y, p).block_until_ready()  # noqa: E731
        found["Optax"] = wait, jax.numpy.asarray
    except ImportError:
        pass
    return found


def seconds(calls, batch=0.005, most=100, enough=40):
    """Return the processor time of each call: the best of many rounds, in which they take turns.

    Processor time, since other programs may be running; in turns, since the machine may be faster
    at one time than at another; the best, since all noise is upwards. After 40 seconds 3 rounds do.
    """
    counts = {}
    for who, call in calls.items():
        call()
        counts[who] = int(batch / max(_timed(call, 1), 1e-7)) + 1
    times, start = [], time.process_time()
    while len(times) < most and (len(times) < 3 or time.process_time() - start < enough):
        times.append({who: _timed(calls[who], counts[who]) for who in calls})
    return {who: min(each[who] for each in times) for who in calls}


def _timed(call, count):
    start = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - start) / count


def race(rows, shape, rng, tf):
    """Yield the processor time of the copy and of every contestant, for each row of the table."""
    calls = {}
    for dtype, label in rows:
        name = LOSSES[label]
        truth, prediction = arguments(name, shape, dtype, rng)
        target = np.empty_like(prediction)
        calls[(dtype, label), "copy"] = partial(np.copyto, target, prediction)
        for who, (function, made) in contestants(name, dtype, tf).items():
            calls[(dtype, label), who] = partial(function, made(truth), made(prediction))
    times = seconds(calls)
    for one in rows:
        yield {who: taken for (which, who), taken in times.items() if which == one}


def compare(shapes, tf):
    """Print a table per shape and dtype, a row per loss; all of a shape are measured in turns."""
    rng = np.random.default_rng(0)
    every = [(dtype, label) for dtype in ("float32", "float64") for label in LOSSES]
    for shape in shapes:
        heading = {}
        # Ten rows of the largest shape would not fit the memory.
        for rows in [every] if shape != SHAPES[-1] else [[each] for each in every]:
            for (dtype, label), times in zip(rows, race(rows, shape, rng, tf), strict=True):
                copy = times.pop("copy")
                if dtype not in heading:
                    heading[dtype] = ["mean of", "copy, µs", *times]
                    print(f"\n**{shape[0]} × {shape[1]}, {dtype}**\n")
                    row(heading[dtype])
                    row(["---"] * len(heading[dtype]))
                who = heading[dtype][2:]
                cells = (short(times[each] / copy) if each in times else "–" for each in who)
                row([label, short(copy * 1e6), *cells])


def short(number):
    """Return three digits of a number, or all before its point."""
    return f"{number:.3g}" if number < 999.5 else f"{number:,.0f}"


def growth(sizes):
    """Print nanoseconds per number, and the peak of extra memory, as the arrays grow."""
    rng = np.random.default_rng(0)
    row(["mean of", *(f"{size:.0e}" for size in sizes), "peak, MiB"])
    row(["---"] * (len(sizes) + 2))
    for label, name in LOSSES.items():
        cells, mean = [], ours(name)
        for size in sizes:
            both = arguments(name, (size // 1000, 1000), "float32", rng)
            each = seconds({label: partial(mean, *both)}, enough=10)[label] / size
            cells.append(f"{each * 1e9:.2f}")
        tracemalloc.start()
        mean(*both)
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        row([label, *cells, f"{peak:.2f}"])
        del both


def row(cells):
    """Print a row of a Markdown table."""
    print("| " + " | ".join(cells) + " |", flush=True)


def enough_memory(gigabytes):
    """Tell whether that much is free, as far as the machine says."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") > gigabytes * 1e9
    except (AttributeError, ValueError, OSError):
        return True


def main(given=None):
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.speed", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--quick", action="store_true", help="without the largest sizes")
    quick = parser.parse_args(given).quick
    if not quick and not enough_memory(6):
        print("Less than 6 GB of memory are free, so the largest sizes are left out.")
        quick = True
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    tf = import_tensorflow()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    versions = f"NumPy {np.__version__}, TensorFlow {tf.__version__}"
    machine = f"{platform.machine()}, {platform.system()}, {time.strftime('%Y-%m-%d')}"
    print(f"One thread, processor time as multiples of the copy; {versions}; {machine}")
    compare(SHAPES[:2] if quick else SHAPES, tf)
    print("\nNanoseconds per number in float32, one thread, and the peak of extra memory:\n")
    growth(SIZES[:3] if quick else SIZES)


if __name__ == "__main__":
    main()
