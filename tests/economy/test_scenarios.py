"""What each shipped scenario does, and what it leaves alone."""

import math

import numpy as np
import pytest

from sim.economy.arithmetic import sine_of_turns
from sim.economy.economy import Economy
from sim.economy.environment import NO_SUPPORT
from sim.economy.sectors import EMPLOYMENT_SHARES, SECTORS
from tests.economy.shipped import SCENARIOS, central, scenario

CHANNELS = ("separation_by_sector", "finding_by_sector", "income_by_sector", "demand_by_sector", "harvest_by_region")
NUMBERS = (
    *("unemployment", "income_volatility", "policy_rate", "season", "funding", "fraud"),
    *("self_employed_income", "support"),
)


def differing(here, there):
    """Names of what two months do not have in common."""
    arrays = {name for name in CHANNELS if (getattr(here, name) != getattr(there, name)).any()}
    return arrays | {name for name in NUMBERS if getattr(here, name) != getattr(there, name)}


def test_an_l_shape_never_comes_back_and_a_v_shape_does():
    lasting, passing = Economy(central("l_shape"), 1), Economy(central("v_shape"), 1)
    for month in (60, 600):
        assert lasting.month(month).unemployment == pytest.approx(0.08)
        assert (lasting.month(month).demand_by_sector < 0.97).all()
        assert passing.month(month).unemployment == pytest.approx(0.05)
        assert passing.month(month).demand_by_sector == pytest.approx(np.ones(6))


def test_a_w_shape_has_two_bottoms_and_the_second_is_the_deeper():
    economy = Economy(central("w_shape"), 1)
    for series in ([-economy.month(m).unemployment for m in range(90)],
                   [economy.month(m).demand_by_sector[0] for m in range(90)]):  # fmt: skip
        bottoms = [m for m in range(1, 89) if series[m - 1] > series[m] < series[m + 1]]
        assert bottoms == [12 + 6, 12 + 34]
        assert series[bottoms[1]] < series[bottoms[0]] < series[12 + 18] < series[0]
    assert economy.month(46).unemployment == pytest.approx(0.05 + 0.108 - 0.063)  # as in November 1982


@pytest.mark.parametrize("sector", SECTORS)
def test_a_sector_shock_falls_on_the_sector_that_is_named(sector):
    economy, calm = Economy(central("sector_shock", shocked_sector=sector), 1), Economy(central("calm"), 1)
    place = SECTORS.index(sector)
    others = [k for k in range(len(SECTORS)) if k != place]
    worst, before = economy.month(20), economy.month(12)
    assert differing(before, calm.month(12)) == set()
    assert worst.demand_by_sector[place] == pytest.approx(0.7)
    assert (worst.demand_by_sector[others] == 1.0).all()
    assert worst.income_by_sector[place] < 1.0 and worst.income_by_sector[others] == pytest.approx(np.ones(5))
    assert (worst.separation_by_sector[others] < worst.separation_by_sector[place]).all()
    rise = EMPLOYMENT_SHARES[place] * 0.3 / 2.0  # Okun's law
    assert worst.unemployment == pytest.approx(0.05 + rise)
    assert economy.month(60).demand_by_sector == pytest.approx(np.ones(6))
    assert economy.month(60).unemployment == pytest.approx(0.05)


def test_two_thirds_of_those_added_to_the_jobless_are_of_the_shocked_sector():
    economy = Economy(central("sector_shock"), 1)
    jobless = np.full(6, 0.05)
    for month in range(25):
        now = economy.month(month)
        jobless += now.separation_by_sector * (1.0 - jobless) - now.finding_by_sector * jobless
    added = np.array(EMPLOYMENT_SHARES) * (jobless - 0.05)
    assert 0.6 < added[0] / added.sum() < 0.75 and (added > 0.0).all()


