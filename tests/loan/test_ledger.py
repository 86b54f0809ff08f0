"""The ledger: both sides of every pair, every stock, and a refusal to the fen."""

from __future__ import annotations

import pytest

from sim.loan.ledger import STOCKS, Ledger, LedgerError
from sim.loan.postings import (
    AGGREGATES,
    COUNTS,
    FIRM,
    OWN,
    PAYING,
    POSTINGS,
    SCHEME,
    SPENDING,
    Flows,
    UnknownFlowError,
    own_flow,
    prefixed,
)
from tests.laws.accounts import MOVES
from tests.laws.written import all_stages

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


def test_the_cash_of_a_sector_is_its_own_side_of_every_flow():
    books = ledger()
    paid, lent = ("cash", "persons", "lender"), ("cash", "lender", "persons")
    books._paid.update({paid: 9, lent: 7, ("cash", "persons", "firms"): 5})
    books._received.update({paid: 10, lent: 8})
    books.transfer("joint_write_off", "partner_banks", "lender", 100, instrument="participation")
    assert books.net_cash("lender") == 10 - 7 and books.net_cash("persons") == 8 - 9 - 5


def test_benefits_and_transfers_are_paid_by_the_government():
    books = ledger()
    books.add("benefits.received", 40)
    books.add("transfers.received", 70)
    assert books.matrix() == {("cash", "government", "persons"): (110, 110)} and books.outside == -110
    books.close_month({**NOTHING, "cash": 110})


def test_every_cash_posting_moves_the_stock_of_cash_of_whose_side_it_speaks_for():
    for stock, sector in (("cash", "persons"), ("firm.cash", "firms")):
        for name, pair in POSTINGS.items():
            receives = pair.receiver == sector and pair.side in ("receiver", "both")
            pays = pair.payer == sector and pair.side in ("payer", "both")
            assert STOCKS[stock].get(name, 0) == receives - pays, name


def test_each_flow_raises_or_lowers_a_stock_once():
    written_apart = {stock: dict.fromkeys(up, 1) | dict.fromkeys(down, -1) for stock, (up, down) in MOVES.items()}
    assert written_apart == {
        stock: {name: sign for name, sign in moves.items() if name not in OWN} for stock, moves in STOCKS.items()
    }


def test_what_agents_of_a_users_own_pay_moves_the_cash_of_both_sectors():
    assert len(OWN) == len(PAYING) * (len(PAYING) - 1) and not OWN.keys() & POSTINGS.keys()
    for payer in PAYING:
        for receiver in PAYING:
            if payer != receiver:
                name = own_flow(payer, receiver)
                books = ledger()
                books.transfer(name, payer, receiver, 9)
                assert books.matrix() == {("cash", payer, receiver): (9, 9)}
                cash = {"persons": "cash", "firms": "firm.cash"}
                closing = {cash[receiver]: 9} if receiver in cash else {}
                books.close_month({**NOTHING, **closing, **({cash[payer]: -9} if payer in cash else {})})
                assert books.outside == 9 * ((receiver in AGGREGATES) - (payer in AGGREGATES))
    with pytest.raises(UnknownFlowError, match=r"own\.persons_to_lendr: no rule"):
        books.transfer("own.persons_to_lendr", "persons", "lender", 9)


def test_what_persons_spend_on_the_market_is_spending_whatever_it_is_called():
    assert set(SPENDING) == {"essentials.paid", "expenses.paid", "purchases.paid", "discretionary.paid"}
    bought = {name for name, pair in POSTINGS.items() if pair.payer == "persons" and pair.receiver == "market"}
    assert set(SPENDING) == bought
    for name in SPENDING:
        books = ledger()
        books.add(name, 7)
        books.clear_market()
        assert books.matrix()["cash", "market", "outside"] == (7, 7)


def test_a_flow_that_nobody_declares_is_refused_read_or_written():
    books = ledger()
    uses = (
        lambda: books.flows["loans_drawn.payd"],
        lambda: books.add("loans_drawn.payd", 1),
        lambda: books.transfer("loans_drawn.payd", "lender", "outside", 1),
        lambda: books.both("loans_drawn.payd"),
    )
    for use in uses:
        with pytest.raises(UnknownFlowError, match=r"loans_drawn\.payd: no rule.*did you mean loans_drawn\.paid"):
            use()
    with pytest.raises(KeyError):
        books.move("dividend", 5)


def test_a_flow_without_a_rule_is_nothing_and_told_apart_from_a_sum_of_nothing():
    flows = Flows({"loans_drawn.paid": 0})
    assert flows["wages.received"] == 0 and "wages.received" not in flows and "loans_drawn.paid" in flows
    flows["wages.received"] += 3
    assert dict(flows) == {"loans_drawn.paid": 0, "wages.received": 3}


def test_what_moves_a_stock_is_declared_and_every_name_stands_for_one_thing():
    tallied = {name for declared in all_stages() for name in declared.tallies}
    known = {*POSTINGS, *OWN, *SCHEME, *COUNTS, *tallied, *(FIRM + name for name in tallied)}
    assert {flow for moves in STOCKS.values() for flow in moves} <= known
    assert not POSTINGS.keys() & SCHEME.keys() and not COUNTS & (POSTINGS.keys() | SCHEME.keys())
    alone = {name for name, pair in POSTINGS.items() if pair.side != "both"}
    assert alone <= {*tallied, *(FIRM + name for name in tallied)}, "a side that no rule speaks for"


def test_what_rules_tallied_is_added_up_by_name_and_side():
    """A name may come twice; what is 0 is there, and what nobody declares is refused, whatever it adds."""
    books = ledger()
    books.add_all([("paid_platform", 5), ("recoveries.paid", 0), ("paid_platform", 2)])
    books.add_all(iter([("paid_platform", 9), ("wages.paid", 4)]), FIRM)
    assert books.flows == {"paid_platform": 7, "recoveries.paid": 0, "firm.paid_platform": 9, "firm.wages.paid": 4}
    assert books.matrix() == {
        ("cash", "firms", "lender"): (9, 0), ("cash", "firms", "persons"): (4, 0), ("cash", "persons", "lender"): (7, 0)
    }  # fmt: skip
    for amount in (0, 1):
        with pytest.raises(UnknownFlowError, match="paid_plattform: no rule tallies such a flow"):
            books.add_all([("paid_plattform", amount)])


def test_a_name_with_its_prefix_is_one_text():
    assert prefixed(FIRM, "charged_off") == "firm.charged_off" and prefixed("", "charged_off") == "charged_off"
    assert prefixed(FIRM, "charged_off") is prefixed(FIRM, "charged_off")
