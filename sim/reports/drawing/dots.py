"""Figures of dots: loss at a glance with its intervals, and access by group."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.figures.scales import Scale, measure_of
from sim.reports.drawing import style
from sim.reports.drawing.bars import ROW, package_axes, round_ticks
from sim.reports.drawing.figures import Picture, canvas, grid, mean_known, name_margin, to_svg
from sim.reports.folder import Study
from sim.reports.words.formats import scenario_title, wrapped

TIGHT_ROW = 0.21


def glance_figure(study: Study, metrics: tuple[str, ...] = ("loss_rate",)) -> Picture | None:
    """Draw the mean and its interval for each package: rows packages, columns scenarios."""
    shown = [
        name
        for name in metrics
        if any(np.isfinite(study.estimate(s, a.name, name).mean) for s in study.scenarios for a in study.arms)
    ]
    if not shown or not study.scenarios:
        return None
    scenarios = study.scenarios[:4]
    height = 0.25 + len(shown) * (0.55 + TIGHT_ROW * len(study.arms))
    margin = name_margin([arm.name for arm in study.arms])
    with canvas(height) as figure:
        panels = grid(
            figure,
            len(shown),
            len(scenarios),
            left=margin,
            right=0.97,
            top=1 - 0.42 / height,
            bottom=0.3 / height,
            hspace=0.55 / (TIGHT_ROW * len(study.arms)) * 1.25,
            wspace=0.1,
        )
        for line, metric in enumerate(shown):
            for column, scenario in enumerate(scenarios):
                axes = panels[line, column]
                _dots(axes, study, scenario, metric, _limits(study, scenarios, metric))
                axes.set_yticks(range(len(study.arms)), [wrapped(arm.name, 30, 1) for arm in study.arms])
                axes.tick_params(axis="y", labelleft=column == 0, labelsize=7.2, labelcolor=style.INK)
                if line == 0:
                    axes.set_title(scenario_title(scenario), pad=15)
            panels[line, 0].text(
                0.0,
                1 + 0.055 / (TIGHT_ROW * len(study.arms)),
                _headed(metric),
                color=style.MUTED,
                transform=panels[line, 0].transAxes,
                fontsize=7,
                va="bottom",
            )
        svg = to_svg(figure, "glance", "Packages at a glance", "Dots with intervals by package and scenario.")
    caption = (
        "Net charge-offs as a share of loans outstanding, per cent a year, over the months after the policy "
        f"date. Dot: mean of the replications, with its value. Stroke: {study.coverage} interval of that "
        "mean. Overlapping strokes do not mean that packages are alike: the tables compare them in pairs, "
        "under the same luck, and far more closely."
    )
    return Picture("glance", "Loss at a glance", svg, caption)


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
    return low - 0.06 * air, high + 0.26 * air


def _dots(axes: Axes, study: Study, scenario: str, metric: str, limits: tuple[float, float]) -> None:
    scale = Scale(100.0, "%", 2, "points")
    axes.set_ylim(len(study.arms) - 0.5, -0.5)
    axes.set_xlim(*limits)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    for row, arm in enumerate(study.arms):
        estimate = study.estimate(scenario, arm.name, metric)
        if not np.isfinite(estimate.mean):
            axes.text(limits[0], row, " n/a", va="center", color=style.GREY, fontsize=6.5)
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
        axes.text(right + 0.03 * (limits[1] - limits[0]), row, scale.text(estimate.mean), va="center", fontsize=6.8)
    round_ticks(axes, limits, 100.0)


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
    scenarios = study.scenarios[:4]
    means = {
        (s, a.name, name): float(mean_known(paths)) if (paths := study.paths(s, a.name, name)).size else float("nan")
        for s in scenarios
        for a in study.arms
        for name, _ in groups
    }
    values = [value for value in means.values() if np.isfinite(value)]
    span = (max(values) - min(values)) or 0.1
    limits = (max(0.0, min(values) - 0.08 * span), min(1.0, max(values) + 0.08 * span))
    height = 0.85 + ROW * len(study.arms)
    margin = name_margin([arm.name for arm in study.arms])
    with canvas(height) as figure:
        panels = grid(figure, 1, len(scenarios), left=margin, right=0.97, top=1 - 0.5 / height, bottom=0.35 / height)
        for column, scenario in enumerate(scenarios):
            axes = panels[0, column]
            package_axes(axes, [arm.name for arm in study.arms], scenario_title(scenario))
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
        marker_key(figure, height, [label for _, label in groups], margin)
        svg = to_svg(figure, "access", "Open lines by group", "Dots by package and scenario.")
    caption = (
        "Persons with an open credit line, per cent of the group, mean over months and replications: all "
        "persons, those with thin files (little credit history) and those of low income. A dot further right "
        "is wider access; the grey stroke spans the groups."
    )
    return Picture("access", "Access to credit", svg, caption)


def marker_key(figure: Figure, height: float, labels: list[str], left: float) -> None:
    """Write the names of the groups beside their markers along the top."""
    for label, (colour, marker) in zip(labels, style.GROUP_STYLES, strict=False):
        dot = Line2D([left], [1 - 0.12 / height], marker=marker, color=colour, markersize=4, linestyle="none")
        dot.set_transform(figure.transFigure)
        figure.add_artist(dot)
        figure.text(left + 0.014, 1 - 0.12 / height, label, va="center", fontsize=7)
        left += 0.045 + 0.0105 * len(label)
