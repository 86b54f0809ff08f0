"""Figures over time: the scenarios, the packages' paths, the buckets past due."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.figures.scales import measure_of, scale_of
from sim.reports.arms import Arm
from sim.reports.drawing import style
from sim.reports.drawing.figures import (
    ROW_HEAD,
    Band,
    Picture,
    band_of,
    band_words,
    canvas,
    grid,
    in_panel,
    limits_of,
    mean_known,
    months_label,
    row_head,
    to_svg,
)
from sim.reports.drawing.keys import key_height, swatch_key
from sim.reports.drawing.strips import Strip
from sim.reports.folder import Study
from sim.reports.words.formats import scenario_title

PATH_ROWS = ("delinquent_30", "delinquent_90", "loss_rate", "approval_rate", "access_all", "outstanding")
FIRM_ROWS = ("output", "unemployment", "firm_failure_rate", "firm_delinquent_90")
PATHS, FIRMS = "paths", "firms"
"""What a figure of paths is about, which names its texts."""
IN_A_ROW = 5
AROUND_A_LEVEL = ("approval_rate", "access_all")
"""Figures whose axis does not begin at zero."""
BUCKETS = ("M1", "M2", "M3", "M4", "M5", "M6+")
# Metrics of few events a month, or with seasons: the mean of so many months is drawn.
SMOOTHED = {"loss_rate": 6, "approval_rate": 6, "firm_failure_rate": 6, "output": 12}


def scenarios_figure(study: Study) -> Picture | None:
    """Draw unemployment in each scenario, the same for every package."""
    say = study.say
    if not study.has("unemployment"):
        return None
    bands = [band_of(study.paths(name, study.arms[0].name, "unemployment")) for name in study.scenarios]
    limits = limits_of(bands, from_zero=True)
    rows = -(-len(bands) // 3)
    chunks = np.array_split(np.arange(len(bands)), rows)
    height = 0.5 + 1.2 * rows
    with canvas(height) as figure:
        panels = grid(figure, rows, 1, top=1 - 0.24 / height, bottom=0.36 / height, hspace=0.45, left=0.09)[:, 0]
        for axes, chunk in zip(panels, chunks, strict=True):
            names = [study.scenarios[index] for index in chunk]
            strip = Strip(axes, [study.months(name) for name in names], limits, 100.0, "\u202f%")
            strip.titles([scenario_title(name, say) for name in names])
            strip.label_months()
            strip.bands([bands[index] for index in chunk])
        months_label(figure, say("front_figure.months"))
        svg = to_svg(figure, "scenarios", say("front_scenarios.heading"), say("front_scenarios.about"))
    caption = say("front_scenarios.caption", band=band_words(study.replications, say), arm=study.arms[0].name)
    return Picture("scenarios", say("front_scenarios.title"), svg, caption, ("unemployment",))


def path_figures(
    study: Study,
    scenario: str,
    wanted: Sequence[str] = PATH_ROWS,
    kind: str = PATHS,
    *,
    explained: bool = True,
) -> list[Picture]:
    """Draw the packages' paths in one scenario, at most five packages a figure.

    Without ``explained`` the caption leaves out what the first of several has said.
    """
    rows = [metric for metric in wanted if study.has(metric)]
    if not rows:
        return []
    bands = {
        (metric, arm.name): band_of(smoothed(metric, study.paths(scenario, arm.name, metric)))
        for metric in rows
        for arm in study.arms
    }
    count = -(-len(study.arms) // IN_A_ROW)
    chunks = [list(part) for part in np.array_split(np.array(study.arms, dtype=object), count)]
    return [
        _path_figure(study, scenario, rows, bands, [arm.name for arm in chunk], index, kind, explained and not index)
        for index, chunk in enumerate(chunks)
    ]


def smoothed(metric: str, paths: np.ndarray) -> np.ndarray:
    """Return the mean of the last months for some metrics, else ``paths`` themselves.

    The first months, which have too few before them, are left out (``nan``) unless the path is short.
    """
    return moving_mean(paths, SMOOTHED.get(metric, 1))


def moving_mean(paths: np.ndarray, months: int) -> np.ndarray:
    """Return the mean of so many last months; the first months are ``nan``, and short paths as they are."""
    if months == 1 or paths.shape[1] < 2 * months:
        return paths
    windows = np.lib.stride_tricks.sliding_window_view(paths, months, axis=1)
    counts = np.isfinite(windows).sum(axis=2)
    means = np.where(counts > 0, np.nansum(windows, axis=2) / np.maximum(counts, 1), np.nan)
    return np.hstack([np.full((len(paths), months - 1), np.nan), means])


def _path_figure(
    study: Study,
    scenario: str,
    rows: list[str],
    bands: dict[tuple[str, str], Band],
    names: list[str],
    index: int,
    kind: str,
    explained: bool,
) -> Picture:
    """Draw metrics as rows and packages as columns on axes common to a row; the parent's mean in grey."""
    say = study.say
    titles = [in_panel(name, 0.9 / len(names), 3) for name in names]
    head = 0.32 + 0.15 * max(title.count("\n") + 1 for title in titles)
    height = head + 0.36 + 0.88 * len(rows)
    with canvas(height) as figure:
        panels = grid(figure, len(rows), 1, left=0.09, top=1 - head / height, bottom=0.4 / height, hspace=0.45)[:, 0]
        months = [study.months(scenario)] * len(names)
        for axes, metric in zip(panels, rows, strict=True):
            in_row = [bands[metric, arm.name] for arm in study.arms]
            limits = limits_of(in_row, from_zero=metric not in AROUND_A_LEVEL)
            scale = scale_of(measure_of(metric), limits, say=say)
            strip = Strip(axes, months, limits, scale.factor)
            if axes is panels[0]:
                strip.titles(titles, ROW_HEAD)
            if axes is panels[-1]:
                strip.label_months()
            strip.references([bands.get((metric, study.arm(name).parent)) for name in names])
            strip.bands([bands[metric, name] for name in names])
            row_head(figure, axes, say(f"front_rows.{metric}", unit=scale.unit))
        months_label(figure, say("front_figure.months"))
        title = say(f"front_paths.{kind}", scenario=scenario_title(scenario, say))
        key = f"{kind}-{study.scenarios.index(scenario)}-{index}"
        svg = to_svg(figure, key, title, say("front_paths.about"))
    caption = say("front_paths.as_before")
    if explained:
        rows_told = say(f"front_paths.{kind}_rows")
        caption = say("front_paths.caption", rows=rows_told, band=band_words(study.replications, say))
    return Picture(f"{kind}-{scenario}-{index}", title, svg, caption, tuple(rows))


