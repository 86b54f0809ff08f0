"""The lender's balance sheet by hand: what it may lend, what it provides for, what a month leaves."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from types import SimpleNamespace

import mesa
import numpy as np
import pytest

import sim.lender.policies.education

# The ledger knows what rules tally once they are imported.
import sim.lender.policies.engine
import sim.month.agenda  # noqa: F401
from sim.firms.settings import FeedbackSettings
from sim.lender.classification import COLUMNS
from sim.lender.costs import capital_ratio, capital_relief
from sim.lender.lender import Lender
from sim.lender.measures import prudential
from sim.lender.note_programme import eligible, notes_told, room_with_notes, settle_notes
from sim.lender.provisioning import FiveCategories, Matrix, ThreeStages
from sim.lender.securitisation import Debt, Securitised
from sim.lender.settings import LenderSettings
from sim.loan.ledger import STOCKS, Ledger

PLAIN = {"minimum_capital_ratio": 0.1, "leverage_cap": 5.0, "operating_cost": 0.024, "target_capital_ratio": 0.2}


def lender(funding=None, provisioning=None, **settings) -> Lender:
    """A lender of 100 persons with a million fen of equity."""
    policy = SimpleNamespace(
        warning=SimpleNamespace(next_cut=lambda bins: 0.25), relief=SimpleNamespace(name="moratorium")
    )
    config = SimpleNamespace(
        lender=LenderSettings(**{"equity_per_borrower": 10_000, **PLAIN, **settings}),
        policy=policy,
        funding=funding or Debt(),
        provisioning=provisioning or Matrix(),
        feedback=FeedbackSettings(funding=0.3, tolerated_overdue=0.02),
    )
    return Lender(mesa.Model(rng=1), config, 100)


NUMBERS = {"funding_rate": 0.06, "policy_rate": 0.03} | dict.fromkeys(
    ("check_cost", "access_control", "access_cost", "review_cost", "referral_cost", "education_cost", "alert_cost"), 0
)


def opened(**tallies: int) -> Ledger:
    """A ledger in a month of such tallies by rules."""
    ledger = Ledger(True)
    ledger.stocks = dict.fromkeys(STOCKS, 0)
    ledger.open_month()
    for name, amount in tallies.items():
        ledger.add(name, amount)
    return ledger


def test_it_starts_with_equity_in_cash():
    made = lender()
    assert made.cash == made.equity == 1_000_000 and made.funding == made.own_loans == 0
    assert (made.alert_cut, made.served, made.notes, made.classes) == (0.25, 1.0, None, None)


def test_capacity_is_the_smaller_of_capital_and_leverage():
    made = lender()
    # By capital 1 000 000 / .1; by leverage 5 x 1 000 000 - 0 + 1 000 000 of cash.
    assert made.capacity() == 6_000_000
    made.funding, made.cash, made.own_loans = 3_000_000, 0, 9_500_000
    assert made.capacity() == 500_000
    made.own_loans = 8_500_000
    assert made.capacity() == 1_500_000
    made.funding = 4_900_000
    assert made.capacity() == 100_000
    made.funding = 5_000_001
    assert made.capacity() == 0
    made.funding, made.failed = 0, 1
    assert made.capacity() == 0


def test_what_guarantors_stand_for_takes_less_capital():
    """Of 400 000 fen three quarters need none, where a guarantor's weight is a quarter of a loan's."""
    made = lender(guarantor_weight=0.25, funding_spread=0.02, required_return=0.12)
    made.cash, made.own_loans, made.relieved = 0, 9_500_000, int(capital_relief(made.settings, 400_000))
    assert (made.relieved, made.capacity()) == (300_000, 800_000)
    assert capital_relief(LenderSettings(guarantor_weight=1.0), 400_000) == 0.0
    sharing = SimpleNamespace(
        funding_share=lambda: 1.0, lender_share=lambda: 0.2, guaranteed_share=lambda: 0.8, premium_cost=lambda: 0.0,
        scheme=SimpleNamespace(facilitation_fee=0.0),
    )  # fmt: skip
    margins = made.margins(0.03, sharing)
    assert margins["capital_relief"] == pytest.approx(0.6)
    # A fifth of capital costs .07 above debt: three fifths of that are saved on what is covered.
    assert margins["whole_cost"] - margins["margin_cost"] == pytest.approx(0.6 * 0.2 * 0.07)


def test_funders_of_notes_bind_too():
    made = lender(Securitised())
    made.cash, made.last_balance = 0, np.zeros(14, dtype=np.int64)
    # Debt of one time equity; without loans nothing stands behind notes but what is lent: 1 000 000 / .15.
    assert made.capacity() == int(min(1_000_000 + 4_000_000, 1_000_000 / 0.15))
    made.settings = LenderSettings(**{**PLAIN, "minimum_capital_ratio": 0.3})
    assert made.capacity() == int(1_000_000 / 0.3)


def test_provisions_fall_on_what_the_lender_itself_may_lose():
    made = lender()
    made.rates = np.array([0.01, 0.1, 0.3, 0.5, 0.6, *[0.8] * 9])
    balance, covered = np.zeros(14, dtype=np.int64), np.zeros(14, dtype=np.int64)
    balance[[0, 3, 5]], covered[[0, 3]] = (100_000, 4_000, 1_000), (50_000, 2_000)
    claimed = np.zeros(14, dtype=np.int64)
    claimed[[3, 5]] = 400, 1_000
    classed, nobody = (balance, covered, claimed), Fraction(0)
    assert made.provision(classed, 1.0, nobody) == 1_000 + 2_000 + 800
    # A fifth of the covered part is retained: .01 (100 000 - 40 000) + .5 (4 000 - 1 600) + .8 x 1 000.
    assert made.provision(classed, 0.2, nobody) == 600 + 1_200 + 800
    # What others hold of live claims is left out where each claim stands: .5 x 300 and .8 x 750.
    assert made.provision(classed, 0.2, Fraction(3, 4)) == 2_600 - 150 - 600
    assert made.provision(classed, 0.2, Fraction(1)) == 2_600 - 200 - 800
    assert made.provision((balance, balance, claimed), 0.0, nobody) == 0, "all of it covered by others"
    assert made.provision((covered, balance, claimed), 0.0, Fraction(1)) == 0, "never below zero"


@pytest.mark.parametrize(
    ("first", "second", "fen"), [(149, 0, 1), (150, 0, 2), (0, 14, 1), (0, 15, 2), (149, 14, 3), (140, 1, 2)]
)
def test_a_provision_is_the_nearest_fen_of_the_exact_sum(first, second, fen):
    """.01 and .1 are a hundredth and a tenth, and buckets are rounded together: 1.49 + 1.4 = 2.89 is 3."""
    made, balance, none = lender(), np.zeros(14, dtype=np.int64), np.zeros(14, dtype=np.int64)
    made.rates = np.array([0.01, 0.1, *[0.0] * 12])
    balance[:2] = first, second
    assert made.provision((balance, none, none), 1.0, Fraction(0)) == fen


def test_roll_rates_have_a_memory_of_a_year():
    made = lender()
    assert made.rolls.tolist() == [0.012, 0.45, 0.60, 0.75]
    first, second = np.zeros(14, dtype=np.int64), np.zeros(14, dtype=np.int64)
    first[:5], second[:6] = (1_000, 100, 50, 20, 10), (900, 80, 40, 30, 15, 9)
    made.estimate(first)
    assert made.rolls.tolist() == [0.012, 0.45, 0.60, 0.75], "one month tells nothing of a transition"
    made.estimate(second)
    keep = 11 / 12
    expected = [
        (keep * 0.012 + 80) / (keep + 1_000), (keep * 0.45 + 40) / (keep + 100), (keep * 0.60 + 30) / (keep + 50),
        (keep * 0.75 + 15) / (keep + 20),
    ]  # fmt: skip
    assert made.rolls.tolist() == pytest.approx(expected, rel=1e-12)
    made.rolled = np.array([5.0, 1.0, 1.0, 1.0])
    made.could_roll = np.array([2.0, 4.0, 0.0, 1.0])
    assert made.rolls.tolist() == [1.0, 0.25, 1.0, 1.0]


def test_rates_are_those_of_the_method():
    made = lender(provisioning=ThreeStages())
    balance = np.arange(14, dtype=np.int64)[::-1] * 1_000
    made.estimate(balance)
    assert made.rates.tolist() == made.experience.rates(made.matrix).tolist() != made.matrix.tolist()
    assert made.last_balance.tolist() == balance.tolist()
    plain = lender()
    plain.estimate(balance)
    assert plain.rates is plain.matrix


def test_an_allowance_is_told_by_stage_and_holds_undrawn_lines():
    made = lender(provisioning=ThreeStages())
    made.rates = np.array([0.01, 0.1, 0.3, 0.5, *[0.8] * 10])
    balance, none = np.zeros(14, dtype=np.int64), np.zeros(14, dtype=np.int64)
    balance[[0, 1, 2, 4]] = 100_000, 1_000, 1_000, 500
    made.experience.lines[0].past = [
        {"owed": np.array([50, 0]), "limit": np.array([10_050, 900]), "late": np.array([0, 1])}
    ]
    # Nothing was learned: four tenths of 10 000 count, of the line in arrears nothing.
    assert made.provision((balance, none, none), 1.0, Fraction(0)) == 1_140 + 300 + 400
    assert made.allowances == (1_140, 300, 400) == made.allowance_changes
    balance[1] = 0
    assert made.provision((balance, none, none), 1.0, Fraction(0)) == 1_040 + 300 + 400
    assert made.allowance_changes == (-100, 0, 0)
    plain = lender()
    plain.rates, plain.experience.lines = made.rates, made.experience.lines
    assert plain.provision((balance, none, none), 1.0, Fraction(0)) == 1_000 + 300 + 400


def test_the_matrix_by_months_past_due():
    rates = LenderSettings(loss_given_default=0.88).provision_rates()
    # M4 .65 rises in nine equal steps to the loss given default at M13.
    assert rates.tolist() == pytest.approx([0.01, 0.08, 0.3, 0.5, *(0.65 + 0.23 * k / 9 for k in range(10))])
    assert LenderSettings(loss_given_default=0.5).provision_rates()[4:].tolist() == [0.65] * 10


def test_the_supervisors_yardsticks():
    made = lender()
    made.last_balance = np.array([1_000_000, 0, 0, 0, 4_000, 2_000, *[0] * 8])
    made.classed, made.contaminated, made.provisions = made.last_balance, 77, 9_000
    made.profit = 5_000
    told = prudential(made)
    assert told["coverage"] == 1.5 and told["roe"] == 12 * 5_000 / 1_000_000 and told["contaminated"] == 77
    assert told["rwa_standardised"] == 750_000 + 9_000
    assert told["raroc"] == pytest.approx(12 * 5_000 / (0.08 * told["rwa_irb"]), rel=1e-4)
    assert (told["stage_1"], told["stage_2"], told["stage_3"]) == (1_000_000, 0, 6_000)
    made.experience.lines[0].past = [{"owed": np.array([0]), "limit": np.array([10_000]), "late": np.array([0])}]
    assert prudential(made)["rwa_standardised"] == told["rwa_standardised"], "undrawn lines weigh nothing"
    made.settings = dataclasses.replace(made.settings, undrawn_weighed=True)
    heavier = prudential(made)
    assert heavier["rwa_standardised"] == told["rwa_standardised"] + 750 and heavier["rwa_irb"] > told["rwa_irb"]
    made.settings = dataclasses.replace(made.settings, undrawn_weighed=False)
    made.last_balance, made.equity = np.zeros(14, dtype=np.int64), -5
    told = prudential(made)
    assert told["coverage"] == told["raroc"] == told["roe"] == 0.0


def test_five_categories_class_what_is_provided_for():
    made, asked = lender(provisioning=FiveCategories()), []
    assert made.classes is not None and not made.classes.watches, "a payment holiday restructures nothing"
    made.classes.balances = lambda *given: (asked.append(given), (("classed", "covered", "claimed"), 9))[1]
    books = [{name: name for name in (*COLUMNS, "other")}]
    assert made.classify(books, "owners", "balance", "cover", "claim") == ("classed", "covered", "claimed")
    assert (made.classed, made.contaminated) == ("classed", 9)
    ((seen, *rest),) = asked
    assert set(seen[0]) == set(COLUMNS) and rest == ["owners", "balance", "cover", "claim"]
    plain = lender()
    assert plain.classify([], None, 7, 3, 2) == (7, 3, 2) and plain.classed == 7


def test_growth_is_counted_from_the_policy_date():
    made = lender(growth_cap=0.21)
    assert made.room_to_grow(0, 1_000_000) == int(1_000_000 * 1.21 ** (1 / 12)) - 1_000_000
    assert made.room_to_grow(11, 1_050_000) == 1_210_000 - 1_050_000 and made.book_at_start == 1_000_000
    assert made.room_to_grow(23, 1_050_000) == int(1_000_000 * 1.21**2) - 1_050_000
    assert not made.settings.grows_freely and LenderSettings().grows_freely


def test_funders_leave_by_doublings_of_what_they_tolerate():
    made = lender()
    found = []
    for overdue in (0.0, 0.02, 0.04, 0.08, 0.5):
        made.overdue = overdue
        found.append(made.funding_share())
    assert found == pytest.approx([1.0, 1.0, 0.7, 0.4, 0.1])
    made.overdue, made.rolled_over = 0.04, 0.5
    assert made.funding_share() == pytest.approx(0.35)


def test_memory_of_lending_and_arrears_moves_a_twelfth():
    made = lender()
    made.draws_average, made.overdue = 1_200.0, 0.012
    made.remember({"drawn": 2_400, "delinquent_90": 0.0})
    assert (made.draws_average, made.overdue) == pytest.approx((1_300.0, 0.011))


def test_funders_who_held_back_come_back_with_sound_loans():
    """They pay for two fifths of usual lending while 8 % is bad; what is usual does not sink with their own share."""
    made = lender()
    made.draws_average, made.overdue = 1_000.0, 0.08
    for _ in range(24):
        made.remember({"drawn": made.funding_share() * made.draws_average, "delinquent_90": 0.08})
    assert made.funding_share() * made.draws_average == pytest.approx(400.0)
    while made.funding_share() < 1.0:
        made.remember({"drawn": made.funding_share() * made.draws_average, "delinquent_90": 0.01})
    assert made.draws_average == pytest.approx(1_000.0)
    made.remember({"drawn": 400, "delinquent_90": 0.01})
    assert made.draws_average == pytest.approx(950.0), "less is asked for: less is usual"
    made.rolled_over = 0.0
    made.remember({"drawn": 0, "delinquent_90": 0.01})
    assert made.draws_average == pytest.approx(950.0), "nobody funds: nothing tells what is usual"


def test_margins_of_a_joint_lender():
    """A fifth of what is lent is the lender's capital, on which it asks 12 % rather than the 5 % that debt costs."""
    made = lender(loss_given_default=0.8, funding_spread=0.02, operating_cost=0.024, required_return=0.12)
    sharing = SimpleNamespace(
        funding_share=lambda: 0.3,
        lender_share=lambda: 0.4,
        guaranteed_share=lambda: 0.0,
        scheme=SimpleNamespace(facilitation_fee=0.1),
        premium_cost=lambda: 0.005,
    )
    assert made.margins(0.03, sharing) == pytest.approx(
        {
            "funding_rate": 0.05,
            "own_share": 0.3,
            "margin_share": 0.3 + 0.07,
            "capital_relief": 0.0,
            "margin_cost": 0.3 * (0.05 + 0.2 * 0.07) + 0.024 + 0.005,
            "loss_share": 0.32,
            "whole_loss": 0.8,
            "whole_cost": 0.074 + 0.014,
        }
    )
    made = lender(funding_spread=0.02, operating_cost=0.024, required_return=0.04)
    assert made.margins(0.03, sharing)["whole_cost"] == pytest.approx(0.074), "less than debt costs is not asked"


