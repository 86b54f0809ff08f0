"""The sheets of a workbook that are tables of figures: compare, months, units, and any table of the folder."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.figures.catalog import FIGURES
from sim.figures.scales import NOT_AVAILABLE, measure_of
from sim.language.words import Words
from sim.office.book import Sheet
from sim.office.months import NOTHING
from sim.office.shapes import in_order, shape_of

if TYPE_CHECKING:
    import pandas as pd

Units = Mapping[str, Mapping[str, Any]]
"""Unit and meaning of each figure, as the manifest has them."""

NUMBERS = ("mean", "low", "high")
GAPS = ("difference", "difference_low", "difference_high")
COMPARED = (
    "figure", "economy", "package", *NUMBERS, "parent", *GAPS, "direction", "p_holm", "runs", "unit", "period",
    "name", "meaning",
)  # fmt: skip
WIDTHS = (30, 20, 16, 16, 16, 16, 16, 16, 16, 16, 14, 10, 7, 28, 34, 30, 80)


def compare_sheet(sheet: Sheet, summary: pd.DataFrame, units: Units, say: Words) -> None:
    """Write every figure of ``summary.csv``: mean and difference with their intervals, unit, period and meaning.

    Parameters
    ----------
    summary : DataFrame
        Rows of ``summary.csv``, in stored units, without figures that say nothing.
    """
    sheet.heads(
        0,
        [say(f"workbook.compare.{name}") for name in COMPARED],
        {
            place: say(f"workbook.notes.{name}")
            for place, name in enumerate(COMPARED)
            if f"workbook.notes.{name}" in say
        },
        [place for place, name in enumerate(COMPARED) if name in (*NUMBERS, *GAPS, "p_holm", "runs")],
    )
    sheet.widths(WIDTHS)
    order = {name: spot for spot, name in enumerate(in_order(list(dict.fromkeys(summary["metric"]))))}
    rows = summary.assign(place=summary["metric"].map(order)).sort_values("place", kind="stable")
    for number, row in enumerate(rows.to_dict("records"), 1):
        _compared(sheet, number, row, units, say)
    sheet.filtered(0, len(rows), len(COMPARED), 3)


def _compared(sheet: Sheet, number: int, row: Mapping[str, Any], units: Units, say: Words) -> None:
    name = row["metric"]
    shape = shape_of(name, row["unit"], say.money)
    texts = {
        "figure": measure_of(name).label, "economy": row["scenario"], "package": row["arm"], "parent": row["parent"],
        "unit": shape.unit, "period": row["period"], "meaning": meaning_of(name, units), "name": name,
        "direction": say(f"workbook.direction.{direction(row)}") if row["parent"] else "",
    }  # fmt: skip
    for column, key in enumerate(COMPARED):
        if key in texts:
            sheet.text(number, column, texts[key], "after" if key in ("parent", "direction", "unit") else "text")
        elif key in NUMBERS:
            sheet.number(number, column, row[key] * shape.factor, shape.of(row["mean"]), NOT_AVAILABLE)
        elif key in GAPS and row["parent"]:
            form = shape.of(row["difference"], signed=True)
            sheet.number(number, column, row[key] * shape.factor, form, NOT_AVAILABLE)
        elif key == "runs":
            sheet.number(number, column, row["replications"], "0")
        elif key == "p_holm":
            sheet.number(number, column, row[key], "0.0000")


def direction(row: Mapping[str, Any]) -> str:
    """Say what the interval of a difference lets one say: ``higher``, ``lower``, ``same``, ``open`` or ``unknown``."""
    gap, low, high = (row[name] for name in GAPS)
    if gap == low == high == 0.0:
        return "same"
    if not (math.isfinite(low) and math.isfinite(high)):
        return "unknown"
    return "higher" if low > 0 else "lower" if high < 0 else "open"


def meaning_of(name: str, units: Units) -> str:
    """Return what a figure means, as declared or as the study's manifest says."""
    return FIGURES[name].meaning if name in FIGURES else str(units.get(name, {}).get("meaning", ""))


