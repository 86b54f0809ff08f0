"""2020 told twice: in the United States support turns the arrears of a record unemployment, in China they double.

Seeds are fixed in advance; bounds are one-sided at three standard errors of the mean over seeds.
"""

from functools import cache

import numpy as np
import pytest

import sim
from sim.config.schema import Config
from sim.economy.environment import Support

SEEDS = tuple(range(21, 31))
PERSONS = "population.borrowers=4000"
BURN_IN, QUARTER = 24, 3
NO_SUPPORT = tuple(f"economy.published.{column}=[]" for column in Support._fields)
FIRST_2020, LAST_2020, THIRD_2021 = 4, 7, 10  # quarters from the first of 2019
DECEMBER, MAY = 11, 16  # months from January 2019; the shock of v_shape comes in its month 12, January 2020


def composed(seed: int, *overrides: str) -> Config:
    return sim.compose([f"seed={seed}", PERSONS, "firms=none", f"study.burn_in={BURN_IN}", *overrides])


@cache
def burnt_in(seed: int, *overrides: str) -> dict:
    """The state at the policy date."""
    model = sim.Model(composed(seed, *overrides))
    for _ in range(BURN_IN):
        model.step()
    return model.save()


@cache
def told(seed: int, *overrides: str) -> dict[str, np.ndarray]:
    """Figures by month of 36 after the burn-in, which is the same whatever a path brings after it."""
    before = [override for override in overrides if not override.startswith(("economy.published.", "economy.path."))]
    model = sim.Model.fork(composed(seed, *overrides), burnt_in(seed, *before))
    for _ in range(36):
        model.step()
    names = ("person_delinquent_30", "unemployment", "transfers", "in_holiday", "recovered", "holidays_begun")
    return {name: np.array([float(record.get(name, 0)) for record in model.records]) for name in names}


def quarters(seed: int, *overrides: str) -> np.ndarray:
    """Arrears of 30 days and more by quarter of 2019 to 2021, as shares of the persons' loans."""
    return told(seed, "economy=us_2020", *overrides)["person_delinquent_30"].reshape(-1, QUARTER).mean(axis=1)


def spread(values: list[float]) -> tuple[float, float]:
    """Mean over seeds and its standard error."""
    return float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))


def test_arrears_fall_while_unemployment_is_at_its_height_and_rise_without_support():
    """Cards in the United States: 2.6-2.7 % in the first quarter of 2020, 2.0 in the last, 1.5-1.6 in mid-2021."""
    # Where nobody leaves for want of a line: those who do had the riskiest jobs, and unemployment lies lower.
    stay = "behaviour.leave_without_line=0"
    peak = np.mean([told(seed, "economy=us_2020", stay)["unemployment"][15] for seed in SEEDS[:5]])
    assert peak == pytest.approx(0.148, abs=0.01)
    supported = [quarters(seed) for seed in SEEDS]
    alone = [quarters(seed, *NO_SUPPORT) for seed in SEEDS]
    for paths, quarter, sign, errors in (
        (supported, LAST_2020, -1, 1), (supported, THIRD_2021, -1, 3), (alone, LAST_2020, 1, 3),
    ):  # fmt: skip
        mean, error = spread([path[quarter] - path[FIRST_2020] for path in paths])
        assert sign * mean > errors * error, (quarter, mean, error)
    mean, error = spread([path[LAST_2020] - other[LAST_2020] for path, other in zip(supported, alone, strict=True)])
    assert mean < -3 * error and mean < -0.25 * np.mean(alone, axis=0)[LAST_2020], (mean, error)


@pytest.mark.parametrize("column", ["jobless_supplement", "universal_transfer", "holidays_offered"])
def test_each_kind_of_support_alone_lowers_arrears(column):
    """In 2020, while it is given; holidays put off some of the arrears, which rise when they end."""
    others = [f"economy.published.{name}=[]" for name in Support._fields if name != column]
    within = slice(FIRST_2020 + 1, LAST_2020 + 1)
    gains = [(quarters(seed, *others) - quarters(seed, *NO_SUPPORT))[within].mean() for seed in SEEDS]
    mean, error = spread(gains)
    assert mean < -3 * error, (mean, error)


def test_where_collectors_rest_less_is_recovered():
    others = [f"economy.published.{name}=[]" for name in Support._fields if name != "collections_stopped"]
    pays = ("economy=us_2020", "lender.charge_off_months=5", "policy.collections.recovery_hazard=0.3")
    less = [told(s, *pays, *others)["recovered"] - told(s, *pays, *NO_SUPPORT)["recovered"] for s in SEEDS]
    mean, error = spread([values[14:20].sum() for values in less])
    assert mean < -3 * error, (mean, error)


def test_as_many_loans_are_in_a_holiday_as_were_in_hardship_programmes():
    """TransUnion: 3 % of cards to 7 % of loans for cars in May 2020; nobody before."""
    shares = [told(seed, "economy=us_2020")["in_holiday"] for seed in SEEDS]
    mean, error = spread([share[15:18].max() for share in shares])
    assert 0.03 < mean < 0.07 and error < 0.005 and not np.array(shares)[:, :14].any()


def test_the_shock_of_early_2020_in_china_nearly_doubles_arrears_in_five_months():
    """30+ of consumer loans on Ant's platform: 1.56 % in December 2019, 3.01 in May 2020."""
    path = ("economy=v_shape", "economy.systematic.severity_sd=0", "economy.systematic.timing_sd=0")
    late = np.array([told(seed, *path)["person_delinquent_30"] for seed in SEEDS])
    rest = np.array([np.delete(late, k, axis=0).mean(axis=0) for k in range(len(late))])
    ratio, others = late.mean(axis=0)[MAY] / late.mean(axis=0)[DECEMBER], rest[:, MAY] / rest[:, DECEMBER]
    error = np.sqrt((len(late) - 1) * others.var())
    assert 1.45 < ratio < 2.41 and error < 0.3, (ratio, error)
    calm = np.array([told(seed, *path, "economy.path.self_employed_income=[1,1,1,1,1,1,1,1,1]") for seed in SEEDS])
    shares = np.array([one["person_delinquent_30"] for one in calm])
    gain, error = spread(list(late[:, MAY] - shares[:, MAY]))
    assert gain > 3 * error, "what the self-employed lose is most of it"
