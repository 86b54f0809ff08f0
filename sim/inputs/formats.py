"""Forms in which publishers of paths write their files, as presets of what a user may tell by keys."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from sim.economy.reading import FORMATS
from sim.engine.tables.file_layout import PLAIN, Layout
from sim.inputs.source import Source, text_problem
from sim.inputs.text import check_source, is_parquet
from sim.inputs.workbook import workbook_rows

PRIME_ABOVE_TARGET = 3.0
"""Points by which the prime rate of the United States lies above the target of the federal funds rate, since 1994."""


@dataclass(frozen=True)
class Form:
    """What a publisher's files have in common; names are looked for without regard to case.

    Attributes
    ----------
    signs : tuple of str
        Columns of which each file has one.
    month : tuple of str
        Names of the column of the dates.
    columns : mapping of str to tuple of str
        Series and the columns that hold it, the better first.
    alone : bool
        Whether a column beside the dates that is the only one is unemployment, whatever it is called.
    called : str
        What the name of such a column has, where it has several words.
    layout : Layout
        Where it is not plain CSV; a key that the user tells goes before it.
    encodings : tuple of str
        Encodings to try where the user tells none.
    scenario, country : tuple of str
        Names of the column that says so.
    aside : tuple of str
        Columns that say nothing of which rows are which.
    unit : tuple of str
        Names of the column of the unit, which must be a share in percent.
    long : bool
        Whether a row is one figure, so that all other columns must have one value in the rows that are taken.
    wide : bool
        Whether dates may stand in the header.
    newest_first : bool
        Whether the newest may stand first.
    closing : tuple of str
        How notes after the table begin.
    shifted : mapping of str to float
        Columns from which so many points are taken.
    changed : tuple of str
        Ends of the names of columns that are not the series itself, but a change of it or an index.
    described : tuple of str
        First cells of rows below the header that describe the columns.
    full_width : bool
        Whether figures may have full-width digits.
    by_year : bool
        Whether a row may be a year with a column a month, or have year and month in columns of their own.
    percent : bool
        Whether rates are in percent where nothing else is said.
    """

    signs: tuple[str, ...] = ()
    month: tuple[str, ...] = ("month",)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    alone: bool = False
    called: str = ""
    layout: Layout = PLAIN
    encodings: tuple[str, ...] = ()
    scenario: tuple[str, ...] = ("scenario", "scenario name")
    country: tuple[str, ...] = ("country", "geo", "country name")
    aside: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    long: bool = False
    wide: bool = False
    newest_first: bool = False
    closing: tuple[str, ...] = ()
    shifted: dict[str, float] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    described: tuple[str, ...] = ()
    full_width: bool = False
    by_year: bool = False
    percent: bool = True


FORMS = {
    "plain": Form(percent=False),
    "fred": Form(
        signs=("observation_date", "DATE"),
        month=("observation_date", "DATE"),
        columns={"unemployment": ("UNRATE", "UNRATENSA"), "policy_rate": ("FEDFUNDS", "DFF")},
        alone=True,
        layout=Layout(missing=(".", "#N/A")),
        changed=("_CHG", "_CH1", "_PCH", "_PC1", "_PCA", "_CCH", "_CCA", "_LOG", "_NBD"),
    ),
    "dfast": Form(
        signs=("Scenario Name",),
        month=("Date",),
        columns={"unemployment": ("Unemployment rate",), "policy_rate": ("3-month Treasury rate", "Prime rate")},
        shifted={"prime rate": PRIME_ABOVE_TARGET},
    ),
    "eba": Form(
        month=("year", "date", "period"),
        columns={"unemployment": ("Unemployment rate", "Unemployment", "URX")},
        alone=True,
        called="unemploy",
        wide=True,
        country=("country", "country name", "geo", "iso", "country code"),
        scenario=("scenario", "scenario name", "type"),
    ),
    "nbs": Form(
        signs=("\u6307\u6807", "\u65f6\u95f4", "\u5730\u533a", "Indicators"),
        month=("\u65f6\u95f4", "\u65e5\u671f", "\u6708\u4efd"),
        columns={
            "unemployment": (
                "\u5168\u56fd\u57ce\u9547\u8c03\u67e5\u5931\u4e1a\u7387(%)",
                "\u5168\u56fd\u57ce\u9547\u8c03\u67e5\u5931\u4e1a\u7387",
                "\u57ce\u9547\u8c03\u67e5\u5931\u4e1a\u7387(%)",
                "\u57ce\u9547\u8c03\u67e5\u5931\u4e1a\u7387",
            )
        },
        encodings=("utf-8", "gb18030"),
        wide=True,
        newest_first=True,
        full_width=True,
        closing=(
            "\u6570\u636e\u6765\u6e90",
            "\u8d44\u6599\u6765\u6e90",
            "\u6765\u6e90",
            "\u6ce8",
            "Note",
            "Source",
            "Data source",
        ),
    ),
    "eurostat": Form(
        signs=("TIME_PERIOD",),
        month=("TIME_PERIOD", "TIME"),
        columns={"unemployment": ("OBS_VALUE", "Value")},
        layout=Layout(missing=(":",)),
        aside=(
            *("STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "DATAFLOW", "LAST UPDATE", "OBS_FLAG", "CONF_STATUS"),
            *("Time", "Observation value", "Observation status (Flag)", "Observation status (Flag) V2 structure"),
            *("Confidentiality status (flag)", "Flag Codes", "Flags", "Flag and Footnotes", "Time period"),
            *("OBS_STATUS", "Observation status", "OBS_CONF"),
        ),
        country=("country", "geo", "country name", "LOCATION", "REF_AREA"),
        unit=("unit", "UNIT_MEASURE"),
        long=True,
        wide=True,
        newest_first=True,
    ),
    "ecb": Form(
        signs=("DATE", "TIME PERIOD", "Period\\Unit:"),
        month=("DATE", "Period\\Unit:"),
        alone=True,
        called="unemploy",
        layout=Layout(missing=("-",)),
        aside=("TIME PERIOD",),
        newest_first=True,
    ),
    "bls": Form(
        signs=("Year",),
        columns={"unemployment": ("Value", "unemployment rate")},
        layout=Layout(missing=("-",), beside=("(P)",)),
        country=("Series ID", "series_id"),
        aside=("Label", "footnote_codes", "Footnotes"),
        by_year=True,
    ),
    "ons": Form(
        signs=("Title",),
        month=("Title",),
        alone=True,
        called="unemploy",
        described=(
            *("CDID", "Source dataset ID", "PreUnit", "Unit", "Release date", "Next release", "Important notes"),
        ),
    ),
}
assert tuple(FORMS) == FORMATS


def layout_of(form: Form, told: Layout) -> Layout:
    """Lay what the user told over the form's layout; marks of missing values are those of both."""
    mine = {
        entry.name: getattr(told, entry.name)
        for entry in dataclasses.fields(Layout)
        if getattr(told, entry.name) != getattr(PLAIN, entry.name)
    }
    layout = dataclasses.replace(form.layout, **mine)
    return dataclasses.replace(layout, missing=(*form.layout.missing, *told.missing))


