"""Healthy programs, written with the fifth set of faults: loops, and losses over a whole batch."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, losses, ops
from keras.optimizers import SGD, Adam

from lossutils.diagnosis import Run

from .healthy_sixth_steps import wrong_classes
from .program import Program, clusters, compiled, digits, generator, mlp, one_hot


def steps(program, callbacks, run, step):
    """Train a program by its own step, batch by batch; return what the run reports."""
    callbacks.on_train_begin()
    size, rows = program.batch_size, len(program.x)
    for epoch in range(program.epochs):
        order = generator(epoch).permutation(rows)
        for number, start in enumerate(range(0, rows, size)):
            chosen = order[start : start + size]
            loss = step(program.x[chosen], program.y[chosen], run)
            callbacks.on_train_batch_end(number, {"loss": loss})
        callbacks.on_epoch_end(epoch, {"loss": loss})
    callbacks.on_train_end()
    return run.report()


def from_scratch():
    """The loop of the guide: a tape, the gradients, the optimizer."""
    x, y = digits()
    model, optimizer = mlp(64, (64, "relu"), (64, "relu"), (10, None)), SGD(0.05)
    loss_fn = losses.SparseCategoricalCrossentropy(from_logits=True)

    def step(features, labels, run):
        with tf.GradientTape() as tape:
            logits = model(features, training=True)
            loss = loss_fn(labels, logits)
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply(gradients, model.trainable_weights)
        norm = float(tf.linalg.global_norm(gradients))
        run.step(labels, logits, float(loss), gradient_norm=norm)
        return float(loss)

    def loop(callbacks):
        run = Run(loss=loss_fn, learning_rate=0.05)
        return steps(program, callbacks, run, step)

    description = {"loss": "SparseCategoricalCrossentropy", "from_logits": True}
    program = Program(model, x, y, 8, 64, description, loop=loop, judge=wrong_classes)
    return program


def bandit():
    """The policy gradient: actions are drawn, and rewards above the mean are made more likely."""
    draw = generator()
    x = draw.normal(size=(1500, 4)).astype("float32")
    best = np.argmax(x @ draw.normal(size=(4, 3)), axis=1)
    model, optimizer = mlp(4, (32, "relu"), (3, None)), Adam(0.01)

    def step(states, right, run):
        actions = tf.random.categorical(model(states), 1)[:, 0].numpy()
        reward = (actions == right).astype("float32")
        advantage = (reward - reward.mean()) / (reward.std() + 1e-7)
        with tf.GradientTape() as tape:
            logits = model(states, training=True)
            chosen = tf.reduce_sum(tf.nn.log_softmax(logits) * one_hot(actions, 3), axis=1)
            loss = -tf.reduce_mean(chosen * advantage)
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply(gradients, model.trainable_weights)
        run.step(actions, logits, float(loss))
        return float(loss)

    def loop(callbacks):
        return steps(program, callbacks, Run(), step)

    return (program := Program(model, x, best, 8, 50, {}, loop=loop, judge=wrong_classes))


class Retrieval(keras.Model):
    """Two towers: each query against all candidates of the batch; the right one is its own."""

    def __init__(self):
        super().__init__()
        self.query, self.candidate = mlp(10, (32, "relu"), (8, None)), mlp(10, (8, None))

    def call(self, inputs):
        queries, candidates = self.query(inputs[:, :10]), self.candidate(inputs[:, 10:])
        return queries @ ops.transpose(candidates)


def two_towers():
    draw = generator()
    query = draw.normal(size=(1280, 10))
    candidate = query @ draw.normal(size=(10, 10)) / 3 + 0.1 * draw.normal(size=(1280, 10))
    x = np.concatenate([query, candidate], axis=1).astype("float32")
    y = np.tile(np.eye(128, dtype="float32"), (10, 1))
    loss = losses.CategoricalCrossentropy(from_logits=True, reduction="sum")
    model = compiled(Retrieval(), loss, Adam(0.01), ())
    return Program(model, x, y, 20, 128, fit={"shuffle": False}, judge=misses)


def misses(program):
    """Return how often a candidate of the first batch is not ranked first, and of a guess."""
    scores = np.asarray(program.model(program.x[:128]))
    return float(np.mean(np.argmax(scores, axis=1) != np.arange(128))), 127 / 128


class SupervisedContrastive(losses.Loss):
    """Codes of the same class are drawn together, in a softmax over the batch."""

    def call(self, labels, codes):
        codes, labels = ops.normalize(codes, axis=1), ops.reshape(labels, (-1, 1))
        others = 1 - ops.eye(ops.shape(codes)[0])
        logits = codes @ ops.transpose(codes) / 0.2 - 1e4 * (1 - others)
        same = ops.cast(labels == ops.transpose(labels), "float32") * others
        likely = ops.sum(same * ops.log_softmax(logits, axis=1), axis=1)
        return -likely / ops.maximum(ops.sum(same, axis=1), 1)


def projected():
    """The first phase of contrastive learning: a projection head, and class numbers as labels."""
    x, y = clusters(900, 6, (8, 8, 1), 1.0)
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(16, 3, activation="relu")])
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dropout(0.3))
    model.add(layers.Dense(16, activation="relu"))
    model = compiled(model, SupervisedContrastive(), Adam(0.003), ())
    return Program(model, x, y, 10, 64, judge=alike)


def alike(program):
    """Return how unlike the codes of a class are, and how unlike any two are."""
    codes = np.asarray(program.model(program.x))
    codes = codes / (np.linalg.norm(codes, axis=1, keepdims=True) + 1e-9)
    unlike = 1 - codes @ codes.T
    return float(unlike[program.y[:, None] == program.y].mean()), float(unlike.mean())


LOOPS = {
    "from-scratch": from_scratch,
    "bandit": bandit,
    "two-towers": two_towers,
    "projected": projected,
}
