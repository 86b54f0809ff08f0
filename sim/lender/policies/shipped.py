"""Cards as shipped, a file for each preset: fitted where everybody is approved, by `python -m validation.card`."""

from __future__ import annotations

import csv
import functools
import math
from pathlib import Path

import numpy as np

from sim.engine.loops.order import each
from sim.lender.policies.features import FEATURES

FOLDER = Path(__file__).with_name("cards")
CARDS = tuple(sorted(file.stem for file in FOLDER.glob("*.csv")))
USUAL_CARD = "china_platform"
SEGMENTS = ("application, thick", "application, thin", "account, thick", "account, thin")
WEIGHTS = ("base", *FEATURES, "floor")
SECTOR, SEASON = "sector", "season"  # lines of a card that move all segments of it
WAVE = ("cosine", "sine", "half_year_cosine", "half_year_sine")


def season_wave(calendar_month: np.ndarray) -> np.ndarray:
    """Cosine and sine of the time of the year, and of twice that, float64[4, months]; 0 is January."""
    turns = (math.pi / 6.0 * calendar_month, math.pi / 3.0 * calendar_month)
    return np.stack([each(function, turn) for turn in turns for function in (math.cos, math.sin)])


@functools.cache
def _lines(preset: str) -> dict[tuple[str, str, str, str], float]:
    with (FOLDER / f"{preset}.csv").open(newline="", encoding="utf-8") as file:
        return {
            (line["customer"], line["bureau"], line["segment"], line["weight"]): float(line["log_odds"])
            for line in csv.DictReader(file)
        }


def shipped(
    preset: str,
    customer: str,
    bureau: bool,
    segments: tuple[str, ...] = SEGMENTS,
    weights: tuple[str, ...] = WEIGHTS,
) -> np.ndarray:
    """Card of a preset, of `CARDS`, for ``person`` or ``firm``, where a bureau shows debts elsewhere or not.

    Returns
    -------
    float64[len(segments), len(weights)]
        Log-odds of default by segment, or by sector: base, weight of each feature, lowest log-odds; 0 for what the
        card does not weigh.
    """
    lines, seen = _lines(preset), "full" if bureau else "none"
    return np.array([[lines.get((customer, seen, segment, name), 0.0) for name in weights] for segment in segments])
