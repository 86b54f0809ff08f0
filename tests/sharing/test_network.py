"""DebtRank and clearing among institutions, on published and worked examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.sharing.network import clearing_payments, debt_rank, systemic


def test_clearing_of_a_worked_example():
    """Four firms; by hand: p = (3.45, 3.30, 4.35, 0) solves p = min(owed, means + received)."""
    owed = np.array([[0, 10, 5, 0], [0, 0, 8, 4], [3, 0, 0, 6], [0, 0, 0, 0]], dtype=float)
    paid = clearing_payments(owed, np.array([2.0, 1.0, 1.0, 0.0]))
    assert paid == pytest.approx([3.45, 3.30, 4.35, 0.0], abs=0.005)


matrices = st.lists(st.lists(st.floats(0, 100), min_size=4, max_size=4), min_size=4, max_size=4)


@given(matrices, st.lists(st.floats(0, 100), min_size=4, max_size=4))
def test_clearing_is_a_fixed_point_within_debts(rows, means):
    owed = np.array(rows)
    np.fill_diagonal(owed, 0.0)
    means = np.array(means)
    paid, total = clearing_payments(owed, means), owed.sum(axis=1)
    shares = np.divide(owed, total[:, None], out=np.zeros_like(owed), where=total[:, None] > 0)
    assert (paid >= -1e-9).all() and (paid <= total + 1e-9).all()
    if means.min() > 0.01:  # with means everywhere the payments are unique
        assert paid == pytest.approx(np.minimum(total, means + shares.T @ paid), abs=1e-6)


def test_debt_rank_by_hand():
    """One chain: 0 takes half of 1, 1 takes 0.4 of 2 when it fails; capital 10, 20, 70."""
    impact = np.array([[0, 0.5, 0], [0, 0, 0.4], [0, 0, 0]], dtype=float)
    weight = np.array([10.0, 20.0, 70.0])
    assert debt_rank(impact, weight, 0) == pytest.approx((0.5 * 20 + 0.2 * 70) / 90)
    assert debt_rank(impact, weight, 2) == 0.0
    loop = impact.copy()
    loop[2, 1] = 1.0
    # 2 hands its 0.2 back to 1, which hands nothing on a second time
    assert debt_rank(loop, weight, 0) == pytest.approx((0.7 * 20 + 0.2 * 70) / 90)


def test_a_thin_fund_reaches_the_lender_further_than_no_fund():
    def month(*overrides):
        model = sim.Model(sim.compose(["population=tiny", "study.burn_in=3", "machine.threads=1", *overrides]))
        for _ in range(20):
            model.step()
        return model

    alone, backed = month("sharing=none"), month("sharing=guarantee_80_20")
    assert alone.record["reach_of_fund"] == 0.0
    assert 0.0 < backed.record["reach_of_fund"] <= 1.0
    assert backed.record["clearing_shortfall"] == 0, "a standard fund can pay what it owes today"
    backed.sharing.fund.cash = 0
    backed.sharing.queue["guarantee_fund"].append(10**6)
    assert systemic(backed.sharing, backed.lender.equity)["clearing_shortfall"] >= 10**6
