"""What a published figure is: its band, where it was read, how sure it is, and what measures it here.

Where a source gives one figure, the band is a quarter of it on either side; where it gives several, or where there
are several sources, the band reaches from the least to the greatest. No band was moved for what came out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from validation.targets.pooling import Measure
from validation.targets.runs import CHINA, US

EXPOSURE = "Exposure at default"
ROLLS = "Rolls, recoveries, timing"
LEVELS = "Calm arrears and losses"
GRADIENTS = "Discrimination and gradients"
GUARANTEES = "Guarantees"
CLOSING = "Limits and closing"
DOWNTURNS = "Downturns"
REAL = "Real effects"
PROVISIONS = "Provisions"
SECTIONS = (EXPOSURE, PROVISIONS, ROLLS, LEVELS, GRADIENTS, GUARANTEES, CLOSING, DOWNTURNS, REAL)
SURENESS = {
    "V": "read, or worked out from data",
    "S": "on a secondary page",
    "A": "in an abstract only",
    "D": "derived from what was read",
    "own": "asked for by this project",
    "-": "no published figure was found",
}
QUARTER = 0.25  # of a single figure, on either side


@dataclass(frozen=True)
class Target:
    """One published figure: ``low`` and ``high`` are its band, ``measure`` gives ours; without a band both are nan."""

    key: str
    section: str
    definition: str
    published: str
    low: float
    high: float
    source: str
    sureness: str
    unit: str
    measure: Measure
    presets: tuple[str, ...] = (CHINA, US)

    def holds(self, value: float) -> bool | None:
        """Whether a value lies in the band; None where there is no value or no band."""
        return None if math.isnan(value + self.low) else self.low <= value <= self.high


def around(figure: float) -> tuple[float, float]:
    """Return the band around a single figure."""
    return figure - QUARTER * abs(figure), figure + QUARTER * abs(figure)


TAPE = "Yeh and Lien (2009), accounts of 2005, CC BY 4.0"
FED = "Board of Governors, card balances 30 and more days past due, DRCCLACBS"
SHARE, OVER, POINTS = "share", "ratio", "percentage points"
