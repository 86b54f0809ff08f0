"""A gauge for every cap of a scheme: how high what it caps came, when, and when it stopped new cover."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from sim.reports.chapters.guarantee import SUSPENDED, first_months
from sim.reports.folder import Study

RATES = {
    "outstanding": "compensation_rate_outstanding",
    "released": "compensation_rate_released",
    "cumulative": "compensation_rate_cumulative",
}
"""The compensation rate on its three denominators, and the figure of the month that holds each."""

LEVERAGE = "leverage"
OPEN = 0  # of the metric fund_state
COLUMNS = (
    "scenario", "arm", "gauge", "cap", "highest", "highest_low", "highest_high", "month", "month_low", "month_high",
    "runs", "runs_above", "suspended_runs", "suspended_from_low", "suspended_from_high", "reopened_runs",
    "reopened_low", "reopened_high", "suspended_at_end",
)  # fmt: skip


def gauges(study: Study) -> pd.DataFrame:
    """Compare what each scheme caps with its cap.

    Parameters
    ----------
    study : Study
        As `sim.reports.folder.read_study` gives it.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, a row for each economy, package with a scheme, and gauge: the compensation rate on each of
        `RATES` (fractions), and the fund's ``leverage`` (liabilities, times net assets) where that is capped. ``cap``
        is empty on the denominators that the contract does not look at. ``highest`` is the mean over runs of each
        run's highest month, beside the lowest and highest run; months, the median of the runs that compensate anything
        beside the first and the last, are those of the results, from 0 on.
        ``suspended_from`` is the month at whose end new cover first stopped, ``reopened`` the first later month at
        whose end it was open again, lowest and highest over the runs that have one; ``suspended_at_end`` counts the
        runs whose last month has no new cover. What stopped it may be the cap of the row or any other of the scheme.
    """
    rows = [row for name in study.scenarios for arm in study.arms for row in _of(study, name, arm.name, arm.caps)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of(study: Study, scenario: str, arm: str, caps: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = []
    states = study.paths(scenario, arm, "fund_state")
    for gauge, figure in RATES.items():
        paths = study.paths(scenario, arm, figure)
        cap = float(caps["above"]) if caps.get("denominator") == gauge else math.nan
        if paths.size and (np.nanmax(paths) > 0 or math.isfinite(cap)):
            found.append((scenario, arm, gauge, cap, *_highest(paths, cap), *suspension(states)))
    cap = float(caps.get("leverage") or math.nan)
    paths = study.paths(scenario, arm, "fund_leverage")
    if paths.size and math.isfinite(cap):
        found.append((scenario, arm, LEVERAGE, cap, *_highest(paths, cap), *suspension(states)))
    return found


def _highest(paths: np.ndarray, cap: float) -> tuple[float, ...]:
    """Highest month of the runs: mean, lowest and highest run, its months, runs, and how many of them pass the cap."""
    known = np.where(np.isfinite(paths), paths, -np.inf)
    tops, months = known.max(axis=1), known.argmax(axis=1)
    above = int((tops > cap).sum()) if math.isfinite(cap) else 0
    ends = float(tops.mean()), float(tops.min()), float(tops.max())
    months = months[tops > 0]  # a run without any compensation has no highest month
    when = (float(np.median(months)), float(months.min()), float(months.max())) if len(months) else (math.nan,) * 3
    return *ends, *when, len(paths), above


def suspension(states: np.ndarray) -> tuple[float, ...]:
    """Say when new cover stopped and opened again.

    Parameters
    ----------
    states : float64[runs, months]
        The metric ``fund_state``; ``[0, 0]`` where there is no fund.

    Returns
    -------
    tuple
        Runs in which it stopped, the first and last of the months in which it did, runs in which it opened again, the
        first and last of those months, and runs in which it stands stopped in the last month; ``nan`` for no month.
    """
    if not states.size:
        return 0, math.nan, math.nan, 0, math.nan, math.nan, 0
    stopped = first_months(states, SUSPENDED)
    after = np.arange(states.shape[1])[None, :] > stopped[:, None]
    again = first_months(((states == OPEN) & after).astype(float), 1)
    ends = [_ends(months[np.isfinite(months)]) for months in (stopped, again)]
    return *ends[0], *ends[1], int((states[:, -1] >= SUSPENDED).sum())


def _ends(months: np.ndarray) -> tuple[float, float, float]:
    return (len(months), float(months.min()), float(months.max())) if len(months) else (0, math.nan, math.nan)
