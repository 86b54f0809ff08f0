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
from sim.config.stages import check_function, is_stage_key

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


def _policy(name: str, meaning: str, file: str = "") -> Group:
    return Group(f"policy/{name}", f"sim.lender.policies.{file or name}", "OPTIONS", meaning)


GROUPS: tuple[Group, ...] = (
    Group("population", "sim.persons.population", "PopulationSettings", "who the borrowers are and how many"),
    Group("behaviour", "sim.persons.behaviour", "BehaviourSettings", "how persons earn, spend, borrow and repay"),
    Group("economy", "sim.economy.settings", "EconomySettings", "the path of the economy, a scenario"),
    Group("sectors", "sim.economy.sector_settings", "PrivateSectors", "season, cost and working capital by sector"),
    Group("firms", "sim.firms.settings", "FirmSettings", "who the firms are, how they trade and borrow"),
    Group("feedback", "sim.firms.settings", "FeedbackSettings", "which links between firms, persons and lender act"),
    Group("lender", "sim.lender.settings", "LenderSettings", "capital, funding, scoring and costs of the lender"),
    Group("funding", "sim.lender.securitisation", "OPTIONS", "how the lender funds itself: debt, asset-backed notes"),
    Group(
        "regulation",
        "sim.lender.policies.regulation",
        "OPTIONS",
        "what the law allows: largest loans, rates, own shares",
    ),
    Group("fraud", "sim.persons.fraud", "OPTIONS", "who takes over other people's accounts"),
    _policy("scoring", "what the score is made of, and when it is made anew", "scorecards"),
    _policy("approval", "who is admitted and who is approved"),
    _policy("limit", "how high a credit line is, and when it moves"),
    _policy("closing", "when a line is closed"),
    _policy("pricing", "what a loan costs"),
    _policy("term", "over how many instalments a draw is repaid"),
    _policy("relief", "what is done for those who cannot pay"),
    _policy("warning", "how trouble is seen before it comes"),
    _policy("appetite", "how cutoffs move with the cycle and with targets"),
    _policy("engine", "a list of rules that decides after all other policies"),
    _policy("authentication", "how a customer is recognised at a draw"),
    _policy("education", "what is done for customers' financial literacy"),
    _policy("collections", "what is done about overdue accounts"),
    Group("bureau", "sim.lender.policies.bureau", "OPTIONS", "what lenders tell each other about debts"),
    Group("provisioning", "sim.lender.provisioning", "OPTIONS", "how much is set aside for expected losses"),
    Group("sharing", "sim.sharing.scheme", "Scheme", "who bears which part of a loss"),
    Group("fund", "sim.sharing.fund", "FundSettings", "the guarantee fund: capital, leverage, suspension"),
    Group("study", "sim.study.plan.settings", "StudySettings", "arms, scenarios, replications and months"),
    Group("design", "sim.study.plan.designs", "OPTIONS", "which points a study visits, when it sweeps keys"),
    Group("machine", "sim.study.plan.settings", "MachineSettings", "threads, processes and block size"),
    Group("report", "sim.study.plan.settings", "ReportSettings", "in which language results are told"),
)
BY_NAME = {group.name: group for group in GROUPS}
# Groups whose option may be a YAML file of the user's, and the option whose values it starts from.
OWN_FILES = {"sharing": "none", "fund": "standard", "economy": "calm", "behaviour": "china_platform"}
YAML, TABLE = (".yaml", ".yml"), (".csv", ".tsv", ".parquet", ".xlsx")
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
    if is_stage_key(group):
        return (*plugin.loaded().functions, "shipped")
    shipped = shipped_names(group)
    return (*shipped, *(name for name in plugin.functions_for(group) if name not in shipped))


def refuse_shipped_names() -> None:
    """Refuse a user's function with the name of a shipped option: which one is meant could not be said."""
    if "shipped" in plugin.loaded().functions:
        raise UsageError(f"{plugin.KEY}: shipped means the shipped rule: give the function another name")
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
    if is_stage_key(group):
        return check_function(group, name)
    names = option_names(group)
    if isinstance(name, str) and (name in names or is_file(group, name)):
        return name
    near = nearest(name, names) if isinstance(name, str) else None
    also = ", or the path of a YAML file" if group in OWN_FILES else ""
    also += ", or of a CSV, TSV, xlsx or Parquet file of months" if group == "economy" else ""
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
