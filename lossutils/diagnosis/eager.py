"""One training step that runs eagerly, so that its batch, loss and gradient can be seen."""

import contextlib
import math

import keras
import tensorflow as tf

from lossutils.diagnosis.formula import nan_in_all_features

_ROUNDED = 1e-6  # of the largest gradient, below which rounding explains one


@contextlib.contextmanager
def seeing(model, seen):
    """Let batch, loss and gradient of one eager step pass by."""
    optimizer = model.optimizer
    model.compute_loss = _seen_loss(model, seen)
    if hasattr(optimizer, "apply_gradients"):
        optimizer.apply_gradients = _seen_gradients(optimizer, seen)
    try:
        yield
    finally:
        del model.compute_loss
        if hasattr(optimizer, "apply_gradients"):
            del optimizer.apply_gradients


def _seen_loss(model, seen):
    compute_loss = model.compute_loss

    def loss_that_is_seen(x=None, y=None, y_pred=None, sample_weight=None, **options):
        if "y_pred" not in seen:
            seen.update(y=y, y_pred=y_pred, sample_weight=sample_weight)
        loss = compute_loss(x, y, y_pred, sample_weight, **options)
        with contextlib.suppress(Exception):  # the step goes on, whatever a loss returns
            # Each replica returns its share of the loss.
            seen["loss"] = seen.get("loss", 0.0) + float(tf.convert_to_tensor(loss))
            added = float(sum(model.losses))
            seen["penalty"] = min(1.0, added / seen["loss"]) if seen["loss"] > 0 else 0.0
            if not math.isfinite(seen["loss"]):  # the weights are those from before the step
                seen["cause"] = nan_in_all_features(model, x)
        return loss

    return loss_that_is_seen


def _seen_gradients(optimizer, seen):
    apply_gradients = optimizer.apply_gradients

    def gradients_that_are_seen(pairs, *arguments, **options):
        pairs = list(pairs)
        with contextlib.suppress(Exception):
            gradients = [gradient for gradient, _ in pairs]
            seen["norm"] = seen.get("norm", 0.0) + norm(gradients) / _scale(optimizer)
            seen["vanishing"] = _vanishing(gradients)
            seen["without"] = _without(pairs)
        return apply_gradients(pairs, *arguments, **options)

    return gradients_that_are_seen


def _scale(optimizer):
    """Return the factor by which mixed precision multiplies the loss."""
    if not isinstance(optimizer, keras.mixed_precision.LossScaleOptimizer):
        return 1.0
    return float(optimizer.dynamic_scale if optimizer.built else optimizer.initial_scale)


def step(model, data):
    """Run the model's own training step eagerly, on each replica."""
    strategy = model.distribute_strategy
    if strategy.num_replicas_in_sync == 1:
        return model.train_step(data)
    logs = strategy.run(model.train_step, args=(data,))
    return keras.tree.map_structure(lambda v: strategy.experimental_local_results(v)[0], logs)


def without_optionals(data):
    """Return a batch with None where a generator gave None, as Keras hands it to the model."""
    missing = tf.experimental.Optional
    return keras.tree.map_structure(lambda v: None if isinstance(v, missing) else v, data)


def first_replica(model, data):
    local = model.distribute_strategy.experimental_local_results
    return keras.tree.map_structure(lambda v: local(v)[0] if v is not None else None, data)


def _without(pairs):
    """Return the matrices of weights without a gradient and how that is, where others have one.

    A bias is none of them: attention adds that of its keys to all scores, and a softmax does not
    change with it.
    """
    norms = {v.path: None if g is None else norm([g]) for g, v in pairs}
    largest = max((size for size in norms.values() if size and size > 0), default=0.0)
    if not largest:
        return {}
    none = {path for path, size in norms.items() if (size or 0.0) <= _ROUNDED * largest}
    matrices = [
        v.path
        for _, v in pairs
        if len(v.shape) > 1 and not v.path.endswith("bias") and v.path in none
    ]
    return {path: "none" if norms[path] is None else "0" for path in matrices}


def _vanishing(gradients):
    """Return the norm of the gradient of the first weights, divided by that of the last."""
    of_kernels = [g for g in gradients if g is not None and len(g.shape) > 1]
    if len(of_kernels) < 3:
        return 1.0
    first, last = norm(of_kernels[:1]), norm(of_kernels[-1:])
    return first / last if last > 0 else 1.0


def norm(gradients):
    """Return the norm of all gradients; 0 where there is none."""
    present = [tf.convert_to_tensor(gradient) for gradient in gradients if gradient is not None]
    return float(tf.linalg.global_norm(present)) if present else 0.0
