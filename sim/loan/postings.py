"""The one list of what the ledger may be told: who pays whom under which name, whose side a name speaks for, in what.

What rules tally beside it is declared by the rules themselves; a name that nobody declares is refused.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from difflib import get_close_matches

from sim.engine.loops.stage import TALLIED

PERSONS = "persons"
FIRMS = "firms"
LENDER = "lender"
OTHERS = "other_lenders"
OUTSIDE = "outside"
GOVERNMENT = "government"
GUARANTEE_FUND = "guarantee_fund"
MARKET = "market"  # where persons spend: it passes every fen on in the same month
CASH = "cash"
PARTICIPATION = "participation"  # what partners own of the lender's loans
AGGREGATES = {OUTSIDE, GOVERNMENT, MARKET}
# Rules of the lender's book run on the accounts of persons and of firms alike; what they tally for firms, and
# all that firms do, carries this prefix.
FIRM = "firm."

PAYER, RECEIVER, BOTH = "payer", "receiver", "both"


@functools.cache
def prefixed(prefix: str, name: str) -> str:
    """A name with its prefix, as one text for all who ask: a new one would be hashed and compared at each look-up."""
    return prefix + name


@dataclass(frozen=True)
class Pair:
    """Who pays whom, and whose side of it a name speaks for: that of the payer, of the receiver, or both."""

    payer: str
    receiver: str
    side: str


# Where the counterparty has no table of its own (outside world, government, other lenders), the aggregate books the
# same flow. Both sides at once is what a settle step moves.
_PAIRS = (
    (PERSONS, MARKET, PAYER, "essentials.paid expenses.paid purchases.paid discretionary.paid"),
    (PERSONS, OUTSIDE, PAYER, "leavers_cash.paid"),
    (PERSONS, LENDER, PAYER, "paid_platform recoveries.paid"),
    (PERSONS, OTHERS, PAYER, "paid_others"),
    (PERSONS, GUARANTEE_FUND, PAYER, "contribution.paid"),
    (LENDER, PERSONS, PAYER, "loans_drawn.paid"),
    (LENDER, OUTSIDE, PAYER, "fraud.paid"),
    (OUTSIDE, PERSONS, RECEIVER, "wages.received family_help.received arrivals_cash.received"),
    (FIRMS, PERSONS, RECEIVER, "firm_wages.received"),
    (GOVERNMENT, PERSONS, RECEIVER, "benefits.received transfers.received"),
    (LENDER, PERSONS, RECEIVER, "loans_drawn.received"),
    (PERSONS, LENDER, RECEIVER, "interest_paid.received principal_repaid.received recoveries.received"),
    (PERSONS, GUARANTEE_FUND, RECEIVER, "contribution.received"),
    (OUTSIDE, LENDER, RECEIVER, "debt_sold.received"),
    (OTHERS, PERSONS, RECEIVER, "others_drawn"),
    (PERSONS, OTHERS, RECEIVER, "others_repaid.received others_interest.received"),
    (FIRMS, LENDER, PAYER, "firm.paid_platform firm.recoveries.paid"),
    (FIRMS, GUARANTEE_FUND, PAYER, "firm.contribution.paid"),
    (LENDER, FIRMS, PAYER, "firm.loans_drawn.paid"),
    (FIRMS, PERSONS, PAYER, "firm.wages.paid"),
    (FIRMS, OUTSIDE, PAYER, "firm.fixed_cost.paid firm.research.paid firm.dividends.paid firm.project_spending.paid"),
    (FIRMS, OUTSIDE, PAYER, "firm.overdraft_interest.paid firm.accidents.paid"),
    (LENDER, FIRMS, RECEIVER, "firm.loans_drawn.received"),
    (FIRMS, LENDER, RECEIVER, "firm.interest_paid.received firm.principal_repaid.received firm.recoveries.received"),
    (FIRMS, GUARANTEE_FUND, RECEIVER, "firm.contribution.received"),
    (OUTSIDE, LENDER, RECEIVER, "firm.debt_sold.received"),
    (MARKET, FIRMS, RECEIVER, "firm.household_sales.received"),
    (OUTSIDE, FIRMS, RECEIVER, "firm.outside_sales.received firm.collections.received"),
    (FIRMS, OUTSIDE, BOTH, "inputs_paid_outside estate_paid_outside wages_paid_outside"),
    (OUTSIDE, FIRMS, BOTH, "estate_sold overdraft_lost trade_credit_insured equity_paid_in wages_outside_firms"),
    (PERSONS, FIRMS, BOTH, "owner_guarantee"),
    (MARKET, OUTSIDE, BOTH, "sold_by_outside"),
    (LENDER, OUTSIDE, BOTH, "operating_cost funding_interest check_cost review_cost education_cost warning_cost"),
    (LENDER, OUTSIDE, BOTH, "collections_cost dividends funding_repaid notes_repaid"),
    (OUTSIDE, LENDER, BOTH, "funding_drawn notes_issued"),
)
POSTINGS = {name: Pair(payer, receiver, side) for payer, receiver, side, names in _PAIRS for name in names.split()}
# Between whom agents of a user's own may move cash: what has a table of its own, the lender, and who needs no books.
PAYING = (PERSONS, FIRMS, LENDER, OUTSIDE, GOVERNMENT)


def own_flow(payer: str, receiver: str) -> str:
    """Name under which the ledger knows what agents of a user's own move from one sector to another."""
    return f"own.{payer}_to_{receiver}"


