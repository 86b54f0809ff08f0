"""The month on one screen: the phases of every month, in order.

A phase is a list of rules run row by row; what crosses rows is a settle step between phases. Rules of a
phase that is marked ``book`` see the lender's book only, never the private table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim import settle
from sim.kernels.stage import Stage
from sim.metrics.measure import measure
from sim.rules.borrowing import apply_for_line, ask_to_draw
from sim.rules.consumption import consume
from sim.rules.elsewhere import ask_other_lenders, carry_other_debt, follow_platform, note_limit
from sim.rules.employment import keep_or_find_job
from sim.rules.income import earn
from sim.rules.living import live
from sim.rules.moving import leave
from sim.rules.observing import observe
from sim.rules.payment import choose_whether_to_pay, pay_debts, receive_draw
from sim.rules.servicing import age_arrears, apply_payment, bill, book_recovery, disburse, repay_written_off


@dataclass(frozen=True)
class Phase:
    """Rules run one after the other on every row.

    ``chosen`` marks rules that the configuration chooses: they run in a loop of their own, so that arms
    with other policies share the compiled code of everything else.
    """

    name: str
    stages: tuple[Stage, ...]
    book: bool = False
    chosen: bool = False


def agenda(config: Any) -> tuple[Any, ...]:
    """The month's phases and settle steps under the policies in force."""
    return (
        settle.open_month,  # the economy moves, people arrive, funds are counted
        *old_debts(config.policy.collections),
        Phase("people work and earn", (keep_or_find_job, earn, live)),
        Phase("instalments are billed", (bill,), book=True),
        Phase("people ask to draw", (ask_to_draw,)),
        settle.ration,  # where funds may bind: requests by score band against funds and capital
        Phase("draws are disbursed", (disburse,), book=True),
        Phase("people spend and pay", (receive_draw, choose_whether_to_pay, pay_debts)),
        Phase("payments are booked", (apply_payment,), book=True),
        Phase("people live with the rest", (carry_other_debt, ask_other_lenders, consume, repay_written_off)),
        Phase("arrears age", (book_recovery, age_arrears), book=True),
        Phase("people apply, leave; signals reach the book", (apply_for_line, leave, observe)),
        Phase("the month is measured", (measure,)),
        *reports(config),
        Phase("the lender decides for the next month", decisions(config), book=True, chosen=True),
        *others_follow(config.behaviour),
        settle.share_losses,  # claims and premiums run through the scheme
        settle.close_books,  # interest, provisions, capital, profit; every fen is checked
    )


def old_debts(collections: Any) -> tuple[Phase, ...]:
    """Debts charged off before go to court or are sold, where the lender does either."""
    stages = collections.stages
    return (Phase("old debts go to court or are sold", stages, book=True, chosen=True),) if stages else ()


def reports(config: Any) -> tuple[Phase, ...]:
    """What else crosses into the book: a bureau's reports, findings of manual reviews."""
    stages = (*config.bureau.stages, *config.policy.approval.reviews)
    return (Phase("reports reach the book", stages, chosen=True),) if stages else ()


def decisions(config: Any) -> tuple[Stage, ...]:
    """The lender's rules, in order: score, warn, grant relief, close, approve, set limits, terms and prices."""
    policy = config.policy
    return (
        *((note_limit,) if config.behaviour.same_engine_share > 0 else ()),
        *policy.scoring.stages,
        *policy.warning.stages,
        *policy.relief.stages,
        *policy.closing.stages,
        *policy.approval.stages,
        *policy.limit.stages,
        *policy.term.stages,
        *policy.pricing.stages,
    )


def others_follow(behaviour: Any) -> tuple[Phase, ...]:
    """Other lenders react to the platform's cuts, where they run the same engine."""
    if behaviour.same_engine_share == 0:
        return ()
    return (Phase("other lenders follow", (follow_platform,), chosen=True),)
