"""The rows of every table, in pieces: memory holds the months of a few result files at a time, not those of a study."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.compare.compare import run_figures
from sim.study.store.files import StoreError
from sim.study.store.journal import (
    JOURNAL,
    NOTED,
    POINT,
    Chunk,
    check_counted,
    chunks,
    entries,
    own_rows,
    read_chunk,
)
from sim.study.store.reading import closure_rows, each_result, read_manifest, result_columns
from sim.study.tables.declared import (
    DIMENSIONS,
    FACTS,
    Columns,
    figure_rows,
    further_columns,
    months_columns,
)

if TYPE_CHECKING:
    import pandas as pd

RUNS = (POINT, "arm", "scenario", "replication")
ROWS_AT_A_TIME = 50_000
RENAMED = {"arm": "package", "scenario": "economy", "metric": "figure"}
TEXTS = ("arm", "scenario", "metric", "parent", "interval")
Pieces = Callable[[], Iterable["pd.DataFrame"]]


@dataclass(frozen=True)
class Table:
    """A table of an export: its name, its columns, and what makes its rows piece by piece."""

    name: str
    columns: Columns
    pieces: Pieces


def tables(folder: Path) -> list[Table]:
    """Tables of a study, dimensions first; nothing of theirs is read yet but names.

    Raises
    ------
    StoreError
        No study, or one from which cells or tables are missing; one line.
    """
    manifest = read_manifest(folder)
    check_counted(folder, manifest)
    columns = result_columns(folder)
    if not columns:
        raise StoreError(f"{folder}: holds no finished part of a study")
    numbers = run_numbers(folder, manifest)
    made: dict[str, Pieces] = {
        "dim_package": partial(_rows, manifest["arms"], {"package": "name"}),
        "dim_economy": partial(_rows, manifest["scenarios"], {"economy": "name"}),
        "dim_figure": partial(_rows, figure_rows(columns), {}),
        "dim_point": partial(_points, folder, manifest),
        "dim_run": partial(_rows, numbers, {"package": "arm", "economy": "scenario"}),
    }
    with_design = "design" in manifest
    at_points = partial(_of_points, folder, columns)
    of_study = partial(_of_summary, folder)
    facts: dict[str, Pieces] = {
        "fact_run": partial(_figures, folder, manifest, numbers),
        "fact_estimate": partial(at_points if with_design else of_study, differences=False),
        "fact_difference": partial(at_points if with_design else of_study, differences=True),
    }
    return [
        *(Table(name, DIMENSIONS[name], pieces) for name, pieces in made.items()),
        Table("fact_month", months_columns(columns), partial(_months, folder, numbers)),
        *(Table(name, FACTS[name], pieces) for name, pieces in facts.items()),
        *_further(folder, numbers),
    ]


def run_numbers(folder: Path, manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of ``dim_run``: every run with its number, in the order of point, package, economy and replication."""
    places = {part: [one["name"] for one in manifest[part]] for part in ("arms", "scenarios")}
    worlds = len(manifest.get("worlds") or ())
    found = [
        {
            POINT: entry.point,
            "arm": run["arm"],
            "scenario": run["scenario"],
            "replication": entry.replication,
            "world": entry.replication % worlds if worlds else None,
            "sha256": run["sha256"],
        }
        for entry in entries(folder)
        for run in entry.runs
    ]

    def place(row: Mapping[str, Any]) -> tuple[int, int, int, int]:
        of = places["arms"].index(row["arm"]), places["scenarios"].index(row["scenario"])
        return row[POINT], *of, row["replication"]

    return [{"run": number, **row} for number, row in enumerate(sorted(found, key=place), 1)]


def _rows(rows: list[dict[str, Any]], called: Mapping[str, str]) -> Iterator[pd.DataFrame]:
    """Rows that are at hand, under the names of the table's columns."""
    import pandas as pd

    yield pd.DataFrame(rows).rename(columns={there: here for here, there in called.items()})


def _points(folder: Path, manifest: Mapping[str, Any]) -> Iterator[pd.DataFrame]:
    """Every setting of every point of a design, as texts; none without a design."""
    import pandas as pd

    if "design" not in manifest:
        return
    design = pd.read_csv(_there(folder / "design.csv"), dtype=str, keep_default_na=False)
    design.insert(0, POINT, range(len(design)))
    yield design.melt(POINT, var_name="setting", value_name="value").sort_values(POINT, kind="stable")


def _there(path: Path) -> Path:
    """The path of a table of the study, which must be there."""
    if not path.is_file():
        raise StoreError(f"{path}: is missing; make it again with: creditcycle report {path.parent}")
    return path


def _with_run(months: pd.DataFrame, numbers: list[dict[str, Any]]) -> pd.DataFrame:
    """Put the number of the run in place of what names it."""
    import pandas as pd

    keys = [key for key in RUNS if key in months]
    known = pd.DataFrame(numbers)[[*keys, "run"]]
    return months.astype({"arm": str, "scenario": str}).merge(known, on=keys, validate="m:1").drop(columns=keys)


