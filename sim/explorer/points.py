"""The points of a sweep as the page holds them: axes, figures at each point, and their emulators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sim.explorer.described import Told, in_order
from sim.explorer.emulator import emulated, placed
from sim.explorer.packing import packed, size_of
from sim.reports.drawing.sweep import SHOWN, Sweep, is_option
from sim.reports.words.formats import scenario_title
from sim.study.store.journal import POINT

LARGEST_POINTS = 3_000_000
"""Bytes that the figures of the points may take in the page; the first is there whatever it takes."""

PARTS = ("", ".error", ".difference", ".difference_error")
"""Columns of a figure in ``points.csv``: mean, standard error, and both of the paired difference to the parent."""

KINDS = ("level", "difference")
"""What is emulated of a figure: itself, and its paired difference to the parent."""


def sweep_data(sweep: Sweep, cells: pd.DataFrame | None = None) -> dict[str, Any]:
    """Return what the page holds of a sweep.

    Parameters
    ----------
    sweep : Sweep
        Points and axes.
    cells : DataFrame, optional
        ``cells.parquet``: the figures of each run, from which is known how much of a figure is luck.

    Returns
    -------
    dict
        ``axes`` (see `axis_data`), ``places`` float32[points, columns] and ``values`` float32[points, axes], packed;
        ``blocks``: package, its parent and economy; ``figures``, each with ``values`` packed as float32[blocks,
        parts, points] and ``emulators``: for each block one of ``level`` and of ``difference``, None where there is
        none; ``left_out``: labels of figures without room.
    """
    axes = [axis_data(axis, sweep.points) for axis in sweep.axes]
    blocks = sweep.blocks()
    numbers = np.unique(sweep.points[POINT])
    at = sweep.points.drop_duplicates(POINT).set_index(POINT).loc[numbers]
    values = np.column_stack([_numbers(at[axis["key"]], axis) for axis in axes])
    columns = [placed(values[:, place].tolist(), axis) for place, axis in enumerate(axes)]
    places = np.column_stack(columns).astype(np.float32).astype(np.float64)  # as the page has them
    parents = {arm["name"]: arm.get("parent", "") for arm in sweep.manifest["arms"]}
    rows = [part.set_index(POINT).reindex(numbers) for _, _, part in blocks]
    of_each = partial(runs_of, cells, numbers)
    runs = [partial(of_each, arm=arm, parent=parents[arm], scenario=name) for arm, name, _ in blocks]
    figures, left = _figures(sweep, rows, places, runs)
    return {
        "axes": axes,
        "points": len(numbers),
        "values": packed(values),
        "places": packed(places),
        "blocks": [
            {"arm": arm, "parent": parents[arm], "economy": name, "place": scenario_title(name, sweep.say)}
            for arm, name, _ in blocks
        ],
        "figures": figures,
        "left_out": left,
    }


def axis_data(axis: dict[str, Any], points: pd.DataFrame) -> dict[str, Any]:
    """Describe an axis: ``key``, ``unit``, ``meaning``, ``options`` (or none), ``low``, ``high``, ``log``, ``whole``.

    The ends of numbers are those of the points, between which the emulator knows anything. Unit and meaning are those
    of the setting as it is declared, empty in a folder that was written before the manifest had them.
    """
    told = {name: axis.get(name, "") for name in ("unit", "meaning")}
    found = {"key": axis["key"], **told, "options": [], "low": 0.0, "high": 1.0, "log": bool(axis["log"])}
    if is_option(axis):
        return found | {"options": [str(value) for value in axis["values"]], "whole": False}
    known = points[axis["key"]].astype(float)
    low, high = float(known.min()), float(known.max())
    whole = bool(axis["whole"]) or all(isinstance(value, int) for value in axis["values"] or [0.5])
    return found | {"low": low, "high": high, "log": found["log"] and low > 0, "whole": whole}


def _numbers(values: pd.Series, axis: dict[str, Any]) -> np.ndarray:
    """Return values of an axis as numbers, options by their place in it."""
    if axis["options"]:
        return values.astype(str).map({name: place for place, name in enumerate(axis["options"])}).to_numpy(float)
    return values.to_numpy(np.float64)


def runs_of(
    cells: pd.DataFrame | None, points: np.ndarray, name: str, kind: str, *, arm: str, parent: str, scenario: str
) -> np.ndarray | None:
    """Return a figure in each run.

    Parameters
    ----------
    cells : DataFrame or None
        A row for each point, package, economy and replication.
    points : int[points]
        In the order of the result.
    name : str
        The figure.
    kind : {"level", "difference"}
        Itself, or its difference to the parent, run by run.
    arm, parent, scenario : str
        Package, its parent, and economy.

    Returns
    -------
    float64[points, runs] or None
        Not-a-number where a run lacks it; None where the cells do not have it.
    """
    if cells is None or name not in cells or (kind == "difference" and not parent):
        return None
    here = cells[cells["scenario"].astype(str) == scenario]

    def of(package: str) -> pd.DataFrame:
        mine = here[here["arm"].astype(str) == package]
        return mine.pivot(index=POINT, columns="replication", values=name).reindex(points)

    return (of(arm) - of(parent) if kind == "difference" else of(arm)).to_numpy(np.float64)


def _figures(
    sweep: Sweep, rows: list[pd.DataFrame], places: np.ndarray, runs: Sequence[Callable[[str, str], np.ndarray | None]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the figures, for as many as there is room, and the labels of the others."""
    names = [name for name in sweep.points if not name.endswith(PARTS[1:]) and f"{name}.error" in sweep.points]
    shown = [name for name in SHOWN if name in names]
    kept: list[dict[str, Any]] = []
    left, room = [], LARGEST_POINTS
    for name in dict.fromkeys([*shown, *in_order(names)]):
        values = np.array([[_column(part, name + end) for end in PARTS] for part in rows])
        known = values[:, 0][np.isfinite(values[:, 0])]
        if not known.any():
            continue
        about = Told(name, sweep.unit(name), label=sweep.label(name)).described(known, sweep.say)
        block = packed(values)
        if kept and room < size_of(block):
            left.append(about["label"])
            continue
        room -= size_of(block)
        fitted = name in shown
        emulators = [
            {
                kind: emulated(places, part[2 * place], of_runs(name, kind)) if fitted else None
                for place, kind in enumerate(KINDS)
            }
            for part, of_runs in zip(values, runs, strict=True)
        ]
        kept.append(about | {"values": block, "emulators": emulators})
    return kept, left


def _column(part: pd.DataFrame, name: str) -> np.ndarray:
    """Return a column of ``points.csv``; not-a-numbers where there is none."""
    return part[name].to_numpy(np.float64) if name in part else np.full(len(part), np.nan)
