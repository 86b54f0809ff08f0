"""Persons who have left for good leave a checkpoint, too: every month would walk past their rows for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.tables.checkpoint import write_checkpoint
from sim.engine.tables.room import taken
from sim.engine.tables.table import Table
from sim.lender import lines, observation

PERSONS = ("persons", "accounts")  # tables that have a row for each person
Saved = Mapping[str, Any]
Mask = NDArray[np.bool_]


def let_go(model: Any) -> None:
    """Let what holds columns and closes of a model that is done with forget them."""
    for population in model.populations:
        population.close()
    model.lender.experience.lines = []


def on_disk(folder: Path, tables: Mapping[str, Table], numbers: Saved, whole: bool) -> Path:
    """Write a checkpoint into a folder, which holds all rows of a model that goes on.

    Raises
    ------
    ValueError
        If it is asked for less: rows are left out, and columns given away, in memory alone.
    """
    if not whole:
        raise ValueError(
            f"folder: a checkpoint in {folder} keeps all rows; departed=False and last=True are without one"
        )
    write_checkpoint(folder, tables, numbers)
    return folder


def rows_in_use(table: Table, copied: bool, last: bool = False) -> dict[str, NDArray[Any]]:
    """Columns of a table; given away the ``last`` time, not copied for `without_departed`, which copies what stays."""
    if last:
        return table.give_away()
    return table.save() if copied else {name: table[name] for name in table.columns}


def without_departed(saved: Saved, last: bool = False) -> dict[str, Any]:
    """Return what a model saved without the rows of persons who have left, as far as nothing remembers them.

    Who is who stands in columns, so that draws and figures stay the same to the bit; rows are numbered anew, in the
    same order, wherever a row is named: owners of firms, samples of the score, what the lender remembers of lines.
    The ``last`` time each column goes as soon as its rows are copied: of a large book there is no room for both.
    """
    tables = saved["tables"]
    stay, owners = tables["accounts"]["alive"] > 0, tables["firms"]["owner"]
    for rows in remembered(saved):
        stay[rows] = True
    kept = np.flatnonzero(stay)  # quicker to look up by than a mask
    found: dict[str, dict[str, NDArray[Any]]] = {name: {} for name in tables}
    for name, columns in tables.items():
        for one in tuple(columns):
            values = columns.pop(one) if last else columns[one]
            found[name][one] = taken(values, kept) if name in PERSONS else values.copy()
    found["firms"]["owner"] = np.searchsorted(kept, owners).astype(owners.dtype)
    waiting = [{**sample, "rows": np.searchsorted(kept, sample["rows"])} for sample in saved["scores"]["waiting"]]
    return {
        **saved,
        "tables": found,
        "scores": {**saved["scores"], "waiting": waiting},
        "lender": lender_without(saved["lender"], stay, last),
    }


def remembered(saved: Saved) -> Iterator[NDArray[np.int64]]:
    """Rows of persons that something names: who owns a firm, who is in a sample, who has defaulted within the year."""
    yield saved["tables"]["firms"]["owner"]
    yield from (sample["rows"] for sample in saved["scores"]["waiting"])
    yield from (month["rows"] for month in saved["lender"]["experience"]["lines"][0]["defaulted"])


def lender_without(saved: Saved, stay: Mask, last: bool = False) -> dict[str, Any]:
    """What a lender remembers of persons' rows, bool[rows], when some of them stay; of firms it remembers all."""
    experience, classes = saved["experience"], saved["classes"]
    persons, *firms = experience["lines"]
    stages = experience["stages"]
    if stages is not None:
        stages = {**stages, "watched": observation.of_some_rows(stages["watched"], stay)}
    return {
        **saved,
        "classes": classes if classes is None else observation.of_some_rows(classes, stay),
        "experience": {**experience, "lines": [lines.of_some_rows(persons, stay, last), *firms], "stages": stages},
    }
