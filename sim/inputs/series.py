"""Columns of a path: what each is, in which unit, and its figures as fractions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sim.economy.reading import UNITS, FileSettings
from sim.economy.scenario import (
    FUNDING_RANGE,
    HARVEST_RANGE,
    INDEX_RANGE,
    OUTPUT_GAP_RANGE,
    POLICY_RATE_RANGE,
    SELF_EMPLOYED_RANGE,
    SHARE_RANGE,
    TRANSFER_RANGE,
    UNEMPLOYMENT_RANGE,
)
from sim.economy.sectors import SECTORS
from sim.inputs.across import LONE, quarters_across
from sim.inputs.errors import InputError, nearest, shown
from sim.inputs.formats import FORMS, Form, likely, named_like
from sim.inputs.month_table import MonthTable
from sim.inputs.numbers import half_width, is_number
from sim.inputs.periods import RULES, Calendar, without_gaps
from sim.inputs.text import Row, notes_before
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
LEAST_PEAK = 0.01
"""Unemployment that a path in percent reaches, unless its unit is told."""
MARKS = (".", ":", "-", "--", "..", "...", "\u2026", "NA", "ND", "N/A", "n/a", "nan", "NaN", "#N/A", "null")


@dataclass(frozen=True)
class Series:
    """A column that was recognised.

    Attributes
    ----------
    column : str
        Its header.
    low, high : float
        Its range, rates as fractions.
    rate : bool
        Whether it is a rate or share, so that it has a unit.
    percent : bool
        Whether it is in percent.
    above : float
        Points by which the column lies above the series.
    """

    column: str
    low: float
    high: float
    rate: bool
    percent: bool
    above: float = 0.0


@dataclass(frozen=True)
class Recognised:
    """The columns of a table: that of the months, the series, and those that were left unread."""

    month: str
    series: dict[str, Series]
    unread: tuple[str, ...]


def recognised(table: MonthTable, settings: FileSettings, form: Form) -> Recognised:
    """Map each column to what it is: none twice, every rate with a unit, and all known unless columns were told.

    Raises
    ------
    InputError
        One line that names the column and what is allowed.
    """
    if settings.units not in UNITS:
        raise InputError(f"economy.units: {shown(settings.units)}, must be one of {', '.join(UNITS)}")
    told = settings.columns.told
    for name, column in told.items():
        if column not in table.header:
            raise InputError(
                f"economy.columns.{name.replace(DEMAND, 'demand.')}: {shown(column)}, must be one of"
                f" {', '.join(table.header)}{nearest(column, table.header)}"
            )
    month = told.get(MONTH_COLUMN) or named_like(form.month, table.header) or MONTH_COLUMN
    named = {column: name for name, column in told.items() if name != MONTH_COLUMN}
    if len(named) < len(told) - (MONTH_COLUMN in told):
        raise InputError("economy.columns: a column is named twice, must be named once")
    for name, columns in form.columns.items():
        if name not in told and (column := named_like(columns, table.header)):
            named.setdefault(column, name)
    rest = [column for column in table.header if column != month]
    if form.alone and len(rest) == 1:
        if rest[0] not in named:
            _refuse_other(table, rest[0], form)
        named.setdefault(rest[0], "unemployment")
    return _series_of(table, settings, form, named, month)


def _refuse_other(table: MonthTable, column: str, form: Form) -> None:
    """Refuse a lone series whose name says that it is another, a change or an index: figures may look like the rate."""
    name = column if column.isidentifier() else f"'{column}'"
    told = f"; economy.columns.unemployment={name} takes it as it is"
    if form.called and " " in column and column != LONE and form.called not in column.casefold():
        raise InputError(
            f"{table.file}: row 1, column {shown(column)}: the only series does not say {form.called} in its name,"
            f" must be unemployment{told}"
        )
    end = next((end for end in form.changed if end in column.upper()), "")
    if end:
        raise InputError(
            f"{table.file}: row 1, column {shown(column)}: {end} says that it is a change, logarithm or index of the"
            f" series, must be the series itself{told}"
        )


def _series_of(table: MonthTable, settings: FileSettings, form: Form, named: dict[str, str], month: str) -> Recognised:
    found: dict[str, Series] = {}
    unread: list[str] = []
    strict = settings.format == "plain" and not settings.columns.told
    for column in table.header:
        name = named.get(column) or column.removesuffix(PERCENT)
        if column not in named and not strict and name in named.values():
            unread.append(column)  # such as the persons without work beside their share
            continue
        bounds = RATES.get(name) or (INDICES.get(name) if column in named else INDICES.get(column))
        if column == month:
            continue
        if bounds is None and not strict:
            unread.append(column)
            continue
        if bounds is None:
            raise _unknown(table, column)
        if name in found:
            raise InputError(f"{table.file}: row 1, column {shown(column)}: {name} stands twice, must stand once")
        above = form.shifted.get(column.lower(), 0.0)
        found[name] = Series(
            column, *bounds, name in RATES, _is_percent(table, name, column, settings.units, form), above
        )
    for name in (MONTH_COLUMN, "unemployment"):
        if (name not in found and name != MONTH_COLUMN) or (name == MONTH_COLUMN and month not in table.header):
            raise _missing(table, name, settings.format)
    return Recognised(month, found, tuple(unread))


def _unknown(table: MonthTable, column: str) -> InputError:
    return InputError(
        f"{table.file}: row 1, column {shown(column)}: unknown, must be one of"
        f" {', '.join((MONTH_COLUMN, *RATES, *INDICES))} (the first {len(RATES)} after the month may end in"
        f" {PERCENT}){nearest(column, ALLOWED)}{_keys(table)}"
    )


def _missing(table: MonthTable, name: str, told: str) -> InputError:
    return InputError(
        f"{table.file}: row 1, column {name}: missing, the columns are"
        f" {shown(', '.join(table.header))}{nearest(name, table.header)}{_keys(table, name, told)}"
    )


def _keys(table: MonthTable, name: str = "unemployment", told: str = "plain") -> str:
    """Keys that read another form: that of a publisher, where the header looks like it, or names of columns."""
    if across := quarters_across(table.header):
        return across
    form = likely(table.header, told)
    of_format = f"economy.format={form} reads such files, " if form else ""
    below = "" if of_format else notes_before(table.source)
    return below or f"; {of_format}economy.columns.{name}=COLUMN says which column it is"


def _is_percent(table: MonthTable, name: str, column: str, units: str, form: Form) -> bool:
    if name in INDICES:
        return False
    if column.endswith(PERCENT):
        if units == "fraction":
            raise InputError(
                f"{table.file}: row 1, column {column}: contradicts economy.units=fraction, must be percent or unstated"
            )
        return True
    if _has_signs(table, column):
        return False
    if units == "unstated" and not form.percent:
        raise InputError(f"economy.units: unstated, must be percent or fraction: column {column} of {table.file}")
    return units != "fraction"


def _has_signs(table: MonthTable, column: str) -> bool:
    """Whether each figure of a column says itself that it is in percent, and is read so."""
    place = table.header.index(column)
    cells = [row.cells[place] for row in table.rows if row.cells[place]]
    return table.source.layout.percent and bool(cells) and all(cell.endswith("%") for cell in cells)


def figures(table: MonthTable, calendar: Calendar, series: Series, gaps: str) -> tuple[list[float], int]:
    """Read a column as fractions (indices as they are), each finite and within its range.

    Returns
    -------
    list of float, int
        A figure for each month, quarter or year from the first to the last; how many were filled in.

    Raises
    ------
    InputError
        For the first cell that is none, or that is missing and no rule fills it.
    """
    place = table.header.index(series.column)
    if not calendar.rows[0].cells[place]:
        known = next((spot for spot, row in enumerate(calendar.rows) if row.cells[place]), None)
        begin = f"; economy.start={calendar.written(known)} begins at the first figure" if known is not None else ""
        raise table.problem(calendar.rows[0], series.column, f"a number: none before fills it in{begin}")
    values: list[float | None] = [None] * calendar.length
    for row, spot in zip(calendar.rows, calendar.places, strict=True):
        if gaps == "refused" or row.cells[place]:
            values[spot - calendar.places[0]] = _figure(table, row, series)
    if None not in values:
        return [value for value in values if value is not None], 0
    filled, left = without_gaps(values, gaps)
    if left:
        spots = {spot - calendar.places[0]: row for row, spot in zip(calendar.rows, calendar.places, strict=True)}
        last = " (economy.gaps=carry fills the end)" if gaps == "linear" and left[-1] == len(values) - 1 else ""
        row = spots.get(left[0], calendar.rows[-1])
        raise table.problem(row, series.column, f"a number: no other figure fills it in{last}")
    return filled, values.count(None)


def refuse_unit(series: Series, figures: list[float], settings: FileSettings) -> None:
    """Refuse percents that nobody told where no figure reaches one: they may be fractions.

    Raises
    ------
    InputError
        The unit must be told.
    """
    untold = settings.units == "unstated" and series.percent and not series.column.endswith(PERCENT)
    if untold and max(figures) < LEAST_PEAK:
        raise InputError(
            f"economy.units: unstated, and no figure of column {series.column} of {settings.file} is 1 or more, must"
            " be percent or fraction"
        )


def _figure(table: MonthTable, row: Row, series: Series) -> float:
    whole = 100 if series.percent else 1
    unit = " percent" if series.percent else " (a fraction)" if series.rate else ""
    allowed = f"a number between {series.low * whole:g} and {series.high * whole:g}{unit}"
    cell = row.cells[table.header.index(series.column)]
    scale = 1 if table.source.layout.percent and cell.endswith("%") else whole  # its sign has been read already
    text = plain_number(cell, table.source.layout)
    if not is_number(text):
        wide = ", in plain digits, not full-width ones" if is_number(half_width(cell)) else ""
        told = wide or _of_missing(table, cell) or remedy(cell, table.source)
        raise table.problem(row, series.column, allowed + told)
    # Decimal, so that 4.6 percent is the same float as 0.046.
    above = Decimal(str(series.above)) * (1 if scale == 100 else Decimal("0.01"))
    value = float((Decimal(text) - above) / scale)
    if not series.low <= value <= series.high:
        fraction = scale == 100 and series.low <= float(text) < LEAST_PEAK * 100 and not series.column.endswith(PERCENT)
        raise table.problem(
            row, series.column, allowed + ("; economy.units=fraction reads fractions" if fraction else "")
        )
    return value


def _of_missing(table: MonthTable, cell: str) -> str:
    """Keys that read a cell as a missing figure and fill it in, where it looks like one."""
    if not cell:
        return f"; {RULES}"
    if cell in MARKS:
        return f"; {table.source.key(missing=f'[{cell}]')} reads it as missing, {RULES}"
    return ""


assert all(set(form.columns) <= {*RATES, *INDICES} for form in FORMS.values())
