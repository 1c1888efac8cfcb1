"""TensorFlow assignments: any dtype, log messages, mistakes and hostile code."""

import json

import nbformat
import pytest
from test_grading import LIMITS, require_sandbox

from grader.run import job
from grader.run.result import GRADED
from grader.source import derive

pytestmark = pytest.mark.classroom

SOURCE = """import tensorflow as tf
def loss(labels, logits):
    ### BEGIN SOLUTION
    return tf.nn.softmax_cross_entropy_with_logits(labels, logits)
    ### END SOLUTION
"""
TESTS = """assert loss
### BEGIN HIDDEN TESTS
from lossutils import losses
def witness(labels, logits):
    return losses.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
def draw(rng):
    return {"labels": np.eye(4)[rng.integers(4, size=3)], "logits": rng.normal(size=(3, 4))}
check("the loss, tensors in", call="loss", points=2, inputs=draw, expected=witness, tensors=True)
check("the loss, arrays in", call="loss", points=1, inputs=draw, expected=witness)
### END HIDDEN TESTS
"""
HEAD = "import tensorflow as tf\ndef loss(labels, logits):\n    "
LOSS = "tf.nn.softmax_cross_entropy_with_logits(labels, logits)"
SUBMISSIONS = {
    "right": (HEAD + "return tf.nn.softmax_cross_entropy_with_logits(labels, logits)", 3),
    "right in float32": (
        HEAD + "return tf.nn.softmax_cross_entropy_with_logits("
        "tf.cast(labels, tf.float32), tf.cast(logits, tf.float32))", 3),
    "right in bfloat16": (
        HEAD + "return tf.cast(tf.nn.softmax_cross_entropy_with_logits(labels, logits), "
        "tf.bfloat16)", 3),
    "right as a tf.function": ("import tensorflow as tf\n@tf.function\n" + HEAD.split("\n", 1)[1] +
                               "return tf.nn.softmax_cross_entropy_with_logits(labels, logits)", 3),
    "right in Keras": (HEAD + "return tf.keras.losses.categorical_crossentropy("
                       "labels, logits, from_logits=True)", 3),
    "right, after a training": (
        "import tensorflow as tf\nm = tf.keras.Sequential([tf.keras.layers.Dense(1)])\n"
        "m.compile(loss='mse')\nm.fit(tf.ones((8, 2)), tf.ones((8, 1)), verbose=0)\n" + HEAD +
        "return tf.nn.softmax_cross_entropy_with_logits(labels, logits)", 3),
    "right, after three trainings": (
        "import tensorflow as tf\nfor _ in range(3):\n"
        "    m = tf.keras.Sequential([tf.keras.layers.Dense(4), tf.keras.layers.Dense(1)])\n"
        "    m.compile('adam', 'mse')\n"
        "    m.fit(tf.ones((64, 4)), tf.ones((64, 1)), epochs=2, verbose=0)\n" + HEAD +
        "return tf.nn.softmax_cross_entropy_with_logits(labels, logits)", 3),
    "right, compiled by XLA": (HEAD.replace("def", "@tf.function(jit_compile=True)\ndef") +
                               f"return {LOSS}", 3),
    "right, by a function of Python in a graph": (
        HEAD + "f = lambda labels, logits: " + LOSS +
        "\n    return tf.py_function(f, [labels, logits], tf.float64)", 3),
    "right, in a session of TensorFlow 1": (
        "import tensorflow.compat.v1 as tf\ntf.disable_eager_execution()\n" +
        HEAD.split("\n", 1)[1] + "with tf.Session() as session:\n        return session.run("
        "tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits))", 3),
    "right, after pipelines with threads and a file": (
        "import tensorflow as tf\nd = tf.data.Dataset.range(99).map(abs, "
        "tf.data.AUTOTUNE).shuffle(9).cache('/tmp/cache').prefetch(1)\nassert len(list(d)) == 99\n"
        + HEAD + f"return {LOSS}", 3),
    "right, after a model was saved and loaded": (
        "import tensorflow as tf\nm = tf.keras.Sequential([tf.keras.Input((2,)), "
        "tf.keras.layers.Dense(1)])\nm.save('/tmp/m.keras')\n"
        "tf.keras.models.load_model('/tmp/m.keras')\nm.export('/tmp/m', verbose=False)\n"
        "tf.saved_model.load('/tmp/m')\n" + HEAD + f"return {LOSS}", 3),
    "right, after 800 GB at once": (
        "import tensorflow as tf\ntry:\n    tf.zeros(10**11, tf.float64)\n"
        "except tf.errors.ResourceExhaustedError: pass\n" + HEAD + f"return {LOSS}", 3),
    "tensors that equal everything": (
        "import tensorflow as tf\nT = type(tf.constant(0))\nT.__eq__ = lambda s, o: True\n"
        "T.numpy = lambda s: type('Lie', (), {'shape': (3,), '__array__': lambda *_: 0})()\n"
        + HEAD + "return tf.zeros(3)", 0),
    "without TensorFlow in sys.modules": (
        HEAD + "return 0.0\nimport sys\nsys.modules['tensorflow'] = None", 0),
    "servers of TensorFlow": (
        "import tensorflow as tf\nfor start in (tf.data.experimental.service.DispatchServer,"
        " lambda: tf.distribute.Server({'local': ['localhost:23456']})):\n"
        "    try:\n        start(); print('GRANTED')\n    except Exception as no: print(no)\n"
        + HEAD + "return 0.0", 0),
    "for tensors alone": (HEAD + "return labels.op and 0 if False else "
                          "tf.nn.softmax_cross_entropy_with_logits(labels, logits[:, :]) "
                          "if tf.is_tensor(logits) else None", 2),
    "double softmax": (HEAD + "return tf.nn.softmax_cross_entropy_with_logits("
                       "labels, tf.nn.softmax(logits))", 0),
    "swapped": (HEAD + "return tf.nn.softmax_cross_entropy_with_logits(logits, labels)", 0),
    "imports lossutils": ("from lossutils.losses import *\n" + HEAD + "return 0", 0),
    "ends the process": (HEAD + "import os; os._exit(0)", 0),
    "reads a file through TensorFlow": (
        HEAD + "return tf.io.read_file('/etc/passwd')", 0),
}  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Make the source of a TensorFlow assignment, and start one grader for all."""
    require_sandbox()
    folder = tmp_path_factory.mktemp("tensorflow")
    cells = [nbformat.v4.new_code_cell(SOURCE), nbformat.v4.new_code_cell(TESTS)]
    for cell, name, points in ((cells[0], "loss", 0), (cells[1], "loss-tests", 3)):
        cell.metadata["nbgrader"] = {
            "grade_id": name, "solution": not points, "grade": bool(points), "points": points,
            "locked": bool(points), "task": False, "schema_version": 3,
        }  # fmt: skip
    notebook = nbformat.v4.new_notebook(cells=cells)
    about = {"assignment": "tensors", "order": 1, "environment": "tensorflow"}
    notebook.metadata["loss_book"] = about
    nbformat.write(notebook, folder / "source.ipynb")
    with job.Grader() as grader:
        yield folder, grader


def graded(course, name, **settings):
    """Grade one of the submissions; return the result."""
    folder, grader = course
    notebook = derive.release(folder / "source.ipynb", "seed", 0)
    notebook.cells[0].source = SUBMISSIONS[name][0]
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    limits = LIMITS | {"seconds_per_cell": 30, "seconds_per_check": 20, "memory_mb": 2048}
    written = grader.grade(folder / "source.ipynb", path, folder / "results", "seed",
                         limits | settings)  # fmt: skip
    return json.loads(written.read_text())


@pytest.mark.xdist_group("tensorflow")
@pytest.mark.parametrize("name", SUBMISSIONS)
def test_score(name, course):
    """Each earns the points of the checks that it passes; lossutils computes what is expected."""
    result = graded(course, name)
    assert (result["state"], result["points"]) == (GRADED, SUBMISSIONS[name][1]), result
    assert "GRANTED" not in result["output"]


@pytest.mark.xdist_group("tensorflow")
def test_a_run_that_starts_cold(course):
    """TensorFlow's own memory does not count as the student's."""
    result = graded(course, "right, after a training", single=True)
    assert (result["state"], result["points"]) == (GRADED, 3), result
