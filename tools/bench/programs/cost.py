"""What the callback costs: time as a share of a training step, and memory in batches.

Usage: python -m tools.bench.programs.cost [--steps N] [--onednn 0|1] [--write]

Time. One small convolutional network is trained as `fit` does it, and the callback is there in
every second step only: noise that lasts longer than a step meets both alike. The ratio is the
median difference of neighbouring steps, added to the median step without it, over that step. What
does not grow with the run is counted apart, in steps: the first steps, which run eagerly, and the
looks at a batch.

Memory. The bytes of the arrays that the callback holds after an epoch, as a multiple of a batch.

With --write the figures become those that are committed. The exit status is 1 when a limit is
passed.
"""

import argparse
import io
import json
import os
import sys
import time
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np

from tools.bench.checks import machine

COST = Path(__file__).with_name("cost.json")
LIMITS = {"share of a step": 0.02, "batches held": 1.0}
BATCH_SIZE, RUNS = 32, 5


def network():
    """Return a compiled network for pictures of 28 by 28, always with the same weights."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (32, 64):
        model.add(layers.Conv2D(filters, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(10, "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def pictures(steps):
    """Return pictures for so many steps, and classes that can be learned from them."""
    draw = np.random.default_rng(0)
    y = draw.integers(0, 10, steps * BATCH_SIZE)
    x = draw.normal(size=(10, 28, 28, 1))[y] + draw.normal(size=(len(y), 28, 28, 1))
    return x.astype("float32"), y


def step_cost(steps):
    """Return the median step without the callback in milliseconds, and what it adds to one."""
    import keras
    import tensorflow as tf

    from lossutils.keras import Diagnose

    model = network()
    batches = tf.data.Dataset.from_tensor_slices(pictures(100)).batch(BATCH_SIZE).repeat()
    iterator = iter(batches.prefetch(2))
    model.make_train_function()
    plain = keras.callbacks.CallbackList([], add_history=True, model=model, epochs=1)
    watch = Diagnose()
    watched = keras.callbacks.CallbackList([watch], add_history=True, model=model, epochs=1)
    watched.on_train_begin()
    watched.on_epoch_begin(0)
    for number in range(20):  # some of them run eagerly, one is compiled
        timed(model, iterator, number, watched)
    seconds = {plain: [], watched: []}
    for number in range(20, 20 + 2 * steps):
        order = (plain, watched) if number % 2 else (watched, plain)
        for callbacks in order:
            seconds[callbacks].append(timed(model, iterator, number, callbacks))
    if len(watch.run.history.losses) < steps:
        sys.exit("error: the callback stopped watching, so its cost cannot be measured")
    without, with_it = (np.array(seconds[callbacks]) for callbacks in (plain, watched))
    return 1000 * median(without), median(with_it - without) / median(without)


def timed(model, iterator, number, callbacks):
    """Run a step as `fit` does; return its seconds."""
    start = time.perf_counter()
    callbacks.on_train_batch_begin(number)
    callbacks.on_train_batch_end(number, model.train_function(iterator))
    return time.perf_counter() - start


def run_cost():
    """Return what the callback adds to a run of any length, in steps: the first time, and later.

    The first time, TensorFlow prepares the operations that run eagerly. What is counted is the time
    of the processors, which other programs disturb less.
    """
    from lossutils.keras import Diagnose

    steps, model, seconds = 60, network(), {False: [], True: []}
    data = pictures(steps)
    model.fit(*data, batch_size=BATCH_SIZE, verbose=0)  # the first epoch compiles
    for number in range(2 * RUNS):
        watch = [Diagnose()] if number % 2 else []
        start = time.process_time()
        with redirect_stdout(io.StringIO()):
            model.fit(*data, batch_size=BATCH_SIZE, verbose=0, callbacks=watch)
        seconds[bool(watch)].append(time.process_time() - start)
    without, (first, *later) = median(seconds[False]), seconds[True]
    return (first - without) * steps / without, (median(later) - without) * steps / without


def memory_cost():
    """Return the bytes that the callback holds after an epoch, as a multiple of a batch.

    A batch is its features, labels and predictions.
    """
    from lossutils.keras import Diagnose

    model, data, watch = network(), pictures(20), Diagnose()
    with redirect_stdout(io.StringIO()):
        model.fit(*data, batch_size=BATCH_SIZE, verbose=0, callbacks=[watch])
    arrays = [array[:BATCH_SIZE] for array in data]
    batch = sum(array.nbytes for array in (*arrays, model.predict_on_batch(arrays[0])))
    return held(watch) / batch


def held(callback):
    """Return the bytes of all arrays and tensors to which a callback refers, but for its model."""
    sizes, seen = {}, set()
    todo = [value for name, value in vars(callback).items() if "model" not in name]
    while todo:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, np.ndarray) or hasattr(value, "numpy"):
            array = np.asarray(value)  # a tensor on the processor shares its memory
            sizes[array.__array_interface__["data"][0]] = array.nbytes
        else:
            todo += _members(value)
    return sum(sizes.values())


def _members(value):
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list | tuple | set):
        return value
    return vars(value).values() if type(value).__module__.startswith("lossutils") else ()


def measured(steps):
    """Return all figures."""
    step, share = step_cost(steps)
    first, later = run_cost()
    return {
        "milliseconds of a step": round(step, 2),
        "share of a step": round(share, 4),
        "steps, once in the first run": round(first),
        "steps, once in a later run": round(later),
        "batches held": round(memory_cost(), 3),
    }


def passed(figures):
    """Return the names of the limits that the figures pass."""
    return [name for name, limit in LIMITS.items() if figures[name] > limit]


def main(arguments=None):
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench.programs.cost", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--steps", type=int, default=1000, help="of each kind")
    parser.add_argument("--onednn", type=int, choices=(0, 1), default=0)
    parser.add_argument("--write", action="store_true", help="store the figures")
    options = parser.parse_args(arguments)
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = str(options.onednn)  # read with TensorFlow
    figures = measured(options.steps)
    print("\n".join(f"{name:28} {value:8}" for name, value in figures.items()))
    if options.write:
        about = {"machine": machine(), "date": str(date.today()), "steps": options.steps}
        COST.write_text(json.dumps(about | figures, indent=1) + "\n", encoding="utf-8")
    too_much = passed(figures)
    print("\n".join(f"above the limit of {LIMITS[name]}: {name}" for name in too_much))
    return 1 if too_much else 0


if __name__ == "__main__":
    sys.exit(main())
