"""The runs that published figures are compared with: worlds in pairs, and the book of persons month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.config.compose import compose, preset_of
from sim.figures.catalog import absent_from
from sim.lender.provisioning import ThreeStages
from sim.loan.states import LINE_OPEN
from sim.month.model import Model
from sim.study.run.burn_in import release

CHINA, US, TAIWAN = "china_platform", "us_cards", "taiwan_cards_2005"
US_PATH = ("economy=us_2007_2012", "economy.season=[1.,1.,1.,1.,1.,1.,1.,1.,1.,1.,1.,1.]")  # the series has no seasons
US_MONTHS = 72
BURN_IN = 24
YEAR = 12
SHOCK = 12  # months from the policy date to the shock of the severe recession
ACCESS = 24  # months watched from the day on which firms come to have a line
OPENING = 30  # months watched from the lender's first day
YEARS_OF_CHANCE = 20  # in which recessions come by themselves
BOOK = ("alive", "line", "limit", "principal", "interest", "months_past_due", "paid", "score",
        "written_off")  # fmt: skip
PRIVATE = ("income_permanent", "employed", "months_in_job", "loans_elsewhere")  # kept beside the book
LINES = ("alive", "line", "limit", "score", "offer_rate")
COVERED = (*LINES, "principal", "interest", "months_past_due", "triggered")  # the last: claimed, not recovered
FIRM_PANEL = ("trading", "sales", "staff", "principal", "limit", "months_past_due", "triggered")
# Funders leave with the recession, as in the scenario funding_freeze.
FREEZE = "economy.path.funding=[1.0,0.4,0.4,0.4,0.7,1.0,1.0,1.0,1.0]"
LOT = 20_071  # seed of the draw of firms, beside that of the run
PRICED = "policy/pricing=risk_based"
EVERYONE = "policy/approval=everyone"
GUARANTEED = "sharing=guarantee_80_20"
CHINA_2020 = ("economy=v_shape", "economy.systematic.severity_sd=0", "economy.systematic.timing_sd=0")  # as published
SEVERE = "economy=severe_recession"
# A third of the capital that the presets begin with, aim at and must have.
THIN = ("lender.equity_per_borrower=30000", "lender.target_capital_ratio=0.0667",
        "lender.minimum_capital_ratio=0.0333", "lender.leverage_cap=15")  # fmt: skip
STATES_2020 = "economy=us_2020"
PUBLISHED_MONTHS = 36  # from January 2019
PROVIDED = ThreeStages()


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
    firms : dict of str to array[months, rows]
        Columns of the firms, as ``panel``, where they are asked for.
    """

    told: dict[str, NDArray[np.float64]]
    panel: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    intercept: float = 0.0
    firms: dict[str, NDArray[np.float32]] = field(default_factory=dict)

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
    closing: Run  # severe, and weak lines are closed from the policy date on
    stochastic: Run  # recessions come by themselves
    first: Run  # calm, from the lender's first day, on which most lines are opened
    everyone: Run  # the same, and everybody who applies is approved
    covered: Run  # calm, and a fund bears 80 % of the loss on each new loan
    priced: Run  # calm, priced by risk
    guaranteed: Run  # the same, and a fund bears 80 % of the loss on each new loan
    provided: Run = NOTHING  # calm, no firms, an allowance by IFRS 9
    path: Run = NOTHING  # the United States of 2007-2012; of its preset alone
    china_2020: Run = NOTHING  # the shock of early 2020 in its own size, from January 2019 on; of China's preset alone
    states_2020: Run = NOTHING  # published unemployment and support of the United States from January 2019 on
    crunch: Run = NOTHING  # severe, and funders leave the lender
    thin: Run = NOTHING  # severe, and the lender has a third of the capital
    given: Run = NOTHING  # calm; half of the firms, drawn by lot, come to have a line
    withheld: Run = NOTHING  # the same firms, which do not
    september: Run = NOTHING  # one month from the last of the card tape of Taiwan; of its preset alone


def firm_columns(model: Model) -> dict[str, NDArray[np.float32]]:
    """Columns of the firms that are followed."""
    firms = model.firms
    tables = [firms.private if name in firms.private.columns else firms.accounts for name in FIRM_PANEL]
    return {name: table[name][: firms.rows].astype(np.float32) for name, table in zip(FIRM_PANEL, tables, strict=True)}


