"""Arriving: a person's type and starting state from the initial type distribution."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.engine.loops.transforms import exponential_draw, exponential_function, logarithm
from sim.loan.states import LARGEST, LINE_APPLIED, LINE_NONE, LONGEST_BUFFER, NEVER

OLDEST_JOB = 240.0  # months that anybody who arrives has been in the present job at most


class ArriveInSector(NamedTuple):
    """Where a person works, and says so."""

    sector: int
    stated_sector: int


@stage()
def arrive_in_sector(
    sector_cut_1: float,
    sector_cut_2: float,
    sector_cut_3: float,
    sector_cut_4: float,
    sector_cut_5: float,
    luck_arrival_sector: float,
) -> ArriveInSector:
    """Draw the sector of work by the sectors' shares of employment, added up."""
    sector = int(luck_arrival_sector >= sector_cut_1) + int(luck_arrival_sector >= sector_cut_2)
    sector += int(luck_arrival_sector >= sector_cut_3) + int(luck_arrival_sector >= sector_cut_4)
    sector += int(luck_arrival_sector >= sector_cut_5)
    return ArriveInSector(sector=sector, stated_sector=sector)


class ArriveWithIncome(NamedTuple):
    """A person's income, work and needs."""

    income_permanent: int
    income_transitory: float
    employed: int
    months_jobless: int
    essential: int


