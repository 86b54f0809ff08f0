"""The months of an economy worked by hand: paths, luck, regimes, hazards, jobs and suppliers, at and around bounds."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from sim.economy import paths, regimes, systematic
from sim.economy.arithmetic import exp, log, sine_of_turns
from sim.economy.economy import Economy, calm_key, monthly_volatility
from sim.economy.environment import NO_SUPPORT, Support
from sim.economy.hazards import calm_flows, hazards_along, root, share_out, solve_flows
from sim.economy.luck_settings import CreditFeedbackSettings, FactorSettings, SystematicSettings
from sim.economy.months import Calm, calm_of
from sim.economy.paths import build_months, incomes_by_sector, interpolate, separation_tilts
from sim.economy.regimes import CALM, RECESSION, depth_of, draw_regimes
from sim.economy.scenario import CentralPath, CycleSettings, PublishedPath, RegimeSettings, SectorSeries
from sim.economy.sector_settings import PrivateSectors, SectorSettings
from sim.economy.sectors import CYCLE_SENSITIVITIES, EMPLOYMENT_SHARES, SECTORS, SELF_EMPLOYED_SHARES
from sim.economy.settings import EconomySettings, ElasticitySettings, IncomeSettings, LabourSettings
from sim.firms.labour import fill_vacancies, layoff_thresholds
from sim.firms.network import choose_suppliers

SURE = SystematicSettings(severity_sd=0.0, timing_sd=0.0, sector_sd=0.0, harvest_sd=0.0)
TABLE = CentralPath(
    months=(0, 4), unemployment_rise=(0.0, 0.04), income=(1.0, 0.9), demand=(1.0, 0.8), policy_rate_change=(0.0, -0.01),
    stress=(0.0, 0.6), harvest=(1.0, 0.5), funding=(1.0, 0.6), fraud=(1.0, 3.0), sector_demand=(1.0, 0.7),
)  # fmt: skip


def economy(**changes) -> EconomySettings:
    return EconomySettings(**{"shock_lag": 2, "path": TABLE, "systematic": SURE, **changes})


# ---- the central path -------------------------------------------------------------------------------


def test_lines_between_knots_and_the_ends_outside():
    assert [interpolate((0, 4, 6), (1.0, 3.0, 0.0), at) for at in (-2, 0, 1, 4, 5, 6, 9)] == [1, 1, 1.5, 3, 1.5, 0, 0]


def test_the_path_of_knots_by_hand():
    months = build_months(economy(), 1, 8)
    # The shock starts in month 2; four months later the path has reached its end.
    assert months.unemployment == pytest.approx([0.05, 0.05, 0.05, 0.06, 0.07, 0.08, 0.09, 0.09])
    assert months.income[2:7] == pytest.approx([1.0, 0.975, 0.95, 0.925, 0.9])
    assert months.policy_rate[4] == pytest.approx(0.0385 - 0.005) and months.stress[4] == pytest.approx(0.3)
    assert months.harvest[4] == pytest.approx(0.75) and months.funding[4] == pytest.approx(0.8)
    assert months.fraud[4] == pytest.approx(2.0) and months.regime == [CALM] * 8
    demand = [exp(value) for value in months.log_demand[6]]
    assert demand == pytest.approx([0.8**sensitivity for sensitivity in CYCLE_SENSITIVITIES])
    assert months.log_demand == months.log_demand_central


def test_severity_scales_every_distance_from_calm():
    mild = dataclasses.replace(SURE, severity_mean=0.5)
    months = build_months(economy(systematic=mild), 1, 8)
    assert months.unemployment[6] == pytest.approx(0.07) and months.policy_rate[6] == pytest.approx(0.0335)
    assert months.income[6] == pytest.approx(0.9**0.5) and months.harvest[6] == pytest.approx(0.5**0.5)
    assert months.funding[6] == pytest.approx(0.8) and months.fraud[6] == pytest.approx(2.0)
    assert months.stress[6] == pytest.approx(0.3)
    hard = build_months(economy(systematic=dataclasses.replace(SURE, severity_mean=5.0)), 1, 8)
    # What is left of funding, and the bounds: stress 2, the policy rate -2 %, no factor below .05.
    assert (hard.funding[6], hard.stress[6], hard.policy_rate[6]) == (0.0, 2.0, pytest.approx(-0.0115))
    assert hard.harvest[6] == pytest.approx(0.05) and hard.fraud[6] == pytest.approx(11.0)
    assert min(exp(value) for value in hard.log_demand[6]) == pytest.approx(0.8 ** (5 * 1.6))
    rate = dataclasses.replace(TABLE, policy_rate_change=(0.0, -0.1))
    assert build_months(economy(path=rate), 1, 8).policy_rate[6] == -0.02
    top = dataclasses.replace(TABLE, unemployment_rise=(0.0, 0.5))
    assert build_months(economy(path=top, unemployment=0.4), 1, 8).unemployment[6] == 0.6
    low = dataclasses.replace(TABLE, unemployment_rise=(0.0, -0.3))
    assert build_months(economy(path=low), 1, 8).unemployment[6] == 0.001


def test_a_sector_that_is_hit_loses_its_share_of_jobs():
    hit = economy(shocked_sector="technology")
    months, without = build_months(hit, 1, 8), build_months(economy(), 1, 8)
    points = hit.elasticity.output_to_unemployment
    assert months.unemployment[6] - without.unemployment[6] == pytest.approx(0.06 * 0.3 / points)
    place = SECTORS.index("technology")
    gaps = np.array(months.log_demand[6]) - np.array(without.log_demand[6])
    assert gaps[place] == pytest.approx(math.log(0.7)) and not np.delete(gaps, place).any()
    assert months.log_demand_central[6] == without.log_demand_central[6], "like luck: others' earnings are left alone"
    flat = dataclasses.replace(hit, elasticity=ElasticitySettings(output_to_unemployment=0.0))
    assert build_months(flat, 1, 8).unemployment[6] == without.unemployment[6]


def test_a_delay_comes_before_the_lag_is_over(monkeypatch):
    monkeypatch.setattr(paths, "draw_luck", lambda settings, seed, lead: systematic.Luck(1.0, 1.5))
    assert build_months(economy(), 1, 8).unemployment[4] == pytest.approx(0.055)


SUPPORTED = dataclasses.replace(
    TABLE, self_employed_income=(1.0, 0.25), jobless_supplement=(0.0, 0.6), universal_transfer=(0.0, 0.4),
    holidays_offered=(0.0, 0.5), collections_stopped=(0.0, 0.8),
)  # fmt: skip


def test_support_and_the_self_employed_by_hand():
    months = build_months(economy(path=SUPPORTED), 1, 8)
    assert months.support[2] == NO_SUPPORT and months.self_employed_income[2] == 1.0
    assert months.support[4] == pytest.approx((0.3, 0.2, 0.25, 0.4)) and months.support[7] == months.support[6]
    assert months.self_employed_income[4] == pytest.approx(0.625)
    without = build_months(economy(), 1, 8)
    assert without.support == [NO_SUPPORT] * 8 and without.self_employed_income == [1.0] * 8
    assert (without.unemployment, without.income) == (months.unemployment, months.income)


def test_support_goes_with_the_severity_and_shares_end_at_all():
    def at_the_end(severity):
        scaled = dataclasses.replace(SURE, severity_mean=severity)
        months = build_months(economy(path=SUPPORTED, systematic=scaled), 1, 8)
        return (*months.support[6], months.self_employed_income[6])

    assert at_the_end(0.5) == pytest.approx((0.3, 0.2, 0.25, 0.4, 0.5))
    assert at_the_end(3.0) == pytest.approx((1.8, 1.2, 1.0, 1.0, 0.05))


def test_what_a_path_brings_is_told_by_its_columns():
    calm, path = economy(), economy(path=SUPPORTED)
    assert not calm.brings("jobless_supplement", "holidays_offered") and path.brings("jobless_supplement", "harvest")
    assert path.brings("self_employed_income") and not economy(path=SUPPORTED, kind="stochastic").brings("harvest")
    by_month = published(holidays_offered=(0.0, 0.1, 0.0))
    assert by_month.brings("holidays_offered") and not by_month.brings("harvest"), "knots are not read there"


# ---- other kinds of path ----------------------------------------------------------------------------


def published(**series) -> EconomySettings:
    given = {"unemployment": (0.04, 0.05, 0.08), **series}
    return economy(kind="published", published=PublishedPath(**given))


def test_what_a_published_path_lacks_follows_from_its_output_gap():
    settings = published()
    assert calm_of(settings) == Calm(0.04, 0.0385)
    months, elasticity = build_months(settings, 1, 4), settings.elasticity
    assert months.unemployment == pytest.approx([0.04, 0.05, 0.08, 0.08])
    output = math.log(1 - elasticity.output_to_unemployment * 0.04)
    assert months.income[2] == pytest.approx(math.exp(elasticity.income_to_output * output))
    expected = [elasticity.demand_to_output * output * own for own in CYCLE_SENSITIVITIES]
    assert months.log_demand[2] == pytest.approx(expected)
    assert months.stress[2] == pytest.approx(min(0.04 / elasticity.stress_rise, 1.0))
    assert months.policy_rate == [0.0385] * 4 and months.harvest == months.funding == [1.0] * 4


def test_what_a_published_path_has_is_taken_as_it_is():
    settings = published(
        policy_rate=(0.03, 0.02, 0.01), output_gap=(0.01, 0.0, -0.04), harvest=(1.0, 1.0, 0.4), funding=(1.0, 0.5, 0.5),
        demand=SectorSeries(technology=(50.0, 55.0, 40.0)), self_employed_income=(1.0, 1.0, 0.25),
        jobless_supplement=(0.0, 0.0, 0.6), universal_transfer=(0.0, 0.3, 0.2), holidays_offered=(0.0, 0.0, 0.4),
        collections_stopped=(0.0, 0.0, 0.7),
    )  # fmt: skip
    months, elasticity = build_months(settings, 1, 3), settings.elasticity
    assert calm_of(settings) == Calm(0.04, 0.03) and months.policy_rate == pytest.approx([0.03, 0.02, 0.01])
    assert months.income[2] == pytest.approx(math.exp(elasticity.income_to_output * math.log(0.95)))
    assert months.log_demand[2][SECTORS.index("technology")] == pytest.approx(math.log(0.8))
    assert (months.harvest[2], months.funding[2]) == (pytest.approx(0.4), 0.5)
    assert months.self_employed_income == [1.0, 1.0, pytest.approx(0.25)]
    assert months.support == [NO_SUPPORT, Support(universal_transfer=0.3), pytest.approx((0.6, 0.2, 0.4, 0.7))]


def test_stress_is_the_rise_within_a_year():
    rising = published(unemployment=tuple(0.04 + 0.001 * k for k in range(20)))
    months, rise = build_months(rising, 1, 20), ElasticitySettings().stress_rise
    # In the first year against calm, then against the month a year before.
    assert months.stress[11] == pytest.approx(min(0.011 / rise, 1.0))
    assert [months.stress[k] for k in (12, 19)] == pytest.approx([min(0.012 / rise, 1.0)] * 2)
    assert build_months(published(unemployment=(0.05, 0.04)), 1, 2).stress[1] == 0.0


def test_a_cycle_by_quarters():
    cycle = CycleSettings(period=12.0, amplitude=0.02, policy_rate_amplitude=0.01)
    settings = economy(kind="sinusoidal", cycle=cycle)
    months, elasticity = build_months(settings, 1, 12), settings.elasticity
    assert [months.unemployment[k] for k in (0, 3, 6, 9)] == pytest.approx([0.05, 0.07, 0.05, 0.03])
    assert [months.policy_rate[k] for k in (3, 9)] == pytest.approx([0.0285, 0.0485])
    assert [months.stress[k] for k in (3, 9)] == pytest.approx([1.0, 0.0])
    output = math.log(1 - elasticity.output_to_unemployment * 0.02)
    assert months.income[3] == pytest.approx(math.exp(elasticity.income_to_output * output))
    assert [sine_of_turns(k / 12) for k in (0, 1, 3, 6, 7, 9)] == pytest.approx([0, 0.5, 1, 0, -0.5, -1])


def test_a_stochastic_economy_is_as_deep_as_its_recession():
    limit = RegimeSettings(stay_calm=0.0, stay_recession=1.0, start="calm", onset=0.5, recovery=0.25,
                           unemployment_rise=0.04, income=0.9, demand=0.8, policy_rate_change=-0.01)  # fmt: skip
    months = build_months(economy(kind="stochastic", regimes=limit), 1, 3)
    assert months.regime == [CALM, RECESSION, RECESSION] and months.stress == pytest.approx([0.0, 0.5, 0.75])
    assert months.unemployment == pytest.approx([0.05, 0.07, 0.08])
    assert months.income[2] == pytest.approx(0.9**0.75) and months.policy_rate[1] == pytest.approx(0.0335)
    assert months.log_demand[1][0] == pytest.approx(0.5 * math.log(0.8) * CYCLE_SENSITIVITIES[0])


def test_the_one_factor_economy(monkeypatch):
    monkeypatch.setattr(systematic, "normal", lambda seed, name, who=0, month=0: float(month))
    factor = FactorSettings(correlation=0.25, volatility=0.4)
    months = build_months(economy(kind="factor", factor=factor), 1, 3)
    assert months.income == pytest.approx([math.exp(0.2 * k - 0.02) for k in range(3)])
    assert months.unemployment == [0.05] * 3 and months.stress == [0.0] * 3


# ---- sectors ----------------------------------------------------------------------------------------


def test_incomes_by_sector_keep_their_mean_and_follow_their_own_luck():
    elasticity = ElasticitySettings(wage_to_demand=0.2, turnover_to_demand=1.0, separation_to_demand=2.0)
    months = build_months(economy(), 1, 8)
    row = incomes_by_sector(elasticity, months)[6].tolist()
    powers = [0.2 * (1 - own) + own for own in SELF_EMPLOYED_SHARES]
    usual = [0.8 ** (power * own) for power, own in zip(powers, CYCLE_SENSITIVITIES, strict=True)]
    mean = sum(share * factor for share, factor in zip(EMPLOYMENT_SHARES, usual, strict=True))
    assert row == pytest.approx([0.9 * factor / mean for factor in usual])
    months.log_demand[6][2] += 0.1
    lucky = incomes_by_sector(elasticity, months)[6].tolist()
    assert lucky[2] == pytest.approx(row[2] * math.exp(0.1 * powers[2])) and lucky[:2] == row[:2]
    months.log_demand[6][2] = 40.0
    assert incomes_by_sector(elasticity, months)[6][2] == 3.0
    assert separation_tilts(elasticity, months)[6][0] == pytest.approx(0.8 ** (-2 * CYCLE_SENSITIVITIES[0]))


def test_traits_of_the_sectors():
    assert EMPLOYMENT_SHARES == (0.24, 0.20, 0.08, 0.06, 0.10, 0.32)
    assert SELF_EMPLOYED_SHARES == (0.08, 0.45, 0.25, 0.10, 0.80, 0.10)
    assert CYCLE_SENSITIVITIES == (1.60, 1.40, 1.00, 0.90, 0.42, 0.50)


def test_a_sectors_sales_are_divided_in_full():
    sector = SectorSettings(margin=0.1, input_share=0.5, wage_share=0.2, research_share=0.05)
    assert sector.fixed_share == pytest.approx(0.15)
    farms = PrivateSectors(agriculture=sector)
    assert farms.by_sector("margin").tolist() == [0.08] * 4 + [0.1] and farms.by_sector("season").shape == (5, 12)
    edge = PrivateSectors(technology=dataclasses.replace(sector, margin=0.25 + 9e-7))
    assert edge.check() == []
    (line,) = PrivateSectors(technology=dataclasses.replace(sector, margin=0.25 + 2e-6)).check()
    assert line.startswith("sectors.technology: input_share") and "must be at most 1" in line
    for season, says in (((1.0,) * 11, "11 numbers"), ((1.0,) * 11 + (1.0001,), "mean is")):
        (line,) = PrivateSectors(technology=dataclasses.replace(sector, season=season)).check()
        assert line.startswith("sectors.technology.season") and says in line


# ---- luck -------------------------------------------------------------------------------------------


def test_severity_and_delay_of_a_replication(monkeypatch):
    draws = {"economy_severity": 1.0, "economy_timing": 2.0}
    monkeypatch.setattr(systematic, "normal", lambda seed, name, who=0, month=0: draws[name])
    settings = SystematicSettings(severity_mean=1.5, severity_sd=0.5, timing_sd=2.0, timing_limit=6.0)
    variance = math.log(1.25)
    luck = systematic.draw_luck(settings, 1, 12)
    assert luck.severity == pytest.approx(1.5 * math.exp(math.sqrt(variance) - variance / 2)) and luck.delay == 4.0
    draws["economy_timing"] = -2.0
    assert systematic.draw_luck(settings, 1, 12).delay == -4.0
    assert systematic.draw_luck(settings, 1, 3).delay == -3.0, "not before the policy date"
    for draw, delay in ((4.0, 6.0), (-4.0, -6.0)):
        draws["economy_timing"] = draw
        assert systematic.draw_luck(settings, 1, 12).delay == delay


def test_a_sectors_own_demand_starts_from_calm(monkeypatch):
    monkeypatch.setattr(systematic, "sector_luck", lambda seed, sector, length: (1.0, -1.0)[:length])
    settings = dataclasses.replace(SURE, sector_sd=0.1, sector_persistence=0.6)
    (row, *others) = systematic.sector_factors(settings, 1, 2)
    # Fresh .8: .8 with variance .64, then .48 - .8 with .36 x .64 + .64.
    assert row == pytest.approx([0.08 - 0.01 * 0.64 / 2, -0.032 - 0.01 * (0.36 * 0.64 + 0.64) / 2])
    assert len(others) == 5 and systematic.sector_factors(SURE, 1, 3) == [[0.0] * 3] * 6


def test_every_region_and_year_has_a_harvest_of_its_own(monkeypatch):
    monkeypatch.setattr(systematic, "normal", lambda seed, name, who, month: who + 100.0 * month)
    settings = dataclasses.replace(SURE, harvest_sd=0.01)
    found = systematic.harvest_factors(settings, 1, 2, 2)
    first = systematic.FIRST_REGION
    assert first == 7, "beyond the six sectors and what is common to them"
    expected = [[math.exp(0.01 * (first + region + 100 * year) - 0.00005) for region in (0, 1)] for year in (0, 1)]
    assert np.array(found) == pytest.approx(np.array(expected))
    assert systematic.harvest_factors(SURE, 1, 2, 3) == [[1.0, 1.0]] * 3


def test_no_purpose_is_used_twice():
    """Draws of sectors, of what is common, of regions and of the start of a chain are different numbers."""
    draws = [systematic.uniform(5, "economy_sector", who, 0) for who in range(10)]
    draws += [systematic.uniform(5, "economy_regime", who) for who in (0, 1)]
    draws += [systematic.uniform(5, name) for name in ("economy_severity", "economy_timing")]
    draws += [systematic.uniform(6, "economy_sector", 0, 0), systematic.uniform(5, "economy_sector", 0, 1)]
    assert len(set(draws)) == len(draws) == 16


# ---- regimes ----------------------------------------------------------------------------------------


def test_the_chain_by_its_draws(monkeypatch):
    luck = {0: 0.99, 1: 0.9, 2: 0.95, 3: 0.79, 4: 0.8, 5: 0.1}
    monkeypatch.setattr(regimes, "uniform", lambda seed, name, who=0, month=0: 0.2 if who else luck[month])
    settings = RegimeSettings(stay_calm=0.95, stay_recession=0.8, start="calm")
    # Below its chance it stays, at it it leaves.
    assert draw_regimes(settings, 1, 6) == [0, 0, 1, 1, 0, 0]
    assert draw_regimes(dataclasses.replace(settings, start="recession"), 1, 2) == [1, 0]
    # A fifth of all months are recession.
    for share, first in ((0.201, CALM), (0.199, RECESSION)):
        monkeypatch.setattr(regimes, "uniform", lambda seed, name, who=0, month=0, share=share: share if who else 0.0)
        assert draw_regimes(dataclasses.replace(settings, start="stationary"), 1, 1) == [first]


def test_depth_by_hand():
    settings = RegimeSettings(onset=0.5, recovery=0.25)
    assert depth_of(settings, [0, 1, 1, 0, 0]) == pytest.approx([0, 0.5, 0.75, 0.5625, 0.421875])


# ---- the month that everybody meets -----------------------------------------------------------------


def test_monthly_income_risk():
    income = IncomeSettings(volatility_peak=0.12, volatility_trough=0.2, persistence=0.9, unemployment_share=0.19)
    monthly = 0.9 ** (1 / 12)
    scale = math.sqrt(1 - 0.19) * math.sqrt((1 - monthly**2) / (1 - 0.81))
    assert monthly_volatility(income, 0.0) == pytest.approx(0.12 * scale)
    assert monthly_volatility(income, 0.5) == pytest.approx(0.16 * scale)
    assert monthly_volatility(dataclasses.replace(income, persistence=0.0), 1.0) == pytest.approx(0.2 * 0.9)
    assert (exp(1.0), log(2.0)) == pytest.approx((math.e, math.log(2)))


def test_shrinking_credit_raises_separations_up_to_a_factor():
    link = CreditFeedbackSettings(strength=10.0, threshold=0.02, highest=2.0)
    made = Economy(economy(credit_feedback=link, path=CentralPath()), 1)
    usual = made.month(0, 0.0).separation_by_sector
    for growth, factor in ((0.5, 1.0), (-0.02, 1.0), (-0.03, math.exp(0.1)), (-0.05, math.exp(0.3)), (-0.5, 2.0)):
        assert made.month(0, growth).separation_by_sector == pytest.approx(usual * factor), growth
    cap = LabourSettings(highest_separation=0.02)
    capped = Economy(economy(credit_feedback=link, labour=cap, path=CentralPath()), 1)
    assert capped.month(0, -0.5).separation_by_sector.max() <= 0.02


def test_seasons_and_the_calendar():
    season = tuple(1.0 + (0.55 if month == 11 else -0.05) for month in range(12))
    made = Economy(economy(season=season, calendar_start=10, regions=2, path=CentralPath()), 1)
    assert [made.month(k).calendar_month for k in (-2, -1, 0, 1, 2, 14)] == [8, 9, 10, 11, 0, 0]
    assert [made.month(k).season for k in (-11, 0, 1, 2, 13)] == pytest.approx([1.55, 0.95, 1.55, 0.95, 1.55])
    assert len(made.month(0).harvest_by_region) == 2
    dated = economy(kind="published", calendar_start=10, path=CentralPath(),
                    published=PublishedPath(unemployment=(0.04, 0.05), first_month="2007-03"))  # fmt: skip
    assert [Economy(dated, 1).month(k).calendar_month for k in (-1, 0, 5)] == [1, 2, 7]
    assert Economy(dated, 1).horizon == 2 and Economy(economy(path=CentralPath()), 1).horizon is None
    assert Economy(dated, 1).month(90).unemployment == pytest.approx(0.05), "the last month goes on"


def test_a_harvest_belongs_to_a_calendar_year(monkeypatch):
    from sim.economy import economy as module

    module._laid_out.cache_clear()
    monkeypatch.setattr(
        module, "harvest_factors", lambda settings, seed, regions, years: [[1.0 + y] for y in range(years)]
    )
    made = Economy(economy(calendar_start=10, regions=1, path=CentralPath()), 1)
    found = [made.month(k).harvest_by_region[0] for k in (0, 1, 2, 13, 14)]
    module._laid_out.cache_clear()
    assert found == [1.0, 1.0, 2.0, 2.0, 3.0]
    assert module._harvests(0.5, [0.01, 1.0, 7.0]).tolist() == [0.05, 0.5, 3.0]


def test_what_a_burn_in_depends_on():
    base = calm_key(economy())
    same = {"shock_lag": 9, "path": CentralPath(), "systematic": SystematicSettings(), "kind": "stochastic"}
    for name, value in same.items():
        assert calm_key(economy(**{name: value})) == base, name
    other = {"unemployment": 0.06, "policy_rate": 0.05, "calendar_start": 3, "regions": 3, "season": (1.1, 0.9) * 6,
             "labour": LabourSettings(finding_calm=0.2), "income": IncomeSettings(volatility_peak=0.2)}  # fmt: skip
    assert len({base, *(calm_key(economy(**{name: value})) for name, value in other.items())}) == 1 + len(other)


# ---- hazards ----------------------------------------------------------------------------------------


def test_flows_by_hand():
    labour = LabourSettings(finding_calm=0.3, finding_share_of_level=0.75, finding_share_of_change=0.4)
    calm = calm_flows(labour, 0.05)
    assert calm.separation == pytest.approx(0.3 * 0.05 / 0.95)
    assert solve_flows(labour, calm, 0.05, 0.05) is calm
    # Unemployment that stays at .08: all is level, of which finding carries three quarters.
    level = math.log((0.08 / 0.92) / (0.05 / 0.95))
    held = solve_flows(labour, calm, 0.08, 0.08)
    assert held.finding == pytest.approx(0.3 * math.exp(-0.75 * level), rel=1e-9)
    assert held.separation == pytest.approx(calm.separation * math.exp(0.25 * level), rel=1e-9)
    # A rise: of what is beyond the level finding carries two fifths.
    up = solve_flows(labour, calm, 0.05, 0.06)
    level = math.log((0.06 / 0.94) / (0.05 / 0.95))
    beyond_finding = math.log(up.finding / (0.3 * math.exp(-0.75 * level)))
    beyond_separation = math.log(up.separation / (calm.separation * math.exp(0.25 * level)))
    assert beyond_finding / (beyond_finding - beyond_separation) == pytest.approx(0.4) and beyond_separation > 0
    assert 0.05 + up.separation * 0.95 - up.finding * 0.05 == pytest.approx(0.06, abs=1e-15)


def test_the_change_of_flows_is_the_root_of_its_equation_or_a_bound():
    for target in (-0.02, 0.0, 0.03):
        d = root(0.02, 0.6, 0.015, 0.4, target)
        assert 0.02 * math.exp(0.6 * d) - 0.015 * math.exp(-0.4 * d) == pytest.approx(target, abs=1e-14)
    assert root(0.0, 0.6, 0.015, 0.4, 0.03) == 30.0 and root(0.02, 0.6, 0.0, 0.4, -0.03) == -30.0


def test_separations_are_shared_by_tilt_up_to_the_highest():
    assert share_out(0.02, [0.5, 0.5], [1.0, 3.0], 0.5) == pytest.approx([0.01, 0.03])
    assert share_out(0.02, [0.5, 0.5], [1.0, 3.0], 0.025) == pytest.approx([0.015, 0.025])
    assert share_out(0.02, [0.25, 0.75], [2.0, 1.0], 0.5) == pytest.approx([0.032, 0.016])
    assert share_out(0.02, [0.5, 0.5], [1.0, 3.0], 0.02) == pytest.approx([0.02, 0.02])


def test_weights_are_those_still_at_work():
    """All separations fall on one sector: in the second month fewer of it are left to lose their jobs."""
    labour = LabourSettings()
    tilts = [[1.0] + [1e-9] * 5] * 2
    found = hazards_along(labour, 0.05, [0.06, 0.07], tilts)
    share = EMPLOYMENT_SHARES[0]
    sector = 0.05
    before = 0.05
    for month in (0, 1):
        lost, finding = found.separation[month][0], found.finding[month]
        flow = (found.unemployment[month] - before + finding * before) / (1 - before)
        assert lost == pytest.approx(flow * (1 - before) / (share * (1 - sector)), rel=1e-6)
        sector += lost * (1 - sector) - finding * sector
        before = found.unemployment[month]
    assert found.unemployment == pytest.approx([0.06, 0.07]) and found.unreached == []
    stuck = hazards_along(LabourSettings(highest_separation=0.02), 0.05, [0.2, 0.2], [[1.0] * 6] * 2)
    assert stuck.unreached == [0, 1] and stuck.separation[0] == pytest.approx([0.02] * 6)


# ---- jobs and suppliers -----------------------------------------------------------------------------


def test_thresholds_lie_between_the_last_and_the_next():
    employer = np.array([1, 2, 1, 1, 2])
    luck = np.array([0.2, 0.5, 0.4, 0.6, 0.1])
    found = layoff_thresholds(employer, luck, np.ones(5), np.array([9, 2, 1, 4]))
    assert found == pytest.approx([0.0, 0.5, 0.3, 0.0])
    # Twice the risk, half the key: .2, .2 and .6.
    found = layoff_thresholds(employer, luck, np.array([1.0, 1.0, 2.0, 1.0, 1.0]), np.array([0, 2, 5, 0]))
    assert found[1] == pytest.approx(0.4) and found[2] == 2e6, "all of a firm"
    assert layoff_thresholds(np.zeros(0, int), np.zeros(0), np.zeros(0), np.array([1, 1])).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("seekers", "places"),
    [(0, []), (1, [2]), (2, [2, 2]), (3, [0, 2, 2]), (4, [0, 2, 2, 2]), (6, [0, 2, 2, 2, 0, 1])],
)
def test_vacancies_are_filled_evenly_then_by_size(seekers, places):
    """One place at the first firm, none at the second, three at the third; sizes 2, 2 and 0."""
    assert fill_vacancies(seekers, np.array([1, 0, 3]), np.array([2.0, 2.0, 0.0])).tolist() == places


def test_suppliers_in_proportion_to_a_power_of_size():
    size, luck = np.array([9.0, 1.0, 4.0, 0.0]), np.array([0.0, 0.19, 0.21, 0.99, 0.5])
    buyers = np.array([0, 0, 0, 0, 2])
    assert choose_suppliers(luck, buyers, size, 1.0).tolist() == [1, 1, 2, 2, 0], "nobody supplies himself"
    assert choose_suppliers(np.array([0.3, 0.34]), np.zeros(2, int), size, 0.5).tolist() == [1, 2]
    assert choose_suppliers(np.array([0.49, 0.51]), np.zeros(2, int), size, 0.0).tolist() == [1, 2]
    assert choose_suppliers(luck, buyers, np.array([9.0, 0.0]), 1.0).tolist() == [0] * 5


def test_clear_and_debtrank_of_two():
    from sim.firms.clearing import clear, debtrank

    first, creditor = np.array([0, 1, 2]), np.array([1, 0])
    found = clear(first, creditor, np.array([100, 40]), np.array([30, 0]))
    # The first has 30 and the 40 that come back: 70 of 100.
    assert (found.paid.tolist(), found.received.tolist(), found.spent.tolist()) == ([70, 40], [40, 70], [70, 40])
    lost = debtrank(first, creditor, np.array([100, 40]), np.array([50, 200]), np.array([1.0, 0.0]), once=True)
    assert lost.tolist() == [1.0, 0.5]
    lost = debtrank(first, creditor, np.array([100, 40]), np.array([50, 200]), np.array([0.1, 0.0]))
    # .5 of what the first loses reaches the second, .8 of that the first again: .1 / (1 - .4).
    assert lost == pytest.approx([0.1 / 0.6, 0.05 / 0.6])
