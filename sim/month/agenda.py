"""The month on one screen: the phases of every month, in order.

A phase is a list of rules run row by row; what crosses rows is a settle step between phases. Rules of a
phase that is marked ``book`` see the lender's book only, never the private table. A step names the parts of the
model that it works on (``month/parts.py``).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.engine.loops.stage import Stage
from sim.engine.tables import finite
from sim.engine.tables.population import Stages
from sim.firms import enforcement, jobs, succession, trade, winding_up
from sim.firms.credit import (
    FIRM_DRAW_STAGES,
    apply_for_firm_line,
    bill_firm,
    close_misused,
    pay_lender,
    receive_funds,
)
from sim.firms.failing import FAIL_OR_GO_ON
from sim.firms.measures import MEASURE_FIRM
from sim.firms.planning import ASK_FOR_CREDIT, PLAN_OUTPUT, PLAN_WITHIN_MEANS, suffer_accident
from sim.firms.projects import PURSUE_PROJECT
from sim.firms.trading import SELL_AND_PAY, observe_firm, wish_to_sell
from sim.lender import rationing as funding
from sim.lender.policies.relief import count_down, offer_holiday
from sim.loan.charge_off import ARREARS_STAGES, book_recovery, repay_written_off
from sim.loan.measures import BOOK_MEASURES
from sim.loan.postings import FIRM
from sim.loan.servicing import DRAW_STAGES, PAYMENT_STAGES, bill
from sim.month import closing, opening
from sim.month.measure import record_month
from sim.persons.arriving import ARRIVAL_STAGES
from sim.persons.borrowing import apply_for_line, ask_to_draw, want_to_borrow
from sim.persons.consumption import consume
from sim.persons.elsewhere import (
    ask_other_lenders,
    borrow_elsewhere,
    carry_other_debt,
    follow_platform,
    note_limit,
    owe_elsewhere,
    stack_loan,
)
from sim.persons.employment import keep_or_find_job
from sim.persons.inclusion import count_applicants, find_decile, measure_inclusion
from sim.persons.income import earn, lose_turnover, receive_income, receive_support
from sim.persons.living import LIVING
from sim.persons.measures import PERSON_MEASURES
from sim.persons.moving import leave, take_offence, walk_out
from sim.persons.observing import observe
from sim.persons.payment import (
    choose_whether_to_pay,
    judge_payment,
    pay_debts,
    prepay,
    receive_draw,
    trace_shortage,
    weigh_stopping,
)
from sim.sharing.eligibility import JUDGE_COVER, register_cover


@dataclass(frozen=True, eq=False)
class Phase:
    """Rules run one after the other on every row, of persons or of firms.

    ``chosen`` marks rules that the configuration chooses: they run in a loop of their own, so that arms
    with other policies share the compiled code of everything else.
    """

    name: str
    stages: tuple[Stage, ...]
    book: bool = False
    chosen: bool = False
    firms: bool = False


def agenda(config: Any, with_firms: bool = False) -> tuple[Any, ...]:
    """The month's phases and settle steps under the policies in force."""
    return (
        opening.open_books,  # an auction may be due, funders roll over what they do
        opening.set_numbers,  # the economy moves
        opening.let_arrive,
        *(firms_before(config) if with_firms else ()),
        *takeovers(config.fraud),
        *lessons(config.policy.education),
        *old_debts(config.policy.collections),
        Phase("people work and earn", (keep_or_find_job, earn)),
        *support(config.economy),
        Phase("people live", LIVING),
        Phase("instalments are billed, cover is judged", (bill, *JUDGE_COVER), book=True),
        Phase("people ask to draw", (want_to_borrow, ask_to_draw)),
        funding.ration,  # where funds may bind: requests by score band against funds and capital
        Phase("draws are disbursed and covered", (*DRAW_STAGES, register_cover), book=True),
        Phase("people spend", (receive_draw,)),
        Phase("people are willing to pay, or not", (weigh_stopping, choose_whether_to_pay)),
        Phase("people pay", (owe_elsewhere, stack_loan, pay_debts, prepay)),
        Phase("causes of missed payments are noted", (judge_payment, trace_shortage)),
        Phase("payments are booked", PAYMENT_STAGES, book=True),
        Phase("people owe elsewhere", (carry_other_debt, borrow_elsewhere, ask_other_lenders)),
        Phase("people live with the rest", (consume, repay_written_off)),
        Phase("arrears age", (book_recovery, *ARREARS_STAGES), book=True),
        Phase(
            "people apply, leave; signals reach the book", (apply_for_line, leave, *churn(config.behaviour), observe)
        ),
        Phase("the book is measured", BOOK_MEASURES, book=True),
        Phase("persons are measured", PERSON_MEASURES),
        *(firms_after(config) if with_firms else ()),
        *reports(config),
        *friction(config.policy.authentication),
        *applicants(config.study),
        Phase("the lender decides for the next month", decisions(config), book=True, chosen=True),
        *inclusion(config.study),
        *others_follow(config.behaviour),
        finite.check_columns,  # what is not a number stops the month here
        closing.share_losses,  # claims and premiums run through the scheme
        closing.pay_collections,
        closing.close_books,  # interest, provisions, capital, profit; every fen is checked
        closing.judge_scores,  # outcomes are joined to scores of a year ago
        record_month,
        closing.look_ahead,  # policies answer what the month has shown
    )


