"""Figures without time: loss at a glance, who bears it, closures judged, access."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from sim.reports import style
from sim.reports.figures import Picture, blank, canvas, grid, nice_step, to_svg
from sim.reports.folder import Study
from sim.reports.formats import number, percent, scenario_title, wrapped
from sim.reports.measures import BEARERS, Scale, measure_of, scale_of

ROW = 0.27  # inches a package takes


def glance_figure(study: Study, metrics: tuple[str, ...] = ("loss_rate", "approval_rate")) -> Picture | None:
    """Draw the mean and its 95 % interval for each package: rows packages, columns scenarios."""
    shown = [name for name in metrics if any(np.isfinite(study.estimate(s, a.name, name).mean)
             for s in study.scenarios for a in study.arms)]  # fmt: skip
    if not shown or not study.scenarios:
        return None
    scenarios = study.scenarios[:4]
    height = 0.25 + len(shown) * (0.62 + ROW * len(study.arms))
    with canvas(height) as figure:
        panels = grid(figure, len(shown), len(scenarios), left=0.2, right=0.97, top=1 - 0.42 / height,
                      bottom=0.3 / height, hspace=0.62 / (ROW * len(study.arms)) * 1.25, wspace=0.1)  # fmt: skip
        for line, metric in enumerate(shown):
            for column, scenario in enumerate(scenarios):
                axes = panels[line, column]
                _dots(axes, study, scenario, metric, _limits(study, scenarios, metric))
                axes.set_yticks(range(len(study.arms)), [wrapped(arm.name, 22, 1) for arm in study.arms])
                axes.tick_params(axis="y", labelleft=column == 0, labelsize=7.2, labelcolor=style.INK)
                if line == 0:
                    axes.set_title(scenario_title(scenario), pad=15)
            panels[line, 0].text(0.0, 1 + 0.07 / (ROW * len(study.arms)), _headed(metric), color=style.MUTED,
                                 transform=panels[line, 0].transAxes, fontsize=7, va="bottom")  # fmt: skip
        svg = to_svg(figure, "glance", "Packages at a glance", "Dots with 95 per cent intervals by package and scenario.")
    caption = (
        "Dot: mean of the replications over the months after the policy date, with its value. Stroke: 95 % interval of "
        "that mean (Monte Carlo error alone). Overlapping strokes do not mean that packages are alike: they are "
        "compared in pairs under the same luck, and the paired differences stand in the tables."
    )
    return Picture("glance", "Loss and access at a glance", svg, caption)


def _headed(metric: str) -> str:
    measure = measure_of(metric)
    return f"{measure.label}, {'% ' if measure.is_share else ''}{measure.period}"


def _limits(study: Study, scenarios: list[str], metric: str) -> tuple[float, float]:
    found = [study.estimate(scenario, arm.name, metric) for scenario in scenarios for arm in study.arms]
    values = [value for item in found for value in (item.mean, item.low, item.high) if np.isfinite(value)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low > 0 and low < 0.5 * high:
        low = 0.0
    air = (high - low) or abs(high) or 1.0
    return low - 0.06 * air, high + 0.26 * air


def _dots(axes: Axes, study: Study, scenario: str, metric: str, limits: tuple[float, float]) -> None:
    scale = Scale(100.0, "%", 1, "points")
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
            axes.plot([estimate.low, estimate.high], [row, row], color=style.NAVY, linewidth=1.6, solid_capstyle="butt")
            right = estimate.high
        axes.plot([estimate.mean], [row], "o", color=style.NAVY, markersize=3.6)
        axes.text(right + 0.03 * (limits[1] - limits[0]), row, scale.text(estimate.mean), va="center", fontsize=6.8)
    _ticks(axes, limits, 100.0)


def _ticks(axes: Axes, limits: tuple[float, float], factor: float, count: int = 4) -> None:
    """Tick the horizontal axis at round printed numbers."""
    step = nice_step((limits[1] - limits[0]) * factor / count)
    ticks = np.arange(np.ceil(limits[0] * factor / step - 1e-9) * step, limits[1] * factor + 1e-9, step)
    decimals = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    axes.set_xticks(ticks / factor, [number(float(tick), decimals) for tick in ticks])


def bearers_of(study: Study) -> list[str]:
    """Return the columns ``loss_*`` in which somebody bears a loss that is not always zero."""
    return [name for name in BEARERS if study.has(name) and (study.monthly[name] != 0).any()]


def borne(study: Study, scenario: str, arm: str) -> dict[str, float]:
    """Return the mean loss in fen over the horizon by bearer."""
    found = {}
    for name in bearers_of(study):
        totals = study.totals(scenario, arm, name)
        found[name] = float(totals.mean()) if totals.size else float("nan")
    return found


def bearers_figure(study: Study) -> Picture | None:
    """Draw the loss over the horizon by who bears it: one panel for each scenario, one bar a package."""
    columns = bearers_of(study)
    if not columns:
        return None
    shares = {(s, a.name): borne(study, s, a.name) for s in study.scenarios for a in study.arms}
    totals = [sum(max(value, 0.0) for value in part.values()) for part in shares.values()]
    scale = scale_of(measure_of("loss_lender"), totals)
    longest = max((total for total in totals if np.isfinite(total)), default=1.0) or 1.0
    height = 0.55 + len(study.scenarios) * (0.42 + ROW * len(study.arms))
    with canvas(height) as figure:
        panels = grid(figure, len(study.scenarios), 1, left=0.2, right=0.9, top=1 - 0.55 / height, bottom=0.3 / height,
                      hspace=0.5 / (ROW * len(study.arms)))  # fmt: skip
        for line, scenario in enumerate(study.scenarios):
            axes = panels[line, 0]
            _bar_axes(axes, [arm.name for arm in study.arms], scenario_title(scenario))
            axes.set_xlim(0, longest * 1.02)
            for row, arm in enumerate(study.arms):
                _bearer_bar(axes, row, shares[scenario, arm.name], longest, scale)
            _ticks(axes, (0, longest), scale.factor, 6)
        _key(figure, height, [(BEARERS[name], style.BEARER_COLOURS[name]) for name in columns])
        svg = to_svg(figure, "bearers", "Who bears the loss", "Stacked bars by package and scenario.")
    caption = (
        f"Loss over all months after the policy date, {scale.unit}, by who bears it in the end; mean of the replications. "
        "Inside the bar: share of the whole, where there is room. Right of the bar: the whole. Sharing moves loss "
        "between bearers; the whole changes only through what is lent and repaid."
    )
    return Picture("bearers", "Who bears the loss", svg, caption)


def _bar_axes(axes: Axes, names: list[str], title: str) -> None:
    axes.set_title(title)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), [wrapped(name, 22, 1) for name in names])
    axes.tick_params(axis="y", labelsize=7.2, labelcolor=style.INK)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _bearer_bar(axes: Axes, row: int, parts: dict[str, float], longest: float, scale: Scale) -> None:
    whole = sum(parts.values())
    if not np.isfinite(whole):
        axes.text(0, row, " n/a", va="center", color=style.GREY, fontsize=6.5)
        return
    left = 0.0
    for name, value in parts.items():
        width = max(value, 0.0)
        axes.barh(row, width, left=left, height=0.68, color=style.BEARER_COLOURS[name], edgecolor="white", linewidth=0.6)
        if whole > 0 and width > 0.07 * longest:
            light = name in ("loss_lender", "loss_insurer", "loss_reguarantee")
            axes.text(left + width / 2, row, percent(value / whole, 0), ha="center", va="center", fontsize=6.4,
                      color="white" if light else style.INK)  # fmt: skip
        left += width
    axes.text(left + 0.012 * longest, row, scale.text(whole), va="center", fontsize=6.8, clip_on=False)


def _key(figure: Figure, height: float, entries: list[tuple[str, str]], left: float = 0.2) -> None:
    """Write names beside swatches along the top."""
    for name, colour in entries:
        box = Rectangle((left, 1 - 0.17 / height), 0.018, 0.1 / height, color=colour, transform=figure.transFigure)
        figure.patches.append(box)
        figure.text(left + 0.024, 1 - 0.12 / height, name, va="center", fontsize=7, color=style.INK)
        left += 0.05 + 0.0105 * len(name)


def closing_figure(study: Study, closing: list[str]) -> Picture | None:
    """Draw first closures, judged right, wrong or not judged, for each package that closes lines."""
    if not closing:
        return None
    borrowers = study.borrowers
    figures = {
        (s, a): [study.estimate(s, a, name).mean for name in ("closures", "wrong_closures", "censored_closures")]
        for s in study.scenarios
        for a in closing
    }
    scale = scale_of(measure_of("closures"), [value for part in figures.values() for value in part], borrowers)
    longest = max((part[0] for part in figures.values() if np.isfinite(part[0])), default=0.0) or 1.0
    height = 0.55 + len(study.scenarios) * (0.42 + ROW * len(closing))
    colours = (style.BRICK, style.NAVY, style.HAIRLINE)
    with canvas(height) as figure:
        panels = grid(figure, len(study.scenarios), 1, left=0.2, right=0.9, top=1 - 0.55 / height, bottom=0.3 / height,
                      hspace=0.5 / (ROW * len(closing)))  # fmt: skip
        for line, scenario in enumerate(study.scenarios):
            axes = panels[line, 0]
            _bar_axes(axes, closing, scenario_title(scenario))
            axes.set_xlim(0, longest * 1.02)
            for row, arm in enumerate(closing):
                closures, wrong, censored = (value if np.isfinite(value) else 0.0 for value in figures[scenario, arm])
                left = 0.0
                for width, colour in zip((wrong, closures - wrong - censored, censored), colours, strict=True):
                    axes.barh(row, max(width, 0.0), left=left, height=0.68, color=colour, edgecolor="white", linewidth=0.6)
                    left += max(width, 0.0)
                axes.text(left + 0.012 * longest, row, scale.text(figures[scenario, arm][0]), va="center", fontsize=6.8,
                          clip_on=False)  # fmt: skip
            _ticks(axes, (0, longest), scale.factor, 6)
        names = ("wrong", "90+ within 12 months anyway", "not judged (fewer than 12 months left)")
        _key(figure, height, list(zip(names, colours, strict=True)))
        svg = to_svg(figure, "closing", "Closures judged", "Stacked bars of first closures by package and scenario.")
    caption = (
        f"First closures of a line over the horizon, {scale.unit or 'number in a run'}, mean of the replications. Red: wrong, "
        "the same person would not have reached 90+ within 12 months had no line been closed. Blue: would have reached "
        "90+ all the same. Grey: fewer than 12 months left, not judged. Right of the bar: all closures."
    )
    return Picture("closing", "Closures, judged by the paired run without closing", svg, caption)


def access_figure(study: Study) -> Picture | None:
    """Draw the approval rates of all, of thin files and of low incomes for each package."""
    groups = [(name, label) for name, label in (("approval_rate", "all applicants"), ("access_thin_file", "thin files"),
              ("access_low_income", "low incomes")) if study.has(name)]  # fmt: skip
    if not groups or not study.scenarios:
        return None
    scenarios = study.scenarios[:4]
    means = {
        (s, a.name, name): float(np.nanmean(paths)) if (paths := study.paths(s, a.name, name)).size else float("nan")
        for s in scenarios
        for a in study.arms
        for name, _ in groups
    }
    values = [value for value in means.values() if np.isfinite(value)]
    span = (max(values) - min(values)) or 0.1
    limits = (max(0.0, min(values) - 0.08 * span), min(1.0, max(values) + 0.08 * span))
    height = 0.85 + ROW * len(study.arms)
    with canvas(height) as figure:
        panels = grid(figure, 1, len(scenarios), left=0.2, right=0.97, top=1 - 0.5 / height, bottom=0.35 / height)
        for column, scenario in enumerate(scenarios):
            axes = panels[0, column]
            _bar_axes(axes, [arm.name for arm in study.arms], scenario_title(scenario))
            axes.tick_params(axis="y", labelleft=column == 0)
            axes.set_xlim(*limits)
            for row, arm in enumerate(study.arms):
                found = [means[scenario, arm.name, name] for name, _ in groups]
                axes.plot([np.nanmin(found), np.nanmax(found)], [row, row], color=style.HAIRLINE, linewidth=1.2, zorder=1)
                for value, (colour, marker) in zip(found, style.GROUP_STYLES, strict=False):
                    axes.plot([value], [row], marker, color=colour, markersize=4, clip_on=False)
            _ticks(axes, limits, 100.0, 3)
            axes.set_xlabel("% of requests")
        left = 0.2
        for (_, label), (colour, marker) in zip(groups, style.GROUP_STYLES, strict=False):
            figure.add_artist(Line2D([left], [1 - 0.12 / height], marker=marker, color=colour, markersize=4, linestyle="none",
                                     transform=figure.transFigure))  # fmt: skip
            figure.text(left + 0.014, 1 - 0.12 / height, label, va="center", fontsize=7)
            left += 0.045 + 0.0105 * len(label)
        svg = to_svg(figure, "access", "Approval by group", "Dots of approval rates by package and scenario.")
    caption = (
        "Loan requests approved, per cent of the group's requests, mean over months and replications: all applicants, "
        "those with thin files (little credit history) and those of low income. A dot further right is wider access; the "
        "grey stroke spans the groups."
    )
    return Picture("access", "Access to credit", svg, caption)


__all__ = ["access_figure", "bearers_figure", "bearers_of", "blank", "borne", "closing_figure", "glance_figure"]