def bucket_figure(study: Study) -> Picture | None:
    """Draw the balance past due by bucket M1..M6+ as a share of the outstanding balance."""
    if not study.has("balance_m1"):
        return None
    say, arms, scenarios = study.say, study.arms[:6], study.scenarios[:4]
    key = key_height(BUCKETS)
    height = key + 0.75 + 0.84 * len(arms)
    stacks = {(arm.name, name): bucket_shares(study, name, arm.name)[1:] for arm in arms for name in scenarios}
    top = max((float(np.nansum(stack, axis=0).max(initial=0.0)) for stack in stacks.values()), default=0.0) or 0.01
    months = [study.months(name) for name in scenarios]
    with canvas(height) as figure:
        places = {"left": 0.09, "top": 1 - (key + 0.42) / height, "bottom": 0.4 / height}
        panels = grid(figure, len(arms), 1, **places, hspace=0.48)[:, 0]
        for axes, arm in zip(panels, arms, strict=True):
            strip = Strip(axes, months, (0.0, top * 1.05), 100.0, "\u202f%")
            if axes is panels[0]:
                strip.titles([scenario_title(name, say) for name in scenarios], ROW_HEAD)
            if axes is panels[-1]:
                strip.label_months()
            for panel, name in enumerate(scenarios):
                strip.stack(panel, stacks[arm.name, name], style.BUCKET_COLOURS)
            row_head(figure, axes, arm.name, style.INK)
        swatch_key(figure, list(zip(BUCKETS, style.BUCKET_COLOURS, strict=True)))
        months_label(figure, say("front_figure.months"))
        svg = to_svg(figure, "buckets", say("front_buckets.heading"), say("front_buckets.about"))
    caption = say("front_buckets.caption") + _left_out(study, arms, scenarios)
    return Picture("buckets", say("front_buckets.title"), svg, caption, ("back_causes.bucket",))


def _left_out(study: Study, arms: list[Arm], scenarios: list[str]) -> str:
    """Say what a figure with room for few leaves to the table."""
    if len(arms) == len(study.arms) and len(scenarios) == len(study.scenarios):
        return ""
    return study.say("front_buckets.left_out", packages=len(arms), scenarios=len(scenarios))


def bucket_shares(study: Study, scenario: str, arm: str) -> np.ndarray:
    """Return the mean share of the balance in M0..M6+, float64[7, months]; empty where not recorded.

    Where loans are charged off before they come so far, a bucket has no figure, and nothing in it.
    """
    months = study.paths(scenario, arm, "balance_m0").shape[1]
    if months == 0:
        return np.empty((1, 0))
    found = [study.paths(scenario, arm, f"balance_m{bucket}") for bucket in range(13)]
    table = np.array([mean_known(paths, axis=0) if paths.size else np.zeros(months) for paths in found])
    shares = table / np.maximum(table.sum(axis=0), 1.0)
    return np.vstack([shares[:6], shares[6:].sum(axis=0)])
