"""Made-up tapes of known behaviour: they are read as they were lived, and counted as they should be."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config.tape import read_mapping
from sim.config.validate import build
from sim.fit.moments import MOMENTS
from sim.fit.prior import UNCERTAIN, Prior, logit
from sim.inputs.tape import read_tape
from sim.inputs.tape_history import read_history
from validation.fit import coverage, seating, tapes
from validation.fit.coverage import KEYS, Tape, of_fit, text_of, truth_of


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A tape of four months, with what a servicer saw of the accounts."""
    folder, seen = tmp_path_factory.mktemp("tapes"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tapes, "BURN_IN", 6)
        rows_of = tapes.rows_of
        patch.setattr(tapes, "rows_of", lambda model: seen.append(rows_of(model)) or seen[-1])
        tapes.made_up(folder, truth_of(0), 3, 500, 4, "china_platform")
    return folder, seen


def test_a_made_up_tape_is_read_as_it_was_lived(made):
    folder, seen = made
    mapping = read_mapping(str(folder / "mapping.yaml"), build)
    tape = read_tape(folder / "tape.csv", mapping, "2020-01")
    history = read_history(folder / "tape.csv", mapping, tape)
    kept = np.flatnonzero((seen[0]["alive"] != 0) & ((seen[0]["line"] == tapes.LINE_OPEN) | (seen[0]["principal"] > 0)))
    assert history.accounts == len(kept) > 300
    for month, rows in enumerate(seen):
        owed = (rows["principal"].astype(np.int64) + rows["interest"])[kept]
        there = history.there[month]
        assert (history.owed[month][there] == owed[there]).all()
        assert (history.late[month][there] == np.where(owed > 0, rows["months_past_due"][kept], 0)[there]).all()
        assert (history.paid[month] == rows["paid"][kept]).all()
    assert (tape.evidence.limit == seen[0]["limit"][kept]).all()
    assert ((np.asarray(tape.contract.term) == 0) == (seen[0]["term"][kept] == 0)).all()


def test_who_has_gone_is_marked():
    month = {
        "principal": np.array([5, 5, 5]), "interest": np.zeros(3, np.int64), "months_past_due": np.array([0, 2, 9]),
        "alive": np.array([0, 1, 1]), "line": np.array([1, 1, tapes.LINE_CHARGED_OFF]),
    }  # fmt: skip
    assert tapes.status_of(month) == ["closed", "2", "written_off"]


def test_truths_differ_and_are_drawn_from_the_prior():
    assert truth_of(1) == truth_of(1) != truth_of(2)
    assert set(truth_of(1)) == set(KEYS)


def tape_of(truth, low, high, width):
    named = [dict.fromkeys(KEYS, value) for value in (truth, low, high, width)]
    told = list(KEYS) if width < 0.6 else []
    return Tape(*named, told=told, rolls_within=2, rolls=3, ranks=[[0.5] * len(UNCERTAIN), [0.99] * len(UNCERTAIN)])


def test_what_is_counted_is_how_often_the_truth_lies_in_the_interval():
    text = text_of([tape_of(1.0, 0.5, 1.5, 0.3), tape_of(0.2, 0.5, 1.5, 0.3), tape_of(2.0, 0.5, 1.5, 0.9)], 100, 50, 6)
    count = len(KEYS)
    assert f"50% ({count} of {2 * count}) of the cases in which the tape tells" in text
    assert f"33% ({count} of {3 * count}) of all" in text
    assert "6 of 9" in text and "Draws left out as truths, 6 in all: 50% in the middle 90% of" in text
    assert text.count("| 2 | 50% (1 of 2) | 33% (1 of 3) | 0.30 | 50% |") == count


def test_a_fit_is_kept_and_made_again_by_another_program(tmp_path, monkeypatch):
    found, fits = tape_of(1.0, 0.5, 1.5, 0.3), []
    monkeypatch.setattr(coverage, "made_up", lambda *_: None)
    monkeypatch.setattr(coverage, "mark_of", lambda *_: "mark")
    monkeypatch.setattr(coverage, "Journal", lambda *_: None)
    monkeypatch.setattr(coverage, "fit", lambda *_: fits.append(1))
    monkeypatch.setattr(coverage, "of_fit", lambda *_: found)
    monkeypatch.setattr(coverage, "program_digest", lambda: "a")

    class Asked:
        config = fitted = steps = None

    monkeypatch.setattr(coverage, "asked_of", lambda words: Asked)
    (tmp_path / "0_9_9_9").mkdir()
    assert coverage.fitted(tmp_path, 0, 9, 9, 9) == coverage.fitted(tmp_path, 0, 9, 9, 9) == found
    assert len(fits) == 1
    monkeypatch.setattr(coverage, "program_digest", lambda: "b")
    coverage.fitted(tmp_path, 0, 9, 9, 9)
    assert len(fits) == 2
    assert callable(of_fit)


def test_what_beliefs_may_take_up_is_no_difference_of_a_seated_book(made, monkeypatch):
    folder, _ = made
    mapping = read_mapping(str(folder / "mapping.yaml"), build)
    tape = read_tape(folder / "tape.csv", mapping, "2020-01")

    class Asked:
        history = read_history(folder / "tape.csv", mapping, tape)
        fitted = 3

    monkeypatch.setattr(seating, "counted", lambda moment, steps: counted_as(moment))
    monkeypatch.setattr(seating, "enough", lambda moment, count: moment.key != "growth")
    places = Prior().draw(50, np.random.default_rng(1))
    belief = logit(places[:, seating.PLACES[0]])
    keys = [moment.key for moment in MOMENTS]
    seen = np.zeros((50, len(MOMENTS)))
    seen[:, keys.index("worse_1")] = belief  # a belief of log-odds 0.5 gives what the tape shows
    gap, error = seating.nearest_of(Asked, places, seen)
    assert abs(gap[keys.index("worse_1")]) < 0.1
    assert gap[keys.index("entry")] == pytest.approx(0.5)
    assert np.isnan(gap[keys.index("growth")]) and error[0] == 0.1
    text = seating.text_of([seating.Off(gap, error)] * 2)
    assert "| entry | 2 | 0.500 | 0.500 | 0.100 |" in text and "growth" not in text


def counted_as(moment):
    """Every moment of the tape is 0.5 on its scale."""
    from sim.fit.moments import Counted

    return Counted(0.5, 0.5, 0.1, 50.0, 100.0)
