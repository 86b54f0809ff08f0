"""The panel: the rows of the tables, the same persons everywhere, and roll rates that are those of `rolls`."""

from __future__ import annotations

import dataclasses
import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.config.compose import compose
from sim.inputs.declared import BESIDE, own_columns
from sim.inputs.errors import InputError
from sim.loan.states import LINES
from sim.month.declared import OwnColumn
from sim.month.model import Model
from sim.month.own import OwnRules
from sim.persons.borrower import BOOK_COLUMNS, PRIVATE_COLUMNS
from sim.study.compare.closures import ClosureFigures
from sim.study.follow.dictionary import OF_A_RUN, metadata, of_own
from sim.study.follow.panel import BOOK, FIRMS, PERSONS, TRUE_OF_FIRMS, TRUE_OF_PERSONS, Panel, _Side, columns_of
from sim.study.run.cell import Outcome, Run
from sim.study.store.store import tables_as_parquet
from tests.study.follow.conftest import lived


def rolled(panel: pd.DataFrame, who: str) -> pd.DataFrame:
    """The matrices of `rolls` from a panel in which everybody stands."""
    owed = panel["principal"] > 0
    state = np.where(
        owed,
        "M" + panel["months_past_due"].astype(str),
        np.where(panel["line"] == "charged off", "charged off", "nothing owed"),
    )
    panel = panel.assign(state_after=state).sort_values([who, "month"])
    before = panel.groupby(who)[["state_after", "principal", "month"]].shift()
    panel = panel.assign(
        state_before=before["state_after"].fillna("nothing owed"),
        balance_before=before["principal"].fillna(0).astype(int),
    )
    moved = panel[
        (panel["month"] >= 0) & ((panel["state_before"] != "nothing owed") | (panel["state_after"] != "nothing owed"))
    ]
    sums = moved.groupby(["month", "state_before", "state_after"]).agg(
        accounts=(who, "size"), balance_before=("balance_before", "sum"), balance_after=("principal", "sum")
    )
    return sums.astype(np.int64)


@pytest.mark.parametrize(("who", "table"), [("person", "panel"), ("firm", "panel_firms")])
def test_matrices_from_the_panel_are_those_of_the_rolls(world, who, table):
    panel, rolls = pd.DataFrame(world.tables[table]), pd.DataFrame(world.tables["rolls"])
    mine = rolls[rolls["borrower"] == f"{who}s"].drop(columns="borrower")
    mine = mine.set_index(["month", "state_before", "state_after"]).sort_index()
    pd.testing.assert_frame_equal(rolled(panel, who).sort_index(), mine, check_index_type=False)
    assert len(mine) > 50


def test_the_last_month_is_what_the_tables_hold(world):
    panel, model = pd.DataFrame(world.tables["panel"]), world.model
    last = panel[panel["month"] == 29]
    alive = np.flatnonzero(model.accounts["alive"])
    last = last[~last["event"].str.startswith("left")]
    assert len(last) == len(alive)
    for name in set(BOOK) - {"line", "decided_by"}:
        assert (last[name].to_numpy() == model.accounts[name][alive]).all(), name
    for name in set(TRUE_OF_PERSONS) - {"cause"}:
        assert (last[name].to_numpy() == model.persons[name][alive]).all(), name
    assert last["line"].tolist() == [LINES[k] for k in model.accounts["line"][alive]]
    firms = pd.DataFrame(world.tables["panel_firms"])
    firms = firms[(firms["month"] == 29) & ~firms["event"].str.startswith("left")].set_index("firm")
    rows = np.flatnonzero(model.firms.accounts["alive"])
    assert firms.index.tolist() == rows.tolist()
    assert (firms["sales"].to_numpy() == model.firms.private["sales"][rows]).all() and set(TRUE_OF_FIRMS) <= set(firms)


def test_months_run_from_the_policy_date_without_a_gap(world):
    panel = pd.DataFrame(world.tables["panel"])
    assert panel["month"].min() == -1 and not (panel[panel["month"] == -1]["event"] != "").any()
    steps = panel.groupby("person")["month"].agg(["min", "max", "size"])
    assert (steps["max"] - steps["min"] + 1 == steps["size"]).all() and len(steps) > 1000
    assert list(panel) == list(PERSONS) and list(world.tables["panel_firms"]) == list(FIRMS)
    assert panel["person"].is_monotonic_increasing


def sampled(*more: str, months: int = 3) -> pd.DataFrame:
    return pd.DataFrame(lived(*more, "study.panel=60", names=("panel",), months=months).tables["panel"])


def test_the_same_persons_are_followed_under_every_policy_and_economy():
    one = sampled()
    others = [sampled("policy/closing=never", "policy/limit=fixed"), sampled("economy=us_2007_2012")]
    there = set(one["person"])
    assert 35 < len(there) < 90
    assert there == set(others[0]["person"])
    # Another economy has a burn-in of its own, and others may have left in it: who is in both is followed in both.
    honest = {person: value for person, value in zip(one["person"], one["honesty"], strict=True)}
    elsewhere = {person: value for person, value in zip(others[1]["person"], others[1]["honesty"], strict=True)}
    both = honest.keys() & elsewhere.keys()
    assert len(both) > 0.8 * len(there) and all(honest[person] == elsewhere[person] for person in both)
    assert set(sampled("seed=4")["person"]) != there


