"""Rules, columns and figures of a user's own in a month: the same bits where they say the same, and what they add."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest

import sim
from sim.engine.loops.stage import StageError
from sim.loan.ledger import LedgerError
from sim.month.agenda import Phase, agenda
from sim.month.declared import OwnColumn, OwnFigure
from sim.month.own import OwnNameTaken, OwnRules, arguments_of, held, held_flow, own_stage
from sim.month.replaceable import replaceable
from sim.persons.borrower import PRIVATE_COLUMNS
from sim.persons.consumption import consume
from tests.month.copies import copy_of

WORLD = ("population=tiny", "population.borrowers=300", "economy=severe_recession", "economy.shock_lag=0",
         "study.burn_in=6", "machine.threads=1", "lender.equity_per_borrower=20000")  # fmt: skip
FEW = ("behaviour/arriving", "behaviour/consumption", "behaviour/willingness", "behaviour/demand", "firms/plan_orders")
ADVISED = OwnColumn("advised", 0, 0, 3, "months since advice")
HOPE = OwnColumn("hope", 0.5, 0.0, 1.0, "of better times")
BACKLOG = OwnColumn("backlog", 2, 0, 9, "orders waiting", firms=True)
FIGURES = (
    OwnFigure("advised_share", "mean", "min(advised, 1)", ("advised",), "fraction of persons", "had advice"),
    OwnFigure("purse", "sum", "cash + 0.25", ("cash",), "fen", "all cash, and a quarter fen each"),
)


def lived(own: OwnRules, months: int = 8, *overrides: str) -> sim.Model:
    """A model that lived some months under the user's own."""
    model = sim.Model(dataclasses.replace(sim.compose([*WORLD, *overrides]), own=own))
    for _ in range(months):
        model.step()
    return model


def copies(keys: tuple[str, ...]) -> OwnRules:
    """A copy of each shipped rule in its place."""
    names = {key: key.replace("/", "_") for key in keys}
    return OwnRules("\n".join(copy_of(replaceable()[key], name) for key, name in names.items()), tuple(names.items()))


def marks(model: sim.Model) -> list[str]:
    return [table.checksum() for table in model.tables.values()] + [repr(model.records)]


def test_a_copy_of_a_shipped_rule_leaves_the_same_bits():
    """Same columns, same draws, same luck: nothing tells the copies from what they stand for."""
    own, shipped = lived(copies(FEW)), lived(OwnRules())
    assert marks(own) == marks(shipped)
    phases = [item for item in own.agenda if isinstance(item, Phase)]
    names = [stage.name for phase in phases for stage in phase.stages]
    assert {"consume_of_a_user", "plan_orders_of_a_user", "want_to_borrow_of_a_user"} <= set(names)
    assert not {"consume", "plan_orders", "want_to_borrow"} & set(names)
    assert [stage.name for stage in own.own.arrivals if stage.name.endswith("_of_a_user")] == [
        "arrive_with_character_of_a_user"
    ]


@pytest.mark.slow
def test_copies_of_all_rules_leave_the_same_bits():
    everything = tuple(replaceable())
    assert marks(lived(copies(everything), 14)) == marks(lived(OwnRules(), 14))


SOURCE = """
def mine(cash, income, advised, hope, month):
    spending = min(income // 2, cash)
    return dict(cash=cash - spending, discretionary__paid=spending, advised=advised + 1, hope=hope * 0.5)
"""
MINE = OwnRules(SOURCE, (("behaviour/consumption", "mine"),), (ADVISED, HOPE, BACKLOG), FIGURES)


@pytest.fixture(scope="module")
def advised() -> sim.Model:
    return lived(MINE, 5)


def test_columns_of_ones_own_begin_at_their_default_and_are_written_within_their_range(advised):
    here = advised.accounts["alive"] > 0
    months = np.minimum(advised.month - advised.accounts["arrival_month"], 5)[here]
    np.testing.assert_array_equal(advised.persons["advised"][here], np.minimum(months, 3))
    np.testing.assert_array_equal(advised.persons["hope"][here], 0.5 ** (1.0 + months))
    assert (advised.firms.private["backlog"] == 2).all()
    assert advised.persons.check_ranges() == []


def test_figures_of_ones_own_are_those_of_the_columns(advised):
    here, last = advised.accounts["alive"] > 0, advised.records[-1]
    assert last["advised_share"] == np.mean(advised.persons["advised"][here] > 0)
    # Nobody has arrived or left since: persons are counted before the month closes.
    assert last["purse"] == float(advised.persons["cash"][here].sum()) + 0.25 * here.sum()


