"""What the columns of the tables beside the months hold: unit and meaning of each, for files and for pages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sim.month.own import OwnRules
from sim.study.follow.columns import Described
from sim.study.follow.defaults import EXPOSURE, RECOVERIES
from sim.study.follow.described import GAINS, SEGMENTS
from sim.study.follow.rolls import COLUMNS as ROLLS
from sim.study.follow.vintages import COLUMNS as VINTAGES

USUAL: Mapping[str, Mapping[str, Described]] = {
    "rolls": ROLLS,
    "vintages": VINTAGES,
    "exposure": EXPOSURE,
    "recoveries": RECOVERIES,
    "segments": SEGMENTS,
    "gains": GAINS,
}
PANELS = ("panel", "panel_firms")
TABLES = (*USUAL, *PANELS)
"""Names of the tables."""
OF_A_RUN = {
    "point": Described("", "point of the design, where there is one"),
    "arm": Described("", "package"),
    "scenario": Described("", "economy"),
    "replication": Described("", "run, from 0 on"),
}


def described(table: str) -> Mapping[str, Described]:
    """Columns of a table behind the keys of a run, in the order of the files; nothing where none is so named.

    Those of a panel are declared with the agents, which take a second to import; few studies keep one.
    """
    if table in PANELS:
        from sim.study.follow.panel import FIRMS, PERSONS

        return dict(zip(PANELS, (PERSONS, FIRMS), strict=True))[table]
    return USUAL.get(table, {})


def of_own(config: Any) -> dict[str, Described]:
    """Columns that the file of a user's rules adds to the panels."""
    return {one.name: Described("", one.meaning) for one in getattr(config, "own", OwnRules()).columns}


def metadata(table: str, column: str, own: Mapping[str, Described] = MappingProxyType({})) -> dict[str, str]:
    """Unit and meaning of a column, as they are written into the schema of a file; none where nobody declares it.

    Parameters
    ----------
    own : mapping of str to Described
        What `of_own` adds.
    """
    known = {**(own if table in PANELS else {}), **described(table), **OF_A_RUN}.get(column)
    return {} if known is None else {"unit": known.unit, "meaning": known.meaning}
