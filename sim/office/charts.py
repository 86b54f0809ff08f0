"""Native charts of a workbook: they point at cells, so that whoever edits a cell sees the chart follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.office.book import Book, Sheet
from sim.office.shapes import shape_of

if TYPE_CHECKING:
    import pandas as pd

COLOURS = ("#17406D", "#C98A1B", "#A63D2F", "#3D8F8A", "#8D6A9F", "#8B959E", "#6EA3BF", "#B9703A")
YEAR = 12
WIDE, HIGH = 470, 262
"""Pixels that a chart takes."""


def path_chart(
    book: Book, sheet: Sheet, spot: tuple[int, int], means: pd.DataFrame, place: Mapping[str, int], words: Sequence[str]
) -> None:
    """Draw one figure by month, a line for each package, in one economy.

    Parameters
    ----------
    spot : tuple of int
        Row and column of the chart's upper left corner on ``sheet``.
    means : DataFrame
        Rows of the sheet of months, with its first row of figures in row 2 of the sheet; only those of ``scenario``
        are drawn.
    place : mapping
        Columns on the sheet of months of ``month``, ``arm`` and the ``figure``.
    words : sequence of str
        Name of the figure, of the economy, of the sheet of months, the title, and what is told below the months.
    """
    figure, scenario, months, title, below = words
    chart = book.made.add_chart({"type": "scatter", "subtype": "straight"})
    rows = means.index[means["scenario"] == scenario]
    blocks = means.loc[rows].groupby("arm", observed=True, sort=False).groups
    for number, block in enumerate(blocks.values()):
        first, last = int(block[0]) + 2, int(block[-1]) + 2
        chart.add_series(
            {
                "name": [months, first, place["arm"]],
                "categories": [months, first, place["month"], last, place["month"]],
                "values": [months, first, place["figure"], last, place["figure"]],
                "line": {"color": COLOURS[number % len(COLOURS)], "width": 1.75},
            }
        )
    shape = shape_of(figure, "")
    ends = {"min": 0, "max": int(means.loc[rows, "month"].max()), "major_unit": YEAR, "num_format": "0"}
    chart.set_x_axis(
        {"name": below, "name_font": {"bold": False, "size": 9}, "major_gridlines": {"visible": False}} | ends
    )
    chart.set_y_axis({"num_format": "0.0%" if shape.form.endswith("%") else shape.form, "major_gridlines": GRID})
    _place(sheet, spot, chart, title)


GRID = {"visible": True, "line": {"color": "#E4E8EB", "width": 0.5}}


def bar_chart(
    book: Book, sheet: Sheet, spot: tuple[int, int], rows: tuple[str, int, int], columns: Sequence[int], title: str
) -> None:
    """Draw rows of the scorecard as groups of bars, a bar for each package, money in its currency.

    Parameters
    ----------
    rows : tuple
        Name of the sheet of the scorecard, the row before the first that is drawn, and how many are drawn; names of
        packages stand in row 0, names of figures in column 1.
    columns : sequence of int
        Columns of the packages.
    """
    source, before, count = rows
    chart = book.made.add_chart({"type": "bar"})
    for number, column in enumerate(columns):
        chart.add_series(
            {
                "name": [source, 0, column],
                "categories": [source, before + 1, 1, before + count, 1],
                "values": [source, before + 1, column, before + count, column],
                "fill": {"color": COLOURS[number % len(COLOURS)]},
                "gap": 60,
            }
        )
    chart.set_y_axis({"reverse": True, "label_position": "low"})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": GRID, "num_font": {"size": 8}})
    _place(sheet, spot, chart, title)


def _place(sheet: Sheet, spot: tuple[int, int], chart: Any, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": True}, "overlay": False})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": WIDE, "height": HIGH})
    sheet.made.insert_chart(*spot, chart, {"description": title, "object_position": 3})
