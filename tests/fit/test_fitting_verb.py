"""``creditcycle fit`` through its door: exit codes, one line for a mistake, files; the whole of it is slow."""

from __future__ import annotations

import pytest

from sim.__main__ import main
from sim.fit.moments import MOMENTS, ROLLS, levels
from sim.fitting import fit_tape


def test_a_mistake_is_one_line_and_nothing_is_written(tape, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["fit", f"tape={tape}", "mapping=taiwan_205"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "did you mean taiwan_2005?" in err
    assert list(tmp_path.iterdir()) == []


def test_it_writes_a_folder_says_the_verdict_and_goes_on(words, asked, formula, tmp_path, capsys, monkeypatch):
    rolls = levels(ROLLS, asked.history, asked.fitted, asked.steps)
    monkeypatch.setattr("sim.fit.drawing.seen_at", formula(levels(MOMENTS, asked.history, 0, asked.fitted), rolls))
    given = [*words, "workers=1", f"to={tmp_path / 'mine'}"]
    assert fit_tape(given) == 0
    out, _ = capsys.readouterr()
    assert "The tape tells" in out and str(tmp_path / "mine" / "fit.html") in out and "runs that" not in out
    first = {file.name: file.read_bytes() for file in (tmp_path / "mine").iterdir()}
    monkeypatch.setattr("sim.fit.drawing.seen_at", None)  # every run is known
    assert fit_tape(given) == 0
    assert {file.name: file.read_bytes() for file in (tmp_path / "mine").iterdir()} == first


def test_who_stops_it_is_told_how_to_go_on(words, tmp_path, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.fit.drawing.seen_at", stopped)
    with pytest.raises(KeyboardInterrupt, match="go on with: creditcycle fit tape="):
        fit_tape([*words, "workers=1", f"to={tmp_path / 'mine'}"])


@pytest.mark.slow
def test_any_number_of_workers_gives_the_same_files(tape, tmp_path, capsys):
    for workers in (1, 2):
        words = [f"tape={tape}", "mapping=taiwan_2005", "draws=160", "worlds=2", "firms=none"]
        assert fit_tape([*words, f"workers={workers}", f"to={tmp_path}/{workers}/fit"]) == 0
    for name in (
        "behaviour.yaml",
        "behaviour.worlds.csv",
        "mapping.yaml",
        "moments.csv",
        "held_out.csv",
        "numbers.csv",
    ):
        assert (tmp_path / "1" / "fit" / name).read_bytes() == (tmp_path / "2" / "fit" / name).read_bytes()
