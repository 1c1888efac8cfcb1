"""The benchmark of real programs: a part of it against its targets, and how it judges."""

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from tools.bench.programs import __main__ as command
from tools.bench.programs import fresh, healthy, structures, tables
from tools.bench.programs.faulty import FAULTS, PROGRAMS
from tools.bench.programs.measure import families, first_rows, told, verdict

DRAW = np.random.default_rng(0)
SHOWN = sorted(id_ for id_, fault in FAULTS.items() if fault.seen in tables.IN_BATCH)
SOME_FAULTS = DRAW.choice(SHOWN, 3, replace=False).tolist()
SOME_HEALTHY = DRAW.choice(sorted(healthy.HEALTHY), 2, replace=False).tolist()
MORE = pytest.param([*SOME_FAULTS, *SOME_HEALTHY], marks=pytest.mark.proof, id="more")


def finding(mistake=None, title="", instead="", certain=True):
    return {"mistake": mistake, "title": title, "instead": instead, "certain": certain}


@pytest.fixture(
    scope="module", params=[pytest.param([SOME_FAULTS[0], SOME_HEALTHY[0]], id="some"), MORE]
)
def results(request):
    return command.run(request.param)


def test_the_targets_are_met_on_some_programs(results):
    assert tables.missed(tables.totals(results)) == [], "\n".join(tables.text(results))


def test_repaired_and_healthy_programs_learn(results):
    for name, result in (results["repaired"] | results["healthy"]).items():
        assert result["learns"], name


def test_every_program_is_looked_at_three_times(results):
    for kind in ("repaired", "healthy"):
        for name, result in results[kind].items():
            assert {"before", "few steps", "end"} <= set(result["found"]), name
            assert result["raises"] is None


def test_each_fault_has_its_facts_and_its_programs():
    assert set(FAULTS) == set(PROGRAMS)
    assert len(FAULTS) >= 48
    for fault in FAULTS.values():
        assert fault.seen in ("batch", "shape", "metric", "inputs", "run", "nowhere")
        assert fault.seen not in tables.IN_BATCH or fault.names, fault.id


def test_both_halves_of_the_split_have_many_faults():
    halves = [f.split for f in FAULTS.values() if f.id not in fresh.PROGRAMS | structures.PROGRAMS]
    assert min(halves.count("tuned"), halves.count("held_out")) > len(halves) / 3


def test_fresh_faults_are_kept_apart():
    splits = {id_: fault.split for id_, fault in FAULTS.items()}
    assert {id_ for id_, split in splits.items() if split == "fresh"} == set(fresh.PROGRAMS)
    assert len(fresh.PROGRAMS) >= 12
    assert {splits[id_] for id_ in structures.PROGRAMS} == {"tuned"}


def test_there_are_many_healthy_programs():
    assert len(healthy.HEALTHY) >= 60


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([finding("softmax-on-one-unit")], "named"),
        ([finding("clipped"), finding("softmax-on-one-unit")], "named"),
        ([finding("last-layer")], "right family"),
        ([finding("clipped")], "other"),
        ([], "nothing"),
    ],
)
def test_verdict(said, expected):
    assert verdict(FAULTS["31880720"], said) == expected


def test_an_advice_of_everything_is_of_no_family():
    advice = "another learning rate; a last layer that fits; scaled features; other activations"
    assert families(finding(instead=advice)) == set()
    assert families(finding(instead="a tenth of the learning rate")) == {"learning rate"}


def test_one_certain_finding_on_a_healthy_program_misses_a_target(results):
    worse = results | {"healthy": {"x": {"found": {"end": [finding("clipped")]}}}}
    assert "certain findings on healthy programs" in tables.missed(tables.totals(worse))


def test_a_fault_that_is_not_named_misses_a_target(results):
    quiet = {id_: result | {"found": {}} for id_, result in results["faulty"].items()}
    worse = tables.missed(tables.totals(results | {"faulty": quiet}))
    assert worse[:2] == ["named from the batch", "named or attributed"]


@pytest.mark.parametrize(("end", "learns"), [(0.5, True), (0.99, False), (1.0, False)])
def test_learning_is_beating_the_best_constant(end, learns):
    assert healthy.beats(end, 1.0) is learns


def test_learning_with_a_negative_loss():
    assert healthy.beats(-0.9, -0.2)
    assert not healthy.beats(-0.2, -0.2)


def test_what_is_told_of_a_loss_is_what_it_was_made_with():
    program = healthy.built("iris_sparse_logits")
    expected = {"loss": "SparseCategoricalCrossentropy", "from_logits": True}
    assert told(program) == expected


def test_first_rows_keep_the_structure():
    rows = first_rows({"a": np.arange(500), "b": np.zeros((500, 2))})
    assert {name: array.shape for name, array in rows.items()} == {"a": (128,), "b": (128, 2)}


def test_the_table_of_the_page_shows_every_verdict():
    said = {"before": [finding("softmax-on-one-unit", certain=False)]}
    faulty = {"31880720": {"found": said}, "46443566": {"found": {}}}
    _, _, first, last = tables.markdown(
        tables.verdicts({"faulty": faulty, "repaired": {}})
    ).splitlines()
    assert first.split(" | ")[2:5] == ["batch", "named", "named"]
    assert first.split(" | ")[5:9] == ["other", "nothing", "other", "right"]  # as published
    assert last.split(" | ")[2:9] == ["shape", "nothing", "nothing", *"––––"]


def test_an_unknown_program_is_one_sentence():
    with pytest.raises(SystemExit, match=r"^error: no program is called nobody$"):
        command.main(["--only", "nobody"])
