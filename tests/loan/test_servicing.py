"""The loan contract, rule by rule, on numbers that Hypothesis picks."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.loan.servicing import (
    age_arrears,
    annuity,
    annuity_factor,
    apply_payment,
    bill,
    book_recovery,
    disburse,
    repay_written_off,
)
from sim.loan.states import LARGEST, LINE_CHARGED_OFF, LINE_CLOSED, LINE_NONE, LINE_OPEN, MONTHS_90, MONTHS_LAST
from tests.laws.calling import call

fen = st.integers(0, LARGEST)
some_fen = st.integers(1, LARGEST)
rates = st.floats(0.0, 0.36)
shares = st.floats(0.0, 1.0)
months_late = st.integers(0, MONTHS_LAST)
months = st.integers(1, 60)


@given(principal=some_fen, rate=rates, term=months)
def test_an_annuity_pays_off_in_its_term(principal, rate, term):
    """Of any principal up to what a column holds, at any rate up to the legal limit, over 1 to 60 months."""
    payment = annuity(principal, rate, term)
    left, paid = principal, 0
    for _ in range(term):
        accrued = int(left * rate * (1.0 / 12.0) + 0.5)
        due = min(payment, left + accrued)
        paid += due
        left -= due - accrued
    assert left == 0 and paid >= principal


@given(principal=st.integers(10_000, LARGEST), term=months)
def test_without_interest_an_annuity_is_an_equal_part(principal, term):
    assert annuity(principal, 0.0, term) == -(-principal // term)


@given(principal=some_fen, rate=st.floats(0.01, 0.36), term=st.integers(2, 60))
def test_a_longer_term_or_a_lower_rate_never_costs_more_a_month(principal, rate, term):
    assert annuity(principal, rate, term) <= annuity(principal, rate, term - 1)
    assert annuity(principal, rate / 2, term) <= annuity(principal, rate, term)


@given(
    principal=some_fen,
    interest=st.integers(0, LARGEST),
    rate=rates,
    payment=some_fen,
    owed=shares,
    late=months_late,
    stops=st.integers(1, 14),
)
def test_a_bill_never_asks_for_more_than_is_owed(principal, interest, rate, payment, owed, late, stops):
    overdue = int(owed * (principal + interest))
    after, due, accrued = bill(principal, interest, rate, payment, overdue, late, 0, stops)
    assert after == interest + accrued and accrued >= 0
    assert overdue <= due <= principal + after
    assert due - overdue <= payment
    if late >= stops:
        assert accrued == 0
    assert principal + after < 2**31


@st.composite
def loans(draw):
    """A loan with something billed on it, and what was paid of it."""
    principal = draw(some_fen)
    interest = draw(st.integers(0, LARGEST))
    covered = draw(st.integers(0, principal))
    triggered = draw(st.integers(0, principal - covered))
    due = draw(st.integers(0, principal + interest))
    paid = draw(st.one_of(st.just(0), st.just(due), st.integers(0, principal + interest)))
    payment = draw(some_fen)
    return {
        "principal": principal,
        "interest": interest,
        "overdue": draw(st.integers(0, due)),
        "due": due,
        "paid": paid,
        "payment": payment,
        "months_past_due": draw(months_late),
        "covered": covered,
        "triggered": triggered,
        "claimed": 0,
        "claim_month": -30000,
        "covers_in_part": 0,
        "default_month": -30000,
        "month": 7,
        "holiday": 0,
        "clock_frozen": 1,
    }


def booked(loan):
    """Apply the payment and name what comes back."""
    return call(apply_payment, **loan)


@given(loans())
def test_a_payment_goes_to_interest_first_and_not_a_fen_is_lost(loan):
    after = booked(loan)
    to_interest, to_principal = after["interest_paid.received"], after["principal_repaid.received"]
    assert to_interest == min(loan["paid"], loan["interest"])
    assert to_interest + to_principal == loan["paid"]
    assert after["principal"] == loan["principal"] - to_principal >= 0
    assert after["interest"] == loan["interest"] - to_interest >= 0


@given(loans())
def test_old_principal_is_repaid_first_then_claims_then_cover(loan):
    after = booked(loan)
    from_covered, from_claims = after["repaid_covered"], after["repaid_triggered"]
    assert after["covered"] == loan["covered"] - from_covered >= 0
    assert after["triggered"] == loan["triggered"] - from_claims >= 0
    assert after["covered"] + after["triggered"] <= after["principal"]
    old = loan["principal"] - loan["covered"] - loan["triggered"]
    if from_claims > 0:
        assert after["principal"] <= loan["principal"] - old, "claims wait for the old principal"
    if from_covered > 0:
        assert after["triggered"] == 0, "cover waits for the claims"
    assert 0 <= after["interest_covered"] <= after["interest_paid.received"]


@given(loans())
def test_a_loan_covered_in_part_is_repaid_in_proportion(loan):
    after = booked({**loan, "covers_in_part": 1})
    repaid = after["principal_repaid.received"]
    old = loan["principal"] - loan["covered"] - loan["triggered"]
    from_old = repaid - after["repaid_covered"] - after["repaid_triggered"]
    assert after["covered"] >= 0 and after["triggered"] >= 0 and 0 <= from_old <= old
    assert from_old * loan["principal"] <= repaid * old < (from_old + 1) * loan["principal"]


@given(loans())
def test_months_past_due_move_as_the_contract_says(loan):
    after = booked(loan)
    before, now = loan["months_past_due"], after["months_past_due"]
    assert after["overdue"] == max(loan["due"] - loan["paid"], 0)
    if after["overdue"] == 0:
        assert now == 0
    elif loan["paid"] == 0:
        assert now == min(before + 1, MONTHS_LAST)
    else:
        assert 1 <= now <= min(before + 1, MONTHS_LAST)
        assert now <= max(1, -(-after["overdue"] // loan["payment"]))
    entered = now >= MONTHS_90 > before
    assert after["default_month"] == (loan["month"] if entered else loan["default_month"])


@given(loans(), st.integers(1, LARGEST))
def test_paying_more_never_leaves_anybody_worse(loan, more):
    assume(loan["paid"] + more <= loan["principal"] + loan["interest"])
    less, greater = booked(loan), booked({**loan, "paid": loan["paid"] + more})
    for name in ("principal", "interest", "overdue", "months_past_due"):
        assert greater[name] <= less[name], name


@given(
    principal=fen,
    request=some_fen,
    rate=rates,
    offer_rate=rates,
    term=st.sampled_from((0, 3, 6, 12)),
    score=st.floats(350, 950),
    cut_band=st.integers(-1, 100),
    share=shares,
    minimum=st.floats(0.01, 1.0),
    luck=st.floats(0.0, 1.0, exclude_max=True),
    extends=st.integers(0, 1),
)
def test_a_draw_is_paid_out_whole_or_not_at_all(
    principal, request, rate, offer_rate, term, score, cut_band, share, minimum, luck, extends
):
    loan = {"request": request, "principal": principal, "rate": rate, "offer_rate": offer_rate, "offer_term": term}
    loan |= {"score": score, "cut_band": cut_band, "marginal_share": share}
    loan |= {"minimum_payment_share": minimum, "luck_ration": luck}
    loan |= {"draw_blocked": 0.0, "luck_authenticate": 0.5}
    loan |= {"payment": principal // 6 + 1 if principal else 0, "draw_extends_term": extends}
    after = call(disburse, **loan)
    assert after["drawn"] in (0, request)
    assert after["loans_drawn.paid"] == after["drawn"] == after["principal"] - principal
    assert after["draws_granted"] + after["draws_cut"] + after["draws_blocked"] == 1
    band = int(score) // 10
    if band > cut_band:
        assert after["drawn"] == request
    if band < cut_band:
        assert after["drawn"] == 0
    # The price of the balance lies between the old one and that of the draw (up to rounding).
    assert min(rate, offer_rate) - 1e-9 <= after["rate"] <= max(rate, offer_rate) + 1e-9
    assert after["payment"] >= 0 and (after["payment"] > 0 or after["principal"] == 0)
    assert after["payment"] < 2**31


@given(loan=loans(), trigger=st.integers(1, 14), age=st.integers(2, 13), late=st.integers(1, 13))
def test_charging_off_conserves_every_claim(loan, trigger, age, late):
    given_ = {**loan, "months_past_due": late, "written_off": 0, "line": LINE_OPEN, "limit": 500}
    given_ |= {"months_in_state": 3, "trigger_months": trigger, "charge_off_months": age}
    after = call(age_arrears, **given_)
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


@pytest.mark.parametrize("paid", [0, 1, 99, 100, 101, 250, 1000])
def test_the_contract_on_one_loan_by_hand(paid):
    """Principal 1 000, interest 100; three instalments of 100 are overdue and billed, 150 is due in all."""
    loan = {"principal": 1000, "interest": 100, "overdue": 200, "due": 300, "paid": paid, "payment": 100}
    loan |= {"months_past_due": 2, "covered": 400, "triggered": 0, "default_month": -30000, "month": 3}
    loan |= {"covers_in_part": 0}
    loan |= {"holiday": 0, "clock_frozen": 1}
    after = booked(loan)
    expected = {0: 3, 1: 3, 99: 3, 100: 2, 101: 2, 250: 1, 1000: 0}
    assert after["months_past_due"] == expected[paid]
    assert after["principal"] == 1000 - max(paid - 100, 0)
    assert after["covered"] == min(400, after["principal"])


@given(loans(), st.integers(1, 12), st.integers(0, 1))
def test_in_a_holiday_nothing_is_asked_and_the_clock_does_as_it_was_told(loan, left, frozen):
    billed = call(bill, **{**loan, "holiday": left, "rate": 0.15, "accrual_stops": 14})
    assert billed["due"] == 0 and billed["interest_accrued"] >= 0
    owed = {**loan, "interest": billed["interest"], "due": 0, "holiday": left, "clock_frozen": frozen, "paid": 0}
    owed["overdue"] = min(loan["overdue"], owed["principal"] + owed["interest"])
    after = booked(owed)
    assert after["overdue"] == owed["overdue"], "what was late stays late"
    late = owed["months_past_due"]
    expected = 0 if owed["overdue"] == 0 else late if frozen else min(late + 1, MONTHS_LAST)
    assert after["months_past_due"] == expected
    paid_off = booked({**owed, "paid": owed["principal"] + owed["interest"]})
    assert paid_off["overdue"] == paid_off["months_past_due"] == paid_off["principal"] == 0


@given(rates, months)
def test_the_annuity_factor_is_the_value_of_an_annuity(rate, term):
    principal = 50_000_000
    worth = annuity(principal, rate, term) * annuity_factor(rate, term)
    # The instalment is rounded up, by at most a fen each, and a fen for interest that is rounded every month.
    assert principal - 1e-3 <= worth <= principal + 2 * term + 1e-3
