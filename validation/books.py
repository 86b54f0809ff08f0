"""Books that the shipped cards are fitted to: who is looked at, what the score says of each, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.config.compose import compose
from sim.economy.sectors import SECTORS
from sim.engine.loops.stage import Stage
from sim.engine.tables.declare import as_in
from sim.lender.policies.features import BY_SECTOR, remember_flows, values_of
from sim.lender.policies.scorecards import SectorCards
from sim.lender.policies.scoring import Static
from sim.lender.policies.shipped import season_wave
from sim.loan.states import LINE_FROZEN, LINE_OPEN
from sim.month.model import Model
from sim.study.run.burn_in import release

Floats = NDArray[np.float64]
Chosen = NDArray[np.bool_]
YEAR = 12
BURN_IN = 24
APART = 5  # months between two looks at accounts: every season is seen, for flows of firms have one
MONTHS = 60  # watched after the burn-in; samples are taken up to a year before their end


class Cards(NamedTuple):
    """The cards of persons, or of firms: float64[segments, base, features and floor], float64[sectors, names]."""

    usual: Floats
    by_sector: Floats
    moves: Floats  # of the usual card by sector, and the wave of the year


@dataclass(frozen=True)
class SeesAll(Static):
    """The usual cards in force, and everything in the book that cards by sector ask for."""

    large_outflow: float = as_in(SectorCards, "large_outflow", SectorCards.large_outflow)
    statement_error: float = as_in(SectorCards, "statement_error", SectorCards.statement_error)

    sights = SectorCards(features=BY_SECTOR).sights
    firm_sights = SectorCards(features=BY_SECTOR).firm_sights

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The rules that score, after what they do not read is remembered."""
        return (remember_flows, *super().stages)


@dataclass(eq=False)
class Sample:
    """Accounts at a month: what the book and the score say of each, and whether it borrowed within the year after."""

    month: int
    applications: bool
    rows: NDArray[np.int64]
    features: Floats
    thin: Chosen
    sector: NDArray[np.int8]
    score: Floats
    borrowed: Chosen = field(init=False)

    def __post_init__(self) -> None:
        self.borrowed = np.full(len(self.rows), not self.applications)

    def told(self, accounts: Any) -> tuple[NDArray[Any], ...]:
        """Features, file, sector, month, score, and whether 90 days past due within the year, of those who borrowed."""
        became = accounts["default_month"][self.rows]
        bad = (became > self.month) & (became <= self.month + YEAR)
        calendar = np.full(len(self.rows), self.month % YEAR)
        return tuple(part[self.borrowed] for part in (self.features, self.thin, self.sector, calendar, self.score, bad))


def sampled(month: int, before: NDArray[np.int8], accounts: Any) -> list[Sample]:
    """Lines opened this month of which nothing is drawn yet, and every so often accounts in order that owe."""
    alive, line, owed = accounts["alive"] > 0, accounts["line"], accounts["principal"] > 0
    opened = alive & (line == LINE_OPEN) & ~owed
    opened[: len(before)] &= before != LINE_OPEN
    found = [(True, opened)]
    if month % APART == 0 and month >= 0:  # a young book has more that is soon late, and firms that are not yet old
        standing = alive & owed & (accounts["months_past_due"] == 0) & ((line == LINE_OPEN) | (line == LINE_FROZEN))
        found.append((False, standing))
    samples = []
    for applications, looked_at in found:
        rows = np.flatnonzero(looked_at)
        thin = accounts["thin_file"][rows] != 0
        features, sector = values_of(BY_SECTOR, accounts, rows), accounts["stated_sector"][rows]
        samples.append(Sample(month, applications, rows, features, thin, sector, accounts["score"][rows].astype(float)))
    return samples


Told = dict[tuple[str, bool], list[Any]]
"""Samples with their outcomes, by customer and by whether they are applications."""


def deciding_by(made: Mapping[str, Cards]) -> type[SeesAll]:
    """Scoring that has the usual cards of persons and firms in force that were just made."""

    class Made(SeesAll):
        def card(self, preset: str, customer: str, bureau_weight: float) -> Floats:
            return made[customer].usual.copy()

        def moves(self, preset: str, customer: str, bureau_weight: float) -> Floats:
            sector, wave = np.split(made[customer].moves, [len(SECTORS)])
            return sector[:, None] + wave @ season_wave(np.arange(YEAR))

    return Made


def lived(seed: int, persons: int, overrides: list[str], scoring: type[SeesAll] = SeesAll) -> Told:
    """Samples of one run."""
    size = [f"seed={seed}", f"population.borrowers={persons}", f"study.burn_in={BURN_IN}", f"study.months={MONTHS}"]
    config = compose([*size, *overrides])
    months = config.study.months
    kept = {field.name: getattr(config.policy.scoring, field.name) for field in fields(Static)}
    model = Model(replace(config, policy=replace(config.policy, scoring=scoring(**kept))))
    books = {"person": model.people, "firm": model.firms.population}
    lines = {customer: np.empty(0, dtype=np.int8) for customer in books}
    samples: dict[str, list[Sample]] = {customer: [] for customer in books}
    for month in range(-BURN_IN, months):
        model.step()
        for customer, book in books.items():
            for sample in samples[customer]:
                if month <= sample.month + YEAR:
                    sample.borrowed |= book.accounts["principal"][sample.rows] > 0
            if month < months - YEAR:
                samples[customer] += sampled(month, lines[customer], book.accounts)
            lines[customer] = book.accounts["line"].copy()
    told: Told = {}
    for customer, book in books.items():
        for sample in samples[customer]:
            told.setdefault((customer, sample.applications), []).append(sample.told(book.accounts))
    release(model)
    return told


def books_of(seeds: range, *run: Any) -> Told:
    """Samples of several runs together."""
    told: Told = {}
    for seed in seeds:
        for name, parts in lived(seed, *run).items():
            told.setdefault(name, []).extend(parts)
    return {name: [np.concatenate(part) for part in zip(*parts, strict=True)] for name, parts in told.items()}
