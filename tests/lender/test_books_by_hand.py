"""Accounts worked by hand, bucket by bucket: stages, classes, weights, postings, and the months of a note programme."""

from __future__ import annotations

import numpy as np
import pytest

from sim.lender.capital import (
    LOWEST_PD,
    capital_requirement,
    corporate_correlation,
    corporate_weight,
    retail_correlation,
    retail_weight,
    risk_weighted,
)
from sim.lender.classification import COLUMNS, Classification
from sim.lender.impairment import (
    CLASS_RATES,
    Scenario,
    default_hazards,
    default_probabilities,
    expected_credit_loss,
    five_category_rates,
    moves_of,
    three_stage_rates,
    worsened,
)
from sim.lender.provisioning import OPTIONS, FiveCategories, Matrix, ThreeStages, classes_of, stages_of
from sim.lender.securitisation import MONTHS_LEFT, NO_SERIES, OUTSTANDING, SIZE, Notes, Pool, Securitised
from sim.loan.ledger import BOOK_STOCKS, STOCKS, Ledger, LedgerError
from sim.loan.postings import FIRMS, OWN, PAYING, PERSONS, own_flow
from tests.laws.accounts import MOVES

BUCKETS = range(14)
ROLLS = np.array([0.1, 0.5, 0.6, 0.8])


def one(bucket: int) -> np.ndarray:
    balance = np.zeros(14, dtype=np.int64)
    balance[bucket] = 1_000
    return balance


# ---- stages, classes, weights -----------------------------------------------------------------------


@pytest.mark.parametrize("bucket", BUCKETS)
def test_the_stage_of_each_bucket(bucket):
    """Not more than 30 days past due, then not more than 90, then default."""
    stage = 1 if bucket < 2 else 2 if bucket < 4 else 3
    assert stages_of(one(bucket)) == {f"stage_{k}": 1_000 * (k == stage) for k in (1, 2, 3)}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_the_class_and_rate_of_each_bucket(bucket):
    """Measures of 2023: overdue; over 90, 270 and 360 days. Rates of 2002: 1, 2, 25, 50 and 100 %."""
    name, rate = (
        ("pass", 0.01) if bucket == 0 else ("special_mention", 0.02) if bucket < 4 else ("substandard", 0.25)
        if bucket < 10 else ("doubtful", 0.5) if bucket < 13 else ("loss", 1.0)
    )  # fmt: skip
    found = classes_of(one(bucket))
    # A loan that would be a loss is charged off by then: the class has no figure.
    assert found.pop(f"class_{name}", 1_000) == 1_000 and not any(found.values()) and "class_loss" not in found
    assert five_category_rates()[bucket] == rate and rate in CLASS_RATES


@pytest.mark.parametrize("bucket", BUCKETS)
def test_the_weights_of_each_bucket(bucket):
    """75 % by the standardised approach, 150 % from 90 days; by ratings nothing in default."""
    pd = np.array([0.01, 0.1, 0.3, 0.6])
    by_ratings, standard = risk_weighted(one(bucket), pd, 0.45)
    assert standard == (750 if bucket < 4 else 1_500)
    assert by_ratings == pytest.approx(1_000 * float(retail_weight(pd[bucket], 0.45)) if bucket < 4 else 0.0)


def test_undrawn_lines_weigh_a_tenth_or_as_the_lender_has_found():
    """Basel III, CRE20.100, and the lender's own conversion, at the weight of what is in order."""
    pd = np.array([0.01, 0.1, 0.3, 0.6])
    plain, whole = (risk_weighted(one(1), pd, 0.45, undrawn=fen, conversion=0.3) for fen in (0, 5_000))
    assert plain == risk_weighted(one(1), pd, 0.45)
    assert whole[0] - plain[0] == pytest.approx(0.3 * 5_000 * float(retail_weight(0.01, 0.45)))
    assert whole[1] - plain[1] == pytest.approx(0.75 * 500)


