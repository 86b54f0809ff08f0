"""A user's own path of the economy: months of unemployment, and of whatever else is known."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from sim.economy.hazards import hazards_along
from sim.economy.reading import FileSettings, PathRead
from sim.economy.scenario import BY_MONTH_COLUMNS, PublishedPath, SectorSeries
from sim.economy.sectors import EMPLOYMENT_SHARES, SECTORS
from sim.economy.settings import EconomySettings
from sim.inputs import dates
from sim.inputs.across import by_month_of_year
from sim.inputs.choosing import added, chosen, joined
from sim.inputs.dates import Period
from sim.inputs.errors import InputError, named_by, shown
from sim.inputs.files import LARGEST_TABLE, own_file
from sim.inputs.formats import FORMS, Form, between_notes, encoding_of, layout_of
from sim.inputs.month_table import TABLE, MonthTable, read_table
from sim.inputs.periods import Calendar, by_month, calendar_of, month_of
from sim.inputs.series import DEMAND, Recognised, figures, recognised, refuse_unit
from sim.inputs.shapes import as_table, in_tabs
from sim.inputs.source import Source
from sim.inputs.text import is_parquet

CALM_MONTHS = 12
"""Months of a history, at most, whose mean is the calm level: a year, so that no season is part of it."""


@dataclass(frozen=True)
class PathFile:
    """A file that was read: its path, its calm level (0: none is known), and what was made of it."""

    published: PublishedPath
    calm: float
    read: PathRead


def read_path(file: str | Path, units: str = "unstated") -> PublishedPath:
    """Read a path of the economy in our own form; `read_file` reads others.

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
    return read_file(FileSettings(file=str(file), units=units)).published


def read_file(settings: FileSettings) -> PathFile:
    """Read a path of the economy as the keys of its economy tell.

    Raises
    ------
    InputError
        One line: file, row, column, value and what is allowed, and the key that would read it, where there is one.
    """
    form = FORMS[settings.format]
    table, taken, encoding = _rows_of(settings, form)
    months = recognised(table, settings, form).month
    if settings.added_to:
        if settings.added_to.casefold() == settings.scenario.casefold():
            raise InputError(f"economy.added_to: {shown(settings.added_to)}, must be another than economy.scenario")
        base, _, _ = _rows_of(dataclasses.replace(settings, scenario=settings.added_to), form)
        table = added(base, table, months, f"economy.added_to={settings.added_to}")
    start = ""
    if settings.history:
        with named_by("economy.history"):
            before, _, _ = _rows_of(dataclasses.replace(settings, file=settings.history), form, history=True)
            start, table = table.rows[0].cells[table.header.index(months)], joined(before, table, months)
    found = recognised(table, settings, form)
    calendar = calendar_of(table, months, settings, form.newest_first)
    calendar = _from_first_figures(table, calendar, found, settings)
    rows, filled = {}, 0
    for name, series in found.series.items():
        rows[name], gaps = figures(table, calendar, series, settings.gaps)
        filled += gaps
    refuse_unit(found.series["unemployment"], rows["unemployment"], settings)
    return _cut(settings, calendar, rows, start, _told(found, taken, calendar, settings, filled, encoding))


def _from_first_figures(table: MonthTable, calendar: Calendar, found: Recognised, settings: FileSettings) -> Calendar:
    """Leave out what is before a start that was told and before the first row with all figures: no rule fills it."""
    places = [table.header.index(one.column) for one in found.series.values()]
    first = next((spot for spot, row in enumerate(calendar.rows) if all(row.cells[place] for place in places)), 0)
    if not first or not settings.start:
        return calendar
    start = month_of(settings.start, calendar, "economy.start") // calendar.step
    return calendar.from_row(first) if calendar.places[first] - calendar.places[0] <= start else calendar


