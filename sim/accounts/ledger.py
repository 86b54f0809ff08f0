"""Every fen is accounted for: flows tallied by payer and by receiver, stocks recomputed each month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

PERSONS = "persons"
LENDER = "lender"
OTHERS = "other_lenders"
OUTSIDE = "outside"
GOVERNMENT = "government"
CASH = "cash"

# Tallies made by rules: which side of which pair each one speaks for. Where the counterparty has no
# table of its own (outside world, government, other lenders), the aggregate books the same flow.
PAYER_SIDE: dict[str, tuple[str, str]] = {
    "essentials.paid": (PERSONS, OUTSIDE),
    "expenses.paid": (PERSONS, OUTSIDE),
    "purchases.paid": (PERSONS, OUTSIDE),
    "discretionary.paid": (PERSONS, OUTSIDE),
    "leavers_cash.paid": (PERSONS, OUTSIDE),
    "paid_platform": (PERSONS, LENDER),
    "recoveries.paid": (PERSONS, LENDER),
    "paid_others": (PERSONS, OTHERS),
    "loans_drawn.paid": (LENDER, PERSONS),
}
RECEIVER_SIDE: dict[str, tuple[str, str]] = {
    "wages.received": (OUTSIDE, PERSONS),
    "benefits.received": (GOVERNMENT, PERSONS),
    "family_help.received": (OUTSIDE, PERSONS),
    "arrivals_cash.received": (OUTSIDE, PERSONS),
    "loans_drawn.received": (LENDER, PERSONS),
    "interest_paid.received": (PERSONS, LENDER),
    "principal_repaid.received": (PERSONS, LENDER),
    "recoveries.received": (PERSONS, LENDER),
    "debt_sold.received": (OUTSIDE, LENDER),
    "others_drawn": (OTHERS, PERSONS),
    "others_repaid.received": (PERSONS, OTHERS),
    "others_interest.received": (PERSONS, OTHERS),
}
AGGREGATES = {OUTSIDE, GOVERNMENT}

# Stocks recomputed from the tables, and the tallies that move them.
STOCKS: dict[str, dict[str, int]] = {
    "cash": {
        **{name: 1 for name in RECEIVER_SIDE if RECEIVER_SIDE[name][1] == PERSONS},
        **{name: -1 for name in PAYER_SIDE if PAYER_SIDE[name][0] == PERSONS},
    },
    "principal": {"loans_drawn.paid": 1, "principal_repaid.received": -1, "charged_off": -1},
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
}


class LedgerError(AssertionError):
    """Money was made or lost: a defect of the engine, never of the input."""


class Ledger:
    """The month's flows between sectors, and the stocks they must explain.

    Attributes
    ----------
    flows : dict of str to int
        Totals of the month by posting, in fen.
    stocks : dict of str to int
        Closing stocks of the last month, recomputed from the tables.
    outside : int
        Net position of the outside world and the government since the start: received less paid.
    """

    def __init__(self, check: bool) -> None:
        self.check = check
        self.flows: dict[str, int] = defaultdict(int)
        self.stocks: dict[str, int] = {}
        self.outside = 0
        self._paid: dict[tuple[str, str, str], int] = defaultdict(int)
        self._received: dict[tuple[str, str, str], int] = defaultdict(int)

    def open_month(self) -> None:
        """Forget the last month's flows."""
        self.flows = defaultdict(int)
        self._paid = defaultdict(int)
        self._received = defaultdict(int)

    def add(self, name: str, amount: int) -> None:
        """Add a tally of a rule to the month."""
        self.flows[name] += amount
        if name in PAYER_SIDE:
            payer, receiver = PAYER_SIDE[name]
            self._paid[CASH, payer, receiver] += amount
            if receiver in AGGREGATES:
                self._received[CASH, payer, receiver] += amount
                self.outside += amount
        if name in RECEIVER_SIDE:
            payer, receiver = RECEIVER_SIDE[name]
            self._received[CASH, payer, receiver] += amount
            if payer in AGGREGATES:
                self._paid[CASH, payer, receiver] += amount
                self.outside -= amount
            elif payer == OTHERS:
                self._paid[CASH, payer, receiver] += amount

    def transfer(self, flow: str, payer: str, receiver: str, amount: int, instrument: str = CASH) -> None:
        """Book a movement between two aggregate sectors, on both sides."""
        self.flows[flow] += amount
        self._paid[instrument, payer, receiver] += amount
        self._received[instrument, payer, receiver] += amount
        if receiver in AGGREGATES:
            self.outside += amount
        if payer in AGGREGATES:
            self.outside -= amount

    def matrix(self) -> dict[tuple[str, str, str], tuple[int, int]]:
        """Flows by (instrument, payer, receiver): what the payer tallied, what the receiver tallied."""
        pairs = set(self._paid) | set(self._received)
        return {pair: (self._paid.get(pair, 0), self._received.get(pair, 0)) for pair in sorted(pairs)}

    def close_month(self, closing: Mapping[str, int]) -> None:
        """Compare both sides of every pair and every stock with its flows; remember the stocks.

        Raises
        ------
        LedgerError
            When a pair differs or a stock is not explained, to the fen.
        """
        if self.check:
            for pair, (paid, received) in self.matrix().items():
                if paid != received:
                    raise LedgerError(f"{pair}: payer tallied {paid} fen, receiver {received} fen")
            for stock, moves in STOCKS.items():
                flows = self.flows
                expected = self.stocks[stock] + sum(sign * flows.get(name, 0) for name, sign in moves.items())
                if expected != closing[stock]:
                    raise LedgerError(f"{stock}: flows lead to {expected} fen, tables hold {closing[stock]} fen")
        self.stocks = {stock: closing[stock] for stock in STOCKS}
