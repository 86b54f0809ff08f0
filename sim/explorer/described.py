"""What the page is told of a figure: its name, unit and decimals, and how its months combine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.figures.catalog import ACCESS, BEARERS, FIRMS, MAIN
from sim.figures.naming import label_of, period_of, span_of
from sim.figures.scales import measure_of, scale_of
from sim.language.words import Words

POOLED, LAST, MEAN = "pooled", "last", "mean"
"""How the page combines months: each by a base, the last one, or each alike."""

FIRST = tuple(dict.fromkeys((*MAIN, *ACCESS, *FIRMS, *BEARERS)))
"""Figures that the page offers first, and keeps when it cannot hold all."""


@dataclass(frozen=True)
class Told:
    """A figure of a cube: its name, its stored unit, how its months combine, and what it is called if not by its name.

    ``base`` is the column by which the months of a pooled figure count.
    """

    name: str
    unit: str
    combined: str = MEAN
    base: str = ""
    label: str = ""

    def described(self, values: Iterable[float], say: Words) -> dict[str, Any]:
        """Describe the figure for the page.

        Parameters
        ----------
        values : iterable of float
            In the stored unit; the largest decides on the printed unit.

        Returns
        -------
        dict
            ``name``, ``label``, ``unit``, ``gap_unit`` (of differences), ``period``, ``factor`` from the stored to the
            printed unit, ``decimals``, ``combined`` and ``base``.
        """
        figure = measure_of(self.name, self.unit)
        scale = scale_of(figure, values, say=say)
        span = span_of(figure, say)
        return {
            "name": self.name,
            "label": self.label or label_of(figure, say),
            "unit": f"{scale.unit}{span}".strip(),
            "gap_unit": f"{scale.difference_unit}{span}".strip(),
            "period": period_of(figure, say),
            "factor": scale.factor,
            "decimals": scale.decimals,
            "combined": self.combined,
            "base": self.base,
        }


def of_months(name: str, unit: str, columns: Iterable[str]) -> Told:
    """Return how months of a figure combine, as in ``summary.csv``.

    The loss rate is twelve times net charge-offs over loans outstanding, each summed: its months count by the latter.
    A folder without the base of a pooled figure was written before there was one; its months count alike.
    """
    figure = measure_of(name, unit)
    base = "outstanding" if figure.over == "annual" else figure.base
    if figure.over in ("annual", POOLED) and base in columns:
        return Told(name, unit, POOLED, base)
    return Told(name, unit, LAST if figure.over == LAST else MEAN)


def in_order(names: Iterable[str]) -> list[str]:
    """Return figures in the order in which the page offers them: those of the report's tables, then the rest."""
    known = list(dict.fromkeys(names))
    return [name for name in FIRST if name in known] + [name for name in known if name not in FIRST]