@stage()
def arrive_with_income(
    median_income: int,
    income_spread: float,
    transitory_spread: float,
    unemployment: float,
    finding_mean: float,
    essential_share: float,
    essential_spread: float,
    essential_elasticity: float,
    essential_floor: int,
    normal_arrival_income: float,
    luck_arrival_cash: float,
    luck_arrival_type: float,
    normal_arrival_transitory: float,
) -> ArriveWithIncome:
    """Draw permanent income, job and essentials.

    Permanent income is log-normal; the transitory part starts from its stationary law with mean
    one; essentials are a share of income that falls with income (Engel's law: food rises by 0.5 to 0.7 percent for
    each percent of income, Houthakker, 1957), above a floor.
    """
    permanent = int(min(median_income * exponential_function(income_spread * normal_arrival_income), LARGEST))
    permanent = max(permanent, essential_floor + essential_floor // 4, 1)
    z = transitory_spread * normal_arrival_transitory - 0.5 * transitory_spread * transitory_spread
    employed = 1 if luck_arrival_type >= unemployment else 0
    # The age of a spell is geometric with the finding hazard.
    spell = 0 if employed else int(-logarithm(luck_arrival_cash) / max(finding_mean, 0.01))
    share = essential_share + essential_spread * (luck_arrival_type - 0.5)
    share *= exponential_function((essential_elasticity - 1.0) * income_spread * normal_arrival_income)
    essential = max(int(min(share * permanent, LARGEST)), essential_floor)
    return ArriveWithIncome(
        income_permanent=permanent,
        income_transitory=z,
        employed=employed,
        months_jobless=min(spell, 120),
        essential=essential,
    )


class ArriveInJob(NamedTuple):
    """How long a person has had the present job."""

    months_in_job: int


@stage()
def arrive_in_job(employed: int, settling_months: float, luck_arrival_job: float) -> ArriveInJob:
    """Draw the months in the present job: most jobs are new, few last for decades (Farber, 1999).

    The density goes as 1 / (1 + m / settling_months) up to `OLDEST_JOB`: about what jobs that end at that chance leave.
    """
    if not employed or settling_months <= 0.0:
        return ArriveInJob(months_in_job=0)
    longest = logarithm(1.0 + OLDEST_JOB / settling_months)
    return ArriveInJob(months_in_job=int(settling_months * (exponential_function(luck_arrival_job * longest) - 1.0)))


class ArriveAtPlatform(NamedTuple):
    """What is on file of a person, and who is near online."""

    thin_file: int
    community: int


@stage(both_sides=True)
def arrive_at_platform(thin_file_share: float, communities: int, luck_arrival_community: float) -> ArriveAtPlatform:
    """Draw the online neighbourhood, and whether there is little history outside."""
    return ArriveAtPlatform(
        thin_file=1 if luck_arrival_community < thin_file_share else 0,
        community=int(luck_arrival_community * communities * 131071.0) % communities,
    )


class ArriveWithCharacter(NamedTuple):
    """Patience and honesty, the cash that patience has kept, and what alternative data say of both."""

    patience: float
    honesty: float
    cash: int
    signal: float
    arrivals_cash__received: Tally


@stage(both_sides=True)
def arrive_with_character(
    income_permanent: int,
    thin_file: int,
    median_patience: float,
    patience_spread: float,
    honesty_power: float,
    signal_accuracy: float,
    stationary_cash: float,
    luck_arrival_cash: float,
    normal_arrival_signal: float,
    normal_arrival_patience: float,
    luck_arrival_honesty: float,
) -> ArriveWithCharacter:
    """Draw patience, honesty and cash.

    ``signal`` is what alternative data say of the person's quality: a mix of the truth and noise
    with correlation ``signal_accuracy``.
    """
    taste = normal_arrival_patience
    patience = min(median_patience * exponential_function(patience_spread * taste), LONGEST_BUFFER)
    honesty = 1.0 - exponential_function(honesty_power * logarithm(luck_arrival_honesty))
    cash = int(stationary_cash * patience * income_permanent * (0.2 + 1.6 * luck_arrival_cash))
    quality = 0.6 * taste + 1.386 * (honesty - 0.5)
    miss = 1.0 - signal_accuracy * signal_accuracy
    accuracy = signal_accuracy * (1.0 - 0.5 * thin_file)
    signal = accuracy * quality + miss * normal_arrival_signal
    return ArriveWithCharacter(
        patience=patience, honesty=honesty, cash=cash, signal=signal, arrivals_cash__received=cash
    )


class ArriveWithDebt(NamedTuple):
    """The wish for debt, and what is owed to other lenders."""

    appetite: float
    other_debt: int
    loans_elsewhere: float
    arrivals_debt: Tally


@stage()
def arrive_with_debt(
    income_permanent: int,
    mean_appetite: float,
    multi_lender_share: float,
    mean_other_debt: float,
    luck_arrival_debt: float,
    luck_arrival_need: float,
) -> ArriveWithDebt:
    """Draw the appetite for credit and debts elsewhere.

    44 % of customers borrow from several lenders (Beijing Internet Finance Association), one loan for each two months
    of income owed (assumption).
    """
    appetite = mean_appetite * exponential_draw(luck_arrival_need)
    other = 0
    if luck_arrival_debt < multi_lender_share:
        owed = mean_other_debt * appetite * income_permanent * (luck_arrival_debt / multi_lender_share) * 2.0
        other = int(min(owed, LARGEST))
    loans = 1.0 + int(other / (2.0 * income_permanent + 1.0)) if other > 0 else 0.0
    return ArriveWithDebt(appetite=appetite, other_debt=other, loans_elsewhere=loans, arrivals_debt=other)


class ArriveWithFootprint(NamedTuple):
    """What the platform sees of a person's income."""

    footprint: float
    inflow_fast: float
    inflow_slow: float


@stage(both_sides=True)
def arrive_with_footprint(
    income_permanent: int,
    income_transitory: float,
    footprint_low: float,
    footprint_high: float,
    luck_arrival_footprint: float,
) -> ArriveWithFootprint:
    """Draw the digital footprint; both averages of the inflow start from the present income."""
    footprint = footprint_low + (footprint_high - footprint_low) * luck_arrival_footprint
    seen = income_permanent * exponential_function(income_transitory) * footprint
    return ArriveWithFootprint(footprint=footprint, inflow_fast=seen, inflow_slow=seen)


class ArriveOnBook(NamedTuple):
    """The account of a person about whom nothing has been decided yet."""

    term: int
    offer_term: int
    offer_rate: float
    line: int
    score: float
    months_on_book: int
    default_month: int
    closed_month: int
    claim_month: int


@stage(both_sides=True)
def arrive_on_book(
    card_share: float,
    initial_line_share: float,
    initial_tenure: int,
    flat_offer: float,
    luck_arrival_product: float,
    luck_apply: float,
) -> ArriveOnBook:
    """Draw the product, instalments or a card, and whether the person applies at once."""
    term = 0
    if luck_arrival_product >= card_share:
        place = (luck_arrival_product - card_share) / (1.0 - card_share + 1e-12)
        term = 12 if place > 0.4 else 6 if place > 0.15 else 3
    return ArriveOnBook(
        term=term,
        offer_term=term,
        offer_rate=flat_offer,
        line=LINE_APPLIED if luck_apply < initial_line_share else LINE_NONE,
        score=600.0,
        months_on_book=initial_tenure,
        default_month=NEVER,
        closed_month=NEVER,
        claim_month=NEVER,
    )


ARRIVAL_STAGES = (
    arrive_in_sector,
    arrive_with_income,
    arrive_in_job,
    arrive_at_platform,
    arrive_with_character,
    arrive_with_debt,
    arrive_with_footprint,
    arrive_on_book,
)
