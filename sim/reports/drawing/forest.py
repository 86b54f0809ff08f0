"""What each change does: paired differences to the parent, with their intervals, in one figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from matplotlib.axes import Axes

from sim.figures.naming import label_of, span_of
from sim.figures.scales import Scale, measure_of, scale_of
from sim.reports.drawing import style
from sim.reports.drawing.bars import package_axes, round_ticks
from sim.reports.drawing.figures import Drawing, Picture, canvas, grid, name_margin, to_svg
from sim.reports.drawing.keys import key_height, marker_key
from sim.reports.folder import Estimate, Study
from sim.reports.words.formats import listing, scenario_title

METRICS = ("loss_rate", "delinquent_30", "approval_rate", "lender_profit")
STEP = 0.14  # inches between scenarios of one package
HEAD, FOOT = 0.3, 0.42  # inches above and below the marks of a panel


def differences_figure(study: Study) -> Picture | None:
    """Draw paired differences: rows packages, columns metrics, a mark for each scenario.

    A filled mark says that the interval excludes zero, a hollow one that it does not.
    """
    say, scenarios = study.say, study.scenarios[: len(style.GROUP_STYLES)]
    arms = [arm.name for arm in study.arms if arm.parent]
    metrics = [
        name for name in METRICS if any(study.estimate(s, arm, name).has_interval for s in scenarios for arm in arms)
    ]
    if not metrics:
        return None
    found = {name: {(s, arm): study.estimate(s, arm, name) for s in scenarios for arm in arms} for name in metrics}
    with marked(study, found, arms, scenarios) as figure:
        svg = to_svg(figure, "changes", say("front_changes.heading"), say("front_changes.about"))
    pairs = [say("front_changes.pair", arm=arm.name, parent=arm.parent) for arm in study.arms if arm.parent]
    caption = say(
        "front_changes.caption",
        parents=listing(pairs, say),
        coverage=study.coverage,
        places=listing([study.place(name) for name in scenarios], say),
    )
    return Picture("changes", say("front_changes.title"), svg, caption, (*metrics, "back_tables.difference"))


@contextmanager
def marked(
    study: Study, found: Mapping[str, Mapping[tuple[str, str], Estimate]], arms: Sequence[str], scenarios: Sequence[str]
) -> Iterator[Drawing]:
    """Draw estimates by figure, then by scenario and row: a panel for each figure, a mark for each scenario of a row.

    Parameters
    ----------
    study : Study
        Its language, and how many borrowers it has.
    found : mapping
        For each figure the estimates of its differences; one without an interval has no mark.
    arms, scenarios : sequence of str
        Rows from the top, and marks within a row; at most as many scenarios as there are marks.
    """
    say, metrics = study.say, list(found)
    row = STEP * len(scenarios) + 0.14
    titles = [scenario_title(name, say) for name in scenarios]
    key, rows = key_height(titles), -(-len(metrics) // 2)
    panel = row * len(arms)
    height = key + rows * (panel + HEAD + FOOT)
    margin = name_margin(list(arms))
    with canvas(height) as figure:
        places = {"left": margin, "right": 0.985, "top": 1 - (key + HEAD) / height, "bottom": FOOT / height}
        panels = grid(figure, rows, min(2, len(metrics)), **places, wspace=0.1, hspace=(HEAD + FOOT) / panel)
        for axes in panels.flat[len(metrics) :]:
            axes.set_visible(False)
        for place, metric in enumerate(metrics):
            axes = panels.flat[place]
            items = found[metric]
            ends = [end for item in items.values() for end in (item.difference_low, item.difference_high)]
            measure = measure_of(metric)
            scale = scale_of(measure, ends, study.borrowers, say)
            package_axes(axes, list(arms), label_of(measure, say))
            axes.tick_params(axis="y", labelleft=place % 2 == 0)
            _marks(axes, items, arms, scenarios, row, scale)
            axes.set_xlabel(f"{scale.difference_unit}{span_of(measure, say)}".strip())
        marker_key(figure, titles)
        yield figure


def _marks(
    axes: Axes,
    found: Mapping[tuple[str, str], Estimate],
    arms: Sequence[str],
    scenarios: Sequence[str],
    row: float,
    scale: Scale,
) -> None:
    """Draw the marks of one metric on an axis that always shows zero."""
    for line, arm in enumerate(arms):
        for place, scenario in enumerate(scenarios):
            item = found[scenario, arm]
            if not item.has_interval:
                continue
            colour, marker = style.GROUP_STYLES[place]
            height = line + (place - (len(scenarios) - 1) / 2) * STEP / row
            axes.plot([item.difference_low, item.difference_high], [height, height], color=colour, linewidth=1.1)
            inside = colour if item.direction else "white"
            axes.plot(
                [item.difference],
                [height],
                marker,
                color=colour,
                markerfacecolor=inside,
                markersize=4.2,
                markeredgewidth=0.9,
            )
    known = [item for item in found.values() if item.has_interval]
    low = min(0.0, *(item.difference_low for item in known))
    high = max(0.0, *(item.difference_high for item in known))
    air = 0.05 * (high - low) or 1.0
    limits = (low - air, high + air)
    axes.set_xlim(*limits)
    axes.axvline(0.0, color=style.MUTED, linewidth=0.8)
    if np.isfinite(limits).all():
        round_ticks(axes, limits, scale.factor, 3)
