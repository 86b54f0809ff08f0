"""Every fen is accounted for: flows tallied by payer and by receiver, stocks recomputed each month."""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from sim.loan.postings import (
    AGGREGATES,
    CASH,
    FIRM,
    FIRMS,
    MARKET,
    OTHERS,
    OWN,
    PAYER,
    PERSONS,
    POSTINGS,
    RECEIVER,
    Flows,
    Pair,
    prefixed,
)


def _cash_moves(sector: str) -> dict[str, int]:
    """Every posting that moves the cash of a sector of agents, with its sign."""
    pairs = (POSTINGS | OWN).items()
    moves = {name: 1 for name, pair in pairs if pair.receiver == sector and pair.side != PAYER}
    return moves | {name: -1 for name, pair in pairs if pair.payer == sector and pair.side != RECEIVER}


# Stocks recomputed from the tables (fen, and persons), and the flows that move them.
STOCKS: dict[str, dict[str, int]] = {
    "people": {"people_arrived": 1, "people_left": -1},
    "cash": _cash_moves(PERSONS),
    "firm.cash": _cash_moves(FIRMS),
    "principal": {"loans_drawn.paid": 1, "fraud_on_book": 1, "principal_repaid.received": -1, "charged_off": -1},
    "interest": {"interest_accrued": 1, "interest_paid.received": -1, "interest_charged_off": -1},
    "other_debt": {
        "others_drawn": 1,
        "arrivals_debt": 1,
        "others_repaid.received": -1,
        "others_written_off": -1,
        "leavers_debt": -1,
    },
    "covered": {"drawn_covered": 1, "repaid_covered": -1, "newly_triggered": -1},
    "triggered": {
        "newly_triggered": 1,
        "repaid_triggered": -1,
        "recovered_triggered": -1,
        "abandoned_triggered": -1,
    },
    "written_off": {"charged_off": 1, "recoveries.received": -1, "debt_sold.received": -1, "abandoned": -1},
    "firm.receivables": {"firm.credit_sales": 1, "firm.collections.received": -1, "receivables_sold": -1},
    "firm.inventory": {"inputs_ordered": 1, "firm.cost_of_goods": -1, "inventory_sold": -1, "inventory_founded": 1},
    "trade_credit": {
        "orders_from_firms": 1,
        "trade_paid": -1,
        "trade_credit_lost": -1,
        "trade_credit_sold": -1,
    },
    "supplier_debt": {
        "orders_from_outside": 1,
        "inputs_paid_outside": -1,
        "supplier_debt_lost": -1,
        "trade_credit_sold": 1,
    },
}
BOOK_STOCKS = ("principal", "interest", "covered", "triggered", "written_off")
STOCKS |= {FIRM + name: {FIRM + flow: sign for flow, sign in STOCKS[name].items()} for name in BOOK_STOCKS}
# The same one after the other: flows, their signs, and where each stock begins.
MOVING = tuple(flow for moves in STOCKS.values() for flow in moves)
SIGNS = np.array([sign for moves in STOCKS.values() for sign in moves.values()], dtype=np.int64)
STARTS = np.cumsum([0, *map(len, STOCKS.values())])[:-1]


@functools.cache
def _outward(payer: str, receiver: str) -> int:
    """1 where a payment leaves the agents for the outside world or the government, -1 where it comes from there."""
    gets = (receiver in AGGREGATES) - (receiver == MARKET)
    return gets - ((payer in AGGREGATES) - (payer == MARKET))


def _sides(pair: Pair) -> tuple[tuple[str, str, str], bool, bool, int]:
    """Between whom a tally moves cash, whether it stands for the payer and for the receiver, and what leaves agents."""
    payer, receiver, side = pair.payer, pair.receiver, pair.side
    pays = side != RECEIVER or payer in AGGREGATES or payer == OTHERS
    return (CASH, payer, receiver), pays, side != PAYER or receiver in AGGREGATES, _outward(payer, receiver)


SIDES = {name: _sides(pair) for name, pair in POSTINGS.items()}


# Pairs on which the market is paid, and on which it pays.
TO_MARKET, FROM_MARKET = (
    tuple(dict.fromkeys([pair for pair, *_ in SIDES.values() if pair[side] == MARKET])) for side in (2, 1)
)


class Posted(dict[str, tuple[str, Any]]):
    """Of a tally, the name with a prefix under which it is booked, and its `SIDES` or None; found when first asked for.

    One look-up for what would be two and a call, of each of some hundred and fifty tallies a month.
    """

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix

    def __missing__(self, tally: str) -> tuple[str, Any]:
        name = prefixed(self.prefix, tally)
        self[tally] = name, SIDES.get(name)
        return self[tally]


_POSTED = {prefix: Posted(prefix) for prefix in ("", FIRM)}


class LedgerError(AssertionError):
    """Money was made or lost: a defect of the engine, never of the input."""


