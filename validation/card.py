"""The cards that the package ships: fitted once on large books in which everybody who applies is approved.

    python -m validation.card                    writes sim/lender/policies/cards/*.csv, minutes a preset on one core
    python -m validation.card --preset us_cards  writes that of one preset, which may be a new one
    python -m validation.card --reduced          prints the sizes of small samples and their default rates

A book that refuses nobody shows what becomes of applicants whom a lender would refuse, so that no reject inference is
needed. Their level is then set in books that are approved by them (`validation.level`), and a lender corrects it once
more by what it sees in its own burn-in (`sim.lender.scorekeeper`).
"""

from __future__ import annotations

import argparse
import csv
import sys
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from sim.config.compose import compose
from sim.config.errors import UsageError
from sim.economy.sectors import SECTORS
from sim.lender.policies.features import BY_SECTOR, FEATURES
from sim.lender.policies.scorecards import OFFSETS
from sim.lender.policies.scoring import ANCHOR, POINTS
from sim.lender.policies.shipped import (
    CARDS,
    FOLDER,
    SEASON,
    SECTOR,
    SEGMENTS,
    USUAL_CARD,
    WAVE,
    WEIGHTS,
    season_wave,
)
from validation.books import Cards, books_of, deciding_by
from validation.level import corrected, correction
from validation.targets.runs import EVERYONE, chosen

Floats = NDArray[np.float64]
Chosen = NDArray[np.bool_]
LEVEL_MONTHS = 36  # the same where the level is set: it is for the first two years after the policy date
LEVEL_RUNS = (1, 8)  # times as many as are fitted to, one pass after the other: few firms default, and together
PENALTY = 1.0  # on squared weights of features in units of their spread: it settles what the data do not
SECTOR_WEIGHTS = (*OFFSETS, *BY_SECTOR)
HEADER = ("customer", "bureau", "segment", "weight", "log_odds")
BUREAUS, CUSTOMERS = ("none", "full"), ("person", "firm")
STEADFAST = 1e6  # defaults that the level of a card weighs against a lender's own: it stays
SEEN = ("bureau=full", "bureau.bureau_weight=0")  # debts elsewhere are seen and weigh nothing
USUAL = [BY_SECTOR.index(name) for name in FEATURES]  # what the cards without sectors weigh
FEW = 400  # defaults below which thin files and thick ones, or sectors, share their weights


def fit(features: Floats, bad: Chosen, moved: Floats | float = 0.0, *, floored: bool = True) -> Floats:
    """Base, weights and lowest log-odds by maximum likelihood: PD = logistic(max(base + weights . features, lowest)).

    ``moved`` is added to each row's log-odds.

    Parameters
    ----------
    features : float64[n, k]
    bad : bool[n]
    floored : bool
        Whether there is a lowest log-odds; else it is far below.

    Returns
    -------
    float64[k + 2]
    """
    centre, spread = features.mean(axis=0), features.std(axis=0)
    live = spread > 1e-6
    scaled = (features[:, live] - centre[live]) / spread[live]
    design = np.column_stack([np.ones(len(bad)), scaled])

    def cost(weights: Floats) -> tuple[float, Floats]:
        raw = design @ weights[:-1] + moved
        odds, above = np.maximum(raw, weights[-1]), raw > weights[-1]
        missed = expit(odds) - bad
        slope = np.append(design.T @ (missed * above), missed[~above].sum())
        slope[1:-1] += PENALTY * weights[1:-1]
        value = -float(log_expit(odds)[bad].sum() + log_expit(-odds)[~bad].sum())
        return value + 0.5 * PENALTY * float(weights[1:-1] @ weights[1:-1]), slope

    share = np.log(max(bad.mean(), 1e-6))
    start = np.zeros(design.shape[1] + 1)
    start[0], start[-1] = share, share - (2.0 if floored else 500.0)
    found = minimize(cost, start, jac=True, method="BFGS").x
    weights = np.zeros(features.shape[1] + 2)
    weights[1:-1][live] = found[1:-1] / spread[live]
    weights[0], weights[-1] = found[0] - float(weights[1:-1] @ centre), found[-1]
    return weights


