"""Public faults of training programs, written again for Keras 3, each beside its repaired twin.

The programs are our own; the data are scikit-learn's, or synthetic, of the shape and range of the
original's. `faults.toml` holds what is known of each. The faults are split by a hash of their id:
thresholds are chosen on those that are `tuned`, and nobody looks at those `held_out` meanwhile.
Those of `structures.py` were written beside the rules that name them, so they count as tuned. Those
of `fresh.toml` were written later, to be measured once before any rule is changed for them. Those
of `second.toml`, `third.toml`, `fourth.toml`, `fifth.toml`, `sixth.toml` and `seventh.toml` were
written later still, without knowledge of the rules, to be measured likewise.
"""

import tomllib
import zlib
from pathlib import Path
from typing import NamedTuple

import keras

from tools.bench.programs import (
    fifth,
    fourth,
    fresh,
    last_layer,
    second,
    seventh,
    sixth,
    structures,
    targets,
    third,
    training,
)

PROGRAMS = last_layer.PROGRAMS | targets.PROGRAMS | training.PROGRAMS
PROGRAMS |= structures.PROGRAMS | fresh.PROGRAMS | second.PROGRAMS | third.PROGRAMS
PROGRAMS |= fourth.PROGRAMS | fifth.PROGRAMS | sixth.PROGRAMS | seventh.PROGRAMS


class Fault(NamedTuple):
    """What is known of a public fault.

    `seen` says where it can be seen: in the batch, shape, metric, inputs, run, or nowhere. `names`
    are the findings that name it, by id or title; `family` is the kind of thing to change;
    `published` holds the verdicts of other tools.
    """

    id: str
    source: str
    symptom: str
    fault: str
    remedy: str
    seen: str
    names: list
    family: str
    published: dict = {}  # noqa: RUF012 (nobody changes it)

    @property
    def split(self):
        """Return the set of faults that it belongs to, one of `SPLITS`."""
        for later in (fresh, second, third, fourth, fifth, sixth, seventh):
            if self.id in later.PROGRAMS:
                return later.__name__.rpartition(".")[-1]
        if self.id in structures.PROGRAMS:
            return "tuned"
        return "tuned" if zlib.crc32(self.id.encode()) % 2 else "held_out"

    def programs(self):
        """Return the faulty program and its repaired twin, always with the same weights."""
        keras.utils.set_random_seed(zlib.crc32(self.id.encode()) % 1000)
        return PROGRAMS[self.id]()


def _faults(name):
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return {id_: Fault(id_, **facts) for id_, facts in tomllib.loads(text).items()}


FAULTS = _faults("faults.toml") | _faults("fresh.toml")
FAULTS |= _faults("second.toml") | _faults("third.toml") | _faults("fourth.toml")
FAULTS |= _faults("fifth.toml") | _faults("sixth.toml") | _faults("seventh.toml")
