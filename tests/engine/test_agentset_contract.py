"""One contract for every public method of Mesa's AgentSet, met by Mesa's own set and by ours.

Each test runs twice: over ordinary agents in a `mesa.agent.AgentSet`, and over rows in a `TableAgentSet`.
`covers` notes which names a test exercises; the last tests fail when Mesa grows a name that none does.
"""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from random import Random

import mesa
import numpy as np
import pytest
from mesa.agent import AgentSet

from sim.engine.tables.agents import GroupBy, TableAgentSet

CASH = [30, 10, 20, 10, 50, 0]  # as in conftest.py
SECTOR = [2, 0, 1, 0, 2, 1]
COVERED: set[str] = set()
# Mesa 3.5 announces the end of indexing in Mesa 4; until then it is part of the contract.
pytestmark = pytest.mark.filterwarnings("ignore:AgentSet.__getitem__ is deprecated")


def covers(*names: str) -> Callable:
    """Note that a test exercises these names of AgentSet."""

    def note(test: Callable) -> Callable:
        COVERED.update(names)
        return test

    return note


def ids(agents: AgentSet) -> list[int]:
    return [agent.unique_id for agent in agents]


@covers("__init__", "__len__", "__iter__", "random")
def test_a_set_holds_its_agents_in_order(agents: AgentSet) -> None:
    assert isinstance(agents, AgentSet)
    assert len(agents) == 6 and ids(agents) == [1, 2, 3, 4, 5, 6]
    assert isinstance(agents.random, Random) and agents.random is agents[0].model.random
    assert agents and not agents.select(lambda agent: False)
    assert next(iter(agents)).cash == 30


@covers("__contains__")
def test_contains(agents: AgentSet) -> None:
    assert agents[2] in agents
    assert agents[2] not in agents.select(lambda agent: agent.cash == 10)
    assert 5 not in agents and None not in agents


def test_agents_of_another_model_are_not_in_the_set(make: Callable[..., AgentSet]) -> None:
    first, second = make(), make()
    assert first[0] not in second and first != second


@covers("__getitem__", "to_list")
def test_items_and_slices(agents: AgentSet) -> None:
    assert agents[0].cash == 30 and agents[-1].cash == 0 and agents[0].unique_id == 1
    assert [agent.cash for agent in agents[1:4]] == [10, 20, 10]
    assert isinstance(agents[::2], list) and len(agents[::2]) == 3
    with pytest.raises(IndexError):
        agents[6]
    if hasattr(agents, "to_list"):
        assert isinstance(agents.to_list(), list) and agents.to_list() == list(agents)


@covers("__reversed__", "index", "count")
def test_sequence_methods(agents: AgentSet) -> None:
    assert [agent.unique_id for agent in reversed(agents)] == [6, 5, 4, 3, 2, 1]
    assert agents.index(agents[3]) == 3 and agents.index(agents[3], 2, 5) == 3
    with pytest.raises(ValueError):
        agents.index(agents[3], 4)
    assert agents.count(agents[3]) == 1
    rich = agents.select(lambda agent: agent.cash >= 20)
    assert rich.count(agents[1]) == 0 and rich.index(agents[4]) == 2
    with pytest.raises(ValueError):
        rich.index(agents[1])


@covers("add", "discard", "remove")
def test_membership_changes(agents: AgentSet) -> None:
    third = agents[2]
    assert agents.discard(third) is None and third not in agents and ids(agents) == [1, 2, 4, 5, 6]
    agents.discard(third)
    with pytest.raises(KeyError):
        agents.remove(third)
    agents.add(third)
    agents.add(third)
    assert ids(agents) == [1, 2, 4, 5, 6, 3]
    agents.add(agents[1])
    assert ids(agents) == [1, 2, 4, 5, 6, 3]
    agents.remove(agents[0])
    assert ids(agents) == [2, 4, 5, 6, 3] and third.alive


@covers("pop", "clear")
def test_pop_and_clear(agents: AgentSet) -> None:
    kept = agents.to_list() if hasattr(agents, "to_list") else list(agents)
    first = agents.pop()
    assert first == kept[0] and ids(agents) == [2, 3, 4, 5, 6]
    agents.clear()
    assert len(agents) == 0 and list(agents) == []
    with pytest.raises(KeyError):
        agents.pop()
    agents.add(first)
    assert ids(agents) == [1] and first.cash == 30


