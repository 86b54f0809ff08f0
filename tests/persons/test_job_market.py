"""The reference that scales the chance to lose a job: its start, a month by hand, and that a path is kept."""

from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim.economy.sectors import SECTORS
from sim.persons.employment import job_risk, job_risks
from sim.persons.job_market import MONTHS, TYPES, JobMarket, first_shares, live_month, mean_risks

EVERY = np.ones(len(SECTORS))


def market(spread: float = 0.0, settling: float = 0.0, unemployment: float = 0.05) -> JobMarket:
    return JobMarket(
        SimpleNamespace(
            behaviour=SimpleNamespace(job_risk_spread=spread, settling_months=settling),
            population=SimpleNamespace(median_patience=2.0, patience_spread=0.8),
        ),
        unemployment,
    )


def test_jobs_begin_as_persons_arrive_in_them():
    shares = first_shares(10.0)
    assert shares.sum() == pytest.approx(1.0) and shares[-1] == 0.0
    assert shares[0] == pytest.approx(np.log(1.1) / np.log(25.0))
    assert shares[:10].sum() == pytest.approx(np.log(2.0) / np.log(25.0))
    assert first_shares(0.0)[0] == 1.0


def test_means_are_by_sector():
    """1 + 2 + 3 + 4 of the one, 10 + 20 + 30 + 41 of the other, nobody of the last; the second month is riskier."""
    at_work = np.array([[[1.0, 2.0], [3.0, 4.0]], [[10.0, 20.0], [30.0, 41.0]], np.zeros((2, 2))])
    means = np.array([0.0, 5.0, 7.0])
    mean_risks(at_work, np.array([[1.0, 10.0], [1.0, 10.0]]), means)
    assert means.tolist() == [64.0 / 10.0, 650.0 / 101.0, 7.0]


def test_a_job_is_lost_a_month_older_or_found():
    """Of 1, 2 and 4 at work a tenth, all and all go, at risks of .1, 1 and 3; of 8 jobless a quarter finds one."""
    at_work, jobless = np.array([[[1.0, 2.0, 4.0]]]), np.array([[8.0]])
    live_month(at_work, jobless, np.array([[0.2, 2.0, 6.0]]), np.array([0.5]), np.array([0.25]))
    assert at_work.tolist() == [[[2.0, 0.9, 0.0]]] and jobless == pytest.approx(8.0 + 6.1 - 2.0)
    live_month(at_work, jobless, np.zeros((1, 3)), np.ones(1), np.zeros(1))
    live_month(at_work, jobless, np.zeros((1, 3)), np.ones(1), np.zeros(1))
    assert at_work[0, 0] == pytest.approx([0.0, 0.0, 2.9]), "the longest jobs stay the longest"


def test_mean_risk_is_that_of_those_at_work():
    assert market().mean_risk().tolist() == [1.0] * len(SECTORS)
    settling = market(settling=10.0)
    months = np.arange(MONTHS)
    assert settling.mean_risk() == pytest.approx((first_shares(10.0) / (1.0 + months / 10.0)).sum() * EVERY)
    # One over a log-normal buffer has the mean exp(sd^2 / 2); twelve buffers miss the farthest.
    assert market(spread=1.0).mean_risk()[0] == pytest.approx(np.exp(0.32), rel=0.05)
    assert market(spread=0.5).mean_risk()[0] - 1.0 == pytest.approx((market(spread=1.0).mean_risk()[0] - 1.0) / 2.0)


def test_a_month_by_hand():
    """A fifth of new jobs ends, a tenth of those that have settled; a quarter of the jobless finds one."""
    jobs = market(settling=1.0, unemployment=0.2)
    jobs.at_work[:], jobs.jobless[:] = 0.0, 0.2 / TYPES
    jobs.at_work[:, :, 0], jobs.at_work[:, :, 1] = 0.4 / TYPES, 0.4 / TYPES
    assert jobs.mean_risk() == pytest.approx(0.75 * EVERY)
    jobs.live(0.2 * EVERY, 0.25 * EVERY)
    sums = jobs.at_work.sum(axis=1)
    assert sums[:, 0] == pytest.approx(0.05 * EVERY) and sums[:, 1] == pytest.approx(0.32 * EVERY)
    assert sums[:, 2] == pytest.approx(0.36 * EVERY)
    assert jobs.jobless.sum(axis=1) == pytest.approx(0.27 * EVERY), "0.2 - 0.05 and the lost 0.12"


def test_what_is_longest_stays_and_nobody_is_lost():
    jobs = market(spread=1.0, settling=9.0)
    before = jobs.at_work[:, :, -2:].sum()
    jobs.live(0.0 * EVERY, 0.0 * EVERY)
    assert jobs.at_work[:, :, -1].sum() == pytest.approx(before)
    for _ in range(50):
        jobs.live(0.02 / jobs.mean_risk(), 0.3 * EVERY)
    assert jobs.at_work.sum() + jobs.jobless.sum() == pytest.approx(len(SECTORS))
    assert jobs.jobless.sum(axis=1) == pytest.approx(0.02 / 0.32 * EVERY, rel=0.02), "s / (s + f), whoever is at risk"


def test_who_aims_at_no_buffer_is_as_likely_as_others_to_lose_a_job():
    """Where the median is nothing, so is everybody's target: a risk of 0 for all would leave no job to be lost."""
    poor = sim.compose(["population.median_patience=0", "behaviour.job_risk_spread=1", "behaviour.settling_months=0"])
    assert job_risks(poor, np.zeros(3), np.zeros(3)).tolist() == [1.0] * 3
    assert job_risk(0.0, 5.0, 0.0, 1.0, 5.0) == 0.5


def test_a_sector_in_which_nobody_works_has_the_usual_risk():
    jobs = market(spread=1.0, settling=9.0)
    before = jobs.mean_risk()
    jobs.at_work[2] = 0.0
    assert jobs.mean_risk().tolist() == [*before[:2], 1.0, *before[3:]]


def test_it_goes_on_from_what_was_saved():
    jobs, again = market(1.0, 9.0), market(1.0, 9.0)
    jobs.live(0.05 * EVERY, 0.2 * EVERY)
    again.restore(jobs.save())
    assert np.array_equal(jobs.mean_risk(), again.mean_risk()) and not np.array_equal(
        jobs.mean_risk(), market(1.0, 9.0).mean_risk()
    )


@pytest.mark.parametrize("firms", ["none", "standard"])
def test_sectors_lose_the_jobs_that_their_path_says(firms):
    """Unemployment of 8 000 persons over three years stands near its path: .05; its standard error is below .003."""
    config = sim.compose(
        [f"firms={firms}", "population.borrowers=8000", "study.burn_in=12", "seed=3", "behaviour.settling_months=9"]
    )
    model = sim.Model(config)
    for _ in range(36):
        model.step()
    found = np.mean([record["unemployment"] for record in model.records[12:]])
    assert 0.036 < found < 0.06, "a third of it where the mean risk is left out"
