"""A handful of firms and persons as plain arrays, so that a step among them can be worked by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.engine.tables.declare import declared_columns
from sim.engine.tables.numbers import Numbers
from sim.firms.firm import FIRM_COLUMNS, LINK_COLUMNS
from sim.firms.firms import Firms
from sim.loan.account import Account
from sim.loan.ledger import Ledger
from sim.persons.borrower import PRIVATE_COLUMNS

SLOTS = 2  # one supplier, and the outside world
PRIVATE = ("trading", "sector", "cash", "claims", "claims_due", "debts", "debts_due", "funds", "orders", "orders_in",
           "inventory", "layoffs", "vacancies", "staff", "labour", "wages_due", "normal_sales", "market",
           "expected_sales", "fixed_cost", "failed_month", "failure", "owner", "pledge", "receivables", "overdraft",
           "hit", "reserve", "niche", "size_class", "owner_share")  # fmt: skip
BOOK = ("principal", "interest", "written_off", "grace", "holiday", "limit", "payment", "line", "months_past_due",
        "overdue", "due", "months_in_state", "alive", "covered")  # fmt: skip
PERSON = ("employed", "employer", "sector", "owns", "cash", "income", "income_permanent", "months_jobless",
          "months_in_job", "patience")  # fmt: skip


class Column(dict):
    """Columns of one table with a size, as tables have."""

    @property
    def size(self) -> int:
        return len(next(iter(self.values())))


def zeros(declared: Mapping[str, Any], names: Iterable[str], rows: int) -> Column:
    """Some columns of a table as the engine stores them, so that loops are the same machine code."""
    return Column({name: np.zeros(rows, dtype=declared[name].dtype) for name in names})


class Town:
    """Firms of a town; row 0 is nobody. Sums over links are those of the engine."""

    links_of, first_links, count_debts, place_orders, terms = (
        Firms.links_of, Firms.first_links, Firms.count_debts, Firms.place_orders,
        Firms.terms,
    )  # fmt: skip

    def __init__(self, firms: int) -> None:
        self.rows, self.count, self.slots = firms + 1, firms, SLOTS
        self.private = zeros(FIRM_COLUMNS, PRIVATE, self.rows)
        self.private["trading"][1:] = 1
        self.private["failed_month"][:] = -30_000
        self.accounts = zeros(declared_columns(Account), BOOK, self.rows)
        self.accounts["alive"][1:] = 1
        self.links = zeros(LINK_COLUMNS, LINK_COLUMNS, self.rows * SLOTS)
        self.links["buyer"][:] = np.arange(self.rows * SLOTS) // SLOTS
        self.settings = SimpleNamespace(
            resale_price=0.5, normal_failures=0.12, claims_price=0.5, estate_cost=0.1, term=12, owner_guarantee=1.0,
            owner_garnish=0.25, layoff_part=0.5, demand_share=0.4, entry_hazard=0.5, network_share=0.6, degree=1,
            largest_customer=0.4,
        )  # fmt: skip
        self.feedback = SimpleNamespace(fire_sale=1.0, trade_credit=1.0, demand=1.0)
        self.standing: dict[str, Any] = {
            "wage_share_by_sector": np.full(5, 0.25),
            "input_share_by_sector": np.full(5, 0.5),
            "margin_by_sector": np.full(5, 0.05),
        }
        self.environment = Numbers()
        self.weight_of_jobs, self.exist = 1.0, True
        self.jobless_by_sector, self.people_by_sector, self.place_by_sector = np.zeros((3, 6), dtype=np.int64)
        self.reference_spending, self.spending_months = 0.0, 0
        self.luck = np.ones(self.rows)
        self.population = SimpleNamespace(uniforms=lambda name, rows, month: np.asarray(rows) / 10.0)

    def luck_of(self, rows: Any) -> Any:
        return self.luck[rows]

    def trading(self) -> Any:
        return np.flatnonzero(self.private["trading"])


def town(firms: int = 3, persons: int = 6) -> SimpleNamespace:
    """A model of a town in month 8: who is luckier stands further down the rows."""
    columns = zeros(PRIVATE_COLUMNS, PERSON, persons)
    columns["patience"][:] = 3.0
    ledger = Ledger(True)
    ledger.flows = defaultdict(int)
    calm = SimpleNamespace(
        unemployment_calm=0.1,
        separation_by_sector=np.full(6, 0.02),
        finding_by_sector=np.full(6, 0.3),
        calendar_month=4,
    )
    accounts = zeros(declared_columns(Account), ("alive",), persons)
    accounts["alive"][:] = 1
    return SimpleNamespace(
        month=8, lender=SimpleNamespace(credit_growth=0.0), firms=Town(firms), persons=columns, ledger=ledger,
        environment=Numbers(season=1.0),
        accounts=accounts, bins={},
        people=SimpleNamespace(
            private=columns, accounts=accounts, size=persons,
            uniforms=lambda name, rows, month: (np.asarray(rows) + 1) / (persons + 1.0)
        ),
        economy=SimpleNamespace(month=lambda month, growth=0.0: calm),
        config=SimpleNamespace(
            behaviour=SimpleNamespace(job_risk_spread=0.0, settling_months=0.0),
            population=SimpleNamespace(median_patience=3.0),
        ),
    )  # fmt: skip
