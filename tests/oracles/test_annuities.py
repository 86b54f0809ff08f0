"""A thousand loans by the engine's own rules, against exact fractions: n equal payments, the last one no larger."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np

from sim.loan.annuity import annuity
from sim.loan.servicing import PAYMENT_STAGES, bill
from tests.laws.calling import call

LOANS = 1000
TINY = (0.0, 1e-12, 1e-9, 1.2e-8, 1.3e-8, 1e-7, 1e-4)


def loans():
    """Principal, rate and term: every term, rates from nothing to the legal limit, a hundred yuan to ten million."""
    luck = random.Random(13)
    for number in range(LOANS):
        rate = TINY[number % 14] if number % 14 < len(TINY) else luck.uniform(0.0, 0.36)
        yield int(10 ** luck.uniform(4.0, 9.0)), rate, 1 + number % 60


def exact_level(principal, rate, term):
    """P i / (1 - (1 + i)^-n) without any rounding."""
    monthly = Fraction(rate) / 12
    return principal * monthly / (1 - (1 + monthly) ** -term) if monthly else Fraction(principal, term)


def lived(principal, rate, term):
    """Payments of somebody who always pays what is billed, by the rules of the month.

    The account keeps the rate to 32 bits, while the instalment was agreed at 64.
    """
    loan = {"principal": principal, "interest": 0, "overdue": 0, "months_past_due": 0, "holiday": 0, "covered": 0}
    loan |= {"rate": float(np.float32(rate)), "payment": annuity(principal, rate, term), "triggered": 0}
    loan |= {
        "default_month": -30_000,
        "accrual_stops": 4,
        "covers_in_part": 0,
        "under_cover": 1,
        "clock_frozen": 1,
        "month": 0,
    }
    paid = []
    while loan["principal"] > 0 and len(paid) <= term:
        loan |= {name: value for name, value in call(bill, **loan).items() if name in ("interest", "due")}
        paid.append(loan["due"])
        after = call(PAYMENT_STAGES, **loan, paid=loan["due"])
        loan |= {name: after[name] for name in ("principal", "interest", "overdue", "months_past_due")}
    return paid


def test_a_thousand_loans_end_in_exactly_as_many_payments_as_agreed():
    for principal, rate, term in loans():
        paid = lived(principal, rate, term)
        where = f"{principal} fen at {rate!r} a year over {term} months"
        assert len(paid) == term, where
        assert len(set(paid[:-1])) <= 1 and paid[-1] <= paid[0], where


def test_the_payment_is_the_annuity_rounded_up_and_at_most_a_fen_more():
    more = 0
    for principal, rate, term in loans():
        above = annuity(principal, rate, term) - math.ceil(exact_level(principal, rate, term))
        # Ten million yuan at a rate kept to 24 bits are worth another fen or two.
        assert above in (0, 1) or (principal > 10**8 and above in (2, 3)), (
            f"{principal} fen at {rate!r} a year over {term} months"
        )
        more += above
    assert 0 < more < LOANS // 10, "the fen for rounded interest is needed, and rarely"


def test_loans_worked_out_by_hand():
    """1 000 yuan at 12 % a year, interest 1 % a month.

    One month: 101 000 fen. Two: 100 000 x 0.01 / (1 - 1.01^-2) = 50 751.24, so 50 752; 100 000 + 1 000 - 50 752 =
    50 248, interest 502.48, so the last is 50 750. Three: 34 002.21, so 34 003; then 66 997 + 670 - 34 003 = 33 664 and
    33 664 + 337 = 34 001.
    """
    assert [lived(100_000, 0.12, term) for term in (1, 2, 3)] == [
        [101_000],
        [50_752, 50_750],
        [34_003, 34_003, 34_001],
    ]
    assert lived(100_000, 0.0, 12) == [8_334] * 11 + [8_326]
