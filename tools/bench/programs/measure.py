"""Train a program, look at it at three points in time, and judge what the diagnosis says."""

import contextlib
import inspect
import io

import keras
import numpy as np

from lossutils import diagnose
from lossutils.diagnosis.compiled import outputs
from lossutils.diagnosis.reading import mask_of

ROWS, FEW_STEPS = 128, 5
POINTS = ("before", "few steps", "end")
# Which findings and which words of an advice say what kind of thing to change.
FAMILIES = {
    "last layer": (
        {"softmax-on-one-unit", "softmax-never", "sigmoid-never", "last-layer", "softmax-twice"}
        | {"output-range", "binary-for-many-classes"},
        ("last layer",),
    ),
    "labels": (
        {"sparse-or-one-hot", "broadcast", "labels-out-of-range", "label-convention"}
        | {"binary-for-many-classes", "negative-loss"},
        ("labels from 0", "one-hot"),
    ),
    "numbers": ({"log-of-zero", "clipped", "nan-in-data"}, ("logits", "clipped", "logarithm")),
    "learning rate": (set(), ("learning rate", "more steps")),
    "scaling": ({"target-scale"}, ("scaled", "standardised")),
    "hidden layers": ({"no-gradient"}, ("activations", "saturat")),
    "regularisation": (set(), ("penalty", "dropout")),
    "metric": ({"accuracy-of-logits", "metric-mismatch"}, ("metric",)),
}


class Look(keras.callbacks.Callback):
    """Keep the predictions for some rows before training, after a few steps and at the end."""

    def __init__(self, x):
        super().__init__()
        self.x, self.seen, self.steps = first_rows(x), {}, 0

    def _look(self, point):
        with contextlib.suppress(Exception):  # a model that refuses its inputs: `fit` says so too
            self.seen[point] = arrays(self.model(self.x, training=False))

    def on_train_begin(self, logs=None):
        """Look before training."""
        self._look("before")

    def on_train_batch_end(self, batch, logs=None):
        """Look after a few steps."""
        self.steps += 1
        if self.steps == FEW_STEPS:
            self._look("few steps")

    def on_train_end(self, logs=None):
        """Look at the end."""
        self._look("end")


class History(keras.callbacks.Callback):
    """Record what Keras' CSVLogger writes for every epoch, and the loss of every step."""

    def on_train_begin(self, logs=None):
        """Start with nothing."""
        self.epochs, self.steps = [], []

    def on_train_batch_end(self, batch, logs=None):
        """Keep the loss of a step; Keras reports the mean since the start of the epoch."""
        mean = float((logs or {}).get("loss", np.nan))
        before, self._mean = (self._mean if batch else 0.0), mean
        self.steps.append(mean * (batch + 1) - before * batch)

    def on_epoch_end(self, epoch, logs=None):
        """Keep what Keras reports."""
        self.epochs.append({"epoch": epoch, **{k: float(v) for k, v in (logs or {}).items()}})


def measured(program, callback=True):
    """Train a program; return its findings at each point, the callback's, and how it went."""
    look, history, watch = Look(program.x), History(), callback_of(callback)
    error, report = None, []
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            report = trained(program, [look, history], watch)
    except Exception as raised:  # a loss that refuses the shapes is part of what is measured
        error = f"{type(raised).__name__}: {' '.join(str(raised).split())[:100]}"
        report = watch.report if watch else []
    points = [point for point in POINTS if point in look.seen]
    at_points = {point: findings(program, look.seen, point) for point in points}
    at_points |= {"callback": list(map(brief, report))} if callback else {}
    return {
        "found": at_points,
        "raises": error,
        "history": history.epochs,
        "steps": history.steps,
    }


def trained(program, callbacks, watch):
    """Train a program; return what was found during the run, by the callback or by its loop."""
    if program.loop:
        return program.loop(keras.callbacks.CallbackList(callbacks, model=program.model))
    options = {
        "x": program.x,
        "y": program.y,
        "batch_size": program.batch_size,
        "sample_weight": program.sample_weight,
    } | (program.fit or {})
    options["callbacks"] = [*options.get("callbacks", []), *callbacks, *filter(None, [watch])]
    program.model.fit(**options, epochs=program.epochs, verbose=0)
    return watch.report if watch else []


