"""Jobs at firms by hand: staff, layoffs, chances to lose and to find one, places."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.firms.jobs import count_staff, hazards, lay_off, seat, staff_of, weight_by_sector
from sim.loan.states import FAILED
from sim.persons.employment import job_risks
from tests.laws.calling import act
from tests.month.town import town


def test_staff_is_counted_from_the_persons():
    model = town()
    persons = model.persons
    persons["employed"][:] = [1, 1, 1, 1, 0, 1]
    persons["employer"][:] = [1, 1, 3, 0, 3, 3]
    persons["income_permanent"][:] = [10, 20, 40, 80, 160, 320]
    model.accounts["alive"][5] = 0
    act(count_staff, model)
    assert model.firms.private["staff"].tolist() == [0, 2, 0, 1]
    assert model.firms.private["labour"].tolist() == [0, 30, 0, 40]


def staffed(jobs: float = 1.0):
    """Person 0 owns firm 1, where 1, 2 and 3 work as well; 4 works at 2, 5 nowhere."""
    model = town()
    model.firms.weight_of_jobs = jobs
    model.persons["employer"][:] = [1, 1, 1, 1, 2, 0]
    model.persons["employed"][:] = [1, 1, 1, 1, 1, 0]
    model.persons["owns"][0] = 1
    model.firms.private["layoffs"][:] = [0, 2, 0, 1]
    return model


def test_layoffs_hit_the_least_lucky_but_never_the_owner():
    model = staffed()
    act(lay_off, model)
    luck = (np.arange(6) + 1) / 7
    thresholds = model.environment["layoff_by_employer"]
    assert (luck[1:4] < thresholds[1]).tolist() == [True, True, False] and thresholds[[0, 2, 3]].tolist() == [0, 0, 0]
    assert model.persons["employer"].tolist() == [1, 1, 1, 1, 2, 0]
    assert model.environment["owner_share_by_owns"].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert (model.environment["firm_rows"], model.environment["owners_stay"]) == (4, 1)


def test_all_of_a_failed_firm_lose_their_jobs():
    model = staffed()
    model.firms.private["trading"][[1, 2]] = 0
    model.firms.private["failed_month"][[1, 2]] = [8, 7]
    act(lay_off, model)
    assert model.environment["layoff_by_employer"].tolist() == [0, FAILED, 0, 0], "the other failed before"
    model.firms.private["failed_month"][3] = 8
    act(lay_off, model)
    assert model.environment["layoff_by_employer"][3] == 0, "founded anew in this month"


def test_where_firms_do_not_decide_on_jobs_those_laid_off_move_on():
    model = staffed(jobs=0.0)
    act(lay_off, model)
    assert model.persons["employer"].tolist() == [1, 0, 0, 1, 2, 0]
    assert model.environment["layoff_by_employer"].tolist() == [0] * 4 and model.environment["owners_stay"] == 0


@pytest.mark.parametrize("what", ["buffer", "months in the job"])
def test_layoffs_hit_who_has_a_riskier_job(what):
    """The luckiest of three is among the two: a small buffer, or the others have been there for long."""
    model = staffed()
    if what == "buffer":
        model.config.behaviour.job_risk_spread = 1.0
        model.persons["patience"][1:4] = [6.0, 6.0, 1.0]
    else:
        model.config.behaviour.settling_months = 18.0
        model.persons["months_in_job"][1:4] = [36, 90, 0]
    act(lay_off, model)
    risk = job_risks(model.config, model.persons["patience"][1:4], model.persons["months_in_job"][1:4])
    luck = (np.arange(1, 4) + 1) / 7
    hit = luck < model.environment["layoff_by_employer"][1] * risk
    assert hit.tolist() == [True, False, True]


def test_hazards_of_which_firms_decide_a_part():
    model = town()
    assert act(hazards, model, path=None, firms=SimpleNamespace(weight_of_jobs=0.0)) == {}
    calm = SimpleNamespace(separation_by_sector=np.full(6, 0.02), finding_by_sector=np.full(6, 0.3))
    bad = SimpleNamespace(separation_by_sector=np.full(6, 0.05), finding_by_sector=np.full(6, 0.1))
    asked = []

    def month(number, growth=0.0):
        asked.append(number)
        return calm if number < 0 else bad

    model.economy = SimpleNamespace(month=month)
    model.firms.weight_of_jobs = 0.8
    model.firms.private["sector"][:], model.firms.private["vacancies"][:] = [0, 0, 1, 1], [0, 3, 1, 50]
    model.firms.private["trading"][3] = 0
    model.firms.jobless_by_sector[:] = [2, 10, 0, 0, 0, 9]
    found = act(hazards, model, path=bad)
    # .2 x .05 + .8 x (1 - .5 x .8) x .02; the public sector follows the path alone.
    assert found["separation_by_sector"].tolist() == pytest.approx([*[0.0196] * 5, 0.05])
    # Vacancies over seekers: 3 of 2 is enough, 1 of 10 is not; none elsewhere.
    expected = [0.02 + 0.8 * 0.3, 0.02 + 0.8 * 0.1, 0.02, 0.02, 0.02, 0.1]
    assert found["finding_by_sector"].tolist() == pytest.approx(expected)
    model.firms.people_by_sector[0], model.firms.place_by_sector[0] = 3, 9  # who seeks work stands for three
    assert act(hazards, model, path=bad)["finding_by_sector"][0] == pytest.approx(0.02 + 0.8 * 0.3)
    model.firms.private["vacancies"][1] = 1
    assert act(hazards, model, path=bad)["finding_by_sector"][0] == pytest.approx(0.02 + 0.8 / 6)
    model.firms.place_by_sector[0] = 0
    assert asked == [-4] * 3 and bad.separation_by_sector[0] == 0.05


def seated():
    model = town()
    persons = model.persons
    persons["employed"][:] = 1
    persons["employer"][:] = [1, 2, 0, 0, 0, 0]
    persons["sector"][:] = [0, 1, 0, 0, 1, 5]
    persons["income_permanent"][:], persons["income"][:] = [10, 20, 30, 40, 50, 60], [1, 2, 3, 4, 5, 6]
    private = model.firms.private
    private["sector"][:], private["vacancies"][:] = [0, 0, 1, 0], [0, 1, 1, 1]
    private["normal_sales"][:] = 100
    model.bins |= {"staff_by_firm": np.array([9, 1, 1, 0]), "labour_by_firm": np.array([9, 10, 20, 0]),
                   "wages_by_firm": np.array([14, 1, 2, 0]), "jobless_by_sector": np.arange(6),
                   "people_by_sector": np.array([8, 4, 0, 0, 0, 1])}  # fmt: skip
    return model


def test_who_found_work_gets_a_place_and_first_wages():
    model = seated()
    act(seat, model)
    private = model.firms.private
    assert model.persons["employer"].tolist() == [1, 2, 1, 3, 2, 0], "public work is outside of the firms"
    assert private["staff"].tolist() == [0, 2, 2, 1] and private["labour"].tolist() == [0, 40, 70, 40]
    assert private["wages_due"].tolist() == [0, 4, 7, 4] and private["vacancies"].tolist() == [0, 0, 0, 0]
    assert model.firms.jobless_by_sector.tolist() == [0, 1, 2, 3, 4, 5]
    # Of 14 paid by nobody in particular 12 are first wages; the rest comes from outside.
    assert model.ledger.flows["wages_outside_firms"] == 2 == model.ledger.flows["firm.wages.paid"]


def test_persons_stand_for_the_workers_of_the_place():
    """Of each 3 of the first sector and 6 of the second, 2 and 1 are still on the platform; nobody of the third was."""
    model = seated()
    model.bins["people_by_sector"] = np.array([8, 1, 3, 0, 0, 1])
    model.firms.place_by_sector = np.array([12, 6, 0, 0, 0, 9])
    model.firms.private["vacancies"][:] = [0, 1, 6, 3]
    act(seat, model)
    private = model.firms.private
    assert weight_by_sector(model.firms).tolist() == [1.5, 6.0, 1.0, 1.0, 1.0]
    assert model.persons["employer"].tolist() == [1, 2, 1, 3, 2, 0], (
        "one place and two are free for persons who stand for 1.5"
    )
    # One of the two had the first job before: 1.5 and 1.5 workers are 2 and 2; so are hired ones.
    assert private["staff"].tolist() == [0, 4, 12, 2] and private["labour"].tolist() == [0, 60, 420, 60]
    assert private["vacancies"].tolist() == [0, 0, 0, 1] and private["wages_due"].tolist() == [0, 5, 42, 6]
    # Of 53 that firms owe 15 are of persons, who are paid 17 in all.
    flows = model.ledger.flows
    assert (flows["wages_paid_outside"], flows["wages_outside_firms"], flows["firm.wages.paid"]) == (38, 2, -36)
    before = model.firms.place_by_sector
    model.month = -1
    act(seat, model)
    assert model.firms.place_by_sector.tolist() == [8, 1, 3, 0, 0, 1] and before.tolist() == [12, 6, 0, 0, 0, 9]


def test_firms_lay_off_as_many_persons_as_they_stand_for():
    model = staffed()
    model.firms.private["sector"][:] = 0
    model.firms.private["layoffs"][1] = 2
    model.firms.people_by_sector[0], model.firms.place_by_sector[0] = 4, 8
    act(lay_off, model)
    luck = (np.arange(6) + 1) / 7
    assert (luck[1:4] < model.environment["layoff_by_employer"][1]).tolist() == [True, False, False]
    model.firms.private["layoffs"][1] = 1  # half a person, and a draw of .1
    act(lay_off, model)
    assert model.environment["layoff_by_employer"][1] == 0
    model.firms.population.uniforms = lambda name, rows, month: np.full(len(rows), 0.6)
    act(lay_off, model)
    assert model.environment["layoff_by_employer"][1] > luck[1]


def test_where_no_firm_is_left_work_is_found_outside():
    model = seated()
    model.firms.private["trading"][2] = 0
    act(seat, model)
    assert model.persons["employer"].tolist() == [1, 2, 1, 3, 0, 0]
    assert model.ledger.flows["wages_outside_firms"] == 14 - 7


def test_staff_of_marked_firms_are_found_with_their_owners():
    model = staffed()
    assert staff_of(model.people, np.array([False, True, True, False])).tolist() == [0, 1, 2, 3, 4]
    model.accounts["alive"][2] = model.persons["employed"][4] = 0
    assert staff_of(model.people, np.array([False, True, True, False])).tolist() == [0, 1, 3]
