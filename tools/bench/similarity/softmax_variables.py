"""Right ways to fill in the variables of the assignment `softmax`: the bodies of functions."""

# ruff: noqa: F821, F841 - the bodies use names of the notebook
import numpy as np


def by_hand_1():
    probabilities = [0.1, 0.2, 0.7]
    loss = 1.61


def by_hand_2():
    probabilities = [float(np.exp(z) / np.sum(np.exp(photo))) for z in photo]
    loss = float(-np.log(probabilities[0]))


def by_hand_3():
    e = np.exp(photo)
    probabilities = list(e / e.sum())
    loss = -np.log(probabilities[1])


def by_hand_4():
    probabilities = (np.exp(photo) / np.exp(photo).sum()).round(4).tolist()
    loss = round(float(-np.log(probabilities[1])), 4)


def by_hand_5():
    e0, e1, e2 = np.exp(photo[0]), np.exp(photo[1]), np.exp(photo[2])
    total = e0 + e1 + e2
    probabilities = [e0 / total, e1 / total, e2 / total]
    loss = -np.log(e1 / total)


def by_hand_6():
    cat = 1.6487 / (1.6487 + 4.4817 + 20.0855)
    dog = 4.4817 / (1.6487 + 4.4817 + 20.0855)
    fox = 1 - cat - dog
    probabilities = [cat, dog, fox]
    loss = np.log(1 / dog)


def by_hand_7():
    probabilities = []
    for logit in photo:
        probabilities.append(np.exp(logit) / sum(np.exp(photo)))
    loss = 0 - np.log(probabilities[2])


def before_1():
    first_loss = 3.912
    after_shift = "c"
    after_doubling = "c"


def before_2():
    first_loss = float(np.log(50))
    after_shift = "c"
    after_doubling = "c"


def before_3():
    first_loss = -np.log(1 / 50)
    after_shift = "c"
    after_doubling = "c"


def before_4():
    number_of_classes = 50
    first_loss = round(np.log(number_of_classes), 3)
    after_shift, after_doubling = "c", "c"


def before_5():
    zeros = np.zeros(50)
    first_loss = np.log(np.sum(np.exp(zeros)))
    after_shift = after_doubling = "c"
