"""The firms of a model: their tables, their network of suppliers, and the numbers that their rules read."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.economy.sectors import PRIVATE_SECTORS, SECTORS
from sim.engine.loops.draws import purpose
from sim.engine.loops.order import each
from sim.engine.loops.transforms import exponential_function
from sim.engine.tables.agents import TableAgentSet
from sim.engine.tables.declare import declared_columns
from sim.engine.tables.numbers import Numbers
from sim.engine.tables.population import Population
from sim.engine.tables.table import Table
from sim.firms import trade_loops as loops
from sim.firms.as_agents import AsAgents
from sim.firms.firm import FIRM_COLUMNS, FIRST_ORDINAL, LINK_COLUMNS, Firm
from sim.firms.founding import FOUND_FIRM
from sim.firms.furnishing import TERMS, TRAITS, furnish
from sim.firms.seasons import paid_in_a_month, season_buffers
from sim.firms.standing import standing_numbers
from sim.loan.account import Account
from sim.loan.states import NEVER

Rows = NDArray[np.int64]
YEAR = 12
# Columns that loops are handed, in their order.
KNOWN = itemgetter(
    *("sector", "normal_sales", "market", "labour", "size_class", "thrift", "productivity", "observability")
)
LEFT = itemgetter(
    *("fixed_cost", "wage_bill", "expected_sales", "profit_average", "inventory", "pledge", "overdraft", "cash"),
    "receivables",
)
FOUNDING = tuple((stage, False) for stage in FOUND_FIRM)
OPENED = itemgetter("line", "inflow_fast", "inflow_slow")
SELLING = itemgetter("sector", "normal_sales", "trading")
SUPPLIED = itemgetter("supplier", "share")
LINKED = itemgetter("supplier", "later", "due")
OWED = itemgetter("debts", "debts_due", "claims", "claims_due")


class Firms(AsAgents):
    """All firms, alive and failed, and who supplies whom.

    Row 0 of the tables is nobody: as an employer it means none, as a supplier the outside world. Each firm has
    ``slots`` links in a row of their own, the last of which leads outside.

    Parameters
    ----------
    model : mesa.Model
        The owner.
    config : Config
        Its firms, feedback, sectors and behaviour.
    persons, months : int
        Size at the start, and how long the run may be: what room is needed.
    """

    NUMBERS = ("reference_spending", "spending_months", "calm_unemployment", "gaps")
    COUNTS = ("jobless_by_sector", "people_by_sector", "place_by_sector")

    def __init__(self, model: Any, config: Any, persons: int, months: int) -> None:
        self.settings, self.feedback, self.sectors = config.firms, config.feedback, config.sectors
        self.count = self.settings.count_among(persons)
        self.slots = self.settings.degree + 1
        room = 1 + int(self.count * (1.0 + 0.012 * months)) + 8 if self.count else 1
        self.private = Table(config.own.table(FIRM_COLUMNS, firms=True), room)
        self.accounts = Table(declared_columns(Account), room)
        self.links = Table(LINK_COLUMNS, room * self.slots)
        self.population = Population(self.private, self.accounts, config.seed)
        tables = {"firms": self.private, "firm_accounts": self.accounts}
        self.agents = self.population.agents = TableAgentSet(model, Firm, tables)
        # A published path of unemployment is taken as given: firms then follow it.
        self.weight_of_jobs = 0.0 if config.economy.is_published or not self.count else self.feedback.jobs
        self.environment = Numbers()
        self.reference_spending, self.spending_months = 0.0, 0
        self.calm_unemployment = config.economy.unemployment
        self.gaps: list[float] = []
        self.standing = standing_numbers(config, self.weight_of_jobs)
        season, self._days = self.sectors.by_sector("season"), self.sectors.by_sector("receivable_days")
        self._traits = np.column_stack([self.standing[f"{name}_by_sector"] for name in TRAITS])
        self._terms = np.array([float(getattr(self.settings, name)) for name in TERMS])
        # A row for each calendar month.
        self._seasons = np.ascontiguousarray(season.T)
        persistence, spread = self.settings.productivity_persistence, self.settings.productivity_sd
        self._volatility = spread * math.sqrt(1.0 - persistence * persistence)
        self._drift = -0.5 * spread * spread * (1.0 - persistence)
        self.jobless_by_sector = np.zeros(len(SECTORS), dtype=np.int64)
        self.people_by_sector, self.place_by_sector = self.jobless_by_sector, self.jobless_by_sector
        nobody = self._append(1)
        self.private["failed_month"][nobody] = self.accounts["default_month"][nobody] = NEVER
        self.accounts["score"][nobody] = 600.0

    @property
    def exist(self) -> bool:
        """Whether there are any."""
        return self.count > 0

    @property
    def rows(self) -> int:
        """Rows in use, nobody included."""
        return self.private.size

    def trading(self) -> Rows:
        """Rows of the firms in business."""
        return np.flatnonzero(self.private["trading"])

    # ---- founding -----------------------------------------------------------------------------------

    def _append(self, count: int) -> slice:
        made = self.population.append(count)
        links = self.links.append(count * self.slots)
        self.links["buyer"][links] = np.repeat(np.arange(made.start, made.stop), self.slots)
        return made

    def found(
        self, sectors: NDArray[np.int64], month: int, environment: Mapping[str, Any], first_ordinal: int = FIRST_ORDINAL
    ) -> Rows:
        """Add firms of the given sectors; who they are depends on the seed, the month and their number."""
        made, private, book = self._append(len(sectors)), self.private, self.accounts
        rows = np.arange(made.start, made.stop)
        book["alive"][made] = private["trading"][made] = 1
        book["arrival_month"][made] = month
        book["ordinal"][made] = rows + (first_ordinal - made.start)
        private["sector"][made] = book["stated_sector"][made] = sectors
        book["claim_month"][made] = NEVER
        # That no name has two owners was looked at when the model was built, see `numbers`.
        self.population.run_some(FOUNDING, {"initial_tenure": 0, **environment, **self.standing}, month, made)
        return rows

    def furnish(self, rows: Rows, month: int, stationary: bool) -> dict[str, int]:
        """Give firms whose sales, market and suppliers stand their cash, stocks, cost and, if due, open accounts.

        Parameters
        ----------
        rows : ndarray of int
            Firms.
        month : int
            Calendar month.
        stationary : bool
            Whether they have traded for long: then stocks, receivables and payables stand where present sales leave
            them at the end of a month.

        Returns
        -------
        dict of str to int
            Fen: ``cash`` and ``inventory`` that came into the firms.
        """
        private, book, links = self.private, self.accounts, self.links
        cash, goods = furnish(
            *(rows, self.slots, stationary, self._traits, self._terms, self.season_buffer(month)),
            *(*KNOWN(private), *LEFT(private), *OPENED(book), links["share"], links["later"]),
        )
        return {"cash": int(cash), "inventory": int(goods)}

    def luck_of(self, rows: Rows) -> NDArray[np.float64]:
        """Factor that own luck puts on final demand."""
        return each(exponential_function, self.private["productivity"][rows])

    def choose_suppliers(self, rows: Rows, month: int) -> None:
        """Draw suppliers for firms that have none yet; what the network does not sell comes from outside."""
        links = np.empty(len(rows) * self.settings.degree, dtype=np.int64)
        loops.open_links(self.slots, rows, self.links["share"], links)
        if self.settings.degree:
            self.replace_suppliers(links, month)

    def replace_suppliers(self, links: Rows, month: int) -> None:
        """Draw a new supplier for each link; a buyer's own draw of the month decides.

        Nobody takes on a customer who would be more than ``largest_customer`` of the own sales: the buyer gets
        the rest outside.
        """
        buyers, slot = np.divmod(links, self.slots)
        luck = self.population.uniforms_of(purpose("supplier_1") + slot, buyers, month)
        columns = *SELLING(self.private), *SUPPLIED(self.links)
        loops.supply(self.slots, links, buyers, luck, float(self.settings.concentration), *self.terms(), *columns)

    def terms(self) -> tuple[NDArray[np.float64], float, float]:
        """Inputs over sales by sector, their part usually ordered over each link, and a customer's share of sales."""
        each = self.settings.network_share / max(self.settings.degree, 1)
        return self.standing["input_share_by_sector"], each, float(self.settings.largest_customer)

    # ---- the network --------------------------------------------------------------------------------

    def links_of(self, rows: Rows) -> Rows:
        """Links of the firms, shape (firms, slots)."""
        return rows[:, None] * self.slots + np.arange(self.slots)

    def first_links(self) -> Rows:
        """Offsets of the links by buyer, as clearing takes them."""
        return np.arange(self.rows + 1, dtype=np.int64) * self.slots

    def count_debts(self) -> None:
        """Set what each firm owes its suppliers and is owed by customers, and what of it is due."""
        loops.count_debts(self.slots, *LINKED(self.links), *OWED(self.private))

    def fall_due(self) -> None:
        """Let debts for goods fall due as the days that suppliers give run out, and count them."""
        matured, sector = self.standing["matured_by_sector"], self.private["sector"]
        loops.fall_due(self.slots, matured, sector, *LINKED(self.links), *OWED(self.private))

    def place_orders(self) -> tuple[int, int]:
        """Send the orders of firms in business to suppliers on trade credit; returns their sum, and that from outside.

        Fen; the goods come at once.
        """
        given = self.links["supplier"], self.links["share"], self.private["trading"], self.private["orders"]
        total, outside = loops.place_orders(
            self.slots, *given, self.links["later"], self.private["inventory"], self.private["orders_in"]
        )
        return int(total), int(outside)

    def remember(self, unemployment: float, month: int, memory: int) -> None:
        """Keep in mind the unemployment that persons live in, against what was usual in the burn-in."""
        if month < 0:
            self.calm_unemployment += (unemployment - self.calm_unemployment) / YEAR
        self.gaps = [*self.gaps, unemployment - self.calm_unemployment][-memory - 1 :]

    def season_buffer(self, calendar_month: int) -> NDArray[np.float64]:
        """Months of normal sales that each sector must put by until its season comes, shape (5,)."""
        return self._buffers[calendar_month % YEAR]

    @functools.cached_property
    def _buffers(self) -> NDArray[np.float64]:
        season = self.sectors.by_sector("season")
        return np.ascontiguousarray(season_buffers(self.standing, season).T)

    def numbers(self, environment: Mapping[str, Any], economy: Any) -> Numbers:
        """Numbers of the month for the firms' rules: the persons' and the lender's, and their own over them.

        ``given`` are those that the month adds.
        """
        month = economy.calendar_month
        # Sales growth differs more between firms in a recession: the variance of luck rises with its stress.
        stress = max(economy.stress, 0.0)
        uncertainty = 1.0 + self.settings.recession_variance * stress
        own = {
            "productivity_volatility": self._volatility * math.sqrt(uncertainty),
            "productivity_drift": self._drift * uncertainty,
            "collected_by_sector": paid_in_a_month(self._days, self.settings.late_payment * stress),
            "calendar_month": month,
            "months_to_harvest": (self.settings.harvest_month - month) % YEAR or YEAR,
            "season_by_sector": self._seasons[month % YEAR],
            "next_season_by_sector": self._seasons[(month + 1) % YEAR],
            "season_buffer_by_sector": self.season_buffer(month),
            "harvest_by_region": np.asarray(economy.harvest_by_region),
            "household_share_by_sector": np.zeros(len(PRIVATE_SECTORS)),
            "outside_share_by_sector": np.asarray(economy.demand_by_sector[: len(PRIVATE_SECTORS)]),
        }
        numbers = Numbers(environment).give("firms", self.standing)
        numbers.given = {}  # what stays for the whole run is looked at with the persons' (`check_standing`)
        return numbers.give("the firms' month", own)

    def tables(self) -> dict[str, Table]:
        """Tables that a checkpoint keeps."""
        return {"firms": self.private, "firm_accounts": self.accounts, "trade_links": self.links}

    def save(self) -> dict[str, Any]:
        """Numbers that a checkpoint keeps beside the tables."""
        numbers = {name: getattr(self, name) for name in self.NUMBERS}
        return {**numbers, **{name: getattr(self, name).copy() for name in self.COUNTS}}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take the numbers of a checkpoint back."""
        for name in self.NUMBERS:
            setattr(self, name, saved[name])
        for name in self.COUNTS:
            setattr(self, name, np.array(saved[name]))