def test_effort_follows_the_part_that_is_kept():
    made = lender(effort_follows_retention=0.5)
    # 60 of 100 covered, of which a quarter of the loss is kept: .6 x .75 is shared.
    assert made.best_effort(60, 100, 0.25) == pytest.approx(1 - 0.5 * 0.45)
    assert made.best_effort(150, 100, 0.0) == pytest.approx(0.5) and made.best_effort(60, 0, 0.25) == 1.0
    assert lender(effort_follows_retention=0.0).best_effort(60, 100, 0.0) == 1.0


def test_a_month_is_closed_to_the_fen():
    made = lender(account_cost=1_234)
    made.cash, made.funding, made.own_loans, made.equity = 200_000, 2_000_000, 2_700_000, 900_000
    ledger = opened()
    costs_of_one = {"check_cost": 3, "access_control": 0.5, "access_cost": 4, "review_cost": 50,
                    "referral_cost": 70, "education_cost": 11, "alert_cost": 13}  # fmt: skip
    made.collections_cost = 999
    ledger.flows |= {"draws_granted": 10, "draws_blocked": 2, "reviews": 3, "firm.reviews": 1, "referrals": 2,
                     "courses": 6, "alerts": 4, "firm.alerts": 1}  # fmt: skip
    ledger.add("paid_platform", 150_000)
    ledger.add("interest_paid.received", 50_000)
    ledger.add("principal_repaid.received", 100_000)
    ledger.add("loans_drawn.paid", 30_000)
    stocks = {"principal": 2_400_000, "interest": 12_000}
    made.close(ledger, NUMBERS | costs_of_one, stocks, 120_000, 400_000, 7_000, 7, 100, 5)
    costs = {
        "operating_cost": 2_400_000 * 0.024 / 12 + 719,  # and a twelfth of 7 x 1 234
        "funding_interest": 2_000_000 * 0.06 / 12,
        "check_cost": 12 * 3 + 0.5 * 4 * 100,
        "review_cost": 4 * 50 + 2 * 70,
        "education_cost": 66,
        "warning_cost": 5 * 13,
        "collections_cost": 999,
    }
    assert {name: ledger.flows[name] for name in costs} == costs
    cash = 200_000 + 150_000 - 30_000 - int(sum(costs.values()))
    # Own loans, interest and compensation due, less provisions and debt.
    equity = cash + 2_000_000 + 12_000 + 7_000 - 120_000 - 2_000_000
    assert made.profit == equity - 900_000 and made.equity == equity and made.own_loans == 2_000_000
    assert made.provisions == 120_000 and made.failed == 0
    # What is left of cash repays debt.
    assert (made.cash, made.funding) == (0, 2_000_000 - cash) and ledger.flows["funding_repaid"] == cash


