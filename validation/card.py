"""The cards that the package ships: fitted once on large books in which everybody who applies is approved.

    python -m validation.card            writes sim/lender/policies/cards.csv, a few minutes on one core
    python -m validation.card --reduced  prints the sizes of small samples and their default rates

A book that refuses nobody shows what becomes of applicants whom a lender would refuse, so that no reject inference is
needed. A lender corrects the level of these cards by what it sees in its own burn-in (`sim.lender.scorekeeper`).
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from sim.config.compose import compose
from sim.lender.policies.features import FEATURES, values_of
from sim.lender.policies.shipped import FILE, SEGMENTS, WEIGHTS
from sim.loan.states import LINE_FROZEN, LINE_OPEN
from sim.month.model import Model
from sim.study.run.cell import release
from validation.targets.runs import EVERYONE

Floats = NDArray[np.float64]
YEAR = 12
BURN_IN = 24
MONTHS = 36  # watched after the burn-in; samples are taken up to a year before their end
PENALTY = 1.0  # on squared weights of features in units of their spread: it settles what the data do not
FEW = 400  # defaults below which thin files and thick ones share their weights


@dataclass(eq=False)
class Sample:
    """Accounts at a month: whose, their features and file, and whether each borrowed within the year after."""

    month: int
    applications: bool
    rows: NDArray[np.int64]
    features: Floats
    thin: NDArray[np.bool_]
    borrowed: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.borrowed = np.full(len(self.rows), not self.applications)

    def told(self, accounts: Any) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
        """Features, file, and whether 90 days past due within the year, of those who borrowed."""
        became = accounts["default_month"][self.rows]
        bad = (became > self.month) & (became <= self.month + YEAR)
        return self.features[self.borrowed], self.thin[self.borrowed], bad[self.borrowed]


def sampled(month: int, before: NDArray[np.int8], accounts: Any) -> list[Sample]:
    """Lines opened this month of which nothing is drawn yet, and once a year accounts in order that owe."""
    alive, line, owed = accounts["alive"] > 0, accounts["line"], accounts["principal"] > 0
    opened = alive & (line == LINE_OPEN) & ~owed
    opened[: len(before)] &= before != LINE_OPEN
    found = [(True, opened)]
    if month % YEAR == 0 and month >= YEAR - BURN_IN:
        standing = alive & owed & (accounts["months_past_due"] == 0) & ((line == LINE_OPEN) | (line == LINE_FROZEN))
        found.append((False, standing))
    samples = []
    for applications, chosen in found:
        rows = np.flatnonzero(chosen)
        thin = accounts["thin_file"][rows] != 0
        samples.append(Sample(month, applications, rows, values_of(FEATURES, accounts, rows), thin))
    return samples


def lived(seed: int, persons: int, overrides: list[str]) -> dict[tuple[str, bool], list[Any]]:
    """Samples of one run with their outcomes, by customer and by whether they are applications."""
    size = [f"seed={seed}", f"population.borrowers={persons}", f"study.burn_in={BURN_IN}", f"study.months={MONTHS}"]
    model = Model(compose([*size, *overrides]))
    books = {"person": model.people, "firm": model.firms.population}
    lines = {customer: np.empty(0, dtype=np.int8) for customer in books}
    samples: dict[str, list[Sample]] = {customer: [] for customer in books}
    for month in range(-BURN_IN, MONTHS):
        model.step()
        for customer, book in books.items():
            for sample in samples[customer]:
                if month <= sample.month + YEAR:
                    sample.borrowed |= book.accounts["principal"][sample.rows] > 0
            if month < MONTHS - YEAR:
                samples[customer] += sampled(month, lines[customer], book.accounts)
            lines[customer] = book.accounts["line"].copy()
    told: dict[tuple[str, bool], list[Any]] = {}
    for customer, book in books.items():
        for sample in samples[customer]:
            told.setdefault((customer, sample.applications), []).append(sample.told(book.accounts))
    release(model)
    return told


def fit(features: Floats, bad: NDArray[np.bool_]) -> Floats:
    """Base, weights and lowest log-odds by maximum likelihood: PD = logistic(max(base + weights . features, lowest)).

    Parameters
    ----------
    features : float64[n, k]
    bad : bool[n]

    Returns
    -------
    float64[k + 2]
    """
    centre, spread = features.mean(axis=0), features.std(axis=0)
    live = spread > 1e-6
    scaled = (features[:, live] - centre[live]) / spread[live]
    design = np.column_stack([np.ones(len(bad)), scaled])

    def cost(weights: Floats) -> tuple[float, Floats]:
        raw = design @ weights[:-1]
        odds, above = np.maximum(raw, weights[-1]), raw > weights[-1]
        missed = expit(odds) - bad
        slope = np.append(design.T @ (missed * above), missed[~above].sum())
        slope[1:-1] += PENALTY * weights[1:-1]
        value = -float(log_expit(odds)[bad].sum() + log_expit(-odds)[~bad].sum())
        return value + 0.5 * PENALTY * float(weights[1:-1] @ weights[1:-1]), slope

    share = np.log(max(bad.mean(), 1e-6))
    start = np.zeros(design.shape[1] + 1)
    start[0], start[-1] = share, share - 2.0
    found = minimize(cost, start, jac=True, method="BFGS").x
    weights = np.zeros(features.shape[1] + 2)
    weights[1:-1][live] = found[1:-1] / spread[live]
    weights[0], weights[-1] = found[0] - float(weights[1:-1] @ centre), found[-1]
    return weights


def fit_by_file(features: Floats, thin: NDArray[np.bool_], bad: NDArray[np.bool_]) -> Floats:
    """Cards of thick and thin files, float64[2, k + 2]: apart where enough turned bad, else with one set of weights."""
    if min(bad[thin].sum(), bad[~thin].sum()) >= FEW:
        return np.stack([fit(features[~thin], bad[~thin]), fit(features[thin], bad[thin])])
    together = fit(np.column_stack([features, thin]), bad)
    card = np.delete(together, -2)
    return np.stack([card, card + np.eye(len(card))[0] * together[-2]])


def cards(seeds: range, persons: int, overrides: list[str]) -> tuple[dict[str, Floats], list[str]]:
    """Cards of persons and firms by segment, and in words what they were fitted to."""
    told: dict[tuple[str, bool], list[Any]] = {}
    for seed in seeds:
        for name, parts in lived(seed, persons, [EVERYONE, *overrides]).items():
            told.setdefault(name, []).extend(parts)
    found, said = {}, []
    for customer in ("person", "firm"):
        parts = []
        for applications in (True, False):
            features, thin, bad = (np.concatenate(part) for part in zip(*told[customer, applications], strict=True))
            parts.append(fit_by_file(features, thin, bad))
            what = "applications" if applications else "accounts"
            said.append(f"{customer}, {what}: {len(bad)}, of which {bad.mean():.2%} defaulted")
        found[customer] = np.concatenate(parts)
    return found, said


def main() -> None:
    """Fit the cards, with and without a bureau, and write them."""
    parser = argparse.ArgumentParser(description="fit the shipped cards")
    parser.add_argument("--reduced", action="store_true", help="two small runs; nothing is written")
    parser.add_argument("--seeds", type=int, default=20, help="runs of each kind (default 20)")
    asked = parser.parse_args()
    seeds, persons = (range(1, 3), 3_000) if asked.reduced else (range(5_001, 5_001 + asked.seeds), 20_000)
    lines = []
    for bureau in ("none", "full"):
        found, said = cards(seeds, persons, [f"bureau={bureau}"])
        print(f"bureau={bureau}", *said, sep="\n  ", flush=True)
        for (customer, card), (place, segment) in product(found.items(), enumerate(SEGMENTS)):
            lines += [
                (customer, bureau, segment, name, f"{weight:.4f}")
                for name, weight in zip(WEIGHTS, card[place], strict=True)
            ]
    if not asked.reduced:
        with FILE.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [("customer", "bureau", "segment", "weight", "log_odds"), *lines]
            )


if __name__ == "__main__":
    main()
