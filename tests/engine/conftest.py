"""The same six people twice: ordinary agents in Mesa's own set, and rows of two tables in ours."""

from __future__ import annotations

from collections.abc import Callable

import mesa
import pytest
from mesa.agent import AgentSet

from sim.engine.tables.agents import RowAgent, TableAgentSet
from sim.engine.tables.declare import column
from sim.engine.tables.table import Table

CASH = [30, 10, 20, 10, 50, 0]
SECTOR = [2, 0, 1, 0, 2, 1]


class Verbs:
    """What both kinds of agent can do."""

    def step(self) -> None:
        self.cash += 1

    def pay(self, amount: int, *, fee: int = 0) -> int:
        self.cash -= amount + fee
        return self.cash

    @property
    def doubled(self) -> int:
        return 2 * self.cash


class Ordinary(Verbs, mesa.Agent):
    def __init__(self, model: mesa.Model, cash: int, sector: int) -> None:
        super().__init__(model)
        self.cash, self.sector, self.alive = cash, sector, 1


class Row(Verbs, RowAgent):
    cash = column("int64", -1000, 1000, "fen", "liquid money")
    sector = column("int8", 0, 5, "", "sector of work")
    alive = column("uint8", 0, 1, "", "in use")


def ordinary_agents(seed: int = 5) -> AgentSet:
    model = mesa.Model(rng=seed)
    for cash, sector in zip(CASH, SECTOR, strict=True):
        Ordinary(model, cash, sector)
    agents = AgentSet(model.agents, random=model.random)
    agents.kept_alive_by = model
    return agents


def row_agents(seed: int = 5) -> TableAgentSet:
    columns = {name: getattr(Row, name) for name in ("cash", "sector", "alive")}
    private = Table({"cash": columns["cash"]}, 2)
    book = Table({"sector": columns["sector"], "alive": columns["alive"]}, 10)
    private.append(len(CASH))
    private["cash"][:] = CASH
    book.append(len(CASH))
    book["sector"][:], book["alive"][:] = SECTOR, 1
    return TableAgentSet(mesa.Model(rng=seed), Row, {"private": private, "book": book})


@pytest.fixture(params=[ordinary_agents, row_agents], ids=["mesa", "tables"])
def make(request: pytest.FixtureRequest) -> Callable[..., AgentSet]:
    return request.param


@pytest.fixture
def agents(make: Callable[..., AgentSet]) -> AgentSet:
    return make()


@pytest.fixture
def people() -> TableAgentSet:
    return row_agents()
