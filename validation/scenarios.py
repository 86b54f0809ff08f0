"""The page of scenarios, in numbers: ``python -m validation.scenarios > docs/scenarios.md``."""

from __future__ import annotations

import dataclasses
import math

from sim.config.compose import compose
from sim.config.options import meaning_of, option_names
from sim.economy.economy import Economy
from sim.economy.environment import Environment, Support
from sim.economy.sector_settings import PrivateSectors
from sim.economy.sectors import EMPLOYMENT_SHARES, PRIVATE_SECTORS, SECTORS, TRAITS
from sim.economy.settings import EconomySettings

CENTRAL_MONTHS = (-1, 12, 13, 15, 18, 22, 26, 32, 40, 52, 59)
PUBLISHED_MONTHS = {
    "us_2007_2012": (-1, 6, 12, 18, 24, 30, 33, 36, 42, 48, 60, 71),
    "us_2020": (-1, 13, 14, 15, 16, 18, 20, 23, 24, 26, 30, 35),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOT_TABLED = ("calm", "path")
HEADER = (
    "| month | unemployment % | lose job % a month | find job % a month | earnings | earnings, trade |"
    " demand, industry | demand, public | income risk a month | policy rate % | harvest | funding % | fraud |"
)
SUPPORT_HEADER = (
    " earnings, self-employed | supplement, jobless | transfer to all | holidays offered % | collections stopped % |"
)
INTRODUCTION = """# Scenarios

What each shipped economy does, month by month. Written by `python -m validation.scenarios`; the numbers
come from `configs/economy`, sources and assumptions stand there beside them.

Months count from the policy date; month -1 is the calm burn-in. The shock of a scenario starts
`economy.shock_lag` months after the policy date (12 by default), a published path on it. The tables show the
central path. Each replication then draws its own severity (a factor on every deviation, mean 1, standard
deviation 0.30), its own timing (standard deviation 2 months, at most 6) and sectors' own demand (standard
deviation 3 %), from its seed alone: every policy package meets the same. For published paths severity and
timing stay as they were, sectors keep their luck. Where a scenario has luck of harvests, each region draws its own
for each calendar year. `economy.systematic` switches each off or makes it larger.

Job loss is the mean over the employed; sectors in which demand falls more lose more jobs. Earnings are those
of people at work, a factor on calm times. Harvest is what farms bring in, a factor on a usual year; funding is the
share that outside funders roll over to the lender; fraud is a factor on attempts to take over accounts. Where a
scenario has them: earnings of the self-employed beside those of all at work, what the government pays in months of
median income, the share of those who ask that is given a payment holiday, and the share of collectors' and courts'
work that rests. How unemployment becomes job loss and job finding is said in
[decision 0020](decisions/0020-hazards-from-unemployment.md).
"""


def without_luck(settings: EconomySettings) -> EconomySettings:
    """Return the scenario as its central path, the same for every seed."""
    calm = dataclasses.replace(settings.systematic, severity_sd=0.0, timing_sd=0.0, sector_sd=0.0, harvest_sd=0.0)
    return dataclasses.replace(settings, systematic=calm)


def line(month: int, now: Environment, with_support: bool) -> str:
    """Write one month as a row of the table, ``with_support`` with what the government does."""
    lost = math.fsum(w * s for w, s in zip(EMPLOYMENT_SHARES, now.separation_by_sector.tolist(), strict=True))
    earned = math.fsum(w * y for w, y in zip(EMPLOYMENT_SHARES, now.income_by_sector.tolist(), strict=True))
    trade, industry, public = (SECTORS.index(name) for name in ("wholesale_retail", "manufacturing", "public_other"))
    cells = (
        f"{month}",
        f"{100 * now.unemployment:.1f}",
        f"{100 * lost:.2f}",
        f"{100 * now.finding_by_sector[0]:.1f}",
        f"{earned:.3f}",
        f"{now.income_by_sector[trade]:.3f}",
        f"{now.demand_by_sector[industry]:.3f}",
        f"{now.demand_by_sector[public]:.3f}",
        f"{now.income_volatility:.4f}",
        f"{100 * now.policy_rate:.2f}",
        f"{now.harvest_by_region.mean():.2f}",
        f"{100 * now.funding:.0f}",
        f"{now.fraud:.1f}",
    )
    done = now.support
    support = (
        f"{now.self_employed_income:.2f}",
        f"{done.jobless_supplement:.2f}",
        f"{done.universal_transfer:.2f}",
        f"{100 * done.holidays_offered:.0f}",
        f"{100 * done.collections_stopped:.0f}",
    )
    return f"| {' | '.join(cells + support * with_support)} |"


def regimes_in_words(settings: EconomySettings) -> str:
    """Say what the chain of regimes does in the long run."""
    chain = settings.regimes
    calm, recession = 1.0 / (1.0 - chain.stay_calm), 1.0 / (1.0 - chain.stay_recession)
    share = 100 * recession / (calm + recession)
    return (
        f"Calm lasts {calm:.0f} months on average, a recession {recession:.0f}, so {share:.0f} % of months"
        f" are in recession in the long run. A month of recession closes"
        f" {100 * chain.onset:.0f} % of the way to unemployment {100 * chain.unemployment_rise:.0f} points"
        f" up, earnings {100 * (1 - chain.income):.0f} % and demand {100 * (1 - chain.demand):.0f} % down;"
        f" a calm month gives back {100 * chain.recovery:.0f} % of what is left."
    )


def section(name: str) -> str:
    """Write the section of one shipped scenario."""
    settings = without_luck(compose([f"economy={name}"]).economy)
    parts = [f"## {name}", meaning_of("economy", name)]
    if settings.kind == "stochastic":
        parts.append(regimes_in_words(settings))
    elif settings.kind != "factor":
        economy = Economy(settings, 0)
        supported = settings.brings("self_employed_income", *Support._fields)
        rows = [line(month, economy.month(month), supported) for month in PUBLISHED_MONTHS.get(name, CENTRAL_MONTHS)]
        header = HEADER + SUPPORT_HEADER * supported
        parts.append("\n".join([header, "|---" * (header.count("|") - 1) + "|", *rows]))
    if settings.published.source:
        parts.append(f"Source: {settings.published.source}.")
    return "\n\n".join(parts) + "\n"


def sectors() -> str:
    """Write the tables of sectors: their place in the cycle, and the firms of the shipped configuration."""
    rows = [
        f"| {name} | {100 * trait.employment_share:.0f} | {trait.cycle_sensitivity:.2f} |"
        f" {100 * trait.self_employed_share:.0f} |"
        for name, trait in TRAITS.items()
    ]
    head = "| sector | share of work % | cycle sensitivity | self-employed % |\n|---|---|---|---|"
    cycle = "## Sectors\n\nAssumptions; see `sim/economy/sectors.py`.\n\n" + "\n".join([head, *rows])
    return f"{cycle}\n\n{firms(compose().sectors)}\n"


def firms(private: PrivateSectors) -> str:
    """Write the table of the private sectors' firms: seasons, shares of sales in per cent, days."""
    rows = []
    for name in PRIVATE_SECTORS:
        sector = getattr(private, name)
        shares = (sector.margin, sector.input_share, sector.wage_share, sector.research_share, sector.fixed_share)
        best, worst = max(sector.season), min(sector.season)
        cells = (
            name,
            *(f"{100 * share:.1f}" for share in shares),
            *(f"{days:.0f}" for days in (sector.receivable_days, sector.inventory_days, sector.payable_days)),
            f"{100 * sector.observability:.0f}",
            f"{best:.2f} ({MONTHS[sector.season.index(best)]})",
            f"{worst:.2f} ({MONTHS[sector.season.index(worst)]})",
        )
        rows.append(f"| {' | '.join(cells)} |")
    head = (
        "| sector | margin % | inputs % | wages % | research % | fixed cost % | receivable days | stock days |"
        " payable days | seen % | best month | worst month |"
    )
    introduction = (
        "Firms of a sector in a usual year, `configs/sectors/default.yaml`: of sales go the shares named, payables and"
        "\nstocks are days of inputs, a month's sales are a factor on their mean."
    )
    return "\n".join([introduction, "", head, "|---" * (head.count("|") - 1) + "|", *rows])


def page() -> str:
    """Return the whole page as Markdown."""
    names = [name for name in option_names("economy") if name not in NOT_TABLED]
    return "\n".join([INTRODUCTION, *(section(name) for name in names), sectors()])


if __name__ == "__main__":
    print(page(), end="")