def test_an_agent_that_is_removed_leaves_every_set(agents: AgentSet) -> None:
    rich = agents.select(lambda agent: agent.cash >= 20)
    assert ids(rich) == [1, 3, 5]
    agents[2].remove()
    assert ids(agents) == [1, 2, 4, 5, 6] and ids(rich) == [1, 5]
    assert len(rich) == 2 and rich.get("cash") == [30, 50] and rich[1].cash == 50


@covers("select")
def test_select(agents: AgentSet) -> None:
    poor = agents.select(lambda agent: agent.cash <= 10)
    assert type(poor) is type(agents) and ids(poor) == [2, 4, 6] and len(agents) == 6
    assert ids(agents.select(lambda agent: agent.cash <= 10, at_most=2)) == [2, 4]
    assert ids(agents.select(at_most=4)) == [1, 2, 3, 4]
    assert ids(agents.select(at_most=0.5)) == [1, 2, 3]
    assert ids(agents.select(at_most=0.4)) == [1, 2]
    assert ids(agents.select(at_most=1)) == [1] and len(agents.select(at_most=1.0)) == 6
    assert len(agents.select(at_most=2.5)) == 3 and len(agents.select(at_most=99)) == 6
    assert len(agents.select(at_most=0)) == 0 and len(agents.select(at_most=-1)) == 0
    kind = type(agents[0])
    assert len(agents.select(agent_type=kind)) == 6 and len(agents.select(agent_type=mesa.Agent)) == 6
    assert len(agents.select(agent_type=int)) == 0
    assert ids(agents.select(lambda agent: agent.sector == 2, agent_type=kind)) == [1, 5]
    assert poor.random is agents.random


def test_select_without_a_condition_copies(agents: AgentSet) -> None:
    same = agents.select()
    assert same is not agents and same == agents
    same.discard(same[0])
    assert len(agents) == 6 and agents.select(inplace=True) is agents


def test_select_in_place(agents: AgentSet) -> None:
    assert agents.select(lambda agent: agent.cash <= 10, inplace=True) is agents
    assert ids(agents) == [2, 4, 6]


@covers("shuffle")
def test_shuffle_gives_the_permutation_of_the_models_generator(make: Callable[..., AgentSet]) -> None:
    agents = make(seed=11)
    generator = Random()
    generator.setstate(agents.random.getstate())
    expected = [1, 2, 3, 4, 5, 6]
    generator.shuffle(expected)
    shuffled = agents.shuffle()
    assert ids(shuffled) == expected and ids(agents) == [1, 2, 3, 4, 5, 6]
    generator.shuffle(expected)
    assert shuffled.shuffle(inplace=True) is shuffled and ids(shuffled) == expected


@covers("sort")
def test_sort_is_stable_and_descends_by_default(agents: AgentSet) -> None:
    assert ids(agents.sort("cash")) == [5, 1, 3, 2, 4, 6]
    assert ids(agents.sort("cash", ascending=True)) == [6, 2, 4, 3, 1, 5]
    assert ids(agents.sort(lambda agent: agent.sector)) == [1, 5, 3, 6, 2, 4]
    assert ids(agents.sort("doubled", ascending=True)) == [6, 2, 4, 3, 1, 5]
    assert ids(agents.sort("unique_id")) == [6, 5, 4, 3, 2, 1] and ids(agents) == [1, 2, 3, 4, 5, 6]
    twice = agents.sort("cash", ascending=True).sort("sector", ascending=True)
    assert ids(twice) == [2, 4, 6, 3, 1, 5]
    assert agents.sort("cash", inplace=True) is agents and ids(agents) == [5, 1, 3, 2, 4, 6]
    with pytest.raises(AttributeError):
        agents.sort("shoe_size")


@covers("do")
def test_do(agents: AgentSet) -> None:
    assert agents.do("step") is agents and agents.get("cash") == [cash + 1 for cash in CASH]
    agents.do("pay", 1, fee=2)
    assert agents.get("cash") == [cash - 2 for cash in CASH]
    seen: list[int] = []
    agents.do(lambda agent, offset: seen.append(agent.unique_id + offset), 10)
    assert seen == [11, 12, 13, 14, 15, 16]
    with pytest.raises(AttributeError):
        agents.do("fly")


