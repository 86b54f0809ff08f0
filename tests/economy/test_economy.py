import dataclasses
import math

import numpy as np
import pytest

from sim.economy.economy import Economy, monthly_volatility
from sim.economy.luck_settings import CreditFeedbackSettings
from sim.economy.sectors import EMPLOYMENT_SHARES, SECTORS, SELF_EMPLOYED_SHARES
from sim.economy.settings import SEASON, EconomySettings, IncomeSettings
from tests.economy.shipped import SCENARIOS, central, scenario

SHIPPED = tuple(name for name in SCENARIOS if name != "path")


def values(now):
    return [
        value.tobytes() if isinstance(value, np.ndarray) else value
        for value in (getattr(now, field.name) for field in dataclasses.fields(now))
    ]


def test_all_named_scenarios_are_shipped():
    expected = (
        "calm fraud_wave funding_freeze harvest_failure l_shape mild_recession one_factor path rate_shock sector_shock"
        " severe_recession sinusoidal stochastic us_2007_2012 us_2020 v_shape w_shape"
    )
    assert " ".join(SCENARIOS) == expected
    for name in SCENARIOS:
        assert scenario(name).name == name


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_is_sound_and_its_numbers_are_numbers(name):
    settings = scenario(name)
    assert settings.check() == []
    economy = Economy(settings, 11)
    for month in range(-24, 100):
        now = economy.month(month)
        for array in (
            now.separation_by_sector,
            now.finding_by_sector,
            now.income_by_sector,
            now.demand_by_sector,
        ):
            assert array.shape == (len(SECTORS),) and array.dtype == np.float64
            assert np.isfinite(array).all() and (array >= 0.0).all() and not array.flags.writeable
        assert now.harvest_by_region.shape == (settings.regions,) and not now.harvest_by_region.flags.writeable
        assert (now.harvest_by_region > 0.0).all() and 0.0 <= now.funding <= 1.0
        assert 0.0 <= now.unemployment <= 0.6
        assert 0.0 < now.income_volatility < 0.2
        assert 0.0 <= now.policy_rate < 0.2
        assert now.calendar_month == month % 12


def test_the_calm_scenario_of_the_settings_is_the_shipped_one():
    assert scenario("calm") == EconomySettings()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_month_does_not_depend_on_what_was_asked_before(name):
    settings = scenario(name)
    forward = Economy(settings, 5)
    there = {month: values(forward.month(month)) for month in range(-3, 300)}
    backward = Economy(settings, 5)
    for month in reversed(range(-3, 300)):
        backward.month(month, credit_growth=-0.1)
        assert values(backward.month(month)) == there[month]
    assert Economy(settings, 5).state() == {}


def test_burn_in_is_calm_and_the_same_for_all_seeds():
    here, there = Economy(scenario("severe_recession"), 1), Economy(scenario("calm"), 2)
    for month in range(-30, 0):
        assert values(here.month(month)) == values(there.month(month))
    assert here.calm_key() == there.calm_key()
    assert here.calm_key() != Economy(scenario("us_2007_2012"), 1).calm_key()
    assert (here.month(-1).income_by_sector == 1.0).all()


def test_the_shock_starts_after_its_lag_and_is_over_by_month_sixty():
    economy = Economy(central("severe_recession"), 1)
    rises = [economy.month(m).unemployment - 0.05 for m in range(80)]
    assert all(rise == 0.0 for rise in rises[:13]) and rises[13] > 0.0
    assert max(rises) == pytest.approx(0.05) and rises.index(max(rises)) == 12 + 10
    assert all(abs(rise) < 1e-12 for rise in rises[60:])
    worst = economy.month(22)
    assert worst.demand_by_sector[0] == pytest.approx(0.80, abs=0.005)
    mean = float(np.dot(EMPLOYMENT_SHARES, worst.income_by_sector))
    assert mean == pytest.approx(0.94, abs=1e-9)
    later = Economy(central("severe_recession", shock_lag=20), 1)
    assert values(later.month(30))[2:6] == values(economy.month(22))[2:6]


