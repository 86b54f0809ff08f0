"""The firms' numbers that no month changes: their settings, and what follows from them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.economy.sectors import PRIVATE_SECTORS
from sim.engine.tables.numbers import Numbers, numbers_of
from sim.firms.seasons import MONTH_DAYS, paid_in_a_month

YEAR = 12


def standing_numbers(config: Any, weight_of_jobs: float) -> Numbers:
    """Numbers that the firms' rules read in every month, beside those that the month brings.

    Parameters
    ----------
    config : Config
        Its firms, sectors, feedback, economy and policy.
    weight_of_jobs : float
        How far firms decide on jobs, 0 to 1.
    """
    settings, sectors = config.firms, config.sectors
    days = {name: sectors.by_sector(f"{name}_days") for name in ("inventory", "payable")}
    inputs = np.maximum(sectors.by_sector("input_share"), 0.01)
    derived = {
        "wage_share_by_sector": np.maximum(sectors.by_sector("wage_share"), 0.01),
        "input_share_by_sector": inputs,
        "research_share_by_sector": sectors.by_sector("research_share"),
        "margin_by_sector": sectors.by_sector("margin"),
        "fixed_share_by_sector": np.maximum(sectors.by_sector("fixed_share"), 0.0),
        "observability_by_sector": sectors.by_sector("observability"),
        "inventory_months_by_sector": days["inventory"] / MONTH_DAYS,
        "collected_by_sector": paid_in_a_month(sectors.by_sector("receivable_days")),
        "matured_by_sector": 1.0 / np.maximum(days["payable"] / MONTH_DAYS, 1.0),
        "cash_part": settings.demand_share + (1.0 - settings.demand_share) * (1.0 - settings.credit_sales),
        "farm_sector": PRIVATE_SECTORS.index("agriculture"),
        "technology_sector": PRIVATE_SECTORS.index("technology"),
        "regions": config.economy.regions,
        "typical_pay": float(config.population.median_income),
        "overdraft_rate": (config.economy.policy_rate + 0.03) / YEAR,
        **config.regulation.numbers(firms=True),
        "outlook": float(config.policy.approval.firm_outlook),
        "credit": min(config.feedback.credit * settings.prudence, 1.0),
        "jobs": float(weight_of_jobs),
        # Where firms do not decide on jobs, those whom they let go move on to other firms at once.
        "layoff_strength": float(weight_of_jobs) or 1.0,
    }
    numbers = Numbers(numbers_of(settings)).give("firms: what follows from settings", derived)
    return numbers.give("firms: limits", config.policy.limit.for_firms(settings.opening_multiple))
