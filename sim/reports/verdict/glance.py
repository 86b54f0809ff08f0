"""The verdict at a glance: a row for each package against its parent, a column for whom it concerns."""

from __future__ import annotations

import html
from collections.abc import Sequence

from sim.language.words import Words
from sim.reports.chapters.tables import name_of, table
from sim.reports.verdict.measures import BY_FIGURE, COUNT, MONEY, PAYERS, PUBLIC, Measure
from sim.reports.verdict.sentences import PUBLIC_SIDE, sign_of
from sim.reports.verdict.telling import Telling
from sim.reports.verdict.verdict import Finding, Pair, Verdict

BEFORE, AFTER = (
    ("lender_profit",),
    ("borrowers_cost", "approval_rate", "defaults_caused_by_closing", "firm_failures", "staff"),
)
"""Figures before and after those of whoever else pays."""
LESS_IS_BETTER = ("borrowers_cost", "defaults_caused_by_closing", "firm_failures")
UP, DOWN = "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK DOWN-POINTING TRIANGLE}"


def columns(verdict: Verdict) -> list[Measure]:
    """Figures with anything to show: of lender, payers (the public side as one), borrowers, firms and jobs."""
    payers = [name for pair in verdict.pairs for name in pair.payers if BY_FIGURE[name].party not in PUBLIC]
    paid = [BY_FIGURE[name] for name in dict.fromkeys((*payers, PUBLIC_SIDE)) if BY_FIGURE[name].party in PAYERS]
    asked = [*(BY_FIGURE[name] for name in BEFORE), *paid, *(BY_FIGURE[name] for name in AFTER)]
    return [one for one in asked if any(found.is_there for pair in verdict.pairs for found in pair.of(one.figure))]


def told(found: Sequence[Finding], telling: Telling) -> tuple[str, int]:
    """What a cell says, and whether it is better (1), worse (-1), both or neither (0) for whom it concerns.

    Parameters
    ----------
    found : sequence of Finding
        Of one figure of one pair, an economy each.

    Returns
    -------
    tuple
        The range of the differences whose direction can be named, with the number of economies where that is not all.
    """
    known = [one for one in found if one.is_there]
    if not known:
        return "", 0
    if all(one.identical for one in known):
        return telling.say("glance.same"), 0
    named = [one for one in known if sign_of(one)]
    if not named:
        return telling.say("glance.open"), 0
    signs = {sign_of(one) for one in named}
    mark = UP if signs == {1} else DOWN if signs == {-1} else f"{UP}{DOWN}"
    text = f"{mark} {signed(named, telling)}"
    if len(named) < len(found):
        text += telling.say("glance.some", count=len(named), of=len(found))
    better = -1 if named[0].measure.figure in LESS_IS_BETTER else 1
    return text, better * signs.pop() if len(signs) == 1 else 0


def signed(named: Sequence[Finding], telling: Telling) -> str:
    """Differences with their signs, as one amount or a range."""
    measure, values = named[0].measure, [one.difference for one in named]
    if measure.kind == MONEY:
        return telling.money(values, signed=True)
    if measure.kind == COUNT:
        return telling.range(values, 0, signed=True)
    return telling.say("unit.points", amount=telling.range([100.0 * value for value in values], 1, signed=True))


def glance_table(verdict: Verdict, say: Words) -> str:
    """Return the grid as HTML; empty where no package has a parent."""
    telling, shown = Telling(say, verdict.scenarios), columns(verdict)
    if not verdict.pairs or not shown:
        return ""
    heads = [html.escape(say("glance.package")), *(html.escape(say(f"glance.{one.figure}")) for one in shown)]
    rows = [_row(pair, shown, telling) for pair in verdict.pairs]
    return table(html.escape(say("glance.caption")), heads, rows, kind=' class="text glance"')


def _row(pair: Pair, shown: Sequence[Measure], telling: Telling) -> str:
    against = telling.say("glance.against", parent=pair.parent)
    cells = []
    for measure in shown:
        text, better = told(pair.of(measure.figure), telling)
        kind = {1: "better", -1: "worse", 0: "neither"}[better]
        cells.append(f'<td class="words {kind}">{html.escape(text)}</td>')
    return f'<tr><th scope="row">{name_of(pair.arm)} {html.escape(against)}</th>{"".join(cells)}</tr>'
