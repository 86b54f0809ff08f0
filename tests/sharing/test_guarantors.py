"""Guarantors stand among Mesa's agents and show what their books hold."""

import copy
from types import SimpleNamespace

import mesa

from sim.config.compose import compose_groups
from sim.config.validate import build
from sim.sharing.flows import PoolFlows
from sim.sharing.fund import FundSettings
from sim.sharing.guarantors import GuaranteeFund, PartnerBank, enrol
from sim.sharing.scheme import Scheme
from sim.sharing.state import RiskSharing


def sharing_of(name):
    values = copy.deepcopy(compose_groups([("sharing", name)])["sharing"])
    del values["name"]
    problems = []
    scheme = build(Scheme, values, "sharing", problems)
    assert problems == []
    return RiskSharing(scheme, FundSettings(capital_share=0.1), 10**9)


def test_each_scheme_enrols_those_who_keep_books():
    for name, kinds in (
        ("none", []),
        ("guarantee_80_20", [GuaranteeFund]),
        ("joint_loan_30_70", [PartnerBank]),
    ):
        model = mesa.Model(rng=1)
        enrol(model, sharing_of(name))
        assert [type(agent) for agent in model.agents] == kinds


def test_a_data_collector_reads_the_fund():
    sharing = sharing_of("guarantee_80_20")
    model = mesa.Model(rng=1)
    (fund,) = enrol(model, sharing)
    collector = mesa.DataCollector(
        model_reporters={"capital": lambda model: fund.capital, "state": lambda model: fund.state}
    )
    collector.collect(model)
    sharing.close_month(PoolFlows(lent=1_000_000, covered_outstanding=1_000_000))
    sharing.close_month(PoolFlows(triggered=50_000, covered_outstanding=950_000, triggered_outstanding=50_000))
    collector.collect(model)
    frame = collector.get_model_vars_dataframe()
    # 80 m of capital, a month's premium of 1 % on 800 000 guaranteed, a claim of 40 000 to be paid
    assert list(frame["capital"]) == [80_000_000, 80_000_000 + 666 - 40_000]
    assert list(frame["state"]) == ["open", "open"]
    assert fund.cash == fund.capital + 40_000
    assert fund.liabilities == 760_000 + 40_000
    assert fund.leverage == fund.liabilities / fund.capital
    assert (fund.premiums, fund.compensation, fund.recoveries) == (666, 0, 0)


def test_the_partners_book_is_shown():
    sharing = sharing_of("joint_loan_30_70")
    (partner,) = enrol(mesa.Model(rng=1), sharing)
    sharing.close_month(PoolFlows(lent=1_000, covered_outstanding=1_000))
    sharing.close_month(
        PoolFlows(interest=100, triggered=10, written_off=10, covered_outstanding=990, triggered_outstanding=10)
    )
    assert (partner.claim, partner.written_off, partner.interest, partner.fees) == (693, 7, 70, 14)


def test_each_figure_is_its_own():
    books = SimpleNamespace(
        fund=SimpleNamespace(
            net_assets=2, cash=3, premiums=5, compensation=7, recoveries=11, leverage=lambda held: held / 2
        ),
        joint=SimpleNamespace(active=True, interest_passed=13, fee_paid=17),
        claims=SimpleNamespace(written_off={"partner_banks": 19, "lender": 1, "guarantee_fund": 2}),
        partner_claim=23, liabilities=lambda: 29, status=2, has_fund=True,
    )  # fmt: skip
    fund, bank = enrol(mesa.Model(rng=1), books)
    assert (fund.capital, fund.cash, fund.premiums, fund.compensation, fund.recoveries) == (2, 3, 5, 7, 11)
    assert (fund.liabilities, fund.leverage, fund.state) == (29, 14.5, "exhausted")
    assert (bank.claim, bank.written_off, bank.interest, bank.fees) == (23, 19, 13, 17)
    for status, state in enumerate(("open", "suspended", "exhausted")):
        books.status = status
        assert fund.state == state