OWN = {own_flow(payer, to): Pair(payer, to, BOTH) for payer in PAYING for to in PAYING if payer != to}
# Movements under a scheme, whose contract says between whom: in what each is paid.
SCHEME = {
    **dict.fromkeys(("premium", "premium_subsidy", "layer_premium", "compensation", "recovery_passed_on"), CASH),
    **dict.fromkeys(("joint_funding", "joint_principal", "joint_interest", "facilitation_fee"), CASH),
    **dict.fromkeys(("investment_income", "investment_loss", "replenishment", "surplus"), CASH),
    "joint_write_off": PARTICIPATION,
}
# What settle steps count that is no cash between two sectors: goods, debts among firms, cases, persons.
COUNTS = {
    *("people_arrived", "fraud_rings", "data_leaks", "contacts"),
    *("pledges_enforced", "owners_called", "security_brought", "security_cost"),
    *("inputs_ordered", "orders_from_outside", "orders_from_firms", "inventory_sold", "inventory_founded"),
    *("receivables_sold", "trade_paid", "trade_credit_sold", "trade_credit_lost", "supplier_debt_lost"),
    *("firm.failures", "firms_entered"),
}
SPENDING = tuple(name for name, pair in POSTINGS.items() if (pair.payer, pair.receiver) == (PERSONS, MARKET))


class UnknownFlowError(KeyError):
    """A flow that no rule tallies and no step books: a defect of the engine, never of the input."""


class Flows(dict[str, int]):
    """Totals of one month by name; a name that is not declared is refused, whether read or written.

    Holds what the composed month can tally, at 0 from its beginning, and what was booked beside it. A declared name
    that this month has no rule for reads as 0: ``name in flows`` tells the two apart.
    """

    def __missing__(self, name: str) -> int:
        check_declared(name)
        return 0

    def __setitem__(self, name: str, amount: int) -> None:
        if name not in self:
            check_declared(name)
        super().__setitem__(name, amount)


@functools.cache
def check_declared(name: str) -> None:
    """Refuse a name that nobody declares.

    Raises
    ------
    UnknownFlowError
        One line that names it and the nearest one.
    """
    if name in POSTINGS or name in OWN or name in SCHEME or name in COUNTS or name.removeprefix(FIRM) in TALLIED:
        return
    near = get_close_matches(name, [*POSTINGS, *SCHEME, *COUNTS, *TALLIED, *(FIRM + tally for tally in TALLIED)], 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UnknownFlowError(f"{name}: no rule tallies such a flow and no step books it{hint}")
