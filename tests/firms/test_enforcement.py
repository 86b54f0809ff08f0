"""Security of firms in business: pledges are sold, owners called, costs booked, and every fen of it."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim.config.errors import UsageError
from sim.firms.enforcement import enforce_security
from sim.loan.states import LINE_CLOSED, LINE_FROZEN, LINE_OPEN
from tests.laws.accounts import assert_month, stocks
from tests.laws.calling import act
from tests.month.town import town

# Firms of the size that pledges, with loans, in bad times.
WORLD = (
    *("population.borrowers=5000", "firms.small_share=1", "firms.small_staff=8", "machine.threads=1"),
    *("study.burn_in=6", "economy=severe_recession", "economy.shock_lag=0", "policy/approval=everyone"),
)
SECURED = "policy/collections=secured"


@functools.cache
def lived(seed: int, *overrides: str) -> sim.Model:
    model = sim.Model(sim.compose([*WORLD, f"seed={seed}", *overrides]))
    for _ in range(36):
        model.step()
    return model


def total(name: str, *overrides: str) -> float:
    return sum(record.get(name, 0) for seed in (1, 2) for record in lived(seed, *overrides).records)


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
    model = lived(
        1, "lender.exclusion_months=36", "firms.charge_off_months=4", "firms.owner_garnish=0.15", "firms.credit_share=1"
    )
    charged = sum(record["firm_charged_off"] for record in model.records)
    first = sum(record["firm_recovered_year_1"] for record in model.records)
    later = sum(record["firm_recovered_later"] for record in model.records)
    assert first > later > 0 and later / charged < 0.20
    assert first + later == sum(record["firm_recovered"] for record in model.records)


# ---- by hand ----------------------------------------------------------------------------------------


def secured(**policy):
    """Firm 1 is three months late with a pledge of 400; the owner of firm 2, five months late, has 1 000."""
    model = town()
    names = {"pledge_from": 3, "owner_from": 5, "owner_share": 0.5, "seizure_cost": 100, "call_owner_cost": 7, **policy}
    model.config.policy = SimpleNamespace(collections=SimpleNamespace(**names))
    private, book = model.firms.private, model.firms.accounts
    book["months_past_due"][1:], book["overdue"][1:], book["principal"][1:] = [3, 5, 2], 60, 500
    book["interest"][1], book["due"][1:] = 20, [90, 80, 70]
    book["line"][1:], book["limit"][:] = [LINE_OPEN, LINE_FROZEN, LINE_OPEN], 900
    private["pledge"][:], private["owner"][:] = [0, 400, 0, 400], [0, 3, 4, 5]
    private["cash"][1:], private["reserve"][:] = [10, 30, 5], 25
    model.persons["cash"][4] = 1_000
    return model


def test_security_is_called_from_its_stage_on():
    model = secured()
    act(enforce_security, model)
    private, book, flows = model.firms.private, model.firms.accounts, model.ledger.flows
    # The pledge brings 200, all of it on the loan; the owner pays the 80 that are due.
    assert private["pledge"].tolist() == [0, 0, 0, 400] and private["cash"].tolist() == [0, 210, 110, 5]
    assert book["due"].tolist() == [0, 200, 80, 70] and model.persons["cash"][4] == 920
    assert book["line"].tolist() == [0, LINE_CLOSED, LINE_CLOSED, LINE_OPEN]
    assert book["limit"].tolist() == [900, 0, 0, 900]
    assert (flows["pledges_enforced"], flows["owners_called"], flows["estate_sold"]) == (1, 1, 200)
    assert flows["owner_guarantee"] == 80 and flows["security_brought"] == 280 and flows["security_cost"] == 107
    # Wages put aside yield: 10 and 30 are left beside what is due.
    assert private["reserve"].tolist() == [25, 10, 25, 25]


@pytest.mark.parametrize("change", [{"pledge_from": 4}, {"owner_from": 6}])
def test_not_before_its_stage(change):
    model = secured(**change)
    act(enforce_security, model)
    flows = model.ledger.flows
    assert (flows["pledges_enforced"], flows["owners_called"]) == ((0, 1) if "pledge_from" in change else (1, 0))


def test_who_is_not_behind_or_not_liable_is_left_alone():
    for name in ("overdue", "principal"):
        model = secured()
        model.firms.accounts[name][:] = 0
        act(enforce_security, model)
        assert model.ledger.flows["pledges_enforced"] == model.ledger.flows["owners_called"] == 0, name
    model = secured()
    model.firms.private["trading"][:] = 0
    act(enforce_security, model)
    assert model.ledger.flows["estate_sold"] == 0
    model = secured()
    model.firms.settings.owner_guarantee = 0.0
    act(enforce_security, model)
    assert model.ledger.flows["owners_called"] == 0 and model.ledger.flows["pledges_enforced"] == 1


def test_a_pledge_pays_no_more_than_is_owed():
    model = secured()
    model.firms.private["pledge"][1] = 4_000
    act(enforce_security, model)
    assert model.firms.accounts["due"][1] == 520 and model.ledger.flows["security_brought"] == 600


def test_an_owner_pays_what_the_pledge_leaves_due():
    model = secured(owner_from=3)
    model.firms.private["pledge"][1], model.persons["cash"][3] = 100, 1_000
    act(enforce_security, model)
    # 50 of the 90 due come from the pledge.
    assert model.persons["cash"][3] == 960 and model.ledger.flows["owner_guarantee"] == 40 + 80
    assert model.firms.private["cash"][1] == 10 + 90
