"""The loan contract by hand: every result of a month, from the bill to the last recovery."""

from __future__ import annotations

from sim.loan.servicing import (
    DRAW_STAGES,
    PAYMENT_STAGES,
    apply_payment,
    bill,
    block_draw,
    count_arrears,
    disburse,
    draws_are_checked,
    funds_bind,
    loans_are_covered,
    ration_draw,
    share_payment_with_cover,
)
from sim.loan.states import LARGEST, NEVER
from tests.laws.calling import does
from tests.loan.test_annuity import level

BILLED = {"principal": 1_200_000, "interest": 1_000, "rate": 0.12, "payment": 100_000, "overdue": 50_000,
          "months_past_due": 3, "holiday": 0, "accrual_stops": 4}  # fmt: skip


def test_a_bill():
    does(bill, BILLED, {"interest": 13_000, "due": 150_000, "interest_accrued": 12_000})
    does(bill, {**BILLED, "months_past_due": 4}, {"due": 150_000})
    does(bill, {**BILLED, "months_past_due": 13, "accrual_stops": 14},
         {"interest": 13_000, "due": 150_000, "interest_accrued": 12_000})  # fmt: skip
    does(bill, {**BILLED, "holiday": 1}, {"interest": 13_000, "interest_accrued": 12_000})
    does(bill, {**BILLED, "payment": 9_000_000}, {"interest": 13_000, "due": 1_213_000, "interest_accrued": 12_000})
    half = {**BILLED, "principal": 1_250, "interest": 0, "overdue": 0, "payment": 100}
    does(bill, half, {"interest": 13, "due": 100, "interest_accrued": 13})  # 12.5
    does(bill, {**half, "principal": 1_249}, {"interest": 12, "due": 100, "interest_accrued": 12})
    full = {**BILLED, "principal": LARGEST, "interest": LARGEST - 5}
    does(bill, full, {"interest": LARGEST, "due": 150_000, "interest_accrued": 5})
    does(bill, {**full, "interest": LARGEST + 5}, {"due": 150_000})


DRAW = {"request": 100_000, "principal": 300_000, "payment": 30_000, "rate": 0.12, "offer_rate": 0.24,
        "offer_term": 12, "score": 609.9, "cut_band": 60, "marginal_share": 0.5, "minimum_payment_share": 0.1,
        "draw_extends_term": 1, "draw_blocked": 0.02, "luck_ration": 0.49, "luck_authenticate": 0.02}  # fmt: skip
GRANTED = {"drawn": 100_000, "principal": 400_000, "rate": 0.15, "payment": level(400_000, 0.15, 12),
           "loans_drawn.paid": 100_000, "new_lending_rate": 24_000, "draws_granted": 1}  # fmt: skip


def test_a_draw_is_added_at_its_price_and_spread_anew():
    does(DRAW_STAGES, DRAW, GRANTED)
    does(DRAW_STAGES, {**DRAW, "offer_term": 6}, {**GRANTED, "payment": level(400_000, 0.15, 6)})
    does(DRAW_STAGES, {**DRAW, "offer_term": 0}, {**GRANTED, "payment": 45_001})  # 10 % and a month's interest
    does(DRAW_STAGES, {**DRAW, "draw_extends_term": 0}, GRANTED)
    does(DRAW_STAGES, {**DRAW, "draw_extends_term": 0, "payment": 90_000}, {**GRANTED, "payment": 90_000})
    does(DRAW_STAGES, {**DRAW, "payment": 90_000}, GRANTED)
    first = {**GRANTED, "principal": 100_000, "rate": 0.24, "payment": level(100_000, 0.24, 12)}
    does(DRAW_STAGES, {**DRAW, "principal": 0, "payment": 0}, first)


def test_a_draw_is_refused_once_and_only_where_there_is_a_reason():
    assert draws_are_checked(0.001) and not draws_are_checked(0.0)
    assert funds_bind(0) and not funds_bind(-1)
    does(block_draw, {"draw_blocked": 0.02, "luck_authenticate": 0.019}, {"refused": 1, "draws_blocked": 1})
    does(block_draw, {"draw_blocked": 0.02, "luck_authenticate": 0.02})
    waits = {"refused": 0, "score": 599.9, "cut_band": 60, "marginal_share": 0.5, "luck_ration": 0.0}
    does(ration_draw, waits, {"refused": 1, "draws_cut": 1})
    does(ration_draw, {**waits, "refused": 1})  # counted where it was blocked
    does(ration_draw, {**waits, "score": 600.0})
    taken = {name: DRAW[name] for name in disburse.arguments if name in DRAW}
    does(disburse, {**taken, "refused": 1})
    does(disburse, {**taken, "refused": 0}, GRANTED)


def test_a_draw_is_blocked_or_waits_by_its_band():
    does(DRAW_STAGES, {**DRAW, "luck_authenticate": 0.019}, {"draws_blocked": 1})
    does(DRAW_STAGES, {**DRAW, "luck_authenticate": 0.019, "score": 300.0}, {"draws_blocked": 1})
    for other in ({"luck_ration": 0.5}, {"score": 599.9, "luck_ration": 0.0}, {"cut_band": 61, "luck_ration": 0.0}):
        does(DRAW_STAGES, {**DRAW, **other}, {"draws_cut": 1})
    does(DRAW_STAGES, {**DRAW, "score": 610.0, "luck_ration": 0.99}, GRANTED)
    does(DRAW_STAGES, {**DRAW, "cut_band": -1, "luck_ration": 0.99, "score": 350.0}, GRANTED)


