"""Reading of a study folder what an office file needs beside its months: tables, segments, the language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.language.words import Words
from sim.reports.manifest import words_of
from sim.study.compare import by_segment
from sim.study.store.files import StoreError
from sim.study.store.journal import NOTED

if TYPE_CHECKING:
    import pandas as pd

TEXTS = ("arm", "scenario", "metric", "unit", "period", "parent", "interval")
"""Columns of the folder's tables that hold texts; so do axes of options."""


def told_in(manifest: Mapping[str, Any], language: str = "") -> Words:
    """Return the words of a language; those of the study where none is named."""
    return words_of(dict(manifest), language)


def design_texts(manifest: Mapping[str, Any]) -> set[str]:
    """Return the axes of a design whose values are texts."""
    axes = (manifest.get("design") or {}).get("axes", [])
    return {axis["key"] for axis in axes if any(isinstance(value, str) for value in axis["values"])}


def read_table(path: Path, texts: Iterable[str] = ()) -> pd.DataFrame:
    """Read a table of the folder; what is a text stays one, be it ``007`` or ``NA``.

    Raises
    ------
    StoreError
        The table is not there, or is none.
    """
    import pandas as pd

    known = {*TEXTS, *texts}
    try:
        names = pd.read_csv(path, nrows=0).columns
        missing = {name: ["", "n/a"] for name in names if name not in known}
        return pd.read_csv(path, dtype=dict.fromkeys(known, str), keep_default_na=False, na_values=missing)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise StoreError(
            f"{path}: cannot be read ({why}): make it again with: creditcycle report {path.parent}"
        ) from None


def segments(folder: Path) -> pd.DataFrame | None:
    """Return the results by segment, means over replications; None where the folder has none."""
    if not (folder / NOTED / "segments").is_dir():
        return None
    return by_segment.mean_segments(folder)
