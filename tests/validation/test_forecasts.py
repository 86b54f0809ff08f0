"""Forecasts see nothing after their origin, and are scored as the literature says."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from scipy import stats

import sim
from experiments.backtest_us_2007 import run as backtest
from experiments.forecasts import run
from experiments.forecasts.scoring import (
    HALF,
    autoregression,
    changes,
    corrected,
    diebold_mariano,
    errors,
    fitted,
    half,
    model,
    moved,
    random_walk,
    regression,
    rmse,
)
from experiments.forecasts.taiwan import error_of_area

LUCK = np.random.default_rng(1)
DRIVE = np.cumsum(0.1 * LUCK.standard_normal(60))
PUBLISHED = np.exp(1.0 + 0.7 * DRIVE + np.cumsum(0.02 * LUCK.standard_normal(60)))
RULES = [random_walk, autoregression, model, half, fitted, corrected, regression]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("ahead", [1, 4])
def test_nothing_after_the_origin_is_seen(rule, ahead):
    whole = errors(rule, PUBLISHED, DRIVE, 20, ahead) + PUBLISHED[20 + ahead - 1 :]
    later, drive = PUBLISHED.copy(), DRIVE.copy()
    later[30:] *= np.linspace(1.0, 3.0, 30)  # the origin with 30 quarters seen is the last that knows none of it
    drive[30 + ahead :] += 5.0
    again = errors(rule, later, drive, 20, ahead) + later[20 + ahead - 1 :]
    assert (again[: 30 - 20 + 1] == whole[: 30 - 20 + 1]).all()
    assert len(whole) == 60 - ahead - 20 + 1


def test_a_forecast_is_set_against_the_quarter_that_it_is_of():
    assert errors(random_walk, PUBLISHED, DRIVE, 20, 3) == pytest.approx(PUBLISHED[19:57] - PUBLISHED[22:60])
    true = np.exp(DRIVE)  # what moves with the drive one for one is foreseen by the model
    assert rmse(errors(model, true, DRIVE, 8, 4)) == pytest.approx(0.0, abs=1e-12)
    assert moved(np.log(true[:5]), DRIVE, 2, 0.5) == pytest.approx(DRIVE[4] + 0.5 * (DRIVE[6] - DRIVE[4]))


def test_slopes_are_found_where_there_is_much_to_see():
    seen = np.log(PUBLISHED[:50])
    expected = moved(seen, DRIVE, 4, 0.7)
    step = DRIVE[53] - DRIVE[49]
    assert regression(seen, DRIVE, 4) == pytest.approx(expected, abs=0.15 * abs(step))
    assert fitted(seen, DRIVE, 4) == pytest.approx(expected, abs=0.15 * abs(step))
    # Where nothing moves, the slope is a half weighed as eight years; where all goes against the model, it ends at 0.
    assert fitted(np.zeros(50), DRIVE, 1) == pytest.approx(moved(np.zeros(50), DRIVE, 1, HALF * 8 / (46 + 8)))
    assert fitted(-9.0 * DRIVE[:50], DRIVE, 1) == moved(-9.0 * DRIVE[:50], DRIVE, 1, 0.0)
    assert HALF == 0.5


def test_changes_are_over_a_year_and_end_at_the_origin():
    ours, theirs = changes(np.arange(10.0), DRIVE)
    assert (ours == 4.0).all()
    assert theirs == pytest.approx(DRIVE[4:10] - DRIVE[:6])
    assert len(changes(np.arange(5.0), DRIVE)[0]) == 4


def test_an_autoregression_is_found_and_iterated():
    path = [0.0]
    for shock in np.random.default_rng(2).standard_normal(400):
        path.append(0.5 + 0.8 * path[-1] + shock)
    seen = np.array(path)
    mean = 2.5
    assert autoregression(seen, seen, 1) == pytest.approx(mean + 0.8 * (seen[-1] - mean), abs=0.3)
    assert autoregression(seen, seen, 40) == pytest.approx(mean, abs=0.5)
    noise = np.random.default_rng(3).standard_normal(200)
    assert autoregression(noise, noise, 1) == pytest.approx(noise[4:].mean(), abs=1e-9)  # no lag is chosen


def test_equal_errors_are_tested_as_published():
    luck = np.random.default_rng(4)
    ours, theirs = luck.standard_normal(30), luck.standard_normal(30)
    gaps = ours**2 - theirs**2
    expected = stats.ttest_1samp(gaps, 0.0)  # one quarter ahead: the t test, but for one degree in the variance
    statistic, chance = diebold_mariano(ours, theirs, 1)
    assert statistic == pytest.approx(expected.statistic)
    assert chance == pytest.approx(expected.pvalue)
    assert diebold_mariano(theirs, ours, 1)[0] == pytest.approx(-statistic)
    centred = gaps - gaps.mean()
    variance = (centred @ centred + 2 * centred[1:] @ centred[:-1]) / 900
    by_hand = gaps.mean() / math.sqrt(variance) * math.sqrt((30 + 1 - 4 + 2 / 30) / 30)
    assert diebold_mariano(ours, theirs, 2)[0] == pytest.approx(by_hand)
    assert math.isnan(diebold_mariano(ours, ours, 4)[1])


def test_equal_forecasts_are_told_apart_as_rarely_as_said():
    luck = np.random.default_rng(5)
    found = [diebold_mariano(luck.standard_normal(20), luck.standard_normal(20), 1)[1] < 0.05 for _ in range(2000)]
    assert np.mean(found) == pytest.approx(0.05, abs=0.02)  # four standard errors


def test_the_published_figures_are_those_of_the_back_test():
    quarters, columns = run.published()
    there = backtest.QUARTERS
    lines = [line for line in (backtest.HERE / "card_delinquency.csv").read_text().splitlines() if line[0] != "#"]
    known = {row["quarter"]: float(row["delinquent_percent"]) for row in csv.DictReader(lines)}
    ours = dict(zip(quarters, columns["delinquent_percent"], strict=True))
    assert [ours[quarter] for quarter in there] == [known[quarter] for quarter in there]
    for series in run.SERIES:
        first, last = quarters.index(series.first), quarters.index(series.last)
        assert np.isfinite(columns[series.column][first : last + 1]).all()


def test_a_path_keeps_the_middle_of_every_quarter(tmp_path):
    run.write_path(tmp_path / "path.csv", ["2007Q4", "2008Q1"], np.array([4.8, 5.1]))
    lines = (tmp_path / "path.csv").read_text().splitlines()
    assert lines[0] == "month,unemployment"
    assert lines[2] == "2007-11,4.800"
    assert lines[5] == "2008-02,5.100"
    assert lines[3] == "2007-12,4.900"


def test_settings_name_keys_that_exist_and_are_those_of_us_cards(tmp_path):
    run.write_path(tmp_path / "path.csv", ["2007Q4", "2008Q1"], np.array([4.8, 5.1]))
    small = [*run.settings(), "population.borrowers=200", "study.burn_in=1"]
    found = run.simulated(tmp_path / "kept", small, tmp_path / "path.csv", 1)
    assert {name: len(path) for name, path in found.items()} == {"delinquent_percent": 2, "charged_off_percent": 2}
    path = ["economy=path", f"economy.file={tmp_path / 'path.csv'}", "economy.units=percent"]
    told, shipped = sim.compose([*run.settings(), *path]), sim.compose(["economy=us_2007_2012"])
    assert told.behaviour == shipped.behaviour and told.lender == shipped.lender
    assert told.policy.limit == shipped.policy.limit
    assert told.economy.labour == shipped.economy.labour and told.economy.income == shipped.economy.income


def test_rows_name_every_rule_at_every_horizon():
    rows = run.rows_of(run.SERIES[0], PUBLISHED, np.exp(DRIVE), DRIVE)
    assert len(rows) == 4 * 6
    lines = run.shown(rows)
    assert len(lines) == 6
    assert lines[1]["8 ahead"] == next(row for row in rows[::-1] if row["rule"] == lines[1]["rule"])["over random walk"]
    assert all(float(row["over random walk"]) > 0 for row in rows)


def test_a_path_is_smoothed_in_logs_over_three_quarters():
    assert run.smoothed(np.exp([0.0, 4.0, 0.0, 8.0])) == pytest.approx([1.0, 2.0, 3.0, 6.0])


def test_a_gap_closes_as_gaps_closed_before():
    luck, gap = np.random.default_rng(7), [0.0]
    for shock in 0.05 * luck.standard_normal(399):
        gap.append(0.6 * gap[-1] + shock)
    drive = np.cumsum(0.05 * luck.standard_normal(402))
    seen = 1.0 + HALF * drive[:400] + np.array(gap)
    for ahead, closed in ((1, 1 - 0.6), (2, 1 - 0.36)):
        told = corrected(seen, drive, ahead)
        assert told == pytest.approx(
            half(seen, drive, ahead) - closed * (gap[-1] - np.mean(gap)), abs=0.15 * abs(gap[-1])
        )
    walk = 1.0 + np.cumsum(luck.standard_normal(400))  # a gap that never closes
    assert corrected(walk, drive, 1) == pytest.approx(half(walk, drive, 1), abs=0.1 * abs(walk[-1] - walk.mean()))
    assert corrected(seen[:2], drive, 4) == half(seen[:2], drive, 4), "nothing seen says that gaps close"


def test_the_readme_shows_the_tables():
    text = (run.HERE / "README.md").read_text(encoding="utf-8")
    with (run.HERE / "table.csv").open(encoding="utf-8", newline="") as stream:
        assert run.markdown(run.shown(list(csv.DictReader(stream)))) in text
    for name in ("taiwan", "sba"):
        with (run.HERE / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            assert run.markdown(list(csv.DictReader(stream))) in text


def test_the_error_of_an_area_is_that_of_samples():
    luck = np.random.default_rng(6)
    found = []
    for _ in range(300):
        bad, good = 3.0 * luck.standard_exponential(80), luck.standard_exponential(200)  # its own case
        found.append((bad[:, None] > good).mean())
    assert error_of_area(float(np.mean(found)), 80, 200) == pytest.approx(np.std(found), rel=0.15)


def test_forecasts_are_of_persons_alone_and_the_ladder_stands_on_the_default():
    alone = sim.compose(run.settings(), idle=True).chosen
    assert alone["firms"] == "none" and alone["policy/collections"] == "us_cards"
    first = sim.compose(next(iter(backtest.steps().values()))).chosen
    assert {first[group] for group in ("behaviour", "lender", "firms")} == {"china_platform", "default", "standard"}
