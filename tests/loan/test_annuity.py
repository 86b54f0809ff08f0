"""Level payments by hand, and on numbers that Hypothesis picks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.loops.compiled import plain
from sim.loan import annuity as annuities
from sim.loan.states import LARGEST
from tests.loan.loans import months as terms
from tests.loan.loans import rates, some_fen

annuity, annuity_factor = plain(annuities.annuity), plain(annuities.annuity_factor)
month_interest, left_after = plain(annuities.month_interest), plain(annuities.left_after)


@given(principal=some_fen, rate=rates, term=terms)
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


@given(principal=st.integers(10_000, LARGEST), term=terms)
def test_without_interest_an_annuity_is_an_equal_part(principal, term):
    assert annuity(principal, 0.0, term) == -(-principal // term)


@given(principal=some_fen, rate=st.floats(0.01, 0.36), term=st.integers(2, 60))
def test_a_longer_term_or_a_lower_rate_never_costs_more_a_month(principal, rate, term):
    assert annuity(principal, rate, term) <= annuity(principal, rate, term - 1)
    assert annuity(principal, rate / 2, term) <= annuity(principal, rate, term)


@given(rates, terms)
def test_the_annuity_factor_is_the_value_of_an_annuity(rate, term):
    principal = 50_000_000
    worth = annuity(principal, rate, term) * annuity_factor(rate, term)
    # The instalment is rounded up, by at most a fen each, and a fen for interest that is rounded every month.
    assert principal - 1e-3 <= worth <= principal + 2 * term + 1e-3


def level(principal, rate, months):
    i = rate / 12.0
    return math.ceil(principal * i / (1.0 - (1.0 + i) ** -months))


@pytest.mark.parametrize(("rate", "months"), [(0.12, 12), (0.24, 6), (0.15, 24), (0.36, 60), (0.0365, 3)])
def test_the_annuity_of_the_textbooks(rate, months):
    assert annuity(1_234_567, rate, months) == level(1_234_567, rate, months)
    assert annuity_factor(rate, months) == pytest.approx(sum((1.0 + rate / 12.0) ** -k for k in range(1, months + 1)))


def by_quotients(principal, rate, months):
    """The annuity without what makes it quick."""
    payment = math.ceil(principal / annuity_factor(rate, months))
    while left_after(principal, rate * (1.0 + 6e-8), payment, months) > 0:
        payment += 1
    return payment


def test_an_annuity_by_products_is_the_same_to_the_fen():
    """Also where the quotient is next to a whole fen: then the exact factor decides."""
    for rate in (0.0, 1e-12, 1e-9, 0.0365, 0.146, 0.36):
        for months in (1, 2, 3, 7, 12, 24, 60):
            factor = annuity_factor(rate, months)
            for payment in (1, 2, 999, 123_457, 33_333_333):
                for principal in (math.floor(payment * factor) + step for step in (-1, 0, 1)):
                    if 0 < principal <= 2 * LARGEST:
                        assert annuity(principal, rate, months) == by_quotients(principal, rate, months)


def test_interest_of_a_month_is_rounded_half_up():
    for principal, interest in ((0, 0), (49, 0), (50, 1), (149, 1), (150, 2), (1_200_000, 12_000)):
        assert month_interest(principal, 0.12) == interest
    assert month_interest(1_200_000, 0.0) == 0


def test_what_is_left_after_some_payments():
    """Of 1 000 fen at 1 % a month and 300 a month: 710, then 7.1 of interest and 417, then 4.17 and 121, then none."""
    assert [left_after(1_000, 0.12, 300, months) for months in range(6)] == [1_000, 710, 417, 121, 0, 0]
    assert left_after(1_000, 0.12, 10, 7) == 1_000 and left_after(1_000, 0.12, 0, 1) == 1_010


def test_an_annuity_is_a_fen_higher_where_rounded_interest_would_leave_a_thirteenth_month():
    """The least payment, not below the exact one rounded up, after which nothing is left."""
    higher = 0
    for principal in range(10_000, 30_000, 250):
        payment, exact = annuity(principal, 0.15, 12), level(principal, 0.15, 12)
        assert left_after(principal, 0.15, payment, 12) == 0 and left_after(principal, 0.15, payment, 11) > 0
        assert payment == exact or left_after(principal, 0.15, payment - 1, 12) > 0
        higher += payment > exact
    assert higher > 0


def test_many_annuities_are_the_same_to_the_fen():
    luck = np.random.default_rng(7)
    principal = luck.integers(1, LARGEST, 300)
    principal[::7] = luck.integers(1, 400, len(principal[::7]))  # where a fen decides
    rate, term = luck.uniform(0, 0.36, 300), luck.integers(1, 61, 300)
    one_by_one = [annuity(*loan) for loan in zip(principal.tolist(), rate.tolist(), term.tolist(), strict=True)]
    assert annuities.annuities(principal, rate, term).tolist() == one_by_one
    nothing = annuities.annuities(np.array([0, 500]), np.array([0.1, 0.1]), np.array([12, 0]))
    assert nothing.tolist() == [0, 0]