def fit_moves(
    features: Floats, thin: Chosen, sector: NDArray[np.int8], month: NDArray[np.int64], bad: Chosen
) -> Floats:
    """What sector and time of the year add to log-odds beside the usual features, float64[sectors + 4]."""
    inside = sector[:, None] == np.arange(len(SECTORS))
    design = np.column_stack([features, thin, inside, season_wave(month).T])
    return fit(design, bad)[-1 - len(SECTORS) - len(WAVE) : -1]


def moved_by(moves: Floats, sector: NDArray[np.int8], month: NDArray[np.int64]) -> Floats:
    """What they add to each row's, float64[n]."""
    moved: Floats = moves[sector] + moves[len(SECTORS) :] @ season_wave(month)
    return moved


def fit_by_file(features: Floats, thin: Chosen, bad: Chosen, moved: Floats) -> Floats:
    """Cards of thick and thin files, float64[2, k + 2]: apart where enough turned bad, else with one set of weights."""
    if min(bad[thin].sum(), bad[~thin].sum()) >= FEW:
        return np.stack([fit(features[file], bad[file], moved[file]) for file in (~thin, thin)])
    together = fit(np.column_stack([features, thin]), bad, moved)
    card = np.delete(together, -2)
    return np.stack([card, card + np.eye(len(card))[0] * together[-2]])


def fit_by_sector(features: Floats, thin: Chosen, sector: NDArray[np.int8], bad: Chosen) -> Floats:
    """Cards by sector, float64[sectors, k + 2]: base, thin file and weights.

    A sector has weights of its own where enough turned bad, else those of all and a base of its own.
    """
    inside = sector[:, None] == np.arange(len(SECTORS))
    design = np.column_stack([thin, features])
    together = fit(np.column_stack([design, inside]), bad, floored=False)
    card = np.tile(together[: design.shape[1] + 1], (len(SECTORS), 1))
    card[:, 0] += together[design.shape[1] + 1 : -1]
    for code, rows in enumerate(inside.T):
        if bad[rows].sum() >= FEW:
            card[code] = fit(design[rows], bad[rows], floored=False)[:-1]
    return card


def cards(seeds: range, persons: int, overrides: list[str]) -> tuple[dict[tuple[str, str], Cards], list[str]]:
    """Cards by bureau and customer, and in words what they were fitted to.

    All debts elsewhere are seen, and count for nothing while the books are lived: a card without a bureau looks away.
    """
    books = books_of(seeds, persons, [EVERYONE, *SEEN, *overrides])
    said = [
        f"{customer}, {'applications' if applications else 'accounts'}: {len(bad)}, of which {bad.mean():.2%} defaulted"
        for (customer, applications), (*_, bad) in books.items()
    ]
    found = {}
    for bureau, customer in product(BUREAUS, CUSTOMERS):
        shown = np.array([bureau == "full" or name != "bureau" for name in BY_SECTOR])
        parts = [[part[0] * shown, *part[1:]] for part in (books[customer, True], books[customer, False])]
        moves = np.zeros(len(SECTORS) + len(WAVE))
        if customer == "firm":  # what persons earn has no season, and their sector says little beside the rest
            features, thin, sector, month, _, bad = parts[1]
            moves = fit_moves(features[:, USUAL], thin, sector, month, bad)
        usual = [
            fit_by_file(features[:, USUAL], thin, bad, moved_by(moves, sector, month))
            for features, thin, sector, month, _, bad in parts
        ]
        features, thin, sector, _, _, bad = (np.concatenate(part) for part in zip(*parts, strict=True))
        found[bureau, customer] = Cards(np.concatenate(usual), fit_by_sector(features, thin, sector, bad), moves)
    return found, said


