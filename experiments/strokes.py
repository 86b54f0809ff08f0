"""The figure of an experiment on packages: paired differences with their intervals, a panel for each figure."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.reports.drawing.bars import package_axes, round_ticks
from sim.reports.drawing.figures import canvas, grid, name_margin, to_svg
from sim.reports.drawing.keys import marker_key
from sim.reports.drawing.style import GROUP_STYLES, MUTED

WIDE = 7.4  # inches
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" style="background:white"'
STEP = 0.13  # inches between the marks of one package


def draw(table: pd.DataFrame, titles: Sequence[str], key: str) -> str:
    """Draw a panel for each of ``titles``: rows packages, a mark for each world and scenario.

    Parameters
    ----------
    table : DataFrame
        As ``Experiment.table`` makes it.
    titles : sequence of str
        Figures to draw.
    key : str
        Name of the figure; the same table and key give the same bytes.

    Returns
    -------
    str
        A file of SVG. A hollow mark: the interval covers zero.
    """
    known = table[table["low"].notna()]
    arms = list(dict.fromkeys(known["arm"]))
    groups = list(dict.fromkeys(zip(known["world"], known["scenario"], strict=True)))
    row = STEP * len(groups) + 0.14
    height = 0.85 + row * len(arms)
    margin = name_margin(arms)
    with canvas(height, WIDE) as figure:
        places = {"left": margin, "right": 0.985, "top": 1 - 0.46 / height, "bottom": 0.36 / height, "wspace": 0.16}
        panels = grid(figure, 1, len(titles), **places)[0]
        for axes, title in zip(panels, titles, strict=True):
            rows = known[known["figure"] == title]
            package_axes(axes, arms, title)
            axes.tick_params(axis="y", labelleft=axes is panels[0])
            _marks(axes, rows, arms, groups, row)
            axes.set_xlabel(rows["unit"].iloc[0])
        _groups(figure, groups)
        svg = to_svg(figure, key, "What each package changes", "Paired differences with 95 % intervals by package.")
    return svg.replace("<svg", HEAD, 1) + "\n"


def _marks(axes, rows: pd.DataFrame, arms: Sequence[str], groups: Sequence[tuple[str, str]], row: float) -> None:
    for entry in rows.to_dict("records"):
        place = groups.index((entry["world"], entry["scenario"]))
        colour, marker = GROUP_STYLES[place % len(GROUP_STYLES)]
        line = arms.index(entry["arm"]) + (place - (len(groups) - 1) / 2) * STEP / row
        axes.plot([entry["low"], entry["high"]], [line, line], color=colour, linewidth=1.1)
        sure = entry["low"] > 0 or entry["high"] < 0
        style = {"color": colour, "markerfacecolor": colour if sure else "white", "markeredgewidth": 0.9}
        axes.plot([entry["difference"]], [line], marker, markersize=3.6, **style)
    low, high = min(0.0, rows["low"].min()), max(0.0, rows["high"].max())
    air = 0.05 * (high - low) or 1.0
    axes.set_xlim(low - air, high + air)
    axes.axvline(0.0, color=MUTED, linewidth=0.8)
    round_ticks(axes, (low - air, high + air), 1.0, 3)


def _groups(figure, groups: Sequence[tuple[str, str]]) -> None:
    """Name the marks once, below the panels, where there is more than one kind."""
    if len(groups) > 1:
        several = len({world for world, _ in groups}) > 1
        words = [world if several else scenario for world, scenario in groups]
        if several and len({scenario for _, scenario in groups}) > 1:
            words = [f"{world}, {scenario}" for world, scenario in groups]
        marker_key(figure, [word.replace("_", " ") for word in words])