def test_a_failed_harvest_is_one_calendar_year_and_nothing_else():
    economy, calm = Economy(central("harvest_failure"), 1), Economy(central("calm"), 1)
    changed = {month: differing(economy.month(month), calm.month(month)) for month in range(-12, 60)}
    assert {month for month, names in changed.items() if names} == set(range(13, 25))
    assert all(names <= {"harvest_by_region"} for names in changed.values())
    for month in range(20, 23):  # September to November
        assert economy.month(month).harvest_by_region == pytest.approx(0.65)


def test_with_all_its_luck_a_failed_harvest_leaves_persons_as_in_calm_times():
    economy, calm = Economy(scenario("harvest_failure"), 9), Economy(scenario("calm"), 9)
    for month in range(-3, 60):
        here, there = economy.month(month), calm.month(month)
        assert differing(here, there) == ({"harvest_by_region"} if month >= 0 else set())


def test_harvests_spread_around_the_path_and_come_in_their_season():
    settings = scenario("harvest_failure")
    drawn = np.array([Economy(settings, seed).month(21).harvest_by_region for seed in range(120)])
    assert drawn.shape == (120, 8) and len(np.unique(drawn)) == drawn.size
    # Severity (sd 0.3) and regions (sd 0.15) in logs: (0.3 x 0.43)^2 + 0.15^2 = 0.2^2, shared by the regions of a
    # seed to a half; standard error of the mean about 0.65 x sqrt(0.13^2 + 0.15^2 / 8) / sqrt(120) = 0.0085.
    assert drawn.mean() == pytest.approx(0.655, abs=0.034)
    assert np.log(drawn).std() == pytest.approx(0.2, abs=0.04)
    later = Economy(settings, 4).month(33).harvest_by_region
    assert later.mean() == pytest.approx(1.0, abs=4 * 0.15 / math.sqrt(8))


def test_a_rate_shock_costs_demand_after_a_year_and_a_half():
    economy = Economy(central("rate_shock"), 1)
    rates = [economy.month(m).policy_rate for m in range(70)]
    demand = [float(np.dot(EMPLOYMENT_SHARES, economy.month(m).demand_by_sector)) for m in range(70)]
    assert max(rates) - rates[0] == pytest.approx(0.03) and rates.index(max(rates)) == 18
    trough = min(range(70), key=lambda m: demand[m])
    assert trough == 30 and demand[trough] == pytest.approx(0.965, abs=0.001)
    assert rates[60] == pytest.approx(rates[0]) and demand[60] == pytest.approx(1.0)


def test_a_funding_freeze_is_the_funding_and_nothing_else():
    economy, calm = Economy(central("funding_freeze"), 1), Economy(central("calm"), 1)
    funding = [economy.month(month).funding for month in range(60)]
    assert funding[:13] == [1.0] * 13 and funding[30:] == [1.0] * 30
    assert min(funding) == pytest.approx(0.4)
    for month in range(60):
        assert differing(economy.month(month), calm.month(month)) <= {"funding"}


def test_2020_in_the_united_states_is_supported_as_the_record_says():
    """Months from January 2019: 600 dollars a week are .63 of median earnings, 1 200 dollars .29."""
    economy = Economy(scenario("us_2020"), 1)
    support = [economy.month(month).support for month in range(36)]
    assert support[:14] == [NO_SUPPORT] * 14 == [economy.month(-month).support for month in range(1, 15)]
    week, month = 957, 957 * 52 / 12
    assert [now.jobless_supplement for now in support[15:19]] == pytest.approx([600 / week] * 4, abs=0.005)
    assert [now.jobless_supplement for now in support[24:32]] == pytest.approx([300 / week] * 8, abs=0.005)
    assert sum(now.jobless_supplement for now in support[19:24]) == pytest.approx(6 * 300 / month, abs=0.005)
    cheques = [sum(now.universal_transfer for now in support[a:b]) for a, b in ((15, 17), (24, 25), (26, 28))]
    assert cheques == pytest.approx([1200 / month, 600 / month, 1400 / month], abs=0.006)
    assert economy.month(15).unemployment == pytest.approx(0.148) and economy.month(15).demand_by_sector[5] > 0.9
    gap = economy.settings.published.output_gap
    growth = [sum(gap[a : a + 3]) / 3 - sum(gap[a - 3 : a]) / 3 for a in (15, 18)]
    # Growth of -31.2 and 33.8 % a year less a trend of 1.8.
    assert growth == pytest.approx([0.688**0.25 - 1 - 0.0045, 1.338**0.25 * 0.9 - 0.9 - 0.0045], abs=0.01)