def callback_of(wanted):
    """Return the callback that watches a run, where there is one."""
    try:
        from lossutils.keras import Diagnose
    except ImportError:
        return None
    return Diagnose() if wanted else None


def findings(program, seen, point):
    """Return what `diagnose` says of the first rows at one point in time."""
    accepted = inspect.signature(diagnose).parameters
    options = {key: value for key, value in description(program).items() if key in accepted}
    if "trained" in accepted and point == "end":
        options["trained"] = True
    if program.sample_weight is not None:
        options["sample_weight"] = program.sample_weight[:ROWS]
    try:
        return list(map(brief, diagnose(*as_the_loss_gets_them(program, seen[point]), **options)))
    except ValueError as refused:
        return [{"mistake": None, "certain": False, "title": f"refused: {refused}"[:120]}]


def as_the_loss_gets_them(program, y_pred):
    """Return the first labels and the predictions, aligned where `fit` aligns them."""
    y = first_rows(program.y)
    if isinstance(y, np.ndarray) and isinstance(y_pred, np.ndarray):
        return outputs(y, y_pred, None, program.model)["output"][:2]
    return y, y_pred


def description(program):
    """Return what a person says of the loss: its name, and the options that it was given."""
    loss = program.model.loss
    if program.description is not None:
        return program.description
    of = description_of_losses if isinstance(loss, list | dict) else description_of_loss
    return of(loss)


def description_of_loss(loss):
    """Return what a person says of one loss; of one that is not Keras' own, nothing."""
    if isinstance(loss, keras.losses.Loss):
        if type(loss).__module__.split(".")[0] != "keras":
            return {}
        return {"loss": type(loss).__name__} | options_of(loss)
    return {} if callable(loss) else {"loss": loss}


def description_of_losses(losses):
    """Return what a person says of the losses of several outputs; `from_logits` is one for all."""
    values = losses.values() if isinstance(losses, dict) else losses
    logits = any(options_of(loss).get("from_logits") for loss in values)
    names = keras.tree.map_structure(lambda loss: description_of_loss(loss).get("loss"), losses)
    return {"loss": names} | ({"from_logits": True} if logits else {})


def options_of(loss):
    """Return the options that a person would repeat."""
    if not isinstance(loss, keras.losses.Loss):
        return {}
    options = loss.get_config() | getattr(loss, "_fn_kwargs", {})  # Keras leaves out some of them
    asked = ["from_logits", "ignore_class", "axis"] + ["gamma"] * ("Focal" in type(loss).__name__)
    given = {key: options[key] for key in asked if options.get(key) is not None}
    return {key: value for key, value in given.items() if (key, value) != ("axis", -1)}


def brief(finding):
    """Return a finding as JSON can hold it."""
    kept = ("mistake", "certain", "title", "evidence", "instead")
    return {key: getattr(finding, key) for key in kept}


def arrays(outputs):
    """Return tensors as arrays, in the structure that holds them; with a mask they stay tensors."""
    masked = mask_of(outputs) is not None
    return outputs if masked else keras.tree.map_structure(np.asarray, outputs)


def first_rows(values):
    """Return the first rows of arrays, in the structure that holds them."""
    return keras.tree.map_structure(lambda array: array[:ROWS], values)


def verdict(fault, findings):
    """Return "named", "right family", "other" or "nothing" for findings about a fault."""
    if any({f["mistake"], f["title"]} & set(fault.names) for f in findings):
        return "named"
    if any(fault.family in families(f) for f in findings):
        return "right family"
    return "other" if findings else "nothing"


def families(finding):
    """Return what a finding says to change; an advice that lists more than two says nothing."""
    by_mistake = {name for name, (ids, _) in FAMILIES.items() if finding["mistake"] in ids}
    advice = f"{finding['title']} {finding.get('instead', '')}".lower()
    by_words = {name for name, (_, words) in FAMILIES.items() if any(w in advice for w in words)}
    return by_mistake | (by_words if len(by_words) <= 2 else set())


def of_batch(result):
    """Return what `diagnose` said, at any point in time."""
    return [f for point in POINTS for f in result["found"].get(point, [])]


def of_all(result):
    """Return what `diagnose` and the callback said."""
    return of_batch(result) + result["found"].get("callback", [])