def test_a_default_probability_has_a_floor():
    assert LOWEST_PD == 0.0003
    by_ratings, _ = risk_weighted(one(0), np.zeros(4), 0.45)
    assert by_ratings == pytest.approx(1_000 * float(retail_weight(0.0003))) and by_ratings > 40
    assert risk_weighted(one(0), np.ones(4), 0.45)[0] == pytest.approx(0.0, abs=0.01), "what is certain is expected"


def test_correlations_at_their_ends_and_by_size():
    """Basel II, paragraphs 272, 273 and 330: 12 to 24 %, 3 to 16 %; four points less for the smallest firms."""
    assert corporate_correlation([0.0, 1.0]) == pytest.approx([0.24, 0.12])
    assert retail_correlation([0.0, 1.0]) == pytest.approx([0.16, 0.03])
    for turnover, less in ((50.0, 0.0), (80.0, 0.0), (27.5, 0.02), (5.0, 0.04), (1.0, 0.04)):
        assert float(corporate_correlation(0.0, turnover)) == pytest.approx(0.24 - less)
    # Without the years beyond 2.5 the adjustment is 1 / (1 - 1.5 b).
    slope = (0.11852 - 0.05478 * np.log(0.01)) ** 2
    longer = float(corporate_weight(0.01, maturity=5.0)) / float(corporate_weight(0.01))
    assert longer == pytest.approx(1 + 2.5 * slope)
    assert float(corporate_weight(0.01)) == pytest.approx(
        12.5 * float(capital_requirement(0.01, 0.45, corporate_correlation(0.01))) / (1 - 1.5 * slope)
    )


# ---- expected losses --------------------------------------------------------------------------------


def test_hazards_of_two_months_by_hand():
    """From 60 to 89 days: .8 default; of the rest all are in order, and need four months more."""
    chain = [moves_of(ROLLS)] * 4
    assert default_hazards(chain[:3])[:, 3].tolist() == pytest.approx([0.8, 0.0, 0.0])
    assert default_hazards(chain[:2])[:, 2].tolist() == pytest.approx([0.0, 0.6 * 0.8])
    assert default_hazards(chain)[:, 0].tolist() == pytest.approx([0, 0, 0, 0.1 * 0.5 * 0.6 * 0.8])
    assert default_hazards([moves_of(np.ones(4))] * 2)[:, 3].tolist() == [1.0, 0.0], "nobody is left"


def test_what_stays_in_its_bucket_may_roll_on_later():
    """Of those 60 to 89 days late half default, a quarter stays and a quarter recovers: .25 / .5 of half default."""
    moves = moves_of(ROLLS)
    moves[3] = 0.25, 0.0, 0.0, 0.25, 0.5
    assert default_hazards([moves] * 2)[:, 3].tolist() == pytest.approx([0.5, 0.25])
    (worse,) = worsened(moves, np.array([[0.1, 0.5, 0.6, 0.75]]))
    assert worse[3].tolist() == pytest.approx([0.125, 0.0, 0.0, 0.125, 0.75]) and (worse[:3] == moves[:3]).all()
    assert default_hazards([worse, moves])[:, 3].tolist() == pytest.approx([0.75, 0.25]), "each month has its own moves"
    certain = moves_of(np.ones(4))
    assert (worsened(certain, np.full((2, 4), 0.5)) == certain).all(), "what is certain has no odds"


def test_a_year_of_default_probability():
    """With all but the first roll certain, who falls back once defaults: twelve months hold nine chances."""
    found = default_probabilities(np.array([0.1, 1.0, 1.0, 1.0]))
    assert found[0] == pytest.approx(1 - 0.9**9) and found[1:].tolist() == pytest.approx([1.0] * 3)


def test_expected_loss_of_three_months_by_hand():
    found = expected_credit_loss(np.array([0.1, 0.2, 0.5]), np.array([0.6, 0.7, 0.4]), 0.02)
    by_hand = 0.1 * 0.6 / 1.02 + 0.9 * 0.2 * 0.7 / 1.02**2 + 0.9 * 0.8 * 0.5 * 0.4 / 1.02**3
    assert found == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize("term", [6, 12, 24])
