"""How far a failure among institutions reaches: by hand, and from the books of a run."""

import numpy as np
import pytest

import sim
from sim.sharing.fund import FundSettings
from sim.sharing.institutions import links, reach, systemic
from sim.sharing.layers import Layer
from sim.sharing.scheme import Scheme
from sim.sharing.state import RiskSharing


def test_reach_by_hand():
    """One chain: 0 takes half of 1, 1 takes 0.4 of 2 when it fails; capital 10, 20, 70."""
    leans = np.array([[0, 10, 0], [0, 0, 28], [0, 0, 0]], dtype=np.int64)
    capital = np.array([10, 20, 70], dtype=np.int64)
    assert reach(leans, capital, 0) == pytest.approx((0.5 * 20 + 0.2 * 70) / 90)
    assert reach(leans, capital, 2) == 0.0
    leans[2, 1] = 20
    # 2 hands its 0.2 back to 1, which hands nothing on a second time
    assert reach(leans, capital, 0) == pytest.approx((0.7 * 20 + 0.2 * 70) / 90)


def test_links_of_a_matrix():
    first, creditor, amount = links(np.array([[0, 5, 0], [0, 0, 0], [7, 0, 9]], dtype=np.int64))
    assert (first.tolist(), creditor.tolist(), amount.tolist()) == ([0, 1, 1, 3], [1, 0, 2], [5, 7, 9])


@pytest.mark.parametrize(("cash", "missing"), [(0, 100), (30, 70), (100, 0), (-5, 100)])
def test_what_a_fund_has_not_got_stays_unpaid(cash, missing):
    layers = (Layer(share=0.8), Layer(participant="lender", share=0.2))
    sharing = RiskSharing(Scheme(layers=layers, payment_lag=3), FundSettings(capital=10), 10**6)
    sharing.queue["guarantee_fund"][0], sharing.fund.cash = 100, cash
    found = systemic(sharing, lender_equity=400)
    assert found["clearing_shortfall"] == missing
    assert found["reach_of_fund"] == pytest.approx(0.25), "a hundred of the four hundred that the lender has"
    assert found["reach_of_lender"] == 0.0


def test_a_thin_fund_reaches_the_lender_further_than_no_fund():
    def month(*overrides):
        model = sim.Model(
            sim.compose(["population=tiny", "firms=none", "study.burn_in=3", "machine.threads=1", *overrides])
        )
        for _ in range(20):
            model.step()
        return model

    alone, backed = month("sharing=none"), month("sharing=guarantee_80_20")
    assert "reach_of_fund" not in alone.record
    assert 0.0 < backed.record["reach_of_fund"] <= 1.0
    assert backed.record["clearing_shortfall"] == 0, "a standard fund can pay what it owes today"
    backed.sharing.fund.cash = 0
    backed.sharing.queue["guarantee_fund"].append(10**6)
    assert systemic(backed.sharing, backed.lender.equity)["clearing_shortfall"] >= 10**6
