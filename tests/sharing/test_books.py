"""The small books of a scheme by hand: bids, claims, the covered pool, partner banks, pools side by side."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sim.sharing.auction import coverage_needed, winning_bid
from sim.sharing.claims import ClaimBook, take_from
from sim.sharing.cover import CoverBook, rate
from sim.sharing.layers import Layer
from sim.sharing.many import Pools, Taken, allocate_many, split_many, times
from sim.sharing.partners import BY_FEAR, BY_LOSS, PartnerBooks
from sim.sharing.terms import Auction, Partner

LENDER, PARTNERS, FUND = "lender", "partner_banks", "guarantee_fund"


# ---- bids -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("margin", "premium", "share"),
    [
        (0.06, 0.02, (0.12 - 0.06) / (0.12 - 0.02)),
        (0.12, 0.02, 0.0),  # the margin alone bears the loss
        (0.119, 0.02, 0.01),
        (0.0, 0.02, 0.8),  # would ask for more than may be bid
        (0.06, 0.12, 0.8),  # a guarantee as dear as the loss
        (0.06, 0.119, 0.8),
        (-0.01, 0.0, 0.8),
    ],
)
def test_coverage_needed_by_hand(margin, premium, share):
    """15 % default at a loss of 80 %: 12 % a year."""
    assert coverage_needed(margin, 0.15, 0.8, premium, 0.8) == pytest.approx(share)


def test_of_equal_bids_the_lenders_is_served_last():
    """Without a spread all bid alike: five rivals come before the lender."""
    alike = {"rivals": 5, "rival_spread": 0.0, "marginal_default": 0.15}
    assert winning_bid(Auction(winners=5, **alike), 0.06, 0.8, 0.02, 0.8, 3, 0) is None
    assert winning_bid(Auction(winners=6, **alike), 0.06, 0.8, 0.02, 0.8, 3, 0) == pytest.approx(0.6)


def test_rivals_are_drawn_anew_each_year_and_seed():
    one = Auction(winners=1, rivals=1, rival_spread=0.02)
    won = {
        (seed, year): winning_bid(one, 0.06, 0.8, 0.02, 0.8, seed, year) is not None
        for seed in range(6) for year in range(6)
    }  # fmt: skip
    for seed in range(6):
        assert len({won[seed, year] for year in range(6)}) == 2 or len({won[year, seed] for year in range(6)}) == 2
    assert 8 < sum(won.values()) < 28, "one of two equals wins about half of the time"
    # Two rivals are no copies of each other: with two winners of three somebody is left out now and then.
    two = Auction(winners=2, rivals=2, rival_spread=0.02)
    both = sum(winning_bid(two, 0.06, 0.8, 0.02, 0.8, seed, 0) is not None for seed in range(30))
    assert 15 < both < 26


# ---- claims -----------------------------------------------------------------------------------------


@pytest.fixture
def claims() -> ClaimBook:
    book = ClaimBook("senior")
    book.assign({LENDER: 30, FUND: 70})
    return book


def test_claims_before_and_after_the_charge_off(claims):
    assert claims.outstanding == 100
    assert claims.recover(40) == {**dict.fromkeys(claims.live, 0), LENDER: 30, FUND: 10}, "the lender comes first"
    parts = claims.write_off(20)
    assert parts[FUND] == 20 and (claims.live[FUND], claims.written_off[FUND]) == (40, 20)
    assert claims.recover_written_off(5)[FUND] == 5 and claims.abandon(5)[FUND] == 5
    assert claims.written_off[FUND] == 10 and claims.outstanding == 50


def test_a_charge_off_falls_on_all_in_proportion_whatever_the_order_of_recovery(claims):
    assert {name: part for name, part in claims.write_off(10).items() if part} == {LENDER: 3, FUND: 7}
    assert {name: part for name, part in claims.abandon(10).items() if part} == {LENDER: 3, FUND: 7}


def test_unpaid_claims_are_handed_on_live_ones_first(claims):
    claims.write_off(20)
    assert (claims.live[FUND], claims.written_off[FUND]) == (56, 14)
    assert claims.transfer(FUND, LENDER, 50) == 0 and (claims.live[FUND], claims.live[LENDER]) == (6, 74)
    assert claims.transfer(FUND, LENDER, 15) == 9
    assert (claims.live[FUND], claims.written_off[FUND], claims.live[LENDER], claims.written_off[LENDER]) == (
        0,
        5,
        80,
        15,
    )
    assert claims.transfer(FUND, LENDER, 99) == 5 and claims.outstanding == 100


def test_both_orders_of_payment():
    for order, lender in (("senior", 30), ("guarantor_first", 0), ("pari_passu", 12)):
        stocks = {LENDER: 30, FUND: 70}
        assert take_from(stocks, 40, order)[LENDER] == lender and stocks == {LENDER: 30 - lender, FUND: 30 + lender}
    stocks = {LENDER: 30, FUND: 70}
    assert take_from(stocks, 80, "guarantor_first") == {LENDER: 10, FUND: 70}


def test_a_saved_book_of_claims_comes_back(claims):
    claims.write_off(20)
    again = ClaimBook("senior")
    again.restore(claims.save())
    assert (again.live, again.written_off) == (claims.live, claims.written_off)


# ---- the covered pool -------------------------------------------------------------------------------


def test_the_covered_pool_month_by_month():
    book = CoverBook(existing=1_000)
    assert (book.outstanding, book.volume, book.year_volume, book.begins_year) == (1_000, 1_000, 1_000, False)
    book.roll(lent=500, repaid=200, triggered=100, risk=60)
    # Of the risk as much is left as of the loans: 1 200 of 1 500.
    assert (book.outstanding, book.risk, book.volume, book.released) == (1_200, 48, 1_500, 300)
    book.close(premium=7, compensation=5)
    book.roll(lent=0, repaid=600, triggered=0)
    book.close(premium=1, compensation=2)
    assert (book.risk, book.released, book.year_released, book.premium, book.compensation) == (24, 900, 900, 8, 7)
    assert (book.recent_released[:3], book.recent_compensation[:3]) == ([300, 600, 0], [5, 2, 0])
    bases = book.bases
    assert (bases.volume, bases.year_volume, bases.outstanding, bases.released) == (1_500, 1_500, 600, 900)
    assert (bases.year_released, bases.premium, bases.year_premium) == (900, 8, 8)
    with pytest.raises(ValueError, match="covered pool: 600"):
        book.roll(lent=0, repaid=500, triggered=101)


def test_a_contract_year_has_twelve_months():
    book, begins = CoverBook(), []
    for _ in range(26):
        begins.append(book.begins_year)
        book.close(premium=0, compensation=0)
    assert [month for month, first in enumerate(begins) if first] == [12, 24]
    book.roll(lent=90, repaid=10, triggered=0)
    book.close(premium=4, compensation=0)
    book.open_year()
    assert (book.year_volume, book.year_released, book.year_premium) == (80, 0, 0)
    assert (book.volume, book.released, book.premium) == (90, 10, 4), "what counts over the whole life stays"


def test_compensation_rates_forget_what_is_older_than_a_year():
    book = CoverBook()
    for month in range(13):
        book.roll(lent=100, repaid=10, triggered=0)
        book.close(premium=0, compensation=40 if month == 0 else 1)
    found = book.compensation_rates(800_000_000)
    assert found == pytest.approx({"outstanding": 12 / (0.8 * 1_170), "released": 12 / 96, "cumulative": 52 / 1_040})
    assert rate(3, 0) == 0.0 and rate(3, 4) == 0.75
    again = CoverBook()
    again.restore(book.save())
    assert again.save() == book.save() and again.compensation_rates(800_000_000) == found


# ---- partner banks ----------------------------------------------------------------------------------


def banks(*partners: Partner) -> PartnerBooks:
    return PartnerBooks(partners, 1_000)


BIG = Partner(share=0.75, tier_one=4.0, total_loans=40.0, one_platform_cap=0.25, all_platforms_cap=0.5)
SMALL = Partner(share=0.25, tier_one=0.4, total_loans=4.0, one_platform_cap=0.25, all_platforms_cap=0.5)


def flows(repaid: int = 0, charged_off: int = 0, recovered: int = 0, abandoned: int = 0) -> dict[str, int]:
    return {"repaid": repaid, "charged_off": charged_off, "recovered": recovered, "abandoned": abandoned}


def test_rooms_by_capital_and_by_all_joint_loans():
    assert banks(BIG, SMALL).rooms() == [1_000, 100]
    # Half of 4 000 less 1 950 with others: 50 are left.
    busy = dataclasses.replace(SMALL, other_joint=1.95, tier_one=4.0)
    assert banks(BIG, busy).rooms() == [1_000, 50]
    books = banks(BIG, busy)
    books.stake = [900, 60]
    assert books.rooms() == [100, 0]
    for mood in (BY_LOSS, BY_FEAR):
        books.withdrawn = [mood, 0]
        assert books.rooms() == [0, 0] and banks(BIG).rooms() == [1_000]
    books.withdrawn = [BY_FEAR, 0]
    books.tier_one = [-5, 4_000]
    assert books.rooms() == [0, 0]


def test_what_one_cannot_fund_the_other_does():
    books = banks(BIG, SMALL)
    assert books.fund(400) == [300, 100] and books.fund(800) == [700, 100]
    assert sum(books.fund(1_500)) == 1_500 and books.fund(1_500) == [1_000 + 300, 100 + 100]
    assert books.fund(0) == [0, 0]


def test_a_month_of_two_banks():
    books = banks(BIG, dataclasses.replace(SMALL, tier_one=4.0))
    books.stake, books.lost = [300, 100], [40, 0]
    books.month(0, 80, flows(repaid=40, charged_off=44, recovered=10, abandoned=10), 22, 1.0)
    # Funded 60 and 20; of 480 repaid 30 and 10; charged off 33 and 11; recovered and abandoned by what is pursued.
    assert books.stake == [297, 99]
    assert sum(books.lost) == 40 + 44 - 20 and books.lost[1] < 11
    gain = [after - before for after, before in zip(books.tier_one, [4_000, 4_000], strict=True)]
    assert sum(gain) == 22 - 44 + 10 and books.recent_stake[0] == [297, 99]
    assert sum(books.recent_loss[0]) == 34 and books.withdrawn == [0, 0]
    again = banks(BIG, SMALL)
    again.restore(books.save())
    assert again.save() == books.save()


@pytest.mark.parametrize(("loss", "mood"), [(10, 0), (11, BY_LOSS)])
def test_losses_beyond_the_tolerance_drive_a_bank_away(loss, mood):
    """1 000 of stake and a loss of a month: 12 x 10 / 990 lies below .122, 12 x 11 / 989 above."""
    books = banks(dataclasses.replace(BIG, share=1.0, loss_tolerance=0.122))
    books.stake = [1_000]
    books.month(0, 0, flows(charged_off=loss), 0, 1.0)
    assert books.withdrawn == [mood]
    just = banks(dataclasses.replace(BIG, share=1.0, loss_tolerance=0.12))
    just.stake = [1_010]
    just.month(0, 0, flows(charged_off=10), 0, 1.0)
    assert just.withdrawn == [0], "12 x 10 / 1 000 is what it tolerates"
    calm = banks(dataclasses.replace(BIG, share=1.0, loss_tolerance=1.0))
    calm.stake = [1_000]
    calm.month(0, 0, flows(charged_off=900), 0, 1.0)
    assert calm.withdrawn == [0], "1 is no tolerance at all"


def test_a_bank_returns_when_its_losses_are_over():
    for limit, months in ((0.05, 3), (0.0, None)):
        books = banks(dataclasses.replace(BIG, share=1.0, loss_tolerance=0.1, return_below=limit))
        books.stake, moods = [1_000], []
        for month in range(6):
            books.month(month, 0, flows(charged_off=11 if month == 0 else 0), 0, 1.0)
            moods.append(books.withdrawn[0])
        # 132 a year over 1, 2, 3 months of stake: .133, .067, .044.
        back = moods.index(0) + 1 if 0 in moods else None
        assert back == months, (limit, moods)


def test_fear_of_the_lender_begins_below_the_floor():
    wary = dataclasses.replace(BIG, share=1.0, lender_capital_floor=0.08)
    for ratio, mood in ((0.08, 0), (0.0799, BY_FEAR), (0.2, 0)):
        books = banks(wary)
        books.withdrawn = [BY_FEAR]
        books.month(0, 0, flows(), 0, ratio)
        assert books.withdrawn == [mood]


def test_the_loss_rate_is_of_twelve_months():
    books = banks(BIG, SMALL)
    books.recent_loss[3], books.recent_stake[3], books.recent_stake[4] = [6, 1], [100, 50], [200, 50]
    assert (books.loss_rate(0, 5), books.loss_rate(1, 5), books.loss_rate(0, 0)) == (0.24, 0.12, 0.0)


# ---- many pools -------------------------------------------------------------------------------------


def test_billionths_and_largest_remainders():
    assert times(np.array([7, 3 * 10**18]), 333_333_333).tolist() == [2, 999_999_999 * 10**9]
    parts = split_many(np.array([10, 1, 2]), [333_333_333, 333_333_333, 333_333_334])
    # The larger remainder first, of equal ones the earlier.
    assert parts.T.tolist() == [[3, 3, 4], [0, 0, 1], [1, 0, 1]]


def test_two_pools_under_a_tranche_and_a_yearly_cap():
    tranche = Layer("tranche", FUND, share=0.5, attachment=0.1, detachment=0.3)
    pools = Pools.of(np.array([1_000, 1_000]))
    taken = Taken(1, 2)
    borne = allocate_many([tranche], taken, np.array([150, 400]), pools)
    assert borne[FUND].tolist() == [25, 100] and borne[LENDER].tolist() == [125, 300]
    borne = allocate_many([tranche], taken, np.array([150, 50]), pools)
    assert borne[FUND].tolist() == [75, 0], "100 to 300 of all that was met so far"
    capped = Layer("quota_share", FUND, share=0.8, period_cap=0.1, period_cap_base="guaranteed_volume")
    taken = Taken(1, 2)
    for expected in ([80, 16], [0, 16]):
        assert allocate_many([capped], taken, np.array([200, 20]), pools)[FUND].tolist() == expected
    taken.open_year()
    assert allocate_many([capped], taken, np.array([10, 200]), pools)[FUND].tolist() == [8, 80]
