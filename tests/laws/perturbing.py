"""Another value for every key, worlds in which each has something to act on, and what a run is compared by."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import typing
from collections.abc import Iterator
from typing import Any

import sim
from sim.config.describe import every_key
from sim.config.options import GROUPS, option_names
from sim.config.sweep import problems_of
from sim.config.validate import fields_of
from sim.lender.policies.scorecards import SectorCards
from sim.study.plan.points import updated

MONTHS = 24
SMALL = ("population.borrowers=250", "study.burn_in=3", "machine.threads=1")
DEEP = ("economy=severe_recession", "economy.shock_lag=2")
RICH = (*SMALL, *DEEP, "sharing=guarantee_80_20")
CLOSES = (*RICH, "population.borrowers=1000", "policy/closing=threshold", "policy.closing.closing_score=640",
          "policy/limit=behavioural", "policy.approval.cooling_months=1")  # fmt: skip
MANY_FIRMS = ("population.borrowers=1500", "study.burn_in=3", "machine.threads=1", *DEEP,
              "economy.systematic.severity_mean=2", "firms.accident_hazard=0.02", "firms.project_hazard=0.1",
              "policy/collections=secured")  # fmt: skip
# Debts are charged off soon and old loans are covered too: claims come within the months of a small run.
CLAIMS = (*RICH, "population.borrowers=600", "lender.charge_off_months=4", "sharing.covers_existing=true",
          "economy.systematic.severity_mean=4", "behaviour.strategic_hazard=0.05")  # fmt: skip
UNSHARED = tuple(text for text in CLAIMS if not text.startswith("sharing"))
DRAINED = (*CLAIMS, "fund.capital_share=0.001", "fund.leverage_cap=1000", "sharing.premium_rate=0.0001")
REFUSES = (*RICH, "population.borrowers=1000", "policy.approval.highest_default=0.06")
REFITS = (*RICH, "population.borrowers=1000", "lender.charge_off_months=4")
# Whoever has stopped paying may come back, and collectors have somebody to press.
PRESSED = (*RICH, "population.borrowers=600", "behaviour.resume_hazard=0.3", "behaviour.strategic_hazard=0.05")
FUND = (*RICH, "fund.capital_share=0.02")
# Worlds, the keys that have something to act on in them, and how they are made; every option of every group is a world
# beside these.
WORLDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    name: (tuple(keys.split()) or ("",), (*given, *more.split()))
    for name, keys, given, more in (
        ("rich", "", RICH, ""),
        ("closing", "behaviour. policy. lender.exclusion", CLOSES,
         "lender.charge_off_months=4 lender.exclusion_months=3"),
        ("churn", "behaviour.", CLOSES, "behaviour.closing_churn=0.3"),
        ("one engine", "behaviour.", CLOSES, "behaviour.same_engine_share=0.5"),
        ("many firms", "firms. feedback. sectors. policy.collections.", MANY_FIRMS, ""),
        ("projects", "firms.", MANY_FIRMS, "firms.project_hazard=0.5 firms.diversion=0.9 firms.milestone_months=2"),
        ("classes", "provisioning.", (*MANY_FIRMS, "firms.per_person=0.15"),
         "provisioning=five_category bureau=full policy/relief=restructuring policy.relief.relief_latest=13"),
        ("stages", "provisioning. lender.conversion_prior lender.prior_defaults", REFITS,
         "provisioning=ifrs9 policy/relief=restructuring policy.relief.relief_share=0.9"),
        ("small rings", "fraud.largest_ring", RICH,
         "fraud=organised fraud.ring_hazard=0.5 fraud.smallest_ring=2 fraud.largest_ring=3"),
        ("research", "sectors.wholesale_retail.research_share", MANY_FIRMS, "sectors.wholesale_retail.input_share=0.6"),
        ("rings", "fraud.", RICH, "fraud=organised fraud.ring_hazard=0.5 fraud.leak_hazard=0.5"),
        ("sold late", "policy.collections.old_price", REFITS,
         "policy/collections=bulk_sale policy.collections.sale_months=14"),
        ("nervous", "sharing.partners", UNSHARED, "sharing=joint_loan_banks"),
        ("comes back", "sharing.partners", UNSHARED,
         "sharing=joint_loan_banks sharing.partners=[{share:1,loss_tolerance:0.072,return_below:0.0715}]"),
        ("run on the lender", "feedback.funding", RICH,
         "behaviour.strategic_hazard=0.05 feedback.tolerated_overdue=0.001"),
        ("shocked", "economy.path.", SMALL, "economy=sector_shock economy.shock_lag=1"),
        ("frozen path", "economy.path. feedback.", RICH,
         "economy=funding_freeze economy.shock_lag=1 feedback.tolerated_overdue=0.001"),
        ("harvests", "economy.", SMALL, "economy=harvest_failure economy.shock_lag=1 firms.per_person=0.3"),
        ("by month", "economy.", SMALL,
         "economy=us_2007_2012 economy.systematic.severity_sd=0.3 economy.systematic.timing_sd=2"),
        ("supported", "economy.", SMALL,
         "economy=us_2020 economy.calm_unemployment=0.05 economy.published.self_employed_income=["
         + ",".join(["1,.9,.5"] + ["1"] * 33) + "] policy.collections.recovery_hazard=0.3 lender.charge_off_months=4"
         " behaviour.strategic_hazard=0.02 population.borrowers=1000"),
        ("supported by knots", "economy.path. economy.forbearance.", SMALL,
         "economy=v_shape economy.shock_lag=1 economy.path.jobless_supplement=[0,.6,.6,.6,.6,.6,.6,.6,.6]"
         " economy.path.universal_transfer=[0,.2,.2,.2,.2,.2,.2,.2,.2]"
         " economy.path.holidays_offered=[0,.3,.3,.3,.3,.3,.3,.3,.3]"
         " economy.path.collections_stopped=[0,.5,.5,.5,.5,.5,.5,.5,.5] policy.collections.recovery_hazard=0.3"
         " lender.charge_off_months=4 behaviour.strategic_hazard=0.02 population.borrowers=1000"),
        ("recovery", "economy.labour.", SMALL,
         "economy=v_shape economy.shock_lag=0 economy.labour.finding_calm=0.3 economy.labour.highest_finding=0.301"
         " economy.labour.finding_share_of_level=0 population.borrowers=2000"
         " economy.labour.finding_share_of_change=1 economy.systematic.severity_mean=4"),
        ("credit feedback", "economy.credit_feedback.", RICH, "economy.credit_feedback.strength=30"),
        ("experience", "fund.", FUND,
         "fund.premium_rule=experience_rated fund.premium_loading=3 fund.compensation_reserve=0.05"),
        ("risk based", "fund.", FUND, "fund.premium_rule=risk_based fund.premium_ceiling=0.011"),
        ("floor", "fund.premium_floor", FUND, "fund.premium_rule=risk_based fund.premium_floor=0.05"),
        ("restored", "fund.", DRAINED,
         "fund.replenishment=on_call fund.minimum_capital=0.9 fund.replenishment_limit=0.5"),
        ("reserved", "fund.", FUND,
         "fund.compensation_reserve=0.05 fund.reserve_ceiling=0.02 fund.unearned_reserve=0.5"),
        ("exhausted", "fund. sharing.", DRAINED, ""),
        ("drained", "sharing.backing", DRAINED,
         "sharing.insolvent_share_falls_on=government"
         " sharing.backing=[{participant:government,capital_share:0.0001}]"),
        ("wound up", "sharing.wind_down.", RICH,
         "sharing.wind_down.surplus_to=government sharing.wind_down.cover_months=8"
         " sharing.wind_down.open_months=4"),
        ("recovered", "sharing.", CLAIMS, "policy.collections.recovery_hazard=0.3"),
        ("paid once", "sharing.", RICH, "sharing.premium_basis=upfront"),
        ("suspended", "sharing.suspension.", SMALL,
         "sharing=guarantee_80_20 lender.charge_off_months=4 sharing.covers_existing=true fund.capital_share=1"
         " behaviour.strategic_hazard=0.01 sharing.suspension.denominator=released sharing.suspension.above=0.035"
         " sharing.suspension.resume_below=0.03"),
        ("refused", "policy.approval.", REFUSES, ""),
        ("parity", "policy.approval.", REFUSES,
         "policy/approval=parity policy.approval.parity_pace=600 policy.approval.parity_limit=30"),
        ("reviewed", "policy.approval.", REFUSES,
         "policy/approval=reviewed policy.approval.review_band=100 policy.approval.review_budget=10000"),
        ("thin margins", "policy.approval.", REFUSES,
         "policy.pricing.flat_rate=0.1 policy.approval.highest_default=0.9"),
        ("refits", "policy.scoring.", REFITS,
         "policy/scoring=segmented policy.scoring.refit_months=1 policy.scoring.smallest_sample=1"),
        ("sector refits", "policy.scoring.", REFITS,
         "policy/scoring=sector policy.scoring.refit_months=1 policy.scoring.smallest_sample=1"),
        ("learned level", "policy.scoring.", SMALL, "study.burn_in=14"),
        ("warned", "policy.warning.", RICH, "policy/warning=drop policy/limit=behavioural"),
        ("seen elsewhere", "policy.limit.", RICH, "policy/limit=debt_service_capped bureau=full"),
        ("holiday", "policy.relief.", CLAIMS,
         "policy/relief=moratorium policy.relief.relief_gap=0.001 policy.relief.holiday_months=12"),
        ("litigation", "policy.collections.", REFITS,
         "policy/collections=litigation policy.collections.smallest_suit=0 policy.collections.court_months=3"
         " policy.collections.dispute_months=3 policy.collections.enforcement_hazard=0.5"),
        ("contacts", "policy.collections.", PRESSED, "policy/collections=compliant"),
        ("pressed", "policy.collections.", PRESSED, ""),
        ("pledges", "policy.collections.seizure_cost", MANY_FIRMS, "firms.small_share=0.9"),
        ("everybody approved", "sectors.", MANY_FIRMS, "policy/approval=everyone"),
        ("engine", "policy.engine.", RICH,
         "policy/engine=rules policy.engine.rules=[{id:a,when:'score<700',do:refer,by:0.0}]"),
        ("notes", "funding.", RICH, "funding=abs funding.loan_cap=0 lender.equity_per_borrower=40000"),
        ("joint", "sharing.", (*SMALL, *DEEP), "sharing=joint_loan_30_70"),
        ("access", "policy.authentication.", RICH, "policy.authentication.access_control=0.5"),
        ("balances", "policy.scoring.", SMALL,
         "policy/scoring=sector policy.scoring.features=[signal,balance,large_outflows,scarcity]"
         " policy.scoring.cards=[{feature:balance,weight:-1},{feature:large_outflows,weight:1}]"),
        ("bulk sale", "policy.collections.", REFITS, "policy/collections=bulk_sale policy.collections.sale_months=1"),
        ("in part", "sharing.eligible.", RICH,
         "sharing.eligible.larger_part=0.5 sharing.eligible.larger_from=300000 sharing.eligible.better_part=0.5"
         " sharing.eligible.better_from=600"),
        ("takeovers", "fraud. policy.authentication. behaviour.block", RICH,
         "fraud=organised fraud.takeover_hazard=0.05 policy/authentication=face"),
        ("leak", "fraud.", SMALL,
         "fraud=wave economy=fraud_wave economy.shock_lag=1 policy/authentication=multi_factor"),
    )
}  # fmt: skip
WITHOUT = {
    "tape": ("population.file=examples/tape.csv", "population.mapping=taiwan_2005", "study.burn_in=0"),
}


# What a key does is to refuse others: a world, and a value that it does not allow.
BOUNDS = {
    "regulation.least_own_share": ("sharing=joint_loan_30_70 regulation=china_2021", "0.5"),
    "regulation.one_partner_cap": ("sharing=joint_loan_banks regulation=china_2021", "0.1"),
    "regulation.all_partners_cap": ("sharing=joint_loan_banks regulation=china_2021", "0.1"),
    "regulation.debt_cap": ("regulation=china_2021", "1"),
    "sharing.minimum_lender_share": ("sharing=joint_loan_30_70", "0.5"),
}
# One bank withdraws, and what room the other has left depends on its share.
BANKS = (
    "sharing=joint_loan_30_70"
    " sharing.partners=[{{share:{:g},tier_one:1,loss_tolerance:0.03}},{{share:{:g},tier_one:1}}]"
)
LENT = "sharing.layers=[{{participant:{},share:0.7}},{{participant:lender,share:0.3}}] sharing.funded={}"
GOOD = "sharing.insolvent_share_falls_on=government sharing.backing=[{{participant:{},capital_share:0.0001}}]"
# Parts of a whole that one value alone would put out of order: two worlds that differ in them.
WHOLES = {
    "sharing.partners[].share": (UNSHARED, BANKS.format(0.5, 0.5), BANKS.format(0.9, 0.1)),
    "sharing.backing[].participant": (
        (*CLAIMS, "sharing=national_system", "fund.capital_share=0.001"),
        GOOD.format("government"),
        GOOD.format("re_guarantee_fund"),
    ),
    "sharing.funded": ((*SMALL, *DEEP), LENT.format("guarantee_fund", "false"), LENT.format("partner_banks", "true")),
}


def worlds() -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Name, overrides, and the keys that are looked at (how they begin); the broadest world after those of an event."""
    for name, (keys, given) in sorted(WORLDS.items(), key=lambda item: item[0] == "rich"):
        yield name, given, keys
    for group in GROUPS:
        if group.name in ("study", "design", "machine"):
            continue
        for option in option_names(group.name):
            if group.name == "economy" and option == "path":
                continue  # as us_2007_2012, from a file
            kept = [text for text in RICH if text.partition("=")[0] not in (group.name, *_below(group.name))]
            extra = WITHOUT.get(option, ())
            named = {text.partition("=")[0] for text in extra}
            kept = [text for text in kept if text.partition("=")[0] not in named]
            yield f"{group.name}={option}", (*kept, f"{group.name}={option}", *extra), (group.node + ".",)


