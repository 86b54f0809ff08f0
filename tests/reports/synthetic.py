"""A study folder with made-up but orderly numbers, so that the report can be tested without the engine."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

PACKAGES = (
    ("lenient", "", "", "Fixed limits, lines are never closed, no risk is shared.", 0.0, 0.0),
    ("limits", "lenient", "policy/limit: behavioural", "Limits follow behaviour.", -0.006, -0.03),
    ("closing", "limits", "policy/closing: threshold", "Lines of weak scores are closed.", 0.003, -0.06),
    ("platform", "closing", "sharing: joint_loan_30_70", "A partner bank carries 70 %.", 0.0, 0.01),
    ("guaranteed", "lenient", "sharing: guarantee_80_20", "A fund pays 80 % of a loss.", 0.004, 0.05),
)
SCENARIOS = (("calm", 60, 0.0), ("severe_recession", 60, 1.0), ("us_2007_2012", 72, 0.8))
RUN_METRICS = (
    "closures",
    "wrong_closures",
    "censored_closures",
    "defaults_caused_by_closing",
    "random_wrong_closure_share",
)


def unlinked(text: str) -> str:
    """HTML without the links of heads to what their figures mean."""
    return re.sub(r'<a class="figure"[^>]*>(.*?)</a>', r"\1", text)


STUDENT_95 = {2: 12.706, 3: 4.303, 5: 2.776, 10: 2.262, 20: 2.093}


def write_study(
    folder: Path,
    *,
    packages: Sequence[tuple[str, str, str, str, float, float]] = PACKAGES,
    scenarios: Sequence[tuple[str, int, float]] = SCENARIOS,
    replications: int = 20,
    without: Sequence[str] = (),
    noise: float = 0.002,
    fund: bool = True,
) -> Path:
    """Write manifest, results and summary of a synthetic study into ``folder`` and return it.

    ``packages`` holds name, parent, change, meaning, effect on the loss rate and on the approval rate (both
    fractions); ``without`` names metrics to leave out.
    """
    (folder / "results").mkdir(parents=True)
    frames = []
    for scenario, months, depth in scenarios:
        for replication in range(replications):
            generator = np.random.default_rng([replication, len(scenario)])
            common = depth * (1 + 0.35 * generator.normal()) * _wave(months)
            wobble = 0.001 * np.cumsum(generator.normal(size=months))
            for index, package in enumerate(packages):
                own = np.random.default_rng([replication, index, len(scenario)])
                frame = _run(package, months, common, wobble, own, noise, fund)
                frame.insert(0, "month", np.arange(months))
                frame.insert(0, "replication", replication)
                frame.insert(0, "scenario", scenario)
                frame.insert(0, "arm", package[0])
                frames.append(frame)
    monthly = pd.concat(frames, ignore_index=True)
    runs = monthly.drop(columns=list(without), errors="ignore")
    monthly = runs.drop(columns=list(RUN_METRICS), errors="ignore")
    monthly.to_parquet(folder / "results" / "part-000.parquet")
    summary(runs, packages).to_csv(folder / "summary.csv", index=False, na_rep="n/a")
    manifest = {
        "seed": 1,
        "replications": replications,
        "burn_in": 24,
        "borrowers": 20000,
        "config_sha256": "3f0c" * 16,
        "confidence": 0.95,
        "command": "creditcycle seed=1 out=study",
        "results_sha256": "ab12" * 16,
        "versions": {"creditcycle": "0.1.0", "python": "3.11.9", "numpy": "2.4.6"},
        "arms": [dict(zip(("name", "parent", "change", "meaning"), package[:4], strict=True)) for package in packages],
        "scenarios": [{"name": name, "months": months, "meaning": f"{name}, made up"} for name, months, _ in scenarios],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def _wave(months: int) -> np.ndarray:
    """Rise from month 12 to 30 and fall slowly."""
    time = np.arange(months)
    return np.where(time < 12, 0.0, np.exp(-(((time - 32) / 14.0) ** 2)))


def _run(
    package: tuple[str, str, str, str, float, float],
    months: int,
    common: np.ndarray,
    wobble: np.ndarray,
    own: np.random.Generator,
    noise: float,
    fund: bool,
) -> pd.DataFrame:
    """Make one run's months."""
    _name, _, change, _, loss_effect, approval_effect = package
    outstanding = 4.0e10 * (1 + 0.002 * np.arange(months)) * (1 - 0.15 * common)
    loss = 0.03 + 0.03 * np.roll(common, 4) + loss_effect + wobble + noise * own.normal(size=months)
    late = 0.015 + 0.02 * common + loss_effect / 3 + 0.3 * wobble + noise / 4 * own.normal(size=months)
    late = np.maximum(late, 0.001)
    approval = np.clip(0.55 - 0.15 * common + approval_effect + wobble + noise * own.normal(size=months), 0.0, 1.0)
    lost = outstanding * loss / 12
    guaranteed, joint, closes = (
        "guarantee" in change,
        "joint" in change,
        "closing" in change or "joint" in change,
    )
    capital = 1.2e9 - np.cumsum(0.8 * lost) + 9.3e7 * np.arange(months)
    frame = pd.DataFrame(
        {
            "unemployment": 0.05 + 0.045 * common + wobble,
            "loss_rate": loss,
            "delinquent_30": late,
            "delinquent_90": 0.6 * late,
            "approval_rate": approval,
            "outstanding": outstanding.astype(np.int64),
            "lender_profit": (outstanding * 0.01 - lost * (0.2 if guaranteed else 1.0)).astype(np.int64),
            "capital_ratio": 0.12 - loss,
            "fund_capital": (np.maximum(capital, 0.0) if guaranteed and fund else np.zeros(months)).astype(np.int64),
            "charged_off": (1.2 * lost).astype(np.int64),
            "price": np.full(months, 0.18 - loss_effect),
            "utilisation": 0.4 + 0.1 * common,
            "median_cash": (4.0e5 * (1 - 0.2 * common)).astype(np.int64),
            "access_thin_file": approval * 0.7,
            "access_low_income": approval * 0.8,
        }
    )
    frame["access_all"] = approval * 0.75 + 0.2
    frame["defaults"] = 40
    frame["default_job_loss"] = 25
    frame["default_strategic"] = 15
    frame["can_pay_defaults"] = 0.3
    if guaranteed and fund:
        frame["fund_state"] = np.where(np.cumsum(capital <= 0) > 0, 2, np.where(capital < 3e8, 1, 0))
    else:
        frame["fund_state"] = np.nan
        frame["fund_capital"] = np.nan
    net = lost.astype(np.int64)
    frame["recovered"] = frame["charged_off"] - net
    frame["loss_partner"] = net * 7 // 10 if joint else 0
    frame["loss_fund"] = net * 8 // 10 if guaranteed and fund else 0
    frame["loss_lender"] = net - frame["loss_partner"] - frame["loss_fund"]
    for bucket in range(13):
        share = 1 - 1.6 * late if bucket == 0 else late * 1.6 * 0.6**bucket
        frame[f"balance_m{bucket}"] = (outstanding * share).astype(np.int64)
    closures = int(900 * (1 + common.max())) if closes else 0
    for metric, share in zip(RUN_METRICS, (1.0, 0.45, 0.12, 0.06), strict=False):
        frame[metric] = int(closures * share * (1 + 0.05 * own.normal()))
    frame["random_wrong_closure_share"] = 0.95 if closes else math.nan
    return frame