# Of 1 000 owed 400 are covered and 200 claimed; three instalments are owed.
LOAN = {"principal": 1_000, "interest": 100, "overdue": 200, "due": 300, "paid": 0, "payment": 100,
        "months_past_due": 2, "covered": 400, "triggered": 200, "default_month": NEVER, "covers_in_part": 0,
        "under_cover": 1, "holiday": 0, "clock_frozen": 1, "month": 9}  # fmt: skip


def books(change, expected):
    state = {**LOAN, **change}
    to_interest = min(state["paid"], state["interest"])
    to_principal = state["paid"] - to_interest
    does(PAYMENT_STAGES, state, {
        "principal": state["principal"] - to_principal, "interest": state["interest"] - to_interest, "due": 0,
        "overdue": max(state["due"] - state["paid"], 0), "interest_paid.received": to_interest,
        "principal_repaid.received": to_principal, "interest_covered": to_interest * 400 // 1_000, **expected,
    })  # fmt: skip


def test_months_past_due_are_those_of_the_instalments_still_owed():
    for late in (0, 1, 2):
        books({"months_past_due": late}, {"months_past_due": late + 1})
    for paid, months in ((1, 3), (99, 3), (100, 2), (199, 2), (200, 1), (299, 1), (300, 0), (900, 0)):
        old = max(paid - 100, 0)
        books({"paid": paid}, {"months_past_due": months, "repaid_triggered": max(min(old - 400, 200), 0),
                               "triggered": 200 - max(min(old - 400, 200), 0),
                               "repaid_covered": max(old - 600, 0), "covered": 400 - max(old - 600, 0)})  # fmt: skip
    books({"months_past_due": 13}, {"months_past_due": 13})
    books({"paid": 10, "months_past_due": 0}, {"months_past_due": 1})


def test_principal_before_the_scheme_is_repaid_first_then_claims_then_cover():
    bad = {"months_past_due": 0}
    books({"paid": 500}, {**bad})
    books({"paid": 600}, {**bad, "triggered": 100, "repaid_triggered": 100})
    books({"paid": 800}, {**bad, "triggered": 0, "repaid_triggered": 200, "covered": 300, "repaid_covered": 100})
    books({"paid": 1_100}, {**bad, "triggered": 0, "repaid_triggered": 200, "covered": 0, "repaid_covered": 400,
                            "payment": 0})  # fmt: skip
    # Covered in part: 500 repay 200 of the 400 outside, then the 200 claimed, then cover.
    books({"paid": 600, "covers_in_part": 1}, {**bad, "triggered": 0, "repaid_triggered": 200, "covered": 300,
                                               "repaid_covered": 100})  # fmt: skip
    books({"paid": 600, "covered": 0, "covers_in_part": 1},
          {**bad, "triggered": 100, "repaid_triggered": 100, "interest_covered": 0})  # fmt: skip


def test_bad_loans_are_new_cured_and_repaid():
    books({"months_past_due": 3}, {"months_past_due": 4, "default_month": 9, "npl_new": 1_000})
    books({"months_past_due": 2, "default_month": 5}, {"months_past_due": 3})
    bad = {"months_past_due": 6, "default_month": 5}
    books(bad, {"months_past_due": 7})
    # 200 to principal: it comes back whole, or stays bad with two instalments left to go.
    books({**bad, "paid": 300}, {"months_past_due": 0, "npl_cured": 800, "npl_repaid": 200})
    books({**bad, "paid": 150}, {"months_past_due": 2, "npl_cured": 950, "npl_repaid": 50})
    books({**bad, "paid": 150, "payment": 10}, {"months_past_due": 7, "npl_repaid": 50})


def test_in_a_holiday_what_was_late_stays_so():
    rest = {"holiday": 2, "due": 0}
    books(rest, {"overdue": 200, "months_past_due": 2})
    books({**rest, "clock_frozen": 0}, {"overdue": 200, "months_past_due": 3})
    books({**rest, "clock_frozen": 0, "months_past_due": 3},
          {"overdue": 200, "months_past_due": 4, "default_month": 9, "npl_new": 1_000})  # fmt: skip
    books({**rest, "overdue": 0}, {"overdue": 0, "months_past_due": 0})
    books({**rest, "paid": 950}, {"overdue": 150, "months_past_due": 2, "triggered": 0, "repaid_triggered": 200,
                                  "covered": 150, "repaid_covered": 250})  # fmt: skip


def test_each_part_of_a_payment_knows_its_own():
    """250 fen: 100 to interest, of which 40 of the cover's, and 150 of principal made before the scheme."""
    paid = {**LOAN, "paid": 250}
    cover = {name: paid[name] for name in share_payment_with_cover.arguments}
    does(share_payment_with_cover, cover, {"interest_covered": 40})
    does(share_payment_with_cover, {**cover, "interest": 0, "paid": 450}, {"triggered": 150, "repaid_triggered": 50})
    assert loans_are_covered(1) and not loans_are_covered(0)
    does(share_payment_with_cover, {**cover, "interest": 0, "paid": 450, "under_cover": 0}, {})
    does(count_arrears, {name: paid[name] for name in count_arrears.arguments}, {"overdue": 50, "months_past_due": 1})
    booked = {"principal": 850, "interest": 0, "interest_paid.received": 100, "principal_repaid.received": 150}
    does(apply_payment, {name: paid[name] for name in apply_payment.arguments}, booked)