def _months(folder: Path, numbers: list[dict[str, Any]]) -> Iterator[pd.DataFrame]:
    """Months of the runs, result file by result file."""
    for _, months in each_result(folder):
        yield _with_run(months, numbers)


def _figures(folder: Path, manifest: Mapping[str, Any], numbers: list[dict[str, Any]]) -> Iterator[pd.DataFrame]:
    """Figures of each run, its months combined over the study's window."""
    import pandas as pd

    window = {"window_from": manifest["window"]["from"], "window_months": manifest["window"]["months"]}
    for chunk, months in each_result(folder):
        keys = [key for key in RUNS if key in months]
        closures = pd.DataFrame([row for cell in chunk.cells for row in closure_rows(cell)])
        closures = closures.drop(columns=[key for key in RUNS if key not in keys])
        runs = run_figures(months, closures, keys=keys, **window).reset_index()
        long = _with_run(runs, numbers).melt("run", var_name="figure")
        yield long[long["value"].notna()].sort_values("run", kind="stable")


def _of_summary(folder: Path, *, differences: bool) -> Iterator[pd.DataFrame]:
    """Rows of ``summary.csv``: means with their intervals, or differences to the parent."""
    import pandas as pd

    path = _there(folder / "summary.csv")
    missing = {name: ["", "n/a"] for name in pd.read_csv(path, nrows=0).columns if name not in TEXTS}
    table = pd.read_csv(path, dtype=dict.fromkeys(TEXTS, str), keep_default_na=False, na_values=missing)
    if differences:
        table = table[(table["parent"] != "") & table["difference"].notna()].drop(columns=["low", "high"])
        table = table.rename(columns={"difference_low": "low", "difference_high": "high"})
    else:
        table = table[table["mean"].notna()]
    yield table.rename(columns=RENAMED).assign(**{POINT: 0, "error": None})


def _of_points(folder: Path, columns: Iterable[str], *, differences: bool) -> Iterator[pd.DataFrame]:
    """Rows of ``points.csv``: a figure's means with standard errors, or differences, one figure after the other."""
    import pandas as pd

    texts = dict.fromkeys(("arm", "scenario"), str)
    table = pd.read_csv(_there(folder / "points.csv"), dtype=texts, keep_default_na=False, na_values=[""])
    parents = {arm["name"]: arm["parent"] for arm in read_manifest(folder)["arms"]}
    for name in (row["figure"] for row in figure_rows(columns)):
        value, error = (f"{name}.difference", f"{name}.difference_error") if differences else (name, f"{name}.error")
        if value in table and error in table:
            found = table[[*RUNS[:3], "replications", value, error]].set_axis(
                [POINT, "package", "economy", "replications", "difference" if differences else "mean", "error"], axis=1
            )
            found = found[found.iloc[:, 4].notna()]
            yield found.assign(figure=name, interval="standard error", parent=found["package"].map(parents))


def _further(folder: Path, numbers: list[dict[str, Any]]) -> Iterator[Table]:
    """Tables that the program keeps beside the months, each in a folder of its name."""
    import pyarrow.parquet as pq

    known = {chunk.key: chunk for chunk in chunks(folder)}
    doubled = {path.stem for path in (folder / JOURNAL).glob("*.json")} - known.keys()
    for place in sorted((folder / NOTED).glob("*/")):
        files = sorted(path for path in place.glob("*.parquet") if path.stem not in doubled)
        if files:
            pieces = {path: partial(_piece, folder, path, known.get(path.stem)) for path in files}
            columns = further_columns(pq.read_schema(pieces[files[0]]()[0]))
            yield Table(f"fact_{place.name}", columns, partial(_of_files, pieces, columns, numbers))


def _piece(folder: Path, path: Path, chunk: Chunk | None) -> tuple[io.BytesIO, Chunk | None]:
    """A file of a table, verified where a journal entry speaks for it, which then says whose rows count here."""
    named = chunk if chunk is not None and path.parent.name in chunk.tables else None
    content = read_chunk(folder, named, path.parent.name) if named is not None else path.read_bytes()
    return io.BytesIO(content), named


def _of_files(
    pieces: Mapping[Path, Callable[[], tuple[io.BytesIO, Chunk | None]]],
    columns: Columns,
    numbers: list[dict[str, Any]],
) -> Iterator[pd.DataFrame]:
    """Rows of Parquet files, some at a time."""
    import pyarrow.parquet as pq

    of_run = columns[0].name == "run"
    for path, piece in pieces.items():
        file, chunk = piece()
        for batch in pq.ParquetFile(file).iter_batches(ROWS_AT_A_TIME, use_threads=False):
            rows = batch.to_pandas()
            missing = {column.name for column in columns} - {"run", *rows.rename(columns=RENAMED)}
            if missing:
                raise StoreError(f"{path}: has no column {', '.join(sorted(missing))}, which others of its folder have")
            if chunk is not None and chunk.doubled:
                rows = rows[own_rows(rows, chunk)]
            yield _with_run(rows, numbers) if of_run else rows.rename(columns=RENAMED)