def _rows_of(
    settings: FileSettings, form: Form, history: bool = False
) -> tuple[MonthTable, tuple[tuple[str, str], ...], str]:
    """Rows of one path, columns and values by which they were taken, and an encoding that was found."""
    layout = layout_of(form, settings.layout)
    source = Source(own_file(settings.file, TABLE, LARGEST_TABLE), TABLE, LARGEST_TABLE, layout, "economy.layout.")
    encoding = encoding_of(form, source)
    source = dataclasses.replace(source, layout=dataclasses.replace(layout, encoding=encoding))
    if in_tabs(source):
        if settings.format != "eurostat":
            raise InputError(
                f"{settings.file}: is a table of Eurostat with tabs (TSV), whose figures have flags beside them:"
                " economy.format=eurostat reads it"
            )
        source = dataclasses.replace(source, layout=dataclasses.replace(source.layout, separator="\t"))
    table = read_table(settings.file, source.layout if is_parquet(source.own) else between_notes(form, source))
    table = as_table(table, form)
    if history:  # what has happened has no scenario of its own
        settings = dataclasses.replace(settings, scenario="")
    table, taken = chosen(table, settings, form)
    if form.by_year:
        table = by_month_of_year(table, settings)
    return table, taken, encoding if encoding != layout.encoding else ""


def _told(
    found: Recognised,
    taken: tuple[tuple[str, str], ...],
    calendar: Calendar,
    settings: FileSettings,
    filled: int,
    encoding: str,
) -> PathRead:
    units = {name: "percent" if one.percent else "fraction" if one.rate else "" for name, one in found.series.items()}
    columns = tuple((name, one.column, units[name]) for name, one in found.series.items())
    return PathRead(
        columns=(("month", found.month, ""), *columns),
        unread=found.unread,
        chosen=taken,
        step=calendar.step,
        numbered=calendar.numbered,
        spread=settings.spread,
        gaps=settings.gaps,
        filled=filled,
        shifted=tuple((name, one.above) for name, one in found.series.items() if one.above),
        encoding=encoding,
        others=calendar.others,
    )


def _cut(
    settings: FileSettings, calendar: Calendar, rows: dict[str, list[float]], start: str, read: PathRead
) -> PathFile:
    """Let the path begin at its start; what was before is history, and the last of it the calm level.

    The calm level is of figures as they were published: in the months of a quarter before the path, a straight line
    already leads to it.
    """
    told, step = settings.start or start, calendar.step
    place = month_of(told, calendar, "economy.start") if told else 0
    before = rows["unemployment"][: place // step][-max(CALM_MONTHS // step, 1) :]
    cut = {name: tuple(by_month(one, step, settings.spread)[place:]) for name, one in rows.items()}
    first = "" if calendar.numbered else dates.in_words(Period(calendar.first_month + place, 1))
    published = PublishedPath(
        source=Path(settings.file).name,
        first_month=first,
        unemployment=cut["unemployment"],
        **{name: cut.get(name, ()) for name in BY_MONTH_COLUMNS},
        demand=SectorSeries(**{name: cut.get(DEMAND + name, ()) for name in SECTORS}),
    )
    read = dataclasses.replace(read, start=first or told, history=len(before) * step)
    return PathFile(published, fmean(before) if before else 0.0, read)


def path_read(settings: EconomySettings) -> PathRead | None:
    """What was made of the file of settings that `with_path` gave; None where there is no file.

    Raises
    ------
    InputError
        The file can no longer be read.
    """
    if settings.kind != "path" or not settings.file:
        return None
    found = read_file(settings)
    of_history = settings.calm_unemployment == found.calm
    return found.read if of_history else dataclasses.replace(found.read, history=0)


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
        raise InputError("economy.file: empty, must name a CSV, xlsx or Parquet file when economy=path")
    with named_by("economy.file"):
        found = read_file(settings)
    path = found.published
    level = [[1.0] * len(EMPLOYMENT_SHARES)] * len(path.unemployment)
    calm = settings.calm_unemployment or found.calm or path.unemployment[0]
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
    return dataclasses.replace(settings, published=path, calm_unemployment=settings.calm_unemployment or found.calm)
