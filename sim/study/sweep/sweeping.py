"""The tables of a study with a design: what stands at each point, and what a package changes there."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from sim.figures.catalog import MAIN
from sim.figures.figure import Figure
from sim.figures.naming import headed, span_of
from sim.figures.scales import measure_of, scale_of
from sim.language.words import Words
from sim.study.compare.compare import run_figures
from sim.study.compare.figures import figures_of
from sim.study.compare.terminal import Column, Number, Row, print_table, prose_lines
from sim.study.plan.plan import Plan
from sim.study.store.reading import closure_rows, each_result
from sim.study.store.store import POINT, Chunk, StoreError, write_safely
from sim.study.sweep import discovery
from sim.study.sweep.search import Search

if TYPE_CHECKING:
    import pandas as pd

DESIGN, CELLS, POINTS, SEARCH = "design.csv", "cells.parquet", "points.csv", "search.txt"
KEYS = [POINT, "arm", "scenario", "replication"]

ROWS_AT_A_TIME = 50_000
"""Months of runs that are held in memory at a time."""


def design_table(plan: Plan) -> pd.DataFrame:
    """Values of every key at every point, indexed by point."""
    import pandas as pd

    rows = [dict(point.values) for point in plan.points]
    return pd.DataFrame(rows, index=pd.Index([point.number for point in plan.points], name=POINT))


def write_design(folder: Path, plan: Plan) -> None:
    """Write ``design.csv``: a row for each point, a column for each key; ``design=file`` reads it again."""
    text = design_table(plan).to_csv(index=False, lineterminator="\n")
    write_safely(folder / DESIGN, text.encode())


def cell_figures(folder: Path, plan: Plan, known: Known | None = None) -> pd.DataFrame:
    """Combine the months of every run into one number a metric, some files at a time.

    Parameters
    ----------
    folder : Path
        Study folder.
    plan : Plan
        Which months count.
    known : Known, optional
        Figures of files that were read before; grows.

    Returns
    -------
    DataFrame
        Indexed by point, arm, scenario and replication; float64.
    """
    import pandas as pd

    made = Known() if known is None else known
    batch: list[tuple[Chunk, pd.DataFrame]] = []
    for chunk, months in each_result(folder, frozenset(made.files)):
        if POINT not in months:
            months.insert(0, POINT, 0)
        batch.append((chunk, months))
        if sum(len(table) for _, table in batch) >= ROWS_AT_A_TIME:
            made.add(batch, plan)
            batch = []
    made.add(batch, plan)
    if not made.figures:
        raise StoreError(f"{folder}: holds no finished part of a study")
    return pd.concat(made.figures).sort_index()


@dataclass
class Known:
    """Figures of runs, and the files that they came from."""

    files: set[str] = field(default_factory=set)
    figures: list[pd.DataFrame] = field(default_factory=list)

    def add(self, batch: Sequence[tuple[Chunk, pd.DataFrame]], plan: Plan) -> None:
        """Take in the months of some files."""
        import pandas as pd

        if not batch:
            return
        closures = pd.DataFrame([row for chunk, _ in batch for cell in chunk.cells for row in closure_rows(cell)])
        months = pd.concat([table for _, table in batch], ignore_index=True)
        window = {"window_from": plan.study.window_from, "window_months": plan.study.window_months}
        self.figures.append(run_figures(months, closures, keys=KEYS, **window))
        self.files |= {chunk.key for chunk, _ in batch}


def write(folder: Path, plan: Plan, search: Search | None = None, known: Known | None = None) -> pd.DataFrame:
    """Write ``cells.parquet``, ``points.csv`` and what was found from the stored results; return the points' table."""
    write_design(folder, plan)
    cells = cell_figures(folder, plan, known)
    design = design_table(plan)
    sink = io.BytesIO()
    beside(design, cells).to_parquet(sink, index=False)
    write_safely(folder / CELLS, sink.getvalue())
    table = point_table(cells, {arm.name: arm.parent for arm in plan.shown})
    whole = beside(design, table)
    write_safely(folder / POINTS, whole.to_csv(index=False, float_format="%.10g", lineterminator="\n").encode())
    table.attrs["notes"] = discovery.write(folder, plan, table, cells)
    if search is not None and search.told:
        for name, found in search.tables().items():
            text = found.to_csv(index=False, na_rep="n/a", float_format="%.10g", lineterminator="\n")
            write_safely(folder / f"{name}.csv", text.encode())
        write_safely(folder / SEARCH, "".join(f"{said}\n" for said in search.sentences()).encode())
        table.attrs["notes"] += search.sentences()
    return table


