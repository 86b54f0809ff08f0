"""The runs that published figures are compared with: worlds in pairs, and the book of persons month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.config.compose import compose, preset_of
from sim.month.model import Model
from sim.study.run.cell import release

CHINA, US = "china_platform", "us_cards"
US_PATH = ("economy=us_2007_2012", "economy.season=[1.,1.,1.,1.,1.,1.,1.,1.,1.,1.,1.,1.]")  # the series has no seasons
US_MONTHS = 72
BURN_IN = 24
YEAR = 12
SHOCK = 12  # months from the policy date to the shock of the severe recession
OPENING = 30  # months watched from the lender's first day
YEARS_OF_CHANCE = 20  # in which recessions come by themselves
BOOK = ("alive", "line", "limit", "principal", "interest", "months_past_due", "paid", "score")
PRIVATE = ("income_permanent", "employed", "months_in_job", "loans_elsewhere")  # kept beside the book
LINES = ("alive", "line", "limit", "score", "offer_rate")
PRICED = "policy/pricing=risk_based"
EVERYONE = "policy/approval=everyone"
GUARANTEED = "sharing=guarantee_80_20"
CHINA_2020 = ("economy=v_shape", "economy.systematic.severity_sd=0", "economy.systematic.timing_sd=0")  # as published
STATES_2020 = "economy=us_2020"
PUBLISHED_MONTHS = 36  # from January 2019


@dataclass(frozen=True, eq=False)
class Run:
    """One run from the policy date on.

    Attributes
    ----------
    told : dict of str to float64[months]
        Figures of the months.
    panel : dict of str to array[months, rows]
        Columns of the persons' accounts, and of what they alone know, at the end of each month; 0 before a person
        arrives. Empty where only figures are asked for.
    intercept : float
        Log-odds of staying in order that the score's anchor stands for.
    """

    told: dict[str, NDArray[np.float64]]
    panel: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    intercept: float = 0.0

    @property
    def owed(self) -> NDArray[np.float32]:
        """Principal and interest, what a card's bill shows; float32[months, rows]."""
        return self.panel["principal"] + self.panel["interest"]


NOTHING = Run({})


@dataclass(frozen=True, eq=False)
class World:
    """The runs of one seed: persons and luck are the same in all of them."""

    calm: Run
    severe: Run
    closing: Run  # severe, and weak lines are closed
    stochastic: Run  # recessions come by themselves
    first: Run  # calm, from the lender's first day, on which most lines are opened
    everyone: Run  # the same, and everybody who applies is approved
    covered: Run  # calm, and a fund bears 80 % of the loss on each new loan
    priced: Run  # calm, priced by risk
    guaranteed: Run  # the same, and a fund bears 80 % of the loss on each new loan
    path: Run  # the United States of 2007-2012; of its preset alone
    china_2020: Run = NOTHING  # the shock of early 2020 in its own size, from January 2019 on; of China's preset alone
    states_2020: Run = (
        NOTHING  # published unemployment and support of the United States, from January 2019 on
    )


def live(
    months: int,
    seed: int,
    persons: int,
    overrides: Sequence[str],
    *,
    watched: Sequence[str] = (),
    burn_in: int = BURN_IN,
) -> Run:
    """Live one run; ``watched`` names columns of the persons' book that are kept for every month, with `PRIVATE`."""
    keys = [f"seed={seed}", f"population.borrowers={persons}", f"study.burn_in={burn_in}", f"study.months={months}"]
    config = compose([*keys, *overrides])
    model = Model(config)
    for _ in range(burn_in):
        model.step()
    kept: dict[str, list[NDArray[np.float32]]] = {name: [] for name in (*watched, *PRIVATE)}
    for _ in range(months):
        model.step()
        if watched:
            for name, column in kept.items():
                table = model.people.private if name in PRIVATE else model.accounts
                column.append(table[name][: model.people.size].astype(np.float32))
    told = {name: np.array([float(m.get(name, 0)) for m in model.records[burn_in:]]) for name in model.record}
    rows = model.people.size
    release(model)
    panel = {name: np.stack([np.pad(part, (0, rows - len(part))) for part in kept[name]]) for name in kept if watched}
    return Run(told, panel, config.lender.score_intercept)


def chosen(preset: str) -> list[str]:
    """Overrides that compose a preset."""
    return [f"{group}={option}" for group, option in preset_of({"preset": preset}).items()]


def world(seed: int, persons: int, months: int, preset: str = CHINA) -> World:
    """Live every run of one seed under a preset."""
    own, severe = chosen(preset), "economy=severe_recession"

    def lived(*overrides: str, length: int = months, **told: Any) -> Run:
        return live(length, seed, persons, [*own, *overrides], **told)

    return World(
        calm=lived(watched=BOOK),
        severe=lived(severe),
        closing=lived(severe, "policy/closing=threshold"),
        stochastic=lived("economy=stochastic", length=YEARS_OF_CHANCE * YEAR),
        first=lived(length=OPENING, watched=BOOK, burn_in=0),
        everyone=lived(EVERYONE, length=OPENING, watched=BOOK, burn_in=0),
        covered=lived(GUARANTEED, watched=LINES),
        priced=lived(PRICED, watched=LINES),
        guaranteed=lived(PRICED, GUARANTEED, watched=LINES),
        path=lived(*US_PATH, length=US_MONTHS) if preset == US else NOTHING,
        china_2020=lived(*CHINA_2020, length=PUBLISHED_MONTHS, watched=BOOK) if preset == CHINA else NOTHING,
        states_2020=lived(STATES_2020, length=PUBLISHED_MONTHS) if preset == US else NOTHING,
    )
