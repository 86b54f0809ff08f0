"""Runs from the card tape and their figures: by hand, and on the shipped synthetic tape."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from validation.targets import tape
from validation.targets.bands import targets_of
from validation.targets.page import size_of_tape, text_of
from validation.targets.runs import CHINA, NOTHING, TAIWAN, Run, World, chosen

SYNTHETIC = str(Path(__file__).resolve().parents[2] / "examples" / "tape.csv")


def world_of(**runs: Run) -> World:
    return World(**{each.name: runs.get(each.name, NOTHING) for each in fields(World)})


def october(late: list[int], bad: list[int], limit: list[float], owed: list[float]) -> World:
    panel = {"months_past_due": [[0] * len(late), late], "default": [[0] * len(bad), bad], "limit": [limit] * 2,
             "principal": [owed] * 2, "interest": [[0.0] * len(owed)] * 2}  # fmt: skip
    return world_of(september=Run({}, {name: np.array(rows, np.float32) for name, rows in panel.items()}))


def test_moves_are_between_three_states_and_rolls_their_shares() -> None:
    late = np.array([[0, 0, 1, 1, 2, 5], [0, 1, 1, 2, 1, 3]], np.float32)
    (moves,) = tape.moves_between(late)
    assert moves.tolist() == [[1, 1, 0], [0, 1, 1], [0, 1, 1]]
    assert tape.share_of(moves, "at most 0", ("2", "3 or worse")) == pytest.approx(1 / 2)
    more = np.array([[1, 1], [0, 1], [0, 1], [0, 2], [0, 2], [0, 0]], np.float32)  # the last step is not of the tape's
    worlds = [world_of(calm=Run({}, {"months_past_due": rows})) for rows in (late, more)]
    assert tape.roll("2", ("2",))(worlds) == pytest.approx((1 + 2) / (2 + 4))
    assert tape.roll("2", ("at most 0",))(worlds) == pytest.approx(1 / 6)
    assert tape.roll("2", ("3 or worse",))(worlds) == pytest.approx((1 + 1) / 6)
    assert tape.roll("3 or worse", ("3 or worse",))(worlds) == pytest.approx(2 / 3), "the step to September is left out"


def test_the_default_of_october_is_told_by_the_share_of_seeds_in_arrears() -> None:
    bad, limit, owed = [1, 0, 1, 0], [100.0] * 4, [50.0] * 4
    worlds = [october(late, bad, limit, owed) for late in ([1, 0, 1, 1], [1, 0, 0, 1])]
    assert tape.late_in_october(worlds).tolist() == [1.0, 0.0, 0.5, 1.0]
    assert tape.area_of_october(worlds) == pytest.approx((1 + 0.5 + 1 + 0) / 4)
    assert tape.level_of_october(worlds) == pytest.approx(2.5 / 4)


def test_gradients_are_over_limits_and_over_what_is_used_of_them() -> None:
    limit = [10.0, 10.0, *[50.0] * 16, 90.0, 90.0]
    world = october([1, 1, *[0] * 16, 1, 0], [0] * 20, limit, [1.0] * 20)
    assert tape.by_limit([world]) == pytest.approx(1.0 / 0.5)
    used = october([1, 1, 0, 1, 0], [0] * 5, [100.0] * 5, [70.0, 61.0, 60.0, 15.0, 20.0])
    assert tape.by_use([used]) == pytest.approx(1.0 / 0.5)


def test_beliefs_of_one_run_are_not_those_of_the_next() -> None:
    usual = tape.started(SYNTHETIC, tape.MONTHS[0]).tape.beliefs
    other = tape.started(SYNTHETIC, tape.MONTHS[0], beliefs={"tape.beliefs.cash_late": 0.7}).tape.beliefs
    assert other.cash_late == 0.7 and usual.cash_late != 0.7
    assert tape.started(SYNTHETIC, tape.MONTHS[0]).tape.beliefs == usual


def test_a_run_starts_from_what_the_tape_shows() -> None:
    config = tape.started(SYNTHETIC, "2005-09", chosen(TAIWAN))
    run = tape.lived(config, 1)
    assert (run.panel["months_past_due"][0] == config.tape.evidence.months_past_due).all()
    assert run.panel["principal"][0] == pytest.approx(config.tape.evidence.principal)
    assert run.panel["paid"].shape == (2, config.tape.accounts) and (run.panel["paid"][1] > 0).any()
    assert tape.own_moves(SYNTHETIC).sum(axis=(1, 2)).tolist() == [config.tape.accounts] * 4


def test_holders_of_these_cards_stay_one_payment_behind_as_no_others_do() -> None:
    stay = tape.roll("2", ("2",))
    ours, without, china = (
        stay([tape.tape_world(SYNTHETIC, seed, words, preset=preset) for seed in (1, 2, 3)])
        for words, preset in (([], TAIWAN), (["behaviour.arrears_habit=0"], TAIWAN), ([], CHINA))
    )
    assert ours > without + 0.15 and ours > china + 0.15  # the error of three seeds of some 30 accounts late is .05


def test_the_page_names_every_figure_of_the_tape() -> None:
    worlds = [tape.tape_world(SYNTHETIC, seed, ["population.borrowers=300"]) for seed in (1, 2)]
    assert size_of_tape(worlds).startswith("2 seeds of 300 accounts")
    text = text_of(worlds, size_of_tape(worlds), TAIWAN)
    targets = targets_of(TAIWAN)
    assert len(targets) >= 30 and all(f"| {target.definition} |" in text for target in targets)
    assert "Guarantees" not in text and "Not measured yet" not in text
