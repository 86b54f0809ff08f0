"""Keeping score of the score: samples of accounts, their outcomes a year on, figures, and new cards."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.economy.sectors import SECTORS
from sim.engine.loops.order import each, mean, total
from sim.engine.loops.transforms import logistic
from sim.engine.tables.table import Table
from sim.lender.judgement import JUDGED, judgement
from sim.lender.policies.discrimination import Yardstick, fit_logistic
from sim.lender.policies.features import FEATURES, values_of
from sim.lender.policies.scorecards import SectorCards, shifted
from sim.lender.policies.scoring import ANCHOR, POINTS, Static, probability_of_default
from sim.lender.policies.shipped import USUAL_CARD
from sim.lender.settings import LenderSettings
from sim.loan.states import LINE_FROZEN, LINE_OPEN

OUTCOME = 12  # months until an account's outcome is known: 90 days past due within them, or not
SAMPLE = 20_000  # accounts of a sample at most
MEMORY = 6  # matured samples that a fit looks at
THICK = 2  # first segment of accounts that owe


class ScoreKeeper:
    """Samples accounts in order, waits a year, compares score and outcome, and fits the card anew.

    A sample is taken with its features; only outcomes of the following twelve months are ever joined to it,
    so no fit sees anything that came after its own month.

    Attributes
    ----------
    card : float64[4, 11]
        Log-odds of default: base, weight of each feature and lowest log-odds, by segment.
    moves : float64[6, 12]
        Log-odds that the card adds by sector and calendar month.
    level : float
        Log-odds that the lender has learned to add to its cards in the burn-in.
    figures : dict of str to float
        Last judgement: AUC, Gini (by sector, too), KS, PSI, default rate predicted and realised (by decile of the
        score, too, safest first); 0 before the first.
    """

    NAMES = (*(f"score_{name}" for name in JUDGED), "refits")
    by_sector = False
    features: tuple[str, ...] = FEATURES

    def __init__(
        self,
        settings: Any,
        score_intercept: float,
        bureau_weight: float,
        customer: str = "person",
        preset: str = USUAL_CARD,
    ) -> None:
        self.settings, self.intercept, self.customer, self.preset = settings, score_intercept, customer, preset
        self.card = self._written(bureau_weight)
        self.moves = settings.moves(preset, customer, bureau_weight)
        self.level = 0.0
        self.waiting: list[dict[str, Any]] = []
        self.matured: list[dict[str, Any]] = []
        self.reference = np.empty(0)
        self._yardstick: tuple[np.ndarray, Yardstick] | None = None  # the reference's groups, beside it
        self.figures = dict.fromkeys(self.NAMES, 0.0)

    def _written(self, bureau_weight: float) -> np.ndarray:
        card: np.ndarray = self.settings.card(self.preset, self.customer, bureau_weight)
        return card

    def in_force(self) -> np.ndarray:
        """The card with the level that was learned."""
        return shifted(self.card, self.level)

    def numbers(self, calendar_month: int) -> dict[str, np.ndarray]:
        """The card as rules read it in a month, with the error that is asked for."""
        card = shifted(self.card, self.level, self.settings.bias)
        moves = np.ascontiguousarray(self.moves[:, calendar_month])
        return {"card_by_segment": card, "card_move_by_stated_sector": moves}

    def close(self, month: int, accounts: Table) -> None:
        """Judge what has matured, fit where it is time, and take a sample where it is time."""
        interval, level = self.settings.refit_interval or OUTCOME, self.level  # that of the scores that stand now
        for sample in [sample for sample in self.waiting if sample["month"] + OUTCOME <= month]:
            self.waiting.remove(sample)
            became = accounts["default_month"][sample.pop("rows")]
            sample["bad"] = (became > sample["month"]) & (became <= sample["month"] + OUTCOME)
            self._judge(sample)
            self.matured = [*self.matured[1 - MEMORY :], sample]
            if month < 0:
                self._learn_level()
            if self.settings.refit_interval:
                self._fit()
        if (month + 1) % interval == 0:  # the last month before the policy date is one of them
            self.waiting.append({**self._sample(month, accounts), "level": level})

    def _sample(self, month: int, accounts: Table) -> dict[str, Any]:
        fit = (accounts["alive"] != 0) & (accounts["principal"] > 0) & (accounts["months_past_due"] == 0)
        if self.customer == "firm":
            # A firm that has failed is no account in order, whatever it has paid.
            fit &= (accounts["line"] == LINE_OPEN) | (accounts["line"] == LINE_FROZEN)
        rows = np.flatnonzero(fit)
        rows = rows[:: max(1, -(-len(rows) // SAMPLE))].copy()  # a part would keep the whole
        score = accounts["score"][rows].astype(np.float64)
        if len(self.reference) == 0:
            self.reference = score
        signal = "signal_used" if self.settings.blurred else "signal"
        return {
            "month": month,
            "rows": rows,
            "score": score,
            "thin": accounts["thin_file"][rows] != 0,
            "sector": accounts["stated_sector"][rows].astype(np.int64),
            "names": list(self.features),
            "features": values_of(self.features, accounts, rows, signal),
        }

    def _judge(self, sample: dict[str, Any]) -> None:
        if len(sample["bad"]) == 0:
            return
        score, bad, thin, sector = (sample[name] for name in ("score", "bad", "thin", "sector"))
        predicted = each(probability_of_default, score, self.intercept)
        found = judgement(score, predicted, bad, thin, sector, self._groups_of_reference())
        self.figures.update({f"score_{name}": value for name, value in found.items()})

    def _groups_of_reference(self) -> Yardstick | None:
        """Quantile groups of the first sample, worked out once."""
        if len(self.reference) == 0:
            return None
        if self._yardstick is None or self._yardstick[0] is not self.reference:
            self._yardstick = self.reference, Yardstick.of(self.reference)
        return self._yardstick[1]

    def _fit(self) -> None:
        """Fit to the matured samples that hold the features of this card."""
        usable = [sample for sample in self.matured if sample["names"] == list(self.features)]
        if not usable:
            return
        matured = {
            name: np.concatenate([sample[name] for sample in usable]) for name in ("features", "bad", "thin", "sector")
        }
        if matured["bad"].sum() < self.settings.smallest_sample:
            return
        self._refit(**matured)
        self.moves = np.zeros_like(self.moves)  # a card of the lender's own knows neither sector nor season
        self._settle(mean(self._odds(usable[-1]) - self._scored(usable[-1])) if len(usable[-1]["score"]) else 0.0)
        self.figures["refits"] += 1.0

    def _refit(self, features: np.ndarray, bad: np.ndarray, thin: np.ndarray, sector: np.ndarray) -> None:
        """Fit the cards of accounts that owe."""
        thick_and_thin = self.card[THICK:]
        weights = fit_logistic(np.column_stack([features, thin]), bad)
        thick_and_thin[:, :-1] = weights[:-1]
        thick_and_thin[1, 0] += weights[-1]
        for segment, inside in enumerate((~thin, thin)) if self.settings.segmented else ():
            if bad[inside].sum() >= self.settings.smallest_sample:
                thick_and_thin[segment, :-1] = fit_logistic(features[inside], bad[inside])
        thick_and_thin[:, 0] -= self.level

    def _settle(self, moved: float) -> None:
        """Let the level stay where it was, or applications follow accounts, by so many log-odds."""
        if self.settings.recalibrated:
            self.card[:THICK, 0] += moved
        else:
            self.card[THICK:, 0] -= moved

    def _odds(self, sample: dict[str, Any]) -> np.ndarray:
        """Log-odds that the card in force gives a sample, without clipping of the score."""
        cards = self.in_force()[THICK + sample["thin"].astype(int)]
        odds: np.ndarray = cards[:, 0] + np.add.accumulate(cards[:, 1:-1] * sample["features"], axis=1)[:, -1]
        return np.maximum(odds, cards[:, -1])

    def _scored(self, sample: dict[str, Any]) -> np.ndarray:
        """Log-odds that the scores of a sample stand for at today's level, without the error that is asked for."""
        scored: np.ndarray = -(self.intercept + (sample["score"] - ANCHOR) / POINTS) - self.settings.bias
        return scored + (self.level - sample["level"])

    def _learn_level(self) -> None:
        """Set the level by what defaulted so far, less so where little did: the most likely one under a normal prior.

        The shipped card's level counts as much as ``level_prior`` defaults: of so many, the standard error of
        log-odds is about one over their root.
        """
        odds = np.concatenate([self._scored(sample) for sample in self.matured]) - self.level
        bad = float(sum(sample["bad"].sum() for sample in self.matured))
        for _ in range(20):
            chance = each(logistic, odds + self.level)
            slope = bad - total(chance) - self.settings.level_prior * self.level
            step = slope / (total(chance * (1.0 - chance)) + self.settings.level_prior + 1e-9)
            self.level += min(max(step, -1.0), 1.0)
            if abs(step) < 1e-9:
                break

    def save(self) -> dict[str, Any]:
        """Everything that later months depend on."""
        kept = {"card": self.card, "moves": self.moves, "level": self.level, "preset": self.preset}
        samples = {name: [dict(sample) for sample in getattr(self, name)] for name in ("waiting", "matured")}
        own = {"features": list(self.features), "reference": self.reference, "figures": dict(self.figures)}
        return {**kept, **samples, **own}

    def restore(self, saved: dict[str, Any], same_card: bool) -> None:
        """Go on from what was saved; the level only for the same kind of card, the card only under the same policy."""
        self.waiting = [dict(sample) for sample in saved["waiting"]]
        self.matured = [dict(sample) for sample in saved["matured"]]
        self.reference, self.figures = np.array(saved["reference"]), dict(saved["figures"])
        if (saved["preset"], saved["features"]) == (self.preset, list(self.features)):
            self.level = float(saved["level"])
            if same_card:
                self.card, self.moves = np.array(saved["card"]), np.array(saved["moves"])


