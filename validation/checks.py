"""A check: what was expected, what the model gave, how far chance alone may move it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

FAMILY_LEVEL = 0.01
"""Chance that a correct engine fails any check of the family (Holm, 1979)."""


@dataclass(frozen=True)
class Check:
    """One row of the table.

    Attributes
    ----------
    case, source, setting, quantity : str
        What is checked, where the formula is from, the numbers it was run with, what is compared.
    expected, got : float
        By the formula and by the model.
    error : float or None
        Standard error of ``got`` under the formula; None for an identity, which chance cannot move.
    p : float or None
        Probability of a result at least as far away under the formula; None for an identity.
    """

    case: str
    source: str
    setting: str
    quantity: str
    expected: float
    got: float
    error: float | None = None
    p: float | None = None

    @property
    def z(self) -> float | None:
        """Distance in standard errors."""
        return (self.got - self.expected) / self.error if self.error else None


@dataclass(frozen=True)
class Case:
    """What the checks of one case have in common."""

    name: str
    source: str
    setting: str

    def identity(self, quantity: str, expected: float, got: float) -> Check:
        """Check equality: whole numbers, no chance."""
        return Check(self.name, self.source, self.setting, quantity, expected, got)

    def normal(self, quantity: str, expected: float, got: float, error: float) -> Check:
        """Check a mean whose standard error is known, by the normal law."""
        p = math.erfc(abs(got - expected) / error / math.sqrt(2.0))
        return Check(self.name, self.source, self.setting, quantity, expected, got, error, p)

    def count(self, quantity: str, probability: float, hits: int, trials: int) -> Check:
        """Check a share of independent trials, by the exact binomial law."""
        p = float(stats.binomtest(hits, trials, probability).pvalue)
        error = math.sqrt(probability * (1.0 - probability) / trials)
        return Check(self.name, self.source, self.setting, quantity, probability, hits / trials, error, p)

    def quantile(
        self, quantity: str, expected: float, got: float, density: float, above: int, trials: int, tail: float
    ) -> Check:
        """Check a quantile: its error by the density there, its p by how many runs lie above it."""
        p = float(stats.binomtest(above, trials, tail).pvalue)
        error = math.sqrt(tail * (1.0 - tail) / trials) / density
        return Check(self.name, self.source, self.setting, quantity, expected, got, error, p)

    def shares(self, quantity: str, expected: np.ndarray, counts: np.ndarray) -> Check:
        """Check a whole distribution by chi-square: expected and got are its degrees of freedom and value."""
        wanted = expected * counts.sum()
        kept = wanted >= 5.0
        wanted = np.append(wanted[kept], wanted[~kept].sum())
        found = np.append(counts[kept], counts[~kept].sum())
        used = wanted > 0.0
        statistic = float(np.sum((found[used] - wanted[used]) ** 2 / wanted[used]))
        freedom = int(used.sum()) - 1
        # What the formula rules out may not happen at all.
        p = 0.0 if found[~used].sum() > 0 else float(stats.chi2.sf(statistic, freedom))
        error = math.sqrt(2.0 * freedom)
        return Check(self.name, self.source, self.setting, quantity, freedom, statistic, error, p)


@dataclass(frozen=True)
class Verdict:
    """A check with its p-value adjusted for the family, and whether it passes."""

    check: Check
    adjusted: float | None
    passed: bool


def holm(family: list[float]) -> list[float]:
    """Adjust p-values for their number, step by step from the smallest (Holm, 1979)."""
    adjusted, highest = [0.0] * len(family), 0.0
    for rank, place in enumerate(sorted(range(len(family)), key=family.__getitem__)):
        highest = max(highest, min(family[place] * (len(family) - rank), 1.0))
        adjusted[place] = highest
    return adjusted


def judge(checks: list[Check]) -> list[Verdict]:
    """Adjust the family by Holm (1979) and judge each check at ``FAMILY_LEVEL``.

    Identities stand outside the family: they hold or they do not.
    """
    drawn = [place for place, check in enumerate(checks) if check.p is not None]
    family = holm([check.p for check in checks if check.p is not None])
    adjusted = dict(zip(drawn, family, strict=True))
    verdicts = []
    for place, check in enumerate(checks):
        value = adjusted.get(place)
        passed = check.got == check.expected if value is None else value >= FAMILY_LEVEL
        verdicts.append(Verdict(check, value, passed))
    return verdicts
