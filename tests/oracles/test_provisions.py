"""Provisions under the five categories against sums worked out by hand, loan by loan, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim.lender.classification import COLUMNS, Classification
from sim.lender.impairment import BUCKETS, five_category_rates
from sim.lender.lender import Lender
from sim.lender.provisioning import FiveCategories

# Guideline of 2002: 1 % general, then 2, 25, 50 and 100 %.
PASS, WATCHED, SUBSTANDARD, DOUBTFUL, LOSS = (Fraction(*of) for of in ((1, 100), (2, 100), (1, 4), (1, 2), (1, 1)))
NOTHING = np.zeros(BUCKETS, dtype=np.int64)


def provision(balances, covered=NOTHING, claimed=NOTHING, retained=1.0, others=Fraction(0)):
    experience = SimpleNamespace(commitments=0)
    books = SimpleNamespace(rates=five_category_rates(), experience=experience, allowances=(0, 0, 0))
    return Lender.provision(books, (balances, covered, claimed), retained, others)


def nearest(amount):
    return (amount + Fraction(1, 2)).__floor__()


@pytest.mark.parametrize(
    ("months", "rate"),
    [(0, PASS), *((m, WATCHED) for m in (1, 2, 3)), *((m, SUBSTANDARD) for m in range(4, 10)),
     *((m, DOUBTFUL) for m in (10, 11, 12)), (13, LOSS)],
)  # fmt: skip
def test_a_loan_of_each_class_is_provided_for_to_the_nearest_fen(months, rate):
    for fen in (1, 49, 50, 51, 99, 149, 150, 12_345, 10_000_099, 2_147_483_647):
        balances = NOTHING.copy()
        balances[months] = fen
        assert provision(balances) == nearest(rate * fen), fen


def test_a_book_of_all_classes_by_hand():
    """10 012.37 + 3 x 333.33 at 2 % + 777.77 at 25 % + 555.55 at 50 % + 111.11: 100.1237 + 19.9998 + 194.4425 + ..."""
    balances = NOTHING.copy()
    balances[[0, 1, 2, 3, 4, 10, 13]] = 1_001_237, 33_333, 33_333, 33_333, 77_777, 55_555, 11_111
    assert provision(balances) == nearest(
        Fraction("10012.37") + Fraction("1999.98") + Fraction("19444.25") + Fraction("27777.5") + 11_111
    )
    assert provision(balances) == 70_345  # 70 345.10 fen


def test_the_part_that_others_bear_is_provided_for_by_nobody_here():
    """Of 800 covered fen at M2 the lender bears a fifth; three quarters of 600 claimed fen at M11 are not its own.

    2 % of (1 000 - 640) + 50 % of (900 - 450) = 7.2 + 225 = 232.2 fen.
    """
    balances, covered, claimed = NOTHING.copy(), NOTHING.copy(), NOTHING.copy()
    balances[[2, 11]], covered[2], claimed[11] = (1_000, 900), 800, 600
    assert provision(balances, covered, claimed, 0.2, Fraction(3, 4)) == 232


def book(**columns):
    rows = max(len(values) for values in columns.values())
    return {name: np.array(columns.get(name, [0] * rows)) for name in COLUMNS}


def by_arrears(books, name):
    return sum(np.bincount(one["months_past_due"], one[name], BUCKETS).astype(np.int64) for one in books)


def contaminated(persons, firms, owners, **settings):
    books = [persons, firms]
    totals = [by_arrears(books, name) for name in ("principal", "covered", "triggered")]
    found = Classification(FiveCategories(**settings), True).balances(books, np.array(owners), *totals)
    return provision(*found[0], retained=0.25, others=Fraction(4, 5)), found[1]


def test_an_obligor_in_the_worst_class_by_hand():
    """The owner's 900.01 yuan in order and the firm's 200.03 doubtful, of which 100 is covered to three quarters.

    200.03 of 1 100.04 is more than a tenth: both are doubtful. 50 % of (90 001 + 20 003 - 7 500) = 51 252 fen. Another
    person's 77.77 in order: 77.77 fen.
    """
    persons = book(principal=[90_001, 7_777], months_past_due=[0, 0])
    firms = book(principal=[20_003], months_past_due=[10], covered=[10_000])
    assert contaminated(persons, firms, [0]) == (51_252 + 78, 90_001)
    # Loan by loan: 1 % of 97 778 and 50 % of 12 503.
    assert contaminated(persons, firms, [0], obligor_share=1.0) == (nearest(Fraction("977.78") + Fraction("6251.5")), 0)


def test_late_at_other_lenders_by_hand():
    """450 of 1 450 owed in all are late elsewhere: 25 % of 1 000 less the others' four fifths of 100 claimed."""
    persons = book(principal=[1_000], bureau_debt=[450], bureau_past_due=[4], triggered=[100])
    assert contaminated(persons, book(principal=[0]), [-1]) == (230, 1_000)


def test_a_loan_restructured_after_the_month_was_measured_counts_once():
    """Five months late when measured, in order by the new plan: substandard while watched, 25 % and nothing else."""
    classes = Classification(FiveCategories(observation_months=12), True)
    late = [book(principal=[1_000], months_past_due=[5])]
    measured = [by_arrears(late, name) for name in ("principal", "covered", "triggered")]
    assert provision(*classes.balances(late, np.array([]), *measured)[0]) == 250
    relieved = [book(principal=[1_000], reliefs=[1])]
    balances, worse = classes.balances(relieved, np.array([]), *measured)
    assert balances[0].tolist() == [0, 0, 0, 0, 1_000, *[0] * 9] and worse == 1_000
    assert provision(*balances) == 250


WORLD = ("population.borrowers=600", "firms.per_person=0.1", "study.burn_in=3", "economy=severe_recession",
         "economy.shock_lag=0", "sharing=guarantee_80_20", "sharing.covers_existing=true", "fund.leverage_cap=1000",
         "fund.capital_share=3", "sharing.suspension.denominator=none", "sharing.claim_months_past_due=2",
         "lender.charge_off_months=11", "provisioning=five_category", "provisioning.obligor_share=1")  # fmt: skip


def test_a_running_lender_provides_for_each_loan_what_its_class_asks():
    """A scheme that takes over claims from 30 days on: the lender keeps a fifth of cover and of claims."""
    model = sim.Model(sim.compose([*WORLD]))
    claims = 0
    for _ in range(15):
        model.step()
        total, others = Fraction(0), model.sharing.others_share_of_claims
        kept = Fraction(1) if model.month <= 0 else Fraction(1, 5)
        for table in model.books:
            for principal, covered, claimed, months in zip(
                *(table[name].tolist() for name in ("principal", "covered", "triggered", "months_past_due")),
                strict=True,
            ):
                rate = (PASS, *[WATCHED] * 3, *[SUBSTANDARD] * 6, *[DOUBTFUL] * 3, LOSS)[months]
                claims += claimed if principal else 0
                total += rate * (principal - (1 - kept) * covered - others * claimed * (principal > 0))
        assert model.lender.provisions == nearest(total), model.month
    assert claims > 0 and others == pytest.approx(0.8, abs=1e-4)
