"""Reading a study folder: manifest, summary and monthly results, as the report needs them."""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.figures.catalog import METRICS
from sim.figures.own import declare_units
from sim.language.words import Words
from sim.reports.arms import Arm, arm_of
from sim.reports.manifest import find_key, meanings, words_of
from sim.reports.noted import read_noted
from sim.reports.words.formats import place_of

KEYS = ("arm", "scenario", "replication")


@dataclass(frozen=True)
class Estimate:
    """One row of ``summary.csv``: mean over replications and paired difference, with 95 % intervals.

    Figures are in the stored unit (fractions, fen, counts); ``nan`` where there were not enough runs.
    """

    mean: float = math.nan
    low: float = math.nan
    high: float = math.nan
    parent: str = ""
    difference: float = math.nan
    difference_low: float = math.nan
    difference_high: float = math.nan
    variance_reduction: float = math.nan
    replications: int = 0

    @property
    def direction(self) -> int:
        """Sign of the difference where its interval excludes zero; 0 where it does not or is unknown."""
        if not (math.isfinite(self.difference_low) and math.isfinite(self.difference_high)):
            return 0
        return 1 if self.difference_low > 0 else -1 if self.difference_high < 0 else 0

    @property
    def identical(self) -> bool:
        """Whether the package and its parent have the same figure in every run, of at least two."""
        return self.difference == self.difference_low == self.difference_high == 0.0

    @property
    def has_interval(self) -> bool:
        """Whether the paired difference has an interval."""
        return math.isfinite(self.difference_low) and math.isfinite(self.difference_high)


NO_ESTIMATE = Estimate()


@dataclass
class Study:
    """A study folder in memory.

    ``monthly`` holds one row for each arm, scenario, replication and month from 0 on; ``runs`` one row for each arm,
    scenario and replication with the figures that have no month; ``own`` names figures of the user's own. ``beside``
    holds the sums of tables beside the months of the ``folder`` that have been asked for.
    """

    manifest: dict[str, Any]
    summary: pd.DataFrame
    monthly: pd.DataFrame
    runs: pd.DataFrame
    arms: list[Arm]
    scenarios: list[str]
    scenario_meaning: dict[str, str] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)
    risk: pd.DataFrame = field(default_factory=pd.DataFrame)
    dominance: pd.DataFrame = field(default_factory=pd.DataFrame)
    worlds: pd.DataFrame = field(default_factory=pd.DataFrame)
    segments: pd.DataFrame = field(default_factory=pd.DataFrame)
    gains: pd.DataFrame = field(default_factory=pd.DataFrame)
    folder: Path | None = None
    beside: dict[str, pd.DataFrame] = field(default_factory=dict)
    _estimates: dict[tuple[str, str, str], Estimate] = field(default_factory=dict)
    _cells: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    _paths: dict[tuple[str, str, str], np.ndarray] = field(default_factory=dict)
    _shapes: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    @property
    def say(self) -> Words:
        """Texts of the language that the study is told in."""
        return words_of(self.manifest)

    def arm(self, name: str) -> Arm:
        """Return the package called ``name``."""
        return next(arm for arm in self.arms if arm.name == name)

    @property
    def root(self) -> Arm:
        """The package without a parent, which the others are built on."""
        return next((arm for arm in self.arms if not arm.parent), self.arms[0])

    @property
    def borrowers(self) -> int | None:
        """Number of borrowers in a run, where the manifest says it."""
        value = find_key(self.manifest, "borrowers")
        return int(value) if isinstance(value, int | float) and value > 0 else None

    @property
    def replications(self) -> int:
        """Largest number of replications that any arm and scenario has."""
        return int(max((frame["replication"].nunique() for frame in self._cells.values()), default=0))

    @property
    def world_count(self) -> int:
        """Worlds that every package lived in; 0 where there is none but the preset's."""
        return int(self.worlds["worlds"].max()) if len(self.worlds) else 0

    @property
    def confidence(self) -> float:
        """Coverage of the intervals, fraction."""
        value = self.manifest.get("confidence", 0.95)
        return float(value) if isinstance(value, int | float) else 0.95

    @property
    def coverage(self) -> str:
        """Coverage of the intervals as printed, such as ``95 %``."""
        return f"{100 * self.confidence:g}\u202f%"

    def months(self, scenario: str) -> int:
        """Return the number of months after the policy date in ``scenario``."""
        last = [frame["month"].max() for (_, name), frame in self._cells.items() if name == scenario]
        return int(max(last)) + 1 if last else 0

    def place(self, scenario: str) -> str:
        """Return a scenario as the object of 'in', see `place_of`."""
        return place_of(self.manifest, scenario, self.say)

    def estimate(self, scenario: str, arm: str, metric: str) -> Estimate:
        """Return the row of ``summary.csv``, or an estimate of ``nan`` where there is none."""
        return self._estimates.get((scenario, arm, metric), NO_ESTIMATE)

    def has(self, metric: str) -> bool:
        """Whether the monthly results hold a finite figure of ``metric``."""
        return metric in self.monthly.columns and bool(self.monthly[metric].notna().any())

    def paths(self, scenario: str, arm: str, metric: str) -> np.ndarray:
        """Return the monthly figures as float64[replications, months]; ``[0, 0]`` where there are none.

        Months without the base of a pooled figure (an approval rate without applications) are empty. The array
        is shared by all who ask, and nobody can write to it.
        """
        key = (scenario, arm, metric)
        if key not in self._paths:
            self._paths[key] = self._read_paths(*key)
        return self._paths[key]

    def _read_paths(self, scenario: str, arm: str, metric: str) -> np.ndarray:
        frame = self._cells.get((arm, scenario))
        if frame is None or metric not in frame.columns:
            return np.empty((0, 0))
        values = frame[metric].to_numpy(np.float64)
        if np.isnan(values).all():
            return np.empty((0, 0))
        base = METRICS[metric].base if metric in METRICS else ""
        if base in frame:
            values = np.where(frame[base].to_numpy(np.float64) > 0, values, np.nan)
        if (arm, scenario) not in self._shapes:
            self._shapes[arm, scenario] = frame["replication"].nunique(), frame["month"].nunique()
        runs, months = self._shapes[arm, scenario]
        if runs * months == len(frame):
            values.setflags(write=False)
            return values.reshape(runs, months)
        table = frame.assign(**{metric: values}).pivot_table(
            index="replication", columns="month", values=metric, dropna=False
        )
        return table.to_numpy(np.float64)

    def funded(self) -> list[str]:
        """Return the packages in which a guarantee fund holds capital at some time."""
        found = []
        for arm in self.arms:
            cells = [self.paths(name, arm.name, "fund_capital") for name in self.scenarios]
            if any(paths.size and np.nanmax(np.abs(paths)) > 0 for paths in cells):
                found.append(arm.name)
        return found

    def closing(self) -> list[str]:
        """Return the packages that close a line in some scenario."""
        return [
            arm.name
            for arm in self.arms
            if any(self.estimate(name, arm.name, "closures").mean > 0 for name in self.scenarios)
        ]

    def totals(self, scenario: str, arm: str, metric: str) -> np.ndarray:
        """Return the sum over months for each replication, float64[replications]."""
        return np.nansum(self.paths(scenario, arm, metric), axis=1)


