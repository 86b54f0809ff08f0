"""What the book sees of a person, by hand: averages, noise, memory."""

from __future__ import annotations

import math

import pytest

from sim.firms.trading import observe_firm
from sim.persons.observing import fading, observe, seen_flow
from tests.laws.calling import does

# Half of 100 000 is seen.
SEEN = {"footprint": 0.5, "income": 100_000, "thin_file": 0, "inflow_fast": 40_000.0, "inflow_slow": 44_000.0,
        "delinquency_memory": 2.0, "months_past_due": 1, "months_on_book": 5, "signal_noise": 0.1,
        "thin_file_noise": 0.15, "luck_inflow_noise": 0.5, "luck_outflow_noise": 0.5}  # fmt: skip


def of_firm(state):
    return {{"footprint": "observability", "income": "sales"}.get(name, name): value for name, value in state.items()}


def sees(change, seen, memory=1.86):
    state = {**SEEN, **change}
    expected = {"inflow_fast": 40_000.0 + (seen - 40_000.0) / 3.0, "inflow_slow": 44_000.0 + (seen - 44_000.0) / 12.0,
                "delinquency_memory": memory, "months_on_book": min(state["months_on_book"] + 1, 120)}  # fmt: skip
    does(observe, state, expected)
    does(observe_firm, of_firm(state), expected)


@pytest.mark.parametrize(
    ("change", "factor"),
    [({}, 0.0), ({"luck_inflow_noise": 1.0}, 0.05), ({"luck_outflow_noise": 0.0}, -0.05),
     ({"luck_inflow_noise": 1.0, "luck_outflow_noise": 0.0}, 0.0), ({"thin_file": 1, "luck_inflow_noise": 1.0}, 0.125)],
)  # fmt: skip
def test_inflow_is_seen_through_the_footprint_with_noise(change, factor):
    """The noise is triangular: a standard deviation is a sixth root of the half width."""
    sees(change, 50_000.0 * (1.0 + factor * math.sqrt(6.0)))


def test_no_inflow_is_seen_below_nothing():
    sees({"signal_noise": 1.0, "luck_inflow_noise": 0.0, "luck_outflow_noise": 0.0}, 0.0)
    sees({"income": 0}, 0.0)


def test_the_worst_arrears_fade_and_the_months_are_counted():
    sees({"months_past_due": 2}, 50_000.0, 2.0)
    sees({"months_past_due": 0, "delinquency_memory": 1.0}, 50_000.0, 0.93)
    sees({"months_on_book": 119}, 50_000.0)
    sees({"months_on_book": 120}, 50_000.0)


def test_noise_and_memory_by_themselves():
    """Lucks that add up to 1 leave the flow as it is; at 1.5 the noise is half its width, sqrt(6) / 2 deviations."""
    assert seen_flow(200.0, 0.1, 1.0) == 200.0
    assert seen_flow(200.0, 0.1, 1.5) == pytest.approx(200.0 * (1.0 + 0.05 * math.sqrt(6.0)))
    assert seen_flow(200.0, 9.0, 0.5) == 0.0
    assert [fading(2.0, months) for months in (0, 1, 2, 3)] == pytest.approx([1.86, 1.86, 2.0, 3.0])
