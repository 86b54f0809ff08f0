"""Months and years of a study as cubes: figure, segment, economy, package, run and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.explorer.described import POOLED, Told, in_order, of_months
from sim.explorer.packing import packed, size_of
from sim.language.words import Words
from sim.reports.chapters.gainers import named, part_of
from sim.study.run.cell import KEYS

LARGEST_CUBE = 3_000_000
"""Bytes that the figures of a cube may take in the page; the first is there whatever it takes."""

YEAR = 12
MONTH_ENDS = "_month_ends"
OF_A_YEAR = ["arm", "scenario", "replication", "year", "months"]
OF_A_SEGMENT = ["borrower", "dimension", "segment"]

Axes = tuple[Sequence[str], Sequence[str]]
"""Names of economies and packages, in the order of the page."""


def cube(
    table: pd.DataFrame, axes: Axes, time: str, segments: Sequence[str], figures: Sequence[Told], say: Words
) -> dict[str, Any]:
    """Return figures of runs as arrays, for as many figures as there is room.

    Parameters
    ----------
    table : DataFrame
        Columns arm, scenario, replication, ``segment``, the column ``time`` (from 0 on), and the figures.
    axes : tuple
        Economies and packages.
    segments : sequence of str
        Values of ``segment`` in order.
    figures : sequence of Told
        The first are kept where there is not room for all; those that are 0 or empty everywhere are left away.

    Returns
    -------
    dict
        ``times``, ``figures`` (as `Told.described`, with ``values`` packed as float32[segments, economies, packages,
        runs, times]), ``weights`` by name, packed likewise, and ``left_out``: labels of figures without room.
    """
    places = _places(table, axes, time, segments)
    shape = (len(segments), len(axes[0]), len(axes[1]), int(places[3].max()) + 1, int(places[4].max()) + 1)

    def values_of(name: str) -> np.ndarray:
        found = np.full(shape, np.nan)
        found[places] = table[name].to_numpy(np.float64)
        return found

    kept: list[dict[str, Any]] = []
    weights: dict[str, Any] = {}
    left_out, room = [], LARGEST_CUBE
    for figure in figures:
        values = values_of(figure.name)
        if figure.combined == POOLED:  # a month without a base says nothing
            values = np.where(values_of(figure.base) > 0, values, np.nan)
        known = values[np.isfinite(values)]
        if not known.any():
            continue
        block = packed(values)
        about = figure.described(known, say)
        if kept and room < size_of(block):
            left_out.append(about["label"])
            continue
        room -= size_of(block)
        kept.append(about | {"values": block})
        if figure.base and figure.base not in weights:
            weights[figure.base] = packed(values_of(figure.base))
    return {"times": shape[-1], "figures": kept, "weights": weights, "left_out": left_out}


def _places(table: pd.DataFrame, axes: Axes, time: str, segments: Sequence[str]) -> tuple[np.ndarray, ...]:
    """Return where each row stands in a cube."""
    lists = zip(("segment", "scenario", "arm"), (segments, *axes), strict=True)
    codes = [pd.Index(names).get_indexer(table[key].astype(str)) for key, names in lists]
    return (*codes, table["replication"].to_numpy(np.intp), table[time].to_numpy(np.intp))


def months_cube(months: pd.DataFrame, axes: Axes, units: Mapping[str, str], say: Words) -> dict[str, Any]:
    """Return the months after the policy date as a cube of one segment, everybody.

    Parameters
    ----------
    months : DataFrame
        As `sim.study.store.reading.read_results` returns it.
    """
    known = (months["month"] >= 0) & months["arm"].notna() & months["scenario"].notna()
    kept = months[known].copy().assign(segment="all")
    names = in_order(name for name in months.columns if name not in KEYS)
    figures = [of_months(name, units.get(name, ""), months.columns) for name in names]
    found = cube(kept, axes, "month", ["all"], figures, say)
    return found | {"segments": [{"name": "all", "label": say("explore.everybody")}]}


def segments_cube(table: pd.DataFrame, axes: Axes, say: Words) -> dict[str, Any]:
    """Return the years after the policy date by segment.

    A run in which a segment is empty counts as nothing, so that means of segments add up to those of all.

    Parameters
    ----------
    table : DataFrame
        The table ``segments`` of a study, as `sim.study.store.reading.read_table` returns it.
    """
    table = table[table["arm"].notna() & table["scenario"].notna()]
    texts = table.astype(dict.fromkeys(("arm", "scenario", *OF_A_SEGMENT), str))
    whole = texts.set_index([*OF_A_YEAR, *OF_A_SEGMENT]).unstack(OF_A_SEGMENT, fill_value=0)
    whole = whole.stack(OF_A_SEGMENT, future_stack=True).reset_index()
    names = list(dict.fromkeys(texts[OF_A_SEGMENT].itertuples(index=False, name=None)))
    whole = _with_figures(whole.assign(segment=whole[OF_A_SEGMENT].agg("/".join, axis=1)))
    keys = ["/".join(name) for name in names]
    found = cube(whole, axes, "year", keys, _segment_figures(say), say)
    labels = [_segment_label(whose, kind, which, say) for whose, kind, which in names]
    pairs = zip(keys, labels, strict=True)
    return found | {"segments": [{"name": key, "label": label} for key, label in pairs]}


def _with_figures(sums: pd.DataFrame) -> pd.DataFrame:
    """Work out means of month ends and rates from the sums of a year; a rate of nothing is empty."""
    owed = sums["outstanding" + MONTH_ENDS].where(sums["outstanding" + MONTH_ENDS] > 0)
    made = {
        name: sums[name + MONTH_ENDS] / sums["months"] for name in ("customers", "jobs", "open_lines", "outstanding")
    }
    made |= {f"delinquent_{days}": sums[f"past_due_{days}{MONTH_ENDS}"] / owed for days in (30, 90)}
    made["loss_rate"] = YEAR * (sums["charged_off"] - sums["recovered"]) / owed
    made["approval_rate"] = sums["approvals"] / sums["applications_decided"].where(sums["applications_decided"] > 0)
    made["price"] = sums["rate_of_draws"] / sums["drawn"].where(sums["drawn"] > 0)
    return sums.assign(**made, year=sums["year"] - sums["year"].min())


def _segment_figures(say: Words) -> list[Told]:
    """Return the figures of a segment, each counted by what it is a rate of."""
    owed = "outstanding" + MONTH_ENDS
    rates = {"loss_rate": owed, "delinquent_30": owed, "delinquent_90": owed, "approval_rate": "applications_decided",
             "price": "drawn"}  # fmt: skip
    of_month_ends = [Told("outstanding", "fen", POOLED, "months")]
    counts = [
        Told(name, "persons", POOLED, "months", say(f"explore.segment_figure.{name}"))
        for name in ("customers", "jobs", "open_lines")
    ]
    return [*(Told(name, "fraction", POOLED, base) for name, base in rates.items()), *of_month_ends, *counts]


def _segment_label(borrower: str, dimension: str, segment: str, say: Words) -> str:
    """Return what a segment is called, with whose it is."""
    whom = say(f"explore.whom.{borrower}")
    key = f"explore.dimension.{dimension}"
    if dimension == "sector_size":
        return say("explore.segment_label", whom=whom, what=named(dimension, segment, say))
    what = part_of(segment, say)
    what = say(key, segment=what) if key in say else f"{part_of(dimension, say)}: {what}"
    return say("explore.segment_label", whom=whom, what=what)