def closed(months_run: int, equity: int, guaranteed: int = 0, **settings) -> tuple[Lender, Ledger]:
    """A lender of a million fen of own loans that earned 12 000 fen, with so much equity before it."""
    made, ledger = (
        lender(operating_cost=0.0, payout_pace=0.15, **settings),
        opened(**{"interest_paid.received": 12_000}),
    )
    made.cash, made.equity, made.funding = 0, equity, 1_000_000 - equity
    free = NUMBERS | {"funding_rate": 0.0}
    made.close(ledger, free, {"principal": 1_000_000, "interest": 0}, 0, 0, 0, 0, 100, months_run, guaranteed)
    return made, ledger


def test_profit_above_the_target_ratio_is_paid_out():
    rich, ledger = closed(12, 250_000)
    dividend = 12_000 + int(0.15 * 62_000)
    assert ledger.flows["dividends"] == dividend and rich.equity == 262_000 - dividend
    # The dividend is more than the month's cash: the rest is borrowed.
    assert rich.cash == 0 and rich.funding == 750_000 - 12_000 + dividend
    paid = {(months, equity): closed(months, equity)[1].flows["dividends"]
            for months, equity in ((12, 195_000), (12, 188_000), (11, 250_000))}  # fmt: skip
    assert paid[12, 195_000] == 7_000, "never below the target"
    assert paid[12, 188_000] == 0, "at the target exactly"
    assert paid[11, 250_000] == 0, "not in the first year"


