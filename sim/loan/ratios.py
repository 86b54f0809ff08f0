"""What the measuring of persons and of firms has in common."""

from __future__ import annotations

from sim.loan.states import MONTHS_LAST

BUCKETS = MONTHS_LAST + 1


def ratio(part: float, whole: float) -> float:
    """A part over a whole; 0 of nothing."""
    return part / whole if whole else 0.0
