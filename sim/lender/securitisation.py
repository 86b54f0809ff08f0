"""How the lender funds itself: debt alone, or asset-backed notes beside it.

Notes are issued by a master trust over the lender's own loans. In its revolving period a series stays outstanding
and collections buy new loans; after it the series is rolled over or repaid from collections. The lender keeps the
junior part, so the loans stay on its books (IFRS 9, no derecognition) and the notes are debt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.loops.money import split
from sim.engine.tables.declare import setting

OUTSTANDING, SIZE, MONTHS_LEFT = range(3)  # columns of the table of series
NO_SERIES = np.zeros((0, 3), dtype=np.int64)


@dataclass(frozen=True)
class Debt:
    """Debt on the balance sheet at one spread, within the lender's leverage cap."""

    name: str = setting("debt", meaning="debt at one spread, nothing securitised", choices=("debt",))


@dataclass(frozen=True)
class Securitised:
    """Asset-backed notes over the own loans, and debt for the rest."""

    name: str = setting("abs", meaning="asset-backed notes with a revolving period", choices=("abs",))
    loan_cap: float = setting(
        1.0, 0.0, 100.0, unit="times equity", meaning="debt other than notes (micro-lender rules of 2020: 1)"
    )
    note_cap: float = setting(
        4.0, 0.0, 100.0, unit="times equity", meaning="notes outstanding (micro-lender rules of 2020: 4)"
    )
    advance_rate: float = setting(
        0.85, 0.0, 0.99, unit="share of eligible loans", meaning="notes per yuan of the pool; the rest is junior"
    )
    note_spread: float = setting(0.01, 0.0, 0.2, unit="a year", meaning="cost above the policy rate (assumption)")
    revolving_months: int = setting(
        12, 1, 60, unit="months", meaning="collections buy new loans for so long (assumption)"
    )
    least_excess: float = setting(
        0.0, -1.0, 1.0, unit="a year of the pool", meaning="excess spread below which all series are repaid early"
    )
    excess_months: int = setting(3, 1, 12, unit="months", meaning="over which that spread is averaged")


OPTIONS: dict[str, type] = {"debt": Debt, "abs": Securitised}


@dataclass(frozen=True)
class Pool:
    """The own loans in one month, in fen: what stands behind the notes and what it brought.

    ``eligible`` are loans at most 29 days past due; ``defaulted`` came to be 90 days past due, less what was
    cured; ``servicing`` is the cost of servicing them.
    """

    loans: int
    eligible: int
    collected: int
    interest: int
    defaulted: int
    servicing: int


@dataclass(frozen=True)
class NoteMonth:
    """Fen issued to and repaid to note holders; what of the series that fell due was rolled over."""

    issued: int = 0
    repaid: int = 0
    due: int = 0
    rolled: int = 0