def test_what_guarantors_stand_for_is_left_out_of_the_target():
    """A fifth of a million, less of 400 000 with half the weight: 160 000 are kept of 172 000."""
    freed = {"guaranteed": 400_000, "guarantor_weight": 0.5}
    made, ledger = closed(12, 160_000, **freed, leverage_cap=100.0)
    assert ledger.flows["dividends"] == 12_000 and made.equity == 160_000 and made.relieved == 200_000


def test_what_debt_must_be_covered_with_is_not_paid_out():
    """5 x 172 000 bear 32 000 more than the debt of 828 000; a dividend takes that sixfold."""
    freed = {"guaranteed": 400_000, "guarantor_weight": 0.5, "debt_headroom": 0.0}
    made, ledger = closed(12, 160_000, **freed)
    assert ledger.flows["dividends"] == 5_333 and 0 <= 5 * made.equity - made.funding < 6
    made, ledger = closed(12, 150_000, **freed)
    assert ledger.flows["dividends"] == 0 and made.equity == 162_000


def test_dividends_leave_room_under_the_debt_cap():
    """4.9 x 172 000 bear 14 800 more than the debt; a dividend takes that 5.9-fold: a fiftieth of the cap is left."""
    freed = {"guaranteed": 400_000, "guarantor_weight": 0.5}
    made, ledger = closed(12, 160_000, **freed, debt_headroom=0.02)
    assert ledger.flows["dividends"] == 2_508 and made.capacity() == 5 * made.equity - made.funding >= 0.1 * made.equity
    # A tenth of the cap: 4.5 x 172 000 bear less than the debt.
    made, ledger = closed(12, 160_000, **freed)
    assert ledger.flows["dividends"] == 0 and made.equity == 172_000


