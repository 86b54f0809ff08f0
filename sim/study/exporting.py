"""Taking a study's results elsewhere: CSV, a workbook, or an xarray Dataset with units."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from sim.study.cell import KEYS
from sim.study.extras import extra
from sim.study.files import replacing, write_safely
from sim.study.store import POINT, StoreError, check_counted, each_result, read_manifest, read_results

FORMATS = ("csv", "xlsx")
LONGEST_SHEET = 1_048_576
TABLES = ("summary.csv", "points.csv", "design.csv")


def export(folder: Path, form: str) -> Path:
    """Write the months of a study, money in fen and shares as fractions, into one file of its folder.

    Parameters
    ----------
    folder : Path
        Study folder.
    form : str
        ``csv``: ``results.csv``, as many rows as there are; ``xlsx``: ``results.xlsx`` with a sheet of the months,
        one of units and one for each table.

    Raises
    ------
    StoreError
        No study, a damaged or missing file, more months than a sheet holds, or a disk that takes no more.
    ExtraMissing
        A workbook needs the extra ``analysis``.
    """
    units = {name: entry["unit"] for name, entry in read_manifest(folder)["units"].items()}
    if form == "csv":
        return _csv(folder)
    extra("openpyxl", "analysis")
    import pandas as pd

    months = read_results(folder)
    if len(months) >= LONGEST_SHEET:
        raise StoreError(f"{folder}: {len(months)} rows are more than a sheet holds; use --format csv")
    path, sink = folder / "results.xlsx", io.BytesIO()
    with pd.ExcelWriter(sink, engine="openpyxl") as book:
        months.astype({"arm": str, "scenario": str}).to_excel(book, sheet_name="months", index=False)
        pd.Series(units, name="unit").rename_axis("column").reset_index().to_excel(
            book, sheet_name="units", index=False
        )
        for name in TABLES:
            if (folder / name).exists():
                pd.read_csv(folder / name).to_excel(book, sheet_name=name.removesuffix(".csv"), index=False)
    write_safely(path, sink.getvalue())
    return path


def _csv(folder: Path) -> Path:
    """Write the months file by file, so that memory does not grow with the study."""
    path = folder / "results.csv"
    check_counted(folder, read_manifest(folder))
    columns: list[str] | None = None
    with replacing(path) as file:
        for _, months in each_result(folder):
            columns = columns or list(months.columns)
            text = months.reindex(columns=columns).to_csv(index=False, header=file.tell() == 0, lineterminator="\n")
            file.write(text.encode())
    return path


def read_xarray(folder: str | Path) -> Any:
    """Read a study as an xarray Dataset over (point,) arm, scenario, replication and month.

    Returns
    -------
    xarray.Dataset
        Each variable with ``attrs["units"]`` and ``attrs["long_name"]``; not-a-number where a scenario is shorter.

    Raises
    ------
    ExtraMissing
        xarray comes with the extra ``analysis``.
    """
    extra("xarray", "analysis")
    folder = Path(folder)
    months = read_results(folder)
    keys = [key for key in (POINT, *KEYS) if key in months]
    made = months.astype({"arm": str, "scenario": str}).set_index(keys).to_xarray()
    for name, entry in read_manifest(folder)["units"].items():
        if name in made:
            made[name].attrs.update(units=entry["unit"], long_name=entry["meaning"])
    return made
