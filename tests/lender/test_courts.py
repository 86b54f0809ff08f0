"""Suits by hand: what a court does with a case in each of its months."""

from sim.lender.policies.courts import go_to_court
from sim.loan.states import COURT_LOST, COURT_WON
from tests.laws.calling import does

COURT = {"written_off": 500_000, "court": 0, "months_in_state": 0, "smallest_suit": 500_000, "court_months": 12,
         "dispute_months": 6, "win_chance": 0.7, "dispute_chance": 0.15, "lasting_dispute": 0.15,
         "luck_dispute": 0.69, "collecting": 1.0, "luck_hearing": 0.999}  # fmt: skip


def test_a_suit_step_by_step():
    does(go_to_court, COURT, {"court": 1, "suits": 1})
    does(go_to_court, {**COURT, "written_off": 499_999})
    does(go_to_court, {**COURT, "months_in_state": 1})
    running = {**COURT, "months_in_state": 11, "written_off": 1}
    does(go_to_court, {**running, "court": 11}, {"court": 12})
    does(go_to_court, {**running, "court": 12}, {"court": COURT_WON, "judgments_won": 1})
    does(go_to_court, {**running, "court": 12, "luck_dispute": 0.7}, {"court": COURT_LOST, "judgments_lost": 1})
    disputed = {**running, "lasting_dispute": 0.149}
    does(go_to_court, {**disputed, "court": 12}, {"court": 13})
    does(go_to_court, {**disputed, "court": 17}, {"court": 18})
    does(go_to_court, {**disputed, "court": 18}, {"court": COURT_WON, "judgments_won": 1})
    for judged in (COURT_WON, COURT_LOST):
        does(go_to_court, {**COURT, "court": judged})


def test_where_courts_rest_a_case_stands_still_and_debts_are_still_sued_for():
    resting = {**COURT, "collecting": 0.4, "luck_hearing": 0.4}
    does(go_to_court, resting, {"court": 1, "suits": 1})
    running = {**resting, "months_in_state": 11}
    does(go_to_court, {**running, "court": 3}, {"court": 3})
    does(go_to_court, {**running, "court": 12}, {"court": 12})
    heard = {**running, "luck_hearing": 0.399}
    does(go_to_court, {**heard, "court": 3}, {"court": 4})
    does(go_to_court, {**heard, "court": 12}, {"court": COURT_WON, "judgments_won": 1})
