"""Credit of firms by hand: bills and draws by product, funds and the lender's turn."""

from __future__ import annotations

import pytest

from sim.engine.loops.compiled import plain
from sim.firms.credit import (
    FIRM_DRAW_STAGES,
    apply_for_firm_line,
    bill_firm,
    close_misused,
    disburse_to_firm,
    pay_lender,
    receive_funds,
)
from sim.loan import annuity as annuities
from sim.loan.states import (
    LARGEST,
    LINE_APPLIED,
    LINE_CLOSED,
    LINE_FROZEN,
    LINE_NONE,
    LINE_OPEN,
    PRODUCT_FARM,
    PRODUCT_PROJECT,
    PRODUCT_TECHNOLOGY,
    PRODUCT_WORKING_CAPITAL,
)
from tests.laws.calling import does

annuity = plain(annuities.annuity)

BILLED = {"principal": 1_200_000, "interest": 1_000, "rate": 0.12, "payment": 100_000, "overdue": 0,
          "months_past_due": 3, "product": PRODUCT_WORKING_CAPITAL, "grace": 0, "term": 12,
          "holiday": 0, "accrual_stops": 4}  # fmt: skip
ACCRUED = {"interest": 13_000, "interest_accrued": 12_000}


def test_instalments_are_billed_on_top_of_what_is_overdue():
    does(bill_firm, BILLED, {**ACCRUED, "due": 100_000})
    does(bill_firm, {**BILLED, "overdue": 50_000}, {**ACCRUED, "due": 150_000})
    does(bill_firm, {**BILLED, "payment": 9_000_000, "overdue": 50_000}, {**ACCRUED, "due": 1_213_000})
    does(bill_firm, {**BILLED, "months_past_due": 4}, {"due": 100_000})
    does(bill_firm, {**BILLED, "principal": 1_250, "interest": 0, "payment": 9},
         {"interest": 13, "due": 9, "interest_accrued": 13})  # fmt: skip
    does(bill_firm, {**BILLED, "principal": LARGEST, "interest": LARGEST - 5},
         {"interest": LARGEST, "due": 100_000, "interest_accrued": 5})  # fmt: skip
    does(bill_firm, {**BILLED, "principal": LARGEST, "interest": LARGEST + 5}, {"due": 100_000})


@pytest.mark.parametrize("product", [PRODUCT_TECHNOLOGY, PRODUCT_PROJECT, PRODUCT_WORKING_CAPITAL])
def test_in_grace_interest_alone_is_billed_and_then_instalments(product):
    grace = {**BILLED, "product": product, "grace": 2}
    does(bill_firm, grace, {**ACCRUED, "due": 12_000, "payment": 0, "grace": 1})
    does(bill_firm, {**grace, "overdue": 500}, {**ACCRUED, "due": 12_500, "payment": 0, "grace": 1})
    does(bill_firm, {**grace, "overdue": 1_000}, {**ACCRUED, "due": 13_000, "payment": 0, "grace": 1})
    does(bill_firm, {**grace, "overdue": 50_000}, {**ACCRUED, "due": 50_000, "payment": 0, "grace": 1})
    does(bill_firm, {**grace, "grace": 1, "overdue": 500},
         {**ACCRUED, "due": 107_119, "payment": 106_619, "grace": 0})  # fmt: skip
    level = annuity(1_200_000, 0.12, 6)
    does(bill_firm, {**grace, "grace": 1, "term": 6}, {**ACCRUED, "due": level, "payment": level, "grace": 0})


def test_a_farm_pays_nothing_until_the_harvest_and_then_all():
    farm = {**BILLED, "product": PRODUCT_FARM, "grace": 2}
    does(bill_firm, farm, {**ACCRUED, "due": 0, "payment": 0, "grace": 1})
    does(bill_firm, {**farm, "overdue": 500}, {**ACCRUED, "due": 500, "payment": 0, "grace": 1})
    whole = {**ACCRUED, "due": 1_213_000, "payment": 1_213_000, "grace": 0}
    does(bill_firm, {**farm, "grace": 1}, whole)
    does(bill_firm, {**farm, "grace": 1, "overdue": 500}, whole)


