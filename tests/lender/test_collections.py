"""Collections: contacts and their limits, courts, the sale of old debts, and a table of bad loans that closes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.lender.policies.collections import BulkSale, Compliant, Litigation, Staged, sell_debt
from sim.lender.policies.courts import EVIDENCE, go_to_court
from sim.loan.states import COURT_LOST, COURT_WON, LARGEST
from tests.laws.calling import call

BUSY = ("population=tiny", "firms=none", "population.borrowers=1500", "economy=severe_recession", "economy.shock_lag=0",
        "study.burn_in=6", "lender.charge_off_months=6", "machine.threads=1",
        "behaviour.strategic_hazard=0.01")  # fmt: skip
OPEN = {"collecting": 1.0, "luck_hearing": 0.5}  # courts that do not rest


def told(*overrides: str, months: int = 48):
    model = sim.Model(sim.compose([*BUSY, *overrides]))
    for _ in range(months):
        model.step()
    return model


def total(model, name: str) -> float:
    return sum(record.get(name, 0) for record in model.records)


def test_a_further_contact_does_less_and_the_cap_binds():
    effects = [Staged(contact_cap=cap).pressure()[2] for cap in range(8)]
    steps = np.diff(effects)
    assert effects[0] == 0.0 and effects[6] == effects[7] == Staged().call_pressure
    assert (steps[:6] > 0).all() and (np.diff(steps[:6]) < 0).all()
    assert Staged().pressure(0.5)[2] == Staged().call_pressure / 2
    assert Compliant().cost()[2] == Staged().call_cost * 2 // 6


def test_complaints_grow_faster_than_contacts():
    accounts = np.zeros(14, dtype=np.int64)
    accounts[2] = 1000
    few, many = Staged(call_contacts=3).complaints(accounts, 1.0), Staged(call_contacts=6).complaints(accounts, 1.0)
    assert many == pytest.approx(4 * few) and few == pytest.approx(0.0004 * 9 * 1000)


def test_staff_reach_a_share_of_accounts():
    assert Staged(call_capacity=0.02).served([960, 20, 10, 10]) == pytest.approx(0.5)
    assert Staged(call_capacity=1.0).served([0, 20, 10, 10]) == 1.0
    assert Staged().served([0] * 14) == 1.0


@given(st.integers(1, LARGEST), st.floats(0, 1), st.integers(0, 120), st.floats(0, 1))
def test_a_sale_gives_away_every_fen(owed, claimed, age, price):
    triggered = int(claimed * owed)
    given_ = {"written_off": owed, "triggered": triggered, "court": 0, "months_in_state": age}
    after = call(sell_debt, **given_, sale_months=6, sale_price=price)
    assert after["written_off"] + after["debt_sold.received"] + after["abandoned"] == owed
    assert after["triggered"] + after["recovered_triggered"] + after["abandoned_triggered"] == triggered
    assert after["face_sold"] == (owed if age == 6 else 0)
    assert 0 <= after["recovered_triggered"] <= triggered
    assert call(sell_debt, **{**given_, "court": 3}, sale_months=age, sale_price=price)["face_sold"] == 0


def test_prices_by_age_are_those_of_the_market():
    """Personal bad loans in China, 2024-2025: above 11 % under a year in default, about 2.5 % over five."""
    young = BulkSale(sale_months=1).price(7, 1.0)
    old = BulkSale(sale_months=63).price(7, 1.0)
    assert 0.11 < young < 0.131 and old == pytest.approx(0.025, abs=0.001)
    ages = [BulkSale(sale_months=age).price(7, 1.0) for age in range(0, 100, 4)]
    assert (np.diff(ages) <= 0).all()
    assert BulkSale().price(7, 2.0) == pytest.approx(BulkSale().price(7, 1.0) / 2**0.5)
    assert Staged().price(7, 1.0) == 0.0


@pytest.mark.parametrize("evidence", list(EVIDENCE))
def test_courts_take_their_time_and_follow_the_evidence(evidence):
    numbers = Litigation(evidence=evidence).numbers()
    settings = {"smallest_suit": 500_000, "court_months": 12, "dispute_months": 6, **numbers}
    won, lengths = 0, []
    grid = (np.arange(40) + 0.5) / 40
    for lasting in grid:
        for luck in grid:
            debt = {"written_off": 600_000, "court": 0, "months_in_state": 0}
            for month in range(40):
                after = call(go_to_court, **debt, **settings, **OPEN, lasting_dispute=lasting, luck_dispute=luck)
                debt |= {"court": after["court"], "months_in_state": month + 1}
                if debt["court"] in (COURT_WON, COURT_LOST):
                    lengths.append(month)
                    won += after["judgments_won"]
                    break
    assert won / len(lengths) == pytest.approx(EVIDENCE[evidence][0], abs=0.03)
    assert min(lengths) == 12
    assert np.mean([length == 18 for length in lengths]) == pytest.approx(EVIDENCE[evidence][1], abs=0.03)


def test_small_debts_stay_out_of_court():
    given_ = {"written_off": 400_000, "court": 0, "months_in_state": 0, "lasting_dispute": 0.5, "luck_dispute": 0.5}
    settings = {"smallest_suit": 500_000, "court_months": 12, "dispute_months": 6}
    assert call(go_to_court, **given_, **settings, **OPEN, **Litigation().numbers())["court"] == 0


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("policy/collections=bulk_sale",),
        ("policy/relief=restructuring", "policy.relief.relief_latest=13", "policy.relief.relief_earliest=1"),
        ("policy/relief=moratorium", "policy.relief.clock_frozen=false"),
        ("policy/closing=early_recall",),
        ("lender.charge_off_months=3",),
    ],
    ids=["staged", "sale", "restructuring", "moratorium", "recall", "early charge-off"],
)
def test_the_table_of_bad_loans_closes_every_month(overrides):
    """Opening + new - cured - repaid - charged off - restructured = closing, to the fen."""
    model = told(*overrides, months=36)
    moved = 0
    for before, now in zip(model.records, model.records[1:], strict=False):
        left = sum(now[name] for name in ("npl_cured", "npl_repaid", "npl_charged_off")) + before.get(
            "npl_restructured", 0
        )
        assert before["npl_stock"] + now["npl_new"] - left == now["npl_stock"]
        moved += now["npl_new"] + left
    assert moved > 0 or overrides == ("lender.charge_off_months=3",)


def test_what_is_sold_fetches_its_price_and_is_not_recovered_again():
    model = told("policy/collections=bulk_sale", "policy.collections.sale_months=3")
    fetched, owed = total(model, "debt_sold"), total(model, "face_sold")
    assert owed > 0
    price = model.config.policy.collections.price(6, 1.0)
    assert 0.4 * price < fetched / owed < 1.6 * price, "supply moves the price"
    assert total(model, "recovered_later") == 0
    assert total(model, "recovered") == fetched + total(model, "recovered_year_1") + total(model, "recovered_year_2")


def test_courts_recover_more_and_cost_more():
    staged, suing = told(), told("policy/collections=litigation", "policy.collections.smallest_suit=0")
    assert total(suing, "suits") > 50
    assert total(suing, "judgments_won") + total(suing, "judgments_lost") <= total(suing, "suits")
    assert total(suing, "recovered") > 1.2 * total(staged, "recovered")
    assert total(suing, "collections_cost") > total(staged, "collections_cost")


def test_after_a_year_little_is_recovered_in_house():
    """Loans over a year in arrears recover less than 20 % in house; a run long enough to see two years of it."""
    fixed = ("seed=23", "population.borrowers=8000", "economy=severe_recession", "machine.threads=1")
    model = sim.Model(sim.compose([*fixed, "lender.exclusion_months=36"]))
    for _ in range(96):
        model.step()
    charged = sum(record["charged_off"] for record in model.records[:-24])
    assert 0.02 < total(model, "recovered") / charged < 0.20
