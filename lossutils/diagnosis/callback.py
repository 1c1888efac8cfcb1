"""A Keras callback that watches a training run and says at its end what was wrong with it."""

import contextlib
import itertools

import keras
import numpy as np
import tensorflow as tf

from lossutils.diagnosis import names
from lossutils.diagnosis.compiled import (
    as_compiled,
    learning_rate,
    loss_arguments,
    loss_findings,
    of_keras,
    outputs,
)
from lossutils.diagnosis.eager import first_replica, norm, seeing, step, without_optionals
from lossutils.diagnosis.findings import Report, explained
from lossutils.diagnosis.finite import has_broken_weights, nan_features
from lossutils.diagnosis.loss_options import combined
from lossutils.diagnosis.metrics import metric_findings
from lossutils.diagnosis.run import Run
from lossutils.diagnosis.tried import Tried

_WATCHED = 5  # steps that are run eagerly, so that batch and gradient can be seen


class Diagnose(keras.callbacks.Callback):
    """Look at a training run, and print one report at its end if there is something to report.

    The first steps run eagerly, so that their batch, loss and gradient can be seen; all others run
    as always. One batch is kept, and looked at again after the first epoch and at the end.

    Parameters
    ----------
    stop_on : {None, "certain"}
        With "certain", training stops after the first certain finding.
    loss : str or a loss of Keras, optional
        The loss, as for `diagnose`, that a function of your own computes. Otherwise what `compile`
        was given is read.
    from_logits : bool, default False
        Whether that function takes logits.

    Attributes
    ----------
    report : lossutils.diagnosis.Report
        The findings, during the run and after it.

    Raises
    ------
    ValueError
        For any other `stop_on`, or a loss that is not known.

    Examples
    --------
    >>> import contextlib, io
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    >>> model.compile("adam", "binary_crossentropy")
    >>> mask = np.array([[0], [255], [255], [0]])
    >>> watch = Diagnose()
    >>> with contextlib.redirect_stdout(io.StringIO()):  # it prints its report
    ...     history = model.fit(np.ones((4, 2)), mask, verbose=0, callbacks=[watch])
    >>> finding = watch.report.certain[0]
    >>> finding.title, finding.instead
    ('A negative loss', 'y_true / 255')
    """

    def __init__(
        self, stop_on: str | None = None, *, loss: object = None, from_logits: bool = False
    ) -> None:
        super().__init__()
        if stop_on not in (None, "certain"):
            raise ValueError(f"stop_on: expected None or 'certain', got {stop_on!r}")
        names.checked_bool("from_logits", from_logits)
        self.stop_on = stop_on
        self._named = None if loss is None else combined(loss, {"from_logits": from_logits})
        self.report = Report("a run that has not started")

    def on_train_begin(self, logs=None):
        """Read how the model was compiled, and watch the first steps."""
        self._quiet = self._printed = False
        self._data = self._original = None
        self._watched = 0
        with self._never_in_the_way():
            self._arguments = (lambda _: self._named) if self._named else loss_arguments(self.model)
            self.run = Run(learning_rate=learning_rate(self.model))
            self.run.history.trainable = bool(self.model.trainable_weights or not self.model.built)
            self._outputs = {}
            self._tried = Tried(self.model, self.run.history)
            if of_keras(self.model, "make_train_function"):
                self._original = self.model.train_function
                self.model.train_function = self._watch

    def _watch(self, iterator):
        """Run a few steps eagerly; Keras runs the others of this call, and then all of them."""
        if self._quiet or self._watched >= _WATCHED:
            self.model.train_function = self._original
            return self._original(iterator)
        steps, logs = self.model.steps_per_execution, None
        for data in itertools.islice(iterator, min(steps, _WATCHED - self._watched)):
            logs = self._step(without_optionals(data))
            steps -= 1
        if logs is None:
            raise StopIteration
        return self._others(iterator, steps) or logs

    def _others(self, iterator, steps):
        """Let Keras run the steps that are left of a call, as far as there are batches."""
        first = list(itertools.islice(iterator, min(steps, 1)))
        if not first:
            return None
        return self._original(itertools.chain(first, itertools.islice(iterator, steps - 1)))

    def _step(self, data):
        """Run one step eagerly, and see what passes by."""
        self._watched += 1
        seen = {}
        with seeing(self.model, seen):
            try:
                logs = step(self.model, data)
            except Exception:
                self._see(seen, data)
                self._look_at_inputs(data)
                self._finish()  # a loss that raises: the batch may say why
                raise
        self._see(seen, data)
        return logs

    def _record_step(self, seen):
        if "loss" in seen:
            self._record(seen["loss"], seen.get("norm"))
            self.run.history.vanishing = seen.get("vanishing", 1.0)
            self._tried.gradients(seen.get("without", {}))
            if len(self.run.history.losses) == 1:
                self.run.history.penalty = seen.get("penalty", 0.0)
        elif "norm" in seen:  # a loss that the model computes itself
            self.run.history.gradient_norms.append(seen["norm"])

    def _see(self, seen, data):
        with self._never_in_the_way():
            self._record_step(seen)
            y, y_pred = seen.get("y"), seen.get("y_pred")
            self._tried.classes(y, y_pred, self._arguments("output").get("loss"))
            broken = not np.isfinite(seen.get("loss", 0.0))
            if y is not None and (self._data is None or broken):
                self._data = data
                self._look_at_inputs(data)
                self._look(y, y_pred, seen["sample_weight"])
                self._tried.formula(None, y, y_pred)
                if broken:
                    self._look_at_features(y_pred, seen.get("cause"))
                self._stop_if_certain()

    def _look(self, y, y_pred, weight):
        """Hand a batch to the recorder of each output."""
        for name, arrays in outputs(y, y_pred, weight, self.model).items():
            if arrays[0] is None or arrays[1] is None:  # no label: a loss of the model's own
                continue
            run = self._outputs.setdefault(name, Run(**self._arguments(name)))
            if len(self._outputs) == 1:
                run.history.losses = self.run.history.losses
            run.look(*arrays)

    def _look_at_features(self, y_pred, cause):
        """Look for nan where the model has one input and one output."""
        x, *_ = keras.utils.unpack_x_y_sample_weight(first_replica(self.model, self._data))
        if not keras.tree.is_nested(x) and not keras.tree.is_nested(y_pred):
            for run in self._outputs.values():
                run.nan_features = run.nan_features or nan_features(x, y_pred) or cause

    def _look_at_inputs(self, data):
        with self._never_in_the_way():
            x, y, _ = keras.utils.unpack_x_y_sample_weight(first_replica(self.model, data))
            self._tried.inputs(x, y)

    def on_epoch_begin(self, epoch, logs=None):
        """Count from 0: Keras reports the mean since the start of the epoch."""
        self._steps, self._sum = 0, 0.0

    def on_train_batch_end(self, batch, logs=None):
        """Record the loss of the steps that were not watched."""
        if self._quiet or "loss" not in (logs or {}):
            return
        with self._never_in_the_way():
            done = min(batch + 1, self.params.get("steps") or batch + 1)
            steps, mean = done - self._steps, float(logs["loss"])
            loss = self._of_steps(steps, mean) if steps > 0 else mean
            for _ in range(steps):
                self._record(loss)

    def _of_steps(self, steps, mean):
        """Return the mean loss of the last steps; a `train_step` that you wrote may report it."""
        if not np.isfinite(mean) or not of_keras(self.model, "train_step"):
            return mean
        return (mean * (self._steps + steps) - self._sum) / steps

    def _record(self, loss, gradient_norm=None):
        self.run.record(loss, gradient_norm)
        self._steps, self._sum = self._steps + 1, self._sum + loss

    def on_epoch_end(self, epoch, logs=None):
        """Look again after the first epoch, and record what the epoch reached."""
        with self._never_in_the_way():
            history = self.run.history
            history.epoch_losses.append(float((logs or {}).get("loss", np.nan)))
            history.rates.append(learning_rate(self.model))
            accuracy = [v for k, v in (logs or {}).items() if "acc" in k and "val" not in k]
            history.accuracies += map(float, accuracy[:1])
            if epoch == 0:
                self._look_again()
                self._stop_if_certain()

    def on_train_end(self, logs=None):
        """Look a last time, and print the report if there is something to report."""
        with self._never_in_the_way():
            self._look_again()
            self.run.history.last_rate = learning_rate(self.model)
            self.run.history.has_broken_weights = has_broken_weights(self.model)
        self._finish()

    def _look_again(self):
        """Compute the predictions for the kept batch, and its gradient, as they are now."""
        if self._data is None:
            return
        x, y, weight = keras.utils.unpack_x_y_sample_weight(first_replica(self.model, self._data))
        with tf.GradientTape() as tape:
            y_pred = self.model(x, training=False)
            loss = self.model.compute_loss(x, y, y_pred, weight)
        norms = self.run.history.gradient_norms
        norms.append(norm(tape.gradient(loss, self.model.trainable_weights)))
        self._look(y, y_pred, weight)
        self._tried.loss(x, y, y_pred, weight)

    def _stop_if_certain(self):
        self.report = self._compiled()
        if self.stop_on == "certain" and self.report.certain:
            self.model.stop_training = True

    def _finish(self):
        """Give the model back as it was, and print the report."""
        with self._never_in_the_way():
            if self._original is not None:
                self.model.train_function = self._original
            if self._quiet:  # what was recorded ends too early to be judged
                return
            self.report = self._compiled()
            if self.report and not self._printed:
                self._printed = True
                print(self.report)

    def _compiled(self):
        """Return the report on all outputs, as it holds for a compiled model."""
        reports = []
        for name, run in self._outputs.items():
            _share(self.run.history, run.history)
            reports.append((name, run.report()))
        if not reports:
            report = self.run.report()
            return Report(report.batch, (*self._tried, *report), report.notes)
        findings = _once_each(reports, self.model)
        known = explained(findings)
        findings += [finding for finding in self._tried if finding.mistake not in known]
        findings += [*loss_findings(self.model), *self._about_metrics()]
        batch = "; ".join(report.batch for _, report in reports)
        notes = tuple(note for _, report in reports for note in report.notes)
        return Report(batch, tuple(findings), notes)

    def _about_metrics(self):
        findings = {}
        for name, run in self._outputs.items():
            findings |= dict.fromkeys(metric_findings(self.model, name, run.batch, run.arguments))
        return list(findings)

    @contextlib.contextmanager
    def _never_in_the_way(self):
        """Turn an error of the callback into one line; be quiet from then on."""
        try:
            yield
        except Exception as error:  # whatever it is, training goes on
            reason = " ".join(str(error).split())[:120]
            if not self._quiet:
                print(f"Diagnose stopped watching: {type(error).__name__}: {reason}")
            self._quiet = True


def _once_each(reports, model):
    """Return the findings of all outputs as they hold for a compiled model, each of them once."""
    known = {}
    for _, report in reports:
        for finding in filter(None, (as_compiled(f, model) for f in report)):
            known.setdefault((finding.title, finding.evidence), finding)
    return list(known.values())


def _share(source, target):
    """Give the recorder of an output what was recorded of the whole run."""
    own = {"start", "end", "examples", "never_negative", "of_classes", "weighted"}
    vars(target).update({k: v for k, v in vars(source).items() if k not in own})
