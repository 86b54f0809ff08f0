"""The model: a mesa.Model that owns the tables, the agents and the month."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mesa
import numpy as np

from sim.accounts.ledger import STOCKS, Ledger
from sim.agents.borrower import BOOK_COLUMNS, PRIVATE_COLUMNS, Borrower
from sim.agents.guarantors import enrol
from sim.agents.lender import Lender
from sim.agents.population import ARRIVAL_STAGES
from sim.agents.surroundings import standing_numbers
from sim.agents.tape import seat
from sim.economy.economy import Economy
from sim.economy.sectors import EMPLOYMENT_SHARES
from sim.kernels.filling import Luck, PlainLuck
from sim.kernels.stage import BoundStage, Stage
from sim.month import Phase, agenda
from sim.sharing.scheme import Scheme
from sim.sharing.state import RiskSharing
from sim.tables.agents import TableAgentSet
from sim.tables.table import Table

Checkpoint = dict[str, Any]


class Model(mesa.Model):
    """One population under one lender, one scheme and one economy.

    Parameters
    ----------
    config : Config
        Resolved configuration (``sim.compose``).
    checkpoint : dict, optional
        What ``save`` returned: start from there instead of from a fresh population.

    Attributes
    ----------
    month : int
        Month about to be lived, counted from the policy date; negative during the burn-in.
    record, records : dict, list of dict
        Figures of the last month, and of all months of this object.
    events : dict of str to list of ndarray
        Rows that entered 90 days past due, and rows first closed, by month of this object.
    """

    def __init__(self, config: Any, checkpoint: Checkpoint | None = None) -> None:
        super().__init__(rng=config.seed)
        self.config = config
        self.key_words = (config.seed & 0xFFFFFFFF, config.seed >> 32)
        months = config.study.burn_in + max(config.study.months, 84)
        capacity = config.population.capacity(months)
        self.persons = Table(PRIVATE_COLUMNS, capacity)
        self.accounts = Table(BOOK_COLUMNS, capacity)
        self.borrowers = TableAgentSet(self, Borrower, {"persons": self.persons, "accounts": self.accounts})
        self.lender = Lender(self, config.lender, config.population.borrowers)
        self.economy = Economy(config.economy, config.seed)
        self.standing = standing_numbers(
            config, self.economy.month(-1, 0.0).income_volatility, EMPLOYMENT_SHARES
        )
        self.collection_costs = np.array(config.policy.collections.cost())
        self.ledger = Ledger(config.machine.check)
        self.agenda = agenda(config.policy)
        self.month = -config.study.burn_in
        self.months_run = 0
        self.environment: dict[str, Any] = {}
        self.credit_growth = 0.0
        self.collections_cost = self.profit = 0
        self.bins: dict[str, np.ndarray] = {}
        self.last_balance = np.zeros(14, dtype=np.int64)
        self.balance_history: list[np.ndarray] = []
        self.record: dict[str, Any] = {}
        self.records: list[dict[str, Any]] = []
        self.events: dict[str, list[np.ndarray]] = defaultdict(list)
        self._bound: dict[tuple[Stage, bool], BoundStage] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._row_phase: tuple[tuple[BoundStage, tuple, np.ndarray], ...] = ()
        # Before the policy date nothing is shared.
        self.sharing = RiskSharing(Scheme(), config.fund)
        if checkpoint is None:
            self._people()
        else:
            self._restore(checkpoint)

    # ---- the month ------------------------------------------------------------------------------

    def step(self) -> None:
        """Live one month."""
        if self.month == 0:
            self._policy_date()
        for rows, items in itertools.groupby(self.agenda, key=lambda item: isinstance(item, Phase)):
            if rows:
                self.run(*items)
            else:
                for settle in items:
                    settle(self)
        self.records.append(self.record)
        self.month += 1
        self.months_run += 1

    def run(self, *phases: Phase) -> None:
        """Run phases on all rows, block by block, and add their tallies to the ledger."""
        bound = [self._bind(stage, phase.book) for phase in phases for stage in phase.stages]
        values = [stage.values(self.environment) for stage in bound]
        totals = [stage.totals() for stage in bound]
        if self.config.machine.driver == "mesa":
            self._row_phase = tuple(zip(bound, values, totals, strict=True))
            self.borrowers.do("step")
        else:
            self._run_blocks(bound, values, totals)
        for stage, total in zip(bound, totals, strict=True):
            self._collect(stage, total)

    def step_row(self, row: int) -> None:
        """Run the current phases on one row in plain Python: what an agent's step does."""
        key = (*self.key_words, self.month)
        who = int(self.accounts["ordinal"][row]), int(self.accounts["arrival_month"][row])
        luck = PlainLuck(*who, key)
        for stage, values, totals in self._row_phase:
            stage.run_plain(row, key, values, totals, luck)

    def _luck(self, rows: int) -> Luck:
        ordinal, arrival = self.accounts.array("ordinal"), self.accounts.array("arrival_month")
        return Luck(ordinal, arrival, rows, (*self.key_words, self.month))

    def _run_blocks(self, bound: list, values: list, totals: list) -> None:
        key = (*self.key_words, self.month)
        size, block = self.persons.size, self.config.machine.block
        starts = range(0, size, block)
        threads = max(1, self.config.machine.threads)

        def work(start: int, into: list[np.ndarray], luck: Luck) -> list[np.ndarray]:
            stop = min(start + block, size)
            luck.move(start, stop)
            for stage, given, total in zip(bound, values, into, strict=True):
                stage.run(start, stop, key, given, total, luck)
            return into

        if threads == 1 or len(starts) == 1:
            luck = self._luck(min(block, size))
            for start in starts:
                work(start, totals, luck)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(threads)

        def alone(start: int) -> list[np.ndarray]:
            return work(start, [stage.totals() for stage in bound], self._luck(min(block, size)))

        for parts in self._pool.map(alone, starts):
            for total, part in zip(totals, parts, strict=True):
                total += part

    def _collect(self, bound: BoundStage, total: np.ndarray) -> None:
        stage = bound.stage
        for name, amount in zip(stage.tallies, total[: len(stage.tallies)].tolist(), strict=True):
            self.ledger.add(name, amount)
        start = len(stage.tallies)
        for name, length in stage.bins:
            self.bins[name] = total[start : start + length]
            start += length

    def _bind(self, stage: Stage, book: bool) -> BoundStage:
        """Wire a stage to the tables that it may see: all, or the book alone."""
        if (stage, book) not in self._bound:
            tables = [self.accounts] if book else [self.persons, self.accounts]
            arrays = {name: table.array(name) for table in tables for name in table.columns}
            floats = {name: column.is_float for table in tables for name, column in table.columns.items()}
            self._bound[stage, book] = BoundStage(stage, arrays, floats, self.environment)
        return self._bound[stage, book]

    # ---- people ---------------------------------------------------------------------------------

    def _people(self) -> None:
        population = self.config.population
        calm = self.economy.month(self.month, 0.0)
        self.environment = {
            **self.standing,
            "unemployment": calm.unemployment,
            "finding_mean": float(calm.finding_by_sector.mean()),
        }
        self.environment.update(
            initial_line_share=population.initial_line_share, initial_tenure=population.initial_tenure
        )
        self.ledger.stocks = dict.fromkeys(STOCKS, 0)
        self.arrive(population.borrowers)
        self.ledger.stocks["cash"] = self.ledger.flows["arrivals_cash.received"]
        self.ledger.stocks["other_debt"] = self.ledger.flows["arrivals_debt"]
        if self.config.tape is not None:
            seat(self, self.config.tape)

    def arrive(self, count: int) -> None:
        """Let that many persons arrive this month; who they are depends on the seed alone."""
        if count == 0:
            return
        self.environment.setdefault("initial_line_share", 0.0)
        self.environment.setdefault("initial_tenure", 0)
        rows = self.persons.append(count)
        self.accounts.append(count)
        if self.persons.array("cash") is not self._seen_array():
            self._bound.clear()
        self.accounts["alive"][rows] = 1
        self.accounts["arrival_month"][rows] = self.month
        self.accounts["ordinal"][rows] = np.arange(count)
        for stage in ARRIVAL_STAGES:
            bound = self._bind(stage, False)
            total = bound.totals()
            key = (*self.key_words, self.month)
            luck = self._luck(count).move(rows.start, rows.stop)
            bound.run(rows.start, rows.stop, key, bound.values(self.environment), total, luck)
            self._collect(bound, total)

    def _seen_array(self) -> np.ndarray | None:
        array = self.persons.array("cash")
        seen, self._cash_array = getattr(self, "_cash_array", None), array
        return seen if seen is not None else array

    @property
    def assumptions(self) -> list[str]:
        """What had to be assumed about a user's own data; empty where there is none."""
        return list(self.config.tape.assumptions) if self.config.tape is not None else []

    # ---- policy date and checkpoints ------------------------------------------------------------

    def _policy_date(self) -> None:
        """Start the scheme on the book as it stands; old loans stay outside unless it says otherwise."""
        principal = self.ledger.stocks["principal"]
        existing = principal if self.config.sharing.covers_existing else 0
        if existing:
            self.accounts["covered"][:] = self.accounts["principal"]
            self.ledger.stocks["covered"] = existing
        self.sharing = RiskSharing(self.config.sharing, self.config.fund, principal, existing)
        enrol(self, self.sharing)

    def save(self) -> Checkpoint:
        """Everything that the rest of the run depends on: columns and plain numbers."""
        return {
            "month": self.month,
            "months_run": self.months_run,
            "persons": self.persons.save(),
            "accounts": self.accounts.save(),
            "lender": {name: getattr(self.lender, name) for name in Lender.NUMBERS},
            "stocks": dict(self.ledger.stocks),
            "outside": self.ledger.outside,
            "sharing": self.sharing.save(),
            "credit_growth": self.credit_growth,
            "last_balance": self.last_balance.copy(),
            "balance_history": [balance.copy() for balance in self.balance_history],
        }

    @classmethod
    def fork(cls, config: Any, checkpoint: Checkpoint) -> Model:
        """Continue from a checkpoint under another configuration: other policies, scheme, economy."""
        return cls(config, checkpoint)

    def _restore(self, saved: Mapping[str, Any]) -> None:
        self.month, self.months_run = saved["month"], saved["months_run"]
        self.persons.load(saved["persons"])
        self.accounts.load(saved["accounts"])
        for name, value in saved["lender"].items():
            setattr(self.lender, name, value)
        self.ledger.stocks = dict(saved["stocks"])
        self.ledger.outside = saved["outside"]
        if self.month > 0:
            self.sharing = RiskSharing(self.config.sharing, self.config.fund)
            self.sharing.restore(saved["sharing"])
            enrol(self, self.sharing)
        self.credit_growth = saved["credit_growth"]
        self.last_balance = np.array(saved["last_balance"])
        self.balance_history = [np.array(balance) for balance in saved["balance_history"]]
