"""Figures of stacked bars: who bears the loss, and closures judged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.catalog import BEARERS
from sim.figures.naming import bearer_of
from sim.figures.scales import Scale, measure_of, scale_of
from sim.reports.drawing import style
from sim.reports.drawing.figures import Picture, canvas, grid, in_margin, name_margin, round_numbers, to_svg
from sim.reports.drawing.keys import key_height, swatch_key
from sim.reports.folder import Study
from sim.reports.glossary.links import WHOLE
from sim.reports.words.formats import percent, scenario_title

LOW, HIGH = 0.23, 0.31  # inches a package takes whose name has one line, or two


def row_height(names: Sequence[str]) -> float:
    """Return the inches that each package's row takes."""
    return HIGH if any("\n" in in_margin(name) for name in names) else LOW


def round_ticks(axes: Axes, limits: tuple[float, float], factor: float, count: int = 4) -> None:
    """Tick the horizontal axis at round printed numbers."""
    axes.set_xticks(*round_numbers(limits, factor, count))


def bearers_of(study: Study) -> list[str]:
    """Return the columns ``loss_*`` in which somebody bears a loss that is not always zero."""
    return [name for name in BEARERS if study.has(name) and (study.monthly[name].fillna(0) != 0).any()]


def borne(study: Study, scenario: str, arm: str) -> dict[str, float]:
    """Return the mean loss in fen over the horizon by bearer; who has no part in a package's scheme bears nothing."""
    nothing = 0.0 if study.totals(scenario, arm, "loss_lender").size else float("nan")
    found = {}
    for name in bearers_of(study):
        totals = study.totals(scenario, arm, name)
        found[name] = float(totals.mean()) if totals.size else nothing
    return found


def bearers_figure(study: Study) -> Picture | None:
    """Draw the loss over the horizon by who bears it: one panel for each scenario, one bar a package."""
    columns = bearers_of(study)
    if not columns:
        return None
    say = study.say
    shares = {(s, a.name): borne(study, s, a.name) for s in study.scenarios for a in study.arms}
    totals = [sum(max(value, 0.0) for value in part.values()) for part in shares.values()]
    scale = scale_of(measure_of("loss_lender"), totals, say=say)
    longest = max((total for total in totals if np.isfinite(total)), default=1.0) or 1.0
    rows = row_height([arm.name for arm in study.arms]) * len(study.arms)
    entries = [(bearer_of(name, say), style.BEARER_COLOURS[name]) for name in columns]
    key = key_height([name for name, _ in entries])
    height = key + len(study.scenarios) * (HEAD + FOOT + rows)
    margin = name_margin([arm.name for arm in study.arms])
    with canvas(height) as figure:
        panels = _one_below_another(figure, len(study.scenarios), rows, key, margin)
        for axes, scenario in zip(panels, study.scenarios, strict=True):
            package_axes(axes, [arm.name for arm in study.arms], scenario_title(scenario, say))
            axes.set_xlim(0, longest * 1.02)
            for row, arm in enumerate(study.arms):
                _bearer_bar(axes, row, shares[scenario, arm.name], longest, scale)
            round_ticks(axes, (0, longest), scale.factor, 6)
        swatch_key(figure, entries)
        svg = to_svg(figure, "bearers", say("front_bearers.figure"), say("front_bearers.about"))
    caption = say("front_bearers.caption", unit=scale.unit)
    drawn = tuple(f"{WHOLE}{name}" for name in columns)
    return Picture("bearers", say("front_bearers.figure"), svg, caption, drawn)


def _one_below_another(figure: Figure, panels: int, rows: float, key: float, margin: float) -> list[Axes]:
    """Lay out panels whose bars take ``rows`` inches in one column, below a key of ``key`` inches."""
    height = figure.get_figheight()
    return list(
        grid(
            figure,
            panels,
            1,
            left=margin,
            right=0.9,
            top=1 - (key + HEAD) / height,
            bottom=FOOT / height,
            hspace=(HEAD + FOOT) / rows,
        )[:, 0]
    )


