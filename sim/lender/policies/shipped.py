"""Cards as shipped: fitted once on a large book in which everybody is approved, by `validation.card`."""

from __future__ import annotations

import csv
import functools
from pathlib import Path

import numpy as np

from sim.lender.policies.features import FEATURES

FILE = Path(__file__).with_name("cards.csv")
SEGMENTS = ("application, thick", "application, thin", "account, thick", "account, thin")
WEIGHTS = ("base", *FEATURES, "floor")


@functools.cache
def _cards() -> dict[tuple[str, str], np.ndarray]:
    cards: dict[tuple[str, str], np.ndarray] = {}
    with FILE.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            card = cards.setdefault((line["customer"], line["bureau"]), np.zeros((len(SEGMENTS), len(WEIGHTS))))
            card[SEGMENTS.index(line["segment"]), WEIGHTS.index(line["weight"])] = float(line["log_odds"])
    return cards


def shipped(customer: str, bureau: bool) -> np.ndarray:
    """Card of ``person`` or ``firm``, where a bureau shows debts elsewhere or not.

    Returns
    -------
    float64[4, 11]
        Log-odds of default by segment: base, weight of each feature, lowest log-odds.
    """
    return _cards()[customer, "full" if bureau else "none"].copy()
