"""What a contract offers before a loan is made, by hand: prices, shares of the next loss, rooms and terms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.sharing.contract import UNLIMITED, Contract
from sim.sharing.flows import PoolFlows
from sim.sharing.fund import FundSettings
from sim.sharing.layers import Layer
from sim.sharing.scheme import Scheme
from sim.sharing.state import RiskSharing
from sim.sharing.terms import BILLION, PRODUCTS, Auction, Backing, Eligibility, WindDown

BOOK = 10**9
RICH = FundSettings(capital=10**8, leverage_cap=100.0, premium_rate=0.012)
EIGHTY = (Layer(share=0.8), Layer(participant="lender", share=0.2))
GUARANTEE = Scheme(layers=EIGHTY, premium_basis="annual")
TRANCHE = Layer(
    kind="first_loss", participant="insurer", attachment=0.02, detachment=0.07, share=0.5, premium_rate=0.04
)


def lent(sharing: RiskSharing, amount: int = 10**6) -> RiskSharing:
    sharing.close_month(PoolFlows(lent=amount, covered_outstanding=amount))
    return sharing


@pytest.mark.parametrize(
    ("changed", "cost", "contribution"),
    [
        ({}, 0.012 * 0.8, 0.0),
        ({"premium_subsidy": 0.25}, 0.012 * 0.8 * 0.75, 0.0),
        ({"premium_on": "outstanding"}, 0.012, 0.0),
        ({"premium_basis": "none"}, 0.0, 0.0),
        ({"premium_basis": "upfront", "premium_payer": "borrower"}, 0.0, 0.012 * 0.8),
        ({"premium_basis": "upfront", "premium_payer": "borrower", "premium_on": "outstanding"}, 0.0, 0.012),
    ],
)
def test_what_cover_costs_whom(changed, cost, contribution):
    contract = Contract(replace(GUARANTEE, **changed), RICH, BOOK)
    assert contract.premium_cost() == pytest.approx(cost, abs=1e-12)
    assert contract.cover_terms()["contribution_rate"] == pytest.approx(contribution, abs=1e-12)


def test_capital_falls_on_what_guarantors_stand_for_in_proportion():
    """Not on joint loans, which others own, nor on tranches and capped guarantees (Basel III, CRE22)."""
    assert Contract(GUARANTEE, RICH, BOOK).guaranteed_share() == pytest.approx(0.8)
    assert Contract(Scheme(), RICH, BOOK).guaranteed_share() == 0.0
    capped = (replace(EIGHTY[0], period_cap=0.03, period_cap_base="guaranteed_volume"), EIGHTY[1])
    joint = Scheme(layers=(Layer(participant="lender", share=0.3), Layer(participant="partner_banks", share=0.7)),
                   funded=True, premium_basis="none")  # fmt: skip
    for scheme in (replace(GUARANTEE, layers=capped), replace(GUARANTEE, layers=(TRANCHE, *EIGHTY)), joint):
        contract = Contract(scheme, RICH, BOOK)
        assert contract.guaranteed_share() == contract.guaranteed_share(standing=True) == 0.0
    closed = lent(RiskSharing(replace(GUARANTEE, wind_down=WindDown(open_months=1)), RICH, BOOK))
    assert (closed.guaranteed_share(), closed.guaranteed_share(standing=True)) == (0.0, pytest.approx(0.8))


def test_a_tranche_is_priced_by_its_width_and_by_the_lender_alone_who_cedes_it():
    """Half of five hundredths at 4 %; what the fund cedes costs the fund."""
    ceded = Layer(participant="re_guarantee_fund", of="guarantee_fund", share=0.5, premium_rate=0.04)
    layers = (TRANCHE, *EIGHTY, ceded)
    contract = Contract(Scheme(layers=layers, premium_basis="none"), RICH, BOOK)
    assert contract.premium_cost() == pytest.approx(0.04 * 0.5 * 0.05)


def test_nothing_is_priced_or_shared_where_nothing_new_is_covered():
    closed = lent(RiskSharing(replace(GUARANTEE, wind_down=WindDown(open_months=1)), RICH, BOOK))
    assert closed.closed and not closed.accepting and not closed.ended
    assert (closed.premium_cost(), closed.lender_share(), closed.funding_share()) == (0.0, 1.0, 1.0)
    assert closed.covered_loss_share() == pytest.approx(0.2)


def test_cover_ends_with_its_last_month():
    sharing = lent(RiskSharing(replace(GUARANTEE, wind_down=WindDown(open_months=1, cover_months=2)), RICH, BOOK))
    assert not sharing.ended and sharing.liabilities() == 800_000
    sharing.close_month(PoolFlows(covered_outstanding=10**6))
    assert sharing.ended and sharing.liabilities() == 0 and sharing.covered_loss_share() == 1.0


@pytest.mark.parametrize("volume", [0, BOOK])
def test_caps_weigh_in_the_next_loss_before_and_after_the_first_loan(volume):
    """A lifetime cap of 0.4 % of the 80 % guaranteed pays 0.32 % of the pool, of a next loss of 1 %."""
    capped = replace(EIGHTY[0], lifetime_cap=0.004, lifetime_cap_base="outstanding")
    sharing = RiskSharing(replace(GUARANTEE, layers=(capped, EIGHTY[1])), RICH, BOOK)
    if volume:
        lent(sharing, volume)
    assert sharing.covered_loss_share() == pytest.approx(1.0 - 0.32)


def test_an_exhausted_fund_leaves_the_next_loss_to_the_lender():
    scheme = replace(GUARANTEE, claim_trigger="months_past_due", insolvent_share_falls_on="lender")
    sharing = lent(RiskSharing(scheme, FundSettings(capital=1_000, leverage_cap=10_000.0), BOOK))
    sharing.close_month(PoolFlows(triggered=10**5, covered_outstanding=900_000, triggered_outstanding=10**5))
    assert sharing.covered_loss_share() == pytest.approx(1.0) and sharing.lender_share() == 1.0


def test_guarantors_that_are_limited_have_a_purse_and_others_none():
    layers = (
        Layer(share=0.5),
        Layer(participant="re_guarantee_fund", share=0.3),
        Layer(participant="insurer", share=0.2),
    )
    scheme = Scheme(layers=layers, backing=(Backing("re_guarantee_fund", 0.1), Backing("insurer", 0.5)))
    purses = Contract(scheme, RICH, BOOK).purses
    assert purses["re_guarantee_fund"].cash == BOOK * 3 // 10 // 10
    assert purses["insurer"].cash == BOOK * 2 // 10 // 2
    assert not purses["insurer"].unlimited and purses["government"].unlimited


def test_who_shares_is_anybody_but_the_lender():
    alone = Contract(Scheme(layers=(Layer(participant="lender"),)), RICH, BOOK)
    assert not alone.shares_anything and alone.capacity() == 0
    insured = Contract(Scheme(layers=(TRANCHE,)), RICH, BOOK)
    assert insured.shares_anything and insured.capacity() == UNLIMITED and insured.liabilities() == 0
    assert not Contract(Scheme(layers=(replace(TRANCHE, share=0.0),)), RICH, BOOK).shares_anything


def test_products_that_are_covered():
    def covered(*products):
        terms = Contract(replace(GUARANTEE, eligible=Eligibility(products=products)), RICH, BOOK).cover_terms()
        return terms["covers_cards"], terms["covered_by_product"].tolist()

    assert covered() == (1, [1.0] * len(PRODUCTS[1:]))
    assert covered("working_capital") == (0, [float(name == "working_capital") for name in PRODUCTS[1:]])
    assert covered(PRODUCTS[0])[0] == 1


def test_an_auction_is_held_at_the_beginning_of_each_contract_year_until_the_scheme_closes():
    auctioned = replace(GUARANTEE, auction=Auction(winners=6, rivals=5, rights=0.5))
    sharing = RiskSharing(auctioned, RICH, BOOK)
    assert not RiskSharing(GUARANTEE, RICH, BOOK).auction_due
    due = []
    for _ in range(25):
        due.append(sharing.auction_due)
        sharing.close_month(PoolFlows())
    assert [month for month, held in enumerate(due) if held] == [0, 12, 24]
    closing = RiskSharing(replace(auctioned, wind_down=WindDown(open_months=12)), RICH, BOOK)
    for _ in range(12):
        closing.close_month(PoolFlows())
    assert closing.closed and not closing.auction_due


@pytest.mark.parametrize(("winners", "won", "rights"), [(6, 800_000_000, BOOK // 2), (1, 0, 0)])
def test_who_asks_for_most_wins_if_all_win_and_else_has_no_rights(winners, won, rights):
    auctioned = replace(GUARANTEE, auction=Auction(winners=winners, rivals=5, rights=0.5))
    sharing = RiskSharing(auctioned, RICH, BOOK)
    sharing.hold_auction(margin=0.0, severity=0.6, seed=1)
    assert (sharing.won_billionths, sharing.rights_left) == (won, rights)


def test_the_fund_is_liable_for_its_part_less_what_it_cedes():
    ceded = Layer(participant="re_guarantee_fund", of="guarantee_fund", share=0.25)
    sharing = lent(RiskSharing(replace(GUARANTEE, layers=(*EIGHTY, ceded)), RICH, BOOK))
    assert sharing.fund_weight == 6 * BILLION // 10
    assert sharing.liabilities() == 600_000
    sharing.fund.payable = 5_000
    assert sharing.liabilities() == 605_000
    assert Contract(GUARANTEE, RICH, BOOK).liabilities() == 0
    spent = replace(EIGHTY[0], lifetime_cap=0.0, lifetime_cap_base="guaranteed_volume")
    assert lent(RiskSharing(replace(GUARANTEE, layers=(spent, EIGHTY[1], ceded)), RICH, BOOK)).liabilities() == 0