def test_do_passes_over_agents_that_end_on_the_way(agents: AgentSet) -> None:
    visited: list[int] = []

    def visit(agent: mesa.Agent, everyone: AgentSet) -> None:
        visited.append(agent.unique_id)
        if agent.unique_id == 2:
            everyone[3].remove()

    agents.do(visit, agents)
    assert visited == [1, 2, 3, 5, 6]


@covers("shuffle_do")
def test_shuffle_do(make: Callable[..., AgentSet]) -> None:
    agents, twin, seen = make(seed=3), make(seed=3), []
    assert agents.shuffle_do(lambda agent: seen.append(agent.unique_id)) is agents
    assert seen == ids(twin.shuffle()) and ids(agents) == [1, 2, 3, 4, 5, 6]
    agents.shuffle_do("pay", 5, fee=1)
    assert agents.get("cash") == [cash - 6 for cash in CASH]


@covers("map")
def test_map(agents: AgentSet) -> None:
    assert agents.map("pay", 5) == [cash - 5 for cash in CASH]
    assert agents.map(lambda agent, by: agent.cash * by, by=2) == [2 * (cash - 5) for cash in CASH]
    with pytest.raises(AttributeError):
        agents.map("fly")


@covers("get")
def test_get(agents: AgentSet) -> None:
    assert agents.get("cash") == CASH and type(agents.get("cash")[0]) is int
    assert agents.get(["cash", "sector"]) == [list(pair) for pair in zip(CASH, SECTOR, strict=True)]
    assert agents.get("doubled") == [2 * cash for cash in CASH] and agents.get([]) == [[]] * 6
    assert agents.get("unique_id") == [1, 2, 3, 4, 5, 6]
    assert agents.get("shoe_size", handle_missing="default") == [None] * 6
    assert agents.get(["cash", "shoe_size"], handle_missing="default", default_value=7)[1] == [10, 7]
    with pytest.raises(AttributeError):
        agents.get("shoe_size")
    with pytest.raises(AttributeError):
        agents.get(["cash", "shoe_size"])
    with pytest.raises(ValueError):
        agents.get("cash", handle_missing="ignore")
    assert agents.select(at_most=0).get("shoe_size") == []


@covers("set")
def test_set(agents: AgentSet) -> None:
    poor = agents.select(lambda agent: agent.cash <= 10)
    assert poor.set("cash", 5) is poor
    assert agents.get("cash") == [30, 5, 20, 5, 50, 5] and agents[1].cash == 5


@covers("agg")
def test_agg(agents: AgentSet) -> None:
    assert agents.agg("cash", sum) == sum(CASH)
    assert agents.agg("cash", [min, max, np.mean]) == [0, 50, 20.0]
    with pytest.raises(AttributeError):
        agents.agg("shoe_size", sum)


@covers("groupby")
def test_groupby(agents: AgentSet) -> None:
    groups = agents.groupby("sector")
    assert isinstance(groups, GroupBy) and len(groups) == 3
    assert [key for key, _ in groups] == [2, 0, 1] and groups.count() == {2: 2, 0: 2, 1: 2}
    assert all(type(group) is type(agents) for _, group in groups)
    assert ids(groups.groups[0]) == [2, 4] and groups.groups[0].random is agents.random
    assert groups.agg("cash", sum) == {2: 80, 0: 20, 1: 20}
    assert groups.map(len) == {2: 2, 0: 2, 1: 2} and groups.map("get", "cash")[1] == [20, 0]
    assert groups.do("do", "step") is groups and agents.get("cash") == [cash + 1 for cash in CASH]
    rich = agents.groupby(lambda agent: agent.cash > 20, result_type="list")
    assert isinstance(rich.groups[True], list) and [agent.unique_id for agent in rich.groups[True]] == [
        1,
        3,
        5,
    ]


