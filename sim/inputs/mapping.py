"""Which column of a loan tape is what: a small YAML, typed and checked like any configuration."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from itertools import pairwise

from sim.engine.tables.declare import setting
from sim.engine.tables.file_layout import Layout
from sim.inputs.codes import MONTHS, UNITS, Codes
from sim.inputs.dates import period_of
from sim.inputs.errors import nearest
from sim.inputs.tape_units import Times, is_annual, is_monthly, unit_problems
from sim.persons.conditional import Beliefs

NAMES_OF_DAYS = re.compile(r"dpd|days|\u5929", re.IGNORECASE)
FEN = 100  # a yuan
LARGEST_FEN = 2_000_000_000
CARD, INSTALMENT = "card", "instalment"
PRODUCTS = (CARD, INSTALMENT)
PERIODS = {"month": 1, "year": 12}
SHARES = {"fraction": 1.0, "percent": 100.0}
LONGEST_HISTORY = 60
MAY_LACK = (
    *("age", "income", "payment", "rate", "term", "instalment", "score", "segment", "vintage"),
    "days_past_due",
)
CODE = re.compile(r"[A-Z]{3}")
"""Roles in which a cell may be empty where the mapping says so: there is a rule for what stands in its place."""


@dataclass(frozen=True)
class AccountColumns:
    """Columns of each account's own terms, in place of the one value for all."""

    rate: str = setting("", meaning="column of the price of the balance, a year")
    term: str = setting("", meaning="column of the term in months")
    instalment: str = setting("", meaning="column of the instalment a month, interest included")
    product: str = setting("", meaning="column of the product; products says which text is which")
    currency: str = setting("", meaning="column of the currency; exchange has a rate for each")
    vintage: str = setting("", meaning="column of the month in which the account was opened: its time on the book")
    days_past_due: str = setting("", meaning="column of the days past due in the month that the book starts from")
    ended: str = setting("", meaning="column of why an account has ended: where it is not empty, it is left out")
    score: str = setting("", meaning="column of a score; in the control totals, no rule uses it")
    segment: str = setting("", meaning="column of a segment; in the control totals, no rule uses it")


@dataclass(frozen=True)
class ProductTexts:
    """Texts in the column of the product, by what they are; `card` and `instalment` are themselves."""

    card: tuple[str, ...] = setting((), meaning="accounts with a minimum payment")
    instalment: tuple[str, ...] = setting((), meaning="accounts with a term")


@dataclass(frozen=True)
class Exchange:
    """Rate of one currency of the column of currencies."""

    currency: str = setting("", meaning="currency as it stands on the tape")
    yuan: float = setting(1.0, 1e-6, 1e6, unit="yuan per unit", meaning="its rate")


@dataclass(frozen=True)
class LongLayout:
    """A tape with a row for each account and month, as servicers publish; empty where it has a row for each account."""

    id: str = setting("", meaning="column of the account's name")
    month: str = setting("", meaning="column of the month")
    history: int = setting(
        12, 1, LONGEST_HISTORY, unit="months", meaning="months up to the start that inform, the start included"
    )