def read_study(folder: Path) -> Study:
    """Read ``manifest.json``, ``summary.csv`` and ``results/*.parquet`` of a study folder.

    Raises
    ------
    FileNotFoundError
        If the manifest or every result file is missing.
    ValueError
        If the results lack one of the columns arm, scenario, replication.
    """
    folder = Path(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = sorted((folder / "results").glob("*.parquet"))
    if not files:
        raise FileNotFoundError(f"{folder / 'results'}: no result file (*.parquet); run the study first")
    frames = [pd.read_parquet(io.BytesIO(file.read_bytes())) for file in files]  # of a name in any encoding
    for file, frame in zip(files, frames, strict=True):
        missing = [key for key in KEYS if key not in frame.columns]
        if missing:
            raise ValueError(f"{file}: column {missing[0]} is missing")
    by_month = [frame for frame in frames if "month" in frame.columns]
    by_run = [frame for frame in frames if "month" not in frame.columns]
    monthly = pd.concat(by_month, ignore_index=True) if by_month else pd.DataFrame(columns=[*KEYS, "month"])
    monthly = monthly[monthly["month"] >= 0]
    runs = pd.concat(by_run, ignore_index=True) if by_run else pd.DataFrame(columns=list(KEYS))
    for key in ("arm", "scenario"):
        monthly = monthly.assign(**{key: monthly[key].astype(str)})
    path = folder / "summary.csv"
    summary = pd.read_csv(path, keep_default_na=True) if path.exists() else pd.DataFrame()
    own = declare_units(manifest.get("units", {}))
    study = Study(manifest, summary, monthly, runs, *_names(manifest, monthly))
    study.folder, study.scenario_meaning, study.own = folder, meanings(manifest), own
    ordered = monthly.sort_values([*KEYS, "month"], kind="stable")
    study._cells = {(str(arm), str(name)): cell for (arm, name), cell in ordered.groupby(["arm", "scenario"])}
    study._estimates = _estimates(summary)
    study.risk, study.dominance = _optional(folder / "risk.csv"), _optional(folder / "dominance.csv")
    study.worlds = _optional(folder / "worlds.csv") if manifest.get("worlds") else pd.DataFrame()
    study.segments, study.gains = (read_noted(folder, name) for name in ("segments", "gains"))
    return study


def _optional(path: Path) -> pd.DataFrame:
    """Read a table with n/a where it says so; empty where there is no file."""
    return pd.read_csv(path, na_values=["n/a"], keep_default_na=False) if path.exists() else pd.DataFrame()


def _names(manifest: dict[str, Any], monthly: pd.DataFrame) -> tuple[list[Arm], list[str]]:
    """Return packages and scenarios in the manifest's order; what only the results name comes last."""
    declared = manifest.get("arms") or []
    if isinstance(declared, dict):
        declared = [{"name": name, **(rest or {})} for name, rest in declared.items()]
    arms = [arm_of(entry) for entry in declared]
    known = {arm.name for arm in arms}
    present = list(dict.fromkeys(monthly["arm"]))
    arms += [Arm(name) for name in present if name not in known]
    arms = [arm for arm in arms if arm.name in set(present)] or arms
    scenarios = [entry if isinstance(entry, str) else str(entry["name"]) for entry in manifest.get("scenarios") or []]
    seen = list(dict.fromkeys(monthly["scenario"]))
    scenarios += [name for name in seen if name not in scenarios]
    return arms, [name for name in scenarios if name in set(seen)]


def _estimates(summary: pd.DataFrame) -> dict[tuple[str, str, str], Estimate]:
    """Index the rows of ``summary.csv`` by scenario, arm and metric."""
    found = {}
    for row in summary.to_dict("records"):
        numbers = {name: _float(row.get(name)) for name in _NUMBERS}
        parent = row.get("parent")
        count = _float(row.get("replications"))
        found[(str(row["scenario"]), str(row["arm"]), str(row["metric"]))] = Estimate(
            parent=parent if isinstance(parent, str) else "",
            replications=int(count) if math.isfinite(count) else 0,
            **numbers,
        )
    return found


_NUMBERS = ("mean", "low", "high", "difference", "difference_low", "difference_high", "variance_reduction")


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan
