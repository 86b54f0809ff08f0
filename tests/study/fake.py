"""A toy model with the model's interface, fast enough to run whole studies in a test."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from sim.engine.tables.declare import setting
from sim.loan.states import LINE_CLOSED, LINE_OPEN
from sim.study.plan.parts import Arm, Scenario
from sim.study.plan.plan import Plan, make_plan
from sim.study.plan.settings import MachineSettings, StudySettings


@dataclass(frozen=True)
class Never:
    name: str = "never"


@dataclass(frozen=True)
class Threshold:
    level: float = 0.8
    name: str = "threshold"


@dataclass(frozen=True)
class Policies:
    closing: object = field(default_factory=Never)
    limit: float = 1.0


@dataclass(frozen=True)
class Economy:
    calm: float = 0.05
    shock: float = setting(0.0, 0.0, 1.0, unit="share of persons", meaning="more of them without work")


@dataclass(frozen=True)
class Population:
    borrowers: int = 80


@dataclass(frozen=True)
class Config:
    policy: Policies = field(default_factory=Policies)
    economy: Economy = field(default_factory=Economy)
    population: Population = field(default_factory=Population)
    study: StudySettings = field(default_factory=StudySettings)
    machine: MachineSettings = field(default_factory=MachineSettings)
    seed: int = 1
    pause: float = 0.0
    notes: str = ""
    design: object = None


class FakeModel:
    """Persons with a keyed luck each month: low luck makes them overdue, and a closing rule may act."""

    def __init__(self, config: Config, checkpoint: dict | None = None) -> None:
        self.config = config
        state = copy.deepcopy(checkpoint) or self._start(config.population.borrowers)
        self.month, self.accounts = state["month"], state["accounts"]
        self.record: dict = {}
        self.environment = {"funding_rate": 0.0, "accrual_stops": 4, "sale_price": 0.0}
        self.events: dict = {"default": [], "closure": []}

    def _start(self, count: int) -> dict:
        accounts = {
            "alive": np.ones(count, np.int8),
            "line": np.full(count, LINE_OPEN, np.int8),
            **{name: np.zeros(count, np.int8) for name in ("months_past_due", "months_in_state")},
            **{name: np.zeros(count, np.int32) for name in ("principal", "interest", "paid", "written_off")},
            "rate": np.zeros(count, np.float32),
        }
        return {"month": -self.config.study.burn_in, "accounts": accounts}

    def step(self) -> None:
        if self.config.pause:
            time.sleep(self.config.pause)
        accounts = self.accounts
        count = len(accounts["line"])
        luck = np.random.default_rng([self.config.seed, self.month + 10_000]).random(count)
        stress = self.config.economy.calm + (self.config.economy.shock if self.month >= 0 else 0.0)
        closed = accounts["line"] == LINE_CLOSED
        late = luck < (stress + 0.02 * closed) * self.config.policy.limit * 4
        before = accounts["months_past_due"].copy()
        accounts["months_past_due"][:] = np.where(late, np.minimum(before + 1, 13), 0)
        level = getattr(self.config.policy.closing, "level", None)
        shut = np.zeros(count, bool) if level is None else ~closed & (luck > level) & (luck < level + 0.02)
        accounts["line"][shut] = LINE_CLOSED
        overdue = accounts["months_past_due"] >= 4
        self.events["default"].append(np.flatnonzero(overdue & (before < 4)))
        self.events["closure"].append(np.flatnonzero(shut))
        money = int(1e6 * count * self.config.policy.limit)
        self.record = {
            "outstanding": money,
            "charged_off": int(1e4 * late.sum()),
            "recovered": 100,
            "loss_rate": 0.0,
            "delinquent_30": float((accounts["months_past_due"] >= 2).mean()),
            "delinquent_90": float(overdue.mean()),
            "approval_rate": float(np.median(luck)),
            "lender_profit": int(money / 100 - 3e4 * late.sum()),
            "fund_capital": 0,
        }
        self.month += 1

    def save(self, *, departed: bool = True, last: bool = False) -> dict:
        return {"month": self.month, "accounts": copy.deepcopy(self.accounts)}

    @classmethod
    def fork(cls, config: Config, checkpoint: dict, *, last: bool = False) -> FakeModel:
        return cls(config, checkpoint)


def toy_plan(
    *,
    replications: int = 4,
    months: int = 18,
    workers: int = 1,
    seed: int = 1,
    pause: float = 0.0,
    arms: tuple[str, ...] = ("lenient", "limits", "closing", "platform"),
    scenarios: tuple[str, ...] = ("calm", "bad", "elsewhere"),
    baseline: str = "",
    deadline: int = 0,
    scheduler: str = "",
    notes: str = "",
    called: Mapping[str, str] = MappingProxyType({}),
    **study: object,
) -> Plan:
    """Four packages in three scenarios of two families; ``called`` gives some of them other names."""
    settings = StudySettings(
        arms=arms,
        scenarios=scenarios,
        replications=replications,
        months=months,
        burn_in=6,
        baseline=baseline,
        **({"detail": "none"} | study),
    )
    machine = MachineSettings(workers=workers, threads=1, deadline=deadline, scheduler=scheduler)
    economies = {"calm": Economy(), "bad": Economy(shock=0.05), "elsewhere": Economy(calm=0.08)}
    policies = {
        "lenient": Policies(),
        "limits": Policies(limit=0.9),
        "closing": Policies(Threshold(), 0.9),
        "platform": Policies(Threshold(), 0.7),
    }
    parents = {"limits": "lenient", "closing": "limits", "platform": "closing"}

    def arm(name: str) -> Arm:
        configs = {
            scenario: Config(policies[name], economies[scenario], Population(), settings, machine, seed, pause, notes)
            for scenario in scenarios
        }
        named = {called.get(scenario, scenario): config for scenario, config in configs.items()}
        parent = parents.get(name, "")
        return Arm(called.get(name, name), named, called.get(parent, parent), f"the package {name}")

    return make_plan(
        [arm(name) for name in arms],
        [Scenario(called.get(name, name), months + 6 * (name == "elsewhere"), f"economy {name}") for name in scenarios],
        root=arm("lenient"),
        seed=seed,
        study=settings,
        machine=machine,
        ancestry={called.get(name, name): called.get(parent, parent) for name, parent in parents.items()},
        overrides=[f"seed={seed}"],
        never=Never(),
        family_of=lambda config: config.economy.calm,
    )
