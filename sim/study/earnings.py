"""What every person brings the lender, to the fen: interest less funding, and charge-offs less recoveries.

Worked out from the book at the end of each month, so that a run need not carry it in columns of its own; only runs
that judge closures are followed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.rules.states import LINE_NONE

Fen = NDArray[np.int64]
SEEN = ("principal", "interest", "rate", "months_past_due", "written_off")


class Earnings:
    """Totals of each row since the first month that was followed.

    Attributes
    ----------
    interest, funding, charged_off, recovered : int64[rows]
        Fen: interest received, funding paid for, principal charged off, and what came in on it. A payment in the very
        month in which a debt is given up or sold is not seen.
    """

    def __init__(self, accounts: Any) -> None:
        self.interest, self.funding, self.charged_off, self.recovered = np.zeros((4, 0), dtype=np.int64)
        self._remember(accounts)

    @property
    def loss(self) -> Fen:
        """Charge-offs net of recoveries."""
        return self.charged_off - self.recovered

    @property
    def margin(self) -> Fen:
        """Interest less the cost of funding, before losses."""
        return self.interest - self.funding

    def follow(self, accounts: Any, funding_rate: float, accrual_stops: int) -> None:
        """Add a month that has just been lived.

        Parameters
        ----------
        accounts : Table or mapping
            The lender's book on persons at the month's end; rows are only ever added.
        funding_rate : float
            A year, of the month.
        accrual_stops : int
            Months past due from which no interest accrues.
        """
        rows = len(accounts["principal"])
        before = {name: np.pad(values, (0, rows - len(values))) for name, values in self._before.items()}
        principal, late = before["principal"], before["months_past_due"] >= accrual_stops
        accrued = np.where(late, 0, month_interest(principal, before["rate"]))
        paid = accounts["paid"].astype(np.int64) * (principal > 0)
        change = accounts["written_off"].astype(np.int64) - before["written_off"]
        given_up = accounts["line"] == LINE_NONE
        # A payment goes to interest first.
        month = {
            "interest": np.minimum(paid, before["interest"] + accrued),
            "funding": month_interest(principal, funding_rate),
            "charged_off": np.maximum(change, 0),
            "recovered": np.where(given_up, 0, np.maximum(-change, 0)),
        }
        for name, amounts in month.items():
            total = getattr(self, name)
            setattr(self, name, np.pad(total, (0, rows - len(total))) + amounts)
        self._remember(accounts)

    def _remember(self, accounts: Any) -> None:
        kinds = {name: np.float64 if name == "rate" else np.int64 for name in SEEN}
        self._before = {name: accounts[name].astype(kind) for name, kind in kinds.items()}


def month_interest(principal: Fen, rate: float | NDArray[np.float64]) -> Fen:
    """Interest of a month in fen, rounded half up, by the same operations as the rule that bills it."""
    return np.asarray((principal * rate * (1.0 / 12.0) + 0.5).astype(np.int64))
