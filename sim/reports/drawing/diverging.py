"""Figure of who gains and who loses: bars by tenth of true income, up for a gain, down for a loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.reports.drawing import style
from sim.reports.drawing.figures import (
    ROW_HEAD,
    Drawing,
    Picture,
    canvas,
    grid,
    months_label,
    round_numbers,
    row_head,
    to_svg,
)
from sim.reports.folder import Study
from sim.reports.words.gainers import compared, pairs

DECILES = tuple(str(k) for k in range(1, 11))
MOST = 6
Parts = list[tuple[np.ndarray, np.ndarray]]
PANELS = ("defaults", "lines", "price")
"""What the columns show, by the names of their words."""


def bars(found: pd.DataFrame) -> Parts:
    """Gains and losses by tenth of income for each panel: float64[10] each, gains at least 0 and losses at most 0."""
    whole = found.groupby("segment").sum().reindex(DECILES)
    number = whole["number"].to_numpy()
    saved, caused = (
        found[found.index.isin([one], level="outcome")].groupby("segment")["number"].sum().reindex(DECILES).fillna(0.0)
        for one in ("saved", "caused")
    )
    here, parent = (whole[f"rate_of_draws{side}"] / whole[f"drawn{side}"] for side in ("", "_with_parent"))
    cheaper = np.round(100 * (parent - here).to_numpy(), 2)  # beyond that, fen that draws' interest was rounded by
    return [
        (1000 * saved.to_numpy() / number, -1000 * caused.to_numpy() / number),
        (whole["line_months_gained"].to_numpy() / number, -whole["line_months_lost"].to_numpy() / number),
        (np.maximum(cheaper, 0.0), np.minimum(cheaper, 0.0)),
    ]


def gains_figure(study: Study, scenario: str) -> Picture | None:
    """Draw defaults, lines and price by tenth of true income, a row for each package that differs from its parent."""
    names = compared(study, scenario)
    if not names:
        return None
    shown = {name: bars(pairs(study, scenario, name, "income_decile")) for name in names[:MOST]}
    say, columns = study.say, moving(shown)
    if not columns:  # interest alone differs
        return None
    with barred(study, shown, columns) as figure:
        svg = to_svg(figure, "gains", say("front_gains.chapter"), say("front_gains.about"))
    caption = say("front_gains.caption", place=study.place(scenario), months=study.months(scenario))
    few = "" if len(names) <= MOST else say("front_income.first", packages=MOST)
    return Picture(
        "gains",
        say("front_gains.title"),
        svg,
        caption + few,
        tuple(f"front_gains.{PANELS[column]}" for column in columns),
    )


def moving(shown: Mapping[str, Parts]) -> list[int]:
    """Places of the panels in which any package moves anything."""
    return [
        place for place in range(len(PANELS)) if any(np.any(np.nan_to_num(parts[place])) for parts in shown.values())
    ]


@contextmanager
def barred(study: Study, shown: Mapping[str, Parts], columns: list[int]) -> Iterator[Drawing]:
    """Draw the gains and losses of `bars`, a row for each package and a column for each of the panels."""
    say = study.say
    height = 0.85 + 1.0 * len(shown)
    with canvas(height) as figure:
        margins = {"left": 0.1, "top": 1 - 0.72 / height, "bottom": 0.42 / height, "hspace": 0.5, "wspace": 0.3}
        panels = grid(figure, len(shown), len(columns), **margins)
        for place, column in enumerate(columns):
            limits = _limits([parts[column] for parts in shown.values()])
            for line, (name, parts) in enumerate(shown.items()):
                axes = panels[line, place]
                _draw(axes, *parts[column], limits)
                axes.tick_params(axis="x", labelbottom=line == len(shown) - 1)
                if line == 0:
                    axes.set_title(say(f"front_gains.panel.{PANELS[column]}"), pad=ROW_HEAD)
                if place == 0:
                    row_head(figure, axes, say("front_gains.row", arm=name, parent=study.arm(name).parent))
        months_label(figure, say("front_gains.axis"))
        yield figure


def _limits(parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float]:
    # A tenth without a person, or without a draw, has no bar: neither moves the axis, not even where all are such.
    low, high = (side([np.nan_to_num(part[place]) for part in parts]) for place, side in ((1, np.min), (0, np.max)))
    air = 0.08 * (high - low) or 1.0
    return float(low) - air, float(high) + air


def _draw(axes: Axes, gains: np.ndarray, losses: np.ndarray, limits: tuple[float, float]) -> None:
    places = np.arange(1, 11)
    axes.bar(places, gains, width=0.72, color=style.TEAL)
    axes.bar(places, losses, width=0.72, color=style.BRICK)
    axes.axhline(0.0, color=style.INK, linewidth=0.6)
    axes.set_ylim(*limits)
    axes.set_yticks(*round_numbers(limits, 1.0, 3))
    axes.set_xticks([1, 5, 10])
