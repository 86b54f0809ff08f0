"""Authentication: the ranking of the methods, and who reacts to their checks."""

from __future__ import annotations

from sim.lender.policies.authentication import Behavioural, Face, MultiFactor, Password
from sim.persons.fraud import give_up_over_checks

RISING = (Password(), Behavioural(), Face(), MultiFactor())


def test_what_stops_more_blocks_more_and_costs_more():
    for name in ("takeovers_stopped", "draw_blocked", "check_cost", "abandonment"):
        figures = [getattr(method, name) for method in RISING]
        assert figures == sorted(set(figures)), name
    assert (Password().draw_blocked, Password().check_cost, Password().abandonment) == (0.0, 0, 0.0)
    for method in RISING:
        assert (method.lender_bears, method.access_control, method.access_cost) == (0.8, 0.0, 30)


def test_customers_react_where_checks_cost_patience():
    assert Password().reactions == Face(abandonment=0.0).reactions == ()
    for method in RISING[1:]:
        assert method.reactions == (give_up_over_checks,)