def test_stage_1_looks_a_year_ahead_and_stage_2_to_the_end(term):
    losses = np.linspace(0.6, 0.7, 24)
    chain = [moves_of(np.minimum(ROLLS * factor, 1.0)) for factor in np.linspace(1.0, 1.2, 24)]
    rates = three_stage_rates([Scenario(1.0, chain, losses)], 0.01, term)
    for start in range(4):
        months = 12 if start < 2 else term
        expected = expected_credit_loss(default_hazards(chain[:months])[:, start], losses[:months], 0.01)
        assert rates[start] == pytest.approx(expected), start
    assert rates[4:].tolist() == [0.6] * 10, "what is in default is lost as today"


def test_methods_give_the_rates_of_their_names():
    matrix = np.arange(14.0)
    assert Matrix().rates(matrix) is matrix and ThreeStages().rates(matrix) is matrix
    assert FiveCategories().rates(matrix).tolist() == five_category_rates().tolist()
    assert {name: made().name for name, made in OPTIONS.items()} == {name: name for name in OPTIONS}
    stages = ThreeStages(adverse_weight=0.3, benign_weight=0.1)
    assert stages.weights == pytest.approx((0.6, 0.3, 0.1))
    assert stages.slopes().tolist() == [[0.02, 0.06]] * 4 + [[0.03, 0.0]]
    assert stages.check() == [] and ThreeStages(adverse_weight=0.5, benign_weight=0.5).check() == []
    (line,) = ThreeStages(adverse_weight=0.6, benign_weight=0.41).check()
    assert line.startswith("provisioning.adverse_weight: 0.6")


# ---- five categories --------------------------------------------------------------------------------


def book(**columns):
    rows = max(len(values) for values in columns.values())
    return {name: np.array(columns.get(name, [0] * rows)) for name in COLUMNS}


def test_a_tenth_and_a_fifth_are_not_more_than_that():
    persons, firms = book(principal=[900, 899]), book(principal=[100, 101], months_past_due=[4, 4])
    joined = Classification(FiveCategories(), True).classes([persons, firms], np.array([0, 1]))
    assert [found.tolist() for found in joined] == [[0, 2], [2, 2]]
    late = book(principal=[800, 799], bureau_debt=[200, 201], bureau_past_due=[4, 4])
    assert Classification(FiveCategories(), True).classes([late], np.array([-1]))[0].tolist() == [0, 2]


@pytest.mark.parametrize(("months", "seen"), [(3, [0]), (4, [2]), (10, [3]), (13, [4])])
def test_late_elsewhere_never_makes_a_class_better(months, seen):
    own = book(principal=[100], months_past_due=[months], bureau_debt=[1], bureau_past_due=[4])
    found = Classification(FiveCategories(), True).classes([own], np.array([-1]))[0].tolist()
    assert found == ([1] if months == 3 else seen)


def test_what_is_contaminated_is_provided_for_where_its_class_begins():
    persons = book(principal=[500, 900], covered=[400, 0], triggered=[60, 0])
    firms = book(principal=[300], covered=[100], triggered=[30], months_past_due=[11])
    totals = [
        np.bincount([0, 11], [own, of_firm], 14).astype(np.int64)
        for own, of_firm in ((1_400, 300), (400, 100), (60, 30))
    ]
    (moved, under_cover, claimed), worse = Classification(FiveCategories(), True).balances(
        [persons, firms], np.array([0]), *totals
    )
    # Doubtful begins over 270 days: the person's 500 stand there, the firm's 300 where they are.
    for found, expected in ((moved, (500, 300, 900)), (under_cover, (400, 100, 0)), (claimed, (60, 30, 0))):
        assert (found[10], found[11], found[0]) == expected and found.sum() == sum(expected)
    assert worse == 500 and totals[0][0] == 1_400, "what was handed in is left alone"


# ---- the ledger -------------------------------------------------------------------------------------


