"""What each share of a contract is a share of, under schemes that cover only a part of the book."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim.economy.sectors import SECTORS
from sim.engine.tables.numbers import Numbers
from sim.lender.rationing import ration
from sim.sharing.contract import Contract
from sim.sharing.flows import PoolFlows
from sim.sharing.fund import FundSettings
from sim.sharing.layers import Layer
from sim.sharing.reading import reading
from sim.sharing.scheme import Scheme
from sim.sharing.scheme_terms import SuspensionRule
from sim.sharing.state import RiskSharing
from sim.sharing.terms import Auction, Backing, Eligibility, Partner
from tests.laws.calling import act

WORLD = (
    *("population.borrowers=400", "firms.per_person=0.15", "firms.credit_share=1", "study.burn_in=4"),
    "policy/approval=everyone",  # firms that owe, whatever the lender thinks of them
)
BOOK, ELIGIBLE = 10**9, 2 * 10**8
GUARANTEE = Scheme(
    layers=(
        Layer(share=0.8, participant="guarantee_fund"),
        Layer(share=0.25, participant="re_guarantee_fund", of="guarantee_fund"),
        Layer(share=0.2, participant="lender"),
    ),
    backing=(Backing("re_guarantee_fund", 0.5),),
)


@pytest.fixture(scope="module")
def book():
    model = sim.Model(sim.compose([*WORLD]))
    for _ in range(4):
        model.step()
    return model.save()


def at_policy_date(book, *overrides):
    """A model whose scheme has just started on the book, and who owed what before."""
    model = sim.Model.fork(sim.compose([*WORLD, "sharing=guarantee_80_20", *overrides]), book)
    accounts = [model.accounts, model.firms.accounts]
    owed = [table["principal"].astype(np.int64) for table in accounts]
    model._policy_date()
    return model, accounts, owed


SECTOR = np.array(["agriculture", "manufacturing"])
PARTS = {
    "two sectors": (
        "sharing.eligible.sectors=[agriculture,manufacturing]",
        lambda table: np.isin(np.array(SECTORS)[table["stated_sector"]], SECTOR) * 1.0,
    ),
    "firms' working capital": (
        "sharing.eligible.products=[working_capital]",
        lambda table: (table["product"] == 1) * 1.0,
    ),
    "small lines": (
        "sharing.eligible.largest_line=800000",
        lambda table: (table["limit"] <= 800_000) * 1.0,
    ),
    "weak scores": (
        "sharing.eligible.highest_score=620",
        lambda table: (table["score"] <= 620.0) * 1.0,
    ),
    "larger lines in part": (
        "sharing.eligible={larger_from: 700000, larger_part: 0.75}",
        lambda table: np.where(table["limit"] > 700_000, 0.75, 1.0),
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_the_funds_capital_is_a_share_of_what_the_scheme_may_cover(book, name):
    """10 % of 80 % of the principal of eligible loans, worked out account by account."""
    key, eligible = PARTS[name]
    model, accounts, owed = at_policy_date(book, key)
    parts = [(amounts * eligible(table)).astype(np.int64) for amounts, table in zip(owed, accounts, strict=True)]
    volume = sum(int(part.sum()) for part in parts)
    assert 0 < volume < 0.97 * sum(int(amounts.sum()) for amounts in owed)
    assert model.sharing.eligible_volume == volume
    assert model.sharing.fund.initial == volume * 8 // 10 // 10
    assert model.sharing.reference_volume == sum(int(amounts.sum()) for amounts in owed)
    assert not any(table["cover_part"].any() for table in accounts)


def test_a_scheme_that_covers_old_loans_covers_the_eligible_ones(book):
    model, accounts, owed = at_policy_date(book, PARTS["two sectors"][0], "sharing.covers_existing=true")
    for table, amounts in zip(accounts, owed, strict=True):
        assert (table["covered"] == amounts * PARTS["two sectors"][1](table)).all()
    covered = sum(int(table["covered"].sum()) for table in accounts)
    assert covered == model.sharing.cover.outstanding == model.ledger.both_stocks()["covered"] > 0
    model.step()
    assert model.record["covered_outstanding"] > 0


def test_a_scheme_that_covers_everything_is_sized_by_the_book(book):
    model, _, owed = at_policy_date(book)
    assert model.sharing.eligible_volume == model.sharing.reference_volume == sum(int(part.sum()) for part in owed)


def started(scheme=GUARANTEE, **fund):
    return RiskSharing(scheme, FundSettings(**fund), BOOK, 0, ELIGIBLE)


def test_guarantors_are_sized_by_what_may_be_covered_and_banks_by_the_book():
    """The fund bears 80 % less the quarter that it cedes: 60 %; the re-guarantee fund promises 20 %."""
    sharing = started(capital_share=0.1)
    assert sharing.fund.initial == ELIGIBLE * 6 // 10 // 10
    assert sharing.purses["re_guarantee_fund"].cash == ELIGIBLE * 2 // 10 // 2
    banks = Contract(replace(GUARANTEE, partners=(Partner(tier_one=4.0),)), FundSettings(), BOOK, 0, ELIGIBLE).partners
    assert banks.tier_one == [4 * BOOK]


def test_rights_of_an_auction_are_a_share_of_the_book():
    auctioned = started(replace(GUARANTEE, auction=Auction(winners=6, rivals=5, rights=0.5)))
    auctioned.hold_auction(margin=0.05, severity=0.6, seed=1)
    assert auctioned.rights_left == BOOK // 2


def covered_month(sharing, lent=10**7, triggered=0):
    standing = sharing.cover.outstanding + lent - triggered
    claims = sharing.claims.outstanding + triggered
    flows = PoolFlows(lent=lent, triggered=triggered, covered_outstanding=standing, triggered_outstanding=claims)
    sharing.close_month(flows)
    return sharing.last


def test_what_is_asked_before_anything_is_lent_goes_by_the_covered_pool():
    """A stop at 20 % of covered volume: the next loss of a hundredth of the pool is still below it."""
    capped = Layer(share=0.8, lifetime_cap=0.2, lifetime_cap_base="guaranteed_volume")
    sharing = started(Scheme(layers=(capped, Layer(participant="lender", share=0.2))), capital=10**9)
    covered_month(sharing, lent=10**7)
    assert sharing.eligible_volume == ELIGIBLE and sharing.covered_loss_share() == pytest.approx(0.2)


def test_leverage_premium_and_suspension_go_by_what_stands_covered():
    """10 m fen covered, of which the fund guarantees 60 %; a month's premium is a twelfth of 1.2 % of that."""
    rule = SuspensionRule("cumulative", above=0.01)
    scheme = replace(GUARANTEE, premium_basis="annual", suspension=rule)
    sharing = started(scheme, capital=10**6, leverage_cap=8.0, premium_rate=0.012)
    assert covered_month(sharing)["fund_liabilities"] == 6_000_000
    assert sharing.capacity() == (8 * 10**6 - 6 * 10**6) * 10 // 6
    month = covered_month(sharing, lent=0, triggered=100_000)
    assert month["premium_paid"] == 6_000
    assert month["compensation_rate_cumulative"] == pytest.approx(60_000 / 6_000_000)
    assert sharing.status == 0
    assert covered_month(sharing, lent=0, triggered=10_000)["compensation_rate_cumulative"] == pytest.approx(0.011)
    assert sharing.status == 1


