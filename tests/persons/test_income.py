"""Income by hand: its lasting and passing parts, who pays it, and what the jobless receive."""

from __future__ import annotations

import math

from sim.loan.states import LARGEST
from sim.persons.income import earn, lose_turnover, receive_income, receive_support
from tests.laws.calling import does

EARNING = (earn, receive_income)

# z' = .9 x .5 + .2 x 1 - .02 = .63; the wage is 440 000 exp(.63).
EARNS = {"employed": 1, "months_jobless": 0, "sector": 5, "employer": 4, "income_permanent": 400_000,
         "income_transitory": 0.5, "cash": 10_000, "income_by_sector": 1.1, "income_persistence": 0.9,
         "income_volatility": 0.2, "income_drift": -0.02, "income_noise": 0.1, "benefit_share": 0.25,
         "benefit_months": 12, "owner_share_by_owns": 1.0, "firm_sectors": 5, "normal_income": 1.0,
         "luck_income_noise": 0.5}  # fmt: skip


def earns(state, wage, z=0.63):
    does(EARNING, state, {"income_transitory": z, "income": wage, "cash": 10_000 + wage, "wages.received": wage})


def test_a_wage_is_level_times_sector_times_shocks():
    earns(EARNS, 826_148)
    earns({**EARNS, "normal_income": -1.0}, int(440_000 * math.exp(0.23)), 0.23)
    earns({**EARNS, "normal_income": 2.0}, int(440_000 * math.exp(0.83)), 0.83)
    earns({**EARNS, "income_transitory": 0.0}, int(440_000 * math.exp(0.18)), 0.18)
    earns({**EARNS, "income_by_sector": 1.0}, int(400_000 * math.exp(0.63)))
    earns({**EARNS, "owner_share_by_owns": 0.5}, 413_074)
    passing = 0.1 * math.sqrt(12.0) * 0.25
    earns({**EARNS, "luck_income_noise": 0.75}, int(440_000 * math.exp(0.63) * (1.0 + passing)))
    earns({**EARNS, "luck_income_noise": 0.25}, int(440_000 * math.exp(0.63) * (1.0 - passing)))
    earns({**EARNS, "luck_income_noise": 0.0, "income_noise": 2.0}, 0)
    earns({**EARNS, "income_transitory": 60.0}, LARGEST, 54.18)
    earns({**EARNS, "income_permanent": 1, "income_transitory": 30.0}, int(1.1 * math.exp(20.0)), 27.18)


def test_firms_pay_those_of_their_sectors():
    paid = {"income_transitory": 0.63, "income": 826_148, "cash": 836_148, "firm_wages.received": 826_148,
            "wages_by_firm place": 4, "wages_by_firm amount": 826_148}  # fmt: skip
    does(EARNING, {**EARNS, "sector": 4}, paid)
    does(EARNING, {**EARNS, "sector": 0, "employer": 9}, {**paid, "wages_by_firm place": 9})


def test_the_jobless_receive_a_share_for_a_time():
    jobless = {**EARNS, "employed": 0, "employer": 0, "months_jobless": 11}
    benefit = {"income_transitory": 0.63, "income": 100_000, "cash": 110_000, "benefits.received": 100_000}
    does(EARNING, jobless, benefit)
    does(EARNING, {**jobless, "months_jobless": 0, "sector": 2}, benefit)
    does(EARNING, {**jobless, "months_jobless": 12}, {"income_transitory": 0.63, "income": 0})


OWN_ACCOUNT = {"income": 400_001, "owns": 0, "self_employed_share_by_sector": 0.45, "self_employed_income": 0.25,
               "lasting_own_account": 0.449}  # fmt: skip


def test_the_self_employed_lose_turnover_and_nobody_else_does():
    does(lose_turnover, OWN_ACCOUNT, {"income": 100_000})
    does(lose_turnover, {**OWN_ACCOUNT, "lasting_own_account": 0.45}, {"income": 400_001})
    does(lose_turnover, {**OWN_ACCOUNT, "owns": 3}, {"income": 400_001})
    does(lose_turnover, {**OWN_ACCOUNT, "self_employed_income": 1.0}, {"income": 400_001})
    does(lose_turnover, {**OWN_ACCOUNT, "income": LARGEST, "self_employed_income": 3.0}, {"income": LARGEST})


SUPPORTED = {"employed": 0, "income": 100_000, "cash": 7, "jobless_supplement": 250_000, "universal_transfer": 30_000}


def test_everybody_gets_the_transfer_and_the_jobless_the_supplement_on_top():
    """A flat supplement to a benefit of 100 000: more than the 250 000 that were earned."""
    does(receive_support, SUPPORTED, {"income": 380_000, "cash": 280_007, "transfers.received": 280_000})
    does(
        receive_support, {**SUPPORTED, "employed": 1}, {"income": 130_000, "cash": 30_007, "transfers.received": 30_000}
    )
    does(receive_support, {**SUPPORTED, "income": LARGEST - 1},
         {"income": LARGEST, "cash": 280_007, "transfers.received": 280_000})  # fmt: skip
