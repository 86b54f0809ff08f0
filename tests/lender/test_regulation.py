"""What the law allows: caps on limits, own shares, partner banks and debt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.config.errors import UsageError
from sim.lender.policies.regulation import China2021, keep_within_law
from tests.laws.calling import call, does

SMALL = ("population=tiny", "population.borrowers=1000", "machine.threads=1", "study.burn_in=0")


@given(st.integers(0, 10**9), st.floats(0, 1e8), st.integers(0, 10**9), st.floats(0, 2))
def test_a_limit_is_only_ever_lowered(limit, inflow, cap, share):
    after = call(keep_within_law, limit=limit, inflow_slow=inflow, borrower_cap=cap, income_cap=share)
    assert after["limit"] <= min(limit, cap)
    if share > 0:
        assert after["limit"] <= 12 * share * inflow
    assert after["limits_capped"] == (after["limit"] < limit)


def test_firms_have_no_cap_by_income():
    assert China2021().numbers(firms=True) == {"borrower_cap": 100_000_000, "income_cap": 0.0}


def lines(*overrides: str, months: int = 4):
    model = sim.Model(sim.compose([*SMALL, *overrides]))
    for _ in range(months):
        model.step()
    return model


def test_caps_bind_whatever_the_policy_says():
    generous = ("policy.limit.opening_multiple=12", "firms.opening_multiple=3")
    law = ("regulation=china_2021", "regulation.person_cap=2000000", "regulation.firm_cap=900000")
    free, bound = lines(*generous), lines(*generous, *law)
    assert free.accounts["limit"].max() > 2_000_000 and free.firms.accounts["limit"].max() > 900_000
    limits, inflow = (bound.accounts[name] for name in ("limit", "inflow_slow"))
    assert limits.max() <= 2_000_000 and bound.firms.accounts["limit"].max() <= 900_000
    opened = limits > 0
    assert (limits[opened] <= 4.0 * inflow[opened] + 1).all() and np.count_nonzero(opened) > 300
    assert bound.record["limit_total"] < 0.9 * free.record["limit_total"]
    assert sum(record["limits_capped"] for record in bound.records) > 0


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (("sharing=joint_loan_30_70", "regulation.least_own_share=0.4"), "sharing: the platform funds 30%"),
        (
            ("sharing=joint_loan_30_70", "sharing.partners=[{share: 1, one_platform_cap: 0.3}]"),
            "sharing.partners[0].one_platform_cap: 0.3 is not allowed: at most 0.25",
        ),
        (
            ("sharing=joint_loan_30_70", "sharing.partners=[{share: 1, all_platforms_cap: 0.6}]"),
            "sharing.partners[0].all_platforms_cap: 0.6 is not allowed: at most 0.5",
        ),
        (("lender.leverage_cap=6",), "lender.leverage_cap: 6 is not allowed: at most 5"),
        (("regulation.person_cap=-1",), "regulation.person_cap: -1"),
    ],
)
def test_what_the_law_forbids_is_refused(overrides, says):
    with pytest.raises(UsageError) as refused:
        sim.compose(["regulation=china_2021", *overrides])
    assert str(refused.value).startswith(says) and "\n" not in str(refused.value)


def test_what_it_allows_composes():
    assert sim.compose(["regulation=china_2021", "sharing=joint_loan_30_70"]).regulation == China2021()


def test_caps_by_hand():
    """A third of a year's 100 000 fen a month is 400 000; what is not above it stays."""
    line = {"limit": 500_000, "inflow_slow": 100_000.0, "borrower_cap": 450_000, "income_cap": 1.0 / 3.0}
    does(keep_within_law, line, {"limit": 400_000, "limits_capped": 1})
    does(keep_within_law, {**line, "limit": 400_000})
    does(keep_within_law, {**line, "income_cap": 0.0}, {"limit": 450_000, "limits_capped": 1})
    does(keep_within_law, {**line, "income_cap": 0.0, "limit": 450_000})
    does(keep_within_law, {**line, "borrower_cap": 390_000}, {"limit": 390_000, "limits_capped": 1})
    does(keep_within_law, {**line, "inflow_slow": 102_000.0}, {"limit": 400_000, "limits_capped": 1})  # of 408 000
    assert China2021().numbers() == {"borrower_cap": 30_000_000, "income_cap": 1.0 / 3.0}
