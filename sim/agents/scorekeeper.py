"""Keeping score of the score: samples of accounts, their outcomes a year on, figures, and new cards."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.policies.discrimination import area_under_curve, fit_logistic, kolmogorov_smirnov, population_stability
from sim.policies.scoring import ANCHOR, COMMON_INFLOW, FEATURES, POINTS, Static
from sim.tables.table import Table

OUTCOME = 12  # months until an account's outcome is known: 90 days past due within them, or not
SAMPLE = 20_000  # accounts of a sample at most
MEMORY = 6  # matured samples that a fit looks at


class ScoreKeeper:
    """Samples accounts in order, waits a year, compares score and outcome, and fits the card anew.

    A sample is taken with its features; only outcomes of the following twelve months are ever joined to it,
    so no fit sees anything that came after its own month.

    Attributes
    ----------
    card : float64[2, 9]
        Log-odds of default: base and weight of each feature, for thick and thin files.
    figures : dict of str to float
        Last judgement: AUC, KS, PSI, default rate predicted and realised; 0 before the first.
    """

    NAMES = ("score_auc", "score_auc_thin", "score_ks", "score_psi", "score_predicted", "score_realised", "refits")

    def __init__(self, settings: Static, score_intercept: float, bureau_weight: float) -> None:
        self.settings, self.intercept = settings, score_intercept
        self.card = settings.card(score_intercept, bureau_weight)
        self.waiting: list[dict[str, Any]] = []
        self.matured: list[dict[str, Any]] = []
        self.reference = np.empty(0)
        self.figures = dict.fromkeys(self.NAMES, 0.0)

    def numbers(self) -> dict[str, np.ndarray]:
        """The card as rules read it."""
        return {f"card_{name}_by_thin_file": self.card[:, k].copy() for k, name in enumerate(("base", *FEATURES))}

    def close(self, month: int, accounts: Table) -> None:
        """Judge what has matured, fit where it is time, and take a sample where it is time."""
        interval = self.settings.refit_interval or OUTCOME
        for sample in [sample for sample in self.waiting if sample["month"] + OUTCOME <= month]:
            self.waiting.remove(sample)
            became = accounts["default_month"][sample["rows"]]
            sample["bad"] = (became > sample["month"]) & (became <= sample["month"] + OUTCOME)
            self._judge(sample)
            self.matured = [*self.matured[1 - MEMORY :], sample]
            if self.settings.refit_interval:
                self._fit()
        if month % interval == 0:
            self.waiting.append(self._sample(month, accounts))

    def _sample(self, month: int, accounts: Table) -> dict[str, Any]:
        fit = (accounts["alive"] != 0) & (accounts["principal"] > 0) & (accounts["months_past_due"] == 0)
        rows = np.flatnonzero(fit)
        rows = rows[:: max(1, -(-len(rows) // SAMPLE))]
        score = accounts["score"][rows].astype(np.float64)
        if len(self.reference) == 0:
            self.reference = score
        thin = accounts["thin_file"][rows] != 0
        return {"month": month, "rows": rows, "score": score, "thin": thin, "features": self._features(accounts, rows)}

    def _features(self, accounts: Table, rows: np.ndarray) -> np.ndarray:
        return features_of(accounts, rows, "signal_used" if self.settings.blurred else "signal")

    def _judge(self, sample: dict[str, Any]) -> None:
        bad, score, thin = sample["bad"], sample["score"], sample["thin"]
        if len(bad) == 0:
            return
        odds = self.intercept + (score - ANCHOR) / POINTS
        self.figures.update(
            score_auc=area_under_curve(-score, bad),
            score_auc_thin=area_under_curve(-score[thin], bad[thin]),
            score_ks=kolmogorov_smirnov(-score, bad),
            score_psi=population_stability(self.reference, score),
            score_predicted=float(np.mean(1.0 / (1.0 + np.exp(odds)))),
            score_realised=float(bad.mean()),
        )

    def _fit(self) -> None:
        features, bad, thin = (
            np.concatenate([sample[name] for sample in self.matured]) for name in ("features", "bad", "thin")
        )
        settings: Any = self.settings
        if bad.sum() < settings.smallest_sample:
            return
        weights = fit_logistic(np.column_stack([features, thin]), bad)
        self.card = np.array([weights[:-1], weights[:-1] + np.eye(len(FEATURES) + 1)[0] * weights[-1]])
        for segment, inside in enumerate((~thin, thin)) if settings.segmented else ():
            if bad[inside].sum() >= settings.smallest_sample:
                self.card[segment] = fit_logistic(features[inside], bad[inside])
        if not settings.recalibrated and len(self.matured[-1]["score"]):
            self.card[:, 0] += self._level(self.matured[-1])
        self.figures["refits"] += 1.0

    def _level(self, sample: dict[str, Any]) -> float:
        """Log-odds that put a sample's mean where its scores stood when it was taken."""
        before = -(self.intercept + (sample["score"] - ANCHOR) / POINTS)
        cards = self.card[sample["thin"].astype(int)]
        return float(np.mean(before - cards[:, 0] - np.sum(cards[:, 1:] * sample["features"], axis=1)))

    def save(self) -> dict[str, Any]:
        """Everything that later months depend on."""
        return {
            "card": self.card,
            "waiting": [dict(sample) for sample in self.waiting],
            "matured": [dict(sample) for sample in self.matured],
            "reference": self.reference,
            "figures": dict(self.figures),
        }

    def restore(self, saved: dict[str, Any], same_card: bool) -> None:
        """Go on from what was saved; the card itself only under the same scoring policy."""
        self.waiting = [dict(sample) for sample in saved["waiting"]]
        self.matured = [dict(sample) for sample in saved["matured"]]
        self.reference, self.figures = np.array(saved["reference"]), dict(saved["figures"])
        if same_card:
            self.card = np.array(saved["card"])


def features_of(accounts: Table, rows: np.ndarray, signal: str = "signal") -> np.ndarray:
    """Features of accounts as the card's rule works them out, float64[rows, 8]."""
    book = {
        name: accounts[name][rows].astype(np.float64)
        for name in (signal, "inflow_fast", "inflow_slow", "payment", "principal", "limit", "delinquency_memory")
    }
    per_inflow = 1.0 / (book["inflow_slow"] + 1.0)
    return np.column_stack(
        [
            book[signal],
            np.clip(book["inflow_fast"] * per_inflow - 1.0, -1.0, 0.5),
            np.minimum(book["payment"] * per_inflow, 1.5),
            np.minimum(book["principal"] / (book["limit"] + 1.0), 1.2),
            book["delinquency_memory"],
            np.minimum(accounts["months_on_book"][rows], 24) / 24.0,
            np.log(book["inflow_slow"] + 1.0) - COMMON_INFLOW,
            np.minimum(accounts["bureau_debt"][rows] * per_inflow / 6.0, 2.0),
        ]
    )