class SectorKeeper(ScoreKeeper):
    """The same for cards by sector: a sector's own fit where enough turned bad in it, else that of all together.

    Attributes
    ----------
    card : float64[6, 2 + features]
        Log-odds of default by sector: base, thin file, and weight of each feature.
    """

    by_sector = True

    def __init__(self, settings: Any, *given: Any) -> None:
        self.features = settings.features
        super().__init__(settings, *given)

    def _written(self, bureau_weight: float) -> np.ndarray:
        settings: SectorCards = self.settings
        return settings.cards_of(self.preset, self.customer, SECTORS, bureau_weight)

    def numbers(self, calendar_month: int) -> dict[str, np.ndarray]:
        """The cards as rules read them; they know sectors and no season."""
        card = self.in_force()
        card[:, 0] += self.settings.bias
        return {"card_by_stated_sector": card}

    def in_force(self) -> np.ndarray:
        """The cards with the level that was learned."""
        card = self.card.copy()
        card[:, 0] += self.level
        return card

    def _settle(self, moved: float) -> None:
        if not self.settings.recalibrated:
            self.card[:, 0] -= moved

    def _refit(self, features: np.ndarray, bad: np.ndarray, thin: np.ndarray, sector: np.ndarray) -> None:
        design = np.column_stack([thin, features])
        self.card = np.tile(fit_logistic(design, bad), (len(SECTORS), 1))
        for code in range(len(SECTORS)):
            inside = sector == code
            if bad[inside].sum() >= self.settings.smallest_sample:
                self.card[code] = fit_logistic(design[inside], bad[inside])
        self.card[:, 0] -= self.level

    def _odds(self, sample: dict[str, Any]) -> np.ndarray:
        cards = self.in_force()[sample["sector"]]
        odds: np.ndarray = cards[:, 0] + cards[:, 1] * sample["thin"]
        return odds + np.add.accumulate(cards[:, 2:] * sample["features"], axis=1)[:, -1]


def keeper_of(customer: str, settings: Static, lender: LenderSettings, bureau_weight: float) -> ScoreKeeper:
    """The keeper that a scoring policy asks for, of ``person`` or ``firm``, with the lender's first card."""
    kind = SectorKeeper if isinstance(settings, SectorCards) else ScoreKeeper
    return kind(settings, lender.score_intercept, bureau_weight, customer, lender.card)