@pytest.mark.parametrize("product", [PRODUCT_TECHNOLOGY, PRODUCT_PROJECT, PRODUCT_WORKING_CAPITAL, PRODUCT_FARM])
@pytest.mark.parametrize("holiday", [1, 6])
def test_in_a_payment_holiday_nothing_is_billed_and_a_grace_ends_after_it(product, holiday):
    """Interest accrues as ever; the last month of grace is the first one after the holiday."""
    rests = {**BILLED, "product": product, "holiday": holiday}
    does(bill_firm, rests, {**ACCRUED, "due": 0})
    does(bill_firm, {**rests, "overdue": 50_000}, {**ACCRUED, "due": 0})
    does(bill_firm, {**rests, "months_past_due": 4}, {"due": 0})
    does(bill_firm, {**rests, "grace": 3}, {**ACCRUED, "due": 0, "grace": 2})
    does(bill_firm, {**rests, "grace": 2, "overdue": 500}, {**ACCRUED, "due": 0, "grace": 1})
    does(bill_firm, {**rests, "grace": 1}, {**ACCRUED, "due": 0, "grace": 1})
    does(bill_firm, {**rests, "principal": LARGEST, "interest": LARGEST - 5},
         {"interest": LARGEST, "due": 0, "interest_accrued": 5})  # fmt: skip


DRAW = {"request": 100_000, "refused": 0, "principal": 300_000, "payment": 30_000, "rate": 0.12, "offer_rate": 0.24,
        "offer_term": 12, "product": PRODUCT_WORKING_CAPITAL, "grace": 0, "score": 609.9, "cut_band": 60,
        "marginal_share": 0.5, "firm_grace_months": 6, "months_to_harvest": 4, "luck_ration": 0.49}  # fmt: skip
GRANTED = {"drawn": 100_000, "principal": 400_000, "rate": 0.15, "loans_drawn.paid": 100_000,
           "new_lending_rate": 24_000, "draws_granted": 1}  # fmt: skip
LEVEL = {**GRANTED, "payment": annuity(400_000, 0.15, 12)}
FIRST = {**GRANTED, "principal": 100_000, "rate": 0.24, "payment": 0}


def test_a_draw_comes_on_the_terms_of_its_product():
    does(FIRM_DRAW_STAGES, DRAW, LEVEL)
    does(FIRM_DRAW_STAGES, {**DRAW, "offer_term": 0}, {**GRANTED, "payment": annuity(400_000, 0.15, 1)})
    does(FIRM_DRAW_STAGES, {**DRAW, "product": PRODUCT_FARM, "grace": 9}, {**GRANTED, "payment": 0, "grace": 5})
    research = {**DRAW, "product": PRODUCT_TECHNOLOGY}
    does(FIRM_DRAW_STAGES, research, LEVEL)
    does(FIRM_DRAW_STAGES, {**research, "grace": 3}, {**GRANTED, "payment": 0, "grace": 3})
    does(FIRM_DRAW_STAGES, {**research, "principal": 0, "payment": 0}, {**FIRST, "grace": 7})
    project = {**research, "product": PRODUCT_PROJECT, "principal": 0, "payment": 0, "grace": 13}
    does(FIRM_DRAW_STAGES, project, {**FIRST, "grace": 13})


def test_a_draw_of_a_firm_waits_by_its_band():
    for other in ({"luck_ration": 0.5}, {"score": 599.9, "luck_ration": 0.0}, {"cut_band": 61, "luck_ration": 0.0}):
        does(FIRM_DRAW_STAGES, {**DRAW, "grace": 2, **other}, {"refused": 1, "draws_cut": 1})
    does(FIRM_DRAW_STAGES, {**DRAW, "score": 610.0, "luck_ration": 0.99}, LEVEL)
    waits = {name: DRAW[name] for name in disburse_to_firm.arguments}
    does(disburse_to_firm, {**waits, "refused": 1})


FUNDS = {"cash": 1_000, "receivables": 501, "drawn": 300, "contribution": 10, "tranche": 0, "reserve": 200,
         "overdraft": 100, "due": 333, "months_past_due": 0, "lender_first": 0.0, "project_stage": 2,
         "collected_by_sector": 0.5}  # fmt: skip
CAME = {"receivables": 251, "loans_drawn.received": 300, "contribution.paid": 10, "collections.received": 250}