def live(
    months: int,
    seed: int,
    persons: int,
    overrides: Sequence[str],
    *,
    watched: Sequence[str] = (),
    followed: bool = False,
    burn_in: int = BURN_IN,
    later: Sequence[str] = (),
) -> Run:
    """Live one run.

    ``watched`` names columns of the persons' book that are kept for every month, with `PRIVATE`; ``followed`` keeps
    the firms; ``later`` are overrides that take force on the policy date.
    """
    keys = [f"seed={seed}", f"population.borrowers={persons}", f"study.burn_in={burn_in}", f"study.months={months}"]
    config = compose([*keys, *overrides])
    model = Model(config)
    for _ in range(burn_in):
        model.step()
    if later:
        model = Model.fork(compose([*keys, *overrides, *later]), model.save())
    kept: dict[str, list[NDArray[np.float32]]] = {name: [] for name in (*watched, *PRIVATE)}
    firms: dict[str, list[NDArray[np.float32]]] = {name: [] for name in FIRM_PANEL if followed}
    for _ in range(months):
        model.step()
        if watched:
            for name, column in kept.items():
                table = model.people.private if name in PRIVATE else model.accounts
                column.append(table[name][: model.people.size].astype(np.float32))
        if followed:
            now = firm_columns(model)
            for name, months_of in firms.items():
                months_of.append(now[name])
    names = {*model.record, *absent_from(config)}  # what its options leave nothing but 0 is 0
    told = {name: np.array([float(m.get(name, 0)) for m in model.records[-months:]]) for name in names}
    release(model)
    panel = {name: padded(kept[name]) for name in kept if watched}
    return Run(told, panel, config.lender.score_intercept, {name: padded(parts) for name, parts in firms.items()})


def padded(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Months of a column that grows, 0 before a row is there."""
    rows = len(parts[-1])
    return np.stack([np.pad(part, (0, rows - len(part))) for part in parts])


def access(months: int, seed: int, persons: int, overrides: Sequence[str], *, given: bool) -> Run:
    """Live a run in which no firm had credit before the policy date, and half of them come to have it, or do not.

    The half is drawn by lot among the firms with an account that trade on the policy date; ``firms`` holds them alone.
    """
    keys = [f"seed={seed}", f"population.borrowers={persons}", f"study.burn_in={BURN_IN}", f"study.months={months}"]
    keys += overrides
    usual = compose(keys).firms
    model = Model(compose([*keys, EVERYONE, "firms.opening_multiple=0"]))  # a line of nothing pays for no account
    for _ in range(BURN_IN):
        model.step()
    book, size = model.firms.accounts, model.firms.rows
    able = np.flatnonzero((book["line"][:size] == LINE_OPEN) & (model.firms.private["trading"][:size] > 0))
    drawn = able[np.random.default_rng((LOT, seed)).random(len(able)) < 0.5]
    if given:
        limits = (usual.opening_multiple * book["inflow_slow"][drawn]).astype(np.int64) // 10_000 * 10_000
        book["limit"][drawn] = np.minimum(limits, usual.limit_cap)
    followed = []
    for _ in range(months):
        model.step()
        followed.append({name: column[drawn] for name, column in firm_columns(model).items()})
    release(model)
    return Run({}, firms={name: np.stack([month[name] for month in followed]) for name in FIRM_PANEL})


def chosen(preset: str) -> list[str]:
    """Overrides that compose a preset."""
    return [f"{group}={option}" for group, option in preset_of({"preset": preset}).items()]


def world(seed: int, persons: int, months: int, preset: str = CHINA) -> World:
    """Live every run of one seed under a preset."""
    own = chosen(preset)

    def lived(*overrides: str, length: int = months, **told: Any) -> Run:
        return live(length, seed, persons, [*own, *overrides], **told)

    return World(
        calm=lived(watched=BOOK, followed=True),
        severe=lived(SEVERE, followed=True),
        closing=lived(SEVERE, later=("policy/closing=threshold",)),
        stochastic=lived("economy=stochastic", length=YEARS_OF_CHANCE * YEAR, followed=True),
        first=lived(length=OPENING, watched=BOOK, burn_in=0),
        everyone=lived(EVERYONE, length=OPENING, watched=BOOK, burn_in=0),
        covered=lived(GUARANTEED, watched=COVERED, followed=True),
        priced=lived(PRICED, watched=LINES),
        guaranteed=lived(PRICED, GUARANTEED, watched=LINES),
        provided=lived(f"provisioning={PROVIDED.name}", "firms=none", watched=BOOK),
        path=lived(*US_PATH, length=US_MONTHS) if preset == US else NOTHING,
        china_2020=lived(*CHINA_2020, length=PUBLISHED_MONTHS, watched=BOOK) if preset == CHINA else NOTHING,
        states_2020=lived(STATES_2020, length=PUBLISHED_MONTHS) if preset == US else NOTHING,
        crunch=lived(SEVERE, FREEZE, followed=True),
        thin=lived(SEVERE, *THIN),
        given=access(ACCESS, seed, persons, own, given=True),
        withheld=access(ACCESS, seed, persons, own, given=False),
    )
