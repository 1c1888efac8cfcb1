"""The benchmark of real programs: a part of it against its targets, and how it judges."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow")

import keras

from tools.bench.programs import __main__ as command
from tools.bench.programs import (
    fifth,
    fourth,
    fresh,
    healthy,
    second,
    seventh,
    sixth,
    stored,
    structures,
    tables,
    third,
)
from tools.bench.programs.faulty import FAULTS, PROGRAMS
from tools.bench.programs.measure import (
    History,
    Look,
    description,
    description_of_losses,
    families,
    first_rows,
    trained,
    verdict,
)
from tools.bench.programs.program import Program

ROOT = Path(__file__).parents[2]
SHOWN = sorted(id_ for id_, fault in FAULTS.items() if fault.seen in tables.IN_BATCH)
STORED = stored.columns()[stored.COLUMNS[0]]
FEW = 3  # of each kind: 9 programs are trained, some 25 seconds on one core
NOT_CALLED = {"adversarial"}  # a model of two networks, which has no output of its own
RANKS = ("nothing", "other", "right family", "named")


def commit():
    """Return the hash of the present commit, or zeros outside a clone."""
    command = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "0" * 40


def drawn(commit):
    """Return some faults and healthy programs, others for each commit."""
    draw = np.random.default_rng(int(commit, 16) % 2**32)
    faults = draw.choice(SHOWN, FEW, replace=False).tolist()
    return faults + draw.choice(sorted(healthy.HEALTHY), FEW, replace=False).tolist()


def finding(mistake=None, title="", instead="", certain=True):
    return {"mistake": mistake, "title": title, "instead": instead, "certain": certain}


@pytest.fixture(scope="module")
def results():
    """Return what is found now in the programs that are drawn for this commit."""
    return command.run(drawn(commit()))


def test_the_targets_are_met_with_what_is_found_now(results):
    now = STORED | tables.column(results)
    assert tables.missed(tables.totals(now)) == [], "\n".join(tables.text(results))


def test_no_verdict_is_worse_than_the_stored_one(results):
    for id_, row in tables.column(results).items():
        if id_.startswith("faulty "):
            batch, end = row[0], row[1]
            assert RANKS.index(batch) >= RANKS.index(STORED[id_][0]), id_
            assert RANKS.index(end) >= RANKS.index(STORED[id_][1]), id_


def test_no_good_program_gets_a_finding_that_is_not_stored(results):
    for id_, row in tables.column(results).items():
        if not id_.startswith("faulty "):
            assert set(row) <= set(STORED[id_]), id_


def test_other_commits_draw_other_programs():
    draws = [drawn(f"{number:040x}") for number in range(40)]
    assert all(len(set(draw)) == 2 * FEW for draw in draws)
    assert len({name for draw in draws for name in draw}) > 100
    assert drawn(commit()) == drawn(commit())


def test_repaired_and_healthy_programs_learn(results):
    for name, result in (results["repaired"] | results["healthy"]).items():
        assert result["learns"], name


def test_every_program_is_looked_at_three_times(results):
    for kind in ("repaired", "healthy"):
        for name, result in results[kind].items():
            looks = {"before", "few steps", "end"} if name not in NOT_CALLED else set()
            assert looks <= set(result["found"]), name
            assert result["raises"] is None


def test_each_fault_has_its_facts_and_its_programs():
    assert set(FAULTS) == set(PROGRAMS)
    assert len(FAULTS) >= 48
    for fault in FAULTS.values():
        assert fault.seen in ("batch", "shape", "metric", "inputs", "run", "nowhere")
        assert fault.seen not in tables.IN_BATCH or fault.names, fault.id


def test_both_halves_of_the_split_have_many_faults():
    later = structures.PROGRAMS | fresh.PROGRAMS | second.PROGRAMS | third.PROGRAMS
    later |= fourth.PROGRAMS | fifth.PROGRAMS | sixth.PROGRAMS | seventh.PROGRAMS
    halves = [f.split for f in FAULTS.values() if f.id not in later]
    assert min(halves.count("tuned"), halves.count("held_out")) > len(halves) / 3


def test_faults_that_were_written_to_measure_with_are_kept_apart():
    for module in (fresh, second, third, fourth, fifth, sixth, seventh):
        name = module.__name__.rpartition(".")[-1]
        assert {id_ for id_, fault in FAULTS.items() if fault.split == name} == set(module.PROGRAMS)
        assert len(module.PROGRAMS) >= 12
    assert {FAULTS[id_].split for id_ in structures.PROGRAMS} == {"tuned"}


def test_there_are_many_healthy_programs():
    assert len(healthy.HEALTHY) >= 60


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([finding("softmax-on-one-unit")], "named"),
        ([finding("clipped"), finding("softmax-on-one-unit")], "named"),
        ([finding("last-layer")], "right family"),
        ([finding("clipped")], "other"),
        ([], "nothing"),
    ],
)
def test_verdict(findings, expected):
    assert verdict(FAULTS["31880720"], findings) == expected


def test_advice_to_try_everything_belongs_to_no_family():
    advice = "another learning rate; a last layer that fits; scaled features; other activations"
    assert families(finding(instead=advice)) == set()
    assert families(finding(instead="a tenth of the learning rate")) == {"learning rate"}


def test_one_certain_finding_on_a_healthy_program_misses_a_target(results):
    worse = results | {"healthy": {"x": {"found": {"end": [finding("clipped")]}}}}
    assert "certain findings on healthy programs" in tables.missed(
        tables.totals(tables.column(worse))
    )


def test_a_fault_that_is_not_named_misses_a_target(results):
    quiet = {id_: result | {"found": {}} for id_, result in results["faulty"].items()}
    worse = tables.missed(tables.totals(tables.column(results | {"faulty": quiet})))
    assert worse[:2] == ["named from the batch", "named or attributed"]


@pytest.mark.parametrize(("end", "learns"), [(0.5, True), (0.99, False), (1.0, False)])
def test_learning_is_beating_the_best_constant(end, learns):
    assert healthy.beats(end, 1.0) is learns


def test_learning_with_a_negative_loss():
    assert healthy.beats(-0.9, -0.2)
    assert not healthy.beats(-0.2, -0.2)


def test_a_loss_is_described_by_its_name_and_options():
    program = healthy.built("iris_sparse_logits")
    expected = {"loss": "SparseCategoricalCrossentropy", "from_logits": True}
    assert description(program) == expected


def test_a_loss_that_is_not_of_keras_is_not_described():
    assert description(healthy.built("projected")) == {}


def test_several_losses_are_described_one_by_one():
    sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    expected = {"loss": ["SparseCategoricalCrossentropy", "mae"], "from_logits": True}
    assert description_of_losses([sparse, "mae"]) == expected
    assert description_of_losses({"a": "mse", "b": "mae"}) == {"loss": {"a": "mse", "b": "mae"}}


def test_first_rows_keep_the_structure():
    rows = first_rows({"a": np.arange(500), "b": np.zeros((500, 2))})
    assert {name: array.shape for name, array in rows.items()} == {"a": (128,), "b": (128, 2)}


def test_the_table_of_the_page_shows_every_verdict():
    at_points = {"before": [finding("softmax-on-one-unit", certain=False)]}
    faulty = {"31880720": {"found": at_points}, "46443566": {"found": {}}}
    _, _, first, last = tables.markdown(
        tables.verdicts({"faulty": faulty, "repaired": {}})
    ).splitlines()
    assert first.split(" | ")[2:5] == ["batch", "named", "named"]
    assert first.split(" | ")[5:9] == ["other", "nothing", "other", "right"]  # as published
    assert last.split(" | ")[2:9] == ["shape", "nothing", "nothing", *"––––"]


def test_an_unknown_program_is_one_sentence():
    with pytest.raises(SystemExit, match=r"^error: no program is called nobody$"):
        command.main(["--only", "nobody"])


def test_a_loop_of_its_own_gets_the_callbacks_and_gives_its_report():
    seen = Look(np.zeros((3, 2), "float32"))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])

    def loop(callbacks):
        callbacks.on_train_begin()
        return ["a finding"]

    program = Program(model, np.zeros((3, 2), "float32"), np.zeros(3), loop=loop)
    assert trained(program, [seen], None) == ["a finding"]
    assert set(seen.seen) == {"before"}


def test_further_arguments_of_fit_replace_those_of_the_program():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=False)
    seen = History()
    fit = {"callbacks": [seen], "validation_split": 0.5}
    program = Program(model, np.zeros((8, 2), "float32"), np.zeros(8), epochs=1, fit=fit)
    assert trained(program, [], None) == []
    assert "val_loss" in seen.epochs[0]


def test_a_program_that_judges_itself_says_how_well_it_learned():
    program = Program(None, None, None, judge=lambda program: (0.25, 0.5))
    assert healthy.end_and_constant(program) == (0.25, 0.5)
