"""One package dominates another only where no party is worse off by more than a stated margin."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from sim.study.compare.dominance import (
    BETTER,
    EQUIVALENT,
    IDENTICAL,
    NOT_BETTER,
    NOT_WORSE,
    OPEN,
    RESPECTS,
    WORSE,
    dominance,
    verdict,
)
from sim.study.plan.settings import StudySettings

LUCK = np.random.default_rng(10)
BASE, NOISE = LUCK.normal(size=30), LUCK.normal(size=30)
LENT, PERSONS = 1.2e8, 1000.0
STUDY = StudySettings()


def table(**arms) -> pd.DataFrame:
    """A run for each replication; what is not named is the same in every package."""
    frames = {}
    for arm, changed in arms.items():
        figures = {name: BASE for name in RESPECTS}
        figures |= {"outstanding": np.full(30, LENT), "persons": np.full(30, PERSONS)}
        frames[arm, "calm"] = pd.DataFrame(figures | {name: BASE + by for name, by in changed.items()})
    return pd.concat(frames, names=["arm", "scenario", "replication"])


def pair(study: StudySettings = STUDY, **changed) -> pd.DataFrame:
    return dominance(table(new=changed, old={}), ["new", "old"], study).set_index("figure")


def margin_of(name: str) -> float:
    """The margin in the unit of the figure, counted here once more."""
    respect = RESPECTS[name]
    if respect.margin == "margin_persons":
        return STUDY.margin_persons * PERSONS
    return getattr(STUDY, respect.margin) * (LENT / 12 if respect.money else 1.0)


def test_better_somewhere_and_not_worse_anywhere_dominates():
    found = pair(loss_rate=-1.0 + 0.01 * NOISE)
    assert found.loc["loss_rate", "verdict"] == BETTER
    assert set(found["verdict"].drop("loss_rate")) == {IDENTICAL}
    assert set(found["dominates"]) == {"new"}
    other = dominance(table(old={}, new={"loss_rate": -1.0 + 0.01 * NOISE}), ["old", "new"]).set_index("figure")
    assert other.loc["loss_rate", "verdict"] == WORSE and set(other["dominates"]) == {"new"}


@pytest.mark.parametrize("name", [name for name in RESPECTS if name != "approval_rate"])
def test_one_party_that_is_worse_off_is_enough(name):
    """Whoever it is, beyond the margin nobody dominates; within it the package still does."""
    respect, margin = RESPECTS[name], margin_of(name)
    better = {"approval_rate": 1.0 + 0.01 * NOISE}
    beyond = pair(**better, **{name: -respect.better * margin * (1.5 + 0.01 * NOISE)})
    assert beyond.loc[name, "verdict"] == WORSE and not beyond.loc[name, "not_worse"]
    assert set(beyond["dominates"]) == {""}
    within = pair(**better, **{name: -respect.better * margin * (0.5 + 0.01 * NOISE)})
    assert within.loc[name, "verdict"] == WORSE and within.loc[name, "not_worse"]
    assert set(within["dominates"]) == {"new"}
    assert within.loc[name, "margin"] == pytest.approx(margin)


@pytest.mark.parametrize("name", ["loss_rate", "fund_result", "partner_result", "borrowers_cost"])
def test_no_significance_is_not_equality(name):
    """A difference that luck hides is open: nobody may call it not worse."""
    found = pair(approval_rate=1.0 + 0.01 * NOISE, **{name: 30 * margin_of(name) * NOISE})
    assert found.loc[name, "p_holm"] > 0.01
    assert found.loc[name, "verdict"] == OPEN
    assert set(found["dominates"]) == {""}


def test_verdicts_follow_the_interval():
    def said(middle: float, half: float, chance: float = 1.0) -> str:
        ends = np.array([-1.0, 1.0] * 10)
        width = half / (np.std(ends, ddof=1) / math.sqrt(20) * 2.0930240544)  # t(0.975, 19)
        return verdict(middle + width * ends, 1.0, chance, STUDY)[0]

    assert said(0.2, 0.5) == EQUIVALENT
    assert said(0.8, 0.9) == NOT_WORSE
    assert said(-0.8, 0.9) == NOT_BETTER
    assert said(0.0, 2.0) == OPEN
    assert said(2.0, 0.5, chance=0.001) == BETTER and said(-2.0, 0.5, chance=0.001) == WORSE
    assert verdict(np.zeros(5), 0.0, 1.0, STUDY) == (IDENTICAL, True, True)
    # One run shows nothing but identity.
    assert verdict(np.ones(1), 5.0, math.nan, STUDY) == (OPEN, False, False)


def test_margins_are_the_settings():
    worse = {"approval_rate": 1.0 + 0.01 * NOISE, "loss_rate": 0.004 + 0.0001 * NOISE}
    assert set(pair(**worse)["dominates"]) == {""}
    wide = dataclasses.replace(STUDY, margin_outstanding=0.01)
    found = pair(wide, **worse)
    assert set(found["dominates"]) == {"new"}
    assert found.loc["fund_result", "margin"] == pytest.approx(0.01 * LENT / 12)
    none = dataclasses.replace(STUDY, margin_outstanding=0.0, margin_access=0.0, margin_persons=0.0)
    assert set(pair(none, loss_rate=-1.0 + 0.01 * NOISE)["dominates"]) == {"new"}  # all else is identical


def test_a_figure_that_has_no_value_blocks_the_verdict():
    found = pair(approval_rate=1.0 + 0.01 * NOISE, borrowers_cost=np.full(30, math.nan))
    assert found.loc["borrowers_cost", "verdict"] == OPEN
    assert set(found["dominates"]) == {""}