def beside(design: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Put the values of each point beside its rows."""
    import pandas as pd

    asked = design.reindex(table.index.get_level_values(POINT)).set_axis(table.index)
    asked = asked.drop(columns=[name for name in asked if name in table])
    return pd.concat([asked, table], axis=1).copy().reset_index()


def point_table(cells: pd.DataFrame, parents: dict[str, str]) -> pd.DataFrame:
    """Mean over replications of every figure, with its standard error, and the paired difference to the parent.

    Returns
    -------
    DataFrame
        Indexed by point, arm and scenario; columns ``NAME``, ``NAME.error`` (standard error), ``NAME.difference``
        and ``NAME.difference_error`` for arms with a parent, ``replications``.
    """
    import pandas as pd

    groups = cells.groupby(level=KEYS[:3])
    size = groups.size()
    root = np.sqrt(size)
    parts = [groups.mean(), groups.std().div(root, axis=0).add_suffix(".error")]
    gaps = []
    for arm, parent in parents.items():
        if parent:
            ours, theirs = (cells.xs(name, level="arm") for name in (arm, parent))
            gap = (ours - theirs).groupby(level=[POINT, "scenario"])
            both = [gap.mean().add_suffix(".difference")]
            both.append(gap.std().div(np.sqrt(gap.size()), axis=0).add_suffix(".difference_error"))
            gaps.append(pd.concat({arm: pd.concat(both, axis=1)}, names=["arm"]).reorder_levels(KEYS[:3]))
    if gaps:
        parts.append(pd.concat(gaps))
    return pd.concat([size.rename("replications"), *parts], axis=1).rename_axis(KEYS[:3])


def print_study(table: pd.DataFrame, plan: Plan, console: Console, written: Sequence[Path]) -> None:
    """Print the range of the main figures over the points, and where the files are."""
    from sim.study.plan.telling import words_of

    say, units = words_of(plan), figures_of(table.columns)
    for scenario in plan.scenarios:
        for arm in plan.shown:
            here = table.xs((arm.name, scenario.name), level=("arm", "scenario"))
            names = [name for name in MAIN if name in here and here[name].notna().any()]
            ranges = [_range(here[name], measure_of(name, units[name].unit), say) for name in names]
            columns = [
                Column(say(f"sweep.{heading}"), "", [Number(written[place], unit=unit) for _, unit, written in ranges])
                for place, heading in enumerate(("lowest", "median", "highest"))
            ]
            named = {"arm": arm.name, "scenario": scenario.name, "points": len(plan.points)}
            rows = [Row(name) for name, *_ in ranges]
            print_table(console, say("sweep.terminal.title", **named), say("sweep.figure"), rows, columns)
            console.print()
    for line in prose_lines(say("sweep.terminal.reading"), console.width):
        console.print(line, highlight=False, markup=False, style="dim", soft_wrap=True)
    for note in table.attrs.get("notes", []):
        console.print(note, highlight=False, markup=False, soft_wrap=True)
    for path in written:
        console.print(str(path), highlight=False, markup=False, soft_wrap=True)


def _range(values: pd.Series[float], measure: Figure, say: Words) -> tuple[str, str, list[str]]:
    """Name with its unit, the unit alone, and lowest, median and highest as written."""
    scale = scale_of(measure, values, say=say)
    figures = [scale.text(float(value)) for value in (values.min(), values.median(), values.max())]
    return headed(measure, scale.unit, say), f"{scale.unit}{span_of(measure, say)}".strip(), figures
