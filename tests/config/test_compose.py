"""Composing from Python: values arrive as written, types are strict, Hydra around us is left alone."""

import dataclasses
import pickle
import subprocess
import sys

import pytest

import sim
from sim.config.compose import compose, compose_plain
from sim.config.errors import LONGEST_LINE, UsageError, nearest, one_line, texts_of
from sim.config.overrides import read

VALID = [
    ("seed=7", "seed", 7),
    ("seed=+5", "seed", 5),
    ("seed=9223372036854775807", "seed", 2**63 - 1),
    ("study.confidence=0.9", "study.confidence", 0.9),
    ("study.confidence=.9", "study.confidence", 0.9),
    ("lender.funding_spread=0", "lender.funding_spread", 0.0),
    ("machine.check=false", "machine.check", False),
    ("machine.check=TRUE", "machine.check", True),
    ("out=2026", "out", "2026"),
    ("out=010", "out", "010"),
    ("out=0x10", "out", "0x10"),
    ("out='1_0'", "out", "1_0"),
    ("out=run_1_0", "out", "run_1_0"),
    ("out=yes", "out", "yes"),
    ("out=./a folder/of (mine)", "out", "./a folder/of (mine)"),
    ("out=/tmp/x=y", "out", "/tmp/x=y"),
    ("out='quoted, with comma'", "out", "quoted, with comma"),
    ("out=größe", "out", "größe"),
    ("out=it's", "out", "it's"),
    ("out=back\\slash\\", "out", "back\\slash\\"),
    ("study.arms=[lenient,closing]", "study.arms", ("lenient", "closing")),
    ("study.arms=[ lenient , closing ]", "study.arms", ("lenient", "closing")),
    ("economy.labour={finding_calm:0.3}", "economy.labour.finding_calm", 0.3),
]


@pytest.mark.parametrize(("override", "key", "value"), VALID, ids=[case[0] for case in VALID])
def test_value_arrives_as_written(override, key, value):
    found = compose([override])
    for part in key.split("."):
        found = getattr(found, part)
    assert found == value
    assert type(found) is type(value)


def test_later_override_wins():
    assert compose(["seed=1", "seed=2"]).seed == 2
    assert compose(["policy/limit=fixed", "policy/limit=tiered"]).chosen["policy/limit"] == "tiered"


def test_key_of_a_chosen_option():
    config = compose(["policy.closing.closing_score=500", "policy/closing=threshold"])
    assert config.policy.closing.closing_score == 500.0


def test_layers_of_a_scheme():
    layers = "[{participant:lender,share:0.4},{participant:guarantee_fund,share:0.6}]"
    scheme = compose([f"sharing.layers={layers}"]).sharing
    assert [(layer.participant, layer.share) for layer in scheme.layers] == [
        ("lender", 0.4),
        ("guarantee_fund", 0.6),
    ]


def test_element_of_a_list():
    config = compose(["sharing=guarantee_80_20", "sharing.layers.0.period_cap=1"])
    assert config.sharing.layers[0].period_cap == 1.0


def test_composition_is_not_shared():
    first = compose_plain(read([]))
    first["population"]["borrowers"] = 1
    first["study"]["arms"].clear()
    assert compose().population.borrowers == 20_000
    assert len(compose().study.arms) == 5


def test_config_is_frozen_and_travels():
    config = compose(["policy/closing=threshold"])
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.seed = 2
    assert pickle.loads(pickle.dumps(config)) == config


def test_error_is_a_value_error_of_one_line():
    with pytest.raises(ValueError, match=r"^seed: x is not allowed: a whole number from 0 to \d+$"):
        sim.compose(["seed=x"])
    assert issubclass(UsageError, ValueError)


def test_a_hydra_application_around_us_is_left_alone(tmp_path):
    from hydra import compose as compose_theirs
    from hydra import initialize_config_dir

    (tmp_path / "theirs.yaml").write_text("a: 1\n")
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        assert compose().seed == 1
        assert compose_theirs("theirs").a == 1
        compose(["policy/limit=tiered"])
        assert compose_theirs("theirs").a == 1


def test_importing_the_package_imports_nothing_heavy():
    heavy = "numba mesa hydra omegaconf matplotlib pandas numpy rich"
    code = (
        f"import sys, sim; heavy = '{heavy}'.split();"
        "assert sim.__version__ and not [name for name in heavy if name in sys.modules];"
        "import sim.__main__; sim.__main__.main(['--version']); sim.__main__.main(['--help']);"
        "found = [name for name in heavy if name in sys.modules]; assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_public_names():
    assert {"Model", "compose", "run", "__version__"} <= set(dir(sim))
    with pytest.raises(AttributeError, match="no attribute 'modle'"):
        sim.modle  # noqa: B018


def test_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert sim.__version__ == version("creditcycle")


def test_nearest_prefers_neighbours():
    names = ["study.months", "economy.path.months", "study.burn_in", "machine.threads"]
    assert nearest("study.month", names) == "study.months"
    assert nearest("economy.path.month", names) == "economy.path.months"
    assert nearest("threads", names) == "machine.threads"
    assert nearest("nothing", names) is None


def test_one_line_is_one_bounded_line():
    line = one_line("a\nb\t\x1b[31mc" + "x" * 9999)
    assert line.isprintable() and len(line) <= LONGEST_LINE and line.startswith("a b [31mc")


def test_a_study_is_composed_without_what_only_its_workers_and_its_report_need():
    code = (
        "import sys; from sim.config.job import plan; import sim.study.run.runner; assert plan([]).noted;"
        "found = [name for name in ('mesa', 'networkx', 'pandas', 'matplotlib') if name in sys.modules];"
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize("ask", [sim.compose, sim.run])
@pytest.mark.parametrize(
    ("given", "example"),
    [("study.months=3", "study.months=3"), ("", "study.replications=3"), (3, "study."), (["seed=1", 3], "study.")],
)
def test_overrides_are_a_list_of_texts(ask, given, example):
    with pytest.raises(UsageError, match=rf"^overrides: .* is not allowed: a list of texts, such as \[\"{example}"):
        ask(given)
    assert texts_of(iter(("seed=1", "out=x"))) == ["seed=1", "out=x"] and texts_of(()) == []
