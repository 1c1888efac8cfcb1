"""Different right ways to answer the questions of the assignment `regression`.

A function is one way to write the function of its question, which its name begins with; the body
of a function without arguments is one way to fill in the variables of a question.
"""

# ruff: noqa: F821, F841 - the bodies of `by_hand_...` use names of the notebook
import numpy as np


def mean_squared_error_1(y_true, y_pred):
    return np.mean(np.square(np.ravel(y_true) - np.ravel(y_pred)))


def mean_squared_error_2(y_true, y_pred):
    y_true = np.asarray(y_true).reshape(-1)
    y_pred = np.asarray(y_pred).reshape(-1)
    return np.mean((y_true - y_pred) ** 2)


def mean_squared_error_3(y_true, y_pred):
    errors = y_true.flatten() - y_pred.flatten()
    return (errors**2).mean()


def mean_squared_error_4(y_true, y_pred):
    if y_true.ndim == 2:
        y_true = y_true[:, 0]
    if y_pred.ndim == 2:
        y_pred = y_pred[:, 0]
    return np.mean((y_pred - y_true) ** 2)


def mean_squared_error_5(y_true, y_pred):
    residual = np.squeeze(y_true) - np.squeeze(y_pred)
    return np.sum(residual * residual) / residual.size


def mean_squared_error_6(y_true, y_pred):
    total = 0.0
    for truth, guess in zip(np.ravel(y_true), np.ravel(y_pred), strict=True):
        total += (truth - guess) ** 2
    return total / len(y_true)


def mean_squared_error_7(y_true, y_pred):
    difference = y_true.ravel() - y_pred.ravel()
    return np.dot(difference, difference) / len(difference)


def mean_squared_error_8(y_true, y_pred):
    y_true = y_true.reshape(len(y_true), 1)
    y_pred = y_pred.reshape(len(y_pred), 1)
    return np.average(np.power(y_true - y_pred, 2))


def mean_squared_error_9(y_true, y_pred):
    return np.linalg.norm(np.ravel(y_pred) - np.ravel(y_true)) ** 2 / np.size(y_true)


def huber_loss_1(y_true, y_pred, delta):
    size = np.abs(np.asarray(y_true) - np.asarray(y_pred))
    return np.where(size <= delta, size**2 / 2, delta * size - delta**2 / 2)


def huber_loss_2(y_true, y_pred, delta):
    r = y_true - y_pred
    small = 0.5 * r**2
    large = delta * np.abs(r) - 0.5 * delta**2
    return np.where(np.abs(r) <= delta, small, large)


def huber_loss_3(y_true, y_pred, delta):
    a = abs(y_true - y_pred)
    q = np.minimum(a, delta)
    return 0.5 * q**2 + delta * (a - q)


def huber_loss_4(y_true, y_pred, delta):
    residual = np.asarray(y_true) - np.asarray(y_pred)
    loss = residual**2 / 2
    far = np.abs(residual) > delta
    loss[far] = delta * np.abs(residual[far]) - delta**2 / 2
    return loss


def huber_loss_5(y_true, y_pred, delta):
    clipped = np.clip(y_true - y_pred, -delta, delta)
    return clipped * (y_true - y_pred) - clipped**2 / 2


def huber_loss_6(y_true, y_pred, delta):
    def single(y, p):
        r = abs(y - p)
        if r <= delta:
            return r * r / 2
        return delta * r - delta * delta / 2

    return np.vectorize(single)(y_true, y_pred)


def huber_loss_7(y_true, y_pred, delta):
    r = np.abs(np.subtract(y_true, y_pred))
    inside = r <= delta
    return inside * (r**2) / 2 + (1 - inside) * delta * (r - delta / 2)


def huber_loss_8(y_true, y_pred, delta):
    error = np.absolute(y_pred - y_true)
    return np.select([error <= delta], [np.square(error) * 0.5], delta * (error - 0.5 * delta))


def huber_loss_9(y_true, y_pred, delta):
    y_true, y_pred = np.broadcast_arrays(y_true, y_pred)
    out = np.empty(y_pred.shape)
    for place in np.ndindex(out.shape):
        r = abs(float(y_true[place]) - float(y_pred[place]))
        out[place] = r**2 / 2 if r <= delta else delta * r - delta**2 / 2
    return out


def huber_loss_10(y_true, y_pred, delta):
    excess = np.maximum(np.abs(y_true - y_pred) - delta, 0.0)
    return ((y_true - y_pred) ** 2 - excess**2) / 2


def huber_slope_1(y_true, y_pred, delta):
    return np.clip(np.asarray(y_pred) - np.asarray(y_true), -delta, delta)


def huber_slope_2(y_true, y_pred, delta):
    r = y_pred - y_true
    return np.where(np.abs(r) <= delta, r, delta * np.sign(r))


def huber_slope_3(y_true, y_pred, delta):
    return np.maximum(np.minimum(y_pred - y_true, delta), -delta)


