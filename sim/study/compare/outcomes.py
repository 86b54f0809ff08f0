"""Predicted over realised default of a lender's scores, and how well they tell good from bad: outcomes analysis.

What came of the accounts is what came of them in the simulation, so this says whether the simulated lender's scores are
right about the simulated customers. It is no back-test against accounts of the world.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.figures.catalog import FIGURES
from sim.study.compare.intervals import mean_interval
from sim.study.run.cell import KEYS
from sim.study.store.journal import POINT
from sim.study.store.reading import each_result

if TYPE_CHECKING:
    import pandas as pd

RATES: Mapping[str, tuple[str, str]] = {
    "persons": ("score_predicted", "score_realised"),
    "persons, thin files": ("score_predicted_thin", "score_realised_thin"),
    "persons, thick files": ("score_predicted_thick", "score_realised_thick"),
    **{f"persons, decile {k}": (f"score_predicted_{k}", f"score_realised_{k}") for k in range(1, 11)},
    "firms": ("firm_score_predicted", "firm_score_realised"),
}
"""Figures of the default rate that a score stood for and of the one that came, within 12 months, by whose they are."""

MONITORED = (
    "score_auc", "score_gini", "score_ks", "score_psi", "score_hosmer_lemeshow",
    "firm_score_auc", "firm_score_gini", "firm_score_ks", "firm_score_psi",
)  # fmt: skip
"""Figures of a score that its user watches from year to year."""


def last_judged(folder: Path) -> pd.DataFrame:
    """Figures of the scores at the last month of each run, a row a run; months are read file by file.

    Returns
    -------
    DataFrame
        Point (where there is a design), arm, scenario, replication, and those of the figures that were recorded.
    """
    import pandas as pd

    names = [*dict.fromkeys(name for pair in RATES.values() for name in pair), *MONITORED]
    rows = []
    for _, months in each_result(folder):
        keys = [key for key in (POINT, *KEYS) if key in months and key != "month"]
        kept = [name for name in names if name in months]
        rows.append(months.sort_values("month", kind="stable").groupby(keys, sort=True)[kept].last().reset_index())
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["arm", "scenario"])


def calibration(runs: pd.DataFrame, confidence: float) -> list[dict[str, Any]]:
    """Predicted over realised default by package, economy and group of customers, where scores were judged.

    Parameters
    ----------
    runs : DataFrame
        As `last_judged` returns it.
    confidence : float
        Coverage of the interval of the difference, over runs.

    Returns
    -------
    list of dict
        ``predicted`` and ``realised``: means over the judged runs, a fraction within 12 months; ``ratio`` of these,
        None where nobody defaulted; ``difference`` of predicted less realised with its interval ``low`` to ``high``,
        None where there are too few runs; ``runs`` judged, and ``runs_without`` a judgement.
    """
    found = []
    for (arm, scenario), here in runs.groupby(["arm", "scenario"], sort=False):
        for whom, (predicted, realised) in RATES.items():
            known = here[here[predicted] > 0] if predicted in here and realised in here else here[:0]
            if known.empty:
                continue
            came, stood_for = float(known[realised].mean()), float(known[predicted].mean())
            gap, low, high = mean_interval((known[predicted] - known[realised]).to_numpy(float), confidence)
            found.append(
                {
                    "package": str(arm),
                    "economy": str(scenario),
                    "whom": whom,
                    "predicted": stood_for,
                    "realised": came,
                    "ratio": stood_for / came if came else None,
                    "difference": gap,
                    "low": known_or_none(low),
                    "high": known_or_none(high),
                    "runs": len(known),
                    "runs_without": len(here) - len(known),
                }
            )
    return found


def monitored(runs: pd.DataFrame, confidence: float) -> list[dict[str, Any]]:
    """Discrimination and stability of the scores by package and economy: mean over runs with its interval."""
    found = []
    for (arm, scenario), here in runs.groupby(["arm", "scenario"], sort=False):
        for name in MONITORED:
            values = here[name].dropna().to_numpy(float) if name in here else None
            if values is None or not values.any():  # 0 until a score is judged
                continue
            mean, low, high = mean_interval(values, confidence)
            said = {"figure": name, "unit": FIGURES[name].unit, "meaning": FIGURES[name].meaning}
            ends = {"mean": mean, "low": known_or_none(low), "high": known_or_none(high), "runs": len(values)}
            found.append({"package": str(arm), "economy": str(scenario), **said, **ends})
    return found


def known_or_none(value: float) -> float | None:
    """A number as JSON holds it: None where it is not finite."""
    return value if math.isfinite(value) else None
