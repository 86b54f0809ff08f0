"""One firm measured at a time, and the firms' stocks from their tables."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.firms.measures import (
    MEASURE_FIRM,
    firm_stocks_at_start,
    firm_stocks_of,
    measure_firm,
    measure_product,
)
from sim.loan.measures import add_up_book, count_buckets
from sim.loan.states import LINE_APPLIED, LINE_CLOSED, LINE_FROZEN, LINE_OPEN, LINE_REFUSED
from tests.laws.calling import call

FIRM = {
    "trading": 1, "sector": 2, "cash": 11, "receivables": 13, "inventory": 17, "staff": 19, "vacancies": 23,
    "months_short": 1, "sales": 2_900, "interest": 29, "triggered": 31, "written_off": 37, "line": LINE_OPEN,
    "limit": 4_100, "principal": 4_300, "covered": 41, "months_past_due": 2, "product": 3,
}  # fmt: skip


def told(**changed: int) -> dict[str, int]:
    return call(MEASURE_FIRM, **{**FIRM, **changed})


def test_a_firm():
    assert told() == {
        "firms": 1, "sum_cash": 11, "sum_receivables": 13, "sum_inventory": 17, "sum_staff": 19, "sum_vacancies": 23,
        "distressed": 1, "firms_by_sector place": 2, "firms_by_sector amount": 1, "sales_by_sector place": 2,
        "sales_by_sector amount": 2_900, "sum_interest": 29, "sum_triggered": 31, "sum_written_off": 37,
        "open_lines": 1, "open_limits": 4_100, "open_principal": 4_300, "balance place": 2, "balance amount": 4_300,
        "accounts place": 2, "accounts amount": 1, "covered_balance place": 2, "covered_balance amount": 41,
        "claimed_balance place": 2, "claimed_balance amount": 31, "balance_by_product place": 3,
        "balance_by_product amount": 4_300, "overdue_by_product place": 3, "overdue_by_product amount": 4_300,
    }  # fmt: skip


def test_a_firm_that_trades_no_more_has_stocks_and_no_staff():
    found = told(trading=0)
    gone = ("firms", "sum_staff", "sum_vacancies", "distressed", "firms_by_sector amount", "sales_by_sector amount")
    assert [found[name] for name in gone] == [0] * 6
    assert (found["sum_cash"], found["sum_receivables"], found["sum_inventory"]) == (11, 13, 17)


@pytest.mark.parametrize("line", [LINE_CLOSED, LINE_FROZEN, LINE_REFUSED, LINE_APPLIED])
def test_only_an_open_line_counts_as_one(line):
    found = call(add_up_book, **{**FIRM, "line": line})
    assert [found[name] for name in ("open_lines", "open_limits", "open_principal")] == [0] * 3
    assert found["sum_interest"] == 29


def test_edges():
    assert call(measure_firm, **{**FIRM, "months_short": 0})["distressed"] == 0
    paid = call((count_buckets, measure_product), **{**FIRM, "principal": 0})
    assert paid["accounts amount"] == paid["claimed_balance amount"] == paid["overdue_by_product amount"] == 0
    assert call(count_buckets, **{**FIRM, "principal": 1})["accounts amount"] == 1
    early = call(measure_product, **{**FIRM, "months_past_due": 1})
    assert (early["overdue_by_product amount"], early["balance_by_product amount"]) == (0, 4_300)


def test_stocks():
    table = {"claims": [5, 6], "debts": [20, 30], "cash": [1, 2], "receivables": [3, 4], "inventory": [7, 8]}
    firms = SimpleNamespace(private={name: np.array(amounts) for name, amounts in table.items()})
    assert firm_stocks_at_start(firms) == {
        **{"firm.cash": 3, "firm.receivables": 7, "firm.inventory": 15, "trade_credit": 11, "supplier_debt": 39}
    }
    sums = ("cash", "interest", "triggered", "written_off", "receivables", "inventory")
    ledger = SimpleNamespace(flows={f"firm.sum_{name}": place for place, name in enumerate(sums)})
    bins = {"firm.balance": np.array([100, 200]), "firm.covered_balance": np.array([40, 50])}
    assert firm_stocks_of(firms, ledger, bins) == {
        **{f"firm.{name}": place for place, name in enumerate(sums)},
        **{"firm.principal": 300, "firm.covered": 90, "trade_credit": 11, "supplier_debt": 39},
    }
    assert firm_stocks_of(firms, ledger, {})["firm.principal"] == 0