def test_a_smaller_sample_is_part_of_a_larger_one(world):
    everybody = pd.DataFrame(world.tables["panel"])
    few = sampled(months=30)
    same = everybody[everybody["person"].isin(set(few["person"]))].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, same)


def test_a_world_without_firms_has_one_table():
    assert set(lived("firms=none", "feedback=none", names=("panel",), months=1).tables) == {"panel"}


def test_columns_have_the_units_of_the_tables():
    assert PERSONS["limit"] == ("fen", "credit limit") and PERSONS["cash"].unit == "fen"
    assert PERSONS["line"].unit == "" and all(one.meaning for one in (*PERSONS.values(), *FIRMS.values()))
    assert list(columns_of("person", PRIVATE_COLUMNS, ("cash",)))[:3] == ["person", "month", "line"]


def test_who_comes_has_no_month_before():
    side = _Side(())
    book = {name: np.zeros(3, dtype=np.int32) for name in (*BOOK, "alive", "months_in_state", "reliefs", "holiday")}
    book |= {name: np.zeros(3, dtype=np.int32) for name in ("court", "misuse")}
    book |= {name: np.full(3, -30000) for name in ("default_month", "claim_month")}
    book["alive"][:2] = 1
    book["decided_by"][:] = 3  # of a list that was in force until the policy date
    population = SimpleNamespace(accounts=book, private={})
    config = SimpleNamespace(policy=SimpleNamespace(engine=SimpleNamespace(rules=())))
    side.take_in(np.array([0, 1]), 2)
    side.follow(population, -1, config, {})
    book["alive"][2] = book["line"][2] = 1
    side.take_in(np.array([2]), 3)
    side.follow(population, 0, config, {})
    assert [month["row"].tolist() for month in side.months] == [[0, 1], [0, 1, 2]]
    assert side.events == [(2, 0, "applied for a line", "")]
    table = side.table(np.array([10, 11, 12]), {"person": None, "month": None, "line": None, "event": None})
    assert table["person"].tolist() == [10, 10, 11, 11, 12]
    assert table["event"].tolist() == ["", "", "", "", "applied for a line"] and table["line"][-1] == "applied"


def test_panel_asks_for_as_many_firms():
    model = Model(compose(["population=tiny", "study.panel=20", "study.burn_in=1"]))
    model.step()
    follower = Panel(model)
    model.step()
    follower.follow(model)
    tables = follower.tables()
    assert 8 <= len(set(tables["panel"]["person"].tolist())) <= 35
    firms = set(tables["panel_firms"]["firm"].tolist())
    assert 8 <= len(firms) <= model.firms.count and 0 not in firms


TRUE = (*TRUE_OF_PERSONS, *TRUE_OF_FIRMS)
OWN = """
def mine(cash, income, advised):
    spending = min(income // 2, cash)
    return dict(cash=cash - spending, discretionary__paid=spending, advised=advised + 1)
"""


def test_columns_of_ones_own_stand_among_what_is_true():
    """As their tables hold them, before what happened, with their meaning in the file."""
    columns = (
        OwnColumn("advised", 0, 0, 90, "months of advice"),
        OwnColumn("backlog", 2, 0, 9, "orders waiting", firms=True),
    )
    own = OwnRules(OWN, (("behaviour/consumption", "mine"),), columns)
    model = Model(dataclasses.replace(compose(["population=tiny", "study.burn_in=0", "study.panel=all"]), own=own))
    panel = Panel(model)
    for _ in range(3):
        model.step()
        panel.follow(model)
    tables = {name: pd.DataFrame(table) for name, table in panel.tables().items()}
    assert list(tables["panel"])[-4:] == ["cause", "advised", "event", "rule"]
    assert list(tables["panel_firms"])[-4:] == ["failure", "backlog", "event", "rule"]
    here = tables["panel"][tables["panel"]["month"] == 2]
    here = here[~here["event"].str.startswith("left")]
    assert here["advised"].tolist() == model.persons["advised"][model.accounts["alive"] > 0].tolist()
    assert here["advised"].max() == 3 and set(tables["panel_firms"]["backlog"]) == {2}
    assert of_own(model.config)["backlog"].meaning == "orders waiting" and of_own(object()) == {}
    run = Run("a", "calm", 0, {}, ClosureFigures(), "", panel.tables())
    found = tables_as_parquet([Outcome((run,), 0.0)], None, of_own(model.config))
    schema = pq.read_schema(io.BytesIO(found["panel"]))
    assert schema.field("advised").metadata[b"meaning"] == b"months of advice"
    assert metadata("rolls", "advised", of_own(model.config)) == {}


def test_no_column_of_ones_own_has_the_name_of_one_beside_the_tables():
    assert set(BESIDE) == {*OF_A_RUN, *(name for name in (*PERSONS, *FIRMS) if name not in (*BOOK_COLUMNS, *TRUE))}
    for name in BESIDE:
        with pytest.raises(InputError, match=f"COLUMNS: {name} is the name of something else"):
            own_columns(f"COLUMNS = {{'{name}': (0, 0, 1, 'mine')}}\n")
