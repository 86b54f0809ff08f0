"""What a user tells of a file that holds a path of the economy, and what was made of it, in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.economy.sectors import SECTORS
from sim.engine.tables.declare import setting, when
from sim.engine.tables.file_layout import Layout
from sim.language.words import Words

A_PATH = "economy.kind=path"
UNITS = ("unstated", "percent", "fraction")
FREQUENCIES = {"found": 0, "monthly": 1, "quarterly": 3, "annual": 12}
"""Months that a row of a path covers, by the word for it; found: by its dates."""
SPREADS = ("linear", "step")
GAPS = ("refused", "linear", "carry")
FORMATS = ("plain", "fred", "dfast", "eba", "nbs", "eurostat", "ecb", "bls", "ons")
LONGEST_LIST = 8  # names in a clause


def _column(name: str) -> Any:
    return setting("", meaning=f"column of {name}; empty: it has that name", place=True, needs=A_PATH)


@dataclass(frozen=True)
class DemandColumns:
    """Columns of the demand for each sector."""

    manufacturing: str = _column("demand_manufacturing")
    wholesale_retail: str = _column("demand_wholesale_retail")
    internet_services: str = _column("demand_internet_services")
    technology: str = _column("demand_technology")
    agriculture: str = _column("demand_agriculture")
    public_other: str = _column("demand_public_other")


@dataclass(frozen=True)
class PathColumns:
    """Which column of a file is what; a column of another name that is not named here is then left unread."""

    month: str = _column("month")
    unemployment: str = _column("unemployment")
    policy_rate: str = _column("policy_rate")
    output_gap: str = _column("output_gap")
    funding: str = _column("funding")
    harvest: str = _column("harvest")
    self_employed_income: str = _column("self_employed_income")
    jobless_supplement: str = _column("jobless_supplement")
    universal_transfer: str = _column("universal_transfer")
    holidays_offered: str = _column("holidays_offered")
    collections_stopped: str = _column("collections_stopped")
    demand: DemandColumns = field(default_factory=DemandColumns)

    @property
    def told(self) -> dict[str, str]:
        """Column of each series that was named; demand as ``demand_<sector>``."""
        own = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self) if entry.name != "demand"}
        sectors = {f"demand_{name}": getattr(self.demand, name) for name in SECTORS}
        return {name: column for name, column in {**own, **sectors}.items() if column}


@dataclass(frozen=True)
class FileSettings:
    """A path in a file: where it lies, how it is laid out, and what of it is taken."""

    file: str = setting(
        "",
        meaning="table with the months of a path, for economy=path: CSV, xlsx or Parquet",
        place=True,
        needs=A_PATH,
    )
    history: str = setting(
        "", meaning="table of the same form with what came before the path; empty: none", place=True, needs=A_PATH
    )
    units: str = setting(
        "unstated", meaning="unit of the file's rates without a suffix _percent", choices=UNITS, needs=A_PATH
    )
    format: str = setting("plain", meaning="publisher in whose form the table is", choices=FORMATS, needs=A_PATH)
    scenario: str = setting("", meaning="scenario to take from a file that holds several", place=True, needs=A_PATH)
    added_to: str = setting(
        "", meaning="scenario to whose figures those are added, which are deviations from it", place=True, needs=A_PATH
    )
    country: str = setting("", meaning="country to take from a file that holds several", place=True, needs=A_PATH)
    where: tuple[tuple[str, str], ...] = setting(
        (), meaning="values that columns must have in the rows to take, such as {geo: DE}", place=True, needs=A_PATH
    )
    frequency: str = setting(
        "found", meaning="what a row is; found: by the dates", choices=tuple(FREQUENCIES), needs=A_PATH
    )
    spread: str = setting(
        "linear",
        meaning="months within a quarter or year: linear, straight between the middles, or step, all the same",
        choices=SPREADS,
        needs=A_PATH,
    )
    gaps: str = setting(
        "refused",
        meaning="what stands for a missing figure: linear, straight between its neighbours, or carry, the one before",
        choices=GAPS,
        needs=A_PATH,
    )
    start: str = setting(
        "",
        meaning="month of the policy date; earlier rows are history and give the calm level; empty: the first row",
        place=True,
        needs=A_PATH,
    )
    columns: PathColumns = field(default_factory=PathColumns, metadata=when(A_PATH))
    layout: Layout = field(default_factory=Layout, metadata=when(A_PATH))


def told_of_files() -> tuple[str, ...]:
    """Keys of `FileSettings`, those within another with a dot: what comes out of a file hangs on each."""
    columns = [*(entry.name for entry in dataclasses.fields(PathColumns) if entry.name != "demand")]
    columns += [f"demand.{name}" for name in SECTORS]
    within = {"columns": columns, "layout": [entry.name for entry in dataclasses.fields(Layout)]}
    names = [entry.name for entry in dataclasses.fields(FileSettings)]
    inner = (f"{name}.{one}" for name, below in within.items() for one in below)
    return (*(name for name in names if name not in within), *inner)


@dataclass(frozen=True)
class PathRead:
    """What was made of a file: told before the run, in the manifest and in the report.

    Attributes
    ----------
    columns : tuple of (str, str, str)
        Series, its column in the file, and its unit: percent, fraction, or empty.
    unread : tuple of str
        Columns that were left.
    chosen : tuple of (str, str)
        Column and value of the rows that were taken.
    step : int
        Months of a row: 1, 3 or 12.
    numbered : bool
        Whether the rows have numbers instead of dates.
    spread, gaps : str
        Rules as in `FileSettings`.
    filled : int
        Missing figures that were filled in.
    start : str
        First month of the path; empty where it is the first row.
    history : int
        Months before it from which the calm level is taken.
    shifted : tuple of (str, float)
        Series from a rate that lies so many points above it.
    encoding : str
        As it was found; empty where it was told.
    others : int
        Rows of another kind that were left out, such as years above months.
    """

    columns: tuple[tuple[str, str, str], ...] = ()
    unread: tuple[str, ...] = ()
    chosen: tuple[tuple[str, str], ...] = ()
    step: int = 1
    numbered: bool = False
    spread: str = SPREADS[0]
    gaps: str = GAPS[0]
    filled: int = 0
    start: str = ""
    history: int = 0
    shifted: tuple[tuple[str, float], ...] = ()
    encoding: str = ""
    others: int = 0

    def told(self, say: Words) -> str:
        """All of it in one clause; empty for a file whose columns and months are as ours."""
        return say("running.reading.between").join(self._clauses(say))

    def _clauses(self, say: Words) -> Iterator[str]:
        key = "running.reading"
        if self.chosen:
            yield say(f"{key}.chosen", rows=", ".join(f"{column}={value}" for column, value in self.chosen))
        for series, column, unit in self.columns:
            if column not in (series, f"{series}_percent"):
                yield say(f"{key}.column_{unit or 'index'}", series=series, column=column)
        for series, points in self.shifted:
            yield say(f"{key}.shifted", series=series, points=f"{points:g}")
        if self.numbered or self.step > 1:
            rows = {1: "months", 3: "quarters", 12: "years"}[self.step]
            yield say(f"{key}.numbered_{rows}") if self.numbered else say(f"{key}.{rows}")
        if self.others:
            yield say.counted(f"{key}.others", self.others)
        if self.step > 1:
            yield say(f"{key}.spread_{self.spread}")
        if self.filled:
            yield say.counted(f"{key}.filled_{self.gaps}", self.filled)
        if self.history:
            yield say.counted(f"{key}.history", self.history, start=self.start)
        if self.encoding:
            yield say(f"{key}.encoding", encoding=self.encoding)
        if self.unread:
            names = ", ".join(self.unread[:LONGEST_LIST]) + (", ..." if len(self.unread) > LONGEST_LIST else "")
            yield say(f"{key}.unread", columns=names)
