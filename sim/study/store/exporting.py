"""Taking a study's results elsewhere: CSV, or an xarray Dataset with units; `sim.office` makes a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.figures.catalog import METRICS
from sim.study.run.cell import KEYS
from sim.study.store.extras import extra
from sim.study.store.files import replacing
from sim.study.store.reading import each_result, read_manifest, read_results, result_columns
from sim.study.store.store import POINT, check_counted

COMPUTED = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet takes for a formula."""


def export(folder: Path) -> Path:
    """Write ``results.csv``: the months of a study, money in fen and shares as fractions, as many rows as there are.

    File by file, so that memory does not grow with the study.

    Raises
    ------
    StoreError
        No study, a damaged or missing file, or a disk that takes no more.
    """
    path = folder / "results.csv"
    check_counted(folder, read_manifest(folder))
    columns = result_columns(folder)
    whole = [name for name in columns if name in METRICS and METRICS[name].is_whole]
    with replacing(path) as file:
        for _, months in each_result(folder):
            months = months.reindex(columns=columns).astype(dict.fromkeys(whole, "Int64"))
            months = months.assign(**{name: months[name].map(as_text).astype(str) for name in ("arm", "scenario")})
            text = months.to_csv(index=False, header=file.tell() == 0, lineterminator="\n")
            file.write(text.encode())
    return path


def begins_like_a_formula(folder: Path) -> list[str]:
    """Names of packages and scenarios that a spreadsheet would compute; ``results.csv`` marks them as texts."""
    manifest = read_manifest(folder)
    names = [str(entry["name"]) for part in ("arms", "scenarios") for entry in manifest[part]]
    return [name for name in names if name.startswith(COMPUTED)]


def as_text(name: object) -> str:
    """Put an apostrophe before a text that a spreadsheet would compute: its own mark for a text."""
    return f"'{name}" if str(name).startswith(COMPUTED) else str(name)


def read_xarray(folder: str | Path) -> Any:
    """Read a study as an xarray Dataset over (point,) arm, scenario, replication and month.

    Returns
    -------
    xarray.Dataset
        Each variable with ``attrs["units"]`` and ``attrs["long_name"]``; not-a-number where a scenario is shorter.
        ``to_netcdf`` writes whole numbers that 32 bits do not hold as 64-bit real numbers, of the same value.

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
    for values in made.data_vars.values():
        # NetCDF 3, which SciPy writes, has no whole numbers of 64 bits; a real one holds them up to 2**53.
        if values.dtype.kind == "i" and 2**31 <= abs(values).max() <= 2**53:
            values.encoding["dtype"] = "float64"
    return made
