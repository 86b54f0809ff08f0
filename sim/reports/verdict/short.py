"""The verdict in short: which package is better for whom than the one it is set against, where, and at whose cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.language.words import Words
from sim.reports.verdict import jobs
from sim.reports.verdict.differing import change, sign_of
from sim.reports.verdict.jobs import Crew
from sim.reports.verdict.measures import BY_FIGURE, PUBLIC, RATE
from sim.reports.verdict.telling import Telling
from sim.reports.verdict.verdict import Finding, Pair, Verdict

COUNTS = {
    "lender": {"lender_profit": 1},
    "partner_banks": {"partner_result": 1},
    "public_side": {"public_result": 1},
    "insurer": {"insurer_result": 1},
    "borrowers": {"approval_rate": 1, "access_all": 1, "borrowers_cost": -1, "defaults_caused_by_closing": -1},
    "firms": {"firm_failures": -1, "output": 1},
    "jobs": {"staff": 1},
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
}
"""Differences from which on the head of a report counts them (our choice): of rates; over loans; over the parent's.

Money of the lender and of whoever pays counts however little it is.
"""

SPELT_OUT = 2
"""Pairs up to which a sentence gives a figure for each party; of more it names the parties (our choice)."""


@dataclass(frozen=True)
class Side:
    """Where a package is better and where it is worse for somebody than the one it is set against: economies.

    An economy is in both where one count is better there and another worse.
    """

    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()


def matters(one: Finding) -> bool:
    """Whether a difference is large enough to be counted at the head; what cannot be compared with anything is."""
    sizes = (one.difference if one.measure.kind == RATE else one.of_loans, one.of_parent)
    size = next((abs(size) for size in sizes if math.isfinite(size)), math.inf)
    return size >= LEAST.get(one.measure.figure, 0.0)


def sides_of(pair: Pair) -> dict[str, Side]:
    """Sort the differences of a pair that have a direction by party; parties without one are left out."""
    found = {}
    for party, counts in COUNTS.items():
        findings = [(good, one) for figure, good in counts.items() for one in pair.of(figure)]
        told = [(good * sign_of(one), one) for good, one in findings if matters(one)]
        better, worse = ([one.scenario for sign, one in told if sign == end] for end in (1, -1))
        if better or worse:
            found[party] = Side(tuple(dict.fromkeys(better)), tuple(dict.fromkeys(worse)))
    return found


def told(verdict: Verdict, telling: Telling) -> list[str]:
    """Say of each package for whom it is better and for whom worse, first whether one is better for everybody."""
    say = telling.say
    if not verdict.pairs:
        return [_alone(verdict, telling)]
    if verdict.runs < 2:
        return [say("short.one_run")]
    pairs = sorted(verdict.pairs, key=lambda pair: verdict.arms.index(pair.arm))
    sides = [sides_of(pair) for pair in pairs]
    spelt = len(pairs) <= SPELT_OUT
    texts = [_pair(*one, telling, spelt) for one in zip(pairs, sides, strict=True)]
    odd = {key: found for key, crews in verdict.crews.items() if (found := _telling_crews(pairs, key, crews))}
    return [*_opening(sides, say), *texts, *jobs.sentences(odd, telling)]


def _telling_crews(pairs: Sequence[Pair], key: tuple[str, str], crews: Sequence[Crew]) -> list[Crew]:
    """Return the economies with more jobs, as many as matter, at more failures."""
    those = [one for pair in pairs if (pair.arm, pair.parent) == key for one in pair.of("staff") if matters(one)]
    return [crew for crew in crews if crew.scenario in {one.scenario for one in those}]


def _opening(sides: Sequence[Mapping[str, Side]], say: Words) -> list[str]:
    """Say that no package is better for everybody, where none that differs is."""
    differ = [one.values() for one in sides if one]
    if not differ or any(all(side.better and not side.worse for side in one) for one in differ):
        return []
    if len(sides) > 1:
        return [say("short.none")]
    return [say("short.none_alone")] if any(side.better for side in differ[0]) else []


def _alone(verdict: Verdict, telling: Telling) -> str:
    names = list(dict.fromkeys(one.arm for one in verdict.levels))
    if len(names) == 1:
        return telling.say("short.alone", arm=telling.package(names[0]))
    return telling.say("short.no_pair")


def _pair(pair: Pair, sides: Mapping[str, Side], telling: Telling, spelt: bool) -> str:
    """Say for whom one package is better and worse than another, with a figure of each party where it is spelt out."""
    say, items = telling.say, []
    better = {party: side.better for party, side in sides.items() if not side.worse}
    worse = {party: side.worse for party, side in sides.items() if not side.better}
    for key, those in (("better", better), ("cost" if better else "worse", worse)):
        named = {party: _party(pair, party, telling, spelt) for party in those}
        parties = [name if spelt else _placed(name, those[party], telling) for party, name in named.items()]
        if parties:
            items.append(say(f"short.{key}", parties=telling.listing(parties)))
    mixed = [
        say("short.both", party=_party(pair, party, telling, False), **_ends(side, telling))
        for party, side in sides.items()
        if side.better and side.worse
    ]
    items += [say("short.mixed", parties=telling.listing(mixed))] if mixed else []
    if not items:
        items.append(say("short.open"))
    elif not mixed and not (better and worse):
        items.append(say("short.worse_for_none" if better else "short.better_for_none"))
    text = say("list.clause").join(items)
    return say("short.pair", arm=telling.package(pair.arm), parent=telling.package(pair.parent), text=text)


def _placed(party: str, where: Sequence[str], telling: Telling) -> str:
    """Name a party, and the economies where it is concerned if they are not all."""
    if set(where) == set(telling.scenarios):
        return party
    return telling.say("short.placed", party=party, places=_economies(where, telling))


def _economies(names: Sequence[str], telling: Telling) -> str:
    return telling.listing([telling.economy(name) for name in telling.scenarios if name in names])


def _ends(side: Side, telling: Telling) -> dict[str, str]:
    return {"better": _economies(side.better, telling), "worse": _economies(side.worse, telling)}


def _party(pair: Pair, party: str, telling: Telling, spelt: bool) -> str:
    """Name a party, the public side by its only payer, and where asked for tell the first figure that puts it there."""
    public = public_payers([pair])
    only = public[0] if party == "public_side" and len(public) == 1 else party
    name = telling.say(f"short.party.{only}")
    for figure in COUNTS[party] if spelt else ():
        if text := change([one for one in pair.of(figure) if matters(one)], telling, "changed", alone=True):
            return telling.say("short.with_figure", party=name, figure=telling.say(f"short.figure.{figure}"), text=text)
    return name


def public_payers(pairs: Sequence[Pair]) -> list[str]:
    """Parties of the public side that pay in some pair."""
    return list(dict.fromkeys(BY_FIGURE[name].party for pair in pairs for name in pair.payers
                              if BY_FIGURE[name].party in PUBLIC))  # fmt: skip
