"""Healthy programs, written with the fifth set of faults: models with steps of their own."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, losses, ops
from keras.optimizers import Adam

from .program import Program, clusters, compiled, digits, generator, mlp, standardised


class Autoencoder(keras.Model):
    """A variational autoencoder that computes its loss in its own step."""

    def __init__(self):
        super().__init__()
        self.encoder = mlp(64, (48, "relu"), (8, None))
        self.decoder = mlp(4, (48, "relu"), (64, "sigmoid"))
        self.tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, x):
        return self.decoder(ops.split(self.encoder(x), 2, axis=-1)[0])

    def errors(self, x):
        """Return the loss of each picture: the pixels and the divergence of the code."""
        mean, log = ops.split(self.encoder(x), 2, axis=-1)
        code = mean + ops.exp(log / 2) * keras.random.normal(ops.shape(mean))
        pixels = 64 * losses.binary_crossentropy(x, self.decoder(code))
        return pixels - 0.5 * ops.sum(1 + log - ops.square(mean) - ops.exp(log), axis=-1)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = ops.mean(self.errors(data))
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


def autoencoder():
    x, _ = digits()
    model = Autoencoder()
    model.compile(Adam(0.003))
    return Program(model, x, x, 10, fit={"y": None}, judge=pixels)


def pixels(program):
    """Return the entropy of the pixels, and that of the mean picture."""
    x = program.x
    pictures = np.asarray(program.model(x)), np.broadcast_to(x.mean(axis=0), x.shape)
    return (float(np.mean(losses.binary_crossentropy(x, picture))) for picture in pictures)


class Adversarial(keras.Model):
    """Two networks that train each other; the model itself cannot be called."""

    def __init__(self):
        super().__init__()
        self.judge = mlp(2, (32, "leaky_relu"), (1, None))
        self.maker = mlp(4, (32, "leaky_relu"), (2, None))

    def compile(self, judge, maker, loss):
        super().compile()
        self.of_judge, self.of_maker, self.loss_fn = judge, maker, loss

    def train_step(self, real):
        rows = tf.shape(real)[0]
        generated = self.maker(tf.random.normal((rows, 4)))
        labels = tf.concat([tf.ones((rows, 1)), tf.zeros((rows, 1))], axis=0)
        labels += 0.05 * tf.random.uniform(tf.shape(labels))
        with tf.GradientTape() as tape:
            predicted = self.judge(tf.concat([generated, real], axis=0))
            loss_of_judge = self.loss_fn(labels, predicted)
        weights = self.judge.trainable_weights
        self.of_judge.apply(tape.gradient(loss_of_judge, weights), weights)
        with tf.GradientTape() as tape:
            predicted = self.judge(self.maker(tf.random.normal((rows, 4))))
            loss_of_maker = self.loss_fn(tf.zeros((rows, 1)), predicted)
        weights = self.maker.trainable_weights
        self.of_maker.apply(tape.gradient(loss_of_maker, weights), weights)
        return {"d_loss": loss_of_judge, "g_loss": loss_of_maker}


def adversarial():
    x = (generator().normal(size=(2000, 2)) * 0.5 + [2, -1]).astype("float32")
    model = Adversarial()
    model.compile(Adam(0.002), Adam(0.002), losses.BinaryCrossentropy(from_logits=True))
    return Program(model, x, x, 12, 64, fit={"y": None}, judge=centre)


def centre(program):
    """Return how far the centre of what is made is from that of the data, and from 0."""
    generated = np.asarray(program.model.maker(generator().normal(size=(500, 4)).astype("float32")))
    real = program.x.mean(axis=0)
    return float(np.linalg.norm(generated.mean(axis=0) - real)), float(np.linalg.norm(real))


class Endpoint(layers.Layer):
    """The last layer takes the labels, adds the loss, and returns probabilities."""

    def __init__(self):
        super().__init__()
        self.loss_fn = losses.SparseCategoricalCrossentropy(from_logits=True)

    def call(self, labels, logits):
        self.add_loss(self.loss_fn(labels, logits))
        return ops.softmax(logits)


def endpoint():
    """A model without a loss of its own: the labels are an input."""
    x, y = clusters(800, 5, (16,), 1.5)
    inputs = {"features": keras.Input((16,)), "labels": keras.Input((1,), dtype="int32")}
    logits = layers.Dense(5)(layers.Dense(32, activation="relu")(inputs["features"]))
    model = keras.Model(inputs, Endpoint()(inputs["labels"], logits))
    model.compile(Adam(0.005), jit_compile=False)
    data = {"features": x, "labels": y[:, None]}
    return Program(model, data, y, 10, fit={"y": None}, judge=wrong_classes)


def wrong_classes(program):
    """Return the share of wrong classes, and that of always saying the most frequent one."""
    predicted = np.argmax(program.model(program.x), axis=-1)
    return float(np.mean(predicted != program.y)), 1 - np.bincount(program.y).max() / len(program.y)


class Distiller(keras.Model):
    """A small network that learns the labels and the softened answers of a large one."""

    def __init__(self, student, teacher):
        super().__init__()
        self.student, self.teacher = student, teacher
        self.student_loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        self.soft_loss = losses.KLDivergence()

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **_):
        soft = [ops.softmax(logits / 4) for logits in (self.teacher(x), y_pred)]
        return 0.1 * self.student_loss(y, y_pred) + 0.9 * 16 * self.soft_loss(*soft)

    def call(self, x):
        return self.student(x)


def distilled():
    x, y = digits()
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    teacher = compiled(mlp(64, (96, "relu"), (10, None)), loss)
    teacher.fit(x, y, epochs=4, verbose=0)
    teacher.trainable = False
    model = Distiller(mlp(64, (16, "relu"), (10, None)), teacher)
    model.compile(Adam(0.005), metrics=[keras.metrics.SparseCategoricalAccuracy()])
    return Program(model, x, y, 8, judge=wrong_classes)


class Clipped(keras.Model):
    """A regression whose step clips the gradients by hand."""

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        weights = self.trainable_variables
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, weights), 1.0)
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


def clipped_by_hand():
    x = generator().normal(size=(700, 8)).astype("float32")
    y = standardised(x[:, 0] + np.sin(2 * x[:, 1]))
    inputs = keras.Input((8,))
    outputs = layers.Dense(1)(layers.Dense(32, activation="relu")(inputs))
    model = compiled(Clipped(inputs, outputs), "mse", Adam(0.01), ["mae"])
    return Program(model, x, y, 15)


def scaled_loss():
    """Half precision, with an optimizer that scales the loss."""
    x, y = digits(image=True)
    keras.config.set_dtype_policy("mixed_float16")
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(16, 3, activation="relu")])
    model.add(layers.Flatten())
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(10, dtype="float32"))
    keras.config.set_dtype_policy("float32")
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return Program(compiled(model, loss, keras.optimizers.LossScaleOptimizer(Adam(0.003))), x, y, 6)


STEPS = {
    "own-step-autoencoder": autoencoder,
    "adversarial": adversarial,
    "endpoint": endpoint,
    "distilled": distilled,
    "clipped-by-hand": clipped_by_hand,
    "scaled-loss": scaled_loss,
}
