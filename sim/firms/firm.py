"""A micro or small firm: a view on one row of the firms' private table and of their accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.engine.tables.declare import column, declared_columns
from sim.engine.tables.row_agent import RowAgent
from sim.loan.account import INT32, Account

NO_FIRM = 0  # row 0 of the firms' tables is nobody, so that 0 may stand for no employer and for outside
COUNTED_ON = 0.8  # part of what other firms owe that owners reckon with: some will fail (assumption)
FIRST_ORDINAL = 2**30  # firms count from here, so that none shares its luck with a person


class FirmPrivate:
    """What only the firm knows."""

    trading = column("int8", 0, 1, "", "in business")
    sector = column("int8", 0, 4, "", "sector")
    size_class = column("int8", 0, 1, "", "0 micro, 1 small")
    region = column("int16", 0, 1000, "", "region, shares a harvest")
    owner = column("int32", 0, INT32, "", "row of the person who owns it")
    honesty = column("float32", 0, 1, "", "1 never diverts a loan")
    observability = column("float32", 0, 1, "share of turnover", "what the lender sees of it")
    market = column("int64", 0, None, "fen a month", "final demand in calm times")
    normal_sales = column("int64", 0, None, "fen a month", "all sales in calm times")
    productivity = column("float32", None, None, "log points", "own luck with sales")
    expected_sales = column("int64", 0, None, "fen a month", "sales expected, season taken out")
    profit_average = column("int64", None, None, "fen a month", "mean profit, recent months weigh more")
    cash = column("int64", None, None, "fen", "liquid funds; below 0 an overdraft outside")
    overdraft = column("int64", 0, None, "fen", "line at a bank outside")
    receivables = column("int64", 0, None, "fen", "owed by customers outside")
    inventory = column("int64", 0, None, "fen", "stock of inputs and goods at cost")
    pledge = column("int64", 0, None, "fen", "movable assets pledged to the lender")
    fixed_cost = column("int64", 0, None, "fen a month", "rent, energy and the like")
    staff = column("int32", 0, None, "persons", "employed, the owner included")
    vacancies = column("int32", 0, None, "persons", "places that wait for somebody")
    layoffs = column("int32", 0, None, "persons a month", "to be laid off this month")
    labour = column("int64", 0, None, "fen a month", "permanent income of the staff: its capacity")
    wage_bill = column("int64", 0, None, "fen a month", "wages of the last month")
    owner_share = column("float32", 0, 3, "factor", "owner's drawings over normal")
    sales = column("int64", 0, None, "fen a month", "sales of the last month")
    orders = column("int64", 0, None, "fen a month", "inputs ordered this month")
    orders_in = column("int64", 0, None, "fen a month", "sold to firms this month")
    claims = column("int64", 0, None, "fen", "owed by other firms")
    debts = column("int64", 0, None, "fen", "owed to suppliers")
    debts_due = column("int64", 0, None, "fen", "of this due")
    claims_due = column("int64", 0, None, "fen", "of the claims due")
    reserve = column("int64", 0, None, "fen", "put aside for wages", passing=True)
    funds = column("int64", 0, None, "fen", "what suppliers may be paid from", passing=True)
    tranche = column("int64", 0, None, "fen", "tranche of a project asked for", passing=True)
    wages_due = column("int64", 0, None, "fen", "wages of the month", passing=True)
    wish = column("int64", 0, None, "fen a month", "final demand met", passing=True)
    demand = column("int64", 0, None, "fen a month", "of this what all customers can pay for", passing=True)
    goods_used = column("int64", 0, None, "fen a month", "inputs in what was sold, at cost", passing=True)
    cash_target = column("int64", None, None, "fen", "cash to keep before owners are paid", passing=True)
    funds_needed = column("int64", 0, None, "fen", "asked of the lender, line permitting", passing=True)
    takings = column("int64", 0, None, "fen", "what customers but firms will have paid next month", passing=True)
    means = column("int64", None, None, "fen", "what orders may be paid from, less debts", passing=True)
    project_met = column("int8", 0, 1, "", "a project begins this month", passing=True)
    months_short = column("int8", 0, 120, "months", "suppliers not paid in full")
    project_stage = column("int8", 0, 4, "", "0 none, 1-3 tranches drawn, 4 finished")
    project_months = column("int8", 0, 120, "months", "since the last tranche")
    project_cost = column("int64", 0, None, "fen", "cost of the project")
    diverted = column("int8", 0, 1, "", "tranches went elsewhere")
    failed_month = column("int16", -30000, 30000, "month", "when it failed")
    failure = column("int8", 0, 3, "state", "none, illiquid, insolvent, illiquid with customers in default")
    niche = column("int8", 0, 1, "", "its market waits for a successor")
    hit = column("int64", 0, None, "fen", "lost on customers, fading")
    research = column("float32", 0, None, "factor", "research over the usual of the sector")
    thrift = column("float32", 0, None, "factor", "cash that its owner keeps over what a usual one does")
    backup = column("int64", 0, None, "fen", "open lines not drawn, which stand in for cash", passing=True)


class TradeLink:
    """One supplier of one firm; the last link of each firm leads outside."""

    buyer = column("int32", 0, INT32, "", "row of the firm that buys")
    supplier = column("int32", 0, INT32, "", "row of the firm that sells, 0 outside")
    share = column("float32", 0, 1, "share of inputs", "bought here")
    later = column("int64", 0, None, "fen", "owed, not yet due")
    due = column("int64", 0, None, "fen", "owed and due")


FIRM_COLUMNS = declared_columns(FirmPrivate)
LINK_COLUMNS = declared_columns(TradeLink)


class Firm(RowAgent, FirmPrivate, Account):
    """One firm; private columns and the columns of the account are its attributes."""

    if TYPE_CHECKING:
        model: Any  # whose owner has the rows

    def step(self) -> None:
        """Live one phase of the month, by the same rules as the compiled loop, in plain Python."""
        self.model.firms.population.step_row(self.row)
