"""A person who lives, borrows and pays: a view on one row of the private table and the book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.engine.tables.declare import column, declared_columns
from sim.engine.tables.row_agent import RowAgent
from sim.loan.account import INT32, Account


class Private:
    """What only the person knows."""

    sector = column("int8", 0, 5, "", "sector of work")
    community = column("int32", 0, INT32, "", "online neighbourhood")
    income_permanent = column("int32", 0, INT32, "fen a month", "permanent income")
    income_decile = column("int8", 0, 9, "tenths", "of persons that arrive with less permanent income", passing=True)
    income_transitory = column("float32", None, None, "log points", "persistent shock to income")
    employed = column("int8", 0, 1, "", "at work")
    employer = column("int32", 0, INT32, "", "row of the firm that pays the wage; 0 outside the firms", spare=True)
    owns = column("int32", 0, INT32, "", "row of the firm owned; 0 none", spare=True)
    months_jobless = column("int8", 0, 120, "months", "length of the spell without work")
    months_in_job = column("int16", 0, 480, "months", "in the present job")
    essential = column("int32", 0, INT32, "fen a month", "subsistence need")
    patience = column("float32", 0, None, "months of income", "liquid wealth aimed at")
    honesty = column("float32", 0, 1, "", "weight of the wish to repay")
    appetite = column("float32", 0, None, "months of income", "wish for debt")
    footprint = column("float32", 0, 1, "share of inflow", "what the platform sees of the income")
    cash = column("int64", 0, None, "fen", "liquid wealth")
    income = column("int32", 0, INT32, "fen", "income of the month")
    shock = column("int32", 0, INT32, "fen", "unexpected bill of the month", passing=True)
    shortfall = column("int32", 0, INT32, "fen", "need not covered this month", passing=True)
    other_debt = column("int32", 0, INT32, "fen", "owed to other lenders")
    other_past_due = column("int8", 0, 60, "months", "arrears at other lenders")
    loans_elsewhere = column("float32", 0, None, "loans", "taken from other lenders, a memory of two years")
    other_squeeze = column("int8", 0, 100, "percent", "other lines that no longer roll over")
    other_due = column("int32", 0, INT32, "fen", "asked for by other lenders this month", passing=True)
    other_room = column("int32", 0, INT32, "fen", "what other lenders would still lend", passing=True)
    paid_other = column("int32", 0, INT32, "fen", "paid to other lenders this month", passing=True)
    balance_wanted = column("int64", 0, None, "fen", "that the person would like to owe here", passing=True)
    stopping_hazard = column("float64", 0, None, "a month", "of stopping to pay by choice", passing=True)
    unwilling = column("int8", 0, 1, "", "has stopped paying by choice")
    forgot = column("int8", 0, 1, "", "has forgotten this month's payment", passing=True)
    cause = column("int8", 0, 7, "state", "why the first payment was missed")
    stolen = column("int32", 0, INT32, "fen", "drawn by a stranger this month and left on the account")
    leaves_arrears = column("int8", 0, 1, "", "once late, pays the instalment of the month and leaves the arrears")
    can_pay = column("int8", 0, 1, "", "could pay the month's instalment after essentials")
    taught = column("int8", 0, 1, "", "has been to a course")
    offended = column("int8", 0, 1, "", "will leave once nothing is owed, after an honest draw was blocked")


PRIVATE_COLUMNS = declared_columns(Private)
BOOK_COLUMNS = declared_columns(Account)


class Borrower(RowAgent, Private, Account):
    """One person; private columns and the columns of the account are its attributes."""

    if TYPE_CHECKING:
        model: Any  # whose owner has the rows

    def step(self) -> None:
        """Live one phase of the month: run the stages that the model has on its agenda.

        The same rules as the compiled loop, on this row, in plain Python, with the same draws.
        """
        self.model.people.step_row(self.row)
