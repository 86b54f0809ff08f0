"""Reading the tables that runs note beside their months."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

TEXTS = ("arm", "scenario", "parent", "borrower", "event", "dimension", "segment", "outcome")
"""Columns of words."""


def read_noted(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of all runs of a study folder; empty where the study keeps none of that name."""
    files = sorted((folder / "tables" / name).glob("*.parquet"))
    frames = [pd.read_parquet(io.BytesIO(file.read_bytes())) for file in files]  # of a name in any encoding
    frames = [frame.astype({text: str for text in TEXTS if text in frame}) for frame in frames]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
