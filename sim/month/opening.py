"""The month opens: what the scheme asks, the numbers that rules read, and who arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.economy.economy import Economy
from sim.economy.environment import Environment
from sim.engine.loops.stage import Stage
from sim.engine.tables.finite import check_numbers
from sim.engine.tables.numbers import Numbers
from sim.engine.tables.population import Found, Population
from sim.engine.tables.table import Table
from sim.firms.firms import Firms
from sim.firms.jobs import hazards
from sim.firms.trade import settle_markets
from sim.lender.lender import Lender
from sim.lender.scorekeeper import ScoreKeeper
from sim.loan.account import LATER_ORDINAL
from sim.loan.ledger import Ledger
from sim.loan.postings import prefixed
from sim.loan.states import MONTHS_90
from sim.month.numbers import lending_numbers, monthly_numbers
from sim.persons.arriving import ARRIVAL_STAGES
from sim.persons.fraud import Groups
from sim.persons.job_market import JobMarket
from sim.persons.neighbours import share_late
from sim.persons.watching import see_neighbours
from sim.sharing.cover_steps import bid_for_guarantees, collection_effort, sectors_covered
from sim.sharing.state import RiskSharing

YEAR = 12
POINTS = 100.0


def open_books(
    month: int,
    config: Any,
    economy: Economy,
    standing: Numbers,
    lender: Lender,
    sharing: RiskSharing,
    ledger: Ledger,
    records: Sequence[Mapping[str, Any]],
) -> None:
    """Forget the last month's flows; hold the auction that is due, see what funders roll over and effort is worth."""
    ledger.open_month()
    now = economy.month(month, lender.credit_growth)
    price = (records[-1].get("price", 0.0) if records else 0.0) or standing["flat_offer"]
    bid_for_guarantees(sharing, lender.settings, price, now.policy_rate, config.seed)
    lender.effort, lender.rolled_over = collection_effort(lender, sharing, ledger), now.funding
    lender.unemployment_rise = POINTS * max(now.unemployment - economy.month(month - YEAR).unemployment, 0.0)
    lender.collecting = 1.0 - now.support.collections_stopped


def set_numbers(
    month: int,
    config: Any,
    economy: Economy,
    standing: Numbers,
    environment: Numbers,
    people: Population,
    job_market: JobMarket,
    firms: Firms,
    lender: Lender,
    scores: ScoreKeeper,
    sharing: RiskSharing,
    books: Sequence[Table],
    ledger: Ledger,
) -> None:
    """Set the numbers that the rules of persons and of the lender read this month."""
    now = economy.month(month, lender.credit_growth)
    near = neighbours(config, people)
    gaps = felt_gaps(month, config.behaviour.precaution_memory, economy, firms)
    numbers = numbers_of_month(config, standing, lender, scores, sharing, books, now, near, *gaps)
    if config.fraud.stages:
        numbers.give("fraud of the month", fraud_numbers(month, config, now.fraud, ledger))
    if firms.exist:
        numbers.give("firms' jobs", hazards(month, economy, now, firms))
    risk = job_market.mean_risk()
    numbers.give("job risk", {"separation_by_sector": numbers["separation_by_sector"] / risk})
    job_market.live(now.separation_by_sector / risk, now.finding_by_sector)
    check_numbers(month, "month's", numbers.given)
    environment.renew(numbers)


def numbers_of_month(
    config: Any,
    standing: Numbers,
    lender: Lender,
    scores: ScoreKeeper,
    sharing: RiskSharing,
    books: Sequence[Table],
    now: Environment,
    default_share: np.ndarray,
    gap: float,
    feared_gap: float,
) -> Numbers:
    """Numbers that the persons' and the lender's rules read, as far as they follow from the books of last month."""
    margins = lender.margins(now.policy_rate, sharing)
    lending = lending_numbers(
        sharing, margins, lender, config.lender.charge_off_months, sectors_covered(sharing, books)
    )
    numbers = monthly_numbers(standing, config.behaviour, now, default_share, gap, feared_gap)
    numbers.give("what the path brings", supported(config, now))
    numbers.give("the lender", lending)
    numbers.give("cards", scores.numbers(now.calendar_month))
    return numbers.give("collections", collecting_numbers(config, lender))


def check_names(
    config: Any,
    economy: Economy,
    standing: Numbers,
    firms: Firms,
    lender: Lender,
    scores: ScoreKeeper,
    sharing: RiskSharing,
    books: Sequence[Table],
) -> None:
    """Refuse a model in which two owners set one number, before it lives a month.

    Raises
    ------
    NameTakenError
        The line names the later owner and the numbers.
    """
    now = economy.month(-1)
    numbers = numbers_of_month(config, standing, lender, scores, sharing, books, now, np.zeros(1), 0.0, 0.0)
    if firms.exist:
        firms.numbers(numbers, now)


