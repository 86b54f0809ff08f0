"""Which figures are reported of a scheme: those of the parties and clauses that it has."""

from __future__ import annotations

from dataclasses import replace

from sim.sharing.figures import OF_FUND, SHORT, parties_of, reported
from sim.sharing.flows import PoolFlows
from sim.sharing.fund import FundSettings
from sim.sharing.layers import Layer
from sim.sharing.scheme import Scheme
from sim.sharing.state import RiskSharing
from sim.sharing.terms import Auction, Backing

LENDER = Layer(participant="lender", share=0.2)
GUARANTEE = Scheme(layers=(Layer(share=0.8), LENDER))
INSURED = Scheme(layers=(Layer(participant="insurer", share=0.8, premium_rate=0.01), LENDER))


def told(scheme):
    sharing = RiskSharing(scheme, FundSettings(capital=10**6), 10**9)
    sharing.close_month(PoolFlows(lent=10**6, covered_outstanding=10**6))
    assert set(reported(sharing)) <= set(sharing.last)
    return parties_of(sharing), set(reported(sharing))


def test_nothing_is_reported_where_nothing_is_shared():
    assert told(Scheme(layers=(replace(LENDER, share=1.0),))) == (set(), set())


def test_parties_are_those_of_the_layers_and_whoever_stands_behind_them():
    backed = replace(
        INSURED, backing=(Backing("insurer", 0.1, "guarantee_fund"),), insolvent_share_falls_on="government"
    )
    assert told(GUARANTEE)[0] == {"guarantee_fund", "lender"}
    assert told(INSURED)[0] == {"insurer", "lender"}
    assert told(backed)[0] == {"insurer", "guarantee_fund", "government", "lender"}


def test_figures_of_a_party_that_is_not_there_are_left_out():
    for scheme, here in ((GUARANTEE, {"fund", "lender"}), (INSURED, {"insurer", "lender"})):
        found = told(scheme)[1]
        for what in ("loss", "claimed"):
            assert {name for name in SHORT.values() if f"{what}_{name}" in found} == here
        assert ("compensation_fund" in found, "compensation_insurer" in found) == ("fund" in here, "insurer" in here)
        assert "covered_outstanding" in found and not any(name.startswith("partner") for name in found)


def test_figures_of_a_clause_that_is_not_there_are_left_out():
    guaranteed, insured = told(GUARANTEE)[1], told(INSURED)[1]
    assert {*OF_FUND, "fund_capital"} <= guaranteed and not {*OF_FUND, "fund_capital"} & insured
    assert "premium_layers" in insured and "premium_layers" not in guaranteed
    assert "coverage_won" not in guaranteed
    assert "coverage_won" in told(replace(GUARANTEE, auction=Auction(winners=6, rivals=5)))[1]
