"""Which column of a loan tape is what: a small YAML, typed and checked like any configuration."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from sim.agents.conditional import Beliefs
from sim.tables.declare import setting

PRODUCTS = ("card", "instalment")


@dataclass(frozen=True)
class Codes:
    """What the numbers in the status columns mean; k from 1 to ``largest`` is k months past due."""

    unused: tuple[int, ...] = setting((), meaning="nothing owed, no use")
    full: tuple[int, ...] = setting((), meaning="paid in full")
    current: tuple[int, ...] = setting((0,), meaning="not past due: at least the minimum was paid")
    largest: int = setting(8, 1, 60, unit="months past due", meaning="largest status on the tape")

    def check(self) -> list[str]:
        """Cross-field problems, one line each."""
        codes = [*self.unused, *self.full, *self.current]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        late = sorted(code for code in codes if code > 0)
        problems = [f"codes: {code} stands twice, must stand once" for code in twice]
        problems += [f"codes: {code} means {code} months past due, must not be a code of its own" for code in late]
        return problems

    @property
    def allowed(self) -> tuple[int, ...]:
        """Every status that may stand on the tape."""
        return tuple(sorted([*self.unused, *self.full, *self.current, *range(1, self.largest + 1)]))


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
    missing: tuple[str, ...] = setting(("", "NA", "NaN", "null"), meaning="marks of a missing value")
    product: str = setting("card", choices=PRODUCTS, meaning="card with a minimum payment, or instalments")
    term: int = setting(12, 1, 60, unit="months", meaning="instalments left of an instalment loan")
    rate: float = setting(0.146, 0.0, 0.36, unit="a year", meaning="price of the balances")
    late_from_two: tuple[str, ...] = setting(
        (), meaning="months in which status 2 is the first month past due, 3 the second, and so on"
    )
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
        return problems

    @property
    def columns(self) -> list[str]:
        """Every column of the tape that has a role."""
        single = [self.id, self.limit, self.age, self.sex, self.education]
        return [column for column in (*single, *self.status, *self.balance, *self.payment) if column]
