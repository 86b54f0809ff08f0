"""The decision engine: an ordered list of rules from the configuration; the first that applies acts.

A rule is a condition on signals of the book, an action and its size. The list is written out as one scalar
rule and compiled, so that a long list costs nanoseconds; every decision carries the number of the rule that
made it (``decided_by``), and the month tells how often each rule acted.
"""

from __future__ import annotations

import ast
import difflib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sim.engine.loops.stage import TALLIED, Stage
from sim.engine.tables.declare import setting
from sim.lender.policies.user import executed

SIGNALS = (
    *("score", "months_past_due", "delinquency_memory", "inflow_fast", "inflow_slow", "principal", "limit", "payment"),
    *("overdue", "months_on_book", "months_in_state", "bureau_debt", "alert", "reliefs", "thin_file", "term", "rate"),
    *("unemployment", "unemployment_gap", "policy_rate", "appetite_points"),
)
MOST = 12  # rules of a list
ALLOWED = (
    *(ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.Compare, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Add),
    *(ast.Sub, ast.Mult, ast.Constant, ast.Name, ast.Load, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
)
# What each action does: source lines, ``BY`` is the rule's size.
ACTIONS: dict[str, tuple[str, ...]] = {
    "keep": (),
    "raise": ("limit = min(int(min(limit * (1.0 + BY), LARGEST)) // 10_000 * 10_000, limit_cap)",),
    "cut": ("limit = max(int(limit * (1.0 - BY)) // 10_000 * 10_000, 10_000)",),
    "freeze": ("line, months_in_state = LINE_FROZEN, 0",),
    "thaw": ("line, months_in_state = LINE_OPEN, 0",),
    "close": ("line, limit, closed_month, months_in_state, closed = LINE_CLOSED, 0, first, 0, 1",),
    "recall": (
        "line, limit, closed_month, months_in_state, closed = LINE_CLOSED, 0, first, 0, 1",
        "payment = max(payment, int((principal + interest - overdue) / max(BY, 1.0)) + 1) if principal > 0 else 0",
    ),
    "reprice": ("offer_rate = min(max(offer_rate + BY, 0.0), 0.36)",),
    "restructure": (
        "bad = principal if months_past_due >= MONTHS_90 else 0",
        "payment = annuity(principal + interest, rate, max(int(BY), 1)) if principal > 0 else 0",
        "overdue, months_past_due, reliefs, restructured = 0, 0, min(reliefs + 1, 120), 1",
        "line = LINE_FROZEN if line == LINE_OPEN else line",
    ),
    "refer": ("referred = 1",),
}
# On which lines an action can act: others pass on to the next rule.
LINES = {
    "freeze": "line == LINE_OPEN",
    "thaw": "line == LINE_FROZEN",
    "raise": "line == LINE_OPEN",
    "cut": "line == LINE_OPEN and limit > 10_000",
    "restructure": "principal > 0 and months_past_due > 0",
}
NAMES = "LINE_CLOSED, LINE_FROZEN, LINE_OPEN, LARGEST, MONTHS_90, NEVER"
STATE = ("line", "limit", "closed_month", "months_in_state", "payment", "overdue", "months_past_due", "reliefs")
COUNTS = ("closures", "restructured", "npl_restructured", "referrals")
TALLIED.update((*COUNTS, "rule_hits"))  # the rule itself is made of the user's list


@dataclass(frozen=True)
class DecisionRule:
    """One rule: a name, a condition, an action, its size."""

    id: str = setting("", meaning="name of the rule")
    when: str = setting("", meaning="condition on signals, such as score < 520 and months_past_due >= 1")
    do: str = setting("keep", meaning="action", choices=tuple(ACTIONS))
    by: float = setting(
        0.0, -1.0, 120.0, unit="share, a year, months", meaning="size: share of the limit, change of rate, months"
    )


@dataclass(frozen=True)
class NoEngine:
    """Policies decide each for itself."""

    name: str = setting("none", meaning="no list of rules", choices=("none",))
    rules: ClassVar[tuple[DecisionRule, ...]] = ()
    stages: ClassVar[tuple[Stage, ...]] = ()


@dataclass(frozen=True)
class RuleList:
    """An ordered list of rules after all other policies; the first that applies acts."""

    name: str = setting("rules", meaning="an ordered list of rules", choices=("rules",))
    referral_cost: int = setting(
        2_000, 0, 10_000_000, unit="fen a case", meaning="cost of a case referred to staff (assumption)"
    )
    rules: tuple[DecisionRule, ...] = setting(
        (
            DecisionRule("serious arrears", "months_past_due >= 3", "close"),
            DecisionRule("early arrears, new plan", "months_past_due >= 1 and reliefs == 0", "restructure", 24.0),
            DecisionRule("inflow gone", "inflow_fast < 0.4 * inflow_slow", "freeze"),
            DecisionRule("recovered", "score >= 560 and months_past_due == 0", "thaw"),
            DecisionRule("weak and drawn", "score < 520 and principal > 0.8 * limit", "cut", 0.3),
            DecisionRule("weak", "score < 500", "refer"),
        ),
        meaning="the rules in order",
    )

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The list as one rule."""
        return (stage_of(self.rules),)

    def check(self) -> list[str]:
        """Problems of the list, one line each."""
        return list(_problems(self.rules))


OPTIONS: dict[str, type] = {"none": NoEngine, "rules": RuleList}


def _problems(rules: tuple[DecisionRule, ...]) -> Iterator[str]:
    if not 1 <= len(rules) <= MOST:
        yield f"policy.engine.rules: {len(rules)} rules are not allowed: from 1 to {MOST}"
    names = [rule.id for rule in rules]
    for place, rule in enumerate(rules):
        key = f"policy.engine.rules[{place}]"
        if not rule.id.strip() or names.index(rule.id) < place:
            yield f"{key}.id: {rule.id!r} is not allowed: every rule has a name of its own"
        try:
            tree = ast.parse(rule.when.strip(), mode="eval")
        except (SyntaxError, ValueError):
            yield f"{key}.when: {rule.when!r} is not allowed: a condition such as score < 520 and months_past_due >= 1"
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id not in SIGNALS:
                near = difflib.get_close_matches(node.id, SIGNALS, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                yield f"{key}.when: there is no signal {node.id}: {', '.join(SIGNALS)}{hint}"
            number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
            if not isinstance(node, ALLOWED) or (isinstance(node, ast.Constant) and not number):
                yield f"{key}.when: {rule.when!r} is not allowed: signals, numbers, + - *, comparisons, and, or, not"
                break
        if not isinstance(tree.body, ast.Compare | ast.BoolOp | ast.UnaryOp):
            yield f"{key}.when: {rule.when!r} is not allowed: it must say yes or no"


@functools.cache
def stage_of(rules: tuple[DecisionRule, ...]) -> Stage:
    """Write the list out as one scalar rule."""
    asked = {name for rule in rules for name in re.findall(r"[a-z_]+", rule.when) if name in SIGNALS}
    own = ("offer_rate", "rate", "principal", "interest", "limit_cap", "month")
    names = list(dict.fromkeys([*STATE, *own, *(name for name in SIGNALS if name in asked)]))
    lines = [
        "from sim.engine.loops.compiled import scalar",
        f"from sim.loan.states import {NAMES}",
        "from sim.loan.annuity import annuity",
        "",
        f"def follow_rules({', '.join(names)}):",
        "    first = month if closed_month == NEVER else closed_month",
        "    closed, restructured, bad, referred, decided = 0, 0, 0, 0, 0",
        "    if line != LINE_OPEN and line != LINE_FROZEN:",
        "        pass",
    ]
    for place, rule in enumerate(rules):
        able = f" and ({LINES[rule.do]})" if rule.do in LINES else ""
        lines.append(f"    elif ({rule.when}){able}:")
        lines += [f"        {line.replace('BY', repr(float(rule.by)))}" for line in ACTIONS[rule.do]]
        lines.append(f"        decided = {place + 1}")
    returned = ", ".join([*STATE, "offer_rate", "decided", "closed", "restructured", "bad", "referred"])
    lines.append(f"    return {returned}, decided, 1")
    made = executed("\n".join(lines) + "\n")["follow_rules"]
    writes = (*STATE, "offer_rate", "decided_by")
    return Stage("follow_rules", made, writes, COUNTS, (("rule_hits", len(rules) + 1),), ("alive", "line"))
