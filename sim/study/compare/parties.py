"""What each party gains or pays in a run: cash received less paid, and the change of what it owns."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Party:
    """One party whose result of a run is summed from recorded figures, each with its sign.

    Attributes
    ----------
    sum_of_others : bool
        Whether it is several parties taken together: known where any of their figures is, and who is not there gains 0.
    flows, stocks : dict of str to int
        Flows count as they are, stocks by their change over the window. What stood at the policy date counts in full
        where the window begins there; all packages fork from it, so it cancels in every difference.
    """

    flows: dict[str, int]
    stocks: dict[str, int]
    sum_of_others: bool = False

    @property
    def columns(self) -> list[str]:
        """Figures that it is summed from."""
        return [*self.flows, *self.stocks]

    def known(self, columns: Container[str]) -> bool:
        """Whether the result can be summed from figures that were recorded."""
        return (any if self.sum_of_others else all)(name in columns for name in self.columns)


PARTIES = {
    "partner_result": Party({"net_partner": 1}, {"partner_claim": 1}),
    "fund_result": Party({}, {"fund_capital": 1, "fund_put_in": -1}),
    "reguarantee_result": Party({"net_reguarantee": 1}, {}),
    "insurer_result": Party({"net_insurer": 1}, {}),
    "government_result": Party({"government_cost": -1}, {}),
    # What the government put into the fund is in the fund's means or lost by the fund: it must not count twice.
    "public_result": Party(
        {"net_reguarantee": 1, "government_cost": -1, "replenishment": 1},
        {"fund_capital": 1, "fund_put_in": -1},
        sum_of_others=True,
    ),
}
"""Beside the lender, whose profit is recorded itself. A party that a package does not have gains 0."""

BORROWERS_PAY = ("interest_received", "premium_borrowers")
"""The premium is there where some contract has borrowers pay it; elsewhere they pay interest alone."""
OWN_RETURN = ("lender_profit", "outstanding")


def party_results(window: pd.DataFrame, before: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Result of each party in each run, fen a month of the window; cost and return of credit, a year.

    Parameters
    ----------
    window, before : DataFrame
        Months of the runs that count, and earlier ones (none: from the policy date on).
    keys : list of str
        What tells runs apart.

    Returns
    -------
    DataFrame
        Indexed by ``keys``; a column for each party whose figures were recorded, ``borrowers_cost`` and
        ``return_on_loans``.
    """
    import pandas as pd

    groups = window.groupby(keys, sort=False)
    months = groups.size()
    made = pd.DataFrame(index=months.index)
    for name, party in PARTIES.items():
        if not party.known(window):
            continue
        whole = pd.Series(0.0, months.index)
        flows, stocks = (_there(signs, window) for signs in (party.flows, party.stocks))
        for flow, sign in flows.items():
            whole += sign * groups[flow].sum()
        for stock, sign in stocks.items():
            start = before.groupby(keys, sort=False)[stock].last().reindex(months.index).fillna(0)
            whole += sign * (groups[stock].last().fillna(0) - start)
        made[name] = whole / months
    if has_cost_of_credit(window):
        paid = groups[[name for name in BORROWERS_PAY if name in window]].sum().astype(float).sum(axis=1)
        owed = groups["outstanding"].sum().astype(float)
        made["borrowers_cost"] = 12.0 * paid / owed.where(owed > 0)
    if recorded(OWN_RETURN, window):
        # Of joint loans the partner banks own their part; without them the column is not there, or empty.
        names = [name for name in ("outstanding", "partner_claim") if name in window]
        sums = groups[names].sum().astype(float)
        own = sums["outstanding"] - sums.get("partner_claim", 0.0)
        made["return_on_loans"] = 12.0 * groups["lender_profit"].sum().astype(float) / own.where(own > 0)
    return made


def _there(signs: dict[str, int], columns: Container[str]) -> dict[str, int]:
    return {name: sign for name, sign in signs.items() if name in columns}


def has_cost_of_credit(columns: Container[str]) -> bool:
    """Whether what credit costs borrowers is told: where some package has a fund, whose price may be theirs to pay."""
    return recorded(("outstanding", "interest_received", "fund_capital"), columns)


def recorded(names: Iterable[str], columns: Container[str]) -> bool:
    """Whether all figures of a list are among the columns."""
    return all(name in columns for name in names)