def test_a_checkpoint_keeps_them_and_a_fork_goes_on(advised, tmp_path):
    whole = sorted(advised.persons["advised"][advised.accounts["alive"] > 0])
    for kept in (advised.save(), advised.save(tmp_path / "kept"), advised.save(departed=False)):
        fork = sim.Model.fork(advised.config, kept)
        assert sorted(fork.persons["advised"][fork.accounts["alive"] > 0]) == whole
        fork.step()
        assert fork.records[-1]["advised_share"] > 0.9


@pytest.mark.slow
def test_plain_python_leaves_the_same_bits():
    few = ("population.borrowers=40",)
    assert marks(lived(MINE, 2, *few)) == marks(lived(MINE, 2, *few, "machine.driver=mesa"))


def test_a_configuration_with_them_goes_to_another_process(advised):
    assert pickle.loads(pickle.dumps(advised.config)).own == MINE


def test_a_column_with_the_name_of_a_number_that_a_shipped_rule_reads_is_refused():
    """It would be read in the number's place."""
    taken = OwnRules(columns=(OwnColumn("caution", 0, 0, 1, "mine"),))
    with pytest.raises(OwnNameTaken, match="caution: is the name of something that want_to_borrow reads"):
        taken.within(agenda(sim.compose([*WORLD])))


def test_the_month_without_them_is_the_shipped_one_and_idle_rules_are_named():
    items = agenda(sim.compose([*WORLD]))
    assert OwnRules().within(items) == tuple(items) and OwnRules().idle(items) == ""
    assert OwnRules(replaced=(("behaviour/lose_turnover", "mine"),)).idle(items) == "behaviour/lose_turnover"
    counted = [item.name for item in OwnRules(figures=FIGURES).within(items) if isinstance(item, Phase)]
    assert counted.index("figures of one's own are counted") == counted.index("persons are measured") + 1
    assert MINE.table(PRIVATE_COLUMNS)["hope"].default == 0.5 and "backlog" not in MINE.table({})
    assert list(MINE.table({}, firms=True)) == ["backlog"]


def test_a_hidden_column_would_be_refused_by_the_stage_as_well():
    """Law 4's mirror does not hang on the check of the file alone."""
    source = "def mine(cash, score):\n    return dict(cash=cash, discretionary__paid=0)\n"
    with pytest.raises(StageError, match="argument score"):
        lived(OwnRules(source, (("behaviour/consumption", "mine"),)), 1)


def test_a_stage_of_a_users_keeps_guard_condition_and_results_of_the_shipped_one():
    shipped = replaceable()["behaviour/willingness"]
    made = own_stage("behaviour/willingness", "mine", OwnRules("def mine(cash):\n    return dict(unwilling=7)\n"))
    assert (made.where, made.when, made.writes, made.tallies) == (shipped.where, shipped.when, ("unwilling",), ())
    assert set(shipped.asked) <= set(made.arguments) == {"cash", *shipped.asked}
    assert made.rule(*[0 for _ in made.arguments]) == 1, "held within the column's range"
    assert (made.rule.__module__, made.rule.__doc__) == (shipped.rule.__module__, "The user's mine.")
    assert arguments_of(SOURCE, "mine") == ("cash", "income", "advised", "hope", "month")


def test_money_that_is_made_on_rare_rows_keeps_the_books_from_closing():
    """No trial sees them; the columns are as the rule left them, and the flow is held at 0, so that they differ."""
    assert [eval(held_flow("x"), {"_x": value}) for value in (-500, 0, 7)] == [0, 0, 7]
    source = "def mine(cash):\n    return dict(cash=cash + 3, discretionary__paid=-3)\n"
    with pytest.raises(LedgerError, match=r"cash: flows lead to .* fen, tables hold"):
        lived(OwnRules(source, (("behaviour/consumption", "mine"),)), 1)


def test_what_is_no_number_stays_so_and_ends_lie_within_the_range():
    share = held("hope", HOPE.column)
    for value, expected in ((0.25, 0.25), (-1.0, 0.0), (2.0, 1.0), (-0.0, -0.0)):
        assert repr(eval(share, {"_hope": value})) == repr(expected)
    assert np.isnan(eval(share, {"_hope": float("nan")}))
    assert held("cash", PRIVATE_COLUMNS["cash"]).startswith("min(max(_cash, 0)")
    assert eval(held("advised", ADVISED.column), {"_advised": 9}) == 3
    assert consume.name == "consume"
