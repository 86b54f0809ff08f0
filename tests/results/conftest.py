"""One small study and one small sweep for all that only look."""

from __future__ import annotations

import pytest

import sim

SMALL = (
    "population.borrowers=200",
    "study.replications=3",
    "study.months=16",
    "study.burn_in=6",
    "machine.workers=1",
)
STUDY = (*SMALL, "study.arms=[lenient,limits,guaranteed]", "study.scenarios=[calm,severe_recession]")
SWEEP = (
    *SMALL,
    "study.months=4",
    "study.arms=[lenient,guaranteed]",
    "economy=severe_recession",
    "design=grid",
    "fund.capital_share=0.02,0.3",
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A study folder with its report; nobody may change what lies in it."""
    made = tmp_path_factory.mktemp("results") / "study"
    sim.run(STUDY, out=made)
    return made


@pytest.fixture(scope="session")
def study(folder):
    return sim.open(folder)


@pytest.fixture(scope="session")
def sweep(tmp_path_factory):
    return sim.run(SWEEP, out=tmp_path_factory.mktemp("results") / "sweep")
