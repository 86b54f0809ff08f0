"""Tables that runs leave beside their months, as chapters need them: sums over runs, read once."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pandas as pd

from sim.reports.folder import Study

OF_A_CELL = ("arm", "scenario", "borrower")


def sums_of(study: Study, name: str, keys: Sequence[str], amounts: Sequence[str]) -> pd.DataFrame:
    """Sums of a table over the runs of each package and economy; empty where the study keeps no such table.

    Parameters
    ----------
    study : Study
        As it was read from its folder.
    name : str
        The table, a folder below ``tables``.
    keys, amounts : sequence of str
        What to sum by, beside package, economy and borrower, and what to sum.
    """
    if name not in study.beside:
        study.beside[name] = _read(study, name, [*OF_A_CELL, *keys], amounts)
    return study.beside[name]


def _read(study: Study, name: str, keys: Sequence[str], amounts: Sequence[str]) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = sorted((study.folder / "tables" / name).glob("*.parquet")) if study.folder else []
    if not files:
        return pd.DataFrame(columns=[*keys, *amounts])
    parts = [pq.read_table(io.BytesIO(file.read_bytes()), columns=[*keys, *amounts]) for file in files]
    fields = [
        pa.field(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type) for one in parts[0].schema
    ]
    whole = pa.concat_tables([part.cast(pa.schema(fields)) for part in parts])
    found = whole.group_by(list(keys)).aggregate([(amount, "sum") for amount in amounts])
    return found.rename_columns([one.removesuffix("_sum") for one in found.column_names]).to_pandas()
