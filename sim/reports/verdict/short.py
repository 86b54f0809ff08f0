"""The verdict in one sentence: which package is better for whom than the one it is set against, and at whose cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.reports.verdict.differing import change, sign_of
from sim.reports.verdict.measures import BY_FIGURE, PUBLIC, RATE
from sim.reports.verdict.telling import Telling
from sim.reports.verdict.verdict import Finding, Pair, Verdict

COUNTS = {
    "lender": {"lender_profit": 1},
    "partner_banks": {"partner_result": 1},
    "public_side": {"public_result": 1},
    "insurer": {"insurer_result": 1},
    "other_lenders": {"other_losses": 1},
    "borrowers": {"approval_rate": 1, "access_all": 1, "borrowers_cost": -1, "defaults_caused_by_closing": -1},
    "firms": {"firm_failures": -1, "output": 1},
    "jobs": {"staff": 1, "unemployment": -1},
}
"""On what counts a package is better or worse for whom, and the sign of a difference that is better."""

LEAST = {
    "other_losses": 0.005,
    "approval_rate": 0.001,
    "access_all": 0.001,
    "borrowers_cost": 0.001,
    "defaults_caused_by_closing": 0.05,
    "firm_failures": 0.01,
    "output": 0.005,
    "staff": 0.005,
    "unemployment": 0.001,
}
"""Differences from which on one sentence counts them (our choice): of rates; over the loans; over the parent's figure.

Money of the lender and of whoever pays counts however little it is.
"""

SPELT_OUT = 2
"""Pairs up to which a sentence gives a figure for each party; of more it names the parties (our choice)."""


@dataclass(frozen=True)
class Sides:
    """Parties for whom a package is better, worse, or either by count or economy, than the one it is set against."""

    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()


def matters(one: Finding) -> bool:
    """Whether a difference is large enough to be counted in one sentence; what cannot be compared with anything is."""
    sizes = (one.difference if one.measure.kind == RATE else one.of_loans, one.of_parent)
    size = next((abs(size) for size in sizes if math.isfinite(size)), math.inf)
    return size >= LEAST.get(one.measure.figure, 0.0)


def sides_of(pair: Pair) -> Sides:
    """Sort the parties of a pair by the differences that have a direction; those without one are on no side."""
    found: dict[str, set[int]] = {}
    for party, counts in COUNTS.items():
        told = [(good, one) for figure, good in counts.items() for one in pair.of(figure) if matters(one)]
        found[party] = {good * sign_of(one) for good, one in told} - {0}
    kinds = ({1}, {-1}, {1, -1})
    return Sides(*(tuple(party for party, signs in found.items() if signs == kind) for kind in kinds))


def sentence(verdict: Verdict, telling: Telling) -> str:
    """Say in one sentence which package is better for whom and worse for whom, and whether one is better for all."""
    say = telling.say
    if not verdict.pairs:
        return _alone(verdict, telling)
    if verdict.runs < 2:
        return say("short.one_run")
    sides = {pair.arm: sides_of(pair) for pair in verdict.pairs}
    spelt = len(verdict.pairs) <= SPELT_OUT
    parts = [_pair(pair, sides[pair.arm], telling, spelt) for pair in verdict.pairs]
    return say(_opening(list(sides.values())), parts=telling.joined(parts))


def _opening(sides: Sequence[Sides]) -> str:
    """Key of how the sentence begins: that no package is better for all, where none that differs is."""
    differ = [one for one in sides if one != Sides()]
    if not differ or any(one.better and not one.worse and not one.mixed for one in differ):
        return "short.told"
    if len(sides) > 1:
        return "short.none"
    return "short.none_alone" if differ[0].better or differ[0].mixed else "short.told"


def _alone(verdict: Verdict, telling: Telling) -> str:
    names = list(dict.fromkeys(one.arm for one in verdict.levels))
    if len(names) == 1:
        return telling.say("short.alone", arm=telling.package(names[0]))
    return telling.say("short.no_pair")


def _pair(pair: Pair, sides: Sides, telling: Telling, spelt: bool) -> str:
    """Say for whom one package is better and worse than another, with a figure of each party where it is spelt out."""
    say, items = telling.say, []
    for kind in ("better", "worse", "mixed"):
        parties = [_party(pair, party, telling, spelt and kind != "mixed") for party in getattr(sides, kind)]
        if parties:
            key = "cost" if kind == "worse" and sides.better else kind
            items.append(say(f"short.{key}", parties=telling.listing(parties)))
    if not items:
        items.append(say("short.open"))
    elif not sides.mixed and not (sides.better and sides.worse):
        items.append(say("short.worse_for_none" if sides.better else "short.better_for_none"))
    text = say("list.clause").join(items)
    return say("short.pair", arm=telling.package(pair.arm), parent=telling.package(pair.parent), text=text)


def _party(pair: Pair, party: str, telling: Telling, spelt: bool) -> str:
    """Name a party, the public side by its only payer, and where asked for tell the first figure that puts it there."""
    public = [whose for name in pair.payers if (whose := BY_FIGURE[name].party) in PUBLIC]
    only = public[0] if party == "public_side" and len(public) == 1 else party
    name = telling.say(f"short.party.{only}")
    for figure in COUNTS[party] if spelt else ():
        if text := change([one for one in pair.of(figure) if matters(one)], telling, "changed", alone=True):
            return telling.say("short.with_figure", party=name, figure=telling.say(f"short.figure.{figure}"), text=text)
    return name
