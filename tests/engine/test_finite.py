"""A value that is no number stops the month with one line: month, column, row, and who wrote it last."""

from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim.engine.loops.compiled import COMPILING
from sim.engine.tables.finite import NotFiniteError, check_columns, check_numbers, check_standing, first_not_finite
from sim.month.parts import hand

WORLD = ("population.borrowers=200", "firms.per_person=0.15", "study.burn_in=2")


@pytest.fixture(scope="module")
def lived():
    """A model that has lived two months, and what it held then."""
    model = sim.Model(sim.compose([*WORLD]))
    for _ in range(2):
        model.step()
    return model, model.save()


def float_columns(model):
    return [(name, column) for name, table in model.tables.items() for column in table.float_columns]


def test_a_value_that_is_none_is_found_in_every_float_column(lived):
    model, kept = lived
    again = sim.Model.fork(model.config, kept)
    again.step()
    kept = again.save()
    columns = [column for table in again.tables.values() for column in table.columns.values() if not column.passing]
    assert len(float_columns(again)) == sum(np.dtype(column.dtype).kind == "f" for column in columns) > 40
    for value, columns in ((np.nan, float_columns(again)), (np.inf, [("persons", "patience"), ("accounts", "score")])):
        for name, column in columns:
            again = sim.Model.fork(model.config, kept)
            again.tables[name][column][6] = value
            with pytest.raises(NotFiniteError, match=rf"^month 1: {name}\.{column} is {value} in row 6; the last to"):
                again.step()
            with pytest.raises((NotFiniteError, RuntimeError), match=r"^month 1"):
                again.step()  # never without a word
    sim.Model.fork(model.config, kept).step()


def spoiling(name: str, column: str):
    """A step that leaves no number in one row of a column."""

    def spoil(tables) -> None:
        tables[name][column][9] = np.nan

    return spoil


def test_what_a_rule_leaves_is_laid_to_the_phase_that_wrote_it(lived):
    """The column is spoilt in the middle of the month, after the rules of the phase."""
    model, kept = lived
    for name, column, phase in (
        ("accounts", "score", r"'the lender decides for the next month' \(score_by_card\)"),
        ("firm_accounts", "score", r"'the lender decides on firms' \(score_by_card\)"),
        ("accounts", "inflow_slow", r"'people apply, leave; signals reach the book' \(observe\)"),
        ("persons", "patience", "no phase of the month"),
    ):
        again = sim.Model.fork(model.config, kept)
        place = again.agenda.index(check_columns)
        again.agenda = (*again.agenda[:place], spoiling(name, column), *again.agenda[place:])
        with pytest.raises(NotFiniteError, match=f"{name}.{column} is nan in row 9; the last to write it was {phase}$"):
            again.step()


@pytest.mark.parametrize("whose", ["month's", "firms'"])
def test_a_number_of_the_month_that_is_none_is_named(lived, monkeypatch, whose):
    model, kept = lived
    again = sim.Model.fork(model.config, kept)
    own = again.standing if whose == "month's" else again.firms.standing
    own["a_number"] = float("nan")
    with pytest.raises(NotFiniteError, match=f"^month 0: the {whose} number a_number is not a finite number$"):
        again.step()


def test_numbers_of_sectors_are_looked_at_one_by_one():
    with pytest.raises(NotFiniteError, match=r"pay_by_sector\[2\] is not"):
        check_numbers(3, "month's", {"pay_by_sector": np.array([1.0, 2.0, np.inf]), "count": 3})
    with pytest.raises(NotFiniteError, match=r"number card_by_sector\[1, 2\] is not a finite number"):
        check_numbers(3, "month's", {"card_by_sector": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, np.nan]])})
    check_numbers(3, "month's", {"pay": 1.0, "count": 10**18, "table": np.arange(6).reshape(2, 3)})


def test_numbers_that_stay_are_looked_at_as_the_months():
    firms = SimpleNamespace(standing={"staff": 4.0})
    check_standing(2, {"patience": 2.0}, firms)
    with pytest.raises(NotFiniteError, match=r"^month 2: the month's number patience is not a finite number"):
        check_standing(2, {"patience": np.inf}, firms)
    firms.standing["staff"] = np.nan
    with pytest.raises(NotFiniteError, match=r"^month 2: the firms' number staff is not a finite number"):
        check_standing(2, {"patience": 2.0}, firms)


def test_what_loops_looked_at_is_not_looked_at_again_and_of_the_rest_those_who_came_alone(lived, monkeypatch):
    model, kept = lived
    again = sim.Model.fork(model.config, kept)
    again.by_hand, told = False, []
    look = type(again.people).take_counted
    monkeypatch.setattr(type(again.people), "take_counted", lambda people: told.append(look(people)) or told[-1])
    for _ in range(2):
        again.step()
    assert told[0] == ({}, 0), "when the first month opens all is looked at"
    written = {name for stages, firms in again._passes() if not firms for stage, _ in stages for name in stage.writes}
    floats = {name for table in again.people.tables for name in table.float_columns}
    assert {"score", "inflow_slow", "income_transitory"} < written & floats < floats
    for counted, _ in told[1:]:
        assert counted == dict.fromkeys(written & floats if COMPILING else (), 0)
    assert told[2][1] == (told[1][1] if not COMPILING else again.people.size - again.ledger.flows["people_arrived"])


def test_a_study_finds_what_its_rules_leave_and_what_those_who_come_bring(lived):
    model, kept = lived
    for name, column, row in (
        ("accounts", "inflow_slow", 6),
        ("firm_accounts", "inflow_slow", 6),
        ("persons", "patience", -1),
    ):
        again = sim.Model.fork(model.config, kept)
        again.by_hand = False
        again.step()
        again.tables[name][column][row] = np.nan
        again.people._rows_seen -= 1  # as if the last had come this month
        with pytest.raises(NotFiniteError, match=rf"^month 1: {name}\.{column} is nan"):
            again.step()


def test_large_values_are_numbers_even_where_their_sum_is_none():
    assert first_not_finite(np.full(9, 3e38, dtype=np.float32)) is None
    assert first_not_finite(np.array([1.0, 3e38, 3e38, np.nan], dtype=np.float32)) == 3
    assert first_not_finite(np.empty(0, dtype=np.float32)) is None


def test_a_study_looks_at_what_its_first_month_begins_with_and_at_each_months_end(lived, monkeypatch):
    model, kept = lived
    looks: list[bool] = []

    def counting(step, of):
        looks.append(step is check_columns)
        return hand(step, of)

    monkeypatch.setattr("sim.month.model.hand", counting)
    for by_hand, wanted in ((True, [2, 2]), (False, [2, 1])):
        again = sim.Model.fork(model.config, kept)
        again.by_hand = by_hand
        seen = []
        for _ in range(2):
            looks.clear()
            again.step()
            seen.append(sum(looks))
        assert seen == wanted
    place = again.agenda.index(check_columns)
    again.agenda = (*again.agenda[:place], spoiling("accounts", "score"), *again.agenda[place:])
    with pytest.raises(NotFiniteError, match=r"accounts\.score is nan in row 9"):
        again.step()
