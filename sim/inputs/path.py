"""A user's own path of the economy: months of unemployment, and of whatever else is known."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sim.economy.hazards import hazards_along
from sim.economy.scenario import (
    BY_MONTH_COLUMNS,
    FUNDING_RANGE,
    HARVEST_RANGE,
    INDEX_RANGE,
    OUTPUT_GAP_RANGE,
    POLICY_RATE_RANGE,
    SELF_EMPLOYED_RANGE,
    SHARE_RANGE,
    TRANSFER_RANGE,
    UNEMPLOYMENT_RANGE,
    PublishedPath,
    SectorSeries,
)
from sim.economy.sectors import EMPLOYMENT_SHARES, SECTORS
from sim.economy.settings import UNITS, EconomySettings
from sim.inputs.errors import InputError, named_by, nearest, shown
from sim.inputs.month_table import MonthTable, in_words, months_of, read_table
from sim.inputs.numbers import is_number
from sim.inputs.told_numbers import plain_number, remedy

MONTH_COLUMN = "month"
DEMAND = "demand_"
PERCENT = "_percent"
RATES = {
    "unemployment": UNEMPLOYMENT_RANGE,
    "policy_rate": POLICY_RATE_RANGE,
    "output_gap": OUTPUT_GAP_RANGE,
    "funding": FUNDING_RANGE,
    "holidays_offered": SHARE_RANGE,
    "collections_stopped": SHARE_RANGE,
}
INDICES = {
    "harvest": HARVEST_RANGE,
    "self_employed_income": SELF_EMPLOYED_RANGE,
    "jobless_supplement": TRANSFER_RANGE,
    "universal_transfer": TRANSFER_RANGE,
    **{DEMAND + name: INDEX_RANGE for name in SECTORS},
}
ALLOWED = (MONTH_COLUMN, *RATES, *(name + PERCENT for name in RATES), *INDICES)


@dataclass(frozen=True)
class Series:
    """A column that was recognised: its header, its range (rates as fractions), whether it is in percent."""

    column: str
    low: float
    high: float
    percent: bool


def read_path(file: str | Path, units: str = "unstated") -> PublishedPath:
    """Read a path of the economy from a CSV or Parquet file.

    Parameters
    ----------
    file : str or Path
        One row a month, oldest first. Columns: ``month`` (YYYY-MM, YYYY-MM-01 or whole numbers),
        ``unemployment``, optionally ``policy_rate``, ``output_gap``, ``funding`` (the share that is rolled
        over), ``harvest`` (a factor, 1 is usual) and ``demand_<sector>`` (an index of any base whose first
        month is calm); ``self_employed_income`` (a factor), ``jobless_supplement`` and ``universal_transfer``
        (months of median income), ``holidays_offered`` and ``collections_stopped`` (shares). A rate's or
        share's name may end in ``_percent``.
    units : {"unstated", "percent", "fraction"}
        Unit of the rates whose names do not say it.

    Returns
    -------
    PublishedPath
        Fractions, a number for every month in every series given.

    Raises
    ------
    InputError
        One line: file, row, column, value and what is allowed.
    """
    table = read_table(file)
    series = _recognise(table, units)
    months = list(months_of(table, MONTH_COLUMN))
    values = {name: _numbers(table, entry) for name, entry in series.items()}
    first, calendar = months[0]
    return PublishedPath(
        source=Path(file).name,
        first_month=in_words(first, True) if calendar else "",
        unemployment=values["unemployment"],
        **{name: values.get(name, ()) for name in BY_MONTH_COLUMNS},
        demand=SectorSeries(**{name: values.get(DEMAND + name, ()) for name in SECTORS}),
    )


def with_path(settings: EconomySettings) -> EconomySettings:
    """Put the figures of ``economy.file`` into the settings; those of another kind come back as they are.

    Raises
    ------
    InputError
        The file is wrong, or asks for more jobs lost or found in a month than the labour settings allow.
    """
    if settings.kind != "path" or settings.published.unemployment:
        return settings
    if not settings.file:
        raise InputError("economy.file: empty, must name a CSV or Parquet file when economy=path")
    with named_by("economy.file"):
        path = read_path(settings.file, settings.units)
    level = [[1.0] * len(EMPLOYMENT_SHARES)] * len(path.unemployment)
    calm = settings.calm_unemployment or path.unemployment[0]
    hazards = hazards_along(settings.labour, calm, list(path.unemployment), level)
    if hazards.unreached:
        month = hazards.unreached[0]
        before = path.unemployment[month - 1] if month else calm
        raise InputError(
            f"{settings.file}: month {month + 1} of the path, column unemployment: from"
            f" {before:.3g} to {path.unemployment[month]:.3g}, must be within reach of"
            f" economy.labour.highest_separation ({settings.labour.highest_separation:g}) and"
            f" economy.labour.highest_finding ({settings.labour.highest_finding:g})"
        )
    return dataclasses.replace(settings, published=path)


def _recognise(table: MonthTable, units: str) -> dict[str, Series]:
    """Map each column to what it is: every one known, none twice, every rate with a unit."""
    if units not in UNITS:
        raise InputError(f"economy.units: {shown(units)}, must be one of {', '.join(UNITS)}")
    found: dict[str, Series] = {}
    for column in table.header:
        if column == MONTH_COLUMN:
            continue
        name = column.removesuffix(PERCENT)
        bounds = RATES.get(name) or INDICES.get(column)
        if bounds is None:
            raise InputError(
                f"{table.file}: row 1, column {shown(column)}: unknown, must be one of"
                f" {', '.join((MONTH_COLUMN, *RATES, *INDICES))} (the first {len(RATES)} after the month may end in"
                f" {PERCENT}){nearest(column, ALLOWED)}"
            )
        if name in found:
            raise InputError(f"{table.file}: row 1, column {shown(column)}: {name} stands twice, must stand once")
        found[name] = Series(column, *bounds, _is_percent(table, column, units))
    for name in (MONTH_COLUMN, "unemployment"):
        if name not in found and name not in table.header:
            raise InputError(
                f"{table.file}: row 1, column {name}: missing, the columns are"
                f" {shown(', '.join(table.header))}{nearest(name, table.header)}"
            )
    return found


def _is_percent(table: MonthTable, column: str, units: str) -> bool:
    if column in INDICES:
        return False
    if column.endswith(PERCENT):
        if units == "fraction":
            raise InputError(
                f"{table.file}: row 1, column {column}: contradicts economy.units=fraction, must be percent or unstated"
            )
        return True
    if units == "unstated":
        raise InputError(f"economy.units: unstated, must be percent or fraction: column {column} of {table.file}")
    return units == "percent"


def _numbers(table: MonthTable, series: Series) -> tuple[float, ...]:
    """Read a column as fractions (indices as they are), each finite and within its range."""
    place = table.header.index(series.column)
    scale = 100 if series.percent else 1
    unit = " percent" if series.percent else " (a fraction)" if series.column in RATES else ""
    allowed = f"a number between {series.low * scale:g} and {series.high * scale:g}{unit}"
    values = []
    for row in table.rows:
        text = plain_number(row.cells[place], table.source.layout)
        if not is_number(text):
            raise table.problem(row, series.column, allowed + remedy(text, table.source))
        # Decimal, so that 4.6 percent is the same float as 0.046.
        value = float(Decimal(text) / scale)
        if not series.low <= value <= series.high:
            raise table.problem(row, series.column, allowed)
        values.append(value)
    return tuple(values)
