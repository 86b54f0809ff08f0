"""The runs that published figures are compared with: worlds in pairs, and the book of persons month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.config.compose import compose
from sim.lender.provisioning import ThreeStages
from sim.month.model import Model
from sim.study.run.cell import release

BURN_IN = 24
YEAR = 12
SHOCK = 12  # months from the policy date to the shock of the severe recession
OPENING = 30  # months watched from the lender's first day
YEARS_OF_CHANCE = 20  # in which recessions come by themselves
BOOK = ("alive", "line", "limit", "principal", "interest", "months_past_due", "paid", "score",
        "written_off")  # fmt: skip
PRICED = "policy/pricing=risk_based"
PROVIDED = ThreeStages()


@dataclass(frozen=True, eq=False)
class Run:
    """One run from the policy date on.

    Attributes
    ----------
    told : dict of str to float64[months]
        Figures of the months.
    panel : dict of str to array[months, rows]
        Columns of the persons' accounts and their income, at the end of each month; 0 before a person arrives.
        Empty where only figures are asked for.
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


@dataclass(frozen=True, eq=False)
class World:
    """The runs of one seed: persons and luck are the same in all of them."""

    calm: Run
    severe: Run
    closing: Run  # severe, and weak lines are closed
    stochastic: Run  # recessions come by themselves
    first: Run  # calm, from the lender's first day, on which most lines are opened
    everyone: Run  # the same, and everybody who applies is approved
    priced: Run  # calm, priced by risk
    provided: Run  # calm, no firms, an allowance by IFRS 9
    guaranteed: Run  # as priced, and a fund bears 80 % of the loss on each new loan


def live(
    months: int, seed: int, persons: int, overrides: Sequence[str], *, watched: bool = False, burn_in: int = BURN_IN
) -> Run:
    """Live one run; ``watched`` keeps the persons' book of every month."""
    keys = [f"seed={seed}", f"population.borrowers={persons}", f"study.burn_in={burn_in}", f"study.months={months}"]
    config = compose([*keys, *overrides])
    model = Model(config)
    for _ in range(burn_in):
        model.step()
    kept: dict[str, list[NDArray[np.float32]]] = {name: [] for name in (*BOOK, "income_permanent")}
    for _ in range(months):
        model.step()
        if watched:
            for name, column in kept.items():
                table = model.people.private if name == "income_permanent" else model.accounts
                column.append(table[name][: model.people.size].astype(np.float32))
    told = {name: np.array([float(m.get(name, 0)) for m in model.records[burn_in:]]) for name in model.record}
    rows = model.people.size
    release(model)
    panel = {name: np.stack([np.pad(part, (0, rows - len(part))) for part in kept[name]]) for name in kept if watched}
    return Run(told, panel, config.lender.score_intercept)


def world(seed: int, persons: int, months: int) -> World:
    """Live every run of one seed."""
    severe = "economy=severe_recession"
    return World(
        calm=live(months, seed, persons, [], watched=True),
        severe=live(months, seed, persons, [severe]),
        closing=live(months, seed, persons, [severe, "policy/closing=threshold"]),
        stochastic=live(YEARS_OF_CHANCE * YEAR, seed, persons, ["economy=stochastic"]),
        first=live(OPENING, seed, persons, [], watched=True, burn_in=0),
        everyone=live(OPENING, seed, persons, ["policy/approval=everyone"], watched=True, burn_in=0),
        priced=live(months, seed, persons, [PRICED]),
        provided=live(months, seed, persons, [f"provisioning={PROVIDED.name}", "firms=none"], watched=True),
        guaranteed=live(months, seed, persons, [PRICED, "sharing=guarantee_80_20"]),
    )