def encoding_of(form: Form, source: Source) -> str:
    """Find which of a form's encodings a file is in; that of its layout where one was told, or none reads it."""
    if source.layout.encoding != PLAIN.encoding or source.is_workbook or is_parquet(source.own):
        return source.layout.encoding
    for encoding in form.encodings:
        if not text_problem(dataclasses.replace(source, layout=dataclasses.replace(source.layout, encoding=encoding))):
            return encoding
    return source.layout.encoding


def between_notes(form: Form, source: Source) -> Layout:
    """Layout with the notes around the table found, where none were told: those before it end at one of the signs."""
    layout = source.layout
    if not (form.closing or form.signs) or layout.skip or layout.footer or layout.header != 1:
        return layout
    if source.is_workbook:
        firsts = [cells[0] if cells else "" for _, cells in workbook_rows(source)]
    else:
        check_source(source)
        with source.text() as stream:
            firsts = [line.split(layout.between)[0].strip(' "\r\n\ufeff') for line in stream]
    skip = next((place for place, first in enumerate(firsts) if first in form.signs), 0)
    after = [first for first in firsts[skip:] if first]
    footer = next((len(after) - place for place, first in enumerate(after) if first.startswith(form.closing)), 0)
    return dataclasses.replace(layout, skip=skip, footer=footer)


def likely(header: Iterable[str], told: str = "plain") -> str:
    """Name the format of whose signs a header has the most; empty where none has more than the one that was told."""
    seen = set(header)
    found = max(FORMS, key=lambda name: len(seen & set(FORMS[name].signs)))  # the first of those that have as many
    return found if len(seen & set(FORMS[found].signs)) > len(seen & set(FORMS[told].signs)) else ""


def named_like(names: Iterable[str], header: Iterable[str]) -> str:
    """Return the first of some names that a header has, as it stands there; empty where none.

    Small and capital letters are the same, and so are signs that Chinese tables write full-width.
    """
    there = {_alike(column): column for column in reversed(list(header))}
    return next((there[_alike(name)] for name in names if _alike(name) in there), "")


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", name).lower()
