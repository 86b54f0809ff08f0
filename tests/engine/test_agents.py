"""What a row agent and its set do beyond Mesa's contract, and how little they keep."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import weakref

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet

from sim.engine.tables.agents import RowAgent, TableAgentSet
from sim.engine.tables.declare import Column, column, declared_columns
from sim.engine.tables.row_agent import Binding
from sim.engine.tables.table import Table


def ids(agents: TableAgentSet) -> list[int]:
    return [agent.unique_id for agent in agents]


class Declared:
    """Columns declared on a plain class, as a table's layout may be."""

    score = column("float32", 0.0, 1.0, "", "risk score")


class Scored(Declared, RowAgent):
    flag = column("bool", 0, 1, "", "a switch")

    @property
    def percent(self) -> float:
        return 100 * self.score

    @percent.setter
    def percent(self, value: float) -> None:
        self.score = value / 100


def scored(rows: int = 4) -> TableAgentSet:
    tables = {
        "book": Table(declared_columns(Declared), rows),
        "private": Table({"flag": Scored.flag, "extra": Column("int16", None, None, "", "")}, rows),
    }
    for table in tables.values():
        table.append(rows)
    return TableAgentSet(mesa.Model(rng=1), Scored, tables)


def test_columns_of_all_tables_are_attributes() -> None:
    agent = scored()[2]
    assert (agent.row, agent.unique_id, agent.pos, agent.alive) == (2, 3, None, 1)
    assert type(agent.score) is float and type(agent.flag) is int and type(agent.extra) is int
    agent.score, agent.flag, agent.extra = 0.25, np.bool_(True), np.int64(-7)
    assert (agent.score, agent.flag, agent.extra, agent.percent) == (0.25, 1, -7, 25.0)
    assert agent.tables["book"]["score"].tolist() == [0, 0, 0.25, 0]
    agent.percent = 50
    assert agent.score == 0.5
    assert isinstance(Scored.score, Column) and Scored.score.high == 1.0 and "flag" in declared_columns(Scored)


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("scor", 1.0, AttributeError, "Scored has no column 'scor'; nearest: score"),
        ("mood", 1, AttributeError, "no column 'mood'"),
        ("row", 0, AttributeError, "no column 'row'"),
        ("pos", (1, 1), AttributeError, "no column 'pos'"),
        ("model", None, AttributeError, "model"),
        ("unique_id", 4, AttributeError, "unique_id"),
        ("step", None, AttributeError, "no column 'step'"),
        ("score", 1.5, ValueError, r"score: 1.5 is outside 0.0..1.0"),
        ("score", math.nan, ValueError, "score: nan"),
        ("score", "high", TypeError, "score: 'high'"),
        ("extra", 40_000, ValueError, r"extra: 40000 is outside -32768..32767"),
        ("extra", 1.0, TypeError, "extra: 1.0"),
        ("alive", 0, AttributeError, "no column 'alive'"),
    ],
)
def test_nothing_else_can_be_set(name: str, value: object, error: type[Exception], words: str) -> None:
    agents = scored()
    before = [table.checksum() for table in agents.tables.values()]
    with pytest.raises(error, match=words):
        setattr(agents[1], name, value)
    assert [table.checksum() for table in agents.tables.values()] == before
    assert set(agents[1].__dict__) == {"_binding", "row"}


def test_reading_an_unknown_attribute_names_the_nearest(people: TableAgentSet) -> None:
    with pytest.raises(AttributeError, match="Row has no column 'sectr'; nearest: sector"):
        _ = people[0].sectr
    with pytest.raises(KeyError, match="nearest: sector"):
        people.values("sectr")
    with pytest.raises(AttributeError, match="nearest: sector"):
        people.set("sectr", 1)


def test_a_view_is_equal_but_not_the_same_object_twice(people: TableAgentSet) -> None:
    first, again = people[3], people[3]
    assert first == again and first is not again and hash(first) == hash(again) and len({first, again}) == 1
    assert first != people[2] and first != 4 and first in people

    class Other(type(first)):
        pass

    assert TableAgentSet(people.model, Other, people.tables)[3] != first
    assert TableAgentSet(mesa.Model(rng=1), type(first), people.tables)[3] != first


def test_a_view_made_by_hand_is_the_same_agent(people: TableAgentSet) -> None:
    agent = people.agent_class(people.model, people.tables, 3)
    assert agent == people[3] and agent in people and people.view(3) == agent
    for wrong in (6, -1):
        with pytest.raises(IndexError, match=f"row {wrong}"):
            people.agent_class(people.model, people.tables, wrong)
        with pytest.raises(IndexError, match=f"row {wrong}"):
            people.view(wrong)


