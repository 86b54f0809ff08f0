"""A life over time: income, cash and other debt, balance and limit, with months in arrears shaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.figures.scales import IN_ENGLISH
from sim.reports.drawing import style
from sim.reports.drawing.figures import canvas, grid, letters, months_label, to_svg

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.language.words import Words

Line = tuple[str, str]
ROWS: Mapping[str, Sequence[tuple[str, Sequence[Line]]]] = {
    "person": (
        ("a_month", (("income", style.NAVY), ("essential", style.OCHRE))),
        ("stock", (("cash", style.TEAL), ("other_debt", style.MUTED))),
        ("stock", (("principal", style.BRICK), ("limit", style.GREY))),
    ),
    "firm": (
        ("a_month", (("sales", style.NAVY), ("profit_average", style.OCHRE))),
        ("stock", (("cash", style.TEAL), ("debts", style.MUTED))),
        ("stock", (("principal", style.BRICK), ("limit", style.GREY))),
    ),
}
OF_A_GOING_FIRM = ("sales", "profit_average")
SHADES = ((1, "#f6e3c5"), (2, "#ecc48a"), (4, "#d08a6a"))
WIDTH, HEIGHT = 3.6, 4.3


def life_figures(who: str, sides: Mapping[str, pd.DataFrame], say: Words = IN_ENGLISH) -> list[str]:
    """One drawing a package, as inline SVG, on the same axes: narrow, so that a phone shows it as it is."""
    tops = [_reach([rows[name] for rows in sides.values() for name, _ in lines], say) for _, lines in ROWS[who]]
    last = max(int(rows.index.max()) for rows in sides.values())
    return [_drawing(who, place, name, rows, tops, last, say) for place, (name, rows) in enumerate(sides.items())]


def _reach(columns: Sequence[pd.Series], say: Words) -> tuple[float, float]:
    """Lowest and highest value of a row of panels in thousands, with a little air."""
    values = np.concatenate([column.to_numpy(np.float64) for column in columns]) / (1000 * say.fen)
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.1)
    return 1.08 * low, 1.08 * high


def _drawing(
    who: str, place: int, name: str, rows: pd.DataFrame, tops: Sequence[tuple[float, float]], last: int, say: Words
) -> str:
    with canvas(HEIGHT, WIDTH) as figure:
        panels = grid(figure, len(tops), 1, left=0.11, right=0.97, top=0.88, bottom=0.09, hspace=0.42)[:, 0]
        months = rows.index.to_numpy()
        for axes, (unit, lines), limits in zip(panels, ROWS[who], tops, strict=True):
            _shade(
                axes, months, rows["months_past_due"].to_numpy(), (rows["line"].astype(str) == "charged off").to_numpy()
            )
            for column, colour in lines:
                drawn = "steps-post" if column == "limit" else "default"
                axes.plot(months, drawn_values(rows, column, say), color=colour, drawstyle=drawn)
            axes.set(xlim=(-1, max(last, 0)), ylim=limits)
            _key(axes, unit, lines, say)
        figure.text(0.0, 0.985, name, va="top", fontsize=9, color=style.INK, fontweight="bold")
        months_label(figure, say("front_figure.months"))
        names = [say(f"life.drawn.{column}") for _, lines in ROWS[who] for column, _ in lines]
        about = say("life.drawn.about", lines=say("list.comma").join(names))
        return to_svg(figure, f"life-{place}", say("life.under", package=name), about)


def drawn_values(rows: pd.DataFrame, column: str, say: Words = IN_ENGLISH) -> np.ndarray:
    """A column in thousands; a firm that has failed sells nothing, whatever its books last held (nan)."""
    values = rows[column].to_numpy(np.float64) / (1000 * say.fen)
    if column in OF_A_GOING_FIRM:
        return np.where(rows["trading"].to_numpy() > 0, values, np.nan)
    return values


def _shade(axes: Axes, months: np.ndarray, late: np.ndarray, lost: np.ndarray) -> None:
    """Shade each month by how late the account is at its end: from 1 day, 30 days, 90 days or charged off."""
    for least, colour in SHADES:
        reached = (late >= least) | lost
        for month in months[reached]:
            axes.axvspan(month - 0.5, month + 0.5, color=colour, linewidth=0, zorder=0)


def _key(axes: Axes, unit: str, lines: Sequence[Line], say: Words) -> None:
    """Write the names of the lines above a panel, each in its colour, and the unit."""
    inside: dict[str, Any] = {"transform": axes.transAxes, "va": "bottom"}
    axes.text(1.0, 1.04, say(f"life.drawn.{unit}"), fontsize=7, color=style.MUTED, ha="right", **inside)
    left = 0.0
    for column, colour in lines:
        words = say(f"life.drawn.{column}")
        axes.text(left, 1.04, f"\N{EM DASH} {words}", fontsize=7.5, color=colour, **inside)
        left += 0.09 + 0.022 * letters(words)
