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
    flows, stocks : dict of str to int
        Flows count as they are, stocks by their change over the window. What stood at the policy date counts in full
        where the window begins there; all packages fork from it, so it cancels in every difference.
    """

    flows: dict[str, int]
    stocks: dict[str, int]

    @property
    def columns(self) -> list[str]:
        """Figures that it is summed from."""
        return [*self.flows, *self.stocks]


PARTIES = {
    "partner_result": Party({"net_partner": 1}, {"partner_claim": 1}),
    "fund_result": Party({}, {"fund_capital": 1, "fund_put_in": -1}),
    "reguarantee_result": Party({"net_reguarantee": 1}, {}),
    "insurer_result": Party({"net_insurer": 1}, {}),
    "government_result": Party({"government_cost": -1}, {}),
}
"""Beside the lender, whose profit is recorded itself. A party that a package does not have gains 0."""

BORROWERS_PAY = ("interest_received", "premium_borrowers")


def party_results(window: pd.DataFrame, before: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Result of each party in each run, fen a month of the window; and what credit cost the borrowers, a year.

    Parameters
    ----------
    window, before : DataFrame
        Months of the runs that count, and earlier ones (none: from the policy date on).
    keys : list of str
        What tells runs apart.

    Returns
    -------
    DataFrame
        Indexed by ``keys``; a column for each party whose figures were recorded, and ``borrowers_cost``.
    """
    import pandas as pd

    groups = window.groupby(keys, sort=False)
    months = groups.size()
    made = pd.DataFrame(index=months.index)
    for name, party in PARTIES.items():
        if not recorded(party.columns, window):
            continue
        whole = pd.Series(0.0, months.index)
        for flow, sign in party.flows.items():
            whole += sign * groups[flow].sum()
        for stock, sign in party.stocks.items():
            start = before.groupby(keys, sort=False)[stock].last().reindex(months.index).fillna(0)
            whole += sign * (groups[stock].last().fillna(0) - start)
        made[name] = whole / months
    if recorded(("outstanding", *BORROWERS_PAY), window):
        paid = groups[list(BORROWERS_PAY)].sum().astype(float).sum(axis=1)
        owed = groups["outstanding"].sum().astype(float)
        made["borrowers_cost"] = 12.0 * paid / owed.where(owed > 0)
    return made


def recorded(names: Iterable[str], columns: Container[str]) -> bool:
    """Whether all figures of a list are among the columns."""
    return all(name in columns for name in names)
