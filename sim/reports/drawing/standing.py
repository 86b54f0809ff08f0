"""Figures that stand alone, outside a page: paths, differences and gains of whatever somebody asks for."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from sim.figures.naming import headed
from sim.figures.scales import measure_of, scale_of
from sim.language.words import CHINESE, ENGLISH
from sim.reports.drawing import style
from sim.reports.drawing.diverging import barred, bars, moving
from sim.reports.drawing.figures import (
    ROW_HEAD,
    Drawing,
    band_of,
    canvas,
    grid,
    in_panel,
    limits_of,
    months_label,
    row_head,
)
from sim.reports.drawing.forest import marked
from sim.reports.drawing.paths import AROUND_A_LEVEL, IN_A_ROW, moving_mean
from sim.reports.drawing.strips import Strip
from sim.reports.folder import Estimate, Study
from sim.reports.words.formats import scenario_title
from sim.reports.words.gainers import pairs

FORMS = ("pdf", "png", "svg")
MOST_SCENARIOS = len(style.GROUP_STYLES)
"""Scenarios that have a mark of their own."""
PIXELS_AN_INCH = 300
# matplotlib knows a collection of fonts by its first face, here the Japanese one, which has the Chinese signs.
SIGNS = (*style.CHINESE_FONTS, "Noto Serif CJK JP", "Noto Sans CJK JP")


def paths_drawing(study: Study, metric: str, arms: Sequence[str], scenarios: Sequence[str], months: int = 1) -> Drawing:
    """Draw a figure month by month: rows are scenarios, panels packages, grey and dashed the parent's mean.

    Parameters
    ----------
    study : Study
        A study without a design.
    metric : str
        A figure of the months.
    arms, scenarios : sequence of str
        What is drawn, in this order; at most five packages stand side by side.
    months : int
        The mean of so many last months is drawn.
    """
    study, font = in_a_font(study)
    say = study.say
    parts = [list(part) for part in np.array_split(list(arms), -(-len(arms) // IN_A_ROW))]
    rows = [(scenario, part) for scenario in scenarios for part in parts]
    parents = {arm.name: arm.parent for arm in study.arms}
    wanted = {*arms, *(parents[arm] for arm in arms if parents[arm] in parents)}
    bands = {
        (scenario, arm): band_of(moving_mean(study.paths(scenario, arm, metric), months))
        for scenario in scenarios
        for arm in wanted
    }
    measure = measure_of(metric, study.manifest.get("units", {}).get(metric, {}).get("unit", ""))
    limits = limits_of(list(bands.values()), from_zero=metric not in AROUND_A_LEVEL)
    scale = scale_of(measure, limits, say=say)
    last = say("front_standing_figure.last", months=months) if months > 1 else ""
    head = 0.62
    height = head + 0.4 + 1.12 * len(rows)
    with canvas(height) as figure:
        places = {"left": 0.11, "right": 0.97, "top": 1 - head / height, "bottom": 0.42 / height, "hspace": 0.75}
        panels = grid(figure, len(rows), 1, **places)[:, 0]
        figure.text(0.0, 1 - 0.06 / height, headed(measure, scale.unit, say) + last, va="top", color=style.INK)
        for axes, (scenario, part) in zip(panels, rows, strict=True):
            strip = Strip(axes, [study.months(scenario)] * len(part), limits, scale.factor)
            if axes is panels[0] or len(parts) > 1:
                strip.titles([in_panel(name, 0.9 / len(part), 1) for name in part], ROW_HEAD)
            strip.label_months()
            strip.references([bands.get((scenario, parents[name])) for name in part])
            strip.bands([bands[scenario, name] for name in part])
            row_head(figure, axes, scenario_title(scenario, say))
        months_label(figure, say("front_figure.months"))
        return settled(figure, font)


def differences_drawing(
    study: Study, pair: tuple[str, str], found: Mapping[str, Mapping[str, Estimate]], scenarios: Sequence[str]
) -> Drawing:
    """Draw what one package changes against another: a panel for each figure, a mark for each scenario.

    Parameters
    ----------
    study : Study
        A study without a design.
    pair : (str, str)
        The package, and what it is compared with.
    found : mapping
        For each figure and scenario the estimate of the difference.
    scenarios : sequence of str
        Marks from the top; at most `MOST_SCENARIOS`.
    """
    study, font = in_a_font(study)
    row = study.say("front_gains.row", arm=pair[0], parent=pair[1])
    items = {metric: {(name, row): each[name] for name in scenarios} for metric, each in found.items()}
    with marked(study, items, [row], scenarios) as figure:
        return settled(figure, font)


def gains_drawing(study: Study, scenario: str, arms: Sequence[str]) -> Drawing | None:
    """Draw who gains and who loses against the parent by tenth of true income; None where nothing moves.

    Parameters
    ----------
    study : Study
        A study that keeps the table of gains.
    scenario : str
        One scenario.
    arms : sequence of str
        Packages with a parent, a row for each.
    """
    study, font = in_a_font(study)
    shown = {name: bars(pairs(study, scenario, name, "income_decile")) for name in arms}
    columns = moving(shown)
    if not columns:
        return None
    with barred(study, shown, columns) as figure:
        return settled(figure, font)


def in_a_font(study: Study) -> tuple[Study, str]:
    """The study in the language that its figures can be written in here, and the font that it takes beside ours.

    A figure that stands alone carries its signs with it: where no font of the system has Chinese ones it is in English.
    """
    if study.say.language != CHINESE:
        return study, ""
    there = {font.name for font in fontManager.ttflist}
    font = next((name for name in SIGNS if name in there), "")
    if font:
        return study, font
    config = {**study.manifest["config"], "report": {"language": ENGLISH}}
    return dataclasses.replace(study, manifest={**study.manifest, "config": config}), ""


def settled(figure: Drawing, font: str = "") -> Drawing:
    """Make all that a figure draws while the report's style holds, so that it looks the same wherever it is saved."""
    figure.draw_without_rendering()
    if font:
        for text in figure.findobj(Text):
            text.set_fontfamily([style.FIGURE["font.family"], font])
    return figure


def save(figure: Drawing, path: Path) -> None:
    """Write a figure in the form that the end of the path names; PDF and SVG without a date, so that bytes are kept."""
    form = path.suffix[1:]
    dated = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(form)
    with matplotlib.rc_context({"svg.hashsalt": "creditcycle", "pdf.fonttype": 42}):
        figure.savefig(path, format=form, dpi=PIXELS_AN_INCH, metadata=dated, bbox_inches="tight", pad_inches=0.05)