def test_views_are_not_kept_by_the_model_nor_the_set(people: TableAgentSet) -> None:
    views = [weakref.ref(agent) for agent in people]
    people.do("step").shuffle_do("step")
    people.groupby("sector").do("do", "step")
    gc.collect()
    assert [view() for view in views] == [None] * 6 and len(people.model.agents) == 0


def test_views_alone_pickle_and_copy(people: TableAgentSet) -> None:
    agent = people[4]
    for twin in (pickle.loads(pickle.dumps(agent)), copy.deepcopy(agent)):
        assert twin.cash == 50 and twin.row == 4 and twin != agent
        twin.cash = 1
        assert agent.cash == 50
    assert copy.copy(agent) == agent


def test_tables_must_fit_together() -> None:
    one = Table({"cash": Column("int64", 0, None, "fen", "")}, 2)
    two = Table({"debt": Column("int64", 0, None, "fen", "")}, 2)
    model = mesa.Model(rng=1)
    one.append(1)
    with pytest.raises(ValueError, match=r"tables differ in size: \{'a': 1, 'b': 0\}"):
        Binding(model, RowAgent, {"a": one, "b": two})
    two.append(1)
    assert Binding(model, RowAgent, {"a": one, "b": two}).check_sizes() == 1
    with pytest.raises(ValueError, match=r"b\.cash: another table"):
        Binding(model, RowAgent, {"a": one, "b": one})
    for taken in ("model", "unique_id", "row", "step", "random"):
        clash = Table({taken: Column("int8", 0, 1, "", "")}, 1)
        with pytest.raises(ValueError, match=f"a.{taken}: every agent"):
            Binding(model, RowAgent, {"a": clash})
    with pytest.raises(ValueError, match="at least one"):
        Binding(model, RowAgent, {})


def test_a_population_follows_births_and_deaths_and_a_selection_only_deaths(people: TableAgentSet) -> None:
    poor, snapshot = people.select(lambda agent: agent.cash <= 10), copy.copy(people)
    for table in people.tables.values():
        new = table.append(2)
    people.tables["book"]["alive"][new] = 1
    assert ids(people) == [1, 2, 3, 4, 5, 6, 7, 8] and ids(poor) == [2, 4, 6]
    assert ids(snapshot) == [1, 2, 3, 4, 5, 6]
    people.tables["book"]["alive"][[1, 6]] = 0
    assert ids(people) == [1, 3, 4, 5, 6, 8] and ids(poor) == [4, 6] and len(poor) == 2
    dead = people.view(1)
    assert dead not in people and dead.alive == 0 and dead.cash == 10
    dead.remove()
    with pytest.raises(ValueError, match="dead"):
        poor.add(dead)


def test_only_agents_of_the_population_fit_in(people: TableAgentSet) -> None:
    stranger = scored()[0]
    with pytest.raises(TypeError, match=r"<Scored row 0> is not a Row of this population"):
        people.add(stranger)
    with pytest.raises(TypeError):
        _ = people | scored()
    ordinary = AgentSet([mesa.Agent(people.model)], random=people.random)
    with pytest.raises(TypeError):
        _ = ordinary | people
    assert len(people & scored()) == 0 and people - scored() == people


def test_explicit_rows(people: TableAgentSet) -> None:
    make = type(people)
    chosen = make(people.model, people.agent_class, people.tables, rows=[4, 0, 4, 2])
    assert ids(chosen) == [5, 1, 3] and chosen.rows.tolist() == [4, 0, 2]
    for rows, error in (([6], IndexError), ([-1], IndexError), ([0.5], TypeError), ([[1]], TypeError)):
        with pytest.raises(error):
            make(people.model, people.agent_class, people.tables, rows=rows)
    assert len(make(people.model, people.agent_class, people.tables, rows=[])) == 0


def test_values_are_arrays_that_cannot_be_written(people: TableAgentSet) -> None:
    whole = people.values("cash")
    assert whole.dtype == np.int64 and whole.tolist() == [30, 10, 20, 10, 50, 0]
    assert np.shares_memory(whole, people.tables["private"]["cash"])
    assert people.sort("cash").values("sector").tolist() == [2, 2, 1, 0, 0, 1]
    people[0].remove()
    assert people.values("cash").tolist() == [10, 20, 10, 50, 0]
    for values in (whole, people.values("cash"), people.shuffle().values("cash")):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1
    people.tables["private"]["cash"][0] = 5


