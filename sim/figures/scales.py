"""How a figure is named, scaled and written, the same on the terminal and in the report."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sim.figures.catalog import FIGURES
from sim.figures.figure import Figure
from sim.figures.formula import told
from sim.figures.own import OWN
from sim.language.words import CHINESE, ENGLISH, Words

NOT_AVAILABLE = "n/a"
MINUS = "\u2212"
NARROW_SPACE = "\u202f"
IN_ENGLISH = Words(ENGLISH)
UNITS = {
    ENGLISH: ((1e9, 1e9, "billion"), (1e6, 1e6, "million"), (1e4, 1e3, "thousand"), (0.0, 1.0, "yuan")),
    CHINESE: ((1e8, 1e8, "hundred_million"), (1e4, 1e4, "ten_thousand"), (0.0, 1.0, "yuan")),
}
"""From how many of the currency on a unit is used, how many it is, and the key of its name."""


@dataclass(frozen=True)
class Scale:
    """Factor from stored to printed figure, the printed unit and its decimals."""

    factor: float
    unit: str
    decimals: int
    difference_unit: str

    @property
    def spaced_unit(self) -> str:
        """Unit with the space before it: narrow before a per cent sign."""
        return f"{NARROW_SPACE}%" if self.unit == "%" else f" {self.unit}" if self.unit else ""

    def refined(self, intervals: Iterable[tuple[float, float]]) -> Scale:
        """Return the scale with up to two further decimals where an interval needs them.

        One more where that shows the width of the narrowest interval, two where an end next to zero would
        else be printed as zero.
        """
        ends = [(low * self.factor, high * self.factor) for low, high in intervals]
        ends = [(low, high) for low, high in ends if math.isfinite(low) and math.isfinite(high)]
        widths = [_needed((high - low) / 2) for low, high in ends]
        nearest = [_needed(2 * min(abs(low), abs(high))) for low, high in ends]
        for_width = min(max(widths, default=0), self.decimals + 1)
        for_ends = min(max(nearest, default=0), self.decimals + 2)
        return replace(self, decimals=max(self.decimals, for_width, for_ends))

    def text(self, value: float, *, signed: bool = False) -> str:
        """Write ``value`` (in stored units) as printed, without its unit."""
        if value is None or not math.isfinite(value):
            return NOT_AVAILABLE
        return number(value * self.factor, self.decimals, signed=signed)


def number(value: float | None, decimals: int = 2, *, signed: bool = False) -> str:
    """Write a number with a true minus sign and narrow spaces between thousands; ``n/a`` if not finite."""
    if value is None or not math.isfinite(value):
        return NOT_AVAILABLE
    text = f"{abs(value):,.{decimals}f}".replace(",", NARROW_SPACE)
    is_zero = not any(digit in "123456789" for digit in text)
    sign = "" if is_zero else MINUS if value < 0 else "+" if signed else ""
    return sign + text


def measure_of(name: str, unit: str = "") -> Figure:
    """Return how ``name`` is printed; a figure that is not ours is guessed from the unit in the manifest."""
    if name in OWN or name in FIGURES:
        return OWN.get(name) or FIGURES[name]
    lowered = unit.lower()
    kind = "money" if lowered.startswith("fen") else "share" if lowered.startswith(("fraction", "share")) else "index"
    return Figure(name, unit, "", kind, "mean", told(""))


def scale_of(figure: Figure, values: Iterable[float], borrowers: int | None = None, say: Words = IN_ENGLISH) -> Scale:
    """Choose unit and decimals so that the largest of ``values`` (stored units) reads well.

    Money is stored in fen and told in the currency of `say`, shares are fractions, counts persons or lines. Units are
    those of a language: what English counts in thousands and millions, Chinese does in ten thousands and hundred
    millions.
    """
    finite = [abs(value) for value in values if value is not None and math.isfinite(value)]
    largest = max(finite, default=0.0)
    if figure.kind == "share":
        return Scale(100.0, "%", 2 if largest < 0.2 else 1, say("front_unit.points"))
    if figure.kind == "money":
        return _money_scale(largest, say)
    if figure.kind == "count" and figure.called and borrowers:
        factor = 1000.0 / borrowers
        unit, short = say("front_unit.per_thousand_borrowers"), say("front_unit.per_thousand")
        return Scale(factor, unit, _decimals(largest * factor), short)
    return Scale(1.0, "", _decimals(largest), "")


def _money_scale(largest_fen: float, say: Words) -> Scale:
    largest = largest_fen / say.fen
    size, name = next((size, name) for start, size, name in UNITS[say.language] if largest >= start)
    unit = say(f"front_unit.{name}")
    return Scale(1 / (say.fen * size), unit, _decimals(largest / size), unit)


def _decimals(largest: float) -> int:
    return 2 if largest < 10 else 1 if largest < 1000 else 0


def _needed(value: float) -> int:
    """Return the decimals that show the first digit of ``value``; 0 for zero."""
    return math.ceil(-math.log10(value)) if value > 0 else 0
