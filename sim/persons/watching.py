"""What else a platform sees, where its scorecard asks for it: balances, neighbours, the statements of firms.

These rules carry something private into the book, as `observe` does: each a signal that a platform could have.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import stage


class SeeBalance(NamedTuple):
    """What `see_balance` leaves."""

    balance_seen: float
    outflow_memory: float


@stage(both_sides=True)
def see_balance(
    cash: int,
    footprint: float,
    inflow_slow: float,
    balance_seen: float,
    outflow_memory: float,
    balance_shift: float,
    large_outflow: float,
    luck_balance_share: float,
) -> SeeBalance:
    """See the part of liquid wealth that is kept with the platform, and count large outflows, fading.

    ``balance_shift`` of the balance at most moves to or from other banks, which looks like an outflow and is none.
    A month that takes more than ``large_outflow`` of the balance is counted; the memory fades by 8 % a month.
    """
    seen = cash * footprint * (1.0 + balance_shift * (2.0 * luck_balance_share - 1.0))
    fell = 1.0 if seen < (1.0 - large_outflow) * balance_seen and balance_seen > 0.25 * inflow_slow else 0.0
    return SeeBalance(balance_seen=seen, outflow_memory=0.92 * outflow_memory + fell)


class SeeFirmBalance(NamedTuple):
    """What `see_firm_balance` leaves."""

    balance_seen: float


@stage(where="alive trading", both_sides=True)
def see_firm_balance(
    cash: int, observability: float, balance_shift: float, luck_balance_share: float
) -> SeeFirmBalance:
    """See the part of a firm's cash kept with the platform, as for persons; an overdraft elsewhere is not seen."""
    shifted = 1.0 + balance_shift * (2.0 * luck_balance_share - 1.0)
    return SeeFirmBalance(balance_seen=max(cash, 0) * observability * shifted)


class SeeNeighbours(NamedTuple):
    """What `see_neighbours` leaves."""

    social_default: float


@stage(both_sides=True)
def see_neighbours(default_share_by_community: float) -> SeeNeighbours:
    """See how many of a person's online neighbours are 90 days past due with the platform (Lu et al., 2012)."""
    return SeeNeighbours(social_default=default_share_by_community)


class SeeStatements(NamedTuple):
    """What `see_statements` leaves."""

    receivable_turnover: float
    inventory_turnover: float
    research_seen: float


@stage(where="alive trading", both_sides=True)
def see_statements(
    sales: int,
    receivables: int,
    claims: int,
    inventory: int,
    research: float,
    receivable_turnover: float,
    inventory_turnover: float,
    research_seen: float,
    research_share_by_sector: float,
    statement_error: float,
    luck_statement_error: float,
) -> SeeStatements:
    """Read a firm's statements: sales over receivables and over inventory, times a year, and research over sales.

    A half-year's memory; small firms' books are wrong by up to ``statement_error`` either way.
    """
    wrong = 1.0 + statement_error * (2.0 * luck_statement_error - 1.0)
    receivable = min(12.0 * sales * wrong / (receivables + claims + 1.0), 60.0)
    stock = min(12.0 * sales * wrong / (inventory + 1.0), 60.0)
    pace = 1.0 / 6.0
    return SeeStatements(
        receivable_turnover=receivable_turnover
        + (receivable - receivable_turnover) * (pace if receivable_turnover > 0.0 else 1.0),
        inventory_turnover=inventory_turnover
        + (stock - inventory_turnover) * (pace if inventory_turnover > 0.0 else 1.0),
        research_seen=research_seen + (research * research_share_by_sector * wrong - research_seen) * pace,
    )
