"""Claims of experiments against published series: read from their committed tables, not measured again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments.findings import CHECKS, Change, Estimate, Part
from sim.config.errors import UsageError, nearest, refusal


@dataclass(frozen=True)
class Tabled:
    """Tables whose rows are named by some columns.

    Attributes
    ----------
    folder : Path
        Where the tables lie.
    rows : mapping
        File -> columns whose cells, joined by commas, name a row; the ``world`` of a part is the file.
    errors : mapping
        Column -> the column of its standard error; an interval is two of them to each side.
    checks : sequence of Change
        A table is measured once: other sizes, seeds and worlds of these experiments take too long for every page.
    """

    folder: Path
    rows: Mapping[str, Sequence[str]]
    errors: Mapping[str, str]
    checks: Sequence[Change] = CHECKS[:1]

    def asked(self, part: Part) -> Estimate:
        """Value of a part, or the difference to the row that it is compared with.

        Raises
        ------
        UsageError
            A part names a file, row or column that there is not.
        """
        file = _known("world", part.world or next(iter(self.rows)), self.rows)
        table = pd.read_csv(self.folder / file, comment="#", na_values="n/a", keep_default_na=True)
        table.index = pd.Index(table[[*self.rows[file]]].astype(str).agg(", ".join, axis=1))
        column = _known("figure", part.figure, table.columns)
        values, spreads = [], []
        for key, row in (("arm", part.arm), ("against", part.against)):
            if row:
                name = _known(key, row, table.index)
                values.append(float(table.at[name, column]))
                spreads.append(float(table.at[name, self.errors[column]]) if column in self.errors else 0.0)
        value = values[0] - sum(values[1:])
        half = 2 * math.hypot(*spreads)
        return Estimate(value, value - half, value + half)

    def measure(self, parts: Sequence[Part], change: Change, to: Path, more: Sequence[str] = ()) -> list[Estimate]:
        """Estimates of the parts from the tables."""
        return [self.asked(part) for part in parts]


def _known(key: str, name: str, names: Sequence[str] | Mapping[str, object] | pd.Index) -> str:
    if name not in names:
        raise UsageError(refusal(key, name, "; ".join(names), nearest(name, names)))
    return name
