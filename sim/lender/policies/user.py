"""A user's own rule as a policy: one function of theirs, wrapped into the stage of its group.

What is compiled is the user's source, each function marked as a scalar rule, followed by the wrapper of the group;
a worker makes it anew from the text that the configuration carries. What a rule returns was checked when it was
handed in; here it is held within its range, whatever comes.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sim.engine.loops.sources import run_text
from sim.engine.loops.stage import Stage
from sim.engine.tables.declare import as_in, setting
from sim.lender.policies.approval import Profit
from sim.lender.policies.dialect import runnable
from sim.lender.policies.kinds import Limits
from sim.lender.policies.pricing import Flat, Prices
from sim.lender.policies.undefined import TALLY, operations_of, watched
from sim.lender.policies.warning import FOLLOW_UP, Silent
from sim.loan.states import LARGEST

LABEL = "<rules of a user"
"""How the label of a user's source begins, where Python names a file."""


@dataclass(frozen=True)
class Wrapper:
    """How a group calls a user's rule.

    Attributes
    ----------
    returns : str
        What the rule returns, in words.
    low, high : float
        Range of what it returns.
    whole : bool
        Whether it returns a whole number.
    needs : str
        Columns and numbers that the wrapper itself reads.
    body : str
        Source of the wrapper; ``RULE`` stands for the call.
    """

    returns: str
    low: float
    high: float
    whole: bool
    needs: str
    body: str
    writes: str
    tallies: str
    where: str = "alive line"


WRAPPERS: Mapping[str, Wrapper] = {
    "policy/limit": Wrapper(
        "the credit limit in fen",
        0,
        LARGEST,
        True,
        "line limit limit_cap",
        """
    if line != LINE_OPEN:
        return limit, 0, 0
    wanted = min(max(int(RULE), 0), limit_cap)
    return wanted, 1 if wanted > limit > 0 else 0, 1 if wanted < limit else 0
""",
        "limit",
        "limits_raised limits_cut",
    ),
    "policy/closing": Wrapper(
        "1 to close the line, 0 to leave it open",
        0,
        1,
        True,
        "line limit closed_month months_in_state month",
        """
    if line != LINE_OPEN or int(RULE) == 0:
        return line, limit, closed_month, months_in_state, 0
    return LINE_CLOSED, 0, month if closed_month == NEVER else closed_month, 0, 1
""",
        "line limit closed_month months_in_state",
        "closures",
    ),
    "policy/approval": Wrapper(
        "1 to approve the application, 0 to refuse it",
        0,
        1,
        True,
        "line months_in_state principal thin_file lending_open cooling_months",
        """
    if line in (LINE_OPEN, LINE_CHARGED_OFF):
        return line, months_in_state, 0, 0, 0, 0
    if line == LINE_APPLIED:
        if lending_open and int(RULE) != 0:
            return LINE_OPEN, 0, 1, 1, thin_file, thin_file
        return LINE_REFUSED, 0, 0, 1, 0, thin_file
    if line in (LINE_CLOSED, LINE_FROZEN, LINE_REFUSED) and months_in_state >= cooling_months and principal == 0:
        return LINE_NONE, 0, 0, 0, 0, 0
    return line, min(months_in_state + 1, 120), 0, 0, 0, 0
""",
        "line months_in_state",
        "approvals applications_decided approvals_thin applications_thin",
    ),
    "policy/pricing": Wrapper(
        "the price of the next draw, a year, as a fraction",
        0.0,
        0.36,
        False,
        "rate_cap",
        """
    return min(max(float(RULE), 0.0), rate_cap)
""",
        "offer_rate",
        "",
        "alive",
    ),
    "policy/term": Wrapper(
        "instalments of the next draw; 0 for a minimum payment",
        0,
        60,
        True,
        "",
        """
    return min(max(int(RULE), 0), 60)
""",
        "offer_term",
        "",
        "alive",
    ),
    "policy/warning": Wrapper(
        "1 to warn, 0 not to",
        0,
        1,
        True,
        "alert principal months_past_due",
        """
    if alert > 0 or principal == 0 or months_past_due > 0:
        return 0 if alert == 0 or alert >= FOLLOW_UP or principal == 0 else alert + 1, 0
    return (1, 1) if int(RULE) != 0 else (0, 0)
""",
        "alert",
        "alerts",
        "alive",
    ),
}


