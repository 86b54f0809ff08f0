"""How the fitted setting was found: ``python experiments/tape_taiwan_2005/fit.py TAPE.csv SECONDS``.

A random search that narrows around the best setting so far, within ranges that are plausible for a card market.
It writes ``config.yaml``; how far it comes depends on the machine, so what was found is kept in the file.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rolls import HERE, own_moves, shares, simulated_moves, start_config, with_settings

# Lowest, highest; all are searched on a log scale.
RANGES = {
    "population.median_income": (450_000, 1_100_000),
    "population.income_spread": (0.3, 0.5),
    "population.essential_share": (0.4, 0.65),
    "population.mean_other_debt": (1.0, 4.0),
    "population.median_patience": (0.3, 1.8),
    "lender.minimum_payment_share": (0.03, 0.1),
    "behaviour.oversight": (0.005, 0.08),
    "behaviour.strategic_hazard": (0.001, 0.02),
    "behaviour.resume_hazard": (0.03, 0.6),
    "behaviour.expense_probability": (0.02, 0.15),
    "behaviour.expense_size": (0.3, 2.0),
    "behaviour.other_due_share": (0.04, 0.12),
    "beliefs.jobless_late": (0.01, 0.3),
    "beliefs.unwilling_late": (0.005, 0.2),
    "beliefs.cash_minimum": (0.1, 1.0),
    "beliefs.cash_late": (0.02, 0.5),
    "beliefs.other_debt": (0.5, 3.0),
}
ENTRY = ("at most 0", "2 or 3 or worse")
TOLERANCE = {"at most 0": 0.01, "2": 0.03, "3 or worse": 0.1}  # what counts as one unit of misfit


def misfit(moves: np.ndarray, own: np.ndarray) -> float:
    """Sum of squares over the rolls of all months, and over the entries of each month."""
    ours, theirs = shares(moves.sum(axis=0)), shares(own.sum(axis=0))
    total = sum(((ours[roll] - theirs[roll]) / TOLERANCE[roll[0]]) ** 2 for roll in theirs)
    steps = zip(moves, own, strict=True)
    return total + sum(((shares(a)[ENTRY] - shares(b)[ENTRY]) / TOLERANCE[ENTRY[0]]) ** 2 for a, b in steps)


def near(best: dict[str, float], width: float, luck: random.Random) -> dict[str, float]:
    """Move a quarter of the settings by a random step."""
    found = dict(best)
    for key, (low, high) in RANGES.items():
        if luck.random() < 0.25:
            found[key] = min(max(best[key] * (high / low) ** luck.gauss(0, width), low), high)
    found["population.median_income"] = int(found["population.median_income"])
    return {key: value if isinstance(value, int) else float(f"{value:.3g}") for key, value in found.items()}


def main(file: str, seconds: float) -> None:
    """Search, and write the best setting."""
    own, base, luck = own_moves(file), start_config(file), random.Random(1)
    best = {key: (low * high) ** 0.5 for key, (low, high) in RANGES.items()}
    best["population.median_income"] = int(best["population.median_income"])
    least, started, tried = misfit(simulated_moves(with_settings(base, best)), own), time.monotonic(), 0
    print(f"start: {least:.1f}")
    while (spent := (time.monotonic() - started) / seconds) < 1.0:
        setting = near(best, 0.25 * (1.0 - spent) + 0.02, luck)
        found = misfit(simulated_moves(with_settings(base, setting)), own)
        tried += 1
        if found < least:
            least, best = found, setting
    print(f"{tried} settings tried: {least:.1f}")
    lines = [f"{key}: {value}" for key, value in best.items()]
    note = "# Fitted by fit.py to the rolls of April to August; keys of the configuration and of the mapping's beliefs."
    (HERE / "config.yaml").write_text("\n".join([note, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
