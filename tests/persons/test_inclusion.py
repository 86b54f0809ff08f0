"""Inclusion by true income, courses for customers, and customers who walk out."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim.lender.policies.education import attend_course
from sim.loan.states import LINE_APPLIED, LINE_CLOSED, LINE_OPEN, LINE_REFUSED
from sim.persons.inclusion import (
    concentration,
    count_applicants,
    find_decile,
    inclusion_figures,
    measure_inclusion,
)
from sim.persons.moving import take_offence, walk_out
from tests.laws.calling import call

WALKING = (take_offence, walk_out)

WORLD = ("seed=11", "machine.threads=1", "firms=none", "feedback=none", "study.burn_in=12")


def lived(*overrides: str, borrowers: int = 3000, months: int = 24):
    model = sim.Model(sim.compose([*WORLD, f"population.borrowers={borrowers}", *overrides]))
    for _ in range(months):
        model.step()
    return model


def test_deciles_have_nine_bounds():
    cuts = range(10, 100, 10)
    assert [find_decile(income, *cuts).income_decile for income in (0, 9, 10, 19, 45, 50, 59, 89, 90, 10**6)] == [
        *(0, 0, 1, 1, 4, 5, 5, 8, 9, 9)
    ]


PERSON = {"line": LINE_OPEN, "months_in_state": 0, "principal": 1_000, "rate": 0.15, "thin_file": 1,
          "income_decile": 3}  # fmt: skip


def test_one_person_is_counted_in_its_decile():
    assert call(measure_inclusion, **PERSON) == {
        "thin_balance": 1_000, "thin_interest": 150, "persons_by_decile place": 3, "persons_by_decile amount": 1,
        "open_by_decile place": 3, "open_by_decile amount": 1, "refused_by_decile place": 3,
        "refused_by_decile amount": 0, "balance_by_decile place": 3, "balance_by_decile amount": 1_000,
        "interest_by_decile place": 3, "interest_by_decile amount": 150,
    }  # fmt: skip
    thick = call(measure_inclusion, **{**PERSON, "thin_file": 0})
    assert (thick["thin_balance"], thick["thin_interest"]) == (0, 0)
    for months, refused in ((0, 1), (1, 0)):
        found = call(measure_inclusion, **{**PERSON, "line": LINE_REFUSED, "months_in_state": months})
        assert (found["refused_by_decile amount"], found["open_by_decile amount"]) == (refused, 0)
    for line, applies in ((LINE_APPLIED, 1), (LINE_OPEN, 0)):
        assert call(count_applicants, **{**PERSON, "line": line}) == {
            "applicants_by_decile place": 3, "applicants_by_decile amount": applies,
        }  # fmt: skip


def test_each_bound_belongs_to_the_decile_above_it():
    cuts = range(10, 100, 10)
    steps = [find_decile(cut, *cuts).income_decile - find_decile(cut - 1, *cuts).income_decile for cut in cuts]
    assert steps == [1] * 9


def test_figures_by_decile():
    per_decile = {"persons": 4, "open": 3, "applicants": 2, "refused": 1, "balance": 2_000, "interest": 300}
    bins = {f"{name}_by_decile": np.full(10, amount) for name, amount in per_decile.items()}
    bins["balance_by_decile"][9] = 4_000
    found = inclusion_figures(SimpleNamespace(study=SimpleNamespace(inclusion=True)), bins)
    figures = ("access", "applications", "approvals", "price")
    assert [found[f"{figure}_decile_1"] for figure in figures] == [0.75, 2, 1, 0.15]
    assert found["price_decile_10"] == 0.075 and found["credit_concentration"] > 0.0 and len(found) == 41
    assert inclusion_figures(SimpleNamespace(study=SimpleNamespace(inclusion=False)), bins) == {}


def test_figures_are_those_of_the_tables():
    model = lived("study.inclusion=true", "policy/pricing=risk_based")
    accounts, record = model.accounts, model.record
    cuts = [model.standing[f"income_cut_{k}"] for k in range(1, 10)]
    alive = accounts["alive"] != 0
    decile = np.searchsorted(cuts, model.persons["income_permanent"], side="right")
    for k in range(10):
        inside = alive & (decile == k)
        assert 0.05 < inside.sum() / alive.sum() < 0.16
        assert record[f"access_decile_{k + 1}"] == pytest.approx((accounts["line"][inside] == LINE_OPEN).mean())
        owed = accounts["principal"][inside].astype(float)
        price = (accounts["rate"][inside] * owed).sum() / owed.sum()
        assert record[f"price_decile_{k + 1}"] == pytest.approx(price, rel=1e-4)
    for file in ("thin", "thick"):
        among = alive & ((accounts["thin_file"] != 0) == (file == "thin"))
        price = np.average(accounts["rate"][among], weights=accounts["principal"][among])
        assert record[f"price_{file}_file"] == pytest.approx(price, rel=1e-5), file
    assert record["price_thin_file"] != record["price_thick_file"], "two figures, not one"
    for what, of_all in (("applications", "applications_decided"), ("approvals", "approvals")):
        total = sum(record[f"{what}_decile_{k}"] for k in range(1, 11))
        assert total == model.ledger.flows[of_all]


def test_measuring_changes_nothing_else():
    plain, measured = lived(), lived("study.inclusion=true")
    assert plain.accounts.checksum() == measured.accounts.checksum()
    assert plain.persons.checksum() == measured.persons.checksum()
    assert not any(value for name, value in plain.record.items() if "_decile_" in name)


def test_concentration_by_hand():
    """Half the persons hold a quarter: the curve through (1/2, 1/4) leaves an index of 1/4."""
    assert concentration(np.array([5, 5]), np.array([10, 30])) == pytest.approx(0.25)
    assert concentration(np.array([5, 5]), np.array([30, 10])) == pytest.approx(-0.25)
    assert concentration(np.array([5, 5]), np.array([0, 0])) == 0.0


COURSE = {"taught": 0, "line": LINE_OPEN, "score": 600.0, "patience": 2.0, "appetite": 1.0, "honesty": 0.5,
          "education_share": 0.5, "education_below": 650.0, "education_patience": 0.1, "education_restraint": 0.2,
          "education_honesty": 0.1, "lasting_education": 0.4}  # fmt: skip


def test_a_course_is_attended_once_by_those_invited():
    after = call(attend_course, **COURSE)
    assert (after["taught"], after["courses"]) == (1, 1)
    assert after["patience"] == pytest.approx(2.2)
    assert after["appetite"] == pytest.approx(0.8)
    assert after["honesty"] == pytest.approx(0.55)
    for other in ({"taught": 1}, {"line": LINE_CLOSED}, {"score": 650.0}, {"lasting_education": 0.5}):
        left = call(attend_course, **{**COURSE, **other})
        assert (left["courses"], left["patience"], left["honesty"]) == (0, 2.0, 0.5)


def test_courses_cost_so_much_a_head_and_reach_the_share_invited():
    model = lived("policy/education=courses", "policy.education.education_share=0.4")
    courses = sum(record["courses"] for record in model.records)
    assert sum(record["education_cost"] for record in model.records) == 5_000 * courses > 0
    opened = (model.accounts["alive"] != 0) & (model.accounts["line"] == LINE_OPEN)
    taught = model.persons["taught"][opened].mean()
    assert taught == pytest.approx(0.4, abs=4 * np.sqrt(0.24 / opened.sum()))
    assert model.record["taught"] == (model.persons["taught"] != 0)[model.accounts["alive"] != 0].sum()


@pytest.mark.slow
def test_the_taught_default_less_than_those_left_out_by_lot():
    """Courses three times as strong as usual, so that a few thousand persons show it."""
    strong = [f"policy.education.education_{what}" for what in ("patience=0.25", "restraint=0.3", "honesty=0.3")]
    gaps = []
    for seed in range(21, 25):
        model = lived(
            *("policy/education=courses", "policy.education.education_share=0.5", f"seed={seed}", *strong),
            *("economy=severe_recession", "population.borrowers=8000"),
            months=72,
        )
        later = model.records[24:]
        taught, all_of_them = (sum(record[name] for record in later) for name in ("defaults_taught", "defaults"))
        persons = sum(record["taught"] for record in later), sum(record["persons"] for record in later)
        rates = taught / persons[0], (all_of_them - taught) / (persons[1] - persons[0])
        gaps.append(rates[0] / rates[1] - 1.0)
    assert np.mean(gaps) < -0.05
    assert np.mean(gaps) + 2 * np.std(gaps, ddof=1) / 2 < 0


LEAVING = {"principal": 0, "interest": 0, "written_off": 0, "cash": 700, "other_debt": 90, "line": LINE_OPEN,
           "limit": 500, "months_past_due": 0, "request": 100, "offended": 0, "leave_without_line": 0.1,
           "block_churn": 0.5, "closing_churn": 0.2, "draw_blocked": 0.04, "luck_leave": 0.5,
           "luck_authenticate": 0.019}  # fmt: skip


def test_a_blocked_draw_loses_the_customer_once_nothing_is_owed():
    after = call(WALKING, **LEAVING)
    assert (after["alive"], after["leavers_cash.paid"], after["leavers_debt"], after["lost_after_block"]) == (
        *(0, 700, 90, 1),
    )
    owing = call(WALKING, **{**LEAVING, "principal": 10})
    assert (owing["alive"], owing["offended"], owing["lost_after_block"]) == (1, 1, 0)
    later = call(WALKING, **{**LEAVING, "request": 0, "offended": owing["offended"]})
    assert (later["alive"], later["lost_after_block"], later["lost_after_closing"]) == (0, 1, 0)
    # Blocked, and not offended; not blocked at all; no draw asked for.
    for other in ({"luck_authenticate": 0.021}, {"luck_authenticate": 0.5}, {"request": 0}):
        assert call(WALKING, **{**LEAVING, **other})["alive"] == 1


def test_a_line_closed_in_order_loses_customers():
    closed = {**LEAVING, "line": LINE_CLOSED, "request": 0, "luck_leave": 0.25}
    assert call(WALKING, **closed)["lost_after_closing"] == 1
    for other in ({"months_past_due": 1}, {"luck_leave": 0.31}, {"line": LINE_OPEN}, {"interest": 1}):
        assert call(WALKING, **{**closed, **other})["alive"] == 1


def test_friction_costs_customers():
    blocked = ("policy/authentication=multi_factor",)
    kept, lost = lived(*blocked, months=30), lived(*blocked, "behaviour.block_churn=0.5", months=30)
    gone = sum(record["lost_after_block"] for record in lost.records)
    assert gone > 20
    assert kept.record["persons"] - lost.record["persons"] > 0.5 * gone
