"""Unequal job risk keeps the path's unemployment; tightening lends less; a remembered recession keeps saving up."""

import numpy as np
import pytest

import sim
from sim.month.opening import felt_gaps
from sim.persons.employment import job_risk, job_risks

PERSONS = ("population.borrowers=20000", "study.months=36", "machine.threads=1", "firms=none")
UNEQUAL = "behaviour.job_risk_spread=1"
EQUAL = ("behaviour.job_risk_spread=0", "behaviour.settling_months=0")


def lived(seed: int, *overrides: str, months: int = 60):
    model = sim.Model(sim.compose([f"seed={seed}", *PERSONS, *overrides]))
    for _ in range(months):
        model.step()
    return model


def series(model, metric: str) -> np.ndarray:
    return np.array([record[metric] for record in model.records], dtype=float)


def test_job_risk_is_one_for_the_median_buffer_and_falls_with_it():
    risks = [job_risk.py_func(buffer, 0.0, 1.8, 1.0, 18.0) for buffer in (0.0, 0.1, 0.9, 1.8, 3.6)]
    assert risks == pytest.approx([10.0, 10.0, 2.0, 1.0, 0.5])
    assert job_risk.py_func(0.1, 90.0, 1.8, 0.0, 0.0) == 1.0


def test_the_reference_is_near_the_mean_risk_of_those_at_work():
    """Buffers are log-normal: a mean over some thousands of persons errs by one to two in a hundred."""
    model = lived(3, UNEQUAL, months=3)
    working = (model.persons["employed"] > 0) & (model.accounts["alive"] > 0)
    reference = model.job_market.mean_risk()
    assert model.config.behaviour.settling_months > 0
    for sector in range(6):
        rows = np.flatnonzero(working & (model.persons["sector"] == sector))
        risks = job_risks(model.config, model.persons["patience"][rows], model.persons["months_in_job"][rows])
        error = risks.std() / np.sqrt(len(rows))
        assert reference[sector] == pytest.approx(risks.mean(), abs=3 * error + 0.03 * risks.mean())


def above_its_path(model) -> float:
    """Mean unemployment of 36 months less the path's."""
    path = np.array([model.economy.month(month).unemployment for month in range(36)])
    return float((series(model, "unemployment")[24:] - path).mean())


def test_unequal_job_risk_keeps_unemployment_on_its_path():
    """While nobody leaves for want of a line; those who do had the riskiest jobs, and without them it lies lower."""
    for seed in (5, 6):
        model = lived(seed, UNEQUAL, "economy=us_2007_2012", "behaviour.leave_without_line=0")
        # A standard error of the unemployed share is 0.0015 to 0.002 here, and months hang together.
        gap = above_its_path(model)
        assert abs(gap) < 0.005
        assert -0.01 < above_its_path(lived(seed, UNEQUAL, "economy=us_2007_2012")) < gap
        risk = model.config.population.median_patience / model.persons["patience"]
        jobless = (model.persons["employed"] == 0) & (model.accounts["alive"] > 0)
        assert np.median(risk[jobless]) > 1.25 * np.median(risk[model.accounts["alive"] > 0])
        months, working = model.persons["months_in_job"], model.persons["employed"] > 0
        assert not months[~working].any() and 0.1 < (months[working] < 18).mean() < 0.5, "some jobs are new, some old"


def test_unequal_job_risk_raises_arrears():
    gains = [
        series(lived(seed, UNEQUAL, months=48), "delinquent_30")[24:].mean()
        / series(lived(seed, *EQUAL, months=48), "delinquent_30")[24:].mean()
        - 1.0
        for seed in (11, 12, 13)
    ]
    assert min(gains) > 0.05


def test_tightening_closes_lines_in_a_recession_and_none_in_calm_times():
    base = ("policy/limit=behavioural", "policy/closing=threshold")
    tight = (*base, "policy.closing.closing_tightening=1750", "policy.limit.cut_tightening=1750")
    for seed in (21, 22):
        calm = [lived(seed, *policy, months=40).records for policy in (base, tight)]
        assert calm[0] == calm[1]
        severe = [lived(seed, *policy, "economy=severe_recession") for policy in (base, tight)]
        loose, strict = (series(model, "open_lines")[-1] for model in severe)
        assert strict < 0.95 * loose
        loose, strict = (series(model, "limits_cut")[36:].sum() for model in severe)
        assert strict > 1.1 * loose


def test_a_remembered_recession_keeps_the_buffer_up():
    path = ("economy=us_2007_2012", "study.months=72")
    for seed in (31, 32):
        brief, long = (lived(seed, *path, f"behaviour.precaution_memory={memory}", months=96) for memory in (0, 36))
        month = brief.month
        gaps = [brief.economy.month(past).unemployment - 0.046 for past in range(month - 36, month + 1)]
        assert felt_gaps(month, 0, brief.economy, brief.firms)[1] == pytest.approx(gaps[-1])
        assert felt_gaps(month, 36, long.economy, long.firms)[1] == pytest.approx(max(gaps))
        # Calm times leave nothing to remember.
        assert brief.records[:24] == long.records[:24]
        assert series(long, "median_cash")[-12:].mean() > 1.02 * series(brief, "median_cash")[-12:].mean()
