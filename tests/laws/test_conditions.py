"""A rule with a condition changes and tallies nothing outside of it: loops do not call it there."""

from __future__ import annotations

import inspect
import random
from typing import Any

import pytest

from sim.engine.loops.stage import Stage
from sim.firms.firm import FIRM_COLUMNS
from sim.persons.borrower import BOOK_COLUMNS, PRIVATE_COLUMNS
from tests.laws.calling import call, meets, unchanged
from tests.laws.written import all_stages

ROWS = 4000
CONDITIONED = [declared for declared in all_stages() if declared.when is not None]
ABSENT = ("cut_band",)  # numbers of the month that are -1 where there is none
COLUMNS = {**FIRM_COLUMNS, **PRIVATE_COLUMNS, **BOOK_COLUMNS}


def drawn(name: str, kind: str, luck: random.Random) -> Any:
    """A value that an argument may take: often a small one, so that two of them are equal now and then."""
    if name in ABSENT:
        return luck.choice((-1, luck.randrange(100)))
    column = COLUMNS.get(name)
    low, high = (column.low or 0, column.high or 10**9) if column is not None else (0, 10**5)
    if kind == "int":
        wide = int(10 ** luck.uniform(0.0, 9.0))
        return min(max(luck.choice((0, luck.randrange(low, min(high, low + 8) + 1), wide)), low), high)
    if name.startswith("luck_"):
        return luck.random() ** luck.choice((1, 8))
    return min(max(luck.choice((0.0, luck.random(), 1.0, 10 ** luck.uniform(-4.0, 7.0))), low), high)


def rows(declared: Stage, count: int = ROWS) -> list[dict[str, Any]]:
    """Arguments of a rule for so many rows, always the same."""
    luck, kinds = random.Random(declared.name), inspect.get_annotations(declared.rule)
    return [{name: drawn(name, kinds[name], luck) for name in declared.arguments} for _ in range(count)]


@pytest.mark.parametrize("declared", CONDITIONED, ids=[declared.name for declared in CONDITIONED])
def test_outside_its_condition_a_rule_leaves_everything_as_it_is(declared):
    outside = [row for row in rows(declared) if not meets(declared, row)]
    assert ROWS // 20 < len(outside) < ROWS, "both sides are met"
    new = set(declared.writes) - {*declared.arguments, *declared.where}
    assert all(COLUMNS[name].passing for name in new), "what a rule does not read must start the month at 0"
    for row in outside:
        assert call(declared, **row) == unchanged(declared, row), row


def test_rules_that_few_rows_meet_have_conditions():
    assert len(CONDITIONED) > 10