def _below(group: str) -> tuple[str, ...]:
    return ("economy.shock_lag",) if group == "economy" else ("population.borrowers",) if group == "population" else ()


def shown_keys() -> set[str]:
    """Every key of `creditcycle show`; the elements of a list are one."""
    return {plain(key) for key, _ in every_key()}


def plain(key: str) -> str:
    """Write a key without the numbers of elements."""
    return re.sub(r"\[\d+\]|\.\d+(?=\.)", "[]", key)


def keys_of(node: Any, path: str = "") -> Iterator[tuple[str, Any, Any, Any]]:
    """Address, type, setting and value of every key of a configuration."""
    for name, (kind, declared, _) in fields_of(type(node)).items():
        value, here = getattr(node, name), f"{path}{name}"
        if dataclasses.is_dataclass(value):
            yield from keys_of(value, here + ".")
        elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
            for place, item in enumerate(value):
                yield from keys_of(item, f"{here}.{place}.")
        elif name not in ("name", "chosen", "tape"):
            yield here, kind, declared, value


# Values of keys that hold words, by key.
WORDS = {
    "sharing.eligible.products": [("card",), ("working_capital",)],
    "sharing.eligible.sectors": [("manufacturing",), ("technology",)],
    "economy.published.first_month": ["2008-03"],
    "policy.scoring.cards[].sector": ["manufacturing", "technology", "all"],
    "economy.path.funding": [(1.0, 0.1, 0.1, 0.7, 1.0)],
    "economy.path.sector_demand": [(1.0, 0.5, 0.5, 0.9, 1.0)],
    "policy.scoring.features": [(*SectorCards().features, "balance")],
    "policy.engine.rules[].when": ["months_past_due >= 1", "score < 600"],
}


