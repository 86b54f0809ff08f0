"""Runs of a fit: kept, gone on with, lived again where they are not known; one real run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sim.fit import drawing
from sim.fit.drawing import A_BATCH, Journal, Runner, mark_of, seen_by
from sim.fit.living import lived, seen_at, with_values
from sim.fit.moments import MOMENTS, ROLLS, levels
from sim.fit.prior import Prior, values_of

PLACES = Prior().draw(A_BATCH + 3, np.random.default_rng(1))


@pytest.fixture
def counted(monkeypatch):
    """Runs that give their seed, and the seeds that were lived."""
    seeds = []

    def seen(config, values, seed, fitted, steps):
        seeds.append(seed)
        return np.array([seed, values["behaviour.oversight"]])

    monkeypatch.setattr(drawing, "seen_at", seen)
    return seeds


def seen(journal, places=PLACES, first=5, told=None):
    runner = Runner(None, 1, 2, journal, 1, ([] if told is None else told).append)
    try:
        return runner.seen(places, first)
    finally:
        runner.close(now=False)


def test_runs_are_lived_once_and_gone_on_with(counted, tmp_path):
    told = []
    found = seen(Journal(tmp_path / "draws.jsonl", "a"), told=told)
    assert found[:, 0].tolist() == counted == list(range(5, 8 + A_BATCH))
    assert found[:, 1] == pytest.approx(values_of(PLACES)["behaviour.oversight"])
    assert sum(told) == len(PLACES)
    assert (seen(Journal(tmp_path / "draws.jsonl", "a")) == found).all()
    assert len(counted) == len(PLACES)
    seen(Journal(tmp_path / "draws.jsonl", "a"), first=6)  # other seeds are other runs
    assert len(counted) == 2 * len(PLACES)


def test_a_line_that_was_cut_off_is_lived_again(counted, tmp_path):
    file = tmp_path / "draws.jsonl"
    seen(Journal(file, "a"))
    file.write_text(file.read_text()[:-20])
    again = Journal(file, "a")
    assert len(again.known) == len(PLACES) - 1
    seen(again)
    assert counted[len(PLACES) :] == [7 + A_BATCH]
    assert all("key" in json.loads(line) for line in file.read_text().splitlines()[1:])


def test_runs_of_another_fit_are_not_taken(counted, tmp_path):
    seen(Journal(tmp_path / "draws.jsonl", "a"))
    assert Journal(tmp_path / "draws.jsonl", "b").known == {}


def test_a_run_starts_from_the_tape_and_is_the_same_for_its_seed(asked):
    values = {key: float(of[0]) for key, of in values_of(PLACES).items()}
    book = lived(with_values(asked.config, values, 3), 2)
    assert book.late.shape == (3, 900)
    assert (book.owed[0] == asked.history.owed[0]).all() and (book.late[0] == asked.history.late[0]).all()
    assert (book.owed[1] != book.owed[0]).any() and (book.paid[1:] > 0).any()
    assert (book.there[2] <= book.there[1]).all()
    one = seen_at(asked.config, values, 3, 1, 2)
    assert one == pytest.approx(np.concatenate([levels(MOMENTS, book, 0, 1), levels(ROLLS, book, 1, 2)]))
    assert len(seen_at(asked.config, values, 3, 1, 1)) == len(MOMENTS)
    assert seen_by(asked.config, [(3, values)], 1, 2) == [one.tolist()]


def test_values_reach_behaviour_and_beliefs_and_leave_the_tape_as_it_was(asked):
    values = {"behaviour.oversight": 0.09, "beliefs.cash_late": 0.4}
    made = with_values(asked.config, values, 9)
    assert (made.behaviour.oversight, made.tape.beliefs.cash_late, made.seed) == (0.09, 0.4, 9)
    assert made.machine.threads == 1
    assert asked.config.tape.beliefs.cash_late != 0.4 and made.tape.evidence is asked.config.tape.evidence


def test_the_mark_is_of_all_that_a_run_hangs_on(asked, words):
    mark = mark_of(asked.config, 4, 5)
    assert mark == mark_of(with_values(asked.config, {}, 99), 4, 5)  # each run has a seed of its own
    assert mark != mark_of(asked.config, 3, 5)
    assert mark != mark_of(with_values(asked.config, {"behaviour.contagion": 3.0}, 1), 4, 5)
