"""How a stored figure stands in a cell: fen become money, fractions per cent, and each says its unit and period."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from sim.figures.catalog import ACCESS, BEARERS, FIGURES, FIRMS, MAIN
from sim.figures.runs import PARTIES
from sim.figures.scales import measure_of
from sim.language.words import ENGLISH, YUAN, Money, Words

FIRST = (*MAIN, *(figure.name for figure in PARTIES), *ACCESS, *FIRMS, *BEARERS)
"""Figures that come before all others, in their order."""

NUMBER = "#,##0"
CENTS = 100.0
"""Units of money (or cases) below which decimals are shown."""


@dataclass(frozen=True)
class Shape:
    """Factor from the stored to the shown number, its unit in words, and the format of its cell."""

    factor: float
    unit: str
    form: str

    def of(self, value: float, *, signed: bool = False) -> str:
        """Return the cell format of one stored value; with its sign where it is a difference."""
        shown = abs(value) * self.factor
        form = f"{NUMBER}.00" if self.form == NUMBER and math.isfinite(shown) and shown < CENTS else self.form
        return f"+{form};-{form};{form}" if signed else form


def shape_of(name: str, unit: str, money: Money = YUAN) -> Shape:
    """Return how a figure is shown.

    Parameters
    ----------
    name, unit : str
        The figure, and its stored unit as the manifest has it, which decides where the figure is not ours.
    money : Money
        Currency in which amounts are shown.
    """
    figure = measure_of(name, unit)
    if figure.kind == "money":
        return Shape(1 / money.fen, re.sub(r"\bfen\b", Words(ENGLISH, money).currency, unit), NUMBER)
    if figure.is_share:
        return Shape(1.0, re.sub(r"^(fraction|share)\b", "%", unit), "0.00%")
    return Shape(1.0, unit, "#,##0.0000" if figure.kind == "index" else NUMBER)


def in_order(names: list[str]) -> list[str]:
    """Sort figures: those of the main tables first, then as they are declared, others as they come."""
    place = {name: spot for spot, name in enumerate(dict.fromkeys([*FIRST, *FIGURES]))}
    return sorted(names, key=lambda name: place.get(name, len(place)))