class Ledger:
    """The month's flows between sectors, and the stocks they must explain.

    Attributes
    ----------
    flows : Flows
        Totals of the month by posting, in fen; an undeclared name is refused.
    stocks : dict of str to int
        Closing stocks of the last month, recomputed from the tables.
    outside : int
        Net position of the outside world and the government since the start: received less paid.
    """

    def __init__(self, check: bool, tallies: Iterable[str] = ()) -> None:
        self.check = check
        self.tallies = dict.fromkeys(tallies, 0)
        self.stocks: dict[str, int] = {}
        self.outside = 0
        self.open_month()

    def open_month(self) -> None:
        """Forget the last month's flows."""
        self.flows = Flows(self.tallies)
        self._paid: dict[tuple[str, str, str], int] = defaultdict(int)
        self._received: dict[tuple[str, str, str], int] = defaultdict(int)

    def add(self, name: str, amount: int) -> None:
        """Add a tally of a rule to the month, on the side of the pair that it speaks for."""
        self.add_all(((name, amount),))

    def add_all(self, tallies: Iterable[tuple[str, int]], prefix: str = "") -> None:
        """Add what rules tallied, by names that get a prefix; a name may stand there more than once."""
        flows, put, posted = self.flows, dict.__setitem__, _POSTED[prefix]
        paid, received = self._paid, self._received
        for tally, amount in tallies:
            name, side = posted[tally]
            if amount:
                put(flows, name, flows[name] + amount)  # the reading refuses an undeclared name; no second look
                if side is not None:
                    pair, pays, receives, outward = side
                    if pays:
                        paid[pair] += amount
                    if receives:
                        received[pair] += amount
                    self.outside += outward * amount
            elif name not in flows:
                flows[name] = 0

    def transfer(self, flow: str, payer: str, receiver: str, amount: int, instrument: str = CASH) -> None:
        """Book a movement between two aggregate sectors, on both sides."""
        self._book(flow, (instrument, payer, receiver), amount, _outward(payer, receiver))

    def move(self, name: str, amount: int) -> None:
        """Book what a settle step moves, on both sides."""
        pair, _, _, outward = SIDES[name]
        self._book(name, pair, amount, outward)

    def _book(self, flow: str, pair: tuple[str, str, str], amount: int, outward: int) -> None:
        dict.__setitem__(self.flows, flow, self.flows[flow] + amount)  # as in `add_all`
        self._paid[pair] += amount
        self._received[pair] += amount
        self.outside += outward * amount

    def trade(self, paid: int, received: int) -> None:
        """Book payments among firms: what buyers tallied and what suppliers did."""
        self.flows["trade_paid"] += paid
        self._paid[CASH, FIRMS, FIRMS] += paid
        self._received[CASH, FIRMS, FIRMS] += received

    def both(self, name: str) -> int:
        """A tally of the lender's book over persons and firms."""
        return self.flows[name] + self.flows[prefixed(FIRM, name)]

    def both_stocks(self) -> dict[str, int]:
        """Stocks of the lender's book over persons and firms."""
        return {name: self.stocks[name] + self.stocks[prefixed(FIRM, name)] for name in BOOK_STOCKS}

    def clear_market(self) -> None:
        """Pass on to the outside world what persons spent and no firm sold."""
        spent, sold = self._of_market()
        self.move("sold_by_outside", spent - sold)

    def _of_market(self) -> tuple[int, int]:
        """Fen that the market was paid, and that it paid, as its own side tallied them."""
        received, paid = self._received.get, self._paid.get
        return sum([received(pair, 0) for pair in TO_MARKET]), sum([paid(pair, 0) for pair in FROM_MARKET])

    def net_cash(self, sector: str) -> int:
        """Cash that reached a sector less what left it, from its own side of every flow, in fen."""
        came = [fen for (kind, _, to), fen in self._received.items() if to == sector and kind == CASH]
        return sum(came) - sum([fen for (kind, who, _), fen in self._paid.items() if who == sector and kind == CASH])

    def matrix(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """Flows by (instrument, payer, receiver): what the payer tallied, what the receiver tallied."""
        paid, received = self._paid.get, self._received.get
        pairs = sorted(self._paid.keys() | self._received.keys())
        return {pair: (paid(pair, 0), received(pair, 0)) for pair in pairs}

    def close_month(self, closing: Mapping[str, int]) -> None:
        """Compare both sides of every pair and every stock with its flows; remember the stocks.

        Raises
        ------
        LedgerError
            When a pair differs or a stock is not explained, to the fen.
        """
        if self.check:
            for pair, (paid, received) in self.matrix().items() if self._paid != self._received else ():
                if paid != received:
                    raise LedgerError(f"{pair}: payer tallied {paid} fen, receiver {received} fen")
            spent, sold = self._of_market()
            if spent != sold:
                raise LedgerError(f"{MARKET}: persons spent {spent} fen, {sold} fen were passed on")
            booked = np.array(list(map(self.flows.get, MOVING, itertools.repeat(0))), dtype=np.int64)
            for stock, moved in zip(STOCKS, np.add.reduceat(booked * SIGNS, STARTS).tolist(), strict=True):
                expected = self.stocks[stock] + moved
                if expected != closing[stock]:
                    raise LedgerError(f"{stock}: flows lead to {expected} fen, tables hold {closing[stock]} fen")
        self.stocks = {stock: closing[stock] for stock in STOCKS}
