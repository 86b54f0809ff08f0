"""Founding: a firm's type, from the initial type distribution."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.loops.stage import stage
from sim.engine.loops.transforms import exponential_draw, exponential_function, logarithm
from sim.loan.states import (
    LINE_APPLIED,
    LINE_NONE,
    NEVER,
    PRODUCT_FARM,
    PRODUCT_TECHNOLOGY,
    PRODUCT_WORKING_CAPITAL,
)


class FoundFirm(NamedTuple):
    """What `found_firm` leaves."""

    size_class: int
    region: int
    observability: float
    product: int
    owner_share: float
    failed_month: int
    vacancies: int


@stage()
def found_firm(
    sector: int,
    small_share: float,
    micro_staff: float,
    small_staff: float,
    regions: int,
    observability_by_sector: float,
    farm_sector: int,
    technology_sector: int,
    luck_firm_size: float,
    luck_firm_staff: float,
    luck_firm_region: float,
    luck_firm_footprint: float,
) -> FoundFirm:
    """Draw size, region and what is seen of the turnover; the product follows from the sector.

    Micro firms have an exponential number of staff, small ones ten and more.
    """
    small = 1 if luck_firm_size < small_share else 0
    staff = 10.0 + (small_staff - 10.0) * exponential_draw(luck_firm_staff)
    if not small:
        staff = 1.0 + max(micro_staff - 1.0, 0.0) * exponential_draw(luck_firm_staff)
    product = PRODUCT_WORKING_CAPITAL
    if sector == farm_sector:
        product = PRODUCT_FARM
    elif sector == technology_sector:
        product = PRODUCT_TECHNOLOGY
    return FoundFirm(
        size_class=small,
        region=int(luck_firm_region * regions),
        observability=min(observability_by_sector * (0.7 + 0.6 * luck_firm_footprint), 1.0),
        product=product,
        owner_share=1.0,
        failed_month=NEVER,
        vacancies=int(staff + 0.5),
    )


class DrawCharacter(NamedTuple):
    """What `draw_character` leaves."""

    honesty: float
    productivity: float
    research: float
    signal: float
    thin_file: int
    thrift: float


@stage(both_sides=True)
def draw_character(
    honesty_power: float,
    productivity_sd: float,
    research_spread: float,
    thrift_spread: float,
    signal_accuracy: float,
    thin_file_share: float,
    luck_firm_honesty: float,
    luck_firm_region: float,
    normal_firm_start: float,
    normal_firm_research_style: float,
    normal_firm_signal: float,
    normal_firm_thrift: float,
) -> DrawCharacter:
    """Draw honesty, luck, what is spent on research, and what alternative data say of honesty and luck (``signal``).

    Own luck starts from its stationary law with E[exp x] = 1. Research is the sector's share times a factor with
    mean 1, log-normal with ``research_spread``; the cash that an owner keeps is log-normal around its median.
    """
    honesty = 1.0 - exponential_function(honesty_power * logarithm(luck_firm_honesty))
    quality = 0.7 * normal_firm_start + 1.0 * (honesty - 0.5)
    thin = 1 if luck_firm_region * 7.0 % 1.0 < thin_file_share else 0
    accuracy = signal_accuracy * (1.0 - 0.5 * thin)
    return DrawCharacter(
        honesty=honesty,
        productivity=productivity_sd * normal_firm_start - 0.5 * productivity_sd * productivity_sd,
        research=exponential_function(research_spread * (normal_firm_research_style - 0.5 * research_spread)),
        signal=accuracy * quality + (1.0 - signal_accuracy * signal_accuracy) * normal_firm_signal,
        thin_file=thin,
        thrift=exponential_function(thrift_spread * normal_firm_thrift),
    )


class OpenFile(NamedTuple):
    """What `open_file` leaves."""

    term: int
    offer_rate: float
    score: float
    line: int
    default_month: int
    closed_month: int
    months_on_book: int
    offer_term: int


@stage(both_sides=True)
def open_file(
    credit_share: float, firm_term: int, initial_tenure: int, flat_offer: float, luck_firm_bank: float
) -> OpenFile:
    """Put a firm on file with the lender; some apply, the others have a bank outside."""
    line = LINE_APPLIED if luck_firm_bank < credit_share else LINE_NONE
    return OpenFile(
        term=firm_term,
        offer_rate=flat_offer,
        score=600.0,
        line=line,
        default_month=NEVER,
        closed_month=NEVER,
        months_on_book=initial_tenure,
        offer_term=firm_term,
    )


FOUND_FIRM = (found_firm, draw_character, open_file)
"""All that a new firm is, in order."""