def test_want_of_cash_is_borrowed():
    made, ledger = lender(operating_cost=0.0), opened(**{"loans_drawn.paid": 40_000})
    made.cash = made.equity = 10_000
    made.close(ledger, NUMBERS, {"principal": 40_000, "interest": 0}, 1_000, 0, 0, 0, 100, 0)
    assert (made.funding, made.cash, made.failed, made.equity, made.profit) == (30_000, 0, 0, 9_000, -1_000)
    assert ledger.flows["funding_drawn"] == 30_000


def test_a_book_that_is_taken_over_is_funded_and_provided_for():
    made = lender()
    balance = np.zeros(14, dtype=np.int64)
    balance[[0, 3]] = 6_000_000, 100_000
    made.take_over(balance)
    provisions = 60_000 + 50_000
    assert (made.own_loans, made.equity, made.provisions) == (6_100_000, 1_220_000, provisions)
    assert (made.cash, made.funding) == (0, 6_100_000 - 1_220_000 - provisions)
    assert [part.tolist() for part in made.balance_history] == [balance.tolist()]
    rich = lender()
    rich.take_over(balance // 10)
    assert rich.equity == 1_000_000 and (rich.cash, rich.funding) == (1_000_000 + 11_000 - 610_000, 0)


@pytest.mark.parametrize(("provision", "failed"), [(0, 0), (1, 1)])
def test_it_fails_below_zero_not_at_it(provision, failed):
    made = lender(operating_cost=0.0)
    made.cash, made.equity, made.funding = 0, 0, 40_000
    free = NUMBERS | {"funding_rate": 0.0}
    made.close(opened(), free, {"principal": 40_000, "interest": 0}, provision, 0, 0, 0, 100, 0)
    assert (made.equity, made.failed) == (-provision, failed)


def test_capital_ratio():
    made = lender()
    assert made.capital_ratio == 0.0
    made.own_loans = 4_000_000
    assert made.capital_ratio == 0.25


@pytest.mark.parametrize(
    ("equity", "own_loans", "ratio"),
    [
        (50, 200, 0.25),
        (50, 0, 0.0),
        (0, 0, 0.0),
        (-50, 200, -0.25),
        (-200, 200, -1.0),
        (-201, 200, -1.0),
        (-1, 0, -1.0),
    ],
)
def test_a_failed_lender_with_hardly_a_loan_has_a_ratio_that_says_something(equity, own_loans, ratio):
    assert capital_ratio(equity, own_loans) == ratio


# ---- notes ------------------------------------------------------------------------------------------


def noted(**settings) -> Lender:
    made = lender(Securitised(loan_cap=1.0, note_cap=4.0, advance_rate=0.8, note_spread=0.01, **settings))
    made.last_balance = np.array([700, 100, 150, 50, *[0] * 10]) * 1_000
    made.own_loans, made.cash, made.equity, made.funding = 500_000, 20_000, 200_000, 300_000
    made.notes.series = np.array([[150_000, 0, 5], [50_000, 60_000, 0]])
    return made


def test_loans_up_to_29_days_past_due_stand_behind_notes():
    assert eligible(noted()) == 400_000
    made = noted()
    made.last_balance[:] = 0
    assert eligible(made) == 0


def test_room_with_notes_by_hand():
    made = noted()
    # Debt other than notes: 20 000 of cash + 200 000 - 100 000; notes by the pool: (120 000 + 320 000 - 200 000) / .2.
    assert room_with_notes(made, made.notes, 1.0) == pytest.approx(120_000 + (720_000 - 120_000))
    # Half is rolled over: debt 20 000 + 100 000 - 100 000; notes by the cap 20 000 + 800 000 - 200 000.
    assert room_with_notes(made, made.notes, 0.5) == pytest.approx(20_000 + 0.5 * (620_000 - 20_000))
    made.notes.early = 1
    assert room_with_notes(made, made.notes, 0.5) == pytest.approx(20_000)


def test_note_holders_take_their_part_of_repayments():
    made = noted()
    # The amortising series stood behind 60 000 / .8 of 500 000 + 40 000: so much of the 40 000.
    taken = int(60_000 / 0.8 / 540_000 * 40_000)
    assert made.relent(40_000) == 40_000 - taken and lender().relent(40_000) == 40_000


def test_the_cost_of_debt_is_weighed_by_what_is_outstanding():
    made = noted()
    assert made.funding_spread() == pytest.approx(2 / 3 * 0.01 + 1 / 3 * 0.02)
    made.funding = 0
    assert made.funding_spread() == 0.02 == lender().funding_spread()


def test_notes_take_the_lenders_own_part_of_the_months_flows():
    made, seen = noted(), []

    def month(pool, wish, equity, rate, rolled):
        seen.append((pool, wish, equity, rate, rolled))
        return SimpleNamespace(issued=5_000, repaid=2_000, due=0, rolled=0)

    made.notes.month = month
    ledger = opened()
    flows = ledger.flows
    flows |= {"principal_repaid.received": 60_000, "firm.principal_repaid.received": 20_000, "npl_cured": 1_000,
              "interest_paid.received": 9_000, "firm.interest_paid.received": 1_000, "npl_new": 5_000,
              "firm.npl_new": 2_000}  # fmt: skip
    settle_notes(made, made.notes, ledger, NUMBERS, 1_000_000, 1.0)
    pool, wish, equity, rate, rolled = seen[0]
    assert (pool.loans, pool.eligible, pool.collected, pool.interest) == (500_000, 400_000, 40_000, 5_000)
    assert (pool.defaulted, pool.servicing) == (3_000, 1_000)
    # Other debt less cash, and what note holders take of the collections.
    assert wish == 300_000 - 200_000 - 20_000 + made.notes.claimed(40_000, 540_000)
    assert (equity, rate, rolled) == (200_000, pytest.approx(0.04), 1.0)
    assert (made.cash, made.funding) == (23_000, 303_000)
    assert (flows["notes_issued"], flows["notes_repaid"]) == (5_000, 2_000)
    made.failed = 1
    settle_notes(made, made.notes, ledger, NUMBERS, 1_000_000, 1.0)
    assert seen[1][1] == 0, "a failed lender asks for no more"


def test_what_is_told_of_notes_and_of_debt_beyond_the_caps():
    made = noted()
    made.notes.excess, made.note_month = np.array([0.1, 0.07]), SimpleNamespace(due=9, rolled=4)
    made.equity = 40_000
    told = notes_told(made)
    assert told == {"notes": 200_000, "notes_amortising": 50_000, "notes_due": 9, "notes_rolled": 4,
                    "excess_spread": 0.07, "early_amortisation": 0,
                    "debt_beyond_caps": (100_000 - 40_000) + (200_000 - 160_000)}  # fmt: skip
    made.equity = -1
    assert notes_told(made)["debt_beyond_caps"] == 300_000
    plain = lender()
    plain.funding, plain.equity = 1_200_000, 200_000
    assert notes_told(plain) == {"debt_beyond_caps": 200_000}
