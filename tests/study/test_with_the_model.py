"""The study around the real model: what must hold whatever the model's numbers are."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from sim.config.compose import compose
from sim.config.job import plan
from sim.engine.loops import folder
from sim.figures.catalog import MAIN, METRICS
from sim.month.model import Model
from sim.study.run import warming
from sim.study.run.cell import run_task
from sim.study.run.runner import run_study
from sim.study.run.warming import compile_rules
from sim.study.store.reading import read_closures, read_manifest, read_results, recomputed_digests
from sim.study.store.store import entries

ROOT = Path(__file__).resolve().parents[2]
SMALL = [
    "population=tiny",
    "study.replications=2",
    "study.months=15",
    "study.burn_in=4",
    "study.arms=[limits,platform]",
    "study.scenarios=[calm,us_2007_2012]",
]


def run(folder, *more: str):
    run_study(plan([*SMALL, *more]), folder, console=Console(file=io.StringIO()))
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return run(tmp_path_factory.mktemp("study") / "one", "machine.workers=1", "machine.threads=1")


@pytest.mark.parametrize(
    "machine",
    [
        ["machine.workers=2"],
        ["machine.workers=1", "machine.threads=3", "machine.block=7"],
    ],
)
def test_how_the_machine_is_used_changes_nothing(study, tmp_path, machine):
    other = read_manifest(run(tmp_path / "other", *machine))
    expected = read_manifest(study)
    assert other["results_sha256"] == expected["results_sha256"]
    assert other["config_sha256"] == expected["config_sha256"]


def test_every_metric_has_a_unit_and_money_is_whole(study):
    frame = read_results(study)
    metrics = list(frame.columns[4:])
    assert set(metrics) <= set(METRICS)
    assert {name for name in MAIN if name in METRICS} <= {*metrics, "fund_capital"}, "no package here has a fund"
    for name in metrics:
        assert frame.attrs["units"][name]
        if METRICS[name].kind == "money":
            # Empty in the runs of packages that have none of it.
            assert (frame[name].dropna() % 1 == 0).all(), name


def test_stored_hashes_are_those_of_the_values(study):
    stored = sorted(run["sha256"] for entry in entries(study) for run in entry.runs)
    assert sorted(recomputed_digests(read_results(study), read_closures(study))) == stored


def test_twins_are_not_shown(study):
    manifest = read_manifest(study)
    assert list(manifest["twins"]) == ["platform_never_closing"]
    assert set(read_results(study)["arm"].astype(str)) == {"limits", "platform"}


def test_arms_share_their_burn_in_and_their_luck(study):
    frame = read_results(study)
    calm = frame[frame["scenario"] == "calm"].set_index(["arm", "replication", "month"])["unemployment"]
    at_once = calm.xs(0, level="month")
    assert (at_once["limits"] == at_once["platform"]).all()
    assert calm["limits"].corr(calm["platform"]) > 0.9
    assert (calm["limits"][0] != calm["limits"][1]).any()


def test_models_give_their_memory_back():
    # Other tests of this process may hold models of their own.
    before = models_that_hold_something()
    run_task(plan(SMALL).tasks()[0])
    assert models_that_hold_something() <= before


def models_that_hold_something() -> int:
    gc.collect()
    # `type`, because `isinstance` would ask weak proxies, and those of gone objects raise.
    return sum(type(one) is Model and bool(vars(one)) for one in gc.get_objects())


def test_workers_share_the_compiling():
    task = plan(SMALL).tasks()[0]
    whole = compile_rules(task, 0, 1)
    assert whole > 100, "a loop for each rule"
    assert sum(compile_rules(task, part, 3) for part in range(3)) == whole


def test_what_setting_up_has_compiled_is_not_compiled_again(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "0")
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "set_up"))
    warming.mark_warm(plan(SMALL))
    monkeypatch.delenv(folder.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert warming.needs_warming(plan(SMALL))
    monkeypatch.setattr(folder, "OF_THE_ENVIRONMENT", tmp_path / "set_up" / "creditcycle")
    assert not warming.needs_warming(plan(SMALL))
    assert warming.needs_warming(plan([])), "of other packages"


def test_what_is_compiled_beforehand_is_what_a_month_runs(monkeypatch):
    model = Model(compose(["population=tiny"]))
    seen = set()
    for population in (model.people, model.firms.population):

        def watched(stages, *given, population=population, run=population.run):
            seen.add((stages, population is not model.people, given[3]))
            return run(stages, *given)

        monkeypatch.setattr(population, "run", watched)
    for _ in range(5):
        model.step()
    compiled = {((stage, book), firms) for ((stage, book),), firms, _ in model.loops()}
    assert {(one, firms) for stages, firms, _ in seen for one in stages} == compiled


@pytest.mark.slow
def test_whoever_compiles_leaves_nothing_of_it_to_the_month(tmp_path):
    # In a process of its own with an empty cache: what the month compiles beside is small.
    script = (
        "from sim.config.job import plan\n"
        "from sim.study.run.warming import compile_rules\n"
        "from sim.engine.loops.diskcache import cache_folder\n"
        "from sim.month.model import Model\n"
        f"task = plan({SMALL!r}).tasks()[0]\n"
        "compile_rules(task, 0, 1)\n"
        "kept = lambda: {path.name for path in cache_folder().rglob('native_*.code')}\n"
        "before = kept()\n"
        "model = Model(task.root_config)\n"
        "for _ in range(3): model.step()\n"
        "assert before and kept() == before, kept() - before\n"
    )
    environment = {**os.environ, "CREDITCYCLE_CACHE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)


CHANNELS_OFF = [
    "firms=none",
    "behaviour.liquidity_draws=0",
    "behaviour.evergreening=0",  # a draw that pays the lender's own instalment
    "behaviour.closed_line_factor=1.0",
    "behaviour.closed_line_last=0",
]


def caused(*more: str) -> list[int]:
    """Defaults caused by closing in two fixed replications of a recession."""
    chosen = ["study.arms=[limits,closing]", "study.scenarios=[severe_recession]", "study.months=30"]
    tasks = plan(["population=tiny", "population.borrowers=5000", "study.replications=2", *chosen, *more]).tasks()
    runs = [run for task in tasks for run in run_task(task).runs if run.arm == "closing"]
    assert min(run.closures.judged for run in runs) > 100
    return [run.closures.defaults_caused_by_closing for run in runs]


def test_closing_causes_no_default_once_its_channels_are_off():
    assert min(caused()) > 0
    assert caused(*CHANNELS_OFF) == [0, 0]


def test_no_column_of_a_study_is_empty(tmp_path):
    """A figure that the composed options cannot produce is no column, rather than one without a value."""
    shorter = ["study.arms=[lenient,closing,guaranteed]", "study.scenarios=[severe_recession]", "study.months=4"]
    months = read_results(run(tmp_path / "out", *shorter))
    assert [name for name in months if months[name].isna().all()] == []