def huber_slope_4(y_true, y_pred, delta):
    slope = np.array(y_pred - y_true, dtype=float)
    slope[slope > delta] = delta
    slope[slope < -delta] = -delta
    return slope


def huber_slope_5(y_true, y_pred, delta):
    residual = y_true - y_pred
    inner = -residual
    outer = -delta * np.sign(residual)
    near = np.abs(residual) <= delta
    return np.where(near, inner, outer)


def huber_slope_6(y_true, y_pred, delta):
    d = np.subtract(y_pred, y_true)
    return np.sign(d) * np.minimum(np.abs(d), delta)


def huber_slope_7(y_true, y_pred, delta):
    @np.vectorize
    def slope(e):
        if e > delta:
            return float(delta)
        return float(e) if e > -delta else -float(delta)

    return slope(y_pred - y_true)


def huber_slope_8(y_true, y_pred, delta):
    error = y_pred - y_true
    scale = np.maximum(np.abs(error) / delta, 1.0)
    return error / scale


def huber_slope_9(y_true, y_pred, delta):
    too_high = y_pred - y_true > delta
    too_low = y_true - y_pred > delta
    middle = ~(too_high | too_low)
    return delta * too_high - delta * too_low + (y_pred - y_true) * middle


def by_hand_1():
    mse = 9.56
    mae = 2.625
    half_sum = 19.125


def by_hand_2():
    mse = float(np.mean((y_true - y_pred) ** 2))
    mae = float(np.mean(np.abs(y_true - y_pred)))
    half_sum = float(np.sum((y_true - y_pred) ** 2) / 2)


def by_hand_3():
    r = y_true - y_pred
    mse = (r**2).mean()
    mae = abs(r).mean()
    half_sum = (r**2).sum() / 2


def by_hand_4():
    mse = (0.5**2 + 1**2 + 3**2 + 6**2) / 4
    mae = (0.5 + 1 + 3 + 6) / 4
    half_sum = (0.5**2 + 1**2 + 3**2 + 6**2) / 2


def by_hand_5():
    squares = np.square(y_pred - y_true)
    sizes = np.absolute(y_pred - y_true)
    mse, mae = np.average(squares), np.average(sizes)
    half_sum = 0.5 * np.sum(squares)


def by_hand_6():
    half_sum = sum((t - p) ** 2 for t, p in zip(y_true, y_pred, strict=True)) / 2
    mse = half_sum * 2 / 4
    mae = sum(abs(t - p) for t, p in zip(y_true, y_pred, strict=True)) / 4


def by_hand_7():
    errors = np.array([0.5, -1.0, 3.0, -6.0])
    half_sum = errors @ errors / 2
    mse = errors @ errors / len(errors)
    mae = np.linalg.norm(errors, 1) / len(errors)


def constant_1():
    best_squared = 38.33
    best_squared_late = 66.1
    best_absolute = 37.0
    best_absolute_late = 37.0


def constant_2():
    best_squared = float(np.mean(hours))
    best_squared_late = float(np.mean(hours_late))
    best_absolute = float(np.median(hours))
    best_absolute_late = float(np.median(hours_late))


def constant_3():
    best_squared = hours.mean()
    best_squared_late = hours_late.mean()
    best_absolute = np.sort(hours)[4]
    best_absolute_late = np.sort(hours_late)[4]


def constant_4():
    best_squared, best_absolute = np.mean(hours), np.median(hours)
    best_squared_late, best_absolute_late = np.mean(hours_late), np.median(hours_late)


def constant_5():
    candidates = np.arange(20, 100, 0.005)
    squared = [np.mean((hours - c) ** 2) for c in candidates]
    best_squared = candidates[np.argmin(squared)]
    best_squared_late = candidates[np.argmin([np.mean((hours_late - c) ** 2) for c in candidates])]
    absolute = [np.mean(np.abs(hours - c)) for c in candidates]
    best_absolute = candidates[np.argmin(absolute)]
    best_absolute_late = candidates[np.argmin([np.mean(abs(hours_late - c)) for c in candidates])]


def constant_6():
    best_squared = sum(hours) / len(hours)
    best_squared_late = sum(hours_late) / len(hours_late)
    best_absolute = sorted(hours)[len(hours) // 2]
    best_absolute_late = sorted(hours_late)[len(hours_late) // 2]


def constant_7():
    best_squared_late = np.average(hours_late)
    best_squared = np.average(hours)
    best_absolute_late = np.percentile(hours_late, 50)
    best_absolute = np.percentile(hours, 50)


def choice_1():
    with_large_delta = "a"
    with_small_delta = "b"


def choice_2():
    with_large_delta, with_small_delta = "a", "b"


QUESTIONS = {
    "by-hand": "by_hand",
    "shapes": "mean_squared_error",
    "huber": "huber_loss",
    "pull": "huber_slope",
    "constant": "constant",
    "choice": "choice",
}