@dataclass(frozen=True)
class TapeMapping:
    """Columns of a tape by role; months stand oldest first, one column a month."""

    description: str = setting("", meaning="what the tape is and where it comes from")
    limit: str = setting("", meaning="column of the credit limit")
    months: tuple[str, ...] = setting(
        (), meaning="labels of the months, oldest first; none: one month, population.start says which"
    )
    status: tuple[str, ...] = setting((), meaning="columns of the repayment status, one a month")
    balance: tuple[str, ...] = setting((), meaning="columns of the balance billed, one a month")
    payment: tuple[str, ...] = setting((), meaning="columns of what was paid, one a month; may be left out")
    id: str = setting("", meaning="column of the account's name; empty: rows are not named")
    age: str = setting("", meaning="column of the age in years; may be left out")
    sex: str = setting("", meaning="column of the sex; read and checked, no rule uses it")
    education: str = setting("", meaning="column of the education; read and checked, no rule uses it")
    currency: str = setting("CNY", meaning="currency of the tape")
    yuan: float = setting(1.0, 1e-6, 1e6, unit="yuan per unit", meaning="rate of the tape's currency")
    unit: str = setting(
        MONTHS, choices=tuple(UNITS), meaning="what a status counts: months or days past due, or periods of 30"
    )
    income: str = setting("", meaning="column of the income of the account's holder, in the tape's currency")
    income_per: str = setting("month", choices=tuple(PERIODS), meaning="time in which that income is earned")
    median_income: float = setting(
        0.0,
        0.0,
        1e9,
        unit="of the tape's currency a month",
        meaning="median income of the account holders; 0: not known",
    )
    missing: tuple[str, ...] = setting(("", "NA", "NaN", "null"), meaning="marks of a missing value")
    product: str = setting("card", choices=PRODUCTS, meaning="card with a minimum payment, or instalments")
    term: int = setting(12, 1, 60, unit="months", meaning="instalments left of an instalment loan")
    rate: float = setting(0.146, 0.0, 0.36, unit="a year", meaning="price of the balances")
    late_from_two: tuple[str, ...] = setting(
        (), meaning="months in which status 2 is the first month past due, 3 the second, and so on"
    )
    layout: Layout = dataclasses.field(default_factory=Layout)
    codes: Codes = dataclasses.field(default_factory=Codes)
    columns: AccountColumns = dataclasses.field(default_factory=AccountColumns)
    products: ProductTexts = dataclasses.field(default_factory=ProductTexts)
    exchange: tuple[Exchange, ...] = setting((), meaning="rates of the currencies in the column of currencies")
    rate_in: str = setting(
        "fraction", choices=tuple(SHARES), meaning="whether 0.08 or 8 is eight per cent in the column of rates"
    )
    rates_above: str = setting(
        "refused", choices=("refused", "held"), meaning="what becomes of rates above 36 % a year, which no book holds"
    )
    term_is: str = setting(
        "left",
        choices=("left", "original", "maturity"),
        meaning="what the column of terms holds: months left, all months from the vintage on, or the month of the end",
    )
    times: tuple[Times, ...] = setting((), meaning="factors of columns in another unit than their role has")
    may_lack: tuple[str, ...] = setting((), meaning="roles in which a cell may be empty")
    long: LongLayout = dataclasses.field(default_factory=LongLayout)
    beliefs: Beliefs = dataclasses.field(default_factory=Beliefs)

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        problems = self._check_columns()
        unknown = [label for label in self.late_from_two if label not in self.months]
        problems += [f"late_from_two: {label} is none of months" for label in unknown]
        if len(set(self.months)) < len(self.months):
            problems.append("months: a label stands twice, must stand once")
        dates = [period_of(label, self.layout.date_format) or period_of(label) for label in self.months]
        problems += [
            f"months: {later} stands after {label}, must be oldest first, and the columns in the same order"
            for (label, one), (later, two) in pairwise(zip(self.months, dates, strict=True))
            if one and two and two.first < one.first
        ]
        for role in (role for role in self.may_lack if role not in MAY_LACK):
            problems.append(f"may_lack: {role}, must be of {', '.join(MAY_LACK)}{nearest(role, MAY_LACK)}")
        twice = [entry.currency for entry in self.exchange]
        problems += [
            f"exchange: {name} stands twice, must stand once" for name in sorted(set(twice)) if twice.count(name) > 1
        ]
        units = [*self._check_unit(), *unit_problems(self.roles(), self.times)]
        return [*problems, *self.layout.problems("layout."), *units, *self._check_money(), *self._check_long()]

    def _check_money(self) -> list[str]:
        """List what contradicts the currency, and the time in which an income is earned, one line each."""
        problems = []
        if not CODE.fullmatch(self.currency):
            problems.append(f"currency: {self.currency}, must be a code of three letters (ISO 4217), such as USD")
        problems += [
            f"exchange: {entry.currency} at {entry.yuan:g}, must be at {self.yuan:g} as yuan says, or be left out"
            for entry in self.exchange
            if entry.currency == self.currency and entry.yuan != self.yuan
        ]
        told = [entry.column for entry in self.times]
        if self.income_per == "month" and is_annual(self.income) and self.income not in told:
            problems.append(
                f"income: {self.income}, is named as a year's income is, and income_per is month: income_per: year"
                f" reads it so, times: {{{self.income}: 1}} takes it as it stands"
            )
        return problems

    def roles(self) -> dict[str, str]:
        """Columns of amounts, rates, terms and days past due, and which of these they are."""
        amounts = (self.limit, *self.balance, *self.payment, self.income, self.columns.instalment)
        found = dict.fromkeys(amounts, "amount") | {self.columns.rate: "rate", self.columns.term: "term"}
        found[self.columns.days_past_due] = "days"
        return {column: role for column, role in found.items() if column}

    def _check_columns(self) -> list[str]:
        """List columns that are not named, or have two roles."""
        problems = []
        if not self.limit and self.product != INSTALMENT:
            problems.append("limit: is empty, must name a column (with product: instalment it may be left out)")
        snapshot = not self.months and not self.long.month
        given = max(len(self.months), 1)
        for name in ("status", "balance", "payment"):
            count = len(getattr(self, name))
            one = given == 1 and not self.long.month
            empty = name == "payment" or (name == "status" and self.columns.days_past_due and one)
            if count != given and not (empty and count == 0):
                most = "one" if snapshot or self.long.month else f"{given} as months"
                problems.append(f"{name}: names {count} columns, must be {most}")
        for column in sorted({column for column in self.named if self.named.count(column) > 1}):
            problems.append(f"{column}: is named twice, a column has one role")
        if self.term_is == "original" and not (self.columns.term and self.columns.vintage):
            problems.append("term_is: original needs columns.term and columns.vintage")
        return problems

    def _check_unit(self) -> list[str]:
        """List what contradicts the unit of the statuses, one line each."""
        problems = []
        if self.codes.largest > UNITS[self.unit]:
            problems.append(
                f"codes.largest: {self.codes.largest}, must be at most {UNITS[self.unit]} months past due (360 days and"
                " more); a tape that counts days past due says unit: days"
            )
        days = [column for column in self.status if NAMES_OF_DAYS.search(column)]
        if days and self.unit == MONTHS and not self.codes.largest and not self.codes.late:
            problems.append(
                f"status: {days[0]}, is named as days are, and unit is months: unit: days reads days; codes.largest"
                " says how many months it goes to"
            )
        late = self.columns.days_past_due
        told = [entry.column for entry in self.times]
        if is_monthly(late) and not NAMES_OF_DAYS.search(late) and late not in told:
            problems.append(
                f"columns.days_past_due: {late}, is named as months are: status: [{late}] reads months past due, times:"
                f" {{{late}: 1}} takes it as days"
            )
        if self.unit != MONTHS and self.late_from_two:
            problems.append(f"late_from_two: is about statuses in months, must be left out with unit: {self.unit}")
        return problems

    def _check_long(self) -> list[str]:
        """List what contradicts a row for each account and month, one line each."""
        long = self.long
        if bool(long.id) != bool(long.month):
            return ["long: needs both id and month, the columns of the account's name and of the month"]
        told = [name for name in ("id", "months") if long.id and getattr(self, name)]
        return [f"{name}: must be left out with long, which has the {name}" for name in told]

    @property
    def largest(self) -> int:
        """Largest status that may stand on the tape, in its unit."""
        return self.codes.largest or UNITS[self.unit]

    @property
    def named(self) -> list[str]:
        """Every column that has a role, as often as it has one."""
        own = [getattr(self.columns, entry.name) for entry in dataclasses.fields(self.columns)]
        single = [
            self.id,
            self.limit,
            self.age,
            self.sex,
            self.education,
            self.income,
            *own,
            self.long.id,
            self.long.month,
        ]
        return [column for column in (*single, *self.status, *self.balance, *self.payment) if column]

    def lacking_as(self, role: str) -> tuple[str, ...]:
        """Columns of a role in which a cell may be empty."""
        of = {"age": (self.age,), "income": (self.income,), "payment": self.payment}
        return of[role] if role in of else (getattr(self.columns, role),)

    def optional(self) -> dict[str, str]:
        """Columns in which a cell might be empty, and the role of each that ``may_lack`` would have to name."""
        return {column: role for role in MAY_LACK for column in self.lacking_as(role) if column}

    def lacking(self) -> frozenset[str]:
        """Columns in which a cell may be empty."""
        return frozenset(column for role in self.may_lack for column in self.lacking_as(role) if column)

    @property
    def largest_amount(self) -> float:
        """Largest amount that fits the book, in whole units of the tape's currency."""
        return float(int(LARGEST_FEN / FEN / max([self.yuan, *(entry.yuan for entry in self.exchange)])))
