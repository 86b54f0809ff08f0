"""Security of firms in business: pledges are sold, owners called, costs booked, and every fen of it."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import sim
from sim.config.errors import UsageError
from sim.loan.states import LINE_OPEN
from tests.laws.accounts import assert_month, stocks

# Firms of the size that pledges, in bad times.
WORLD = (
    *("population.borrowers=5000", "firms.small_share=1", "firms.small_staff=8", "machine.threads=1"),
    *("study.burn_in=6", "economy=severe_recession", "economy.shock_lag=0"),
)
SECURED = "policy/collections=secured"


@functools.cache
def lived(seed: int, *overrides: str) -> sim.Model:
    model = sim.Model(sim.compose([*WORLD, f"seed={seed}", *overrides]))
    for _ in range(36):
        model.step()
    return model


def total(name: str, *overrides: str) -> float:
    return sum(record[name] for seed in (1, 2) for record in lived(seed, *overrides).records)


def test_security_brings_money_and_costs_money():
    assert total("pledges_enforced", SECURED) > 4 and total("owners_called", SECURED) > 5
    assert total("security_brought", SECURED) > 0 == total("security_brought") == total("owners_called")
    assert total("firm_npl_new", SECURED) < 0.95 * total("firm_npl_new")
    cost = 100_000 * total("pledges_enforced", SECURED) + 5_000 * total("owners_called", SECURED)
    assert total("collections_cost", SECURED) > total("collections_cost") + 0.5 * cost


def test_each_stage_is_chosen_apart():
    pledges = (SECURED, "policy.collections.owner_from=14")
    owners = (SECURED, "policy.collections.pledge_from=14")
    assert total("owners_called", *pledges) == 0 < total("pledges_enforced", *pledges)
    assert total("pledges_enforced", *owners) == 0 < total("owners_called", *owners)
    assert total("owners_called", SECURED, "firms.owner_guarantee=0") == 0, "nobody is liable"


def test_every_fen_and_no_draws_once_security_is_called():
    overrides = (SECURED, "sharing=guarantee_80_20", "policy.collections.owner_share=1", "firms.pledge_share=3")
    model = sim.Model(sim.compose([*WORLD, "seed=4", *overrides]))
    before, called = stocks(model), 0
    for _ in range(30):
        late = model.firms.accounts["months_past_due"] >= 3
        pledge = model.firms.private["pledge"].copy()
        model.step()
        before = assert_month(model, before)
        private, book = model.firms.private, model.firms.accounts
        sold = (pledge > 0) & (private["pledge"][: len(pledge)] == 0) & (private["trading"][: len(pledge)] > 0)
        assert not (book["line"][: len(pledge)][sold] == LINE_OPEN).any()
        assert (sold[late & (pledge > 0) & (private["trading"][: len(pledge)] > 0)]).all()
        called += np.count_nonzero(sold)
    assert called > 0


@pytest.mark.parametrize("key", ["pledge_from=0", "owner_share=1.5", "seizure_cost=-1", "pledge_form=2"])
def test_bad_keys_are_refused_in_one_line(key):
    with pytest.raises(UsageError) as refused:
        sim.compose([SECURED, f"policy.collections.{key}"])
    assert "\n" not in str(refused.value) and str(refused.value).startswith("policy.collections.")


def test_firms_recover_most_early_and_less_than_in_court():
    """What is charged off comes back mostly within a year; after the first year less than 20 % of it."""
    model = lived(1, "lender.exclusion_months=36", "firms.charge_off_months=4", "firms.owner_garnish=0.15")
    charged = sum(record["firm_charged_off"] for record in model.records)
    first = sum(record["firm_recovered_year_1"] for record in model.records)
    later = sum(record["firm_recovered_later"] for record in model.records)
    assert first > later > 0 and later / charged < 0.20
    assert first + later == sum(record["firm_recovered"] for record in model.records)
