"""Law 2: one seed, one result, whatever the machine does and wherever a run was interrupted."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

import sim
from sim.config.job import plan
from sim.study.run.runner import run_study
from sim.study.store.reading import read_manifest
from tests.laws.configurations import SCHEMES

MONTHS = 24
WORLD = (
    *("population=tiny", "population.borrowers=300", "population.arrival_rate=0.02"),
    *("economy=severe_recession", "economy.shock_lag=0", "economy.credit_feedback.strength=3"),
    *("policy/limit=behavioural", "policy/closing=threshold", "policy/pricing=risk_based"),
    *("study.burn_in=6", "study.months=24", "lender.charge_off_months=7", "behaviour.contagion=20"),
    *("lender.equity_per_borrower=20000",),  # so little that requests are rationed
    *("firms.per_person=0.15", "firms.productivity_sd=0.4", "firms.accident_hazard=0.02", "firms.project_hazard=0.2"),
)


def world(*overrides: str):
    """Compose the world of these tests."""
    return sim.compose([*WORLD, "machine.threads=1", *overrides])


def lived(config, months: int):
    """Run a model for some months."""
    model = sim.Model(config)
    for _ in range(months):
        model.step()
    return model


def marks(model) -> tuple:
    """Everything that a run leaves in its tables and its lender."""
    firms = [table.checksum() for table in model.firms.tables().values()]
    return model.persons.checksum(), model.accounts.checksum(), *firms, model.lender.equity


def assert_same_events(one, other, skip: int = 0) -> None:
    for name in ("default", "closure"):
        assert len(one.events[name]) == len(other.events[name]) + skip
        for rows, again in zip(one.events[name][skip:], other.events[name], strict=True):
            np.testing.assert_array_equal(rows, again)


@pytest.fixture(scope="module")
def whole():
    """The run that all others must equal: one thread, all rows in one block."""
    model = lived(world("sharing=guarantee_80_20"), MONTHS)
    assert sum(record["draws_cut"] for record in model.records) > 0, "nothing was rationed"
    assert sum(record["closures_month"] for record in model.records) > 0, "nothing was closed"
    assert sum(record["firm_failures"] for record in model.records) > 3, "hardly a firm failed"
    assert sum(record["firms_entered"] for record in model.records) > 0, "no firm was founded"
    return model


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("block", [1, 7, 4096])
def test_threads_and_blocks_do_not_change_a_bit(whole, threads, block):
    months = MONTHS if block > 1 else 8
    reference = whole if months == MONTHS else lived(world("sharing=guarantee_80_20"), months)
    model = lived(world("sharing=guarantee_80_20", f"machine.threads={threads}", f"machine.block={block}"), months)
    assert model.records == reference.records
    assert marks(model) == marks(reference)
    assert_same_events(reference, model)


@pytest.mark.parametrize("name", ["none", "joint", "guarantee", "layers"])
def test_a_run_resumed_at_any_month_is_the_run(name):
    config = world(*SCHEMES[name])
    model, saved = sim.Model(config), []
    for _ in range(MONTHS):
        saved.append(model.save())
        model.step()
    assert (model.config.sharing.layers != ()) == (name != "none")
    for month, checkpoint in enumerate(saved):
        resumed = sim.Model.fork(config, checkpoint)
        for _ in range(MONTHS - month):
            resumed.step()
        assert resumed.records == model.records[month:], f"resumed at month {month}"
        assert marks(resumed) == marks(model), f"resumed at month {month}"
        assert_same_events(model, resumed, skip=month)
        assert resumed.ledger.outside == model.ledger.outside


def test_a_checkpoint_survives_what_comes_after(whole):
    model = lived(world("sharing=guarantee_80_20"), 10)
    checkpoint = model.save()
    for _ in range(MONTHS - 10):
        model.step()
    again = sim.Model.fork(world("sharing=guarantee_80_20"), checkpoint)
    for _ in range(MONTHS - 10):
        again.step()
    assert marks(again) == marks(model) == marks(whole)


def test_another_seed_is_another_run(whole):
    assert marks(lived(world("sharing=guarantee_80_20", "seed=2"), MONTHS)) != marks(whole)


def test_the_check_of_the_books_changes_nothing(whole):
    model = lived(world("sharing=guarantee_80_20", "machine.check=false"), MONTHS)
    assert model.records == whole.records and marks(model) == marks(whole)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Run a small study with some machine settings; returns the hash of its results."""

    def run(*machine: str) -> str:
        resolved = plan(
            [
                *("population=tiny", "population.borrowers=200", "study.burn_in=6"),
                *("study.arms=[lenient,closing,guaranteed]", "study.months=6", "study.replications=2"),
                *("study.scenarios=[severe_recession]", *machine),
            ]
        )
        folder = tmp_path_factory.mktemp("study")
        run_study(resolved, folder / "out", console=Console(file=io.StringIO()))
        return read_manifest(folder / "out")["results_sha256"]

    return run


def test_the_hash_of_a_study_knows_no_machine(study):
    one = study("machine.workers=1", "machine.threads=1")
    assert len(one) == 64
    assert study("machine.workers=2", "machine.threads=2", "machine.block=64") == one
    assert study("machine.workers=1", "machine.threads=3", "machine.block=7", "out=elsewhere") == one
