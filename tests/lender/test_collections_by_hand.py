"""Collections by hand: what each bucket is asked, costs and feels, courts step by step, prices of old debts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.lender.policies.collections import (
    OPTIONS,
    BulkSale,
    Compliant,
    Light,
    Litigation,
    Secured,
    Staged,
    sell_debt,
)
from sim.lender.policies.courts import EVIDENCE, go_to_court
from sim.loan.states import COURT_LOST
from tests.laws.calling import does


def by_bucket(m0, m1, m2_m3, later):
    return [m0, m1, m2_m3, m2_m3, *[later] * 10]


def test_every_bucket_has_its_stage():
    """M1 reminders, M2-M3 calls, M4 and later legal work: nothing in order, and the last of all at 13."""
    staged = Staged(reminder_contacts=3, call_contacts=7, legal_contacts=5)
    assert staged.intended().tolist() == by_bucket(0, 3, 7, 5)
    assert staged.pressure().tolist() == by_bucket(0.0, 0.5, 1.5, 1.0)
    assert staged.cost().tolist() == by_bucket(0, 50, 1000, 3000)
    capped = Staged(reminder_contacts=3, call_contacts=7, legal_contacts=5, contact_cap=4)
    assert capped.contacts().tolist() == by_bucket(0, 3, 4, 4)
    assert capped.cost().tolist() == by_bucket(0, 50, 571, 2400)  # 4/7 of 1000, 4/5 of 3000
    effect = {made: 1.0 - math.exp(-made / 4.0) for made in (4, 5, 7)}
    expected = by_bucket(0.0, 0.5, 1.5 * effect[4] / effect[7], 1.0 * effect[4] / effect[5])
    assert capped.pressure().tolist() == pytest.approx(expected)
    assert capped.pressure(0.25).tolist() == pytest.approx([value / 4.0 for value in expected])


def test_nothing_meant_is_no_contact_and_full_effect():
    silent = Staged(reminder_contacts=0)
    for made in (silent.contacts, silent.cost):  # worked out once, and nobody's to change
        made()[:] = 99
        assert made()[0] == 0
    assert silent.pressure()[1] == 0.5 and silent.contacts()[1] == 0


def test_complaints_weigh_every_bucket_by_the_square_of_its_contacts():
    accounts = np.array([1000, 100, 10, 20, *[1] * 10])
    expected = 0.0004 * 0.5 * (100 * 4 + 30 * 36 + 10 * 4)
    assert Staged().complaints(accounts, 0.5) == pytest.approx(expected)
    assert Compliant().complaints(accounts, 1.0) == pytest.approx(0.0004 * (100 * 4 + 30 * 4 + 10 * 4))


def test_staff_work_on_a_share_of_all_accounts():
    assert Staged(call_capacity=0.01).served([900, *[0] * 12, 100]) == pytest.approx(0.1)
    assert Staged(call_capacity=0.01).served([900, 50, *[0] * 11, 50]) == pytest.approx(0.1)
    assert Staged(call_capacity=0.5).served([900, *[0] * 12, 100]) == 1.0


def test_a_sale_by_hand():
    debt = {"written_off": 1_000, "triggered": 300, "court": 0, "months_in_state": 6, "sale_months": 6,
            "sale_price": 0.1}  # fmt: skip
    does(sell_debt, debt, {"written_off": 0, "triggered": 0, "debt_sold.received": 100, "recovered_triggered": 30,
                           "abandoned_triggered": 270, "abandoned": 900, "face_sold": 1_000})  # fmt: skip
    for other in ({"months_in_state": 5}, {"months_in_state": 7}, {"court": 1}, {"court": COURT_LOST}):
        does(sell_debt, {**debt, **other})


def test_prices_between_half_a_year_and_five_and_a_half():
    """Charged off at four months past due, a debt of 36 months stands half way: the geometric mean of both prices."""
    sale = BulkSale(young_price=0.16, old_price=0.04)
    assert BulkSale(sale_months=36, young_price=0.16, old_price=0.04).price(4, 1.0) == pytest.approx(0.08)
    assert BulkSale(sale_months=35, young_price=0.16, old_price=0.04).price(5, 1.0) == pytest.approx(0.08)
    assert sale.price(4, 1.0) == sale.price(1, 1.0) == pytest.approx(0.16)
    assert BulkSale(sale_months=119, young_price=0.16, old_price=0.04).price(4, 1.0) == pytest.approx(0.04)
    assert sale.price(4, 4.0) == pytest.approx(0.08) and sale.price(4, 0.25) == pytest.approx(0.32)
    assert sale.price(4, 0.0) == pytest.approx(0.16 * 10.0**0.5)
    assert BulkSale(young_price=0.9, old_price=0.9).price(4, 0.1) == 1.0
    assert sale.check() == BulkSale(old_price=0.126).check() == []
    assert "old_price: 0.2 is above young_price 0.16" in BulkSale(young_price=0.16, old_price=0.2).check()[0]


def test_numbers_of_courts_follow_the_evidence():
    assert Staged().numbers() == {"enforcement": 0.0, "evidence_cost": 0, "suit_cost": 0}
    for kind, (win, dispute, cost) in EVIDENCE.items():
        assert Litigation(evidence=kind).numbers() == {
            "win_chance": win, "dispute_chance": dispute, "evidence_cost": cost, "enforcement": 0.04,
            "suit_cost": 50_000,
        }  # fmt: skip
    assert EVIDENCE == {"none": (0.55, 0.3, 0), "logged": (0.7, 0.15, 10), "notarised": (0.9, 0.05, 60)}
    better = [EVIDENCE[kind] for kind in ("none", "logged", "notarised")]
    assert [win for win, *_ in better] == sorted(win for win, *_ in better)
    assert [dispute for _, dispute, _ in better] == sorted((d for _, d, _ in better), reverse=True)
    assert [cost for *_, cost in better] == sorted(cost for *_, cost in better)


def test_options():
    assert {name: option.stages for name, option in OPTIONS.items() if option.stages} == {
        **dict.fromkeys(("litigation", "us_cards"), (go_to_court,)), "bulk_sale": (sell_debt,)
    }  # fmt: skip
    assert [name for name, option in OPTIONS.items() if option.enforces] == ["secured"]
    there, here = OPTIONS["us_cards"](), Litigation()
    assert there.court_months == 6 < here.court_months and there.recovery_hazard == 0.014 < here.recovery_hazard
    assert (Light().pressure() < Staged().pressure()).tolist() == by_bucket(False, True, True, True)
    assert Light().recovery_hazard < Staged().recovery_hazard and Secured().pledge_from == Secured().owner_from == 2