@covers("__and__", "__or__", "__sub__", "__xor__", "__rand__", "__ror__", "__rsub__", "__rxor__")
def test_set_operators(agents: AgentSet) -> None:
    poor = agents.select(lambda agent: agent.cash <= 10)
    first = agents.select(at_most=3)
    assert ids(poor & first) == [2] and ids(poor | first) == [2, 4, 6, 1, 3]
    assert ids(poor - first) == [4, 6] and sorted(ids(poor ^ first)) == [1, 3, 4, 6]
    assert all(type(result) is type(agents) for result in (poor & first, poor | first, poor - first))
    listed = set(first)
    assert sorted(ids(listed & poor)) == [2] and sorted(ids(listed | poor)) == [1, 2, 3, 4, 6]
    assert ids({agents[5]} | first) == [1, 2, 3, 6]
    assert sorted(ids(listed - poor)) == [1, 3] and sorted(ids(listed ^ poor)) == [1, 3, 4, 6]


@covers("__iand__", "__ior__", "__isub__", "__ixor__")
def test_operators_in_place(agents: AgentSet) -> None:
    first = agents.select(at_most=3)
    poor = agents.select(lambda agent: agent.cash <= 10)
    result = first
    result |= poor
    assert result is first and ids(first) == [1, 2, 3, 4, 6]
    result &= poor
    assert ids(first) == [2, 4, 6]
    result -= agents.select(at_most=2)
    assert ids(first) == [4, 6]
    result ^= agents.select(at_most=4)
    assert sorted(ids(first)) == [1, 2, 3, 6] and ids(agents) == [1, 2, 3, 4, 5, 6]


@covers("__eq__", "__le__", "__lt__", "__ge__", "__gt__", "isdisjoint", "__hash__")
def test_comparisons(agents: AgentSet) -> None:
    poor = agents.select(lambda agent: agent.cash <= 10)
    assert poor < agents and poor <= agents and agents > poor and agents >= poor and agents != poor
    assert not agents < agents.select() and agents == agents.shuffle()
    assert poor.isdisjoint(agents.select(lambda agent: agent.cash > 10)) and not poor.isdisjoint(agents)
    with pytest.raises(TypeError):
        hash(agents)


@covers("__getstate__", "__setstate__")
def test_copies(agents: AgentSet) -> None:
    shallow = copy.copy(agents.shuffle())
    assert type(shallow) is type(agents) and shallow == agents
    shallow.discard(shallow[0])
    assert len(agents) == 6 and shallow.random is agents.random
    model = agents[0].model
    model.people = agents.select(lambda agent: agent.cash <= 10)
    deep = copy.deepcopy(model).people
    deep.set("cash", 3)
    assert ids(deep) == [2, 4, 6] and deep.get("cash") == [3, 3, 3] and agents.get("cash") == CASH
    assert deep[0].model is not model and deep[0] not in agents


def test_pickles(agents: AgentSet) -> None:
    model = agents[0].model
    model.people = agents.select(lambda agent: agent.cash <= 10)
    restored = pickle.loads(pickle.dumps(model))
    assert ids(restored.people) == [2, 4, 6] and restored.people.get("cash") == [10, 10, 0]
    restored.people.do("step")
    assert restored.people.get("cash") == [11, 11, 1] and agents.get("cash") == CASH
    assert ids(restored.people.shuffle()) == ids(model.people.shuffle())


def public_names() -> set[str]:
    plumbing = {"__class__", "__class_getitem__", "__init_subclass__", "__subclasshook__"}
    names = {name for name in dir(AgentSet) if not name.startswith("_") or name.endswith("__")}
    own = {name for name in names if getattr(AgentSet, name) is not getattr(object, name, None)}
    return {name for name in own - plumbing if callable(getattr(AgentSet, name))} | {"__hash__"}


def test_every_public_name_of_mesas_set_is_under_contract() -> None:
    assert len(public_names()) > 40
    assert public_names() - COVERED == set()


def test_every_method_that_touches_mesas_storage_is_replaced() -> None:
    storage = ("_agents", "AgentSet(", "type(self)(")
    for owner in AgentSet.__mro__:
        if not owner.__module__.startswith("mesa."):
            continue
        for name, method in vars(owner).items():
            if inspect.isfunction(method) and any(word in inspect.getsource(method) for word in storage):
                ours = inspect.getattr_static(TableAgentSet, name)
                assert ours is not inspect.getattr_static(AgentSet, name), f"{name} is not replaced"
