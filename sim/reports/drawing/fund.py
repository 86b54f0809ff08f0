"""The capital of the guarantee fund over time, and the month in which it is exhausted."""

from __future__ import annotations

import numpy as np

from sim.figures.scales import measure_of, scale_of
from sim.reports.drawing import style
from sim.reports.drawing.figures import (
    ROW_HEAD,
    Picture,
    band_of,
    band_words,
    canvas,
    grid,
    limits_of,
    months_label,
    row_head,
    to_svg,
)
from sim.reports.drawing.strips import Strip
from sim.reports.folder import Study
from sim.reports.words.formats import scenario_title

SUSPENDED, EXHAUSTED = 1, 2  # of the metric fund_state


def fund_figure(study: Study, funded: list[str]) -> Picture | None:
    """Draw the capital of the guarantee fund in the packages that have one, a panel for each scenario."""
    if not funded:
        return None
    say = study.say
    bands = {(arm, name): band_of(study.paths(name, arm, "fund_capital")) for arm in funded for name in study.scenarios}
    scale = scale_of(measure_of("fund_capital"), [v for band in bands.values() for v in band.mean], say=say)
    limits = limits_of(list(bands.values()), from_zero=True)
    height = 0.45 + 1.2 * len(funded)
    with canvas(height) as figure:
        panels = grid(figure, len(funded), 1, left=0.09, top=1 - 0.42 / height, bottom=0.4 / height, hspace=0.4)[:, 0]
        for axes, arm in zip(panels, funded, strict=True):
            strip = Strip(axes, [study.months(name) for name in study.scenarios], limits, scale.factor)
            if axes is panels[0]:
                strip.titles([scenario_title(name, say) for name in study.scenarios], ROW_HEAD)
            if axes is panels[-1]:
                strip.label_months()
            strip.bands([bands[arm, name] for name in study.scenarios])
            for panel, name in enumerate(study.scenarios):
                strip.strokes(panel, first_months(study, name, arm, SUSPENDED), style.OCHRE)
                strip.strokes(panel, first_months(study, name, arm))
            row_head(figure, axes, say("front_table.head", label=arm, unit=scale.unit))
        months_label(figure, say("front_figure.months"))
        svg = to_svg(figure, "fund", say("front_capital.title"), say("front_capital.about"))
    rows, band = say("list.comma").join(funded), band_words(study.replications, say)
    caption = say("front_capital.caption", unit=scale.unit, rows=rows, band=band)
    return Picture("fund", say("front_capital.title"), svg, caption, ("fund_capital",))


def first_months(study: Study, scenario: str, arm: str, state: int = EXHAUSTED) -> list[int]:
    """Return the first month in which each replication's fund is in ``state``; runs without one are left out.

    Without a record of the state, a fund is exhausted when its capital is zero or less.
    """
    states = study.paths(scenario, arm, "fund_state")
    if states.size:
        reached = states == state
    elif state == EXHAUSTED:
        reached = study.paths(scenario, arm, "fund_capital") <= 0
    else:
        return []
    return [int(np.argmax(path)) for path in reached if path.any()]