def others(kind: Any, declared: Any, value: Any) -> list[Any]:
    """Other values that a key may take: near ones, far ones, the ends of its range."""
    if declared.choices:
        return [choice for choice in declared.choices if choice != value]
    if kind is bool:
        return [not value]
    if kind in (int, float):
        low = declared.low if declared.low is not None else -10
        high = declared.high if declared.high is not None else max(10, 10 * abs(value))
        far = value + 0.3 * (min(high, max(4 * abs(value), 1)) - value)
        tried = (1.5 * value + (kind is int), 0.5 * value, value + 0.01 * (value == 0), far, low, high)
        made = [kind(round(one)) if kind is int else float(one) for one in tried]
        return [one for one in dict.fromkeys(made) if one != value and low <= one <= high]
    if typing.get_origin(kind) is tuple and len(value) > 1 and isinstance(value[0], float):
        turned = (*value[1:], value[0])  # a season keeps its mean
        return [turned, *((*value[:-1], one) for one in others(float, declared, value[-1])[:3])]
    if typing.get_origin(kind) is tuple and len(value) > 1 and isinstance(value[0], int):
        return [(*value[:-1], value[-1] + 3), (value[0], value[1] + 1, *value[2:])]
    return []


def lived(config: Any, against: list[bytes] | None = None, months: int = MONTHS) -> list[bytes] | None:
    """Digest of each month's record; None as soon as a month differs from the one it is held against."""
    model, found = sim.Model(config), []
    for month in range(config.study.burn_in + months if against is None else len(against)):
        model.step()
        flows = sorted(getattr(model.ledger, "flows", {}).items())
        mark = hashlib.md5(repr((sorted(model.record.items()), flows)).encode()).digest()
        if against is not None and against[month] != mark:
            return None
        found.append(mark)
    return found


def acts(config: Any, base: list[bytes], key: str, values: list[Any]) -> bool:
    """Whether some other value of a key changes a run."""
    months = len(config.economy.published.unemployment)
    if key.startswith("economy.published.") and months and not values:
        values = [(0.5,) * months, (0.05,) * months]  # a list that is empty: another row for every month of the path
    for value in WORDS.get(plain(key), values):
        if problems_of(config, [(key, value)]):
            continue
        if lived(updated(config, [(key, value)]), base) is None:
            return True
    return False


def differs(given: tuple[str, ...], one: str, other: str) -> bool:
    """Whether two ways to complete a world make a different run."""
    base = lived(sim.compose((*given, *one.split())))
    return lived(sim.compose((*given, *other.split())), base) is None
