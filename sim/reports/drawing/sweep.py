"""Figures of a study with a design: heat maps over two axes, and what moves a figure most."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures.catalog import FIGURES
from sim.figures.naming import label_of
from sim.figures.scales import Scale, measure_of, scale_of
from sim.language.words import Words
from sim.reports.drawing import style
from sim.reports.drawing.figures import ROW_HEAD, Picture, canvas, grid, row_head, to_svg
from sim.reports.manifest import words_of
from sim.reports.words.formats import place_of

SHOWN = ("loss_rate", "approval_rate", "lender_profit", "fund_exhausted", "fund_capital", "lowest_capital_ratio")
BINS = 8
FIELD, HEAD, FOOT = 0.24, 0.42, 0.45  # inches: a field of a heat map, and what stands above and below the fields
ROOM = 48  # figures that go side by side into the fields of a heat map
BARS = 12
SWING = "swing from low to high, linear"
MEAN_SIZE = "elementary effect, mean size"
MATCHED, FITTED = "effect against the first option, matched runs", "effect against the first option, linear fit"
TOTAL = "Sobol index, total"
SAME_UNIT = (SWING, MEAN_SIZE, MATCHED, FITTED)
"""Measures in the unit of the figure itself: they may stand beside each other."""


@dataclass
class Sweep:
    """Tables of a study folder with a design; ``points`` has a row for each point, arm and scenario."""

    manifest: dict[str, Any]
    points: pd.DataFrame
    sensitivity: pd.DataFrame
    interactions: pd.DataFrame
    boxes: pd.DataFrame
    spread: pd.DataFrame
    search: list[str] = field(default_factory=list)
    """What a search has found, and what it tried, in sentences."""
    say: Words = field(default_factory=Words)
    """Texts of the language that the page is told in."""

    @property
    def axes(self) -> list[dict[str, Any]]:
        """Axes of the design, as the manifest describes them."""
        return list(self.manifest["design"]["axes"])

    @property
    def keys(self) -> list[str]:
        """Keys of the axes."""
        return [axis["key"] for axis in self.axes]

    @property
    def options(self) -> dict[str, list[str]]:
        """Options of each axis that has any, the one that the others are set against first."""
        return {axis["key"]: [str(value) for value in axis["values"]] for axis in self.axes if is_option(axis)}

    def place(self, scenario: str) -> str:
        """Return a scenario as the object of 'in', see `place_of`."""
        return place_of(self.manifest, scenario, self.say)

    def unit(self, name: str) -> str:
        """Unit of a figure."""
        return str(self.manifest["units"].get(name, {}).get("unit", ""))

    def label(self, name: str) -> str:
        """What a figure is called."""
        return figure_words(name, self.say, self.unit(name))

    def scale(self, name: str, values: Iterable[float]) -> Scale:
        """Unit and decimals of a figure."""
        return scale_of(measure_of(name, self.unit(name)), values, say=self.say)

    def head(self, name: str, unit: str) -> str:
        """What a figure is called, with its unit."""
        label = self.label(name)
        return self.say("front_table.head", label=label, unit=unit) if unit else label

    def blocks(self) -> list[tuple[str, str, pd.DataFrame]]:
        """Rows of each arm and scenario, in the order of the manifest."""
        return [
            (arm["name"], scenario["name"], rows)
            for arm in self.manifest["arms"]
            for scenario in self.manifest["scenarios"]
            if len(
                rows := self.points[(self.points["arm"] == arm["name"]) & (self.points["scenario"] == scenario["name"])]
            )
        ]

    def effects(self, arm: str, scenario: str, figure: str) -> pd.DataFrame:
        """What moves a figure, the strongest first: shares of its variance where these are known, else effects."""
        rows = self.sensitivity
        if rows.empty:
            return rows
        here = rows[(rows["arm"] == arm) & (rows["scenario"] == scenario) & (rows["figure"] == figure)]
        kinds = (TOTAL,) if (here["measure"] == TOTAL).any() else SAME_UNIT
        here = here[here["measure"].isin(kinds) & here["value"].notna()]
        return here.sort_values("value", key=np.abs, ascending=False, kind="stable")

    def main_keys(self, arm: str, scenario: str) -> list[str]:
        """Keys by how much they move the loss rate, the strongest first; the order of the design where unknown."""
        found = self.effects(arm, scenario, "loss_rate")
        known = [] if found.empty else list(found["key"])
        return list(dict.fromkeys([*known, *self.keys]))


def figure_words(name: str, say: Words, unit: str = "") -> str:
    """What a figure is called, or what is worked out of each run of a sweep and is no figure of a month."""
    key = f"sweep.of_runs.{name}"
    return say(key) if key in say else label_of(measure_of(name, unit), say)


def is_option(axis: dict[str, Any]) -> bool:
    """Whether an axis of the manifest has options and not numbers: names without order and distance."""
    return any(isinstance(value, bool) or not isinstance(value, int | float) for value in axis["values"])


def read_sweep(folder: Path, manifest: dict[str, Any]) -> Sweep:
    """Read the tables of a study folder; those that were not written are empty. Names stay texts, whatever they say."""
    texts = ["arm", "scenario", "key", "option", "other", "other_option", "options", "figure", "measure"]
    texts += [axis["key"] for axis in manifest["design"]["axes"] if is_option(axis)]

    def table(name: str) -> pd.DataFrame:
        path = folder / f"{name}.csv"
        if not path.exists():
            return pd.DataFrame()
        kept = pd.read_csv(path, dtype=dict.fromkeys(texts, str), keep_default_na=False, na_values=["", "n/a"])
        return kept.fillna(dict.fromkeys((name for name in texts if name in kept), ""))

    said = folder / "search.txt"
    search = said.read_text(encoding="utf-8").splitlines() if said.exists() else []
    names = ("points", "sensitivity", "interactions", "boxes", "spread")
    return Sweep(manifest, search=search, say=words_of(manifest), **{name: table(name) for name in names})


def heat_map(sweep: Sweep, arm: str, scenario: str, rows: pd.DataFrame, key: str) -> Picture | None:
    """Mean of the main figures over the two axes that move the loss rate most; None with fewer than two axes."""
    if len(sweep.keys) < 2:
        return None
    across, up = sweep.main_keys(arm, scenario)[:2] if len(sweep.keys) > 2 else sweep.keys
    names = [name for name in SHOWN if name in rows and _varies(sweep, rows[name])][:4]
    if not names:
        return None
    columns, places = _classes(rows[across]), _classes(rows[up])
    panel = max(0.6, FIELD * len(places[1]))
    height = len(names) * (HEAD + panel + FOOT)
    say = sweep.say
    with canvas(height) as figure:
        margins = {"left": 0.15, "top": 1 - HEAD / height, "bottom": FOOT / height}
        panels = grid(figure, len(names), 1, **margins, hspace=(HEAD + FOOT) / panel)[:, 0]
        for axes, name in zip(panels, names, strict=True):
            scale = sweep.scale(name, rows[name])
            values = rows[name].groupby([places[0], columns[0]]).mean().unstack()
            values = values.reindex(index=range(len(places[1])), columns=range(len(columns[1])))
            _draw(axes, values.to_numpy(np.float64) * scale.factor, scale)
            axes.set_title(sweep.head(name, scale.unit), pad=ROW_HEAD)
            _ticks(axes, columns[1], places[1])
            axes.set_xlabel(across)
            row_head(figure, axes, say("sweep.up", parameter=up))
        title = say("sweep.heat_title", arm=arm, place=sweep.place(scenario), across=across, up=up)
        about = say("sweep.heat_about", names=say("list.comma").join(sweep.label(name) for name in names))
        svg = to_svg(figure, key, title, about)
    caption = say("sweep.heat_caption" if len(sweep.keys) == 2 else "sweep.heat_caption_others")
    return Picture(key, title, svg, caption, tuple(name for name in names if name in FIGURES))


def _varies(sweep: Sweep, values: pd.Series) -> bool:
    """Whether a figure is printed with more than one value over the points."""
    known = values[values.notna()]
    scale = sweep.scale(str(values.name), known)
    return len({scale.text(value) for value in known}) > 1


def _classes(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Number of the field that each value falls into, and the fields' names."""
    distinct = sorted(values.unique()) if values.dtype.kind in "fiu" else list(dict.fromkeys(values))
    if len(distinct) <= 2 * BINS:
        names = [f"{value:g}" if isinstance(value, float) else str(value) for value in distinct]
        return values.map({value: place for place, value in enumerate(distinct)}).to_numpy(), names
    edges = np.linspace(values.min(), values.max(), BINS + 1)
    places = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, BINS - 1)
    return places, [f"{(low + high) / 2:.3g}" for low, high in itertools.pairwise(edges)]