def support(economy: Any) -> tuple[Phase, ...]:
    """People are paid: after losses of the self-employed, and with support, where the path has either."""
    lost = (lose_turnover,) if economy.brings("self_employed_income") else ()
    paid = (receive_support,) if economy.brings("jobless_supplement", "universal_transfer") else ()
    return (
        *((Phase("the self-employed lose turnover", lost, chosen=True),) if lost else ()),
        Phase("people are paid", (receive_income,)),
        *((Phase("the government supports incomes", paid, chosen=True),) if paid else ()),
    )


def tallied(items: Iterable[Any]) -> list[str]:
    """Names of all that the rules of a month may tally, those on firms with the prefix of firms."""
    phases = [item for item in items if isinstance(item, Phase)]
    found = [tally for stage in ARRIVAL_STAGES for tally in stage.tallies]
    for phase in phases:
        found += [FIRM * phase.firms + tally for stage in phase.stages for tally in stage.tallies]
    return list(dict.fromkeys(found))


def takeovers(fraud: Any) -> tuple[Phase, ...]:
    """Strangers draw on open lines, where there is fraud."""
    return (Phase("strangers take over accounts", fraud.stages, chosen=True),) if fraud.stages else ()


def lessons(education: Any) -> tuple[Phase, ...]:
    """Customers attend courses, where there are any."""
    return (Phase("customers attend courses", education.courses, chosen=True),) if education.courses else ()


def churn(behaviour: Any) -> tuple[Stage, ...]:
    """Customers walk out on a lender that offends them, where that is asked for."""
    return (take_offence, walk_out) if behaviour.block_churn > 0 or behaviour.closing_churn > 0 else ()


def old_debts(collections: Any, firms: bool = False) -> tuple[Phase, ...]:
    """Debts charged off before go to court or are sold, where the lender does either."""
    stages = collections.stages
    return (Phase("old debts go to court or are sold", stages, book=True, chosen=True, firms=firms),) if stages else ()


def reports(config: Any) -> tuple[Phase, ...]:
    """What else crosses into the book: a bureau's reports, what cards ask for, findings of manual reviews."""
    *near, look = config.policy.approval.reviews or (None,)
    stages = (*config.bureau.stages, *config.policy.scoring.sights, *((look,) if look else ()))
    bar = (Phase("the bar of reviews is reckoned", tuple(near), book=True, chosen=True),) if near else ()
    return (*bar, Phase("reports reach the book", stages, chosen=True)) if stages else ()


def statements(scoring: Any) -> tuple[Phase, ...]:
    """Firms' statements reach the book, where cards ask for them."""
    stages = scoring.firm_sights
    return (Phase("firms' statements reach the book", stages, chosen=True, firms=True),) if stages else ()


def friction(authentication: Any) -> tuple[Phase, ...]:
    """Customers give up lines over checks, where there are any."""
    stages = authentication.reactions
    return (Phase("customers give up over checks", stages, chosen=True),) if stages else ()


