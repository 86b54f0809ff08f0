"""The ledger: both sides of every pair, every stock, and a refusal to the fen."""

from __future__ import annotations

import pytest

from sim.loan.ledger import PAYER_SIDE, RECEIVER_SIDE, STOCKS, Ledger, LedgerError

NOTHING = dict.fromkeys(STOCKS, 0)


def ledger(check: bool = True) -> Ledger:
    made = Ledger(check)
    made.stocks = dict(NOTHING)
    made.open_month()
    return made


def test_a_month_that_balances_closes():
    books = ledger()
    books.add("wages.received", 1_000)
    books.add("loans_drawn.paid", 300)
    books.add("loans_drawn.received", 300)
    books.add("essentials.paid", 700)
    books.clear_market()
    books.close_month({**NOTHING, "cash": 600, "principal": 300})
    assert books.stocks["cash"] == 600 and books.outside == 700 - 1_000
    assert books.matrix()["cash", "lender", "persons"] == (300, 300)


def test_a_market_that_keeps_something_is_refused():
    books = ledger()
    books.add("essentials.paid", 700)
    with pytest.raises(LedgerError, match="persons spent 700 fen, 0 fen were passed on"):
        books.close_month({**NOTHING, "cash": -700})


@pytest.mark.parametrize("missing", [-1, 1])
def test_one_fen_between_payer_and_receiver_is_refused(missing):
    books = ledger()
    books.add("loans_drawn.paid", 300)
    books.add("loans_drawn.received", 300 + missing)
    with pytest.raises(LedgerError, match=r"'lender', 'persons'.*payer tallied 300 fen, receiver"):
        books.close_month({**NOTHING, "cash": 300 + missing, "principal": 300})


@pytest.mark.parametrize("stock", list(STOCKS))
@pytest.mark.parametrize("missing", [-1, 1])
def test_one_fen_of_any_stock_is_refused(stock, missing):
    books = ledger()
    with pytest.raises(LedgerError, match=f"{stock}: flows lead to 0 fen, tables hold {missing} fen"):
        books.close_month({**NOTHING, stock: missing})


def test_opposite_errors_do_not_cancel():
    books = ledger()
    books.add("paid_platform", 100)
    books.add("interest_paid.received", 101)
    books.add("loans_drawn.paid", 50)
    books.add("loans_drawn.received", 49)
    with pytest.raises(LedgerError):
        books.close_month({**NOTHING, "cash": -51, "interest": -101, "principal": 50})


def test_without_checks_stocks_are_taken_as_they_are():
    books = ledger(check=False)
    books.add("loans_drawn.paid", 300)
    books.close_month({**NOTHING, "cash": 5})
    assert books.stocks["cash"] == 5


def test_flows_are_forgotten_when_a_month_opens():
    books = ledger()
    books.add("wages.received", 1_000)
    books.close_month({**NOTHING, "cash": 1_000})
    books.open_month()
    assert not books.flows and not books.matrix()
    books.close_month({**NOTHING, "cash": 1_000})


def test_transfers_stand_on_both_sides_and_move_the_outside_world():
    books = ledger()
    books.transfer("premium", "lender", "guarantee_fund", 40)
    books.transfer("dividends", "lender", "outside", 70)
    books.transfer("replenishment", "government", "guarantee_fund", 15)
    books.transfer("joint_write_off", "partner_banks", "lender", 9, instrument="participation")
    assert books.matrix()["participation", "partner_banks", "lender"] == (9, 9)
    assert books.outside == 70 - 15
    books.close_month(NOTHING)


def test_every_cash_posting_of_a_person_moves_the_stock_of_cash():
    for name, (payer, receiver) in {**PAYER_SIDE, **RECEIVER_SIDE}.items():
        sign = STOCKS["cash"].get(name, 0)
        if "persons" not in (payer, receiver):
            assert sign == 0
        side = PAYER_SIDE if name in PAYER_SIDE else RECEIVER_SIDE
        speaks_for = payer if side is PAYER_SIDE else receiver
        assert sign == (0 if speaks_for != "persons" else -1 if side is PAYER_SIDE else 1), name
    assert not set(PAYER_SIDE) & set(RECEIVER_SIDE)
