"""One draw, one use: rules share a purpose only where that is declared here, with why it does no harm."""

from __future__ import annotations

from collections import Counter, defaultdict

from sim.engine.loops.draws import PURPOSES
from sim.firms.firm import FIRST_ORDINAL
from tests.laws.written import ROOMS, ROOT, all_stages, names_read

KINDS = ("luck_", "normal_", "lasting_")
# Purpose: rules that read it. Firms never share a draw with persons: their ordinals lie apart.
SHARED = {
    # Persons and firms.
    "inflow_noise": {"observe", "observe_firm"},
    "outflow_noise": {"observe", "observe_firm"},
    "balance_share": {"see_balance", "see_firm_balance"},
    # Who comes with an application has a line and does not apply; firms are others.
    "apply": {"arrive_on_book", "apply_for_line", "apply_for_firm_line"},
    # One fate told in two places: a long spell without work has used up cash; who was blocked, or might leave,
    # walks out; whoever is refused elsewhere out of appetite is refused in need and for what is due, too.
    "arrival_cash": {"arrive_with_income", "arrive_with_character"},
    "authenticate": {"block_draw", "take_offence"},
    "leave": {"leave", "walk_out"},
    "other_credit": {"ask_other_lenders", "borrow_elsewhere", "stack_loan"},
    # One draw says where a firm is and whether it has a thin file: sevenths of a region are no region.
    "firm_region": {"found_firm", "draw_character"},
    # Stopping by choice reads the lower end, forgetting the upper one.
    "pay": {"choose_whether_to_pay", "pay_debts"},
    # Never the same account in the same month: an applicant has no unused line, a debt written off no open one;
    # a lender has one kind of relief. Whom the lender offers a holiday first the path does, too.
    "contact": {"look_at_application", "give_up_over_checks"},
    # A firm that meets a project has none at a milestone.
    "firm_divert": {"begin_project", "run_project"},
    "dispute": {"go_to_court", "suffer_takeover"},
    "relief": {"grant_holiday", "offer_holiday", "offer_plan"},
}
# Rules that read one draw more than once: an event and, rescaled within it, its size; places in one row of bounds;
# two sides of one luck; a type that two things go with.
TWICE = {
    ("arrive_at_platform", "luck_arrival_community"), ("arrive_with_debt", "luck_arrival_debt"),
    ("arrive_on_book", "luck_arrival_product"), ("arrive_in_sector", "luck_arrival_sector"),
    ("arrive_with_income", "luck_arrival_type"), ("arrive_with_income", "normal_arrival_income"),
    ("blur_signal", "lasting_data_error"),
    ("blur_signal", "lasting_data_noise"),
    ("found_firm", "luck_firm_staff"), ("draw_character", "normal_firm_start"),
    ("keep_or_find_job", "luck_job"),
    ("leave", "luck_leave"), ("meet_bill", "luck_expense"), ("suffer_accident", "luck_firm_accident"),
    ("suffer_takeover", "luck_fraud"),
}  # fmt: skip


def draws():
    """Every (rule, argument, purpose) that is a draw."""
    for found in all_stages():
        for argument in found.arguments:
            kind = next((kind for kind in KINDS if argument.startswith(kind)), "")
            if kind and argument.removeprefix(kind) in PURPOSES:
                yield found, argument, argument.removeprefix(kind)


def test_no_two_rules_share_a_purpose_unless_declared():
    readers = defaultdict(set)
    for found, _, purpose in draws():
        readers[purpose].add(found.name)
    assert {purpose: names for purpose, names in readers.items() if len(names) > 1} == SHARED


def test_no_rule_reads_a_draw_twice_unless_declared():
    twice = {(found.name, name) for found, name, _ in draws() if Counter(names_read(found))[name] > 1}
    assert twice == TWICE


def test_every_argument_of_a_rule_has_a_use():
    for found in all_stages():
        unread = set(found.arguments) - set(names_read(found))
        assert not unread, f"{found.name} does not read {', '.join(sorted(unread))}"


def test_every_rule_is_declared_where_these_tests_look():
    declaring = {
        path.parent.relative_to(ROOT / "sim").as_posix()
        for path in (ROOT / "sim").rglob("*.py")
        if "\n@stage(" in path.read_text(encoding="utf-8")
    }
    assert declaring == set(ROOMS)
    names = [found.name for found in all_stages()]
    assert len(names) == len(set(names)) > 80


def test_firms_stand_apart_from_persons_in_every_draw():
    assert FIRST_ORDINAL >= 2**30, "no population is so large"
