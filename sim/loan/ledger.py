"""Every fen is accounted for: flows tallied by payer and by receiver, stocks recomputed each month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

PERSONS = "persons"
FIRMS = "firms"
LENDER = "lender"
OTHERS = "other_lenders"
OUTSIDE = "outside"
GOVERNMENT = "government"
GUARANTEE_FUND = "guarantee_fund"
MARKET = "market"  # where persons spend: it passes every fen on in the same month
CASH = "cash"


def _of_firms(pair: tuple[str, str]) -> tuple[str, str]:
    payer, receiver = pair
    return FIRMS if payer == PERSONS else payer, FIRMS if receiver == PERSONS else receiver


# Tallies made by rules: which side of which pair each one speaks for. Where the counterparty has no
# table of its own (outside world, government, other lenders), the aggregate books the same flow.
PAYER_SIDE: dict[str, tuple[str, str]] = {
    "essentials.paid": (PERSONS, MARKET),
    "expenses.paid": (PERSONS, MARKET),
    "purchases.paid": (PERSONS, MARKET),
    "discretionary.paid": (PERSONS, MARKET),
    "leavers_cash.paid": (PERSONS, OUTSIDE),
    "paid_platform": (PERSONS, LENDER),
    "recoveries.paid": (PERSONS, LENDER),
    "paid_others": (PERSONS, OTHERS),
    "contribution.paid": (PERSONS, GUARANTEE_FUND),
    "loans_drawn.paid": (LENDER, PERSONS),
    "fraud.paid": (LENDER, OUTSIDE),
}
RECEIVER_SIDE: dict[str, tuple[str, str]] = {
    "wages.received": (OUTSIDE, PERSONS),
    "firm_wages.received": (FIRMS, PERSONS),
    "benefits.received": (GOVERNMENT, PERSONS),
    "family_help.received": (OUTSIDE, PERSONS),
    "arrivals_cash.received": (OUTSIDE, PERSONS),
    "loans_drawn.received": (LENDER, PERSONS),
    "interest_paid.received": (PERSONS, LENDER),
    "principal_repaid.received": (PERSONS, LENDER),
    "recoveries.received": (PERSONS, LENDER),
    "contribution.received": (PERSONS, GUARANTEE_FUND),
    "debt_sold.received": (OUTSIDE, LENDER),
    "others_drawn": (OTHERS, PERSONS),
    "others_repaid.received": (PERSONS, OTHERS),
    "others_interest.received": (PERSONS, OTHERS),
}
AGGREGATES = {OUTSIDE, GOVERNMENT, MARKET}
# Rules of the lender's book run on the accounts of persons and of firms alike; what they tally for firms, and
# all that firms do, carries this prefix.
FIRM = "firm."
PAYER_SIDE |= {
    FIRM + name: _of_firms(PAYER_SIDE[name]) for name in ("paid_platform", "recoveries.paid", "contribution.paid")
}
PAYER_SIDE |= {
    "firm.loans_drawn.paid": (LENDER, FIRMS),
    "firm.wages.paid": (FIRMS, PERSONS),
    **{
        f"firm.{name}.paid": (FIRMS, OUTSIDE)
        for name in ("fixed_cost", "research", "dividends", "project_spending", "overdraft_interest", "accidents")
    },
}
RECEIVER_SIDE |= {
    FIRM + name: _of_firms(RECEIVER_SIDE[name])
    for name in (
        *("loans_drawn.received", "interest_paid.received", "principal_repaid.received", "recoveries.received"),
        "contribution.received",
        "debt_sold.received",
    )
}
RECEIVER_SIDE |= {
    "firm.household_sales.received": (MARKET, FIRMS),
    "firm.outside_sales.received": (OUTSIDE, FIRMS),
    "firm.collections.received": (OUTSIDE, FIRMS),
}
# Movements between two sectors that a settle step makes, and what they do to the cash of persons and firms.
TRANSFERS: dict[str, tuple[str, str]] = {
    "inputs_paid_outside": (FIRMS, OUTSIDE),
    "estate_sold": (OUTSIDE, FIRMS),
    "estate_paid_outside": (FIRMS, OUTSIDE),
    "overdraft_lost": (OUTSIDE, FIRMS),
    "trade_credit_insured": (OUTSIDE, FIRMS),
    "equity_paid_in": (OUTSIDE, FIRMS),
    "wages_outside_firms": (OUTSIDE, FIRMS),
    "owner_guarantee": (PERSONS, FIRMS),
}


def _cash_moves(sector: str) -> dict[str, int]:
    """Every posting that moves the cash of a sector of agents, with its sign."""
    moves = {name: 1 for name, (_, receiver) in RECEIVER_SIDE.items() if receiver == sector}
    moves |= {name: -1 for name, (payer, _) in PAYER_SIDE.items() if payer == sector}
    moves |= {name: 1 for name, (_, receiver) in TRANSFERS.items() if receiver == sector}
    return moves | {name: -1 for name, (payer, _) in TRANSFERS.items() if payer == sector}


# Stocks recomputed from the tables, and the tallies that move them.
STOCKS: dict[str, dict[str, int]] = {
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
                self.outside += amount * (receiver != MARKET)
        if name in RECEIVER_SIDE:
            payer, receiver = RECEIVER_SIDE[name]
            self._received[CASH, payer, receiver] += amount
            if payer in AGGREGATES:
                self._paid[CASH, payer, receiver] += amount
                self.outside -= amount * (payer != MARKET)
            elif payer == OTHERS:
                self._paid[CASH, payer, receiver] += amount

    def transfer(self, flow: str, payer: str, receiver: str, amount: int, instrument: str = CASH) -> None:
        """Book a movement between two aggregate sectors, on both sides."""
        self.flows[flow] += amount
        self._paid[instrument, payer, receiver] += amount
        self._received[instrument, payer, receiver] += amount
        self.outside += amount * ((receiver in AGGREGATES) - (receiver == MARKET))
        self.outside -= amount * ((payer in AGGREGATES) - (payer == MARKET))

    def move(self, name: str, amount: int) -> None:
        """Book one of `TRANSFERS`."""
        self.transfer(name, *TRANSFERS[name], amount)

    def trade(self, paid: int, received: int) -> None:
        """Book payments among firms: what buyers tallied and what suppliers did."""
        self.flows["trade_paid"] += paid
        self._paid[CASH, FIRMS, FIRMS] += paid
        self._received[CASH, FIRMS, FIRMS] += received

    def both(self, name: str) -> int:
        """A tally of the lender's book over persons and firms."""
        return self.flows[name] + self.flows[FIRM + name]

    def both_stocks(self) -> dict[str, int]:
        """Stocks of the lender's book over persons and firms."""
        return {name: self.stocks[name] + self.stocks[FIRM + name] for name in BOOK_STOCKS}

    def clear_market(self) -> None:
        """Pass on to the outside world what persons spent and no firm sold."""
        spent = sum(self._received[pair] for pair in list(self._received) if pair[2] == MARKET)
        sold = sum(self._paid[pair] for pair in list(self._paid) if pair[1] == MARKET)
        self.transfer("sold_by_outside", MARKET, OUTSIDE, spent - sold)

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
            spent, sold = (sum(m[k] for p, m in self.matrix().items() if p[2 - k] == MARKET) for k in (0, 1))
            if spent != sold:
                raise LedgerError(f"{MARKET}: persons spent {spent} fen, {sold} fen were passed on")
            for stock, moves in STOCKS.items():
                flows = self.flows
                expected = self.stocks[stock] + sum(sign * flows.get(name, 0) for name, sign in moves.items())
                if expected != closing[stock]:
                    raise LedgerError(f"{stock}: flows lead to {expected} fen, tables hold {closing[stock]} fen")
        self.stocks = {stock: closing[stock] for stock in STOCKS}
