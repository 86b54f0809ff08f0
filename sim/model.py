"""The model: a mesa.Model that owns the tables, the agents and the month."""

from __future__ import annotations

import itertools
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
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
from sim.kernels.stage import Bound, Stage
from sim.month import Phase, agenda
from sim.settle import funds_are_ample, ration
from sim.sharing.audit import ClaimLine, by_claim
from sim.sharing.scheme import Scheme
from sim.sharing.state import RiskSharing
from sim.tables.agents import TableAgentSet
from sim.tables.checkpoint import read_checkpoint, write_checkpoint
from sim.tables.table import Table

Checkpoint = dict[str, Any]
Stages = tuple[tuple[Stage, bool], ...]  # each with whether it sees the book alone


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

    def __init__(self, config: Any, checkpoint: Checkpoint | Path | None = None) -> None:
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
        self.standing = standing_numbers(config, self.economy.month(-1, 0.0).income_volatility, EMPLOYMENT_SHARES)
        self.collection_costs = np.array(config.policy.collections.cost())
        self.ledger = Ledger(config.machine.check)
        self.agenda = agenda(config.policy)
        self.month = -config.study.burn_in
        self.months_run = 0
        self.environment: dict[str, Any] = {}
        self.credit_growth = 0.0
        self.collections_cost = self.profit = 0
        self.effort = 1.0
        self.last_requested = self.last_repaid = 0
        self.bins: dict[str, np.ndarray] = {}
        self.balance_history: list[np.ndarray] = []
        self.record: dict[str, Any] = {}
        self.records: list[dict[str, Any]] = []
        self.events: dict[str, list[np.ndarray]] = defaultdict(list)
        self._bound: dict[tuple[Stages, bool], Bound] = {}
        self._used_passing = False
        self._bound_capacity = 0
        self._pool: ThreadPoolExecutor | None = None
        self._row_pass: tuple[Bound, tuple, np.ndarray] | None = None
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
        first, *rest = self.agenda
        first(self)
        # With ample funds nothing is rationed, and the month's rules run in one go.
        ample = funds_are_ample(self)
        steps = [item for item in rest if not (item is ration and ample)]
        for passing, items in itertools.groupby(steps, key=_pass_of):
            if passing:
                self.run(*items, whole=ample)
            else:
                for settle in items:
                    settle(self)
        self._forget_passing()
        self.records.append(self.record)
        self.month += 1
        self.months_run += 1

    def run(self, *phases: Phase, whole: bool = False) -> None:
        """Run phases on all rows, block by block, and add their tallies to the ledger.

        With ``whole`` no other phases of the month touch the passing columns: they are neither read nor
        stored.
        """
        stages = tuple((stage, phase.book) for phase in phases for stage in phase.stages)
        if self.config.machine.fused:
            self._run_together(stages, whole)
        else:
            for stage in stages:
                self._run_together((stage,), False)

    def _run_together(self, stages: Stages, whole: bool) -> None:
        self._used_passing |= not whole
        bound = self._bind(stages, whole)
        values, totals = bound.values(self.environment), bound.totals()
        if self.config.machine.driver == "mesa":
            self._row_pass = (bound, values, totals)
            self.borrowers.do("step")
        else:
            self._run_blocks(bound, values, totals)
        self._collect(bound, totals)

    def step_row(self, row: int) -> None:
        """Run the current phases on one row in plain Python: what an agent's step does."""
        key = (*self.key_words, self.month)
        who = int(self.accounts["ordinal"][row]), int(self.accounts["arrival_month"][row])
        if self._row_pass is None:
            raise RuntimeError("an agent steps inside the model's step, and with machine.driver=mesa")
        bound, values, totals = self._row_pass
        bound.run_plain(row, key, values, totals, PlainLuck(*who, key))

    def _luck(self, rows: int) -> Luck:
        ordinal, arrival = self.accounts.array("ordinal"), self.accounts.array("arrival_month")
        return Luck(ordinal, arrival, rows, (*self.key_words, self.month))

    def _run_blocks(self, bound: Bound, values: tuple, totals: np.ndarray) -> None:
        key = (*self.key_words, self.month)
        size, block = self.persons.size, self.config.machine.block
        starts = range(0, size, block)
        threads = min(max(1, self.config.machine.threads), len(starts))
        if threads <= 1:
            luck = self._luck(min(block, size))
            for start in starts:
                stop = min(start + block, size)
                bound.run(start, stop, key, values, totals, luck.move(start, stop))
            return

        def work(first: int) -> np.ndarray:
            luck, part = self._luck(min(block, size)), bound.totals()
            for start in starts[first::threads]:
                stop = min(start + block, size)
                bound.run(start, stop, key, values, part, luck.move(start, stop))
            return part

        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.config.machine.threads)
        for part in self._pool.map(work, range(threads)):
            totals += part

    def _collect(self, bound: Bound, totals: np.ndarray) -> None:
        tallies, bins = bound.named(totals)
        for name, amount in tallies:
            self.ledger.add(name, amount)
        self.bins.update(bins)

    def _bind(self, stages: Stages, whole: bool = False) -> Bound:
        """Wire stages to the tables that they may see: all, or the book alone."""
        if self._bound_capacity != self.persons.capacity:
            self._bound.clear()
            self._bound_capacity = self.persons.capacity
        if (stages, whole) not in self._bound:
            everything = {**self.persons.columns, **self.accounts.columns}
            arrays = {name: table.array(name) for table in (self.persons, self.accounts) for name in table.columns}
            parts = [(stage, self.accounts.columns if book else everything) for stage, book in stages]
            self._bound[stages, whole] = Bound(parts, arrays, self.environment, whole)
        return self._bound[stages, whole]

    def _forget_passing(self) -> None:
        """Clear the columns that live within the month, where loops had to store them."""
        if self._used_passing:
            for table in (self.persons, self.accounts):
                for name, column in table.columns.items():
                    if column.passing:
                        table[name][:] = 0
        self._used_passing = False

    def claims(self) -> list[ClaimLine]:
        """List the claims of the month just lived under the scheme: each loan, and who bears which part."""
        month = self.month - 1
        rows = np.flatnonzero(self.accounts["claim_month"] == month).tolist()
        amounts = [int(self.accounts["claimed"][row]) for row in rows]
        parts = by_claim(amounts, self.sharing.borne)
        return [ClaimLine(*one) for one in zip(rows, itertools.repeat(month), amounts, parts)]

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
        self.accounts["alive"][rows] = 1
        self.accounts["arrival_month"][rows] = self.month
        self.accounts["ordinal"][rows] = np.arange(count)
        bound = self._bind(tuple((stage, False) for stage in ARRIVAL_STAGES))
        totals, key = bound.totals(), (*self.key_words, self.month)
        luck = self._luck(count).move(rows.start, rows.stop)
        bound.run(rows.start, rows.stop, key, bound.values(self.environment), totals, luck)
        self._collect(bound, totals)

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

    def save(self, folder: Path | None = None) -> Checkpoint | Path:
        """Keep everything that the rest of the run depends on.

        Parameters
        ----------
        folder : Path, optional
            Where to write it; without it the checkpoint stays in memory.

        Returns
        -------
        dict or Path
            What ``fork`` takes: columns and plain numbers, or the folder.
        """
        numbers = {
            "month": self.month,
            "months_run": self.months_run,
            "lender": {name: getattr(self.lender, name) for name in Lender.NUMBERS},
            "stocks": dict(self.ledger.stocks),
            "outside": self.ledger.outside,
            "sharing": self.sharing.save(),
            "credit_growth": self.credit_growth,
            "last_requested": self.last_requested,
            "last_repaid": self.last_repaid,
            "balance_history": [balance.copy() for balance in self.balance_history],
        }
        if folder is not None:
            write_checkpoint(folder, {"persons": self.persons, "accounts": self.accounts}, numbers)
            return folder
        return {**numbers, "persons": self.persons.save(), "accounts": self.accounts.save()}

    @classmethod
    def fork(cls, config: Any, checkpoint: Checkpoint | Path) -> Model:
        """Continue from a checkpoint under another configuration: other policies, scheme, economy."""
        return cls(config, checkpoint)

    def _restore(self, checkpoint: Checkpoint | Path) -> None:
        if isinstance(checkpoint, Path):
            tables, saved = read_checkpoint(checkpoint)
            self.persons.take(tables["persons"])
            self.accounts.take(tables["accounts"])
        else:
            saved = checkpoint
            self.persons.load(saved["persons"])
            self.accounts.load(saved["accounts"])
        self.month, self.months_run = saved["month"], saved["months_run"]
        for name, value in saved["lender"].items():
            setattr(self.lender, name, value)
        self.ledger.stocks = dict(saved["stocks"])
        self.ledger.outside = saved["outside"]
        if self.month > 0:
            self.sharing = RiskSharing(self.config.sharing, self.config.fund)
            self.sharing.restore(saved["sharing"])
            enrol(self, self.sharing)
        self.credit_growth = saved["credit_growth"]
        self.last_requested, self.last_repaid = saved["last_requested"], saved["last_repaid"]
        self.balance_history = [np.array(balance) for balance in saved["balance_history"]]


def _pass_of(item: Any) -> str:
    """Phases that run in one loop: neighbours on the agenda, rules chosen by policy apart."""
    if not isinstance(item, Phase):
        return ""
    return "chosen" if item.chosen else "common"