HEAD, FOOT = 0.3, 0.24  # inches above and below the bars of a panel


def package_axes(axes: Axes, names: list[str], title: str) -> None:
    """Set up a panel with one row for each package."""
    axes.set_title(title)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), [in_margin(name) for name in names])
    axes.tick_params(axis="y", labelcolor=style.INK)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)


def _stack(axes: Axes, row: int, parts: list[tuple[float, str, str]], longest: float) -> float:
    """Draw one stacked bar of (width, colour, words inside); returns where it ends."""
    left = 0.0
    for width, colour, words in parts:
        axes.barh(row, width, left=left, height=0.68, color=colour, edgecolor="white", linewidth=0.6)
        if width > 0.031 * len(words) * longest:
            ink = "white" if colour in style.DARK else style.INK
            axes.text(left + width / 2, row, words, ha="center", va="center", fontsize=style.SMALL, color=ink)
        left += width
    return left


def _whole(axes: Axes, row: int, end: float, text: str, longest: float) -> None:
    """Write the whole right of a bar."""
    axes.text(end + 0.012 * longest, row, text, va="center", fontsize=style.SMALL, clip_on=False)


def _bearer_bar(axes: Axes, row: int, parts: dict[str, float], longest: float, scale: Scale) -> None:
    whole = sum(parts.values())
    if not np.isfinite(whole):
        axes.text(0, row, " n/a", va="center", color=style.GREY, fontsize=style.SMALL)
        return
    widths = [
        (max(value, 0.0), style.BEARER_COLOURS[name], percent(value / whole, 0) if whole > 0 else "")
        for name, value in parts.items()
    ]
    _whole(axes, row, _stack(axes, row, widths, longest), scale.text(whole), longest)


CLOSURES = ("closures", "wrong_closures", "censored_closures")
DRAWN = ("back_closing.closures", "back_closing.wrong", "back_closing.not_judged")
JUDGED = (("wrong", style.BRICK), ("right", style.NAVY), ("not_judged", style.HAIRLINE))
"""How closures are judged, by the names of their words, and the colours."""


def closing_figure(study: Study, closing: list[str]) -> Picture | None:
    """Draw first closures, judged right, wrong or not judged, for each package that closes lines."""
    if not closing:
        return None
    say = study.say
    figures = {(s, a): [study.estimate(s, a, name).mean for name in CLOSURES] for s in study.scenarios for a in closing}
    known = [value for part in figures.values() for value in part]
    scale = scale_of(measure_of("closures"), known, study.borrowers, say)
    longest = max((part[0] for part in figures.values() if np.isfinite(part[0])), default=0.0) or 1.0
    rows = row_height(closing) * len(closing)
    entries = [(say(f"front_closures.{name}"), colour) for name, colour in JUDGED]
    key = key_height([name for name, _ in entries])
    height = key + len(study.scenarios) * (HEAD + FOOT + rows)
    margin = name_margin(closing)
    with canvas(height) as figure:
        panels = _one_below_another(figure, len(study.scenarios), rows, key, margin)
        for axes, scenario in zip(panels, study.scenarios, strict=True):
            package_axes(axes, closing, scenario_title(scenario, say))
            axes.set_xlim(0, longest * 1.02)
            for row, arm in enumerate(closing):
                closures, wrong, censored = np.nan_to_num(figures[scenario, arm])
                widths = (wrong, max(closures - wrong - censored, 0.0), censored)
                parts = [(width, colour, "") for width, (_, colour) in zip(widths, JUDGED, strict=True)]
                end = _stack(axes, row, parts, longest)
                _whole(axes, row, end, scale.text(figures[scenario, arm][0]), longest)
            round_ticks(axes, (0, longest), scale.factor, 6)
        swatch_key(figure, entries)
        svg = to_svg(figure, "closing", say("front_closures.heading"), say("front_closures.about"))
    caption = say("front_closures.caption", unit=scale.unit or say("front_unit.in_a_run"))
    return Picture("closing", say("front_closures.title"), svg, caption, DRAWN)