def test_funds_are_what_came_in_less_what_is_put_aside():
    does(receive_funds, FUNDS, {**CAME, "cash": 1_540, "funds": 1_440})
    for tranche in (1, 200, 300):
        does(receive_funds, {**FUNDS, "tranche": tranche},
             {**CAME, "cash": 1_540 - tranche, "funds": 1_440 - tranche, "project_spending.paid": tranche})  # fmt: skip
    does(receive_funds, {**FUNDS, "tranche": 301}, {**CAME, "cash": 1_540, "funds": 1_440, "project_stage": 0})
    does(receive_funds, {**FUNDS, "reserve": 9_000}, {**CAME, "cash": 1_540, "funds": 0})


def test_a_firm_that_is_late_keeps_what_the_lender_is_due_from_its_suppliers():
    late = {**FUNDS, "months_past_due": 1, "lender_first": 0.5}
    does(receive_funds, late, {**CAME, "cash": 1_540, "funds": 1_440 - 166})
    does(receive_funds, {**late, "lender_first": 1.0}, {**CAME, "cash": 1_540, "funds": 1_440 - 333})
    does(receive_funds, {**late, "months_past_due": 0}, {**CAME, "cash": 1_540, "funds": 1_440})
    does(receive_funds, {**late, "due": 9_000}, {**CAME, "cash": 1_540, "funds": 0})


PAYS = {"trading": 1, "cash": 1_000, "due": 300, "principal": 800, "interest": 50, "written_off": 0, "reserve": 200,
        "overdraft": 100, "overdraft_rate": 0.005}  # fmt: skip


def test_the_lender_is_paid_after_wages_are_put_aside():
    does(pay_lender, PAYS, {"cash": 700, "paid": 300, "paid_platform": 300})
    does(pay_lender, {**PAYS, "cash": 350}, {"cash": 100, "paid": 250, "paid_platform": 250})
    does(pay_lender, {**PAYS, "cash": 100})
    does(pay_lender, {**PAYS, "cash": 50})
    red = {**PAYS, "cash": -1_000, "overdraft": 2_000}
    does(pay_lender, red, {"cash": -1_305, "paid": 300, "paid_platform": 300, "overdraft_interest.paid": 5})


def test_a_failed_firm_gives_all_it_has_on_written_off_loans_too():
    failed = {**PAYS, "trading": 0, "written_off": 400}
    does(pay_lender, failed, {"cash": 150, "paid": 850, "paid_platform": 850})
    does(pay_lender, {**failed, "cash": 600}, {"cash": 0, "paid": 600, "paid_platform": 600})
    old = {**failed, "principal": 0, "interest": 0}
    does(pay_lender, old, {"cash": 600, "paid": 400, "recoveries.paid": 400})
    does(pay_lender, {**old, "cash": 100}, {"cash": 0, "paid": 100, "recoveries.paid": 100})
    does(pay_lender, {**old, "interest": 50, "cash": 100},
         {"cash": 0, "paid": 100, "paid_platform": 50, "recoveries.paid": 50})  # fmt: skip
    for state in (failed, old):
        does(pay_lender, {**state, "cash": -70})


def test_a_misused_loan_closes_the_line():
    line = {"line": LINE_OPEN, "limit": 700}
    does(close_misused, line, {"line": LINE_CLOSED, "limit": 0, "misuse": 0})
    does(close_misused, {**line, "line": LINE_FROZEN})


def test_a_firm_applies_thrice_as_often_when_suppliers_wait():
    applies = {"line": LINE_NONE, "principal": 0, "overdraft": 0, "months_short": 0, "apply_probability": 0.08,
               "luck_apply": 0.079}  # fmt: skip
    applied = {"line": LINE_APPLIED, "applications": 1}
    does(apply_for_firm_line, applies, applied)
    does(apply_for_firm_line, {**applies, "luck_apply": 0.08})
    does(apply_for_firm_line, {**applies, "luck_apply": 0.239, "months_short": 1}, applied)
    does(apply_for_firm_line, {**applies, "luck_apply": 0.24, "months_short": 1})
    for other in ({"line": LINE_OPEN}, {"line": LINE_CLOSED}, {"principal": 1}, {"overdraft": 1}):
        does(apply_for_firm_line, {**applies, "luck_apply": 0.0, **other})
