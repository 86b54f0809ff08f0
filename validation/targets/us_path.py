"""The United States of 2007-2012: card delinquency along the published path of unemployment."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np

from validation.targets.pooling import Floats, Measure, Worlds, share_by_month

FILE = Path(__file__).resolve().parents[2] / "experiments" / "backtest_us_2007" / "card_delinquency.csv"
BASE, LAST = slice(0, 4), slice(20, 24)  # quarters of 2007 and of 2012
QUARTERS = [f"{year}Q{quarter}" for year in range(2007, 2013) for quarter in (1, 2, 3, 4)]


def published() -> Floats:
    """Share of card balances 30 days and more past due, 2007 = 1, float64[24] (Board of Governors, DRCCLACBS)."""
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    percent = {row["quarter"]: float(row["delinquent_percent"]) for row in csv.DictReader(lines)}
    return index_of(np.array([percent[quarter] for quarter in QUARTERS]))


def index_of(path: Floats) -> Floats:
    """Divide a path of quarters by its mean of 2007."""
    return np.asarray(path / path[BASE].mean())


def ours(worlds: Worlds) -> Floats:
    """The same of persons at the end of each quarter, of the loans of all seeds."""
    return index_of(share_by_month(worlds, "path", "person_delinquent_30", "person_outstanding")[2::3])


def along_path(figure: Callable[[Floats, Floats], float]) -> Measure:
    """A figure of our index against the published one."""
    return lambda worlds: figure(ours(worlds), published()) if worlds[0].path.told else np.nan


correlation = along_path(lambda index, actual: float(np.corrcoef(index, actual)[0, 1]))
peak_over_published = along_path(lambda index, actual: float(index.max() - actual.max()))
quarters_late = along_path(lambda index, actual: float(np.argmax(index)) - float(np.argmax(actual)))
end_over_published = along_path(lambda index, actual: float(index[LAST].mean() - actual[LAST].mean()))