class Notes:
    """Series of notes outstanding.

    Attributes
    ----------
    series : int64[series, 3]
        Fen outstanding, fen at the end of the revolving period (0 in it), months left in it.
    excess : float64[months]
        Excess spread of the last months, a year of the pool.
    early : int
        1 from the month in which the trigger is hit until all is repaid and the spread is back.
    """

    def __init__(self, settings: Securitised) -> None:
        self.settings = settings
        self.series = NO_SERIES
        self.excess = np.zeros(0)
        self.early = 0

    @property
    def outstanding(self) -> int:
        """Fen owed to note holders."""
        return int(self.series[:, OUTSTANDING].sum())

    @property
    def amortising(self) -> int:
        """Fen of series past their revolving period."""
        return int(self.series[self.series[:, SIZE] > 0, OUTSTANDING].sum())

    def room(self, equity: int, eligible: int) -> int:
        """Fen of notes that may still be issued against these loans under the cap."""
        if self.early:
            return 0
        return max(
            int(min(self.settings.note_cap * equity, self.settings.advance_rate * eligible)) - self.outstanding, 0
        )

    def claimed(self, collected: int, loans: int) -> int:
        """Fen of a month's collections that go to note holders: fixed shares of series past their revolving period.

        A series' share is what it was at the end of its revolving period over the loans that stood behind it.
        """
        return sum(self._claims(collected, loans))

    def excess_spread(self, pool: Pool, note_rate: float) -> float:
        """Yield of the pool less defaults, servicing and the notes' interest, a year of the pool.

        Defaulted loans leave the pool at 90 days, as in a card trust.
        """
        if pool.loans <= 0:
            return 0.0
        earned = 12.0 * (pool.interest - pool.defaulted - pool.servicing) / pool.loans
        return earned - self.settings.advance_rate * note_rate

    def month(self, pool: Pool, wish: int, equity: int, note_rate: float, rolled_over: float) -> NoteMonth:
        """Close a month: test the trigger, pass collections on, roll over what falls due, issue what is wished.

        Parameters
        ----------
        pool : Pool
            The month's own loans.
        wish : int
            Fen that new notes should bring.
        equity : int
            The lender's equity, for the cap.
        note_rate : float
            A year.
        rolled_over : float
            Share of what falls due or is offered that investors take.
        """
        self._test(pool, note_rate)
        repaid = self._repay(pool)
        due, rolled = self._fall_due(rolled_over, int(self.settings.note_cap * equity))
        self.series = self.series[self.series[:, OUTSTANDING] > 0]
        issued = min(max(wish, 0), int(rolled_over * self.room(equity, pool.eligible)))
        self._issue(issued)
        self._merge()
        return NoteMonth(issued, repaid, due, rolled)

    def _test(self, pool: Pool, note_rate: float) -> None:
        """Hit the trigger when the average excess spread is too low; forget it when nothing is left to repay."""
        self.excess = np.append(self.excess, self.excess_spread(pool, note_rate))[-self.settings.excess_months :]
        low = len(self.excess) == self.settings.excess_months and float(self.excess.mean()) < self.settings.least_excess
        if low and len(self.series):
            self.early = 1
        elif not low and not len(self.series):
            self.early = 0
        if self.early:
            revolving = self.series[:, SIZE] == 0
            self.series[revolving, SIZE] = self.series[revolving, OUTSTANDING]
            self.series[:, MONTHS_LEFT] = 0

    def _claims(self, collected: int, loans: int) -> list[int]:
        behind = self.series[:, SIZE] / max(self.settings.advance_rate, 1e-9)
        parts = np.minimum(behind / max(loans, 1), 1.0) * collected
        # Series together never take more than was collected.
        parts *= min(collected / max(float(parts.sum()), 1.0), 1.0)
        return [min(int(part), int(left)) for part, left in zip(parts, self.series[:, OUTSTANDING], strict=True)]

    def _repay(self, pool: Pool) -> int:
        """Pass collections to series past their revolving period, and to all where the pool is too small."""
        paid = self._claims(pool.collected, pool.loans + pool.collected)
        self.series[:, OUTSTANDING] -= np.array(paid, dtype=np.int64)
        short = self.outstanding - int(self.settings.advance_rate * pool.eligible)
        more = min(max(short, 0), max(pool.collected - sum(paid), 0))
        if more > 0:
            parts = split(more, self.series[:, OUTSTANDING].tolist())
            self.series[:, OUTSTANDING] -= np.array(parts, dtype=np.int64)
        return sum(paid) + more

    def _fall_due(self, rolled_over: float, cap: int) -> tuple[int, int]:
        """Let revolving periods run on; of a series at its end investors take a share anew, the rest is repaid."""
        due = rolled = 0
        fresh = []
        for series in self.series:
            if series[SIZE] > 0:
                continue
            series[MONTHS_LEFT] -= 1
            if series[MONTHS_LEFT] > 0:
                continue
            held = int(series[OUTSTANDING])
            above = max(self.outstanding - cap, 0)
            again = max(int(rolled_over * held) - above, 0)
            due, rolled = due + held, rolled + again
            series[OUTSTANDING] = series[SIZE] = held - again
            fresh.append([again, 0, self.settings.revolving_months])
        if fresh:
            self.series = np.vstack([self.series, np.array(fresh, dtype=np.int64)])
        return due, rolled

    def _issue(self, amount: int) -> None:
        """Issue a series; a programme that starts is spread out as if it had issued every month."""
        if amount <= 0:
            return
        months = self.settings.revolving_months
        ages = range(1, months + 1) if not len(self.series) else (months,)
        parts = split(amount, [1] * len(ages))
        new = np.array([[part, 0, left] for part, left in zip(parts, ages, strict=True) if part > 0], dtype=np.int64)
        self.series = np.vstack([self.series, new])

    def _merge(self) -> None:
        """Count revolving series that end in the same month as one."""
        revolving = self.series[:, SIZE] == 0
        by_month = np.zeros(self.settings.revolving_months + 1, dtype=np.int64)
        np.add.at(by_month, self.series[revolving, MONTHS_LEFT], self.series[revolving, OUTSTANDING])
        left = np.flatnonzero(by_month)
        again = np.column_stack([by_month[left], np.zeros_like(left), left])
        self.series = np.vstack([self.series[~revolving], again]).astype(np.int64)

    def save(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return {"series": self.series.copy(), "excess": self.excess.copy(), "early": self.early}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take a checkpoint's numbers back."""
        self.series, self.excess = np.array(saved["series"]), np.array(saved["excess"])
        self.early = int(saved["early"])
