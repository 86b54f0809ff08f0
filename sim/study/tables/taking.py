"""Taking a study elsewhere as fact and dimension tables, with the dictionary of their columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.study.store.exporting import as_text
from sim.study.store.files import write_safely
from sim.study.tables.declared import DICTIONARY, INTEGER, NUMBER, TEXT, Column, dictionary_rows
from sim.study.tables.made import tables
from sim.study.tables.sinks import SINKS

if TYPE_CHECKING:
    import pandas as pd

FRAMES = {INTEGER: "Int64", NUMBER: "float64", TEXT: "str"}
"""What a column's type is in a frame."""


def take(folder: Path, form: str) -> list[Path]:
    """Write the tables of a study into its folder and return what was written, the dictionary last.

    Parameters
    ----------
    folder : Path
        Study folder.
    form : str
        ``csv``: the folder ``export`` with a file for each table; ``sqlite``: ``study.sqlite``; ``duckdb``:
        ``study.duckdb``. With each goes ``dictionary.csv``, a row for each column of each table.

    Raises
    ------
    StoreError
        No study, a damaged or missing file, or a disk that takes no more.
    ExtraMissing
        DuckDB needs the extra ``analysis``.
    """
    import pandas as pd

    name, sink_at = SINKS[form]
    found = tables(folder)
    words = dictionary_rows({table.name: table.columns for table in found})
    path = folder / name
    with sink_at(path) as sink:
        for table in found:
            sink.begin(table.name, table.columns)
            for piece in table.pieces():
                if len(piece):
                    sink.add(fitted(piece, table.columns))
        sink.begin("dictionary", DICTIONARY)
        sink.add(fitted(pd.DataFrame(words), DICTIONARY))
    if path.is_dir():
        return [path, path / "dictionary.csv"]
    write_safely(folder / "dictionary.csv", as_csv(pd.DataFrame(words)))
    return [path, folder / "dictionary.csv"]


def fitted(rows: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Rows with the columns of a table, in their order and of their types; a column that is lacking is empty."""
    import pandas as pd

    whole = rows.reindex(columns=[column.name for column in columns])
    made = {}
    for column in columns:
        values = whole[column.name]
        if column.type == TEXT:
            made[column.name] = values.astype(object).where(values.notna(), None)
        else:
            made[column.name] = values.astype(FRAMES[column.type])
    return pd.DataFrame(made, index=whole.index)


def as_csv(rows: pd.DataFrame) -> bytes:
    """A table of texts as CSV, in which no text is computed by a spreadsheet."""
    return bytes(rows.map(as_text).to_csv(index=False, lineterminator="\n").encode())
