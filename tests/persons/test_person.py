"""What persons do with money: no rule makes a fen, loses one, or spends what is not there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.lender.policies.approval import Profit
from sim.loan.states import LARGEST, LINE_CHARGED_OFF, LINE_CLOSED, LINE_OPEN
from sim.persons.borrowing import ask_to_draw, want_to_borrow
from sim.persons.consumption import consume
from sim.persons.elsewhere import ask_other_lenders, borrow_elsewhere, carry_other_debt, owe_elsewhere
from sim.persons.employment import keep_or_find_job
from sim.persons.income import earn, receive_income
from sim.persons.living import LIVING
from sim.persons.moving import leave
from sim.persons.observing import observe
from sim.persons.payment import judge_payment, pay_debts, prepay, receive_draw, trace_shortage
from tests.laws.calling import call

PAYING = (owe_elsewhere, pay_debts, prepay, judge_payment, trace_shortage)

fen = st.integers(0, LARGEST)
some_fen = st.integers(1, LARGEST)
wealth = st.integers(0, 100 * LARGEST)
shares = st.floats(0.0, 1.0)
luck = st.floats(2.0**-33, 1.0 - 2.0**-33)
flag = st.integers(0, 1)
lines = st.integers(0, 6)


@st.composite
def persons(draw):
    """Anything that a person may be, a contract included, with numbers that rules read."""
    principal, interest = draw(fen), draw(fen)
    names = ("income", "income_permanent", "essential", "shortfall", "other_debt", "drawn", "limit", "shock")
    made = {name: draw(fen) for name in names}
    floats = ("honesty", "family_probability", "essential_flexibility", "oversight", "prepay_probability")
    made["income_permanent"] = max(made["income_permanent"], 1)  # nobody arrives with less
    made |= {name: draw(shares) for name in (*floats, "other_appetite", "other_growth", "buffer_return")}
    made |= {
        name: draw(luck)
        for name in (
            *("luck_expense", "luck_help", "luck_pay", "luck_prepay", "luck_other_credit", "luck_leave"),
            *("luck_want", "luck_want_size", "luck_income_noise"),
        )
    }
    switches = ("employed", "unwilling", "evergreening", "liquidity_draws", "closed_line_last", "leaves_arrears")
    made |= {name: draw(flag) for name in switches}
    due = draw(st.integers(0, principal + interest))
    made |= {"cash": draw(wealth), "principal": principal, "interest": interest, "due": due, "payment": draw(fen)}
    made |= {"months_past_due": draw(st.integers(0, 13)), "line": draw(lines), "cause": 0}
    made |= {"other_past_due": draw(st.integers(0, 59)), "other_charge_off_months": draw(st.integers(1, 60))}
    made |= {"patience": draw(st.floats(0, 1200)), "appetite": draw(st.floats(0, 300)), "season": 1.05}
    made |= {"other_due_share": draw(st.floats(0, 20)), "other_interest": draw(st.floats(0, 0.1))}
    made |= {"bureau_share": draw(shares), "sector": draw(st.integers(0, 5)), "firm_sectors": draw(st.integers(0, 5))}
    made |= {"loans_elsewhere": draw(st.floats(0.01, 3_000)), "months_in_job": draw(st.integers(0, 480))}
    made |= {"employer": draw(st.integers(0, 9)), "owner_share_by_owns": 1.0}
    made |= {"other_squeeze": draw(st.integers(0, 100)), "squeezed_due": draw(shares)}
    made |= {"give_up_hazard": draw(shares), "offer_rate": draw(shares), "price_response": 2.0, "reference_rate": 0.15}
    made |= {"other_limit": draw(st.floats(0, 60)), "expense_probability": draw(st.floats(0.01, 1))}
    made |= {"expense_size": draw(st.floats(0, 60)), "precaution": draw(st.floats(1, 30)), "expected_loss": 0.06}
    return made


@given(persons())
def test_living_pays_out_what_it_takes(person):
    after = call(LIVING, **person)
    paid = after["essentials.paid"] + after["expenses.paid"]
    assert after["cash"] == person["cash"] + after["family_help.received"] - paid >= 0
    assert after["shortfall"] >= 0 and after["shock"] >= after["expenses.paid"] >= 0
    if after["shortfall"] + after["family_help.received"] > 0:
        assert after["cash"] == 0, "nobody goes short with money at hand"
    if person["employed"]:
        assert after["family_help.received"] == 0
    assert after["shortfall"] < 2**31


@given(persons(), st.floats(-80, 80), st.floats(0, 3), st.floats(-7, 7), st.floats(0, 2))
def test_income_reaches_the_purse(person, transitory, factor, normal, noise):
    month = {"income_transitory": transitory, "income_by_sector": factor, "income_persistence": 0.99}
    month |= {"income_volatility": 0.3, "income_drift": -0.01, "income_noise": noise, "normal_income": normal}
    month |= {"benefit_share": 0.4, "benefit_months": 12, "months_jobless": 5}
    after = call((earn, receive_income), **{**person, **month})
    wages = after["wages.received"] + after["firm_wages.received"]
    received = wages + after["benefits.received"]
    assert after["cash"] - person["cash"] == received == after["income"]
    assert 0 <= received <= LARGEST
    assert (after["benefits.received"] if person["employed"] else wages) == 0
    assert after["wages.received" if person["sector"] < person["firm_sectors"] else "firm_wages.received"] == 0


@given(persons())
def test_a_draw_is_spent_or_kept_to_the_fen(person):
    premium = person["drawn"] // 50
    after = call(receive_draw, **person, contribution=premium)
    assert after["loans_drawn.received"] == person["drawn"]
    assert after["contribution.paid"] == premium
    spent = after["essentials.paid"] + after["purchases.paid"] + premium
    assert after["cash"] == person["cash"] + person["drawn"] - spent
    assert 0 <= after["shortfall"] == person["shortfall"] - after["essentials.paid"]
    assert after["drawn_to_repay"] == after["cash"] - person["cash"] >= 0
    if not person["evergreening"]:
        assert after["drawn_to_repay"] == 0


@given(persons())
def test_debts_are_paid_from_cash_and_never_beyond_what_is_owed(person):
    after = call(PAYING, **person)
    assert after["cash"] + after["paid"] + after["paid_other"] == person["cash"]
    assert min(after["cash"], after["paid"], after["paid_other"]) >= 0
    assert (after["paid_platform"], after["paid_others"]) == (after["paid"], after["paid_other"])
    assert after["paid"] <= person["principal"] + person["interest"]
    assert after["paid_other"] <= person["other_debt"]
    if person["unwilling"] and person["due"] > 0:
        assert after["paid"] == 0
    if after["paid"] >= person["due"]:
        assert after["cause"] == 0 and after["can_pay"] == 1
    elif person["months_past_due"] == 0:
        assert after["cause"] > 0, "a first missed payment has a cause"
    assert after["can_pay"] in (0, 1)


@given(persons())
def test_an_open_line_is_served_first_and_a_closed_one_last(person):
    willing = {
        **person,
        "unwilling": 0,
        "leaves_arrears": 0,
        "oversight": 0.0,
        "prepay_probability": 0.0,
        "closed_line_last": 1,
    }
    first = call(PAYING, **{**willing, "line": LINE_OPEN})
    last = call(PAYING, **{**willing, "line": LINE_CLOSED})
    assert first["paid"] == min(person["due"], person["cash"]) >= last["paid"]
    assert last["paid_other"] >= first["paid_other"]


@given(persons())
def test_debt_elsewhere_is_carried_to_the_fen(person):
    paid = call(PAYING, **person)
    after = call((owe_elsewhere, carry_other_debt, borrow_elsewhere), **{**person, "paid_other": paid["paid_other"]})
    assert after["others_repaid.received"] + after["others_interest.received"] == paid["paid_other"]
    moved = after["others_drawn"] - after["others_repaid.received"] - after["others_written_off"]
    assert after["other_debt"] == person["other_debt"] + moved >= 0
    assert after["purchases.paid"] == after["others_drawn"] >= 0, "what appetite borrows is spent"
    assert 0 <= after["other_past_due"] < 60 and after["other_debt"] < 2**31


@given(persons())
def test_help_from_others_covers_the_shortfall_at_most(person):
    after = call(ask_other_lenders, **person)
    drawn = after["others_drawn"]
    assert after["other_debt"] - person["other_debt"] == drawn == after["essentials.paid"]
    assert after["shortfall"] == person["shortfall"] - drawn >= 0 <= drawn
    assert after["other_debt"] < 2**31


@given(persons())
def test_nobody_consumes_what_is_not_there(person):
    after = call(consume, **person)
    assert after["cash"] + after["discretionary.paid"] == person["cash"]
    assert 0 <= after["discretionary.paid"] <= person["cash"]


@given(persons(), st.floats(0.1, 36), st.floats(0, 0.36), st.integers(1, 10_000_000))
def test_a_request_stays_within_the_line(person, ample, offer, smallest):
    month = {"want_probability": 0.9, "limit_response": 1.0, "ample_liquidity": ample}
    month |= {"price_response": 2.0, "reference_rate": 0.15, "caution": 1.0, "offer_rate": offer}
    after = call((want_to_borrow, ask_to_draw), **{**person, **month, "smallest_draw": smallest})
    request = after["request"]
    assert request == after["requested"] >= 0
    if request:
        assert smallest <= request <= person["limit"] - person["principal"]
        assert person["line"] == LINE_OPEN and not person["unwilling"] and person["months_past_due"] == 0


@given(persons(), fen, shares, shares)
def test_leaving_takes_everything_along_and_nobody_leaves_owing(person, written_off, hazard, without):
    given_ = {"written_off": written_off, "leave_hazard": hazard, "leave_without_line": without}
    after = call(leave, **{**person, **given_})
    assert after["cash"] + after["leavers_cash.paid"] == person["cash"]
    assert after["other_debt"] + after["leavers_debt"] == person["other_debt"]
    if person["principal"] + person["interest"] + written_off > 0:
        assert after["alive"] == 1
    assert after["people_left"] == 1 - after["alive"]


@given(flag, st.integers(0, 120), shares, shares, luck, st.floats(0, 0.2))
def test_worse_times_never_help_anybody(employed, spell, separation, finding, drawn, worse):
    state = {"employed": employed, "months_jobless": spell, "luck_job": drawn}
    state |= {"patience": 0.7, "median_patience": 1.8, "job_risk_spread": 0.5}
    state |= {"months_in_job": 7, "settling_months": 18.0}
    state |= {"employer": 0, "owns": 0, "layoff_by_employer": 0.0, "owners_stay": 1}
    better = call(keep_or_find_job, **state, separation_by_sector=separation, finding_by_sector=finding)
    harder = {"separation_by_sector": separation + worse, "finding_by_sector": max(finding - worse, 0.0)}
    after = call(keep_or_find_job, **state, **harder)
    assert after["employed"] <= better["employed"]
    laid_off = call(keep_or_find_job, **{**state, "layoff_by_employer": worse}, **harder)
    assert laid_off["employed"] <= after["employed"]
    assert after["months_jobless"] <= 120 and (after["months_jobless"] == 0 or not after["employed"])


@given(persons(), luck, luck, shares, flag, st.integers(0, 13), st.floats(0, 13))
def test_what_is_seen_is_never_negative_and_moves_towards_the_month(person, one, other, footprint, thin, late, memory):
    book = {"footprint": footprint, "thin_file": thin, "inflow_fast": 1e6, "inflow_slow": 2e6}
    book |= {"delinquency_memory": memory, "months_past_due": late, "months_on_book": 29_999}
    noise = {"signal_noise": 0.1, "thin_file_noise": 0.15, "luck_inflow_noise": one, "luck_outflow_noise": other}
    after = call(observe, **{**person, **book, **noise})
    seen = 3.0 * (after["inflow_fast"] - 1e6) + 1e6
    assert after["inflow_fast"] >= 0 and after["inflow_slow"] >= 0 and seen >= -1.0
    assert seen <= person["income"] * footprint * 1.7 + 1.0
    assert late <= after["delinquency_memory"] <= max(late, memory)
    assert after["months_on_book"] <= 30_000


@given(lines, st.integers(0, 120), fen, st.floats(350, 950), st.floats(0, 0.36), shares, st.integers(0, 120))
def test_months_in_a_state_are_counted_once(line, months, principal, score, offer, largest, cooling):
    given_ = {"line": line, "months_in_state": months, "principal": principal, "score": score}
    given_ |= {"offer_rate": offer, "thin_file": 0, "delinquency_memory": 0.0, "largest_memory": 1.5}
    given_ |= {"highest_default": largest, "margin_share": 1.0, "margin_cost": 0.05, "loss_share": 0.8}
    given_ |= {"whole_loss": 0.8, "whole_cost": 0.05, "weighs_retained_loss": 1}
    given_ |= {"score_intercept": 3.0, "lending_open": 1, "cooling_months": cooling, "appetite_points": 0.0}
    given_ |= {"cover_part": 1.0, "conservatism": 0.2, "thin_conservatism": 0.6, "account_cost": 6_000}
    given_ |= {"inflow_slow": 300_000.0, "opening_multiple": 1.5, "limit_cap": 5_000_000, "usual_use": 0.3}
    given_ |= {"parity_points": 0.0, "review": 0.0, "review_weight": 0.0, "outlook": 0.0, "unemployment_rise": 0.0}
    after = call(Profit.stages, **given_)
    if line == LINE_CHARGED_OFF:
        assert (after["line"], after["months_in_state"]) == (line, months), "recoveries count these months"
    if line != LINE_OPEN:
        assert after["line"] != LINE_OPEN or after["approvals"] == 1
    closed = call(Profit.stages, **{**given_, "lending_open": 0})
    assert closed["approvals"] == 0


@given(luck, st.floats(0, 1), st.integers(0, 1))
def test_an_owner_keeps_the_job_until_the_firm_fails(drawn, threshold, stays):
    state = {"employed": 1, "months_jobless": 0, "luck_job": drawn, "patience": 0.7, "median_patience": 1.8}
    state |= {"job_risk_spread": 0.0, "separation_by_sector": 0.0, "finding_by_sector": 0.0, "employer": 4, "owns": 4}
    state |= {"months_in_job": 7, "settling_months": 0.0}
    after = call(keep_or_find_job, **state, layoff_by_employer=threshold, owners_stay=stays)
    if stays:
        assert (after["employed"], after["employer"], after["owns"]) == (1, 4, 4)
    else:
        assert after["employed"] == int(drawn >= threshold)
    failed = call(keep_or_find_job, **state, layoff_by_employer=1e9, owners_stay=stays)
    assert (failed["employed"], failed["employer"], failed["owns"]) == (0, 0, 0)
