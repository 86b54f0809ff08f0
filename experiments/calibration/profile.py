"""The figure of the calibration: the cost of every point tried along each parameter, and its lower edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.strokes import HEAD, WIDE
from sim.reports.drawing.figures import canvas, grid, to_svg
from sim.reports.drawing.style import BRICK, GREY, NAVY
from sim.study.plan.design import Axis
from sim.study.run.job import side_by_side
from sim.study.sweep.fitting import moment

PARTS = 7  # of an axis, in which the lowest cost is joined to a line


def costs(search: pd.DataFrame, axes: Sequence[Axis], targets: Sequence[tuple[str, float, float]]) -> pd.DataFrame:
    """Cost of every point that was tried, with its values."""
    keys = [axis.key for axis in axes]
    figures = search.set_index(["point", "scenario", "replication"]).drop(columns="arm")
    runs = side_by_side(figures, list(dict.fromkeys(search["scenario"])))
    rows = []
    for _, cells in runs.groupby(level="point"):
        missed = [(moment(cells, name) - target) / scale for name, target, scale in targets]
        rows.append([*cells[keys].iloc[0], float(np.square(missed).sum())])
    return pd.DataFrame(rows, columns=[*keys, "cost"])


def draw(
    search: pd.DataFrame,
    axes: Sequence[Axis],
    targets: Sequence[tuple[str, float, float]],
    shipped: Mapping[str, float],
    fitted: Mapping[str, float],
) -> str:
    """Draw a panel for each parameter: points, the lower edge, the default (dashed) and the value found (solid)."""
    table = costs(search, axes, targets)
    with canvas(3.9, WIDE) as figure:
        panels = grid(figure, 2, 3, left=0.08, right=0.985, top=0.93, bottom=0.1, hspace=0.5, wspace=0.16)
        for panel, axis in zip(panels.flat, axes, strict=True):
            place = np.array([axis.place(value) for value in table[axis.key]])
            panel.plot(table[axis.key], table["cost"], ".", color=GREY, markersize=2.5)
            parts = np.minimum((place * PARTS).astype(int), PARTS - 1)
            lowest = table.groupby(parts)["cost"].idxmin()
            edge = table.loc[lowest].sort_values(axis.key)
            panel.plot(edge[axis.key], edge["cost"], color=NAVY)
            panel.axvline(shipped[axis.key], color=BRICK, linestyle="--", linewidth=0.8)
            panel.axvline(fitted[axis.key], color=BRICK, linewidth=0.8)
            panel.set_yscale("log")
            panel.set_yticks([4, 8, 16, 32], ["4", "8", "16", "32"])
            if axis.log:
                panel.set_xscale("log")
                ticks = [axis.low, (axis.low * axis.high) ** 0.5, axis.high]
                panel.set_xticks(ticks, [f"{tick:.2g}" for tick in ticks])
            panel.minorticks_off()
            panel.set_title(axis.key.split(".")[1].replace("_", " "))
        for panel in panels[:, 0]:
            panel.set_ylabel("cost")
        svg = to_svg(figure, "profile", "Cost along each parameter", "Cost of the points tried and its lower edge.")
    return svg.replace("<svg", HEAD, 1) + "\n"
