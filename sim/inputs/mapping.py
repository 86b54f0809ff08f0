"""Which column of a loan tape is what: a small YAML, typed and checked like any configuration."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from sim.engine.tables.declare import setting
from sim.engine.tables.file_layout import Layout
from sim.loan.states import MONTHS_LAST
from sim.persons.conditional import Beliefs

PRODUCTS = ("card", "instalment")
MONTHS, DAYS = "months", "days"
UNITS = {MONTHS: MONTHS_LAST, DAYS: 3650}
"""Units of a status, and the largest that can be: 13 months are 360 days and more."""
PERIODS = {"month": 1, "year": 12}


@dataclass(frozen=True)
class Codes:
    """What the numbers in the status columns mean; k from 1 to ``largest`` is k months (or days) past due."""

    unused: tuple[int, ...] = setting((), meaning="nothing owed, no use")
    full: tuple[int, ...] = setting((), meaning="paid in full")
    current: tuple[int, ...] = setting((0,), meaning="not past due: at least the minimum was paid")
    largest: int = setting(
        0, 0, UNITS[DAYS], unit="months or days past due", meaning="largest status on the tape; 0: 13 months, 3650 days"
    )

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        codes = [*self.unused, *self.full, *self.current]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        late = sorted(code for code in codes if code > 0)
        problems = [f"codes: {code} stands twice, must stand once" for code in twice]
        problems += [f"codes: {code} means {code} months past due, must not be a code of its own" for code in late]
        return problems

    @property
    def named(self) -> tuple[int, ...]:
        """Statuses of those who are not past due, ascending."""
        return tuple(sorted([*self.unused, *self.full, *self.current]))


@dataclass(frozen=True)
class TapeMapping:
    """Columns of a tape by role; months stand oldest first, one column a month."""

    description: str = setting("", meaning="what the tape is and where it comes from")
    limit: str = setting("", meaning="column of the credit limit")
    months: tuple[str, ...] = setting((), meaning="labels of the months, oldest first")
    status: tuple[str, ...] = setting((), meaning="columns of the repayment status, one a month")
    balance: tuple[str, ...] = setting((), meaning="columns of the balance billed, one a month")
    payment: tuple[str, ...] = setting((), meaning="columns of what was paid, one a month; may be left out")
    id: str = setting("", meaning="column of the account's name; empty: rows are not named")
    age: str = setting("", meaning="column of the age in years; may be left out")
    sex: str = setting("", meaning="column of the sex; read and checked, no rule uses it")
    education: str = setting("", meaning="column of the education; read and checked, no rule uses it")
    currency: str = setting("CNY", meaning="currency of the tape")
    yuan: float = setting(1.0, 1e-6, 1e6, unit="yuan per unit", meaning="rate of the tape's currency")
    unit: str = setting(MONTHS, choices=tuple(UNITS), meaning="what a status counts: months or days past due")
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
    beliefs: Beliefs = dataclasses.field(default_factory=Beliefs)

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        problems = [f"{name}: is empty, must name a column" for name in ("limit",) if not getattr(self, name)]
        if not self.months:
            problems.append("months: is empty, must name at least one month")
        for name in ("status", "balance", "payment"):
            given = len(getattr(self, name))
            if given != len(self.months) and not (name == "payment" and given == 0):
                problems.append(f"{name}: names {given} columns, must be {len(self.months)} as months")
        for column in sorted({column for column in self.columns if self.columns.count(column) > 1}):
            problems.append(f"{column}: is named twice, a column has one role")
        unknown = [label for label in self.late_from_two if label not in self.months]
        problems += [f"late_from_two: {label} is none of months" for label in unknown]
        if len(set(self.months)) < len(self.months):
            problems.append("months: a label stands twice, must stand once")
        return [*problems, *self.layout.problems("layout."), *self._check_unit()]

    def _check_unit(self) -> list[str]:
        """List what contradicts the unit of the statuses, one line each."""
        problems = []
        if self.codes.largest > UNITS[self.unit]:
            problems.append(
                f"codes.largest: {self.codes.largest}, must be at most {UNITS[self.unit]} months past due (360 days and"
                " more); a tape that counts days past due says unit: days"
            )
        if self.unit == DAYS and self.late_from_two:
            problems.append("late_from_two: is about statuses in months, must be left out with unit: days")
        return problems

    @property
    def largest(self) -> int:
        """Largest status that may stand on the tape, in its unit."""
        return self.codes.largest or UNITS[self.unit]

    @property
    def columns(self) -> list[str]:
        """Every column of the tape that has a role."""
        single = [self.id, self.limit, self.age, self.sex, self.education, self.income]
        return [column for column in (*single, *self.status, *self.balance, *self.payment) if column]
