"""What the folder of an experiment keeps: tables as committed, their hashes, and tables within its page."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pandas as pd

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def committed(source: Path | io.StringIO) -> pd.DataFrame:
    """Read a table as committed."""
    return pd.read_csv(source, na_values="n/a", keep_default_na=False, dtype={"base": str})


def digest(text: str) -> str:
    """Sha256 of a table as committed."""
    return hashlib.sha256(text.encode()).hexdigest()


def note(folder: Path, **hashes: str) -> None:
    """Keep hashes in ``hashes.json`` of a folder."""
    path = folder / "hashes.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps(dict(sorted((known | hashes).items())), indent=1) + "\n", encoding="utf-8")


def put_between_marks(page: Path, text: str) -> None:
    """Replace what stands between the marks of a page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
