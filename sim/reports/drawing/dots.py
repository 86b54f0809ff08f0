"""Figures of dots: loss at a glance with its intervals, and access by group."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from sim.figures.scales import Scale, measure_of
from sim.reports.drawing import style
from sim.reports.drawing.bars import FOOT, HEAD, package_axes, round_ticks, row_height
from sim.reports.drawing.figures import Picture, canvas, grid, mean_known, name_margin, signs_of, to_svg
from sim.reports.drawing.keys import key_height, marker_key
from sim.reports.folder import Study
from sim.reports.words.formats import scenario_title, wrapped

MOST = 3  # scenarios side by side


def glance_figure(study: Study, metric: str = "loss_rate") -> Picture | None:
    """Draw the mean of a share and its interval for each package: rows packages, columns up to three scenarios."""
    known = [study.estimate(s, a.name, metric).mean for s in study.scenarios for a in study.arms]
    if not np.isfinite(known).any():
        return None
    scenarios = study.scenarios[:MOST]
    names = [arm.name for arm in study.arms]
    height = HEAD + 0.17 + FOOT + row_height(names) * len(names)
    margin = name_margin(names)
    with canvas(height) as figure:
        places = {"left": margin, "right": 0.985, "top": 1 - (HEAD + 0.17) / height, "bottom": FOOT / height}
        panels = grid(figure, 1, len(scenarios), **places, wspace=0.08)[0]
        limits = _limits(study, scenarios, metric)
        wide = signs_of((0.985 - margin) / len(scenarios))
        for axes, scenario in zip(panels, scenarios, strict=True):
            package_axes(axes, names, wrapped(scenario_title(scenario), wide, 2))
            axes.tick_params(axis="y", labelleft=axes is panels[0])
            _dots(axes, study, scenario, metric, limits)
        svg = to_svg(figure, "glance", "Packages at a glance", "Dots with intervals by package and scenario.")
    caption = (
        f"{_headed(metric)}: net charge-offs as a share of loans outstanding. Dot: mean of the replications, with its "
        f"value. Stroke: {study.coverage} interval of that mean. Overlapping strokes do not mean that packages are "
        "alike: paired differences tell far more." + _first(study)
    )
    return Picture("glance", "Loss at a glance", svg, caption)


def _first(study: Study) -> str:
    return "" if len(study.scenarios) <= MOST else f" The first {MOST} scenarios; the tables have all."


def _headed(metric: str) -> str:
    measure = measure_of(metric)
    return f"{measure.label}, {'% ' if measure.is_share else ''}{measure.period}"


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
    groups = [
        (name, label)
        for name, label in (
            ("access_all", "all persons"),
            ("access_thin_file", "thin files"),
            ("access_low_income", "low incomes"),
        )
        if study.has(name)
    ]
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
        wide = signs_of((0.97 - margin) / len(scenarios))
        for column, scenario in enumerate(scenarios):
            axes = panels[0, column]
            package_axes(axes, names, wrapped(scenario_title(scenario), wide, 2))
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
            axes.set_xlabel("% of the group")
        marker_key(figure, [label for _, label in groups])
        svg = to_svg(figure, "access", "Open lines by group", "Dots by package and scenario.")
    caption = (
        "Persons with an open credit line, per cent of the group, mean over months and replications: all "
        "persons, those with thin files (little credit history) and those of low income. A dot further right "
        "is wider access; the grey stroke spans the groups." + _first(study)
    )
    return Picture("access", "Access to credit", svg, caption)