def levelled(
    found: dict[tuple[str, str], Cards], seeds: range, persons: int, overrides: list[str]
) -> dict[tuple[str, str], Cards]:
    """The same cards with level and slope set to the books of a lender that approves by them and learns no level.

    What moves firms' cards by the season is set there too: in summer more firms owe, and of other kinds.
    """
    steady = [f"policy.scoring.level_prior={STEADFAST:g}", f"study.months={LEVEL_MONTHS}"]
    settled = {}
    for bureau in BUREAUS:
        made = {customer: found[bureau, customer] for customer in CUSTOMERS}
        run = [*overrides, f"bureau={bureau}", *steady]
        books, intercept = books_of(seeds, persons, run, deciding_by(made)), compose(run).lender.score_intercept
        for customer, cards_of in made.items():
            changes = []
            for kind, applications in (("applications", True), ("accounts", False)):
                *_, month, score, bad = books[customer, applications]
                seasonal = customer == "firm" and not applications
                wave = season_wave(month) if seasonal else None
                change = correction(-(intercept + (score - ANCHOR) / POINTS), bad, wave)
                print(f"  {customer}, bureau={bureau}, {kind}: level {change.level:.3f}, slope {change.slope:.3f}")
                changes.append(change)
            halves = zip(np.split(cards_of.usual, 2), changes, strict=True)
            usual = np.concatenate([corrected(half, change) for half, change in halves])
            # Sector and season were fitted to accounts, so that they stretch as those do.
            moves = cards_of.moves * changes[1].slope
            moves[len(SECTORS) :] += changes[1].season or 0.0
            settled[bureau, customer] = cards_of._replace(usual=usual, moves=moves)
    return settled


def written(preset: str, seeds: range, persons: int) -> list[tuple[str, ...]]:
    """Lines of a preset's file: its cards with and without a bureau. A preset without a card yet begins with the usual.

    Raises
    ------
    UsageError
        There is no such preset.
    """
    first = f"lender.card={preset if preset in CARDS else USUAL_CARD}"
    run = (seeds, persons, [*chosen(preset), first])
    found, said = cards(*run)
    print(preset, *said, sep="\n  ", flush=True)
    for times in LEVEL_RUNS:  # whom the corrected cards approve is looked at once more
        found = levelled(found, range(seeds.start, seeds.start + times * len(seeds)), *run[1:])
    return [
        (customer, bureau, segment, name, f"{weight:.4f}")
        for (bureau, customer), made in found.items()
        for segments, names, card in (
            (SEGMENTS, WEIGHTS, made.usual),
            ((SECTOR,), SECTORS, made.moves[None, : len(SECTORS)]),
            ((SEASON,), WAVE, made.moves[None, len(SECTORS) :]),
            (SECTORS, SECTOR_WEIGHTS, made.by_sector),
        )
        for segment, row in zip(segments, card, strict=True)
        for name, weight in zip(names, row, strict=True)
    ]


def main() -> None:
    """Fit the cards, with and without a bureau, and write them."""
    parser = argparse.ArgumentParser(description="fit the shipped cards")
    parser.add_argument("--preset", help="the preset whose card is fitted (default: each that has one)")
    parser.add_argument("--reduced", action="store_true", help="two small runs; nothing is written")
    parser.add_argument("--seeds", type=int, default=12, help="runs (default 12)")
    asked = parser.parse_args()
    seeds, persons = (range(1, 3), 3_000) if asked.reduced else (range(5_001, 5_001 + asked.seeds), 20_000)
    for preset in [asked.preset] if asked.preset else CARDS:
        try:
            lines = written(preset, seeds, persons)
        except UsageError as mistake:
            print(mistake, file=sys.stderr)
            sys.exit(2)
        if not asked.reduced:
            with (FOLDER / f"{preset}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file, lineterminator="\n").writerows([HEADER, *lines])


if __name__ == "__main__":
    main()
