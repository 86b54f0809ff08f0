"""Numbers that behaviours read: each has a unit, a meaning and a range."""

from __future__ import annotations

import pytest

from sim.engine.tables.declare import setting
from sim.inputs.own_numbers import PUBLISHED, all_numbers, declared_numbers, known, numbers_for
from sim.inputs.plugin import NUMBERS
from sim.month.replaceable import numbers_of, replaceable


@pytest.mark.parametrize("key", list(replaceable()))
def test_every_number_of_every_rule_that_may_be_replaced_is_known(key):
    found = numbers_for(key)
    assert set(numbers_of(key)) <= set(found)
    for name, one in found.items():
        assert one.meaning and one.low < one.high, name


def test_what_the_lender_alone_knows_is_no_number_of_a_customers():
    own = set(NUMBERS) - set(PUBLISHED)
    assert own == {"funding_rate", "loss_share", "score_intercept", "appetite_points"}
    assert not own & set(numbers_for("behaviour/consumption"))
    # The first persons arrive before anything but unemployment is published.
    assert set(numbers_for("behaviour/arrive_in_job")) == {"settling_months", "month", "unemployment"}


def test_settings_come_with_their_declarations():
    assert declared_numbers()["buffer_return"] == (
        "share a month, pace at which cash returns to its target (Carroll, 1997)", 0.0, 1.0, False,
    )  # fmt: skip
    assert known("season").high == 2.0 and "season" in all_numbers() and "harvest_month" in all_numbers()
    with pytest.raises(KeyError):
        known("nothing")
    assert setting(1, meaning="x") is not None
