import dataclasses
import math

import numpy as np
import pytest

from sim.economy.economy import Economy
from sim.economy.luck_settings import SystematicSettings
from sim.economy.scenario import CentralPath
from sim.economy.sectors import SECTORS
from sim.economy.systematic import FIRST_REGION, draw_luck, harvest_factors, normal, sector_factors
from tests.economy.shipped import central, scenario


def test_luck_is_a_function_of_the_seed():
    settings = SystematicSettings()
    first = [draw_luck(settings, seed, 12) for seed in range(50)]
    assert first == [draw_luck(settings, seed, 12) for seed in range(50)]
    assert len({luck.severity for luck in first}) == 50
    assert len({luck.delay for luck in first}) > 40


def test_severity_has_mean_one_and_the_spread_asked_for():
    settings = SystematicSettings(severity_sd=0.3)
    severities = np.array([draw_luck(settings, seed, 12).severity for seed in range(4000)])
    # Standard error of the mean 0.3/sqrt(4000) = 0.0047; of the spread, lognormal, about 0.006. Four of each.
    assert abs(severities.mean() - 1.0) < 0.019
    assert abs(severities.std() - 0.3) < 0.025
    assert (severities > 0.0).all()
    assert draw_luck(SystematicSettings(severity_sd=0.0, timing_sd=0.0), 1, 12).severity == 1.0


def test_no_shock_comes_before_the_policy_date():
    settings = SystematicSettings(timing_sd=20.0, timing_limit=6.0)
    delays = [draw_luck(settings, seed, 4).delay for seed in range(200)]
    assert min(delays) == -4.0 and max(delays) == 6.0


def test_a_severer_replication_is_worse_in_every_channel():
    seeds = sorted(range(1, 40), key=lambda seed: draw_luck(SystematicSettings(), seed, 12).severity)
    settings = scenario("severe_recession", systematic__timing_sd=0.0, systematic__sector_sd=0.0)
    mild, harsh = (Economy(settings, seed).month(22) for seed in (seeds[0], seeds[-1]))
    middle = Economy(central("severe_recession"), 1).month(22)
    assert mild.unemployment < middle.unemployment < harsh.unemployment
    assert (mild.income_by_sector > middle.income_by_sector).all()
    assert (middle.income_by_sector > harsh.income_by_sector).all()
    assert (mild.demand_by_sector > harsh.demand_by_sector).all()
    assert mild.income_volatility < middle.income_volatility < harsh.income_volatility
    severity = draw_luck(SystematicSettings(), seeds[-1], 12).severity
    assert harsh.unemployment == pytest.approx(0.05 + severity * 0.05, abs=1e-12)


def test_a_delay_moves_the_path_along_time():
    settings = scenario("severe_recession", systematic__severity_sd=0.0, systematic__sector_sd=0.0)
    seed = next(s for s in range(100) if draw_luck(settings.systematic, s, 12).delay > 2.0)
    late, on_time = Economy(settings, seed), Economy(central("severe_recession"), seed)
    assert late.month(16).unemployment < on_time.month(16).unemployment
    assert late.month(40).unemployment > on_time.month(40).unemployment


def test_sector_factors_have_mean_one_and_their_own_lives():
    settings = SystematicSettings(sector_sd=0.1, sector_persistence=0.5)
    draws = np.exp([sector_factors(settings, seed, 12) for seed in range(400)])
    assert draws.shape == (400, len(SECTORS), 12)
    # 400 seeds x 6 sectors at one month: standard error of the mean 0.1/sqrt(2400) = 0.002; four of them.
    assert abs(draws[:, :, -1].mean() - 1.0) < 0.0085
    assert abs(np.log(draws[:, :, -1]).std() - 0.1) < 0.007
    between = np.corrcoef(np.log(draws[:, :, -1]).T) - np.eye(len(SECTORS))
    assert np.abs(between).max() < 0.2  # standard error 0.05
    assert sector_factors(settings, 3, 5) == [row[:5] for row in sector_factors(settings, 3, 50)]