def months_sheet(sheet: Sheet, means: pd.DataFrame, names: Sequence[str], units: Units, say: Words) -> None:
    """Write monthly means over runs: a first row of units, heads by name with their meaning in a note, then months.

    Parameters
    ----------
    means : DataFrame
        From `monthly_means`; its first columns tell rows apart.
    names : sequence of str
        Figures that have something to say, in the order of the columns.
    """
    keys = [name for name in means.columns if name in ("point", "scenario", "arm", "month")]
    shapes = [shape_of(name, str(units.get(name, {}).get("unit", "")), say.money) for name in names]
    for column, shape in enumerate(shapes, len(keys)):
        sheet.text(0, column, shape.unit, "muted")
    notes = {
        column: f"{measure_of(name).label}: {meaning_of(name, units)} ({shape.unit})"
        for column, (name, shape) in enumerate(zip(names, shapes, strict=True), len(keys))
    }
    sheet.heads(
        1, [*(say(f"workbook.keys.{key}") for key in keys), *names], notes, range(len(keys), len(keys) + len(names))
    )
    for row, values in enumerate(means[keys].itertuples(index=False), 2):
        for column, (key, value) in enumerate(zip(keys, values, strict=True)):
            if key in ("point", "month"):
                sheet.number(row, column, int(value), "0")
            else:
                sheet.text(row, column, value)
    for column, (name, shape) in enumerate(zip(names, shapes, strict=True), len(keys)):
        values = means[name].to_numpy(float) * shape.factor
        sheet.made.set_column(column, column, 16)
        for row, value in enumerate(values.tolist(), 2):
            sheet.number(row, column, value, shape.form)
    sheet.widths([8 if key in ("point", "month") else 20 for key in keys])
    sheet.filtered(1, len(means) + 1, len(keys) + len(names), len(keys))


def units_sheet(sheet: Sheet, units: Units, said: Mapping[str, str], say: Words) -> None:
    """Write what every figure is: name, label, unit as shown and as stored, period, meaning, formula, whether it says.

    Parameters
    ----------
    said : mapping
        From `contents`, for the figures of months and of runs.
    """
    columns = ("name", "label", "unit", "stored", "period", "content", "meaning", "formula")
    sheet.heads(0, [say(f"workbook.units.{name}") for name in columns])
    sheet.widths((30, 34, 34, 28, 36, 18, 80, 80))
    names = in_order([*units, *(name for name in said if name not in units)])
    for row, name in enumerate(names, 1):
        figure = measure_of(name)
        stored = str(units.get(name, {}).get("unit", figure.unit))
        shape = shape_of(name, stored, say.money)
        known = said.get(name, NOTHING)
        cells = (
            name, figure.label, shape.unit, stored, figure.window, say(f"workbook.content.{known}"),
            meaning_of(name, units), figure.formula.text,
        )  # fmt: skip
        for column, words in enumerate(cells):
            sheet.text(row, column, words)
    sheet.filtered(0, len(names), len(columns), 1)


def _stored(name: str, units: Units) -> str:
    """Unit of a figure as it is stored."""
    return str(units.get(name, {}).get("unit", FIGURES[name].unit if name in FIGURES else ""))


def table_sheet(sheet: Sheet, table: pd.DataFrame, units: Units, say: Words) -> None:
    """Write any table of the folder: figures as they are shown everywhere, other numbers and texts as they are."""
    names = [str(name) for name in table.columns]
    shapes = {
        name: shape_of(name, _stored(name, units), say.money) for name in names if name in FIGURES or name in units
    }
    notes = {
        column: f"{meaning_of(name, units)} ({shapes[name].unit})"
        for column, name in enumerate(names)
        if name in shapes
    }
    numbers = [column for column in range(len(names)) if table.iloc[:, column].dtype.kind in "iuf"]
    sheet.heads(0, names, notes, numbers)
    for column, name in enumerate(names):
        values = table.iloc[:, column]
        numeric = column in numbers
        sheet.made.set_column(column, column, 16 if numeric else 22)
        shape = shapes.get(name)
        for row, value in enumerate(values.tolist(), 1):
            if not numeric:
                sheet.text(row, column, value)
            elif shape is None:
                sheet.number(row, column, float(value), "General", NOT_AVAILABLE)
            else:
                sheet.number(row, column, float(value) * shape.factor, shape.of(float(value)), NOT_AVAILABLE)
    sheet.filtered(0, len(table), len(names), 1)
