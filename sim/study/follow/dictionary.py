"""What the columns of the tables beside the months hold: unit and meaning of each, for files and for pages."""

from __future__ import annotations

from collections.abc import Mapping

from sim.study.follow.columns import Described
from sim.study.follow.defaults import EXPOSURE, RECOVERIES
from sim.study.follow.described import GAINS, SEGMENTS
from sim.study.follow.panel import FIRMS, PERSONS
from sim.study.follow.rolls import COLUMNS as ROLLS
from sim.study.follow.vintages import COLUMNS as VINTAGES

DICTIONARY: Mapping[str, Mapping[str, Described]] = {
    "rolls": ROLLS,
    "vintages": VINTAGES,
    "exposure": EXPOSURE,
    "recoveries": RECOVERIES,
    "segments": SEGMENTS,
    "gains": GAINS,
    "panel": PERSONS,
    "panel_firms": FIRMS,
}
"""Columns by table, in the order of the files; the keys of a run stand before them."""
OF_A_RUN = {
    "point": Described("", "point of the design, where there is one"),
    "arm": Described("", "package"),
    "scenario": Described("", "economy"),
    "replication": Described("", "run, from 0 on"),
}


def metadata(table: str, column: str) -> dict[str, str]:
    """Unit and meaning of a column, as they are written into the schema of a file; none where nobody declares it."""
    known = {**DICTIONARY.get(table, {}), **OF_A_RUN}.get(column)
    return {} if known is None else {"unit": known.unit, "meaning": known.meaning}
