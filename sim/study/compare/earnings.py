"""What every person brings the lender, to the fen: interest less funding, and charge-offs less recoveries.

Worked out from the book at the end of each month, so that a run need not carry it in columns of its own; only runs
that judge closures are followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.loops.diskcache import kept
from sim.loan.annuity import month_interest
from sim.study.follow.lives import came_in

Fen = NDArray[np.int64]
SEEN = ("principal", "interest", "rate", "months_past_due", "written_off", "months_in_state")
NOW = ("paid", "written_off", "line", "alive", "months_in_state")


class Earnings:
    """Totals of each row since the first month that was followed.

    Attributes
    ----------
    interest, funding, charged_off, recovered : int64[rows]
        Fen: interest received, funding paid for, principal charged off, and what came in on it: paid, or the price of a
        debt that was sold.
    """

    def __init__(self, accounts: Any) -> None:
        self._totals = np.zeros((4, 0), dtype=np.int64)
        self._remember(accounts)

    @property
    def loss(self) -> Fen:
        """Charge-offs net of recoveries."""
        return self.charged_off - self.recovered

    @property
    def margin(self) -> Fen:
        """Interest less the cost of funding, before losses."""
        return self.interest - self.funding

    def follow(self, accounts: Any, numbers: Mapping[str, Any]) -> None:
        """Add a month that has just been lived.

        Parameters
        ----------
        accounts : Table or mapping
            The lender's book on persons at the month's end; rows are only ever added.
        numbers : mapping
            Of that month: ``funding_rate`` a year, ``accrual_stops`` in months past due, ``sale_price`` of old debts, a
            share of them.
        """
        now = [accounts[name] for name in NOW]
        # Whoever has come this month owed nothing before it.
        terms = numbers["funding_rate"], numbers["accrual_stops"], numbers["sale_price"]
        add_month(*now, *(self._before[name] for name in SEEN), *terms, *self._totals)
        self._remember(accounts)

    def _remember(self, accounts: Any) -> None:
        self._before = {name: accounts[name].copy() for name in SEEN}
        rows, room = len(accounts["principal"]), self._totals.shape[1]
        if rows > room:
            self._totals = np.pad(self._totals, ((0, 0), (0, rows + rows // 4 - room)))
        self.interest, self.funding, self.charged_off, self.recovered = self._totals[:, :rows]


@kept
def add_month(
    paid: Any,
    written_off: Any,
    line: Any,
    alive: Any,
    age: Any,
    principal: Any,
    unpaid: Any,
    rate: Any,
    months_past_due: Any,
    written_off_before: Any,
    age_before: Any,
    funding_rate: Any,
    accrual_stops: Any,
    sale_price: Any,
    interest: Any,
    funding: Any,
    charged_off: Any,
    recovered: Any,
) -> None:
    """Add each row's month to its four totals: what it paid now, by the account as the month before left it."""
    for k in range(len(principal)):
        owed: Any = np.int64(principal[k])
        left: Any = np.int64(written_off[k])
        old: Any = np.int64(written_off_before[k])
        if old == 0:
            charged_off[k] += left
        else:
            payment: Any = np.int64(paid[k])
            recovered[k] += came_in(old, left, payment, line[k], alive[k], age[k] == age_before[k], sale_price)
        if owed > 0:
            accrued = np.int64(0) if months_past_due[k] >= accrual_stops else month_interest(owed, np.float64(rate[k]))
            # A payment goes to interest first.
            interest[k] += min(np.int64(paid[k]), np.int64(unpaid[k]) + accrued)
            funding[k] += month_interest(owed, funding_rate)
