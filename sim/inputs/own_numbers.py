"""Units and ranges of the numbers that behaviours read: of settings as declared, of a month as they come."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from sim.economy.sector_settings import PrivateSectors
from sim.firms.settings import FeedbackSettings, FirmSettings
from sim.lender.settings import LenderSettings
from sim.month.replaceable import numbers_of, replaceable
from sim.persons.arriving import ARRIVAL_STAGES
from sim.persons.behaviour import BehaviourSettings
from sim.persons.population import PopulationSettings


class Known(NamedTuple):
    """What is known of a number: unit and meaning, lowest and highest value, and whether it is whole."""

    meaning: str
    low: float
    high: float
    whole: bool = False


SETTINGS = (BehaviourSettings, PopulationSettings, FirmSettings, FeedbackSettings, LenderSettings, PrivateSectors)
PUBLISHED: Mapping[str, Known] = MappingProxyType(
    {
        "month": Known("months since the policy date", -600, 600, True),
        "unemployment": Known("fraction of persons, published", 0.0, 0.5),
        "unemployment_gap": Known("unemployment above normal, as persons feel it", 0.0, 0.5),
        "policy_rate": Known("a year, published", 0.0, 0.2),
    }
)
"""Numbers that anybody can know."""
OF_A_MONTH: Mapping[str, Known] = MappingProxyType(
    {
        **{f"sector_cut_{k}": Known("share of jobs in this sector and those before", 0.0, 1.0) for k in range(1, 6)},
        "transitory_spread": Known("log points, standard deviation of the shock to income", 0.0, 1.0),
        "finding_mean": Known("a month, chance that a jobless person finds work", 0.01, 1.0),
        "communities": Known("online neighbourhoods", 1, 10_000, True),
        "flat_offer": Known("a year, price of the first offer", 0.0, 0.36),
        "caution": Known("factor of the wish to borrow, below 1 when unemployment is high", 0.05, 1.0),
        "season": Known("factor of spending in this calendar month", 0.5, 2.0),
        "precaution": Known("factor of the cash aimed at, above 1 when unemployment is feared", 1.0, 5.0),
        "squeezed_due": Known("a month, more of the debt elsewhere that falls due on lines cut", 0.0, 1.0),
        "bureau_share": Known("share of lenders that report to the bureau", 0.0, 1.0),
        "separation_by_sector": Known("a month, chance to lose the job", 0.0, 0.5),
        "finding_by_sector": Known("a month, chance to find one", 0.0, 1.0),
        "layoff_by_employer": Known("a month, chance that the employer lays the person off", 0.0, 1.0),
        "owners_stay": Known("1 where owners keep their place while their firm trades", 0, 1, True),
        "income_by_sector": Known("factor of incomes", 0.2, 2.0),
        "income_persistence": Known("of the shock to income, from month to month", 0.0, 1.0),
        "income_volatility": Known("log points a month", 0.0, 0.5),
        "income_drift": Known("log points a month", -0.1, 0.1),
        "owner_share_by_owns": Known("factor of an owner's drawings", 0.0, 3.0),
        "self_employed_share_by_sector": Known("share of persons at work", 0.0, 1.0),
        "self_employed_income": Known("factor of the turnover of the self-employed", 0.0, 1.0),
        "firm_sectors": Known("sectors whose wages come from firms", 0, 5, True),
        "jobless_supplement": Known("fen a month", 0, 1_000_000, True),
        "universal_transfer": Known("fen a month", 0, 1_000_000, True),
        "draw_blocked": Known("factor of the chance to leave after an honest draw was blocked", 0.0, 1.0),
        "default_share_by_community": Known("share of the neighbourhood 90 days past due", 0.0, 1.0),
        "pressure_by_months_past_due": Known("factor of the lender's pressure to pay", 0.0, 5.0),
        "productivity_volatility": Known("log points a month", 0.0, 0.5),
        "productivity_drift": Known("log points a month", -0.1, 0.1),
        "research_share_by_sector": Known("share of sales", 0.0, 0.5),
        "wage_share_by_sector": Known("share of sales", 0.05, 0.9),
        "layoff_strength": Known("factor of layoffs, 0 where the path sets jobs", 0.0, 1.0),
        "typical_pay": Known("fen a month", 10_000.0, 10_000_000.0),
        "input_share_by_sector": Known("share of sales", 0.05, 0.9),
        "season_by_sector": Known("factor of sales this month", 0.3, 2.0),
        "next_season_by_sector": Known("factor of sales next month", 0.3, 2.0),
        "inventory_months_by_sector": Known("months of sales in stock", 0.0, 6.0),
        "cash_part": Known("share of sales paid at once", 0.0, 1.0),
        "calendar_month": Known("0 January to 11 December", 0, 11, True),
        "collected_by_sector": Known("a month, share of receivables that customers pay", 0.05, 1.0),
        "matured_by_sector": Known("a month, share of debts to suppliers that fall due", 0.05, 1.0),
        "harvest_by_region": Known("factor of farms' sales", 0.0, 2.0),
        "farm_sector": Known("which sector farms are", 0, 5, True),
        "season_buffer_by_sector": Known("months of sales kept for the season", 0.0, 6.0),
        "household_share_by_sector": Known("share of final demand that persons of the model pay", 0.0, 1.0),
        "outside_share_by_sector": Known("share of final demand from outside", 0.0, 1.0),
        "margin_by_sector": Known("share of sales", 0.0, 0.6),
        "fixed_share_by_sector": Known("share of sales", 0.0, 0.6),
        "overdraft_rate": Known("a month, price of an overdraft outside", 0.0, 0.05),
    }
)


@functools.cache
def declared_numbers() -> Mapping[str, Known]:
    """Numbers of settings as their declarations have them, under the names by which rules read them."""
    found = {}
    for owner in SETTINGS:
        for field in dataclasses.fields(owner):
            declared = field.metadata.get("setting")
            if declared is not None and field.type in ("int", "float", "bool"):
                low = 0.0 if declared.low is None else declared.low
                high = max(1.0, low) if declared.high is None else declared.high
                whole = field.type != "float"
                words = ", ".join(filter(None, (declared.unit, declared.meaning)))
                found[declared.read_as or field.name] = Known(words, low, high, whole)
    return MappingProxyType(found)


@functools.cache
def numbers_for(key: str) -> Mapping[str, Known]:
    """Numbers that a user's rule may read in the place of a shipped one: what that one reads, and published ones."""
    own = {name: known(name) for name in numbers_of(key) if name not in PUBLISHED}
    # The first persons arrive before anything but unemployment has been published.
    published = ("month", "unemployment") if replaceable()[key] in ARRIVAL_STAGES else tuple(PUBLISHED)
    return MappingProxyType({**own, **{name: PUBLISHED[name] for name in published}})


def known(name: str) -> Known:
    """What is known of a number.

    Raises
    ------
    KeyError
        Neither a setting nor a number of the month has that name: a defect of the program.
    """
    return OF_A_MONTH[name] if name in OF_A_MONTH else declared_numbers()[name]


def all_numbers() -> frozenset[str]:
    """Names of every number that some behaviour reads, or that a setting declares."""
    read = {name for key in replaceable() for name in numbers_of(key)}
    return frozenset({*read, *PUBLISHED, *OF_A_MONTH, *declared_numbers()})
