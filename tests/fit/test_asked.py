"""What a fit is asked: keys, overrides, and tapes that are too short or too small; each refusal one line."""

from __future__ import annotations

import re

import pytest

from sim.config.errors import UsageError
from sim.config.worlds import read_table, table_of
from sim.fit.asked import FEWEST_ACCOUNTS, KEYS, FitSettings, asked_of
from sim.fit.prior import Prior
from sim.inputs.synthetic_tape import write_tape


def test_months_are_parted_into_those_fitted_and_those_held_out(asked):
    assert asked.history.labels[0] == asked.config.tape.start == "2005-04"
    assert (asked.fitted, asked.steps) == (4, 5)  # a quarter of five, one at least
    assert asked.config.population.borrowers == asked.config.tape.accounts == asked.history.accounts == 900
    assert {"entry", "cure_1", "use"} <= {moment.key for moment, _ in asked.observed}
    assert asked.folder.name == "fit"


def test_keys_reach_what_they_name(words):
    made = asked_of([*words, "held_out=2", "accounts=800", "lender.minimum_payment_share=0.05"])
    assert (made.fitted, made.steps) == (3, 5)
    assert made.history.accounts == 800
    assert made.config.lender.minimum_payment_share == 0.05
    assert made.overrides[-1] == "lender.minimum_payment_share=0.05"
    assert asked_of([*words, "since=2005-05", "preset=us_cards"]).config.chosen["behaviour"] == "us_cards"


def test_the_prior_is_that_of_the_preset_where_it_has_worlds(words):
    worlds = [word for word in words if not word.startswith("prior=")]
    known = Prior(*read_table(table_of("china_platform"))).known
    assert asked_of(worlds).prior.known == known != []
    assert asked_of(words).prior.known == []
    assert asked_of([*worlds, "preset=us_cards"]).prior.known == []


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (["drws=5"], "fit: drws: 5 is not allowed: one of tape, mapping"),
        (["fitted"], "fit: fitted is not allowed: KEY=VALUE with tape, mapping"),
        (["draws=10"], "fit.draws: 10 is not allowed: a whole number from 160"),
        (["worlds=3"], "fit: worlds: 3 is not allowed: 2, 4, 8, 16, 32 or 64"),
        (["prior=wide"], "fit: prior: wide is not allowed: one of worlds, even"),
        (["preset=us_crads"], "did you mean us_cards?"),
        (["language=fr"], "fit: language: fr is not allowed: one of en, zh"),
        (["held_out=4"], "fit: held_out: 4 is not allowed: at most 3 of the 5 months"),
        (["since=2005-07"], "shows 3 months: must show at least 4"),
        (["until=2005-10"], "until: '2005-10', must be a month of the tape"),
        (["behaviour.oversight=0.1"], "fit: behaviour.oversight: 0.1 is not allowed: a number that the fit draws"),
        (["behaviour=us_cards"], "named as preset="),
        (["study.months=5"], "set by the fit itself"),
        (["population.start=2005-05"], "set by the fit itself"),
        (["lender.minimum_paymnt_share=0.1"], "did you mean lender.minimum_payment_share?"),
        (["tape=nothing.csv"], "nothing.csv: cannot be read"),
        (["mapping=lendingclub"], "the mapping names (loan_status): the mapping is of another tape"),
    ],
)
def test_a_mistake_is_one_line(words, more, line):
    with pytest.raises(UsageError, match=re.escape(line)) as refused:
        asked_of([*words, *more])
    assert "\n" not in str(refused.value)


def test_tape_and_mapping_are_asked_for():
    with pytest.raises(UsageError, match="fit: tape: is missing: tape=FILE"):
        asked_of(["mapping=taiwan_2005"])
    assert {"tape", "mapping", "to", "preset"} <= set(KEYS) and FitSettings().to == "fitted"


def test_a_tape_that_can_tell_nothing_is_refused(tmp_path):
    write_tape(tmp_path / "few.csv", FEWEST_ACCOUNTS - 1)
    with pytest.raises(UsageError, match="has 299 accounts in 2005-04: must have at least 300"):
        asked_of([f"tape={tmp_path}/few.csv", "mapping=taiwan_2005"])
    rows = [line.split(",") for line in (tmp_path / "few.csv").read_text().splitlines()]
    gone = [rows[0].index(f"PAY_{month}") for month in (4, 5, 6)]
    kept = [",".join(cell for place, cell in enumerate(row) if place not in gone) for row in rows]
    (tmp_path / "short.csv").write_text("\n".join(kept))
    with pytest.raises(UsageError, match="shows 3 months of the 6 that the mapping names, must show at least 4"):
        asked_of([f"tape={tmp_path}/short.csv", "mapping=taiwan_2005"])
    write_tape(tmp_path / "rare.csv", 310)
    with pytest.raises(UsageError, match="too few accounts come back after a month"):
        asked_of([f"tape={tmp_path}/rare.csv", "mapping=taiwan_2005", "until=2005-07"])
