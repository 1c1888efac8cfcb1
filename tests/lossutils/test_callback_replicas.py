"""The callback on two replicas: virtual processors, in a process of its own."""

import json
import os
import subprocess
import sys

import pytest
from rotation import one_commit_in

PROGRAM = """
import contextlib, io, json
import numpy as np
import tensorflow as tf
cpu, two = tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
import keras
from keras import layers
from lossutils.keras import Diagnose

X = np.random.default_rng(0).normal(size=(128, 4)).astype("float32")
Y = (X @ [[1.0], [-2.0], [0.5], [0.0]]).astype("float32")
WEIGHT = np.linspace(0.2, 3, 128).astype("float32")

def run(strategy, y, *last, weight=None):
    keras.utils.set_random_seed(0)
    with strategy.scope() if strategy else contextlib.nullcontext():
        model = keras.Sequential([keras.Input((4,)), layers.Dense(8, "tanh")])
        model.add(layers.Dense(1, *last))
        model.compile(keras.optimizers.SGD(0.02), "mse")
    watch, printed = Diagnose(), io.StringIO()
    with contextlib.redirect_stdout(printed):
        history = model.fit(X, y, epochs=8, verbose=0, shuffle=False, sample_weight=weight,
                            callbacks=[watch])
    recorded = watch.run.history
    return {"replicas": model.distribute_strategy.num_replicas_in_sync,
            "losses": recorded.losses, "norms": recorded.gradient_norms,
            "said": [finding.mistake for finding in watch.report], "printed": printed.getvalue(),
            "epochs": history.history["loss"]}

pair = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
print(json.dumps({
    "one": run(None, Y, weight=WEIGHT),
    "two": run(pair, Y, weight=WEIGHT),
    "unreachable": run(pair, Y - 10, "relu"),
}))
"""


@pytest.fixture(scope="module")
def runs():
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=os.environ, timeout=300
    )
    assert result.returncode == 0, result.stderr[-2000:]
    return json.loads(result.stdout.splitlines()[-1])


@one_commit_in(3, skip=2)
def test_two_replicas_record_the_losses_of_one(runs):
    assert (runs["one"]["replicas"], runs["two"]["replicas"]) == (1, 2)
    assert runs["two"]["losses"] == pytest.approx(runs["one"]["losses"], rel=1e-4)


@one_commit_in(3, skip=2)
def test_the_norms_of_the_gradient_are_added_and_so_are_no_less_than_the_norm_of_the_sum(runs):
    one, two = (runs[name]["norms"][:4] for name in ("one", "two"))  # the steps of an epoch
    assert all(0.999 * mine <= both for mine, both in zip(one, two, strict=True))


@one_commit_in(3, skip=2)
def test_two_replicas_train_as_one(runs):
    assert runs["two"]["epochs"] == pytest.approx(runs["one"]["epochs"], rel=1e-4)


@one_commit_in(3, skip=2)
def test_a_healthy_run_on_two_replicas_gets_no_report(runs):
    assert (runs["two"]["said"], runs["two"]["printed"]) == ([], "")


@one_commit_in(3, skip=2)
def test_a_fault_is_found_on_two_replicas(runs):
    assert "output-range" in runs["unreachable"]["said"]
    assert "stopped watching" not in runs["unreachable"]["printed"]
