"""Arriving: a person's type and starting state from the initial type distribution."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import Tally, stage
from sim.engine.loops.transforms import exponential_draw, exponential_function, logarithm
from sim.loan.states import LARGEST, LINE_APPLIED, LINE_NONE, LONGEST_BUFFER, NEVER


class ArriveWithIncome(NamedTuple):
    """What `arrive_with_income` leaves."""

    sector: int
    stated_sector: int
    income_permanent: int
    income_transitory: float
    employed: int
    months_jobless: int
    essential: int


@stage()
def arrive_with_income(
    sector_cut_1: float,
    sector_cut_2: float,
    sector_cut_3: float,
    sector_cut_4: float,
    sector_cut_5: float,
    median_income: int,
    income_spread: float,
    transitory_spread: float,
    unemployment: float,
    finding_mean: float,
    essential_share: float,
    essential_spread: float,
    essential_floor: int,
    normal_arrival_income: float,
    luck_arrival_cash: float,
    luck_arrival_type: float,
    normal_arrival_transitory: float,
    luck_arrival_sector: float,
) -> ArriveWithIncome:
    """Draw sector, permanent income, job and essentials.

    Permanent income is log-normal; the transitory part starts from its stationary law with mean
    one; essentials are a share of income that falls with income (Engel), above a floor.
    """
    sector = int(luck_arrival_sector >= sector_cut_1) + int(luck_arrival_sector >= sector_cut_2)
    sector += int(luck_arrival_sector >= sector_cut_3) + int(luck_arrival_sector >= sector_cut_4)
    sector += int(luck_arrival_sector >= sector_cut_5)
    permanent = int(min(median_income * exponential_function(income_spread * normal_arrival_income), LARGEST))
    permanent = max(permanent, essential_floor + essential_floor // 4, 1)
    z = transitory_spread * normal_arrival_transitory - 0.5 * transitory_spread * transitory_spread
    employed = 1 if luck_arrival_type >= unemployment else 0
    # The age of a spell is geometric with the finding hazard.
    spell = 0 if employed else int(-logarithm(luck_arrival_cash) / max(finding_mean, 0.01))
    share = essential_share + essential_spread * (luck_arrival_type - 0.5)
    essential = max(int(min(share * permanent, LARGEST)), essential_floor)
    return ArriveWithIncome(
        sector=sector,
        stated_sector=sector,
        income_permanent=permanent,
        income_transitory=z,
        employed=employed,
        months_jobless=min(spell, 120),
        essential=essential,
    )


class ArriveWithCharacter(NamedTuple):
    """What `arrive_with_character` leaves."""

    patience: float
    honesty: float
    appetite: float
    footprint: float
    thin_file: int
    community: int
    other_debt: int
    cash: int
    signal: float
    term: int
    inflow_fast: float
    inflow_slow: float
    line: int
    offer_rate: float
    default_month: int
    closed_month: int
    claim_month: int
    score: float
    months_on_book: int
    offer_term: int
    arrivals_cash__received: Tally
    arrivals_debt: Tally


@stage()
def arrive_with_character(
    income_permanent: int,
    income_transitory: float,
    median_patience: float,
    patience_spread: float,
    honesty_power: float,
    mean_appetite: float,
    footprint_low: float,
    footprint_high: float,
    thin_file_share: float,
    communities: int,
    multi_lender_share: float,
    mean_other_debt: float,
    signal_accuracy: float,
    initial_line_share: float,
    initial_tenure: int,
    flat_offer: float,
    card_share: float,
    stationary_cash: float,
    luck_arrival_footprint: float,
    luck_arrival_cash: float,
    luck_arrival_debt: float,
    luck_arrival_need: float,
    normal_arrival_signal: float,
    luck_arrival_community: float,
    normal_arrival_patience: float,
    luck_arrival_honesty: float,
    luck_arrival_product: float,
    luck_apply: float,
) -> ArriveWithCharacter:
    """Draw patience, honesty, appetite for credit, footprint, debts, cash, and what is on file.

    ``signal`` is what alternative data say of the person's quality: a mix of the truth and noise
    with correlation ``signal_accuracy``. 44 % of customers borrow from several lenders (Beijing
    Internet Finance Association).
    """
    taste = normal_arrival_patience
    patience = min(median_patience * exponential_function(patience_spread * taste), LONGEST_BUFFER)
    honesty = 1.0 - exponential_function(honesty_power * logarithm(luck_arrival_honesty))
    appetite = mean_appetite * exponential_draw(luck_arrival_need)
    footprint = footprint_low + (footprint_high - footprint_low) * luck_arrival_footprint
    thin = 1 if luck_arrival_community < thin_file_share else 0
    community = int(luck_arrival_community * communities * 131071.0) % communities
    other = 0
    if luck_arrival_debt < multi_lender_share:
        owed = mean_other_debt * appetite * income_permanent * (luck_arrival_debt / multi_lender_share) * 2.0
        other = int(min(owed, LARGEST))
    cash = int(stationary_cash * patience * income_permanent * (0.2 + 1.6 * luck_arrival_cash))
    quality = 0.6 * taste + 1.386 * (honesty - 0.5)
    miss = 1.0 - signal_accuracy * signal_accuracy
    accuracy = signal_accuracy * (1.0 - 0.5 * thin)
    signal = accuracy * quality + miss * normal_arrival_signal
    term = 0
    if luck_arrival_product >= card_share:
        place = (luck_arrival_product - card_share) / (1.0 - card_share + 1e-12)
        term = 12 if place > 0.4 else 6 if place > 0.15 else 3
    seen = income_permanent * exponential_function(income_transitory) * footprint
    line = LINE_APPLIED if luck_apply < initial_line_share else LINE_NONE
    return ArriveWithCharacter(
        patience=patience,
        honesty=honesty,
        appetite=appetite,
        footprint=footprint,
        thin_file=thin,
        community=community,
        other_debt=other,
        cash=cash,
        signal=signal,
        term=term,
        inflow_fast=seen,
        inflow_slow=seen,
        line=line,
        offer_rate=flat_offer,
        default_month=NEVER,
        closed_month=NEVER,
        claim_month=NEVER,
        score=600.0,
        months_on_book=initial_tenure,
        offer_term=term,
        arrivals_cash__received=cash,
        arrivals_debt=other,
    )
