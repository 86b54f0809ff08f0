"""Cash that a season takes before it gives, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.firms.seasons import YEAR, paid_in_a_month, season_buffers

SHARES = {"input_share": 0.5, "wage_share": 0.1, "fixed_share": 0.0, "research_share": 0.0, "inventory_months": 0.0,
          "collected": 1.0, "matured": 1.0}  # fmt: skip
FLAT = np.ones((1, YEAR))
ONE_MONTH = 12.0 * np.eye(1, YEAR)  # all of a year's sales in January


def buffers(season, cash_part=0.0, **changed):
    standing = {f"{name}_by_sector": np.array([value]) for name, value in {**SHARES, **changed}.items()}
    return season_buffers({**standing, "cash_part": cash_part}, season)[0]


def test_a_steady_business_puts_nothing_by_and_a_steady_loss_a_year_of_it():
    assert buffers(FLAT, 0.25, wage_share=0.3, fixed_share=0.2).tolist() == [0.0] * YEAR
    lossy = {"wage_share": 0.3, "fixed_share": 0.2, "research_share": 0.1}
    assert buffers(FLAT, 0.25, **lossy) == pytest.approx([1.2] * YEAR)


def test_what_is_sold_in_january_is_waited_for():
    """Sales come half in February, half in March; goods are paid in February; wages of 0.1 a month are always due.

    A month's net is -0.1, in February 6 - 6 - 0.1, in March 6 - 0.1; what lies ahead is worst just before March.
    """
    expected = [0.1, 0.0, *np.arange(1.1, 0.15, -0.1)]
    assert buffers(ONE_MONTH, collected=1.0 / 2.5) == pytest.approx(expected)


def test_goods_are_bought_a_month_ahead_where_stocks_are_held_and_paid_after_their_days():
    """Bought in December for January: paid in January, where sales at once bring a quarter of their 12."""
    ahead = buffers(ONE_MONTH, 0.25, inventory_months=1.0, collected=1.0 / 2.5)
    # January 3 - 6 - 0.1, February and March 4.5 - 0.1.
    assert ahead[11] == pytest.approx(3.1) and ahead[10] == pytest.approx(3.2) and ahead[0] == 0.0
    later = buffers(ONE_MONTH, 1.0, matured=1.0 / 1.25)
    # Of 6 fen for goods three quarters fall due in February and a quarter in March; all sales came in January.
    assert later[0] == pytest.approx(4.6 + 1.6 + 0.1 * 9) and later[1] == pytest.approx(1.6 + 0.1 * 9)


def test_customers_pay_so_much_a_month_that_debts_are_so_old():
    """Of a stock that pays a third a month the mean age is two months; half as late again, three."""
    assert paid_in_a_month(np.array([0.0, 30.0, 60.0])) == pytest.approx([1.0, 1 / 2, 1 / 3])
    assert paid_in_a_month(np.array([60.0]), 0.5) == pytest.approx([1 / 4])