@functools.cache
def stage_of(group: str, function: str, source: str) -> Stage:
    """Stage of a group that calls ``function`` of a user's source; checked beforehand."""
    wrapper, rule = WRAPPERS[group], space_of(source)[function]
    original = getattr(rule, "py_func", rule)
    asked = original.__code__.co_varnames[: original.__code__.co_argcount]
    names = ", ".join(dict.fromkeys([*wrapper.needs.split(), *asked]))
    call = f"{function}({', '.join(asked)})"
    name = f"{function}_of_a_user"
    text = f"{marked(source)}\n\ndef {name}({names}):{wrapper.body.replace('RULE', call)}"
    operations, writes, tallies = operations_of(source, function), wrapper.writes.split(), wrapper.tallies.split()
    if operations:
        text = watched(text, name, len(writes) + len(tallies))
        tallies.append(TALLY.format(function))
    made: Any = executed(text)[name]
    made.watched = {TALLY.format(function): operations} if operations else {}
    return Stage(name, made, tuple(writes), tuple(tallies), (), tuple(wrapper.where.split()))


@functools.cache
def space_of(source: str) -> dict[str, Any]:
    """Names that a user's source defines, functions marked as scalar rules."""
    return executed(marked(source))


def marked(source: str) -> str:
    """A user's source with every function marked as a scalar rule, after what the wrappers need."""
    source = runnable(source)
    lines = source.splitlines()
    for node in sorted(ast.parse(source).body, key=lambda node: -node.lineno):
        if isinstance(node, ast.FunctionDef):
            lines.insert(node.lineno - 1, "@scalar")
    states = "LINE_APPLIED, LINE_CHARGED_OFF, LINE_CLOSED, LINE_FROZEN, LINE_NONE, LINE_OPEN, LINE_REFUSED, NEVER"
    head = ["from sim.engine.loops.compiled import scalar", f"from sim.loan.states import {states}"]
    return "\n".join([*head, "from sim.lender.policies.warning import FOLLOW_UP", *lines]) + "\n"


def executed(text: str) -> dict[str, Any]:
    """Run a source text, and give the names that it defines."""
    # numba must be able to import the module that a kept loop names.
    space: dict[str, Any] = {"__name__": __name__}
    run_text(LABEL.strip("<"), text, space)
    return space


@dataclass(frozen=True)
class UserRule:
    """What every user's rule carries: its name and the text of its file."""

    group: ClassVar[str] = ""
    name: str = setting("", meaning="the function")
    source: str = setting("", meaning="text of the file that it stands in")

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The rule, wrapped."""
        return (stage_of(self.group, self.name, self.source),)


@dataclass(frozen=True)
class UserLimit(UserRule, Limits):  # type: ignore[override]
    """A user's limit."""

    group: ClassVar[str] = "policy/limit"
    opening_multiple: float = setting(4.0, 0.0, 60.0, unit="months of inflow seen", meaning="a usual limit")
    limit_cap: int = setting(30_000_000, 0, LARGEST, unit="fen", meaning="largest limit")


@dataclass(frozen=True)
class UserClosing(UserRule):
    """A user's closing rule."""

    group: ClassVar[str] = "policy/closing"


@dataclass(frozen=True)
class UserApproval(UserRule, Profit):  # type: ignore[override]
    """A user's approval."""

    group: ClassVar[str] = "policy/approval"


@dataclass(frozen=True)
class UserPricing(UserRule, Prices):  # type: ignore[override]
    """A user's price."""

    group: ClassVar[str] = "policy/pricing"
    rate_cap: float = as_in(Flat, "rate_cap", 0.24)


@dataclass(frozen=True)
class UserTerm(UserRule):
    """A user's term."""

    group: ClassVar[str] = "policy/term"


@dataclass(frozen=True)
class UserWarningRule(UserRule, Silent):  # type: ignore[override]
    """A user's warning."""

    group: ClassVar[str] = "policy/warning"
    alert_hold: int = setting(3, 0, FOLLOW_UP, unit="months", meaning="a warning moves decisions for so long")
    alert_cost: int = setting(500, 0, 1_000_000, unit="fen a warning", meaning="cost of looking at it (assumption)")


USER: Mapping[str, type] = {
    made.group: made for made in (UserLimit, UserClosing, UserApproval, UserPricing, UserTerm, UserWarningRule)
}
