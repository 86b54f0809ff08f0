"""Numbers that name states: one for each name, none twice."""

from __future__ import annotations

import pytest

from sim.loan import states
from sim.loan.ratios import BUCKETS


def codes(family: str) -> list[int]:
    return [value for name, value in vars(states).items() if name.startswith(f"{family}_")]


@pytest.mark.parametrize(
    ("family", "names"), [("LINE", states.LINES), ("CAUSE", states.CAUSES), ("PRODUCT", states.PRODUCTS)]
)
def test_each_state_has_a_number_and_each_number_a_name(family, names):
    assert codes(family) == list(range(len(names)))
    assert len(set(names)) == len(names)


def test_what_is_counted_up_to_comes_before_what_follows():
    assert 0 < states.MONTHS_30 < states.MONTHS_90 < states.MONTHS_LAST == BUCKETS - 1
    assert len(set(codes("FAILURE"))) == len(codes("FAILURE")) and 0 not in codes("FAILURE")
    assert states.COURT_WON != states.COURT_LOST and states.NEVER < -20_000
