"""Which rules may be replaced: what customers decide and meet, never what is counted or what the lender does."""

from __future__ import annotations

import sim
from sim.month.agenda import Phase, agenda
from sim.month.replaceable import (
    canonical,
    draws_of,
    is_drawn,
    is_flow,
    is_stage_key,
    numbers_of,
    of_firms,
    replaceable,
    results_of_rule,
    tables_of,
    visible_to,
)


def test_no_rule_that_counts_or_is_the_lenders_may_be_replaced():
    phases = [item for item in agenda(sim.compose(["population=tiny"]), True) if isinstance(item, Phase)]
    theirs = {stage for phase in phases if phase.book or "measured" in phase.name for stage in phase.stages}
    assert len(replaceable()) > 50 and not theirs & set(replaceable().values())
    for phase in phases:
        for stage in phase.stages:
            key = next((key for key, one in replaceable().items() if one is stage), None)
            assert key is None or of_firms(key) == phase.firms


def test_names():
    assert replaceable()["behaviour/consumption"].name == "consume"
    assert canonical("behaviour/consume") == canonical("behaviour/consumption") == "behaviour/consumption"
    assert canonical("firms/plan_orders") == "firms/plan_orders"
    assert is_stage_key("behaviour/x") and is_stage_key("firms/x")
    assert not is_stage_key("behaviour") and not is_stage_key("policy/limit")
    assert is_drawn("luck_want") and is_drawn("normal_income") and not is_drawn("unlucky")


def test_money_that_moves_is_known_by_the_ledgers_names():
    of_money = {name for key in replaceable() for name in results_of_rule(key) if is_flow(name)}
    assert {"discretionary__paid", "paid_platform", "others_drawn", "wages__paid", "collections__received"} <= of_money
    assert not {"cash", "requested", "people_left", "wages_by_firm_amount"} & of_money


def test_what_one_may_read_and_must_leave():
    demand = visible_to("behaviour/demand")
    assert {"cash", "limit", "offer_rate"} <= set(demand) and not {"score", "decided_by", "signal"} & set(demand)
    # What crosses to the lender when somebody arrives is what the shipped rule itself writes, and no more.
    arriving = visible_to("behaviour/arriving")
    assert {"signal", "thin_file"} <= set(arriving) and "score" not in arriving
    assert "score" in tables_of("behaviour/demand") and "expected_sales" in tables_of("firms/plan_orders")
    assert draws_of("behaviour/demand") == ("luck_want",) and "caution" in numbers_of("behaviour/demand")
    assert results_of_rule("behaviour/consumption") == ("cash", "discretionary__paid")
    assert results_of_rule("behaviour/receive_income")[-2:] == ("wages_by_firm_place", "wages_by_firm_amount")