def fraud_numbers(month: int, config: Any, factor: float, ledger: Ledger) -> dict[str, Any]:
    """Attempts on accounts of each online neighbourhood this month, and how many rings and leaks are at work."""
    control = config.policy.authentication.access_control
    groups = Groups(config.population.communities, float(config.population.community_size))
    found = config.fraud.month(month, config.seed, groups, control)
    ledger.flows["fraud_rings"], ledger.flows["data_leaks"] = found.rings, found.leaks
    return {"fraud_intensity_by_community": factor * found.intensity}


def supported(config: Any, now: Environment) -> dict[str, Any]:
    """What the self-employed earn and the government pays and offers this month; sums in fen a person."""
    income, support = config.population.median_income, now.support
    return {
        "self_employed_income": now.self_employed_income,
        "jobless_supplement": round(support.jobless_supplement * income),
        "universal_transfer": round(support.universal_transfer * income),
        "holidays_offered": support.holidays_offered,
    }


def collecting_numbers(config: Any, lender: Lender) -> dict[str, Any]:
    """How hard staff can press this month, and what old debts would fetch."""
    collections = config.policy.collections
    supply = lender.charge_offs_late / lender.charge_offs_usual if lender.charge_offs_usual > 0 else 1.0
    return {
        "collecting": lender.collecting,
        "pressure_by_months_past_due": lender.collecting
        * lender.effort
        * np.asarray(collections.pressure(lender.served)),
        "sale_price": collections.price(config.lender.charge_off_months, supply),
    }


def felt_gaps(month: int, memory: int, economy: Economy, firms: Firms) -> tuple[float, float]:
    """Unemployment above normal: this month's, and the highest within the persons' memory, in months.

    Where firms decide on jobs, persons go by the unemployment that they live in, else by the path's.
    """
    jobs = firms.weight_of_jobs
    past = [economy.month(month - back) for back in range(memory + 1)]
    gaps = [max(0.0, one.unemployment - one.unemployment_calm) for one in past]
    if jobs > 0.0:
        lived = firms.gaps[::-1] + [0.0] * (memory + 1)
        gaps = [(1.0 - jobs) * gap + jobs * max(own, 0.0) for gap, own in zip(gaps, lived, strict=False)]
    return gaps[0], max(gaps)


def neighbours(config: Any, people: Population) -> np.ndarray:
    """Share of those on the platform in each online neighbourhood that is 90 days past due (last month's close)."""
    communities = config.population.communities
    seen = see_neighbours in config.policy.scoring.sights
    if config.behaviour.contagion == 0 and not seen:
        return np.zeros(communities)
    shares, accounts = np.empty(communities), people.accounts
    share_late(people.private["community"], accounts["alive"], accounts["months_past_due"], MONTHS_90, shares)
    return shares


def open_firms(
    month: int,
    economy: Economy,
    environment: Numbers,
    firms: Firms,
    lender: Lender,
    firm_scores: ScoreKeeper,
) -> None:
    """Let debts fall due and set the numbers that firms read this month."""
    firms.fall_due()
    if month < 0:
        settle_markets(month, economy, firms)
    now = economy.month(month, lender.credit_growth)
    firms.environment = firms.numbers(environment, now)
    firms.environment.give("firms' cards", firm_scores.numbers(now.calendar_month))
    check_numbers(month, "firms'", firms.environment.given)


def let_arrive(
    month: int,
    months_run: int,
    config: Any,
    environment: Numbers,
    people: Population,
    ledger: Ledger,
    bins: dict[str, np.ndarray],
) -> None:
    """Let the month's persons arrive."""
    count, rules = config.population.arrivals(months_run), config.own.arrivals
    found = arrive(count, month, environment, people, rules, LATER_ORDINAL)
    add_tallies(found, ledger, bins)


def arrive(
    count: int,
    month: int,
    environment: Numbers,
    people: Population,
    rules: Sequence[Stage] = ARRIVAL_STAGES,
    first_ordinal: int = 0,
) -> Found:
    """Let that many persons arrive this month by these rules; who they are depends on the seed alone."""
    if count == 0:
        return [], {}
    environment.setdefault("initial_line_share", 0.0)
    environment.setdefault("initial_tenure", 0)
    accounts = people.accounts
    rows = people.append(count)
    accounts["alive"][rows] = 1
    accounts["arrival_month"][rows] = month
    accounts["ordinal"][rows] = np.arange(first_ordinal, first_ordinal + count)
    stages = tuple((stage, False) for stage in rules)
    tallies, histograms = people.run_some(stages, environment, month, rows)
    return [("people_arrived", count), *tallies], histograms


def add_tallies(found: Found, ledger: Ledger, bins: dict[str, np.ndarray], prefix: str = "") -> None:
    """Add what rules tallied to the month."""
    tallies, histograms = found
    ledger.add_all(tallies, prefix)
    for name, amounts in histograms.items():
        bins[prefixed(prefix, name)] = amounts