def summary(monthly: pd.DataFrame, packages: Sequence[tuple[str, str, str, str, float, float]]) -> pd.DataFrame:
    """Summarise as the study does: means over replications, paired differences, 95 % intervals."""
    metrics = [name for name in monthly.columns if name not in ("arm", "scenario", "replication", "month")]
    last = {"fund_capital"}
    groups = monthly.groupby(["scenario", "arm", "replication"], sort=False)
    runs = groups[metrics].mean()
    for metric in last & set(metrics):
        runs[metric] = groups[metric].last()
    runs = runs.sort_index()
    rows = []
    for scenario in dict.fromkeys(monthly["scenario"]):
        for name, parent, *_ in packages:
            for metric in metrics:
                own = runs.loc[(scenario, name), metric].to_numpy(np.float64)
                row = {
                    "scenario": scenario,
                    "arm": name,
                    "metric": metric,
                    "parent": parent,
                    "replications": len(own),
                }
                row |= dict(zip(("mean", "low", "high"), _interval(own), strict=True))
                if parent:
                    other = runs.loc[(scenario, parent), metric].to_numpy(np.float64)
                    gap = own - other
                    row |= dict(zip(("difference", "difference_low", "difference_high"), _interval(gap), strict=True))
                    spread = gap.var(ddof=1) if len(gap) > 1 else 0.0
                    apart = own.var(ddof=1) + other.var(ddof=1) if len(gap) > 1 else 0.0
                    row["variance_reduction"] = apart / spread if spread > 0 else math.nan
                rows.append(row)
    return pd.DataFrame(rows)


def _interval(values: np.ndarray) -> tuple[float, float, float]:
    mean = float(values.mean())
    if len(values) < 2:
        return mean, math.nan, math.nan
    half = STUDENT_95.get(len(values), 2.0) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return mean, mean - half, mean + half
