"""Movements of a month: who paid, who received, and what moves no cash."""

from __future__ import annotations

from sim.sharing.flows import PoolFlows, Posting, Postings
from sim.sharing.joint import JointMonth


def test_movements_are_summed_by_kind_and_payer_and_netted_by_sector():
    made = Postings()
    made.add("compensation", "guarantee_fund", "lender", 70)
    made.add("compensation", "insurer", "lender", 30)
    made.add("premium", "lender", "guarantee_fund", 20)
    made.add("premium", "lender", "insurer", 0)
    assert [posting.flow for posting in made.made] == ["compensation", "compensation", "premium"]
    assert made.made[2] == Posting("premium", "lender", "guarantee_fund", "cash", 20)
    assert (made.sum_of("compensation"), made.sum_of("compensation", payer="insurer")) == (100, 30)
    assert made.sum_of("premium", payer="insurer") == 0
    sectors = ("guarantee_fund", "insurer", "lender", "government")
    assert [made.net_of(sector) for sector in sectors] == [50, 30, -80, 0]


def test_what_moves_between_the_lender_and_its_partners():
    made = Postings()
    made.add_joint(JointMonth(funded=50, principal=20, interest=7, fee=1))
    assert made.net_of("partner_banks") == 50 - 20 - 7 + 1 == -made.net_of("lender")


def test_a_month_of_nothing():
    assert set(vars(PoolFlows()).values()) == {0}
