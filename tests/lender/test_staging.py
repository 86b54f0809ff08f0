"""Three stages by hand: probation, moves between closes, transfers, the back-test and what is believed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import sim

# The ledger knows what rules tally once they are imported.
import sim.month.agenda
from sim.lender.experience import Experience, believed, exits_of
from sim.lender.lines import LineMemory
from sim.lender.provisioning import ThreeStages, stages_of
from sim.lender.settings import LenderSettings
from sim.lender.staging import (
    EXITS,
    PROBATION,
    STAGES,
    Staging,
    exposed_by,
    first_moves,
    moves_between,
    transfers_between,
)
from sim.loan.ledger import Ledger
from sim.loan.states import LINE_OPEN, NEVER

USUAL = np.array([0.02, 0.4, 0.6, 0.8])
NAMES = ("principal", "interest", "limit", "line", "months_past_due", "default_month", "written_off",
         "months_in_state", "covered", "triggered", "reliefs")  # fmt: skip


def book(rows: int, **columns):
    found = {name: np.zeros(rows, dtype=np.int32) for name in NAMES}
    found["line"][:], found["default_month"][:] = LINE_OPEN, NEVER
    return found | {name: np.array(values, dtype=np.int32) for name, values in columns.items()}


def staging(**settings) -> Staging:
    return Staging(ThreeStages(**settings), USUAL, True)


THEN = {"owed": np.array([100, 50, 0, 40, 30, 20]), "limit": np.array([300, 0, 400, 90, 60, 0]),
        "late": np.array([0, 0, 0, 1, 3, 6], dtype=np.int8)}  # fmt: skip


def test_exposure_is_what_is_owed_and_what_a_line_in_order_has_left():
    assert exposed_by(THEN).tolist() == [150, 40, 0, 30, 0, 600]


def test_moves_are_weighed_where_they_come_from():
    """Six accounts and a seventh that is new: 100 stay, 50 fall behind; a quarter of undrawn lines counts."""
    now = np.array([0, 1, 0, 1, 0, 7, 5], dtype=np.int8)
    moves = moves_between(THEN, book(7, principal=[1] * 7), now, 0.25)
    expected = np.zeros((5, 6))
    expected[0, 0], expected[0, 1], expected[1, 1], expected[3, 0] = 100 + 0.25 * 600, 50, 40, 30
    assert moves.tolist() == expected.tolist()
    gone = book(7, written_off=[0, 0, 0, 0, 30, 0, 0])
    assert moves_between(THEN, gone, now, 0.0)[3].tolist() == [0, 0, 0, 0, 0, 30], "charged off is in default"


def test_transfers_between_stages_in_fen_and_accounts():
    now = np.array([2, 0, 5, 5, 1, 4], dtype=np.int8)
    fen, accounts = transfers_between(THEN["late"], np.array([7, 9, 0, 5, 3, 2, 8]), now)
    assert fen.tolist() == [[0, 7, 5], [3, 0, 0], [0, 2, 0]] and accounts.sum() == 4, "the third owes nothing"


def test_probation_holds_a_restructured_loan_in_stage_2_or_3():
    made = staging(probation_months=2)
    seen = [made.stage([book(3, principal=[9] * 3, months_past_due=[1, 5, 0])])[0].tolist()]
    for _ in range(3):
        seen.append(made.stage([book(3, principal=[9] * 3, reliefs=[1, 1, 0])])[0].tolist())
    assert seen == [[1, 6, 0], [4, 5, 0], [4, 5, 0], [0, 0, 0]]
    late = staging()  # arrears under 90 days are part of the probation
    late.stage([book(1, principal=[9], reliefs=[1], months_past_due=[0])])
    assert late.stage([book(1, principal=[9], reliefs=[1], months_past_due=[3])])[0].tolist() == [4]


def test_balances_stand_where_they_are_provided_for():
    made, one = staging(), book(3, principal=[100, 50, 7], covered=[10, 5, 7], triggered=[0, 0, 3])
    totals = [np.zeros(14, dtype=np.int64) for _ in range(3)]
    totals[0][:2], totals[1][0], totals[2][0] = (100, 57), 22, 3
    found = made.balances([one], [np.array([0, 2, 4], dtype=np.int8)], totals)
    assert (
        found[0][[0, 1, 2, 4]].tolist() == [100, 0, 50, 7]
        and found.shape == (3, 15)
        and found.sum(axis=1).tolist() == [157, 22, 3]
    )


def cohort(made: Staging, owed: int, months: int = 13) -> LineMemory:
    """A year of one account in order that owes 100 of a line of 300, the last month in default with so much owed."""
    lines, exits = LineMemory(), dict.fromkeys(EXITS, 0)
    for month in range(months):
        bad = month == months - 1
        now = book(1, principal=[owed if bad else 100], limit=[300], months_past_due=[4 if bad else 0],
                   default_month=[month if bad else NEVER])  # fmt: skip
        buckets = made.stage([now])
        made.follow([now], buckets, [lines], 0.5, 0.0, exits)
        lines.close(month, now, buckets[0])
        made.look_back(lines, 0.5)
    return lines


def test_the_back_test_compares_a_years_cohort_with_its_moves():
    made = staging()
    assert made.calibration(20.0).tolist() == [1.0] * 5
    cohort(made, 160)
    # The moves: the usual ones, 0.02 of a fen among hundreds, and a default in the last month from order.
    assert made.observed.tolist() == [160, 0, 0, 0, 0] and made.count[0] == 1 / 12
    chance = made._chances()[0]
    assert made.expected[0] == pytest.approx(chance * (100 + 0.5 * 200))
    factor = made.observed[0] / made.expected[0]
    assert made.calibration(0.0)[0] == pytest.approx(factor) and made.calibration(1e9)[0] == pytest.approx(1.0)
    half = made.calibration(1 / 12)
    assert half[0] == pytest.approx((1.0 + factor) / 2) and half[1:].tolist() == [1.0] * 4


def test_stage_1_holds_the_level_of_the_back_test_and_no_rate_is_above_all():
    made = staging(adverse_weight=0.0, benign_weight=0.0)
    plain = made.rates(0.5, 20.0)
    made.observed, made.expected, made.count = np.full(5, 300.0), np.full(5, 100.0), np.full(5, 1e12)
    dearer = made.rates(0.5, 20.0)
    assert dearer[0] == pytest.approx(3 * plain[0], rel=1e-6) and dearer[3] == 1.0 and dearer[5] == plain[5] == 0.5


def test_scenarios_and_outlook_move_the_rates():
    calm = staging(adverse_weight=0.0, benign_weight=0.0).rates(0.7, 20.0)
    worse = staging(adverse_weight=1.0, benign_weight=0.0).rates(0.7, 20.0)
    better = staging(adverse_weight=0.0, benign_weight=1.0).rates(0.7, 20.0)
    mixed = staging(adverse_weight=0.3, benign_weight=0.1).rates(0.7, 20.0)
    assert (worse[:5] > calm[:5]).all() and (better[:5] < calm[:5]).all() and worse[5] > 0.7 > better[5]
    assert mixed.tolist() == pytest.approx((0.6 * calm + 0.3 * worse + 0.1 * better).tolist())
    shocked = staging(adverse_weight=0.0, benign_weight=0.0)
    shocked.macro.see(4.0, [np.nan] * 5)
    assert (shocked.rates(0.7, 20.0)[:4] > calm[:4]).all(), "unemployment has risen: losses come before arrears do"


def test_a_loss_is_what_is_charged_off_less_what_comes_back():
    made = staging()
    assert made.loss_given_default() == 0.0
    made.exits = {"lost": 300, "saved": 100, "recovered": 40}
    assert made.loss_given_default() == pytest.approx(0.65)


def experience(**settings) -> Experience:
    return Experience(LenderSettings(**{"prior_defaults": 10.0, **settings}), ThreeStages(), True)


def test_what_is_lost_and_saved_is_of_persons_and_firms():
    ledger = Ledger(True)
    ledger.flows |= {"charged_off": 5, "firm.charged_off": 1, "npl_cured": 20, "firm.npl_repaid": 30,
                     "recoveries.received": 300, "debt_sold.received": 400}  # fmt: skip
    assert exits_of(ledger) == {"lost": 6, "saved": 50, "recovered": 700} and tuple(exits_of(ledger)) == EXITS


def test_beliefs_lie_between_the_own_figure_and_the_prior():
    assert believed(0.2, 0, 0.6, 0.0) == 0.6 and believed(0.2, 5, 0.6, 0.0) == 0.2
    assert believed(0.2, 10, 0.6, 30.0) == pytest.approx(0.25 * 0.2 + 0.75 * 0.6)
    made = experience(conversion_prior=0.4, loss_given_default=0.9)
    assert made.conversion == 0.4 and made.loss == 0.9
    made.lines[0].converted, made.lines[0].undrawn, made.lines[0].count = 30, 100, 10
    made.stages.exits.update(lost=50, saved=50, recovered=0)
    assert made.conversion == pytest.approx(0.35) and made.loss == pytest.approx(0.7)
    made.lines[0].converted = -500
    assert made.conversion == pytest.approx(0.2), "no less than nothing is drawn"
    plain = Experience(made.settings, None, True)
    assert plain.loss == 0.9 and plain.commitments == 0 and "loss_believed" not in plain.told()


WORLD = ("population=tiny", "population.borrowers=1500", "economy=severe_recession", "economy.shock_lag=0",
         "machine.threads=1", "study.burn_in=6", "provisioning=ifrs9")  # fmt: skip


def told(*overrides: str, months: int = 30):
    model = sim.Model(sim.compose([*WORLD, *overrides]))
    for _ in range(months):
        model.step()
    return model


@pytest.fixture(scope="module")
def plain():
    return told()


def test_stages_and_their_allowances_add_up_every_month(plain):
    moved = 0
    for before, now in zip(plain.records, plain.records[1:], strict=False):
        assert sum(now[f"stage_{k}"] for k in STAGES) == now["outstanding"]
        assert sum(now[f"allowance_stage_{k}"] for k in STAGES) == now["provisions"]
        assert sum(now[f"allowance_change_{k}"] for k in STAGES) == now["provisions"] - before["provisions"]
        moved += now["stage_1_to_2"] * now["stage_2_to_3"]
    assert moved > 0 and sum(record["commitments"] for record in plain.records) > 0


def test_undrawn_lines_and_a_prior_of_their_conversion_cost_provisions(plain):
    assert told("lender.conversion_prior=0", "lender.prior_defaults=1e9", months=8).record["commitments"] == 0
    rich = told(
        "lender.conversion_prior=1", "lender.prior_defaults=1e9", months=20
    )  # first moves to default take a while
    assert rich.record["allowance_stage_1"] > plain.records[19]["allowance_stage_1"] > 0


def test_probation_keeps_restructured_loans_out_of_stage_1():
    relief = ("policy/relief=restructuring", "policy.relief.relief_share=0.9")
    held, free = told(*relief), told(*relief, "provisioning.probation_months=0")
    assert held.record["stage_2"] > 1.2 * free.record["stage_2"]
    assert held.record["provisions"] > free.record["provisions"]


def test_it_survives_a_checkpoint(tmp_path):
    model = told("policy/relief=restructuring", months=16)
    again = sim.Model.fork(model.config, model.save(tmp_path / "kept"))
    for _ in range(2):
        model.step()
        again.step()
    assert again.record == model.record
    other = dataclasses.replace(model.config, provisioning=sim.compose(["provisioning=matrix"]).provisioning)
    sim.Model.fork(other, model.save()).step()


def test_probation_stands_in_stage_2_and_rolls_into_default():
    moves = first_moves(USUAL)
    assert moves[PROBATION].tolist() == pytest.approx([0, 0, 0, 0, 0.97, 0.03])
    back, on = moves[:4, 0].tolist(), moves[[0, 1, 2, 3], [1, 2, 3, 5]].tolist()
    assert back == pytest.approx([0.98, 0.6, 0.4, 0.2]) and on == USUAL.tolist() and moves.sum() == pytest.approx(5.0)
    assert stages_of(np.arange(15)) == {"stage_1": 1, "stage_2": 2 + 3 + 4, "stage_3": sum(range(5, 15))}
    rates = staging(adverse_weight=0.0, benign_weight=0.0, effective_rate=0.0, expected_term=24).rates(0.5, 20.0)
    assert len(rates) == 15 and rates[PROBATION] == pytest.approx(0.5 * (1.0 - 0.97**24))
