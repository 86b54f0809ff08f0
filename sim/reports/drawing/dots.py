"""Figures of dots: loss at a glance with its intervals, and access by group."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from sim.figures.naming import label_of, period_of
from sim.figures.scales import Scale, measure_of
from sim.language.words import Words
from sim.reports.drawing import style
from sim.reports.drawing.bars import FOOT, HEAD, package_axes, round_ticks, row_height
from sim.reports.drawing.figures import Picture, canvas, grid, in_panel, mean_known, name_margin, to_svg
from sim.reports.drawing.keys import key_height, marker_key
from sim.reports.folder import Study
from sim.reports.words.formats import scenario_title

MOST = 3  # scenarios side by side
GROUPS = ("access_all", "access_thin_file", "access_low_income")


def glance_figure(study: Study, metric: str = "loss_rate") -> Picture | None:
    """Draw the mean of a share and its interval for each package: rows packages, columns up to three scenarios."""
    known = [study.estimate(s, a.name, metric).mean for s in study.scenarios for a in study.arms]
    if not np.isfinite(known).any():
        return None
    say, scenarios = study.say, study.scenarios[:MOST]
    names = [arm.name for arm in study.arms]
    height = HEAD + 0.17 + FOOT + row_height(names) * len(names)
    margin = name_margin(names)
    with canvas(height) as figure:
        places = {"left": margin, "right": 0.985, "top": 1 - (HEAD + 0.17) / height, "bottom": FOOT / height}
        panels = grid(figure, 1, len(scenarios), **places, wspace=0.08)[0]
        limits = _limits(study, scenarios, metric)
        for axes, scenario in zip(panels, scenarios, strict=True):
            package_axes(axes, names, in_panel(scenario_title(scenario, say), (0.985 - margin) / len(scenarios)))
            axes.tick_params(axis="y", labelleft=axes is panels[0])
            _dots(axes, study, scenario, metric, limits)
        svg = to_svg(figure, "glance", say("front_glance.heading"), say("front_glance.about"))
    caption = say("front_glance.caption", figure=_headed(metric, say), coverage=study.coverage) + _first(study)
    return Picture("glance", say("front_glance.title"), svg, caption, (metric,))


def _first(study: Study) -> str:
    return "" if len(study.scenarios) <= MOST else study.say("front_figure.first", scenarios=MOST)


def _headed(metric: str, say: Words) -> str:
    measure = measure_of(metric)
    unit = say("front_figure.percent") if measure.is_share else ""
    return say("front_table.head", label=label_of(measure, say), unit=unit + period_of(measure, say))


def _limits(study: Study, scenarios: list[str], metric: str) -> tuple[float, float]:
    found = [study.estimate(scenario, arm.name, metric) for scenario in scenarios for arm in study.arms]
    values = [value for item in found for value in (item.mean, item.low, item.high) if np.isfinite(value)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low > 0 and (low < 0.5 * high or low == high):
        low = 0.0
    air = (high - low) or abs(high) or 1.0
    return low - 0.06 * air, high + 0.5 * air


def _dots(axes: Axes, study: Study, scenario: str, metric: str, limits: tuple[float, float]) -> None:
    scale = Scale(100.0, "%", 2, "points")
    axes.set_xlim(*limits)
    for row, arm in enumerate(study.arms):
        estimate = study.estimate(scenario, arm.name, metric)
        if not np.isfinite(estimate.mean):
            axes.text(limits[0], row, " n/a", va="center", color=style.GREY, fontsize=style.SMALL)
            continue
        right = estimate.mean
        if np.isfinite(estimate.low) and np.isfinite(estimate.high):
            axes.plot(
                [estimate.low, estimate.high],
                [row, row],
                color=style.NAVY,
                linewidth=1.6,
                solid_capstyle="butt",
            )
            right = estimate.high
        axes.plot([estimate.mean], [row], "o", color=style.NAVY, markersize=3.6)
        place = right + 0.03 * (limits[1] - limits[0])
        axes.text(place, row, scale.text(estimate.mean), va="center", fontsize=style.SMALL)
    round_ticks(axes, limits, 100.0, 3)


def access_figure(study: Study) -> Picture | None:
    """Draw the shares of all, of thin files and of low incomes that have an open line, for each package."""
    say = study.say
    groups = [(name, say(f"front_access.{name}")) for name in GROUPS if study.has(name)]
    if not groups or not study.scenarios:
        return None
    scenarios = study.scenarios[:MOST]
    means = {
        (s, a.name, name): float(mean_known(paths)) if (paths := study.paths(s, a.name, name)).size else float("nan")
        for s in scenarios
        for a in study.arms
        for name, _ in groups
    }
    values = [value for value in means.values() if np.isfinite(value)]
    span = (max(values) - min(values)) or 0.1
    limits = (max(0.0, min(values) - 0.08 * span), min(1.0, max(values) + 0.08 * span))
    names = [arm.name for arm in study.arms]
    key = key_height([label for _, label in groups])
    height = key + HEAD + 0.12 + 0.4 + row_height(names) * len(names)
    margin = name_margin(names)
    with canvas(height) as figure:
        places = {"left": margin, "right": 0.97, "top": 1 - (key + HEAD + 0.12) / height, "bottom": 0.4 / height}
        panels = grid(figure, 1, len(scenarios), **places)
        for column, scenario in enumerate(scenarios):
            axes = panels[0, column]
            package_axes(axes, names, in_panel(scenario_title(scenario, say), (0.97 - margin) / len(scenarios)))
            axes.tick_params(axis="y", labelleft=column == 0)
            axes.set_xlim(*limits)
            for row, arm in enumerate(study.arms):
                found = [means[scenario, arm.name, name] for name, _ in groups]
                if not np.isfinite(found).any():
                    continue
                axes.plot(
                    [np.nanmin(found), np.nanmax(found)],
                    [row, row],
                    color=style.HAIRLINE,
                    linewidth=1.2,
                    zorder=1,
                )
                for value, (colour, marker) in zip(found, style.GROUP_STYLES, strict=False):
                    axes.plot([value], [row], marker, color=colour, markersize=4, clip_on=False)
            round_ticks(axes, limits, 100.0, 3)
            axes.set_xlabel(say("front_access.axis"))
        marker_key(figure, [label for _, label in groups])
        svg = to_svg(figure, "access", say("front_access.heading"), say("front_access.about"))
    drawn = tuple(name for name, _ in groups)
    return Picture("access", say("front_access.title"), svg, say("front_access.caption") + _first(study), drawn)
