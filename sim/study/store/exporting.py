"""Taking a study's results elsewhere: CSV, a workbook, or an xarray Dataset with units."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.figures.catalog import METRICS
from sim.study.run.cell import KEYS
from sim.study.store.extras import extra
from sim.study.store.files import replacing, write_safely
from sim.study.store.reading import each_result, read_manifest, read_results, result_columns
from sim.study.store.store import POINT, StoreError, check_counted

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "xlsx")
LONGEST_SHEET = 1_048_576
TABLES = ("summary.csv", "points.csv", "design.csv")
TEXTS = ("arm", "scenario", "metric", "unit", "period", "parent", "interval")
"""Columns of these tables that hold texts; so do axes of options."""

COMPUTED = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet takes for a formula."""


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
    manifest = read_manifest(folder)
    units = {name: entry["unit"] for name, entry in manifest["units"].items()}
    axes = (manifest.get("design") or {}).get("axes", [])
    texts = {*TEXTS, *(axis["key"] for axis in axes if any(isinstance(value, str) for value in axis["values"]))}
    if form == "csv":
        return _csv(folder)
    extra("openpyxl", "analysis")
    import pandas as pd

    months = read_results(folder)
    if len(months) >= LONGEST_SHEET:
        raise StoreError(f"{folder}: {len(months)} rows are more than a sheet holds; use --format csv")
    path, sink = folder / "results.xlsx", io.BytesIO()
    tables = {"months": months.astype({"arm": str, "scenario": str})}
    tables["units"] = pd.DataFrame(list(units.items()), columns=["column", "unit"])
    for name in TABLES:
        if (folder / name).exists():
            tables[name.removesuffix(".csv")] = _read(folder / name, texts)
    with pd.ExcelWriter(sink, engine="openpyxl") as book:
        for name, table in tables.items():
            _add_sheet(book, name, table)
    write_safely(path, sink.getvalue())
    return path


def _read(path: Path, texts: set[str]) -> pd.DataFrame:
    """Read a table of the folder; what is a text stays one, be it ``007`` or ``NA``."""
    import pandas as pd

    names = pd.read_csv(path, nrows=0).columns
    missing = {name: ["", "n/a"] for name in names if name not in texts}
    return pd.read_csv(path, dtype=dict.fromkeys(texts, str), keep_default_na=False, na_values=missing)


def _add_sheet(book: pd.ExcelWriter, name: str, table: pd.DataFrame) -> None:
    """Write a sheet in which every text is a text: a spreadsheet computes what begins with an equals sign."""
    illegal = extra("openpyxl.cell.cell", "analysis").ILLEGAL_CHARACTERS_RE
    spots = [spot for spot, kind in enumerate(table.dtypes, 1) if kind.kind not in "iufb"]
    words = [table.columns[spot - 1] for spot in spots]
    clean = {word: table[word].str.replace(illegal, "\N{REPLACEMENT CHARACTER}", regex=True) for word in words}
    table.assign(**clean).to_excel(book, sheet_name=name, index=False)
    sheet = book.sheets[name]
    columns = (sheet.iter_cols(min_col=spot, max_col=spot) for spot in spots)
    for cell in itertools.chain(sheet[1], *itertools.chain.from_iterable(columns)):
        if isinstance(cell.value, str):
            cell.data_type = "s"
            cell.quotePrefix = cell.value.startswith(COMPUTED)  # and stays one when it is edited


def begins_like_a_formula(folder: Path) -> list[str]:
    """Names of packages and scenarios that a spreadsheet would compute; ``results.csv`` marks them as texts."""
    manifest = read_manifest(folder)
    names = [str(entry["name"]) for part in ("arms", "scenarios") for entry in manifest[part]]
    return [name for name in names if name.startswith(COMPUTED)]


def as_text(name: object) -> str:
    """Put an apostrophe before a text that a spreadsheet would compute: its own mark for a text."""
    return f"'{name}" if str(name).startswith(COMPUTED) else str(name)


def _csv(folder: Path) -> Path:
    """Write the months file by file, so that memory does not grow with the study."""
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
