"""Where in a box around the shipped numbers most published figures are expected in their bands, off response surfaces.

    python -m validation.targets.surface --preset us_cards --points 150

A single world is too noisy for a search that compares points one by one: what looks best is lucky. Here every point of
a box lives seeds of its own, and each figure is described over all of them by a level, a slope and a square in each
number (Box and Wilson, 1951), shrunk by ridge. Luck of single points averages out in the slopes. What it prints is a
proposal, to be lived anew under other seeds (`validation.targets.fit` begins there) and put in by hand.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import differential_evolution
from scipy.special import ndtr
from scipy.stats import qmc

from validation.targets.fit import defaults, worlds_at
from validation.targets.page import number
from validation.targets.runs import CHINA
from validation.targets.searches import SEARCHES, Search
from validation.targets.target import Target

Floats = NDArray[np.float64]
SHRINKAGES = (1.0, 5.0, 20.0, 80.0)  # of slopes; squares are shrunk four times as much. The one that foresees best
SEEDS_OF_A_POINT = 2
MARGIN = 0.15  # of half a band: what a figure may be off by for other reasons than luck


@dataclass(frozen=True, eq=False)
class Surface:
    """One figure over the box: ``weights`` of `terms`, the error with a point left out, and whether it is in logs."""

    weights: Floats
    error: float
    logs: bool

    def at(self, places: Floats) -> Floats:
        """Figure at places of the box, float64[points], in logs where the surface is."""
        return np.asarray(terms(places) @ self.weights)


def box(search: Search, width: float) -> dict[str, tuple[float, float]]:
    """Ends around the shipped values: ``width`` of the range that is searched, within it."""
    ends = {}
    for key, value in defaults(search).items():
        low, high = search.axes[key]
        half = 0.5 * width * (high - low)
        ends[key] = (max(low, min(value, high) - half), min(high, max(value, low) + half))
    return ends


def terms(places: Floats) -> Floats:
    """One, the place in each number (-1 to 1) and its square, float64[points, 1 + 2 numbers]."""
    return np.hstack([np.ones((len(places), 1)), places, places**2 - 1.0 / 3.0])


def fitted(places: Floats, values: Floats, target: Target) -> Surface:
    """Fit the surface of one figure; points without a value are left out."""
    known = np.isfinite(values)
    logs = bool(target.low > 0 and (values[known] > 0).all())
    seen, design = np.log(values[known]) if logs else values[known], terms(places[known])
    best = Surface(np.zeros(design.shape[1]), np.inf, logs)
    for shrinkage in SHRINKAGES:
        ridge = shrinkage * np.diag([0.0, *[1.0] * places.shape[1], *[4.0] * places.shape[1]])
        solved = np.linalg.solve(design.T @ design + ridge, design.T)
        missed = (seen - design @ (solved @ seen)) / (1.0 - np.einsum("ij,ji->i", design, solved))
        error = float(np.sqrt(np.mean(missed**2)))
        if error < best.error:
            best = Surface(solved @ seen, error, logs)
    return best


def out_of_band(surfaces: Mapping[str, Surface], search: Search, places: Floats) -> Floats:
    """Weighted number of figures expected out of band at each place, and a little for how far, float64[points]."""
    cost = np.zeros(len(places))
    for target in search.fitted:
        surface = surfaces[target.key]
        low, high = np.log((target.low, target.high)) if surface.logs else (target.low, target.high)
        half, value = (high - low) / 2.0, surface.at(places)
        spread = max(surface.error / np.sqrt(8.0), MARGIN * half)  # eight points' worth of seeds judge it
        inside = ndtr((high - value) / spread) - ndtr((low - value) / spread)
        far = np.clip(np.abs(value - low - half) / half - 1.0, 0.0, 3.0)
        cost += search.weights.get(target.key, 1.0) * (1.0 - inside + 0.15 * far)
    return cost


def lived(search: Search, ends: Mapping[str, tuple[float, float]], folder: Path, size: Sequence[int]) -> list[Floats]:
    """Places of the box and every figure there, float64[points, numbers] and [points, figures]; kept ones count."""
    points, persons, months = size
    folder.mkdir(parents=True, exist_ok=True)
    file, low = folder / f"{search.preset}.csv", np.array([end[0] for end in ends.values()])
    wide = np.array([end[1] for end in ends.values()]) - low
    head = [*(f"{key} {a:g} to {b:g}" for key, (a, b) in ends.items()), *(target.key for target in search.fitted)]
    kept = list(csv.reader(file.open(encoding="utf-8"))) if file.exists() else []
    rows = [[float(cell) for cell in row] for row in kept[1:]] if kept and kept[0] == head else []
    drawn = qmc.Sobol(len(ends), rng=np.random.default_rng(1)).random(points)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([head, *rows])
        for place in range(len(rows), points):
            values = dict(zip(ends, low + wide * drawn[place], strict=True))
            seeds = [2_000 + SEEDS_OF_A_POINT * place + each for each in range(SEEDS_OF_A_POINT)]
            worlds = worlds_at(search, values, seeds, persons, months)
            rows.append([*(2.0 * drawn[place] - 1.0), *(target.measure(worlds) for target in search.fitted)])
            writer.writerow(rows[-1])
            stream.flush()
    table = np.array(rows[:points])
    return [table[:, : len(ends)], table[:, len(ends) :]]


def proposal(search: Search, places: Floats, figures: Floats) -> tuple[Floats, dict[str, Surface]]:
    """Place of the box with the fewest figures expected out of band, float64[numbers], and all surfaces."""
    surfaces = {one.key: fitted(places, figures[:, k], one) for k, one in enumerate(search.fitted)}
    found = differential_evolution(
        lambda x: out_of_band(surfaces, search, x.T), [(-1.0, 1.0)] * places.shape[1], vectorized=True,
        updating="deferred", polish=False, popsize=20, maxiter=400, rng=np.random.default_rng(1),
    )  # fmt: skip
    return np.asarray(found.x), surfaces


def main() -> None:
    """Live the points, fit, and print the proposal with what is expected there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=tuple(SEARCHES), default=CHINA)
    parser.add_argument("--points", type=int, default=150, help="points in all, those kept included")
    parser.add_argument("--width", type=float, default=0.4, help="of the box, as a share of the range searched")
    parser.add_argument("--persons", type=int, default=8_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--folder", type=Path, default=Path("out") / "surface", help="where points are kept")
    given = parser.parse_args()
    search = SEARCHES[given.preset]
    ends = box(search, given.width)
    places, figures = lived(search, ends, given.folder, (given.points, given.persons, given.months))
    best, surfaces = proposal(search, places, figures)
    for (key, (low, high)), place in zip(ends.items(), best, strict=True):
        print(f"{key}={low + (high - low) * (place + 1.0) / 2.0:.4g}")
    for target in search.fitted:
        surface = surfaces[target.key]
        value = float(surface.at(best[None])[0])
        shown = float(np.exp(value)) if surface.logs else value
        print(f"{target.key}: {number(shown)}, band {number(target.low)} to {number(target.high)}")


if __name__ == "__main__":
    main()
