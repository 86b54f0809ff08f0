"""Numbers and names as printed, bands, ticks."""

import math

import numpy as np
import pytest

from sim.figures.scales import measure_of, scale_of
from sim.reports.drawing import figures
from sim.reports.drawing.paths import smoothed
from sim.reports.words import formats


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "expected"),
    [
        (1234567.0, 0, False, "1\u202f234\u202f567"),
        (-0.804, 2, True, "\N{MINUS SIGN}0.80"),
        (0.804, 2, True, "+0.80"),
        (-0.001, 2, True, "0.00"),
        (math.nan, 2, False, "n/a"),
        (math.inf, 2, False, "n/a"),
        (None, 2, False, "n/a"),
    ],
)
def test_number(value: float | None, decimals: int, signed: bool, expected: str) -> None:
    assert formats.number(value, decimals, signed=signed) == expected


@pytest.mark.parametrize(
    ("fen", "text", "unit"),
    [
        (123_400, "1\u202f234", "yuan"),
        (12_345_600, "123.5", "thousand yuan"),
        (316_000_000, "3.16", "million yuan"),
        (412_000_000_000, "4.12", "billion yuan"),
    ],
)
def test_money_is_printed_in_a_sensible_size(fen: int, text: str, unit: str) -> None:
    scale = scale_of(measure_of("lender_profit"), [fen])
    assert (scale.text(fen), scale.unit) == (text, unit)


def test_narrow_intervals_get_one_more_decimal() -> None:
    scale = scale_of(measure_of("approval_rate"), [0.5])
    assert scale.refined([(0.0699, 0.0701)]).text(0.07) == "7.00"
    assert scale.refined([(0.05, 0.09)]).text(0.07) == "7.0"
    assert scale.refined([(math.nan, math.nan)]).decimals == scale.decimals


def test_rounding_never_hides_on_which_side_of_zero_an_end_lies() -> None:
    scale = scale_of(measure_of("loss_rate"), [0.006])
    low, high = 0.00003, 0.0004
    assert scale.text(low) == "0.00"
    finer = scale.refined([(low, high)])
    assert (finer.text(low), finer.text(high)) == ("0.003", "0.040")
    assert scale.refined([(0.0, 0.0)]).decimals == scale.decimals


def test_mean_of_the_last_six_months() -> None:
    paths = np.arange(14.0)[None, :]
    smooth = smoothed("loss_rate", paths)
    assert np.isnan(smooth[0, :5]).all()
    assert smooth[0, 5:].tolist() == [np.mean(range(last - 5, last + 1)) for last in range(5, 14)]
    assert smoothed("delinquent_30", paths) is paths
    holed = paths.copy()
    holed[0, 13] = np.nan
    assert smoothed("loss_rate", holed)[0, 13] == np.mean([8, 9, 10, 11, 12])
    assert smoothed("loss_rate", paths[:, :8]).tolist() == paths[:, :8].tolist()


@pytest.mark.parametrize(
    ("name", "title", "sentence"),
    [
        ("us_2007_2012", "US 2007–2012", "the US path of 2007–2012"),
        ("severe_recession", "Severe recession", "a severe recession"),
        ("calm", "Calm", "calm years"),
        ("own_path", "Own path", "Own path"),
    ],
)
def test_scenarios_are_named_in_words(name: str, title: str, sentence: str) -> None:
    assert formats.scenario_title(name) == title
    assert formats.in_sentence(name) == sentence


def test_wilson_interval() -> None:
    # Textbook values: 0 of 381 runs is the least that bounds ruin by 1 %; 3 of 20.
    assert formats.wilson(0, 381)[1] <= 0.01 < formats.wilson(0, 380)[1]
    low, high = formats.wilson(3, 20)
    assert (round(low, 3), round(high, 3)) == (0.052, 0.360)
    with pytest.raises(ValueError, match="at least 1"):
        formats.wilson(0, 0)


def test_band_needs_enough_runs() -> None:
    paths = np.arange(20.0)[:, None] * np.ones((1, 4))
    band = figures.band_of(paths)
    assert np.allclose(band.mean, 9.5)
    assert np.allclose(band.low, np.quantile(np.arange(20.0), 0.1))
    few = figures.band_of(paths[:5])
    assert np.allclose((few.low, few.high), np.array([[0.0] * 4, [4.0] * 4]))
    assert np.isnan(figures.band_of(paths[:2]).low).all()
    assert figures.band_of(np.empty((0, 0))).mean.size == 0


def test_band_leaves_months_without_figures_open() -> None:
    paths = np.ones((12, 3))
    paths[:, 1] = np.nan
    band = figures.band_of(paths)
    assert np.isnan(band.mean[1])
    assert np.isnan(band.high[1])
    assert band.mean[0] == 1.0


@pytest.mark.parametrize(("rough", "step"), [(0.9, 1.0), (1.1, 2.0), (3.0, 5.0), (6.0, 10.0), (0.012, 0.02)])
def test_ticks_are_round(rough: float, step: float) -> None:
    assert figures.nice_step(rough) == pytest.approx(step)


def test_long_names_are_broken_or_cut() -> None:
    lines = formats.wrapped("guaranteed_with_a_larger_fund", 14).split("\n")
    assert len(lines) == 2
    assert all(len(line) <= 18 for line in lines)
    assert formats.wrapped("limits") == "limits"
