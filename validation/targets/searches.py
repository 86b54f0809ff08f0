"""What is searched for each preset: keys with their ranges, the figures fitted to, and how much each counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from validation.targets.bands import targets_of
from validation.targets.pooling import Worlds, ratio
from validation.targets.runs import CHINA, TAIWAN, US
from validation.targets.target import EXPOSURE, FED, ROLLS, Target, around

OF_CALM_BOOK = ("by_score", "by_income", "by_utilisation", "by_burden", "by_job", "by_loans", "by_job_loss")
ON_OPENING = ("area_approved", "distance_approved", "area_applicants")
ON_TAPE = ("tape_area", "tape_level", "tape_by_limit", "tape_by_use")
ON_PATH = ("us_correlation", "us_peak", "us_peak_lag", "us_end", "states_2020", "states_2021", "china_2020",
           "china_2021", "profit_2020", "charge_off_peak", "calm_return", "worst_return")  # fmt: skip


def told(top: str, bottom: str = "") -> Any:
    """Mean of a figure over months and seeds, or its quotient with that of another."""

    def measure(worlds: Worlds) -> float:
        means = [np.mean([world.calm.told[name].mean() for world in worlds]) for name in (top, bottom) if name]
        return ratio(means[0], means[1]) if bottom else float(means[0])

    return measure


def charged_off(worlds: Worlds) -> float:
    """Persons' charge-offs over their loans, a year."""
    return 12.0 * float(told("npl_charged_off", "person_outstanding")(worlds))


OWN = "the joint band of this project"
GERARDI = "Gerardi et al. (2018)"
THIRTY, NINETY = told("person_delinquent_30"), told("person_delinquent_90", "person_delinquent_30")
CALM = (
    Target("delinquent_30", "", "30+ by balance", "1.2-1.9 %", 0.012, 0.019, OWN, "own", "share", THIRTY),
    Target("charge_offs", "", "charged off over outstanding", "1.0-1.6 %", 0.010, 0.016, OWN, "own", "a year",
           charged_off),
    Target("ninety_of_thirty", "", "90+ over 30+", "0.55-0.75", 0.55, 0.75, OWN, "own", "ratio", NINETY),
    Target("can_pay", "", "defaulters who could pay", "0.20-0.38", 0.20, 0.38, GERARDI, "A", "share",
           told("can_pay_defaults")),
    Target("several", "", "borrowers in order who owe several lenders", "0.44", 0.34, 0.54,
           "Beijing Internet Finance Association", "S", "share", told("several_lenders", "accounts_m0")),
)  # fmt: skip
US_CALM = (
    Target("delinquent_30", "", "30+ by balance", "4.25 %", *around(0.0425), FED, "V", "share", THIRTY),
    Target("charge_offs", "", "charged off over outstanding", "3.82 %", *around(0.0382),
           "Board of Governors in AP: before the crisis", "S", "a year", charged_off),
    Target("ninety_of_thirty", "", "90+ over 30+, charge-off at 180 days", "0.45-0.55", 0.45, 0.55, OWN, "own", "ratio",
           NINETY),
    Target("can_pay", "", "defaulters who could pay", "0.20-0.38", 0.20, 0.38, GERARDI, "A", "share",
           told("can_pay_defaults")),
)  # fmt: skip


@dataclass(frozen=True)
class Search:
    """What is searched for a preset: keys with their ranges, and figures with their weights."""

    preset: str
    axes: Mapping[str, tuple[float, float]]
    calm: tuple[Target, ...]
    weights: Mapping[str, float]
    tape: str = ""  # file that runs start from; of Taiwan alone

    @property
    def fitted(self) -> tuple[Target, ...]:
        """Figures that it is fitted to: those of the calm book, of the opening, of recessions and published paths."""
        asked = (*OF_CALM_BOOK, *ON_OPENING, *ON_PATH, *ON_TAPE)
        banded = (one for one in targets_of(self.preset) if not np.isnan(one.low))
        return (*(one for one in banded if one.section in (EXPOSURE, ROLLS) or one.key in asked), *self.calm)


