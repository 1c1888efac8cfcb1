"""Healthy programs with sequences of several lengths, of which Keras' mask leaves the rest out."""

import keras
import numpy as np
from keras import layers
from keras.optimizers import Adam

from tools.bench.programs.program import Program, compiled, generator

STEPS, WORDS = 8, 9


def sentences():
    """Return the numbers of words, 0 where a sentence has ended, and where it has not."""
    draw = generator()
    words = draw.integers(1, WORDS + 1, (300, STEPS))
    there = np.arange(STEPS) < draw.integers(3, STEPS + 1, (300, 1))
    return np.where(there, words, 0), there[..., None]


def masked(y_of_words, mark, loss, last):
    """Return a program whose labels are a mark where there is no word."""
    words, there = sentences()
    y = np.where(there, y_of_words(words)[..., None], mark).astype("float32")
    body = [
        layers.Embedding(WORDS + 1, 8, mask_zero=True),
        layers.SimpleRNN(16, return_sequences=True),
        layers.Dense(1, last),
    ]
    model = keras.Sequential([keras.Input((STEPS,)), *body])
    return Program(compiled(model, loss, Adam(0.01), []), words, y, 8)


def signals():
    """Return signals whose shape counts, and not their size: the cosine along the steps."""
    x = generator().normal(size=(300, 20, 1)).astype("float32")
    y = np.cumsum(x, axis=1)
    body = [
        layers.Conv1D(16, 5, padding="causal", activation="relu"),
        layers.Conv1D(1, 5, padding="causal"),
    ]
    model = keras.Sequential([keras.Input((20, 1)), *body])
    loss = keras.losses.CosineSimilarity(axis=1)
    return Program(compiled(model, loss, Adam(0.01), []), x, y, 8)


MASKS = {
    "masked_tags": lambda: masked(lambda w: w % 3 == 0, -1, "binary_crossentropy", "sigmoid"),
    "masked_counts": lambda: masked(lambda w: w // 2, -1, "poisson", "softplus"),
    "masked_durations": lambda: masked(lambda w: 1 + w, 0, "mape", "softplus"),
    "cosine_of_signals": signals,
}
