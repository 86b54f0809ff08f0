"""What happened to an account in a month, in words, and by which rule: worked out from the book before and after.

Decisions are told from what they leave in the book. Where a list of rules is in force (``policy/engine=rules``),
``decided_by`` holds the number of the rule that acted, and its name is told; all others are told by the option of their
group that is in force, such as ``closing=threshold``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.lender.policies.warning import in_force
from sim.loan.states import (
    COURT_LOST,
    COURT_WON,
    LINE_APPLIED,
    LINE_CHARGED_OFF,
    LINE_CLOSED,
    LINE_FROZEN,
    LINE_NONE,
    LINE_OPEN,
    LINE_REFUSED,
)

Row = Mapping[str, Any]
WATCHED = (
    *("alive", "line", "limit", "months_in_state", "reliefs", "holiday", "alert", "court", "misuse", "written_off"),
    *(
        "payment",
        "default_month",
        "claim_month",
        "decided_by",
        "score",
        "inflow_fast",
        "inflow_slow",
        "months_past_due",
    ),
)
"""Columns of the book that events are told from."""
CUSTOMER, CONTRACT = "", "contract"
APPROVED, REFUSED, CLOSED, FROZEN = "line approved", "application refused", "line closed", "line frozen"
THAWED, REOPENED, RESTRUCTURED = "line given back", "line opened again", "restructured"
RAISED, CUT = "limit raised", "limit cut"
LINE_EVENTS = {
    **dict.fromkeys(((was, LINE_OPEN) for was in (LINE_NONE, LINE_APPLIED, LINE_REFUSED)), (APPROVED, "approval")),
    **dict.fromkeys(((was, LINE_REFUSED) for was in (LINE_NONE, LINE_APPLIED)), (REFUSED, "approval")),
    (LINE_NONE, LINE_APPLIED): ("applied for a line", CUSTOMER),
    **dict.fromkeys(((was, LINE_CLOSED) for was in (LINE_OPEN, LINE_FROZEN)), (CLOSED, "closing")),
    (LINE_OPEN, LINE_FROZEN): (FROZEN, "closing"),
    (LINE_FROZEN, LINE_OPEN): (THAWED, "closing"),
    (LINE_CLOSED, LINE_OPEN): (REOPENED, "closing"),
    (LINE_CHARGED_OFF, LINE_CLOSED): ("old debt repaid", CUSTOMER),
    (LINE_CHARGED_OFF, LINE_NONE): ("old debt given up", CONTRACT),
    (LINE_OPEN, LINE_NONE): ("line given up", CUSTOMER),
    **dict.fromkeys(
        ((was, LINE_NONE) for was in (LINE_CLOSED, LINE_REFUSED, LINE_FROZEN)), ("may apply again", CONTRACT)
    ),
    **dict.fromkeys(
        ((was, LINE_CHARGED_OFF) for was in (LINE_NONE, LINE_OPEN, LINE_CLOSED, LINE_FROZEN)), ("charged off", CONTRACT)
    ),
}
"""What a step from one state of the line to another is, and which group of policies decides it."""
EXPLAINED = {
    "raise": (RAISED,),
    "cut": (CUT,),
    "freeze": (FROZEN,),
    "thaw": (THAWED,),
    "close": (CLOSED,),
    "recall": (CLOSED,),
    "restructure": (RESTRUCTURED, FROZEN),
}
"""Events that an action of a list of rules brings about."""
UNSEEN = {"recall": "balance called", "reprice": "price of the next draw changed", "refer": "referred to staff"}
"""Actions of a list of rules that leave no trace of their own among the events."""


def events_of(was: Row, now: Row, month: int) -> Iterator[tuple[str, str]]:
    """What happened to an account in a month, and which group of policies decided it; none where the customer did.

    Parameters
    ----------
    was, now : mapping of str to number
        `WATCHED` columns of its row at the ends of the month before and of this one.
    month : int
        Month from the policy date.
    """
    if was["alive"] and not now["alive"]:
        yield "left", CUSTOMER
        return
    fails = bool(was.get("trading", 0)) and not now.get("trading", 0)
    if fails:
        yield "firm failed", CONTRACT
    if (was["line"], now["line"]) in LINE_EVENTS:
        words, group = LINE_EVENTS[was["line"], now["line"]]
        ends = words == CLOSED and (fails or now["misuse"] > was["misuse"])
        yield words, CONTRACT if ends else group
    elif was["line"] == now["line"] == LINE_REFUSED and now["months_in_state"] == 0:
        yield REFUSED, "approval"
    if now["line"] in (LINE_OPEN, LINE_FROZEN) and now["limit"] != was["limit"]:
        yield ("limit set" if was["limit"] == 0 else RAISED if now["limit"] > was["limit"] else CUT), "limit"
    if now["reliefs"] > was["reliefs"]:
        # A new plan comes with a new instalment, on a line that is not open: nothing else changes it there.
        anew = now["payment"] != was["payment"] and now["line"] != LINE_OPEN
        yield (RESTRUCTURED if anew else "payment holiday"), "relief"
    if now["alert"] and not was["alert"]:
        yield "warned", "warning"
    if now["default_month"] == month:
        yield "90 days past due", CONTRACT
    if now["claim_month"] == month:
        yield "claimed under the scheme", CONTRACT
    if now["misuse"] and not was["misuse"]:
        yield "loan found misused", CONTRACT
    yield from _collected(was, now)


def _collected(was: Row, now: Row) -> Iterator[tuple[str, str]]:
    if now["court"] and not was["court"]:
        yield "sued", "collections"
    for judgment, words in ((COURT_WON, "judgment won"), (COURT_LOST, "judgment lost")):
        if now["court"] == judgment and was["court"] not in (0, judgment):
            yield words, "collections"
    if was["written_off"] and not now["written_off"] and now["line"] == LINE_CHARGED_OFF:
        yield "debt sold", "collections"


def rule_of(event: str, group: str, was: Row, now: Row, config: Any, numbers: Mapping[str, Any]) -> str:
    """Which rule made a decision, and for closings why; empty for what nobody decided.

    Parameters
    ----------
    event, group : str
        As `events_of` tells them.
    was, now : mapping
        The row before and after it.
    config : Config
        Its policies are in force.
    numbers : mapping
        Numbers that the month's rules read.
    """
    number = int(now["decided_by"])
    if number and event in EXPLAINED.get(config.policy.engine.rules[number - 1].do, ()):
        return f"rule {number}, {config.policy.engine.rules[number - 1].id}"
    if group in (CUSTOMER, CONTRACT):
        return ""
    named = f"{group}={getattr(config.policy, group).name}"
    if event not in (CLOSED, FROZEN):
        return named
    why = list(_closing_reasons(now, config.policy.closing, numbers))
    if why:
        return f"{named}: {', '.join(why)}"
    if was["line"] == LINE_FROZEN and config.policy.closing.stages:
        return f"{named}: not recovered"
    return f"collections={config.policy.collections.name}" if config.policy.collections.enforces else named


def _closing_reasons(now: Row, option: Any, numbers: Mapping[str, Any]) -> Iterator[str]:
    """What crossed its threshold; the bounds are those of `sim.lender.policies.closing`."""
    if not hasattr(option, "closing_score"):
        return
    tightened = option.closing_tightening * numbers["unemployment_gap"]
    lowest = option.closing_score + tightened - numbers["appetite_points"]
    if now["score"] < lowest:
        yield f"score {int(now['score'])} below {lowest:.0f}"
    if now["inflow_fast"] < (1.0 - option.closing_inflow_drop) * now["inflow_slow"]:
        yield f"inflow {float(now['inflow_fast'] / now['inflow_slow']):.0%} of the usual"
    if now["months_past_due"] >= option.closing_months_past_due:
        yield f"{int(now['months_past_due'])} months past due"
    if hasattr(option, "thaw_points") and in_force(int(now["alert"]), int(numbers["alert_hold"])):
        yield "a warning in force"


def told(
    before: Mapping[str, NDArray[Any]],
    after: Mapping[str, NDArray[Any]],
    month: int,
    config: Any,
    numbers: Mapping[str, Any],
) -> dict[int, tuple[str, str]]:
    """Events of a month and the rules that made them, by place of a row: only where something happened.

    Parameters
    ----------
    before, after : mapping of str to array
        `WATCHED` columns of the same rows at the ends of the month before and of this one.
    """
    moved = (after["default_month"] == month) | (after["claim_month"] == month) | (after["decided_by"] > 0)
    for name in ("alive", "line", "limit", "reliefs", "alert", "court", "misuse", "written_off"):
        moved |= before[name] != after[name]
    if "trading" in after:
        moved |= before["trading"] != after["trading"]
    moved |= (after["line"] == LINE_REFUSED) & (after["months_in_state"] == 0)
    found = {}
    for place in np.flatnonzero(moved).tolist():
        was, now = ({name: values[place] for name, values in side.items()} for side in (before, after))
        words = list(events_of(was, now, month))
        rules = [rule_of(*event, was, now, config, numbers) for event in words]
        number = int(now["decided_by"])
        if number and (unseen := UNSEEN.get(config.policy.engine.rules[number - 1].do, "")):
            words.append((unseen, "engine"))
            rules.append(f"rule {number}, {config.policy.engine.rules[number - 1].id}")
        if words:
            found[place] = ", ".join(event for event, _ in words), "; ".join(dict.fromkeys(filter(None, rules)))
    return found
