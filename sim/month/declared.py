"""Columns and figures that a user's file declares, as a configuration carries them, and how a figure is counted."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.engine.loops.stage import Stage
from sim.engine.tables.declare import Column
from sim.figures.figure import Figure, of_a_user
from sim.figures.formula import told
from sim.lender.policies.undefined import TALLY, operations_of, watched
from sim.lender.policies.user import executed, marked

BILLION = 1_000_000_000
LARGEST = 1e12
"""What one person adds to a figure is below this, so that sums over millions of persons stay whole in 64 bits."""


@dataclass(frozen=True)
class OwnColumn:
    """A column of the user's own, of persons or (``firms``) of firms: known to them alone."""

    name: str
    default: float
    low: float
    high: float
    meaning: str
    firms: bool = False

    @property
    def column(self) -> Column:
        """As the engine declares columns; of whole numbers where all three are."""
        whole = all(isinstance(value, int) for value in (self.default, self.low, self.high))
        return Column("int64" if whole else "float64", self.low, self.high, "", self.meaning, default=self.default)


@dataclass(frozen=True)
class OwnFigure:
    """A figure of the user's own: ``of`` a mean or sum over living persons, of an ``expression`` of ``columns``."""

    name: str
    of: str
    expression: str
    columns: tuple[str, ...]
    unit: str
    meaning: str

    @property
    def figure(self) -> Figure:
        """As figures are declared: months of a mean combine as their mean, a sum stands at the month's end."""
        formula = told(f"{self.of}({self.expression})")
        return of_a_user(self.name, self.unit, self.meaning, "last" if self.of == "sum" else "mean", formula)

    @property
    def tallies(self) -> tuple[str, str, str]:
        """Totals that it is made of: whole parts, billionths, and persons for whom it is no number that fits."""
        return f"own_{self.name}_whole", f"own_{self.name}_billionths", f"own_{self.name}_lacking"


@functools.cache
def figure_stage(figure: OwnFigure, source: str) -> Stage:
    """The rule that counts a figure: what a person adds to it, as a whole number and billionths of one."""
    name = f"count_{figure.name}"
    text = (
        f"{marked(source)}\n\nimport math\n\n"
        f"def {name}({', '.join(figure.columns)}):\n"
        f"    _value = float({figure.expression})\n"
        f"    if not -{LARGEST!r} < _value < {LARGEST!r}:\n"
        "        return 0, 0, 1\n"
        "    _whole = int(math.floor(_value))\n"
        f"    return _whole, int((_value - _whole) * {float(BILLION)!r}), 0\n"
    )
    formula = f"{source}\ndef {name}({', '.join(figure.columns)}):\n    return {figure.expression}\n"
    operations = tuple(
        said.replace(f"line {len(formula.splitlines())}:", "its formula:") for said in operations_of(formula, name)
    )
    tallies: tuple[str, ...] = figure.tallies
    if operations:
        text, tallies = watched(text, name, len(tallies)), (*tallies, TALLY.format(figure.name))
    made = executed(text)[name]
    made.watched = {tallies[-1]: operations} if operations else {}
    return Stage(name, made, (), tallies, both_sides=True)


def own_figures(figures: Sequence[OwnFigure], flows: Mapping[str, int]) -> dict[str, float]:
    """Figures of the user's own in a month, from what was tallied.

    Raises
    ------
    ArithmeticError
        For some person one is no number, or too large to be added up.
    """
    found = {}
    for figure in figures:
        whole, billionths, lacking = (int(flows[name]) for name in figure.tallies)
        if lacking:
            raise ArithmeticError(
                f"FIGURES: {figure.name}: {figure.expression} is no number below {LARGEST:g} for {lacking} persons"
            )
        total = whole + billionths / BILLION
        found[figure.name] = total if figure.of == "sum" else total / max(int(flows["persons"]), 1)
    return found
