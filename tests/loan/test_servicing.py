"""The loan contract, rule by rule, on numbers that Hypothesis picks."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.loan.servicing import DRAW_STAGES, PAYMENT_STAGES, bill
from sim.loan.states import LARGEST, MONTHS_90, MONTHS_LAST
from tests.laws.calling import call
from tests.loan.loans import fen, loans, months_late, rates, shares, some_fen


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


def booked(loan):
    """Apply the payment and name what comes back."""
    return call(PAYMENT_STAGES, **loan)


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
    after = call(DRAW_STAGES, **loan)
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


@pytest.mark.parametrize("paid", [0, 1, 99, 100, 101, 250, 1000])
def test_the_contract_on_one_loan_by_hand(paid):
    """Principal 1 000, interest 100; three instalments of 100 are overdue and billed, 150 is due in all."""
    loan = {"principal": 1000, "interest": 100, "overdue": 200, "due": 300, "paid": paid, "payment": 100}
    loan |= {"months_past_due": 2, "covered": 400, "triggered": 0, "default_month": -30000, "month": 3}
    loan |= {"covers_in_part": 0, "under_cover": 1}
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