def test_the_scenarios_differ_in_kind():
    """2020: little unemployment, much income lost; 2008-09: the reverse."""
    sharp, severe = Economy(central("v_shape"), 1), Economy(central("severe_recession"), 1)

    def earned(now):
        rows = zip(EMPLOYMENT_SHARES, now.income_by_sector.tolist(), SELF_EMPLOYED_SHARES, strict=True)
        return sum(share * y * (1.0 - own + own * now.self_employed_income) for share, y, own in rows)

    lost_sharp, lost_severe = (1.0 - min(earned(path.month(m)) for m in range(60)) for path in (sharp, severe))
    assert lost_sharp > 0.2 > 3 * lost_severe
    assert max(sharp.month(m).unemployment for m in range(60)) == pytest.approx(0.06)
    mild = Economy(central("mild_recession"), 1)
    assert max(mild.month(m).unemployment for m in range(60)) == pytest.approx(0.065)


def test_published_unemployment_is_followed_figure_by_figure():
    """As shipped income risk stays at its calm level; where a trough is riskier, it is so as unemployment rises."""
    shipped = scenario("us_2007_2012")
    settings = scenario("us_2007_2012", income__volatility_trough=0.21)
    economy, steady = Economy(settings, 9), Economy(shipped, 9)
    assert {steady.month(m).income_volatility for m in range(-1, 72)} == {steady.month(-1).income_volatility}
    assert economy.horizon == 72 and Economy(scenario("calm"), 9).horizon is None
    given = [economy.month(m).unemployment for m in range(72)]
    assert given == pytest.approx(settings.published.unemployment, abs=1e-12)
    assert economy.month(-1).unemployment == 0.046 == settings.unemployment
    assert economy.month(33).unemployment == pytest.approx(0.100, abs=1e-12)  # October 2009
    assert economy.month(500).unemployment == pytest.approx(0.079, abs=1e-12)
    peak = max(range(72), key=lambda m: economy.month(m).income_volatility)
    # Income risk follows the rise: it is back at its calm level while unemployment is still high.
    assert 12 <= peak <= 40
    assert economy.month(60).income_volatility == economy.month(-1).income_volatility
    assert economy.month(60).unemployment > 0.08


def test_season_has_mean_one_and_turns_with_the_calendar():
    assert math.fsum(SEASON) / 12 == pytest.approx(1.0, abs=1e-12)
    assert max(SEASON.index(s) in (0, 1, 10) for s in sorted(SEASON)[-3:])
    economy = Economy(scenario("calm", calendar_start=10), 1)
    assert (economy.month(0).calendar_month, economy.month(0).season) == (10, SEASON[10])
    assert (economy.month(-1).calendar_month, economy.month(-1).season) == (9, SEASON[9])
    assert economy.month(14).season == SEASON[0]


def test_monthly_income_risk_has_the_annual_variance_in_the_long_run():
    income = IncomeSettings(unemployment_share=0.0)
    monthly = monthly_volatility(income, 0.0)
    persistence = 0.95 ** (1 / 12)
    assert monthly**2 / (1 - persistence**2) == pytest.approx(0.12**2 / (1 - 0.95**2), rel=1e-12)
    assert monthly_volatility(income, 1.0) / monthly == pytest.approx(0.15 / 0.12, rel=1e-12)
    shaved = monthly_volatility(IncomeSettings(unemployment_share=0.2), 0.0)
    assert shaved**2 / monthly**2 == pytest.approx(0.8, rel=1e-12)
    assert monthly_volatility(IncomeSettings(persistence=0.0, unemployment_share=0.0), 0.0) == 0.12


def test_credit_that_shrinks_costs_jobs_only_where_the_feedback_is_on():
    off = Economy(scenario("severe_recession"), 4)
    assert values(off.month(20, -0.05)) == values(off.month(20, 0.0))
    feedback = CreditFeedbackSettings(strength=3.0, threshold=0.01, highest=1.5)
    on = Economy(scenario("severe_recession", credit_feedback=feedback), 4)
    base = on.month(20).separation_by_sector
    assert (on.month(20, 0.5).separation_by_sector == base).all()
    assert (on.month(20, -0.01).separation_by_sector == base).all()
    assert on.month(20, -0.05).separation_by_sector == pytest.approx(base * math.exp(3 * 0.04))
    assert on.month(20, -0.9).separation_by_sector == pytest.approx(base * 1.5)
    assert (on.month(20, 0.0).separation_by_sector == base).all()


