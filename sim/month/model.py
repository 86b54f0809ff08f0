"""The model: a mesa.Model that owns the tables, the agents and the month."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from sim.economy.economy import Economy
from sim.economy.sectors import EMPLOYMENT_SHARES
from sim.engine import framework
from sim.engine.tables.agents import TableAgentSet
from sim.engine.tables.checkpoint import read_checkpoint
from sim.engine.tables.finite import check_columns, check_standing
from sim.engine.tables.numbers import Numbers
from sim.engine.tables.population import Crossing, Population, Stages
from sim.engine.tables.table import Table
from sim.figures.catalog import METRICS, absent_from
from sim.firms.firms import Firms
from sim.firms.measures import firm_stocks_at_start
from sim.firms.succession import found_all
from sim.lender.lender import Lender
from sim.lender.remembering import kept, take_back
from sim.lender.scorekeeper import keeper_of
from sim.loan.ledger import STOCKS, Ledger
from sim.loan.postings import FIRM
from sim.month.agenda import Phase, agenda, passes_of, stages_of, tallied
from sim.month.departed import let_go, on_disk, rows_in_use, without_departed
from sim.month.hooks import Months, OwnMonth
from sim.month.numbers import first_numbers, standing_numbers
from sim.month.opening import add_tallies, arrive, check_names, let_arrive, open_books, open_firms, set_numbers
from sim.month.parts import by_the_clock, hand, parts_of, seed_of
from sim.persons.borrower import BOOK_COLUMNS, PRIVATE_COLUMNS, Borrower
from sim.persons.job_market import JobMarket
from sim.persons.tape import seat
from sim.sharing.audit import ClaimLine, claims_of
from sim.sharing.cover_steps import eligible_principal
from sim.sharing.guarantors import enrol
from sim.sharing.scheme import Scheme
from sim.sharing.state import RiskSharing

Checkpoint = dict[str, Any]


class Model(OwnMonth, framework.Model):
    """One population under one lender, one scheme and one economy; `OwnMonth` is what a subclass may override.

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
    records : list of dict
        Figures of all months of this object.
    events : dict of str to list of ndarray
        Rows that entered 90 days past due, and rows first closed, by month of this object.
    """

    by_hand = True
    """Somebody may write into the tables between two months, so each month looks at them first; a study does not."""

    def __init__(self, config: Any, checkpoint: Checkpoint | Path | None = None) -> None:
        super().__init__(rng=seed_of(config))
        self.step = by_the_clock(self)  # type: ignore[method-assign]
        self.config, self.own = config, config.own
        months = config.study.burn_in + max(config.study.months, 84)
        capacity = config.population.capacity(months)
        self.persons, self.accounts = Table(self.own.table(PRIVATE_COLUMNS), capacity), Table(BOOK_COLUMNS, capacity)
        self.people = Population(self.persons, self.accounts, config.seed)
        self.borrowers = self.people.agents = TableAgentSet(
            self, Borrower, {"persons": self.persons, "accounts": self.accounts}
        )
        self.firms = Firms(self, config, config.population.borrowers, months)
        self.lender = Lender(self, config, config.population.borrowers)
        self.economy = Economy(config.economy, config.seed)
        self.job_market = JobMarket(config, self.economy.month(-config.study.burn_in, 0.0).unemployment)
        self.standing = standing_numbers(config, self.economy.month(-1, 0.0).income_volatility, EMPLOYMENT_SHARES)
        self.scores, self.firm_scores = (
            keeper_of(customer, config.policy.scoring, config.lender, self.standing["bureau_weight"])
            for customer in ("person", "firm")
        )
        self.agenda = self._composed = self.own.within(agenda(config, self.firms.exist))
        self._crosses: Crossing = None
        self.ledger = Ledger(config.machine.check, tallied(self.agenda))
        for step in self.agenda:
            if not isinstance(step, Phase):
                parts_of(step)  # refuses what is no part of a model before a month is lived
        self.month, self.months_run = -config.study.burn_in, 0
        self.environment = Numbers()
        self.bins: dict[str, np.ndarray] = {}
        self.absent = absent_from(config)
        self.records: list[dict[str, Any]] = []
        figures = [*METRICS, *(figure.name for figure in self.own.figures), *self.FIGURES]
        self.datacollector, self.kept = Months(self.records, [one for one in figures if one not in self.absent]), {}
        self.events: dict[str, list[np.ndarray]] = defaultdict(list)
        # Before the policy date nothing is shared.
        self.sharing = RiskSharing(Scheme(), config.fund)
        if checkpoint is None:
            self._people()
        else:
            self._restore(checkpoint)
        hand(check_names, self)

    # ---- the month ------------------------------------------------------------------------------

    def step(self) -> None:
        """Live one month."""
        if self.month == 0:
            self._policy_date()
        if self.by_hand or not self.records:
            hand(check_columns, self)
            hand(check_standing, self)
        for is_loop, together in passes_of(tuple(self.agenda)):
            if is_loop:
                self.run(*together)
            else:
                for step in together:
                    hand(step, self)
                    if step is let_arrive:
                        self.live_before()
        self.live_after()
        for population in self.populations:
            population.forget_passing()
        self.month, self.months_run = self.month + 1, self.months_run + 1

    def run(self, *phases: Phase) -> None:
        """Run phases on all rows, chunk by chunk, and add their tallies to the ledger.

        Passing columns of persons that no other loop touches are kept for a chunk alone; of firms all are stored, for
        steps read some.
        """
        firms = phases[0].firms
        population, numbers = self._side(firms)
        crossing = None if firms else self._crossing
        found = population.run(stages_of(phases), numbers, self.month, self.config.machine, crossing)
        add_tallies(found, self.ledger, self.bins, FIRM if firms else "")

    def open_month(self) -> None:
        """Set the numbers that the month's rules read."""
        for step in (open_books, set_numbers, *((open_firms,) if self.firms.exist else ())):
            hand(step, self)

    def loops(self) -> list[tuple[Stages, bool, Crossing]]:
        """List every loop of a month, a rule each: whether it is on firms, and what of its columns crosses."""
        found: list[tuple[Stages, bool, Crossing]] = []
        for stages, firms in self._passes():
            crossing = None if firms else self._crossing
            for stage, book in stages:
                own = crossing if crossing is None else crossing & set(stage.touches)
                found.append((((stage, book),), firms, own))
        return list(dict.fromkeys(found))

    def _passes(self) -> list[tuple[Stages, bool]]:
        items = passes_of(tuple(self.agenda))
        return [(stages_of(together), together[0].firms) for is_loop, together in items if is_loop]

    @property
    def _crossing(self) -> Crossing:
        if self.agenda is not self._composed:
            return None  # others' steps may run rules apart
        if self._crosses is None:
            self._crosses = self.people.crossing([one for one, firms in self._passes() if not firms])
        return self._crosses

    def compile(self, stages: Stages, firms: bool, crossing: Crossing) -> None:
        """Compile one loop, by running it on no row; the month must have been opened."""
        population, numbers = self._side(firms)
        population.run_some(stages, numbers, self.month, slice(0, 0), crossing)

    def _side(self, firms: bool) -> tuple[Population, Numbers]:
        return (self.firms.population, self.firms.environment) if firms else (self.people, self.environment)

    @property
    def books(self) -> list[Table]:
        """The lender's book on persons, and on firms where there are any."""
        return [population.accounts for population in self.populations]

    @property
    def populations(self) -> list[Population]:
        """Persons, and firms where there are any."""
        return [self.people, *([self.firms.population] if self.firms.exist else [])]

    @property
    def record(self) -> dict[str, Any]:
        """Figures of the last month; empty before the first."""
        return self.records[-1] if self.records else {}

    def claims(self) -> list[ClaimLine]:
        """List the claims of the month just lived under the scheme: each loan, and who bears which part."""
        return claims_of(self.month - 1, self.books, self.sharing.borne)

    def _people(self) -> None:
        self.environment = first_numbers(self.standing, self.config.population, self.economy.month(self.month))
        self.ledger.stocks = dict.fromkeys(STOCKS, 0)
        found = arrive(self.config.population.borrowers, self.month, self.environment, self.people, self.own.arrivals)
        add_tallies(found, self.ledger, self.bins)
        self.ledger.stocks["people"] = self.ledger.flows["people_arrived"]
        self.ledger.stocks["cash"] = self.ledger.flows["arrivals_cash.received"]
        self.ledger.stocks["other_debt"] = self.ledger.flows["arrivals_debt"]
        if self.config.tape is not None:
            self.lender.take_over(seat(self.config.tape, self.config, self.people, self.ledger))
        if self.firms.exist:
            hand(found_all, self)
            self.ledger.stocks |= firm_stocks_at_start(self.firms)

    @property
    def assumptions(self) -> list[str]:
        """What had to be assumed about a user's own data; empty where there is none."""
        return list(self.config.tape.assumptions) if self.config.tape is not None else []

    # ---- policy date and checkpoints ------------------------------------------------------------

    def _policy_date(self) -> None:
        """Start the scheme on the book as it stands; old loans stay outside unless it says otherwise."""
        principal = self.ledger.both_stocks()["principal"]
        eligible = eligible_principal(self.config.sharing, self.populations, self.month)
        volume = sum(int(amounts.sum()) for amounts in eligible)
        existing = volume if self.config.sharing.covers_existing else 0
        if existing:
            for book, prefix, amounts in zip(self.books, ("", FIRM), eligible, strict=False):
                book["covered"][:] = amounts
                self.ledger.stocks[f"{prefix}covered"] = int(amounts.sum())
        self.sharing = RiskSharing(self.config.sharing, self.config.fund, principal, existing, volume)
        enrol(self, self.sharing)

    def save(self, folder: Path | None = None, *, departed: bool = True, last: bool = False) -> Checkpoint | Path:
        """Keep everything that the rest of the run depends on.

        Parameters
        ----------
        folder : Path, optional
            Where to write it, with all rows; without it the checkpoint stays in memory.
        departed : bool
            Whether rows stay of persons who have left; without them those of the others are numbered anew.
        last : bool
            Whether the model is done with: it gives its columns away.

        Returns
        -------
        dict or Path
            What ``fork`` takes: columns and plain numbers, or the folder.
        """
        numbers = {
            "month": self.month,
            "months_run": self.months_run,
            "firms": self.firms.save(),
            "lender": kept(self.lender),
            "stocks": dict(self.ledger.stocks),
            "outside": self.ledger.outside,
            "sharing": self.sharing.save(),
            "absent": sorted(self.absent),
            "scores": self.scores.save(),
            "job_market": self.job_market.save(),
            "firm_scores": self.firm_scores.save(),
            "own": dict(self.keep()),
        }
        if folder is not None:
            return on_disk(folder, self.tables, numbers, departed and not last)
        if last:
            let_go(self)
        saved = {**numbers, "tables": {name: rows_in_use(table, departed, last) for name, table in self.tables.items()}}
        return saved if departed else without_departed(saved, last)

    @property
    def tables(self) -> dict[str, Table]:
        """Tables that a checkpoint keeps."""
        return {"persons": self.persons, "accounts": self.accounts, **self.firms.tables()}

    @classmethod
    def fork(cls, config: Any, checkpoint: Checkpoint | Path, *, last: bool = False) -> Model:
        """Continue from a checkpoint under another configuration; the ``last`` takes columns out of one in memory."""
        return cls(config, {**checkpoint, "last": True} if last and isinstance(checkpoint, dict) else checkpoint)

    def _restore(self, checkpoint: Checkpoint | Path) -> None:
        tables: dict[str, Table] | None
        tables, saved = read_checkpoint(checkpoint) if isinstance(checkpoint, Path) else (None, checkpoint)
        for name, table in self.tables.items():
            table.load(saved["tables"][name], saved.get("last", False)) if tables is None else table.take(tables[name])
        self.kept = saved.get("own", {})
        self.firms.restore(saved["firms"])
        self.month, self.months_run = saved["month"], saved["months_run"]
        take_back(self.lender, saved["lender"])
        self.job_market.restore(saved["job_market"])
        self.scores.restore(saved["scores"], self.month > 0)
        self.firm_scores.restore(saved["firm_scores"], self.month > 0)
        self.ledger.stocks, self.ledger.outside = dict(saved["stocks"]), saved["outside"]
        self.absent &= frozenset(saved["absent"])  # what other options did before may show yet
        if self.month > 0:
            self.sharing = RiskSharing(self.config.sharing, self.config.fund)
            self.sharing.restore(saved["sharing"])
            enrol(self, self.sharing)