def test_what_moves_each_stock_is_written_down_twice():
    """The second list is that of the tests' own accounts."""
    assert set(STOCKS) == set(MOVES)
    for stock, (more, less) in MOVES.items():
        moves = {name: sign for name, sign in STOCKS[stock].items() if name not in OWN}
        assert moves == {**dict.fromkeys(more, 1), **dict.fromkeys(less, -1)}, stock


@pytest.mark.parametrize(("stock", "sector"), [("cash", PERSONS), ("firm.cash", FIRMS)])
def test_what_agents_of_a_user_move_is_less_here_and_more_there(stock, sector):
    moves = {name: sign for name, sign in STOCKS[stock].items() if name in OWN}
    others = [other for other in PAYING if other != sector]
    there = {own_flow(other, sector): 1 for other in others} | {own_flow(sector, other): -1 for other in others}
    assert moves == there


def test_trade_and_moves_stand_on_their_sides():
    ledger = Ledger(True)
    ledger.open_month()
    ledger.trade(70, 69)
    ledger.move("owner_guarantee", 5)
    ledger.move("equity_paid_in", 8)
    assert ledger.flows["trade_paid"] == 70 and ledger.matrix()["cash", "firms", "firms"] == (70, 69)
    assert ledger.matrix()["cash", "persons", "firms"] == (5, 5) and ledger.outside == -8
    ledger.stocks = dict.fromkeys(STOCKS, 0)
    with pytest.raises(LedgerError, match="payer tallied 70 fen, receiver 69"):
        ledger.close_month(dict.fromkeys(STOCKS, 0))


def test_the_outside_world_is_summed_from_named_flows():
    ledger = Ledger(True)
    ledger.open_month()
    for name, amount in (("wages.received", 100), ("leavers_cash.paid", 7), ("benefits.received", 11),
                         ("firm.fixed_cost.paid", 13), ("paid_platform", 1_000), ("others_drawn", 500)):  # fmt: skip
        ledger.add(name, amount)
    assert ledger.outside == -100 + 7 - 11 + 13
    ledger.add("essentials.paid", 40)
    assert ledger.outside == -91, "a market keeps nothing"
    ledger.add("firm.household_sales.received", 25)
    ledger.clear_market()
    assert ledger.flows["sold_by_outside"] == 15 and ledger.outside == -76
    assert ledger.matrix()["cash", "other_lenders", "persons"] == (500, 500)
    assert ledger.matrix()["cash", "persons", "lender"] == (1_000, 0)


def test_both_are_persons_and_firms():
    ledger = Ledger(True)
    ledger.flows |= {"suits": 3, "firm.suits": 4}
    ledger.stocks = {name: place for place, name in enumerate(STOCKS)}
    assert ledger.both("suits") == 7 and ledger.both("recoveries.paid") == 0
    assert ledger.both_stocks() == {name: ledger.stocks[name] + ledger.stocks[f"firm.{name}"] for name in BOOK_STOCKS}


# ---- notes ------------------------------------------------------------------------------------------


def notes(*series: list[int], **settings) -> Notes:
    made = Notes(Securitised(**{"advance_rate": 0.8, "note_cap": 4.0, "revolving_months": 6, **settings}))
    made.series = np.array(series, dtype=np.int64) if series else NO_SERIES.copy()
    return made


def pool(
    loans: int = 10_000, eligible: int = 10_000, collected: int = 1_000, interest: int = 0, defaulted: int = 0
) -> Pool:
    return Pool(loans, eligible, collected, interest, defaulted, 0)


def test_a_programme_that_starts_is_spread_over_its_months():
    made = notes()
    made.month(pool(), 600, 10**6, 0.0, 1.0)
    assert made.series.tolist() == [[100, 0, left] for left in range(1, 7)]
    made.month(pool(), 50, 10**6, 0.0, 1.0)
    # What fell due was rolled over for six months; the new 50 join it.
    assert made.series.tolist() == [*([100, 0, left] for left in range(1, 6)), [150, 0, 6]]