def test_one_factor_economy_has_nothing_but_the_factor():
    economy = Economy(scenario("one_factor"), 8)
    rows = [economy.month(m) for m in range(2000)]
    assert all((row.separation_by_sector == 0.0).all() and (row.finding_by_sector == 1.0).all() for row in rows)
    assert all(row.unemployment == 0.0 and (row.demand_by_sector == 1.0).all() for row in rows[:50])
    assert all(len(set(row.income_by_sector)) == 1 and row.season == 1.0 for row in rows[:50])
    loading = math.sqrt(0.15)
    factor = np.array([(math.log(row.income_by_sector[0]) + loading**2 / 2) / loading for row in rows])
    # Standard errors with 2000 draws: mean 0.0224, variance 0.0316, serial correlation 0.0224; four of each.
    assert abs(factor.mean()) < 0.09
    assert abs(factor.var() - 1.0) < 0.13
    assert abs(np.corrcoef(factor[1:], factor[:-1])[0, 1]) < 0.09
    none = Economy(scenario("one_factor", factor__correlation=0.0), 8)
    assert all((none.month(m).income_by_sector == 1.0).all() for m in range(20))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"season": (1.0,) * 11}, "economy.season: 11 numbers, must be 12"),
        ({"season": (1.1, *(1.0,) * 11)}, "economy.season: mean is 1.008"),
        ({"season": (math.nan, *(1.0,) * 11)}, "economy.season: mean is nan"),
        ({"path__months": (0, 5, 4)}, "economy.path.months: [0, 5, 4], must start at 0 and ascend"),
        ({"path__months": (3,)}, "economy.path.months: [3], must start at 0 and ascend"),
        ({"path__months": ()}, "economy.path.months: [], must start at 0 and ascend"),
        ({"path__income": (1.0, 0.9)}, "economy.path.income: 2 numbers, must be 1"),
        ({"path__demand": (0.9,)}, "economy.path.demand: starts with 0.9, must start from calm with 1"),
        ({"path__harvest": (1.0, 0.6)}, "economy.path.harvest: 2 numbers, must be 1"),
        ({"path__harvest": (0.6,)}, "economy.path.harvest: starts with 0.6, must start from calm with 1"),
        ({"path__funding": (0.5,)}, "economy.path.funding: starts with 0.5, must start from calm with 1"),
        ({"path__holidays_offered": (0.5,)}, "economy.path.holidays_offered: starts with 0.5"),
        ({"path__self_employed_income": (1.0, 0.5)}, "economy.path.self_employed_income: 2 numbers, must be 1"),
        ({"published__jobless_supplement": (0.5,)}, "economy.published.jobless_supplement: 1 numbers, must be 0"),
        ({"published__funding": (1.0, 0.5)}, "economy.published.funding: 2 numbers, must be 0"),
        ({"kind": "published"}, "economy.published.unemployment: empty"),
        ({"kind": "path"}, "economy.file: empty"),
        ({"file": "mine.csv"}, "economy.file: 'mine.csv', is read by economy=path only"),
        ({"published__policy_rate": (0.01, 0.02)}, "economy.published.policy_rate: 2 numbers, must be 0"),
        ({"published__first_month": "2007-13"}, "economy.published.first_month: '2007-13'"),
        ({"income__volatility_trough": 0.1}, "economy.income.volatility_trough: 0.1, must be at least"),
        ({"labour__finding_calm": 1.0}, "economy.labour.finding_calm: 1, must be at most"),
        ({"shocked_sector": "technology"}, "economy.shocked_sector: 'technology', needs economy.path.sector_demand"),
        ({"path__sector_demand": (1.0,)}, "economy.path.sector_demand: needs economy.shocked_sector"),
        ({"path__sector_demand": (1.0, 0.5)}, "economy.path.sector_demand: 2 numbers, must be 1"),
        ({"kind": "sinusoidal", "unemployment": 0.02}, "economy.unemployment: 0 at its lowest"),
        ({"kind": "stochastic", "unemployment": 0.0}, "economy.unemployment: 0 at its lowest"),
    ],
)
def test_settings_that_contradict_themselves_are_refused_in_one_line(changes, line):
    settings = scenario("calm", **changes)
    problems = settings.check()
    assert problems and problems[0].startswith(line), problems
    assert all("\n" not in problem for problem in problems)
    with pytest.raises(ValueError, match="economy"):
        Economy(settings, 1)
