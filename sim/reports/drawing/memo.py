"""The one figure of a memo: paths of two figures, a panel for each package, in words of any language."""

from __future__ import annotations

from pathlib import Path

import matplotlib

from sim.figures.scales import measure_of, scale_of
from sim.language.words import Words
from sim.reports.drawing.figures import (
    ROW_HEAD,
    Picture,
    band_of,
    canvas,
    grid,
    limits_of,
    months_label,
    row_head,
    to_svg,
)
from sim.reports.drawing.paths import smoothed
from sim.reports.drawing.strips import Strip
from sim.reports.folder import Study
from sim.reports.words.formats import wrapped

DRAWN = ("delinquent_30", "loss_rate")
PANELS, ACROSS = 6, 7.4
"""Packages side by side that a page has room for, and inches of the figure."""


def memo_figure(study: Study, scenario: str, say: Words) -> Picture | None:
    """Draw what is past due and what is lost in one scenario; None where neither was recorded."""
    rows = [name for name in DRAWN if study.has(name)]
    if not rows:
        return None
    arms = study.arms[:PANELS]
    titles = [wrapped(arm.name, 15, 3) for arm in arms]
    head = 0.32 + 0.15 * max(title.count("\n") + 1 for title in titles)
    height = head + 0.36 + 0.72 * len(rows)
    with canvas(height, ACROSS) as figure:
        panels = grid(figure, len(rows), 1, left=0.06, top=1 - head / height, bottom=0.4 / height, hspace=0.5)[:, 0]
        months = [study.months(scenario)] * len(arms)
        for axes, name in zip(panels, rows, strict=True):
            bands = {arm.name: band_of(smoothed(name, study.paths(scenario, arm.name, name))) for arm in study.arms}
            limits = limits_of([bands[arm.name] for arm in arms], from_zero=True)
            strip = Strip(axes, months, limits, scale_of(measure_of(name), limits).factor)
            if axes is panels[0]:
                strip.titles(titles, ROW_HEAD)
            if axes is panels[-1]:
                strip.label_months()
            strip.references([bands.get(arm.parent) for arm in arms])
            strip.bands([bands[arm.name] for arm in arms])
            row_head(figure, axes, say(f"memo.figure.{name}"))
        months_label(figure, say("memo.figure.months"))
        svg = to_svg(figure, "memo", say("memo.figure.title"), say("memo.figure.title"))
    few = say("memo.figure.first", shown=len(arms), count=len(study.arms)) if len(arms) < len(study.arms) else ""
    return Picture("memo", say("memo.figure.title"), svg, say("memo.figure.caption") + few)


def fonts_folder() -> Path:
    """Return the folder of the fonts that the figures are measured with."""
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"