def test_collections_go_by_what_stood_behind_a_series():
    made = notes([300, 400, 0], [700, 0, 3])
    # 400 / .8 of 10 000: a twentieth of what is collected.
    assert made.claimed(1_000, 10_000) == 50 and made.claimed(1_000, 250) == 300, "no more than is outstanding"
    assert (made.outstanding, made.amortising) == (1_000, 300)
    both = notes([900, 800, 0], [900, 800, 0])
    assert both.claimed(1_000, 1_500) == 1_000, "two thirds each: together no more than all"


def test_what_falls_due_is_repaid_where_nobody_takes_it():
    made = notes([200, 0, 1], [100, 0, 2])
    moved = made.month(pool(), 0, 10**6, 0.0, 0.25)
    assert (moved.due, moved.rolled, moved.repaid, moved.issued) == (200, 50, 0, 0)
    assert made.series.tolist() == [[150, 150, 0], [100, 0, 1], [50, 0, 6]]
    capped = notes([200, 0, 1], [100, 0, 2])
    # The cap of 4 x 65 leaves 40 too many: of 200 no more than 160 are rolled over.
    assert capped.month(pool(), 0, 65, 0.0, 1.0).rolled == 160


def test_issues_are_bound_by_cap_pool_wish_and_investors():
    for wish, equity, eligible, taken, issued in (
        (500, 10**6, 10_000, 1.0, 500), (500, 90, 10_000, 1.0, 260), (500, 10**6, 400, 1.0, 220),
        (9_999, 90, 10_000, 0.5, 130), (-5, 10**6, 10_000, 1.0, 0),
    ):  # fmt: skip
        made = notes([100, 0, 5])
        assert made.month(pool(eligible=eligible), wish, equity, 0.0, taken).issued == issued
    assert notes([100, 0, 5]).room(10, 10_000) == 0


def test_a_pool_too_small_hands_its_collections_on():
    made = notes([600, 0, 5], [300, 0, 4])
    # .8 of 1 000 stands behind 900: 100 are handed on, two to one.
    assert made.month(pool(eligible=1_000), 0, 10**6, 0.0, 1.0).repaid == 100
    assert sorted(made.series[:, OUTSTANDING].tolist()) == [267, 533]
    made = notes([600, 0, 5])
    assert made.month(pool(eligible=100, collected=30), 0, 10**6, 0.0, 1.0).repaid == 30


@pytest.mark.parametrize(
    ("spreads", "early"), [([-1, -1], 0), ([-1, -1, -1], 1), ([9, -1, -1], 0), ([-9, 1, 1], 1), ([9, 9, -1, -1, -1], 1)]
)
def test_the_trigger_looks_at_the_mean_of_three_months(spreads, early):
    made = notes([600, 0, 12], least_excess=0.0, excess_months=3, revolving_months=12)
    for spread in spreads:
        made.month(pool(interest=max(spread, 0) * 100, defaulted=max(-spread, 0) * 100), 0, 10**6, 0.0, 1.0)
    assert made.early == early
    assert (made.amortising > 0) == bool(early) and (made.series[:, MONTHS_LEFT] == 0).all() == bool(early)


def test_early_amortisation_keeps_the_size_at_which_it_began():
    made = notes([600, 0, 5], [100, 150, 0], excess_months=1)
    made.month(pool(collected=0, defaulted=1), 0, 10**6, 0.0, 1.0)
    assert sorted(made.series[:, SIZE].tolist()) == [150, 600] and made.room(10**6, 10**6) == 0
    made.series = NO_SERIES.copy()
    made.month(pool(defaulted=1), 9, 10**6, 0.0, 1.0)
    assert made.early == 1, "all is repaid, but the spread is still low"
    assert made.month(pool(interest=1), 9, 10**6, 0.0, 1.0).issued == 9 and made.early == 0


def test_without_loans_there_is_no_spread():
    assert notes().excess_spread(pool(loans=0, interest=9), 0.03) == 0.0
    assert notes().excess_spread(pool(interest=100, defaulted=40), 0.05) == pytest.approx(12 * 60 / 10_000 - 0.8 * 0.05)