def firms_before(config: Any) -> tuple[Any, ...]:
    """What firms do before their people are paid."""
    return (
        opening.open_firms,  # debts fall due
        *old_debts(config.policy.collections, firms=True),
        winding_up.owners_pay,  # on loans of firms that failed
        Phase("firms' loans are billed, cover is judged", (bill_firm, *JUDGE_COVER), book=True, firms=True),
        Phase(
            "firms plan and ask for credit",
            (suffer_accident, *PLAN_OUTPUT, *PURSUE_PROJECT, *ASK_FOR_CREDIT),
            firms=True,
        ),
        funding.ration_firms,
        Phase("firms' draws are disbursed and covered", (*FIRM_DRAW_STAGES, register_cover), book=True, firms=True),
        Phase("firms collect", (receive_funds,), firms=True),
        trade.clear_trade,  # suppliers are paid, as far as customers pay
        *((enforcement.enforce_security,) if config.policy.collections.enforces else ()),
        Phase("firms pay the lender", (pay_lender,), firms=True),
        Phase("firms' payments are booked", PAYMENT_STAGES, book=True, firms=True),
        Phase("firms' arrears age", (book_recovery, *ARREARS_STAGES, close_misused), book=True, firms=True),
        Phase("firms fail or go on", (*PLAN_WITHIN_MEANS, *FAIL_OR_GO_ON), firms=True),
        winding_up.wind_up_failed,  # estates are sold and shared out, owners stand in
        succession.succeed,  # markets of failed firms find successors
        trade.order_inputs,
        jobs.lay_off,
    )


def firms_after(config: Any) -> tuple[Any, ...]:
    """What firms do when their people have earned and spent."""
    return (
        jobs.seat,  # those who found work get a place
        Phase("firms meet demand", (wish_to_sell,), firms=True),
        trade.meet_demand,  # what persons spent reaches the firms
        Phase(
            "firms sell and pay wages",
            (*SELL_AND_PAY, apply_for_firm_line, observe_firm, *MEASURE_FIRM),
            firms=True,
        ),
        winding_up.forget,
        *statements(config.policy.scoring),
        Phase("the lender decides on firms", decisions(config), book=True, chosen=True, firms=True),
    )


def applicants(study: Any) -> tuple[Phase, ...]:
    """Applicants are counted by true income, where inclusion is measured."""
    return (Phase("applicants are counted", (find_decile, count_applicants), chosen=True),) if study.inclusion else ()


def inclusion(study: Any) -> tuple[Phase, ...]:
    """Access, price and refusals are counted by true income, where inclusion is measured."""
    return (Phase("inclusion is measured", (measure_inclusion,), chosen=True),) if study.inclusion else ()


def decisions(config: Any) -> tuple[Stage, ...]:
    """The lender's rules in order: score, warn, relieve, close, approve; limits, terms, prices; the list; the law."""
    policy = config.policy
    return (
        *((note_limit,) if config.behaviour.same_engine_share > 0 else ()),
        *policy.scoring.stages,
        *policy.warning.stages,
        *relief(config),
        *policy.closing.stages,
        *policy.approval.stages,
        *policy.limit.stages,
        *policy.term.stages,
        *policy.pricing.stages,
        *policy.engine.stages,
        *config.regulation.stages,
    )


def relief(config: Any) -> tuple[Stage, ...]:
    """The lender's own relief, and payment holidays where the path offers any."""
    own: tuple[Stage, ...] = config.policy.relief.stages
    return (*(own or (count_down,)), offer_holiday) if config.economy.brings("holidays_offered") else own


def others_follow(behaviour: Any) -> tuple[Phase, ...]:
    """Other lenders react to the platform's cuts, where they run the same engine."""
    if behaviour.same_engine_share == 0:
        return ()
    return (Phase("other lenders follow", (follow_platform,), chosen=True),)


@functools.lru_cache(maxsize=64)
def passes_of(items: tuple[Any, ...]) -> tuple[tuple[bool, tuple[Any, ...]], ...]:
    """Neighbours on the agenda: phases that run in one loop, rules chosen by policy apart, and steps.

    Returns
    -------
    tuple of (bool, items)
        Whether it is a loop, and of what.
    """

    def kind(item: Any) -> str:
        return f"{item.firms} {item.chosen}" if isinstance(item, Phase) else ""

    return tuple((bool(found), tuple(together)) for found, together in itertools.groupby(items, key=kind))


@functools.lru_cache(maxsize=256)
def stages_of(phases: tuple[Phase, ...]) -> Stages:
    """Rules of phases in order, each with whether it sees the book alone."""
    return tuple((stage, phase.book) for phase in phases for stage in phase.stages)