SEARCHES: Mapping[str, Search] = {
    CHINA: Search(
        CHINA,
        {
            "population.essential_share": (0.30, 0.54),
            "population.median_patience": (1.2, 3.5),
            "behaviour.benefit_share": (0.15, 0.5),
            "behaviour.expense_size": (1.0, 2.5),
            "behaviour.limit_response": (0.6, 1.0),
            "behaviour.ample_liquidity": (1.2, 2.6),
            "behaviour.strategic_hazard": (0.0004, 0.003),
            "behaviour.sunk_hazard": (0.3, 1.0),
            "behaviour.resume_hazard": (0.0003, 0.03),
            "behaviour.oversight": (0.02, 0.05),
            "behaviour.want_probability": (0.08, 0.3),
            "population.mean_appetite": (0.6, 2.0),
            "population.patience_spread": (0.7, 1.3),
            "population.essential_spread": (0.2, 0.7),
            "population.essential_elasticity": (0.6, 0.95),
            "population.honesty_power": (1.0, 2.8),
            "behaviour.arrears_habit": (0.0, 0.4),
            "behaviour.settling_months": (1.0, 24.0),
            "behaviour.family_probability": (0.1, 0.7),
            "behaviour.expense_probability": (0.005, 0.05),
            "behaviour.other_appetite": (0.1, 0.6),
            "behaviour.other_appetite_slope": (0.0, 14.0),
            "behaviour.other_growth": (0.01, 0.08),
            "behaviour.other_rollover_slope": (0.0, 8.0),
            "behaviour.precaution_slope": (0.0, 16.0),
            "behaviour.caution_slope": (0.0, 12.0),
        },
        CALM,
        {"delinquent_30": 4.0, "charge_offs": 2.0, "loss_from_90": 2.0, "leaves": 2.0, "by_income": 2.0,
         "by_utilisation": 2.0, "by_job": 2.0, "by_job_loss": 2.0, "roll_3": 2.0,
         "charge_off_peak": 2.0, "worst_return": 3.0, "ninety": 0.2, "profit_2020": 0.2, "china_2020": 0.2},
    ),
    US: Search(
        US,
        {
            "behaviour.benefit_share": (0.25, 0.6),
            "behaviour.benefit_months": (4.0, 24.0),
            "behaviour.family_probability": (0.2, 0.7),
            "behaviour.expense_probability": (0.01, 0.06),
            "behaviour.expense_size": (1.0, 3.0),
            "behaviour.precaution_slope": (3.0, 22.0),
            "behaviour.precaution_memory": (0.0, 60.0),
            "behaviour.caution_slope": (0.0, 9.0),
            "behaviour.limit_response": (0.6, 1.0),
            "behaviour.ample_liquidity": (1.2, 3.0),
            "behaviour.want_probability": (0.08, 0.35),
            "behaviour.strategic_hazard": (0.0004, 0.008),
            "behaviour.sunk_hazard": (0.3, 1.0),
            "behaviour.resume_hazard": (0.0001, 0.03),
            "behaviour.oversight": (0.005, 0.08),
            "behaviour.arrears_habit": (0.0, 0.6),
            "behaviour.other_appetite": (0.05, 0.5),
            "behaviour.other_appetite_slope": (0.0, 14.0),
            "behaviour.other_rollover_slope": (0.0, 8.0),
            "behaviour.other_growth": (0.01, 0.08),
            "behaviour.settling_months": (1.0, 24.0),
            "policy.limit.cut_score": (480.0, 580.0),
            "policy.limit.cut_share": (0.05, 0.35),
            "policy.limit.cut_tightening": (0.0, 2500.0),
        },
        US_CALM,
        {"delinquent_30": 3.0, "charge_offs": 2.0, "us_correlation": 6.0, "us_peak": 6.0, "us_peak_lag": 6.0,
         "us_end": 6.0},
    ),
    TAIWAN: Search(
        TAIWAN,
        {
            "population.median_income": (350_000.0, 1_100_000.0),
            "behaviour.arrears_habit": (0.2, 1.0),
            "behaviour.oversight": (0.005, 0.1),
            "behaviour.strategic_hazard": (0.0004, 0.02),
            "behaviour.sunk_hazard": (0.0, 1.0),
            "behaviour.resume_hazard": (0.003, 0.6),
            "behaviour.expense_probability": (0.01, 0.08),
            "behaviour.expense_size": (0.5, 3.0),
            "behaviour.benefit_share": (0.1, 0.6),
            "behaviour.want_probability": (0.05, 0.5),
            "behaviour.limit_response": (0.3, 1.0),
            "behaviour.ample_liquidity": (0.5, 3.0),
            "behaviour.other_due_share": (0.03, 0.12),
            "behaviour.other_appetite": (0.02, 0.5),
            "behaviour.prepay_probability": (0.01, 0.3),
            "tape.beliefs.jobless_late": (0.0, 0.4),
            "tape.beliefs.unwilling_late": (0.01, 0.3),
            "tape.beliefs.cash_full": (0.3, 3.0),
            "tape.beliefs.cash_minimum": (0.2, 1.5),
            "tape.beliefs.cash_late": (0.02, 0.35),
            "tape.beliefs.other_debt": (0.3, 3.0),
        },
        (),
        {"tape_0": 3.0, "tape_1": 3.0, "tape_2": 4.0, "tape_3": 2.0, "tape_area": 4.0, "tape_level": 2.0},
    ),
}  # fmt: skip
