"""A rule is small: few enough arguments and results to be read at a glance."""

from __future__ import annotations

from tests.laws.calling import results_of
from tests.laws.written import all_stages

MOST_ARGUMENTS, MOST_RESULTS = 15, 12
# Rules that are larger still, with what they ask for and leave: they may shrink, and none may join them.
LARGER = {
    "ask_for_credit": (23, 3), "behave_limit": (25, 3), "cap_debt_service": (16, 3), "decide_application": (23, 6),
    "fail_or_go_on": (22, 12), "found_firm": (26, 20), "freeze_then_close": (19, 7), "judge_cover": (17, 1),
    "limit_orders": (20, 2), "measure_firm": (18, 29), "plan_output": (28, 5), "price_by_risk": (19, 1),
    "pursue_project": (20, 14), "restructure": (18, 9), "score_blurred": (24, 1), "score_by_card": (19, 1),
    "sell_and_pay": (38, 20), "warn_of_danger": (19, 5),
}  # fmt: skip


def sizes() -> dict[str, tuple[int, int]]:
    """Arguments and results of every rule, by name."""
    return {found.name: (len(found.arguments), len(results_of(found))) for found in all_stages()}


def above(size: tuple[int, int], most: tuple[int, int]) -> bool:
    return size[0] > most[0] or size[1] > most[1]


def test_a_rule_has_at_most_fifteen_arguments_and_twelve_results():
    assert {name for name, size in sizes().items() if above(size, (MOST_ARGUMENTS, MOST_RESULTS))} == set(LARGER)


def test_larger_rules_only_shrink():
    known = sizes()
    assert not [name for name, most in LARGER.items() if above(known[name], most)]
