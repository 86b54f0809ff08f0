"""Plans of loops: what two models share of them, and what makes them come out anew."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.loops.bound import Bound
from sim.engine.loops.columns import addresses_of, words_of
from sim.engine.loops.planned import plan_of
from tests.engine.running import found
from tests.engine.test_chained import COLUMNS, KEY, NUMBERS, OFTEN, SELDOM, compiled, held

PARTS = [(OFTEN, COLUMNS), (SELDOM, COLUMNS)]
OTHER_NUMBERS = {
    "a table of real numbers": {"gift_by_kind": NUMBERS["gift_by_kind"] + 0.5},
    "a table that falls short": {"gift_by_kind": NUMBERS["gift_by_kind"][:3]},
    "a table of whole numbers": {"half_by_place": np.arange(51)},
}


def test_models_with_the_same_rules_share_a_plan():
    first, columns = plan_of(PARTS, NUMBERS, None), dict(COLUMNS)
    others = {**NUMBERS, "gift_by_kind": np.array([7, 8, 9, 10]), "half_by_place": np.zeros(60), "places": 60}
    assert plan_of([(one, columns) for one, _ in PARTS], others, None) is first
    assert plan_of(PARTS[:1], NUMBERS, None) is not first and plan_of(PARTS, NUMBERS, frozenset()) is not first


@pytest.mark.parametrize("other", OTHER_NUMBERS)
def test_numbers_of_another_kind_have_another_plan(other):
    """Whole numbers in the place of real ones would be cut off, a table that falls short read beyond its end."""
    first = plan_of(PARTS, NUMBERS, None)
    numbers = {**NUMBERS, **OTHER_NUMBERS[other]}
    assert not first.serves(PARTS, numbers) and plan_of(PARTS, numbers, None) is not first
    arrays = held(203)
    arrays["kind"] %= len(numbers["gift_by_kind"])
    alone = {name: values.copy() for name, values in arrays.items()}
    ours = found(Bound(PARTS, arrays, numbers), 203, KEY, 64, plain=False)
    assert ours == found(Bound(PARTS, alone, numbers), 203, KEY, 64, plain=True)
    assert arrays["cash"].tolist() == alone["cash"].tolist()


def test_what_a_rule_may_not_see_is_no_part_of_its_plan():
    first = plan_of(PARTS, NUMBERS, None)
    fewer = {name: one for name, one in COLUMNS.items() if name != "kind"}
    assert not first.serves([(OFTEN, fewer), (SELDOM, COLUMNS)], NUMBERS)
    assert not first.serves(PARTS, {name: one for name, one in NUMBERS.items() if name != "places"})


@compiled
def test_two_models_of_a_plan_run_on_arrays_of_their_own():
    both = [(arrays, Bound(PARTS, arrays, NUMBERS)) for arrays in (held(50), held(50))]
    (first, one), (second, other) = both
    before = first["cash"].copy()
    one.run(0, 50, KEY, 8)
    assert one.plan is other.plan and (first["cash"] != before).any()
    assert second["cash"].tolist() == before.tolist()
    other.run(0, 50, KEY, 64)
    assert second["cash"].tolist() == first["cash"].tolist()


def test_where_rows_of_an_array_lie():
    rows = np.zeros((3, 4))
    assert words_of(rows)[1] == 12
    assert addresses_of(rows, np.arange(3)).tolist() == [words_of(row)[0] for row in rows]
