"""The whole configuration as one frozen dataclass, composed of those that live beside what they configure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.config.errors import nearest, refusal
from sim.economy.sector_settings import PrivateSectors
from sim.economy.sectors import SECTORS
from sim.economy.settings import EconomySettings
from sim.engine.tables.declare import setting
from sim.firms.settings import FeedbackSettings, FirmSettings
from sim.lender.policies.approval import Profit
from sim.lender.policies.authentication import Password
from sim.lender.policies.collections import Staged
from sim.lender.policies.education import NoEducation
from sim.lender.policies.kinds import Appetite, Limits, ListedRules, Rules
from sim.lender.policies.pricing import Prices
from sim.lender.policies.scoring import Static
from sim.lender.policies.warning import Silent
from sim.lender.settings import LenderSettings
from sim.month.own import OwnRules
from sim.persons.behaviour import BehaviourSettings
from sim.persons.population import PopulationSettings
from sim.persons.tape import Tape
from sim.sharing.fund import FundSettings
from sim.sharing.scheme import Scheme
from sim.study.plan.own_model import OwnModel
from sim.study.plan.settings import MachineSettings, ReportSettings, StudySettings, scheduler_problems


@dataclass(frozen=True)
class Policies:
    """The lender's policies in force, one frozen dataclass of parameters for each group."""

    scoring: Static
    approval: Profit
    limit: Limits
    closing: Rules
    pricing: Prices
    term: Rules
    relief: Rules
    warning: Silent
    appetite: Appetite
    engine: ListedRules
    authentication: Password
    collections: Staged
    education: NoEducation


@dataclass(frozen=True)
class Config:
    """A resolved and checked configuration of one model.

    ``chosen`` says which option of each group it was composed from, e.g. ``{"policy/limit": "fixed"}``;
    ``tape`` holds the accounts of ``population.file``, when there is one, ``model`` the class of ``study.model``,
    ``own`` what a user's file of rules brings.
    """

    population: PopulationSettings
    behaviour: BehaviourSettings
    fraud: Any
    economy: EconomySettings
    sectors: PrivateSectors
    firms: FirmSettings
    feedback: FeedbackSettings
    lender: LenderSettings
    funding: Any
    regulation: Any
    policy: Policies
    bureau: Any
    provisioning: Any
    sharing: Scheme
    fund: FundSettings
    study: StudySettings
    design: Any
    machine: MachineSettings
    report: ReportSettings
    seed: int = setting(1, 0, 2**63 - 1, meaning="seed of every random draw")
    out: str = setting("out", meaning="study folder, made when the job starts", place=True)
    plugin: str = setting("", meaning="file with the user's own rules; given as --plugin FILE", place=True)
    chosen: Mapping[str, str] = field(default_factory=dict)
    own: OwnRules = field(default_factory=OwnRules)
    tape: Tape | None = None
    model: OwnModel | None = None

    def check(self) -> list[str]:
        """Problems between settings of different groups, one line each."""
        problems = self.sharing.check(self.lender.charge_off_months)
        problems.extend(scheduler_problems(self.machine))
        named = [("sharing.eligible.sectors", sector) for sector in self.sharing.eligible.sectors]
        named += [("policy.scoring.cards: sector", sector) for sector in self.policy.scoring.sectors]
        problems.extend(self.regulation.check_against(self))
        for key, sector in named:
            if sector not in SECTORS:
                problems.append(refusal(key, sector, "one of " + ", ".join(SECTORS), nearest(sector, SECTORS)))
        if not self.out.strip() or "\0" in self.out:
            problems.append("out: an empty text is not allowed: the path of a folder")
        if self.population.file and self.study.burn_in:
            problems.append(
                f"study.burn_in: {self.study.burn_in} is not allowed: 0 with population=tape, a tape is a book of today"
            )
        return problems


def as_plain(config: Any) -> dict[str, Any]:
    """Nested dict of plain values (lists for tuples) with ``name`` in every group, as the files have it."""
    plain = _plain(config)
    chosen = plain.pop("chosen", {})
    for name in ("tape", "model", "own"):  # what they hold is a file of the user's
        plain.pop(name, None)
    for group, option in chosen.items():
        node = plain
        for part in group.split("/"):
            node = node[part]
        node["name"] = option
    return plain


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
