"""How a figure differs between a package and its parent, and what somebody pays, in the words of a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from sim.reports.verdict.measures import COUNT
from sim.reports.verdict.telling import Telling
from sim.reports.verdict.verdict import Finding


def sign_of(one: Finding) -> int:
    """Sign of a difference that is told: where the interval excludes zero, or what the one run has shown."""
    if math.isfinite(one.low) and math.isfinite(one.high):
        return one.direction
    return (one.difference > 0) - (one.difference < 0)


def change(found: Sequence[Finding], telling: Telling, words: str, *, alone: bool = False) -> str:
    """Say how a figure differs, by economy where no direction can be named in all; empty where it can in none.

    Parameters
    ----------
    found : sequence of Finding
        Of one figure of one pair.
    words : str
        Keys of the two directions below ``verdict``: ``changed`` (more, less) or ``off`` (better, worse).
    alone : bool
        Without what the difference is of the loans or of the parent's figure.
    """
    say, parts = telling.say, []
    for sign, name in ((1, "up"), (-1, "down")):
        those = [one for one in found if sign_of(one) == sign]
        if those:
            measure = those[0].measure
            counted = "_count" if measure.kind == COUNT and words == "changed" else ""
            amount = telling.amount(measure, [one.difference for one in those])
            text = say(
                f"verdict.{words}_{name}{counted}", amount=amount, relative="" if alone else relative_of(those, telling)
            )
            parts.append(telling.placed(text, [one.scenario for one in those]))
    return say("list.but").join(parts)


def relative_of(those: Sequence[Finding], telling: Telling) -> str:
    """In brackets, what a difference is of the loans, or of the parent's figure; empty for rates."""
    those = [one for one in those if one.difference]
    for key, values in (("loans", [one.of_loans for one in those]), ("parent", [one.of_parent for one in those])):
        if values and all(map(math.isfinite, values)):
            return telling.say(f"verdict.of_{key}", share=telling.percent(values))
    return ""


def paid(found: Sequence[Finding], level: Callable[[Finding], float], telling: Telling, who: str = "") -> str:
    """Say what a package costs or brings somebody over the economies; a result below zero is a cost.

    Parameters
    ----------
    found : sequence of Finding
        Of one payer under one package.
    level : callable
        Returns the result of the payer, fen.
    who : str
        The payer; left out where it has just been named.
    """
    parts: list[str] = []
    for key, sign in (("costs", -1), ("brings", 1)):
        those = [one for one in found if sign * level(one) > 0]
        if those:
            amount = telling.money([level(one) for one in those])
            named = who and not parts  # once is enough
            said = telling.say(f"verdict.{key}", who=who, amount=amount)
            said = said if named else telling.say(f"verdict.a_{key}", amount=amount)
            parts.append(telling.placed(said, [one.scenario for one in those]))
    if not parts:
        return telling.say("verdict.costs_nothing", who=who) if who else telling.say("verdict.a_nothing")
    return telling.say("list.but").join(parts)