def test_set_takes_arrays_checks_them_and_sets_all_or_nothing(people: TableAgentSet) -> None:
    people.sort("cash", ascending=True).set("cash", np.arange(6))
    assert people.get("cash") == [4, 1, 3, 2, 5, 0]
    people.set("cash", [5, 4, 3, 2, 1, 0])
    assert people.get("cash") == [5, 4, 3, 2, 1, 0]
    for value, error in (
        ([1, 2], ValueError),
        ([1, 2, 3, 4, 5, 1001], ValueError),
        (1.5, TypeError),
        ("rich", TypeError),
        (2**70, ValueError),
    ):
        with pytest.raises(error, match="cash"):
            people.set("cash", value)
    assert people.get("cash") == [5, 4, 3, 2, 1, 0]
    scored_agents = scored()
    scored_agents.set("percent", 10)
    assert scored_agents.get("score") == [float(np.float32(0.1))] * 4


def test_select_by_mask_and_by_condition(people: TableAgentSet) -> None:
    assert ids(people.select(people.values("cash") > 10)) == [1, 3, 5]
    assert ids(people.shuffle().select("cash > 10").sort("unique_id", ascending=True)) == [1, 3, 5]
    assert ids(people.select("10 <= cash < 50")) == [1, 2, 3, 4]
    assert ids(people.select("10 <= cash < 50 and not sector == 2", at_most=2)) == [2, 3]
    assert ids(people.select("cash // 10 % 2 == 1 or sector * 2 - 1 > 2")) == [1, 2, 4, 5]
    assert ids(people.select("cash / 4 == 2.5")) == [2, 4] and ids(people.select("sector * 100 == 200")) == [
        1,
        5,
    ]
    assert ids(people.select("-cash + 0 < -20 and alive", agent_type=RowAgent)) == [1, 5]
    for mask in (np.ones(5, bool), np.ones(6), np.ones((6, 1), bool)):
        with pytest.raises(ValueError, match="mask"):
            people.select(mask)


@pytest.mark.parametrize(
    "text",
    ["cash", "cash + 1", "1 < 2", "cash >", "cash = 1", "len(cash) > 1", "cash.size > 1", "cash[0] > 1",
     "'a' < cash", "cash ** 2 > 1", "cash is None", "cash in (1, 2)", "(lambda: cash)() > 1", "",
     "~cash > 1"],
)  # fmt: skip
def test_what_is_no_condition_is_refused(people: TableAgentSet, text: str) -> None:
    with pytest.raises(ValueError):
        people.select(text)


def test_a_condition_with_an_unknown_column_names_the_nearest(people: TableAgentSet) -> None:
    with pytest.raises(KeyError, match="nearest: cash"):
        people.select("csh > 1")


class World(mesa.Model):
    """A model whose `agents` are rows, and which collects data as any Mesa model does."""

    def __init__(self, people: TableAgentSet) -> None:
        super().__init__(rng=2)
        self.people = TableAgentSet(self, people.agent_class, people.tables)
        self.agents_by_type[people.agent_class] = self.people
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "cash": lambda model: int(model.people.values("cash").sum()),
                "poor": lambda model: len(model.people.select("cash <= 10")),
            },
            agent_reporters={"cash": "cash", "doubled": lambda agent: agent.doubled},
            agenttype_reporters={people.agent_class: {"sector": "sector"}},
        )

    @property
    def agents(self) -> TableAgentSet:
        return self.people

    def step(self) -> None:
        self.agents.shuffle_do("step")
        self.datacollector.collect(self)


def test_mesas_data_collector_reads_rows(people: TableAgentSet) -> None:
    world = World(people)
    world.step()
    world.agents[1].remove()
    world.step()
    assert world.datacollector.get_model_vars_dataframe().to_dict("list") == {
        "cash": [126, 120],
        "poor": [1, 1],
    }
    frame = world.datacollector.get_agent_vars_dataframe()
    assert frame.loc[1, "cash"].to_dict() == {1: 31, 2: 11, 3: 21, 4: 11, 5: 51, 6: 1}
    assert frame.loc[2, "doubled"].to_dict() == {1: 64, 3: 44, 4: 24, 5: 104, 6: 4}
    kinds = world.datacollector.get_agenttype_vars_dataframe(people.agent_class)
    assert kinds.loc[2, "sector"].to_dict() == {1: 2, 3: 1, 4: 0, 5: 2, 6: 1}
    assert world.agent_types == [people.agent_class]


class Clerk(mesa.Agent):
    """An agent that Mesa itself counts."""


def test_a_model_that_nobody_holds_is_forgotten_with_its_agents():
    """Mesa's own count of agents would keep it; a script that makes many models must not grow."""
    model = mesa.Model()
    assert [Clerk(model).unique_id for _ in range(3)] == [1, 2, 3] and Clerk(mesa.Model()).unique_id == 1
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
