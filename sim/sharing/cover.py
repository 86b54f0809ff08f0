"""The pool under cover: what stands covered, what has been covered, and compensation rates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.sharing.terms import BILLION
from sim.sharing.waterfall import Bases

YEAR = 12


class CoverBook:
    """Stocks and twelve-month windows of the covered pool, in fen of whole loans."""

    TOTALS = (
        "outstanding",
        "volume",
        "released",
        "premium",
        "compensation",
        "year_volume",
        "year_released",
        "year_premium",
        "months",
        "risk",
    )
    WINDOWS = ("recent_released", "recent_compensation", "recent_premium")

    def __init__(self, existing: int = 0) -> None:
        self.outstanding = existing
        self.volume = existing
        self.year_volume = existing
        self.released = self.year_released = 0
        self.premium = self.year_premium = 0
        self.compensation = 0
        self.months = 0
        self.risk = 0
        self.recent_released = [0] * YEAR
        self.recent_compensation = [0] * YEAR
        self.recent_premium = [0] * YEAR

    @property
    def bases(self) -> Bases:
        """What bounds and caps are shares of, now."""
        return Bases(
            volume=self.volume,
            year_volume=self.year_volume,
            outstanding=self.outstanding,
            released=self.released,
            year_released=self.year_released,
            premium=self.premium,
            year_premium=self.year_premium,
        )

    @property
    def begins_year(self) -> bool:
        """Whether the coming month opens a new contract year (the first year opens by itself)."""
        return self.months > 0 and self.months % YEAR == 0

    def open_year(self) -> None:
        """Begin a contract year: yearly bases restart from what stands covered."""
        self.year_volume = self.outstanding
        self.year_released = 0
        self.year_premium = 0

    def roll(self, lent: int, repaid: int, triggered: int, risk: int = 0) -> None:
        """Move the pool by one month; cover ends by repayment or by claim.

        ``risk`` is what of the month's lending is expected to default within a year, in fen; of the stock of
        it as much is left as of the loans.

        Raises
        ------
        ValueError
            If more cover ends than stood.
        """
        closing = self.outstanding + lent - repaid - triggered
        if closing < 0:
            raise ValueError(
                f"covered pool: {self.outstanding} + {lent} lent - {repaid} repaid - {triggered} claimed < 0"
            )
        self.risk = (self.risk + risk) * closing // max(self.outstanding + lent, 1)
        self.outstanding = closing
        self.volume += lent
        self.year_volume += lent
        self.released += repaid + triggered
        self.year_released += repaid + triggered
        self.recent_released[self.months % YEAR] = repaid + triggered

    def close(self, premium: int, compensation: int) -> None:
        """Record the month's premium and compensation and go on to the next month."""
        self.premium += premium
        self.year_premium += premium
        self.compensation += compensation
        self.recent_compensation[self.months % YEAR] = compensation
        self.recent_premium[self.months % YEAR] = premium
        self.months += 1

    def compensation_rates(self, guaranteed_billionths: int) -> dict[str, float]:
        """Return the compensation rate on each of its three denominators (0 where nothing stands).

        ``outstanding``: compensation of twelve months over guaranteed liability outstanding;
        ``released``: over guaranteed liability that ended in the same months, by repayment or claim;
        ``cumulative``: all compensation over all guaranteed volume.
        """
        recent = sum(self.recent_compensation)
        return {
            name: rate(paid, base * guaranteed_billionths // BILLION)
            for name, paid, base in (
                ("outstanding", recent, self.outstanding),
                ("released", recent, sum(self.recent_released)),
                ("cumulative", self.compensation, self.volume),
            )
        }

    def save(self) -> dict[str, Any]:
        """Return the book as plain integers and lists of them."""
        saved: dict[str, Any] = {name: getattr(self, name) for name in self.TOTALS}
        return saved | {name: list(getattr(self, name)) for name in self.WINDOWS}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take over a book that ``save`` returned."""
        for name in self.TOTALS:
            setattr(self, name, int(saved[name]))
        for name in self.WINDOWS:
            setattr(self, name, [int(value) for value in saved[name]])


def rate(part: int, whole: int) -> float:
    """``part`` over ``whole``; 0 where there is no whole."""
    return part / whole if whole > 0 else 0.0
