"""Vintage curves: how many loans of the first year have ever been 90 days past due, by their age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.reports.drawing import style
from sim.reports.drawing.figures import Picture, canvas, grid, months_label, to_svg
from sim.reports.folder import Study
from sim.reports.words.formats import scenario_title

if TYPE_CHECKING:
    import pandas as pd

MOST_PANELS, MOST_LINES = 4, 5
PERCENT = 100.0


def vintage_figure(study: Study, curves: Mapping[tuple[str, str], pd.DataFrame]) -> Picture | None:
    """Draw a panel for each economy with a curve for each package, on one axis; None where there is no curve.

    Parameters
    ----------
    curves : mapping of (scenario, package) to DataFrame
        With ``age`` and ``ever_90_rate``.
    """
    say = study.say
    scenarios, arms = study.scenarios[:MOST_PANELS], study.arms[:MOST_LINES]
    shown = [curves[name, arm.name] for name in scenarios for arm in arms]
    oldest = max((int(one["age"].max()) for one in shown if len(one)), default=0)
    if oldest == 0:
        return None
    top = PERCENT * max(float(one["ever_90_rate"].max()) for one in shown if len(one))
    height = 2.5
    with canvas(height) as figure:
        panels = grid(figure, 1, len(scenarios), left=0.05, top=0.74, bottom=0.17, wspace=0.14)[0]
        for axes, name in zip(panels, scenarios, strict=True):
            axes.set_title(scenario_title(name, say))
            axes.set(xlim=(0, oldest), ylim=(0, 1.08 * top or 1.0))
            for arm, (colour, mark) in zip(arms, style.GROUP_STYLES, strict=False):
                curve = curves[name, arm.name]
                axes.plot(
                    curve["age"],
                    PERCENT * curve["ever_90_rate"],
                    color=colour,
                    marker=mark,
                    markersize=2.6,
                    label=arm.name,
                )
        figure.legend(
            *panels[0].get_legend_handles_labels(), loc="upper left", ncols=len(arms), frameon=False, fontsize=7
        )
        figure.text(0.0, 0.83, say("front_vintages.unit"), fontsize=7, color=style.MUTED)
        months_label(figure, say("front_vintages.axis"))
        svg = to_svg(figure, "vintages", say("front_vintages.heading"), say("front_vintages.about"))
    few = say("front_vintages.first") if len(shown) < len(curves) else ""
    return Picture(
        "vintages", say("front_vintages.title"), svg, say("front_vintages.caption") + few, ("front_vintages.ever",)
    )
