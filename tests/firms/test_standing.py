"""The firms' numbers that no month changes, by hand."""

from __future__ import annotations

import pytest

import sim
from sim.economy.sectors import PRIVATE_SECTORS
from sim.firms.standing import standing_numbers


def test_what_follows_from_settings():
    config = sim.compose(
        ["firms.demand_share=0.2", "firms.credit_sales=0.5", "firms.prudence=0.6", "feedback.credit=0.5"]
    )
    found = standing_numbers(config, 0.25)
    assert found["cash_part"] == pytest.approx(0.2 + 0.8 * 0.5)
    assert found["credit"] == pytest.approx(0.3), "how far prudence binds, where the link from credit is half on"
    assert found["overdraft_rate"] == pytest.approx((config.economy.policy_rate + 0.03) / 12)
    assert found["jobs"] == found["layoff_strength"] == 0.25 and standing_numbers(config, 0.0)["layoff_strength"] == 1.0
    assert PRIVATE_SECTORS[found["farm_sector"]] == "agriculture" and found["opening_multiple"] == 1.5
    days = config.sectors.by_sector("inventory_days")
    assert found["inventory_months_by_sector"] == pytest.approx(days / (365.0 / 12.0), rel=0.02)


def test_limits_that_follow_behaviour_have_terms_of_their_own_for_firms():
    plain, followed = (standing_numbers(sim.compose(words), 1.0) for words in ([], ["policy/limit=behavioural"]))
    assert "review_interval" not in plain and followed["review_interval"] == 12
