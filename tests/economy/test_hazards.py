import math

import pytest

from sim.economy.economy import Economy
from sim.economy.hazards import calm_flows, share_out, solve_flows
from sim.economy.sectors import CYCLE_SENSITIVITIES, EMPLOYMENT_SHARES
from sim.economy.settings import LabourSettings
from tests.economy.shipped import scenario

MOVING = (
    *("mild_recession", "severe_recession", "v_shape", "l_shape", "w_shape", "sector_shock", "rate_shock"),
    *("sinusoidal", "stochastic", "us_2007_2012", "us_2020"),
)


def test_shares_sum_to_one_and_the_mean_sensitivity_is_one():
    assert math.fsum(EMPLOYMENT_SHARES) == pytest.approx(1.0, abs=1e-15)
    mean = math.fsum(share * s for share, s in zip(EMPLOYMENT_SHARES, CYCLE_SENSITIVITIES, strict=True))
    assert mean == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("seed", [1, 7])
def test_a_large_cohort_follows_the_path(name, seed):
    """The expected share of jobless, iterated sector by sector over the hazards handed out, is the path."""
    economy = Economy(scenario(name), seed)
    calm = economy.month(-1)
    jobless = [calm.unemployment] * len(EMPLOYMENT_SHARES)
    moved = 0.0
    for month in range(72):
        now = economy.month(month)
        for k in range(len(jobless)):
            lost, found = now.separation_by_sector[k], now.finding_by_sector[k]
            assert 0.0 <= lost <= 1.0 and 0.0 <= found <= 1.0
            jobless[k] += lost * (1.0 - jobless[k]) - found * jobless[k]
        mean = math.fsum(share * u for share, u in zip(EMPLOYMENT_SHARES, jobless, strict=True))
        assert mean == pytest.approx(now.unemployment, abs=1e-9)
        moved = max(moved, abs(now.unemployment - calm.unemployment))
    assert moved > 0.004 or name == "stochastic"


def test_calm_flows_hold_unemployment_still():
    flows = calm_flows(LabourSettings(), 0.05)
    assert flows.separation * 0.95 == pytest.approx(flows.finding * 0.05, abs=1e-15)
    economy = Economy(scenario("calm"), 3)
    for month in (-5, 0, 40):
        now = economy.month(month)
        assert now.unemployment == 0.05
        mean = math.fsum(s * p for s, p in zip(EMPLOYMENT_SHARES, now.separation_by_sector, strict=True))
        # Sectors' luck moves jobs between them; the weights of those still employed then differ a little.
        assert mean == pytest.approx(flows.separation, rel=1e-3)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_finding_carries_its_share_of_the_log_change(share):
    labour = LabourSettings(finding_share_of_level=share, finding_share_of_change=share)
    calm = calm_flows(labour, 0.05)
    flows = solve_flows(labour, calm, 0.06, 0.065)
    total = math.log(flows.separation / flows.finding) - math.log(calm.separation / calm.finding)
    by_finding = -math.log(flows.finding / calm.finding)
    assert by_finding == pytest.approx(share * total, abs=1e-9)
    assert flows.unemployment == pytest.approx(0.065, abs=1e-15)


def test_layoffs_open_a_recession_and_long_spells_end_it():
    """With finding slower to react, the peak of separations comes before the trough of finding."""
    economy = Economy(scenario("us_2007_2012", systematic__sector_sd=0.0), 1)
    lost = [float(economy.month(m).separation_by_sector[0]) for m in range(72)]
    found = [float(economy.month(m).finding_by_sector[0]) for m in range(72)]
    half_year = range(66)
    peak = max(half_year, key=lambda m: sum(lost[m : m + 6]))
    trough = min(half_year, key=lambda m: sum(found[m : m + 6]))
    assert peak <= trough
    assert 0.10 < min(found) < 0.20 < 0.26 < found[0]


def test_an_unreachable_move_stops_at_the_largest_chances():
    labour = LabourSettings(highest_separation=0.02, highest_finding=0.3)
    calm = calm_flows(labour, 0.05)
    up = solve_flows(labour, calm, 0.05, 0.20)
    assert (up.separation, up.finding) == (0.02, 0.0)
    assert up.unemployment == pytest.approx(0.05 + 0.02 * 0.95)
    down = solve_flows(labour, calm, 0.20, 0.01)
    assert (down.separation, down.finding) == (0.0, 0.3)
    assert down.unemployment == pytest.approx(0.20 - 0.3 * 0.20)


def test_a_jump_like_spring_2020_is_reached():
    labour = LabourSettings()
    flows = solve_flows(labour, calm_flows(labour, 0.036), 0.044, 0.148)
    assert flows.unemployment == pytest.approx(0.148, abs=1e-15)
    assert 0.10 < flows.separation < 0.15


def test_sharing_out_keeps_the_mean_and_the_cap():
    weights = [0.5, 0.3, 0.2]
    for separation in (0.0, 0.01, 0.12, 0.2):
        parts = share_out(separation, weights, [1.0, 5.0, 2.0], 0.2)
        assert math.fsum(w * p for w, p in zip(weights, parts, strict=True)) == pytest.approx(separation, abs=1e-15)
        assert max(parts) <= 0.2
    assert share_out(0.01, weights, [1.0, 5.0, 2.0], 0.2)[1] > share_out(0.01, weights, [1.0] * 3, 0.2)[1]


def test_sectors_that_swing_lose_more_jobs_in_a_recession():
    at_worst = Economy(scenario("severe_recession", systematic__sector_sd=0.0), 1).month(20)
    lost = list(at_worst.separation_by_sector)
    by_sensitivity = sorted(range(len(lost)), key=lambda k: CYCLE_SENSITIVITIES[k])
    assert [lost[k] for k in by_sensitivity] == sorted(lost)
    flat = Economy(
        scenario("severe_recession", systematic__sector_sd=0.0, elasticity__separation_to_demand=0.0), 1
    ).month(20)
    assert max(flat.separation_by_sector) - min(flat.separation_by_sector) < 1e-15
