"""Monthly means over runs, and which figures have anything to say in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.figures.catalog import METRICS
from sim.study.run.cell import KEYS
from sim.study.store.journal import POINT

if TYPE_CHECKING:
    import pandas as pd

SAYS, ZERO, NOTHING = "says", "zero", "nothing"
"""What a figure has in a study: values, 0 in every month, or no value at all."""


def monthly_means(months: pd.DataFrame) -> pd.DataFrame:
    """Return the mean over replications of every figure, a row for each (point,) scenario, package and month.

    Months without the base of a pooled figure (an approval rate without applications) say nothing and are left out.

    Parameters
    ----------
    months : DataFrame
        Tidy results, in stored units; scenarios and packages in the order of their categories.
    """
    names = [name for name in months.columns if name not in (POINT, *KEYS)]
    bases = {name: METRICS[name].base for name in names if name in METRICS and METRICS[name].base in months}
    known = months.assign(**{name: months[name].where(months[base] > 0) for name, base in bases.items()})
    keys = [key for key in (POINT, "scenario", "arm", "month") if key in months]
    return known.groupby(keys, observed=True, sort=True)[names].mean().copy().reset_index()


def contents(table: pd.DataFrame, names: Sequence[str]) -> dict[str, str]:
    """Say of each figure whether a table of it has values, 0 alone, or none: `SAYS`, `ZERO` or `NOTHING`."""
    found = {}
    for name in names:
        known = table[name].dropna()
        found[name] = NOTHING if known.empty else SAYS if (known != 0).any() else ZERO
    return found
