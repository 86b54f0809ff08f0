"""The registry: which groups there are, which options each has, and the dataclass behind an option.

Nothing is instantiated from a configuration file: a name in a file is looked up here, and only here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sim.config import plugin
from sim.config.errors import UsageError, nearest, refusal
from sim.config.locate import config_folder, shipped_names

EXPERIMENT = "experiment"


@dataclass(frozen=True)
class Group:
    """A configuration group: its name and where its dataclass (or table of options) is declared."""

    name: str
    module: str
    attribute: str
    meaning: str

    @property
    def node(self) -> str:
        """Place of the group in the composed configuration, with dots."""
        return self.name.replace("/", ".")


GROUPS: tuple[Group, ...] = (
    Group("population", "sim.agents.population", "PopulationSettings", "who the borrowers are and how many"),
    Group("behaviour", "sim.rules.behaviour", "BehaviourSettings", "how persons earn, spend, borrow and repay"),
    Group("economy", "sim.economy.settings", "EconomySettings", "the path of the economy, a scenario"),
    Group("sectors", "sim.economy.sector_settings", "PrivateSectors", "season, cost and working capital by sector"),
    Group("firms", "sim.agents.firm_settings", "FirmSettings", "who the firms are, how they trade and borrow"),
    Group(
        "feedback", "sim.agents.firm_settings", "FeedbackSettings", "which links between firms, persons and lender act"
    ),
    Group(
        "lender", "sim.agents.lender_settings", "LenderSettings", "capital, funding, scoring and costs of the lender"
    ),
    Group("funding", "sim.accounts.securitisation", "OPTIONS", "how the lender funds itself: debt, asset-backed notes"),
    Group("regulation", "sim.policies.regulation", "OPTIONS", "what the law allows: largest loans, rates, own shares"),
    Group("fraud", "sim.rules.fraud", "OPTIONS", "who takes over other people's accounts"),
    Group(
        "policy/scoring", "sim.policies.scorecards", "OPTIONS", "what the score is made of, and when it is made anew"
    ),
    Group("policy/approval", "sim.policies.approval", "OPTIONS", "who is admitted and who is approved"),
    Group("policy/limit", "sim.policies.limit", "OPTIONS", "how high a credit line is, and when it moves"),
    Group("policy/closing", "sim.policies.closing", "OPTIONS", "when a line is closed"),
    Group("policy/pricing", "sim.policies.pricing", "OPTIONS", "what a loan costs"),
    Group("policy/term", "sim.policies.term", "OPTIONS", "over how many instalments a draw is repaid"),
    Group("policy/relief", "sim.policies.relief", "OPTIONS", "what is done for those who cannot pay"),
    Group("policy/warning", "sim.policies.warning", "OPTIONS", "how trouble is seen before it comes"),
    Group("policy/appetite", "sim.policies.appetite", "OPTIONS", "how cutoffs move with the cycle and with targets"),
    Group("policy/engine", "sim.policies.engine", "OPTIONS", "a list of rules that decides after all other policies"),
    Group("policy/authentication", "sim.policies.authentication", "OPTIONS", "how a customer is recognised at a draw"),
    Group("policy/education", "sim.policies.education", "OPTIONS", "what is done for customers' financial literacy"),
    Group("policy/collections", "sim.policies.collections", "OPTIONS", "what is done about overdue accounts"),
    Group("bureau", "sim.policies.bureau", "OPTIONS", "what lenders tell each other about debts"),
    Group("provisioning", "sim.accounts.provisioning", "OPTIONS", "how much is set aside for expected losses"),
    Group("sharing", "sim.sharing.scheme", "Scheme", "who bears which part of a loss"),
    Group("fund", "sim.sharing.fund", "FundSettings", "the guarantee fund: capital, leverage, suspension"),
    Group("study", "sim.study.settings", "StudySettings", "arms, scenarios, replications and months"),
    Group("design", "sim.study.designs", "OPTIONS", "which points a study visits, when it sweeps keys"),
    Group("machine", "sim.study.settings", "MachineSettings", "threads, processes and block size"),
)
BY_NAME = {group.name: group for group in GROUPS}
# Groups whose option may be a YAML file of the user's, and the option whose values it starts from.
OWN_FILES = {"sharing": "none", "fund": "standard", "economy": "calm"}
YAML, TABLE = (".yaml", ".yml"), (".csv", ".parquet")
POLICY_ROOTS = (
    "policy",
    "bureau",
    "provisioning",
    "sharing",
    "fund",
    "lender",
    "funding",
    "regulation",
    "behaviour",
    "feedback",
)


def option_names(group: str) -> tuple[str, ...]:
    """Options of a group (or packages, or experiments), in alphabetical order; a user's own come last."""
    shipped = shipped_names(group)
    return (*shipped, *(name for name in plugin.functions_for(group) if name not in shipped))


def refuse_shipped_names() -> None:
    """Refuse a user's function with the name of a shipped option: which one is meant could not be said."""
    for entry in GROUPS:
        for name in plugin.functions_for(entry.name):
            if name in shipped_names(entry.name):
                raise UsageError(f"{plugin.KEY}: {entry.name}={name} is shipped: give the function {name} another name")


def check_option(group: str, name: Any) -> str:
    """Return ``name`` when it is an option of ``group`` or a file of the user's where one may stand for it.

    Raises
    ------
    UsageError
        It is neither; the line gives the nearest name.
    """
    names = option_names(group)
    if isinstance(name, str) and (name in names or is_file(group, name)):
        return name
    near = nearest(name, names) if isinstance(name, str) else None
    also = ", or the path of a YAML file" if group in OWN_FILES else ""
    also += ", or of a CSV or Parquet file of months" if group == "economy" else ""
    raise UsageError(refusal(group, name, "one of " + ", ".join(names) + also, near))


def is_file(group: str, option: Any) -> bool:
    """Whether an option is a file of the user's."""
    yaml = group in OWN_FILES and isinstance(option, str) and option.lower().endswith(YAML)
    return yaml or is_table(group, option)


def is_table(group: str, option: Any) -> bool:
    """Whether an option is a table of months, which is a scenario by itself."""
    return group == "economy" and isinstance(option, str) and option.lower().endswith(TABLE)


def dataclass_of(group: str, option: str | None) -> type:
    """Dataclass that types the chosen option of a group."""
    entry = BY_NAME[group]
    found = getattr(import_module(entry.module), entry.attribute)
    if not isinstance(found, dict):
        return found
    if option not in found and option in plugin.functions_for(group):
        return plugin.owner_of(group)
    if option not in found:
        raise UsageError(refusal(group, option, "one of " + ", ".join(found), nearest(str(option), found)))
    return found[option]


def meaning_of(group: str, option: str) -> str:
    """Return the first sentence of the comment that opens an option's file: what it is."""
    if option not in shipped_names(group):
        return plugin.meaning_of(option)
    return opening_sentence((config_folder() / group / f"{option}.yaml").read_text(encoding="utf-8"))


def opening_sentence(text: str) -> str:
    """Return the first sentence of the comment that opens a file; empty where there is none."""
    words: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if "@package" not in line:
            words += line.strip("# ").split()
    return re.split(r"(?<=\.)\s", " ".join(words), maxsplit=1)[0]