def test_the_self_employed_bear_most_of_a_v_shape():
    economy = Economy(central("v_shape"), 1)
    own = [economy.month(month).self_employed_income for month in range(40)]
    assert own[:13] == [1.0] * 13 and own[28:] == [1.0] * 12 and own.index(min(own)) == 13
    assert min(own) == pytest.approx(0.11) and own[13:] == sorted(own[13:])


def test_a_v_shape_offers_holidays_while_it_lasts_and_no_other_support():
    """Deferred payments from the second month of the shock, the month after its announcement; most of them at once."""
    economy = Economy(central("v_shape"), 1)
    offered = [economy.month(month).support.holidays_offered for month in range(40)]
    assert offered[:13] == [0.0] * 13 and offered[24:] == [0.0] * 16
    assert offered[13:17] == [0.20, 0.20, 0.14, 0.08] and offered[13:24] == sorted(offered[13:24], reverse=True)
    others = {economy.month(month).support._replace(holidays_offered=0.0) for month in range(40)}
    assert others == {NO_SUPPORT}


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in ("path", "us_2020", "v_shape")])
def test_other_scenarios_bring_no_support(name):
    economy = Economy(scenario(name), 5)
    assert {(economy.month(m).support, economy.month(m).self_employed_income) for m in range(-3, 70)} == {
        (NO_SUPPORT, 1.0)
    }


@pytest.mark.parametrize("name", ["calm", "severe_recession", "stochastic", "us_2007_2012", "sector_shock"])
def test_other_scenarios_leave_harvests_and_funding_alone(name):
    economy = Economy(scenario(name), 5)
    for month in range(-3, 70):
        assert economy.month(month).funding == 1.0 and (economy.month(month).harvest_by_region == 1.0).all()


def test_a_cycle_swings_around_calm_for_ever():
    settings = central("sinusoidal", cycle__period=60.0, cycle__amplitude=0.03)
    economy = Economy(settings, 1)
    months = [economy.month(m) for m in range(600)]
    path = np.array([now.unemployment for now in months])
    assert path[0] == 0.05
    assert path[[15, 45, 555, 585]] == pytest.approx([0.08, 0.02, 0.08, 0.02])
    assert path == pytest.approx(0.05 + 0.03 * np.sin(2 * np.pi * np.arange(600) / 60), abs=1e-9)
    trough, peak = months[15], months[45]
    # Okun's law: six per cent of output for three points.
    assert np.dot(EMPLOYMENT_SHARES, np.log(trough.demand_by_sector)) == pytest.approx(math.log(0.94))
    assert np.dot(EMPLOYMENT_SHARES, np.log(peak.demand_by_sector)) == pytest.approx(math.log(1.06))
    assert (trough.income_by_sector < 1.0).all() and (peak.income_by_sector > 1.0).all()
    assert trough.policy_rate < 0.0385 < peak.policy_rate
    assert trough.income_volatility > peak.income_volatility == economy.month(-1).income_volatility


def test_a_phase_shifts_the_cycle():
    here, there = Economy(central("sinusoidal", cycle__phase=10.0), 1), Economy(central("sinusoidal"), 1)
    for month in range(100):
        assert here.month(month).unemployment == pytest.approx(there.month(month + 10).unemployment, abs=1e-12)


def test_the_sine_is_a_sine():
    turns = np.linspace(-3.0, 3.0, 10_001)
    assert [sine_of_turns(turn) for turn in turns] == pytest.approx(np.sin(2 * np.pi * turns), abs=5e-15)
    assert [sine_of_turns(turn) for turn in (0.0, 0.5, 1.0, -2.0)] == [0.0] * 4