def test_cover_goes_on_while_the_scheme_can_take_the_eligible_requests():
    """Of 3 000 000 fen asked for 600 000 would come under cover; a scheme that can take that much goes on."""
    accounts = {"request": np.array([2_400_000, 500_000, 100_000]), "cover_part": np.array([0, 1, 1], np.float32)}
    for capacity, covering in ((600_000, 1), (599_999, 0)):
        numbers = Numbers(covering=1)
        model = SimpleNamespace(
            accounts=accounts,
            environment=numbers,
            lender=SimpleNamespace(failed=0),
            month=3,
            ledger=SimpleNamespace(flows={"requested": 3_000_000, "firm.drawn_covered": 0}),
            sharing=SimpleNamespace(capacity=lambda capacity=capacity: capacity),
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sim.lender.rationing.room_to_lend", lambda *parts: 10**9)
            act(ration, model)
        assert numbers["covering"] == covering


def test_the_reading_says_what_the_capital_is_a_share_of():
    fund = FundSettings(capital_share=0.1)
    assert "starts with 10 % of the guaranteed part of the loans on the book;" in reading(GUARANTEE, fund)
    part = replace(GUARANTEE, eligible=Eligibility(sectors=("agriculture",)))
    assert "10 % of the guaranteed part of those loans on the book that it could cover;" in reading(part, fund)
    assert "starts with 1,000.00 yuan;" in reading(part, replace(fund, capital=100_000))
