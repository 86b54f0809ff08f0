"""Figures of guarantees: quantiles with enough runs only, ruin with its interval, ratios with their error."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from sim.figures.scales import measure_of, scale_of
from sim.reports.chapters import protection
from sim.reports.chapters.guarantee import (
    additionality,
    amounts,
    break_even,
    capital_needs,
    cost_of_credit,
    cost_of_jobs,
    enough_runs,
    first_months,
    gains,
    jackknife,
    public_cost,
    required_capital,
    ruin,
    without_scheme,
)
from sim.reports.drawing import alluvial
from sim.reports.folder import Arm, Study, read_study
from sim.reports.words.payers import _with_half, gained
from tests.reports.synthetic import write_study

MONTHS, RUNS = 24, 3
ZEROS = (
    *("premium_borrowers", "premium_subsidy", "premium_layers", "replenishment", "fund_income", "net_reguarantee"),
    *("net_insurer", "net_partner", "partner_claim", "compensation_reguarantee", "compensation_insurer"),
    *("compensation_government", "compensation_unpaid", "fund_state"),
)


def cell(arm, scenario, **figures):
    """Rows of one arm: each figure the same in every month, or given month by month."""
    rows = []
    for run in range(RUNS):
        for month in range(MONTHS):
            values = {name: value[month] if np.ndim(value) else value for name, value in figures.items()}
            rows.append({"arm": arm, "scenario": scenario, "replication": run, "month": month, **values})
    return pd.DataFrame(rows)


@pytest.fixture
def study():
    """A fund that earns 10 a month, pays 20 and gets 5 back, on a liability of 12 000; lending rises by 100."""
    nothing = dict.fromkeys(ZEROS, 0.0)
    capital = 1000.0 - 5.0 * np.arange(1, MONTHS + 1)
    alone = cell("lenient", "calm", drawn=1000.0, lender_profit=7.0, guaranteed_lending=0.0, fund_capital=0.0,
                 fund_put_in=0.0, premium_paid=0.0, compensation_fund=0.0, fund_recoveries=0.0, compensation_paid=0.0,
                 fund_liabilities=0.0, covered_outstanding=0.0, government_cost=0.0, **nothing)  # fmt: skip
    backed = cell("fund", "calm", drawn=1100.0, lender_profit=9.0, guaranteed_lending=400.0, fund_capital=capital,
                  fund_put_in=1000.0, premium_paid=10.0, compensation_fund=20.0, fund_recoveries=5.0,
                  compensation_paid=20.0, fund_liabilities=12_000.0, covered_outstanding=15_000.0,
                  government_cost=2.0, **nothing)  # fmt: skip
    monthly = pd.concat([alone, backed], ignore_index=True)
    made = Study({}, pd.DataFrame(), monthly, pd.DataFrame(), [Arm("lenient"), Arm("fund", "lenient")], ["calm"])
    made._cells = {key: frame for key, frame in monthly.groupby(["arm", "scenario"])}
    return made


def test_a_quantile_needs_enough_runs():
    assert [enough_runs(level) for level in (0.95, 0.99, 0.999)] == [59, 299, 2995]
    assert math.isnan(required_capital(np.arange(58.0), 0.95)[0])
    value, bound = required_capital(np.arange(1.0, 60.0), 0.95)
    assert (value, bound) == (57.0, 59.0)
    value, bound = required_capital(np.arange(1.0, 1001.0), 0.99)
    rank = next(r for r in range(990, 1001) if binom.cdf(r - 1, 1000, 0.99) >= 0.95)
    assert (value, bound) == (990.0, float(rank))


def test_the_bound_of_a_quantile_holds_as_often_as_it_says():
    luck, held = np.random.default_rng(5), 0
    for _ in range(1000):
        held += required_capital(luck.random(400), 0.99)[1] >= 0.99
    assert held / 1000 > 0.95 - 3 * math.sqrt(0.05 * 0.95 / 1000)


def test_ruin_within_a_horizon():
    states = np.zeros((10, 24))
    states[0, 5:] = 1
    states[1, 10:] = 2
    assert ruin(states, 10)[0] == 0.0
    share, low, high = ruin(states, 12)
    assert share == 0.1 and 0.0 < low < 0.1 < high < 0.5
    assert list(first_months(states, 1)[:3]) == [5, 10, math.inf]


def test_capital_that_would_have_sufficed(study):
    assert capital_needs(study, "calm", "fund") == pytest.approx([5.0 * MONTHS] * RUNS)


def test_break_even_of_a_fund(study):
    found = break_even(study, "calm", "fund")
    # fee 1 % of 12 000 a year, a quarter recovered: 1 % / (1 - 0.25); met 2 %
    assert found.rate == pytest.approx(0.01 / 0.75)
    assert found.compensation == pytest.approx(0.02)
    assert found.result == pytest.approx(-0.005) and found.agrees


def test_additionality_cost_and_gains(study):
    assert without_scheme(study, "fund") == "lenient"
    assert additionality(study, "calm", "fund", "lenient") == pytest.approx((0.25, 0.0))
    # the government paid 2 a month and the fund lost 5, for 100 more lent
    assert cost_of_credit(study, "calm", "fund", "lenient") == pytest.approx((0.07, 0.0))
    found = {name: float(values.mean()) for name, values in gains(study, "calm", "fund", "lenient").items()}
    assert found == {"Lender": 48.0, "Partner banks": 0.0, "Guarantee fund": -120.0, "Re-guarantee fund": 0.0,
                     "Insurer": 0.0, "Government": -48.0}  # fmt: skip


def test_a_cost_per_yuan_needs_yuan_that_are_surely_added(study):
    """What luck alone may have added stands below no fraction line."""
    frame = study._cells["fund", "calm"]
    luck = np.repeat([-90.0, 150.0, 30.0], MONTHS)
    study._cells["fund", "calm"] = frame.assign(drawn=1000.0 + luck, staff=5.0 + luck)
    study._cells["lenient", "calm"] = study._cells["lenient", "calm"].assign(staff=5.0)
    assert additionality(study, "calm", "fund", "lenient")[0] > 0
    assert all(map(math.isnan, cost_of_credit(study, "calm", "fund", "lenient")))
    assert all(map(math.isnan, cost_of_jobs(study, "calm", "fund", "lenient")))


def test_half_an_interval_of_few_runs_is_students():
    # t(0.975, 3) = 3.182446
    assert protection.with_error(0.5, 0.1, 4) == "50.0 \N{PLUS-MINUS SIGN} 31.8"
    assert protection.with_error(0.5, 0.1, 1) == "50.0"


def test_a_jackknife_error_is_that_of_a_ratio():
    luck = np.random.default_rng(3)
    below = luck.uniform(1, 2, 400)
    ratio, error = jackknife(0.5 * below + luck.normal(0, 0.1, 400), below)
    assert ratio == pytest.approx(0.5, abs=4 * error)
    assert error == pytest.approx(0.1 / below.mean() / math.sqrt(400), rel=0.1)


def test_tables_and_the_figure_say_what_the_figures_are(study):
    price = protection.price_table(study, ["fund"])
    assert "1.33" in price and "2.00" in price and "25.0" in price and "0.07" in price
    assert "n/a" in protection.ruin_table(study, ["fund"]), "three runs tell no quantile"
    assert "Government" in (protection.gains_table(study, ["fund"]) or "")
    picture = alluvial.alluvial_figure(study, ["fund"], "calm")
    assert picture is not None
    for words in ("Lender: premium", "Recoveries", "Out of its means", "Guarantee fund"):
        assert words in picture.svg
    flows, out = alluvial.money_in(study, "calm", "fund"), alluvial.money_out(study, "calm", "fund")
    assert {ribbon.source: ribbon.amount for ribbon in flows} == {"Lender: premium": 240.0, "Recoveries": 120.0}
    assert out == {"Guarantee fund": 480.0}


def test_what_a_package_has_nothing_of_counts_as_nothing(tmp_path):
    """A figure that the options of a package cannot produce is absent from its runs: its sum is 0 in each of them."""
    study = read_study(write_study(tmp_path / "s", replications=3))
    scenario, (base, arm) = study.scenarios[0], [entry.name for entry in study.arms[:2]]
    assert amounts(study, scenario, arm, "government_cost").tolist() == [0.0] * 3
    assert public_cost(study, scenario, arm).shape == (3,)
    assert all(len(values) == 3 for values in gains(study, scenario, arm, base).values())


def test_the_summary_says_who_gains_and_who_pays(study):
    """The lender gains 2 a month, the fund loses 5 a month: 48 and 120 fen in 24 months, no spread between runs."""
    (said,) = gained(study, "calm")
    assert said.startswith("Against the paired run of `lenient`, `fund` brings the lender +")
    assert "the guarantee fund \N{MINUS SIGN}" in said and "partner banks" not in said
    assert "over 24 months" in said


def test_what_a_party_gains_stands_with_half_its_interval():
    """Three runs of 1, 2 and 3 million yuan: mean 2, standard error 1/sqrt(3), times Student's 4.303 with 2 degrees."""
    scale = scale_of(measure_of("loss_lender"), [2e8])
    said = _with_half(np.array([1e8, 2e8, 3e8]), scale)
    assert said == f"{scale.text(2e8, signed=True)} \N{PLUS-MINUS SIGN} {scale.text(4.3027 / 3**0.5 * 1e8)}"