def test_a_regions_harvest_has_mean_one_lasts_a_year_and_moves_no_person():
    settings = scenario("severe_recession", systematic__harvest_sd=0.2, regions=100, calendar_start=9)
    years = np.log([Economy(settings, seed).month(36).harvest_by_region for seed in range(20)])
    # 20 seeds x 100 regions: standard error of the mean 0.2/sqrt(2000) = 0.0045, of the spread 0.0032; four of each.
    assert abs(np.exp(years).mean() - 1.0) < 0.018
    assert abs(years.std() - 0.2) < 0.013
    economy, without = Economy(settings, 3), Economy(dataclasses.replace(settings, systematic=SystematicSettings()), 3)
    same = [(economy.month(m).harvest_by_region == economy.month(m + 1).harvest_by_region).all() for m in range(36)]
    assert [m for m, kept in enumerate(same) if not kept] == [2, 14, 26]  # December to January
    for month in (-1, 5, 20, 40):
        here, there = economy.month(month), without.month(month)
        assert (there.harvest_by_region == 1.0).all()
        assert (here.harvest_by_region == 1.0).all() == (month < 0)
        for name in ("separation_by_sector", "finding_by_sector", "income_by_sector", "demand_by_sector"):
            assert (getattr(here, name) == getattr(there, name)).all()
    assert (
        harvest_factors(settings.systematic, 3, 4, 9)[2]
        == np.array(harvest_factors(settings.systematic, 3, 40, 3)[2][:4])
    ).all()


def test_a_path_of_harvests_and_funding_is_scaled_by_severity_and_kept_in_range():
    path = CentralPath(
        months=(0, 1), unemployment_rise=(0.0, 0.0), income=(1.0, 1.0), demand=(1.0, 1.0),
        policy_rate_change=(0.0, 0.0), stress=(0.0, 0.0), harvest=(1.0, 0.5), funding=(1.0, 0.4),
    )  # fmt: skip
    settings = scenario("calm", path=path, systematic__timing_sd=0.0, systematic__severity_sd=0.8)
    seeds = range(20)
    drawn = {seed: draw_luck(settings.systematic, seed, 12).severity for seed in seeds}
    for seed, severity in drawn.items():
        before, after = Economy(settings, seed).month(12), Economy(settings, seed).month(20)
        assert (before.harvest_by_region == 1.0).all() and before.funding == 1.0
        assert after.harvest_by_region == pytest.approx(max(0.5**severity, 0.05))
        assert after.funding == pytest.approx(max(1.0 - 0.6 * severity, 0.0))
    assert max(drawn.values()) > 1.7 > 0.6 > min(drawn.values())


def test_a_sectors_luck_moves_its_own_jobs_and_incomes():
    settings = scenario("calm", systematic__sector_sd=0.2)
    now = Economy(settings, 2).month(30)
    best, worst = int(np.argmax(now.demand_by_sector)), int(np.argmin(now.demand_by_sector))
    assert now.separation_by_sector[best] < now.separation_by_sector[worst]
    assert now.income_by_sector[best] > 1.0 > now.income_by_sector[worst]
    assert now.unemployment == 0.05


def test_purposes_do_not_share_draws():
    names = ("economy_severity", "economy_timing", "economy_sector", "economy_regime")
    assert len({normal(1, name) for name in names}) == len(names)
    assert (
        len({normal(1, "economy_sector", who, month) for who in range(FIRST_REGION + 8) for month in range(50)}) == 750
    )


def test_history_is_not_redrawn_by_default_but_can_be():
    settings = scenario("us_2007_2012")
    assert settings.systematic.severity_sd == settings.systematic.timing_sd == 0.0 < settings.systematic.sector_sd
    drawn = dataclasses.replace(settings, systematic=SystematicSettings())
    peaks = {round(max(Economy(drawn, seed).month(m).unemployment for m in range(72)), 6) for seed in range(8)}
    assert len(peaks) == 8 and not math.isclose(min(peaks), 0.1)
