"""Arriving: a person's type and starting state from the initial type distribution."""

from __future__ import annotations

from sim.engine.loops.stage import stage
from sim.engine.loops.transforms import exponential_draw, exponential_function, logarithm
from sim.loan.states import LARGEST, LINE_APPLIED, LINE_NONE, LONGEST_BUFFER, NEVER


@stage("sector stated_sector income_permanent income_transitory employed months_jobless essential")
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
) -> tuple[int, int, int, float, int, int, int]:
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
    return sector, sector, permanent, z, employed, min(spell, 120), essential


@stage(
    "patience honesty appetite footprint thin_file community other_debt cash signal term inflow_fast "
    "inflow_slow line offer_rate default_month closed_month claim_month score months_on_book offer_term",
    "arrivals_cash.received arrivals_debt",
)
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
) -> tuple[
    float,
    float,
    float,
    float,
    int,
    int,
    int,
    int,
    float,
    int,
    float,
    float,
    int,
    float,
    int,
    int,
    int,
    float,
    int,
    int,
    int,
    int,
]:
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
    return (patience, honesty, appetite, footprint, thin, community, other, cash, signal, term, seen, seen,
            line, flat_offer, NEVER, NEVER, NEVER, 600.0, initial_tenure, term, cash, other)  # fmt: skip