def _draw(axes: Axes, values: np.ndarray, scale: Scale) -> None:
    axes.grid(visible=False)
    # Fields and not a picture: a page that asks for nothing may show no embedded image.
    sides = (np.arange(count + 1) - 0.5 for count in values.shape[::-1])
    axes.pcolormesh(*sides, np.ma.masked_invalid(values), cmap="cividis", edgecolors="face", linewidth=0.2)
    low, high = np.nanmin(values), np.nanmax(values)
    if values.shape[1] * (1 + max(len(f"{end:.{scale.decimals}f}") for end in (low, high))) > ROOM:
        return
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            dark = value < low + 0.55 * (high - low)
            text = f"{value:.{scale.decimals}f}"
            axes.text(
                column, row, text, ha="center", va="center", fontsize=style.SMALL, color="white" if dark else style.INK
            )


def _ticks(axes: Axes, across: Sequence[str], up: Sequence[str]) -> None:
    step = -(-len(across) * max(map(len, across), default=1) // ROOM)
    axes.set_xticks(range(0, len(across), step), across[::step])
    step = -(-len(up) // 8)
    axes.set_yticks(range(0, len(up), step), up[::step])


def tornado(sweep: Sweep, arm: str, scenario: str, figure_name: str, key: str) -> Picture | None:
    """Bars of what each axis or option does to a figure, the longest first; None where the study does not say."""
    here = sweep.effects(arm, scenario, figure_name).head(BARS)
    if here.empty:
        return None
    kinds = [name for name in (TOTAL, *SAME_UNIT) if name in set(here["measure"])]
    say, label = sweep.say, sweep.label(figure_name)
    scale = Scale(1.0, "", 2, "") if TOTAL in kinds else sweep.scale(figure_name, here["value"])
    values, errors = here["value"].to_numpy(float) * scale.factor, here["error"].to_numpy(float) * scale.factor
    names = [named(row["key"], row["option"]) for row in here.to_dict("records")]
    height = 0.36 * len(names) + 0.5
    with canvas(height) as figure:
        (axes,) = grid(figure, 1, 1, left=0.04, right=0.96, bottom=0.45 / height, top=1 - 0.05 / height).flat
        spots = np.arange(len(names))[::-1].astype(float)
        axes.barh(spots, values, height=0.36, color=[style.BRICK if value > 0 else style.NAVY for value in values])
        for spot, name in zip(spots, names, strict=True):
            place = {"va": "bottom", "fontsize": style.SMALL, "transform": axes.get_yaxis_transform()}
            axes.text(0.0, spot + 0.24, name, bbox={"color": "white", "pad": 0.8}, **place)
        axes.errorbar(values, spots, xerr=np.nan_to_num(errors), fmt="none", ecolor=style.INK, elinewidth=0.7)
        axes.axvline(0.0, color=style.INK, linewidth=0.6)
        axes.set_ylim(-0.35, len(names) - 0.25)
        axes.set_yticks([])
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        total = say("sweep.measure.total")
        axes.set_xlabel(total if TOTAL in kinds else sweep.head(figure_name, scale.difference_unit))
        title = say("sweep.tornado_title", figure=label.lower(), arm=arm, place=sweep.place(scenario))
        svg = to_svg(figure, key, title, say("sweep.tornado_about", names=say("list.comma").join(names)))
    caption = say("sweep.tornado_caption", kinds=kinds_words(kinds, say))
    return Picture(key, title, svg, caption, (figure_name,) if figure_name in FIGURES else ())


KINDS = {TOTAL: "total", SWING: "swing", MEAN_SIZE: "mean_size", MATCHED: "matched", FITTED: "fitted"}
"""Measures by the keys of what they mean."""


def kinds_words(kinds: Sequence[str], say: Words) -> str:
    """Say what some measures mean."""
    first, *rest = (say(f"sweep.kind.{KINDS[kind]}") for kind in kinds)
    return first + "".join(say("sweep.then", text=text) for text in rest)


def named(key: str, option: str) -> str:
    """Write an axis of numbers, or one of its options."""
    return f"{key}={option}" if option else key
