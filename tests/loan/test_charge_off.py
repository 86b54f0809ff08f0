"""Arrears by hand and on numbers that Hypothesis picks: claims, charge-offs, recoveries."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.loan.charge_off import (
    AGES,
    ARREARS_STAGES,
    book_recovery,
    charge_off,
    claim_cover,
    exclude,
    is_lost,
    repay_written_off,
)
from sim.loan.states import COURT_LOST, COURT_WON, LARGEST, LINE_CHARGED_OFF, LINE_CLOSED, LINE_NONE, LINE_OPEN
from tests.laws.calling import call, does
from tests.loan.loans import loans, shares, some_fen


@given(loan=loans(), trigger=st.integers(1, 14), age=st.integers(2, 13), late=st.integers(1, 13))
def test_charging_off_conserves_every_claim(loan, trigger, age, late):
    given_ = {**loan, "months_past_due": late, "written_off": 0, "line": LINE_OPEN, "limit": 500}
    given_ |= {"months_in_state": 3, "trigger_months": trigger, "charge_off_months": age}
    after = call(ARREARS_STAGES, **given_)
    gone = late >= age
    assert after["principal"] + after["written_off"] == loan["principal"]
    assert after["charged_off"] == (loan["principal"] if gone else 0)
    assert after["interest_charged_off"] == (loan["interest"] if gone else 0)
    assert after["covered"] + after["triggered"] == loan["covered"] + loan["triggered"]
    assert after["newly_triggered"] == loan["covered"] - after["covered"]
    if after["newly_triggered"] > 0:
        assert (after["claimed"], after["claim_month"]) == (after["newly_triggered"], loan["month"])
    assert after["line"] == (LINE_CHARGED_OFF if gone else LINE_OPEN)
    if gone:
        assert after["covered"] == after["principal"] == after["interest"] == after["limit"] == 0
    elif late < trigger:
        assert after["newly_triggered"] == 0


@given(
    written_off=some_fen,
    cash=st.integers(0, 10 * LARGEST),
    age=st.integers(0, 200),
    hazard=shares,
    decay=shares,
    share=shares,
    luck=st.floats(0.0, 1.0, exclude_max=True),
    honesty=shares,
)
def test_a_recovery_is_at_most_the_cash_and_the_debt(written_off, cash, age, hazard, decay, share, luck, honesty):
    given_ = {
        "written_off": written_off,
        "cash": cash,
        "income": 500_000,
        "employed": 1,
        "honesty": honesty,
        "months_in_state": age,
        "recovery_hazard": hazard,
        "recovery_decay": decay,
        "recovery_share": share,
        "court": 0,
        "enforcement": 0.0,
        "collecting": 1.0,
        "luck_recover": luck,
    }
    left, paid, tally = call(repay_written_off, **given_).values()
    assert left + paid == cash and paid == tally
    assert 0 <= paid <= min(cash, written_off)


@given(written_off=some_fen, claim=shares, part=shares, age=st.integers(0, 119), exclusion=st.integers(1, 120))
def test_a_recovery_is_booked_to_the_fen_and_the_exclusion_ends(written_off, claim, part, age, exclusion):
    triggered, paid = int(claim * written_off), int(part * written_off)
    given_ = {"written_off": written_off, "triggered": triggered, "paid": paid, "months_in_state": age}
    given_ |= {"line": LINE_CHARGED_OFF, "exclusion_months": exclusion, "court": 0}
    after = call(book_recovery, **given_)
    assert after["recoveries.received"] == paid
    assert after["written_off"] + paid + after["abandoned"] == written_off
    assert after["triggered"] + after["recovered_triggered"] + after["abandoned_triggered"] == triggered
    assert 0 <= after["triggered"] <= after["written_off"]
    if age + 1 >= exclusion:
        assert after["written_off"] == 0 and after["line"] == LINE_NONE
    elif paid == written_off:
        assert after["line"] == LINE_CLOSED, "a debt repaid in full leaves nobody behind"
    else:
        assert after["line"] == LINE_CHARGED_OFF and after["months_in_state"] == age + 1


LATE = {"principal": 1_000, "interest": 100, "overdue": 300, "months_past_due": 3, "payment": 100, "covered": 400,
        "triggered": 200, "claimed": 50, "claim_month": 2, "written_off": 30, "line": LINE_OPEN, "limit": 5_000,
        "months_in_state": 8, "trigger_months": 3, "charge_off_months": 7, "month": 9}  # fmt: skip
CLAIM = {"covered": 0, "triggered": 600, "claimed": 400, "claim_month": 9, "newly_triggered": 400}


def test_a_claim_is_made_at_its_trigger_and_once():
    does(ARREARS_STAGES, LATE, CLAIM)
    does(ARREARS_STAGES, {**LATE, "months_past_due": 6}, CLAIM)
    does(ARREARS_STAGES, {**LATE, "months_past_due": 2})
    does(ARREARS_STAGES, {**LATE, "covered": 0})


def test_a_charge_off_takes_everything_off_and_excludes():
    gone = {**CLAIM, "principal": 0, "interest": 0, "overdue": 0, "months_past_due": 0, "payment": 0,
            "written_off": 1_030, "line": LINE_CHARGED_OFF, "limit": 0, "months_in_state": 0, "charged_off": 1_000,
            "interest_charged_off": 100, "charged_off_covered": 600, "npl_charged_off": 1_000}  # fmt: skip
    does(ARREARS_STAGES, {**LATE, "months_past_due": 7}, gone)
    does(ARREARS_STAGES, {**LATE, "months_past_due": 7, "trigger_months": 12}, gone)
    does(ARREARS_STAGES, {**LATE, "months_past_due": 3, "charge_off_months": 3}, {**gone, "npl_charged_off": 0})
    does(ARREARS_STAGES, {**LATE, "months_past_due": 4, "charge_off_months": 4}, gone)


# .04 x (.5 + .5) x .5 x .5 = .01
OLD = {"written_off": 100_000, "cash": 50_000, "honesty": 0.5, "months_in_state": 2, "recovery_hazard": 0.04,
       "recovery_decay": 0.5, "recovery_share": 0.35, "court": 0, "enforcement": 0.05, "collecting": 1.0,
       "luck_recover": 0.0099}  # fmt: skip
PAYS = {"cash": 14_999, "paid": 35_001, "recoveries.paid": 35_001}


def test_where_collectors_rest_fewer_old_debts_are_paid():
    does(repay_written_off, {**OLD, "collecting": 0.5, "luck_recover": 0.0049}, PAYS)
    does(repay_written_off, {**OLD, "collecting": 0.5, "luck_recover": 0.0051})
    does(repay_written_off, {**OLD, "collecting": 0.5, "court": COURT_WON, "luck_recover": 0.0299}, PAYS)
    does(repay_written_off, {**OLD, "collecting": 0.5, "court": COURT_WON, "luck_recover": 0.0301})
    does(repay_written_off, {**OLD, "collecting": 0.0, "luck_recover": 0.0})


def test_an_old_debt_is_paid_ever_less_often():
    does(repay_written_off, OLD, PAYS)
    does(repay_written_off, {**OLD, "luck_recover": 0.0101})
    for change, hazard in (
        ({"months_in_state": 0}, 0.04), ({"months_in_state": 1}, 0.02), ({"honesty": 1.0}, 0.015),
        ({"honesty": 0.0}, 0.005), ({"court": COURT_WON}, 0.06), ({"court": COURT_LOST}, 0.01), ({"court": 1}, 0.01),
        ({"months_in_state": 120, "recovery_decay": 0.99}, 0.04 * 0.99**60),
    ):  # fmt: skip
        does(repay_written_off, {**OLD, **change, "luck_recover": hazard + 1e-6})
        does(repay_written_off, {**OLD, **change, "luck_recover": hazard - 1e-6}, PAYS)
    does(repay_written_off, {**OLD, "cash": 10_000}, {"cash": 0, "paid": 10_000, "recoveries.paid": 10_000})
    does(repay_written_off, {**OLD, "recovery_share": 1.0, "cash": 900_000},
         {"cash": 800_000, "paid": 100_000, "recoveries.paid": 100_000})  # fmt: skip


RECOVERED = {"written_off": 1_000, "triggered": 300, "paid": 100, "months_in_state": 5, "line": LINE_CHARGED_OFF,
             "court": 3, "exclusion_months": 24}  # fmt: skip
BOOKED = {"recoveries.received": 100, "recovered_triggered": 30, "recovered_by_age amount": 100}
DONE = {"written_off": 0, "triggered": 0, "months_in_state": 0, "court": 0}


def test_a_recovery_is_booked_by_its_age():
    does(book_recovery, RECOVERED, {**BOOKED, "written_off": 900, "triggered": 270, "months_in_state": 6,
                                    "recovered_by_age place": 5})  # fmt: skip
    does(book_recovery, {**RECOVERED, "paid": 0}, {"months_in_state": 6, "recovered_by_age place": 5})
    for age in (AGES - 2, AGES - 1):
        does(book_recovery, {**RECOVERED, "exclusion_months": 999, "months_in_state": age},
             {**BOOKED, "written_off": 900, "triggered": 270, "months_in_state": 120,
              "recovered_by_age place": age})  # fmt: skip


def test_the_exclusion_ends_with_its_months_or_with_the_debt():
    does(book_recovery, {**RECOVERED, "months_in_state": 23},
         {**BOOKED, **DONE, "line": LINE_NONE, "abandoned_triggered": 270, "abandoned": 900,
          "recovered_by_age place": 23})  # fmt: skip
    assert call(book_recovery, **{**RECOVERED, "months_in_state": 22})["line"] == LINE_CHARGED_OFF
    does(book_recovery, {**RECOVERED, "paid": 1_000},
         {**DONE, "line": LINE_CLOSED, "recoveries.received": 1_000, "recovered_triggered": 300,
          "recovered_by_age place": 5, "recovered_by_age amount": 1_000})  # fmt: skip


def test_each_part_of_the_arrears_knows_its_own():
    late = {**LATE, "months_past_due": 7}
    does(claim_cover, {name: late[name] for name in claim_cover.arguments}, CLAIM)
    does(exclude, {name: late[name] for name in exclude.arguments},
         {"line": LINE_CHARGED_OFF, "limit": 0, "months_in_state": 0})  # fmt: skip
    gone = {"charged_off": 1_000, "interest_charged_off": 100, "charged_off_covered": 200, "npl_charged_off": 1_000}
    does(charge_off, {name: late[name] for name in charge_off.arguments},
         {**gone, "principal": 0, "interest": 0, "overdue": 0, "months_past_due": 0, "payment": 0,
          "written_off": 1_030})  # fmt: skip
    for rule in ARREARS_STAGES:
        does(rule, {name: {**LATE, "months_past_due": 2}[name] for name in rule.arguments})


def test_a_loan_is_lost_at_its_age():
    assert [is_lost(late, 6) for late in (0, 5, 6, 13)] == [False, False, True, True]
