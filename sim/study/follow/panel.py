"""The account-month panel: sampled persons and firms month by month, what the lender sees beside what is true.

Whether somebody is in the sample is a draw of their own, so that the same persons are in it under every package and
in every economy. Firms of the first month are the same everywhere, too; a firm founded later is what its run made of
it. The row of month -1 is the policy date, before anything is decided. Columns are those of the tables of the model,
with their units and meanings; states are in words. Columns that a user's file declares stand among what is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.firms.firm import FIRM_COLUMNS
from sim.loan.states import CAUSES, LINE_NONE, LINES
from sim.persons.borrower import BOOK_COLUMNS, PRIVATE_COLUMNS
from sim.study.follow.columns import Described
from sim.study.follow.decisions import WATCHED, told
from sim.study.follow.sample import chosen, person_numbers

BOOK = (
    *("line", "limit", "principal", "interest", "payment", "overdue", "paid", "months_past_due", "written_off"),
    *("score", "offer_rate", "inflow_fast", "inflow_slow", "bureau_debt", "alert", "decided_by"),
)
"""What the lender has in its book."""
TRUE_OF_PERSONS = (
    *("employed", "income", "essential", "cash", "other_debt", "other_past_due", "can_pay", "unwilling", "honesty"),
    "cause",
)
TRUE_OF_FIRMS = (
    *("trading", "sector", "staff", "sales", "profit_average", "cash", "receivables", "claims", "debts", "diverted"),
    "failure",
)
"""What is true of them, which the lender does not see."""
FAILURES = ("none", "illiquid", "insolvent", "customers in default")
WORDS = {"line": LINES, "cause": CAUSES, "failure": FAILURES}
"""States by their numbers."""
AT_THE_POLICY_DATE = -1


def columns_of(who: str, private: Mapping[str, Any], true: tuple[str, ...]) -> dict[str, Described]:
    """Columns of a panel: who and when, what the lender sees, what is true, what happened and by which rule."""
    declared = {**{name: BOOK_COLUMNS[name] for name in BOOK}, **{name: private[name] for name in true}}
    return {
        who: Described("", f"number of the {who}, the same under every package"),
        "month": Described("month", "from the policy date; -1: as it stood then"),
        **{name: Described("" if name in WORDS else one.unit, one.meaning) for name, one in declared.items()},
        "event": Described("", "what happened to the account in the month, and what the lender decided"),
        "rule": Described("", "rule that decided: of the list by number and name, else policy group=option, and why"),
    }


PERSONS = columns_of("person", PRIVATE_COLUMNS, TRUE_OF_PERSONS)
FIRMS = columns_of("firm", FIRM_COLUMNS, TRUE_OF_FIRMS)


class _Side:
    """The sampled rows of one population."""

    def __init__(self, true: tuple[str, ...], own: tuple[str, ...] = ()) -> None:
        self.true, self.own = (*true, *own), own
        self.rows = np.zeros(0, dtype=np.int64)
        self.seen = 0
        self.before: dict[str, NDArray[Any]] = {}
        self.months: list[dict[str, Any]] = []
        self.events: list[tuple[int, int, str, str]] = []

    def take_in(self, rows: NDArray[np.int64], seen: int) -> None:
        """Add to the sample some of those who have come."""
        self.rows, self.seen = np.append(self.rows, rows), seen
        fresh = len(self.rows) - len(self.before.get("line", ()))
        if self.before:
            self.before = {name: np.pad(values, (0, fresh)) for name, values in self.before.items()}

    def follow(self, population: Any, month: int, config: Any, numbers: Mapping[str, Any]) -> None:
        """Note a month, of those who were there before it or are at its end."""
        book, private, rows = population.accounts, population.private, self.rows
        now = {name: book[name][rows] for name in WATCHED}
        # A list does not look at whoever has no line, nor one that the package does not have: what was decided earlier
        # is no decision of this month.
        listed = (now["alive"] != 0) & (now["line"] != LINE_NONE) & bool(config.policy.engine.rules)
        now["decided_by"] = now["decided_by"] * listed
        now |= {name: private[name][rows] for name in ("trading",) if name in self.true}
        before = self.before or {name: values.copy() for name, values in now.items()}
        there = np.flatnonzero((now["alive"] != 0) | (before["alive"] != 0))
        mine = rows[there]
        noted = {name: book[name][mine] for name in BOOK} | {name: private[name][mine] for name in self.true}
        noted["decided_by"] = now["decided_by"][there]
        self.months.append({"row": mine, "month": np.full(len(mine), month, dtype=np.int16), **noted})
        if month > AT_THE_POLICY_DATE:
            found = told(before, now, month, config, numbers)
            self.events += [(int(rows[place]), month, *words) for place, words in found.items()]
        self.before = now

    def table(self, numbers: NDArray[np.int64], columns: Mapping[str, Described]) -> dict[str, NDArray[Any]]:
        """The panel in the order of numbers and months; ``numbers`` are those of all rows."""
        noted = {name: np.concatenate([one[name] for one in self.months]) for name in self.months[0]}
        order = np.lexsort((noted["month"], noted["row"]))
        noted = {name: values[order] for name, values in noted.items()}
        places = {key: k for k, key in enumerate(zip(noted["row"].tolist(), noted["month"].tolist(), strict=True))}
        texts = {name: np.full(len(order), "", dtype=object) for name in ("event", "rule")}
        for row, month, event, rule in self.events:
            texts["event"][places[row, month]], texts["rule"][places[row, month]] = event, rule
        words = {name: np.array(WORDS[name], dtype=object)[noted[name]] for name in noted if name in WORDS}
        known = {next(iter(columns)): numbers[noted["row"]], **noted, **words, **texts}
        *names, event, rule = columns
        return {name: known[name] for name in (*names, *self.own, event, rule)}


class Panel:
    """Follows the sampled persons and firms, as many as ``study.panel`` asks for, about."""

    def __init__(self, model: Any) -> None:
        own = model.config.own.columns
        self._persons = _Side(TRUE_OF_PERSONS, tuple(one.name for one in own if not one.firms))
        of_firms = tuple(one.name for one in own if one.firms)
        self._firms = _Side(TRUE_OF_FIRMS, of_firms) if model.firms.exist else None
        self._numbers: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._note(model, AT_THE_POLICY_DATE)

    def _note(self, model: Any, month: int) -> None:
        config, asked = model.config, model.config.study.panel
        sides = [(self._persons, model.people, config.population.borrowers, 0)]
        if self._firms is not None:
            sides.append((self._firms, model.firms.population, model.firms.count, 1))
        for side, population, count, first in sides:
            if population.size > side.seen:
                came = np.arange(max(side.seen, first), population.size)
                side.take_in(chosen(population, came, asked, count), population.size)
            side.follow(population, month, config, model.environment)
        if len(self._numbers) < model.people.size:
            self._numbers = person_numbers(model.accounts, config.population, config.study.burn_in)

    def follow(self, model: Any) -> None:
        """Note a month that has just been lived."""
        self._note(model, model.month - 1)

    def tables(self) -> dict[str, dict[str, NDArray[Any]]]:
        """One row a person and month, and one a firm and month."""
        found = {"panel": self._persons.table(self._numbers, PERSONS)}
        if self._firms is not None:
            found["panel_firms"] = self._firms.table(np.arange(self._firms.seen), FIRMS)
        return found
