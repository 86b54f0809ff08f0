"""How sure a verdict is, and what to beware of in it: caps that stopped cover, other prices, too few runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sim.reports.chapters.guarantee import enough_runs
from sim.reports.verdict.gauges import LEVERAGE
from sim.reports.verdict.telling import Telling
from sim.reports.verdict.verdict import Verdict
from sim.reports.words.formats import wilson

TAILS = enough_runs(0.95)
"""Fewest runs whose worst says anything about the worst of twenty cases."""


def cautions(verdict: Verdict, telling: Telling) -> list[str]:
    """Say what to beware of, the gravest first.

    Parameters
    ----------
    verdict : Verdict
        As `verdict_of` a study gives it.
    telling : Telling
        Writes in one language.
    """
    return [
        *_unfinished(verdict, telling),
        *stopped_cover(verdict.gauges, telling),
        *_other_prices(verdict, telling),
        *_several_settings(verdict, telling),
        *_other_lengths(verdict, telling),
        *_few_runs(verdict, telling),
        *(telling.say("caution.warning", text=text) for text in verdict.warnings),
    ]


def _unfinished(verdict: Verdict, telling: Telling) -> list[str]:
    return [telling.say("caution.partial")] if verdict.partial else []


def stopped_cover(table: pd.DataFrame, telling: Telling) -> list[str]:
    """Say for each scheme with a cap on compensation how near that came, and when it stopped new cover."""
    capped = table[table["cap"].notna() & (table["gauge"] != LEVERAGE)]
    found: dict[str, list[str]] = {}
    for (arm, gauge), rows in capped.groupby(["arm", "gauge"], sort=False):
        cap = telling.percent([float(rows["cap"].iloc[0])])
        reached = telling.percent([float(value) for value in rows["highest"]])
        told = telling.say("caution.never_stopped")
        if rows["suspended_runs"].any():
            stops = telling.joined(_stop(row, telling) for row in rows.to_dict("records"))
            told = telling.say("caution.stopped", stops=stops)
        base = telling.say(f"gauge.{gauge}")
        words = telling.say("caution.cap", base=base, cap=cap, reached=reached, stops=told)
        found.setdefault(words, []).append(telling.package(str(arm)))
    return _under(found, telling)


def _under(found: Mapping[str, Sequence[str]], telling: Telling) -> list[str]:
    """Put before each sentence the packages of which it is true."""
    return [telling.say("caution.under", arms=telling.listing(arms), text=text) for text, arms in found.items()]


def _stop(row: dict[Any, Any], telling: Telling) -> str:
    """Say when new cover stopped in one economy, and whether it stayed so."""
    say, place = telling.say, telling.economy(str(row["scenario"]))
    if not row["suspended_runs"]:
        return say("caution.not_stopped_in", place=place)
    months = telling.when([row["suspended_from_low"], row["suspended_from_high"]])
    again = say("caution.for_good")
    if row["reopened_runs"]:
        opened = telling.when([row["reopened_low"], row["reopened_high"]])
        again = say("caution.opened_again", runs=int(row["reopened_runs"]), months=opened)
    counts = {"count": int(row["suspended_runs"]), "runs": int(row["runs"])}
    return say("caution.stopped_in", place=place, months=months, again=again, **counts)


def _other_prices(verdict: Verdict, telling: Telling) -> list[str]:
    """Say which packages also lend at another price: their differences are not those of the scheme or rule alone."""
    parts = [
        telling.say("caution.price_of", arm=telling.package(arm), parent=telling.package(parent),
                    points=_signed(list(gaps.values()), telling))
        for (arm, parent), gaps in verdict.other_prices.items()
    ]  # fmt: skip
    return [telling.say("caution.prices", items=telling.joined(parts))] if parts else []


def _signed(gaps: Sequence[float], telling: Telling) -> str:
    values = [100.0 * gap for gap in gaps]
    return telling.say("unit.points", amount=telling.range(values, 2, signed=True))


def _several_settings(verdict: Verdict, telling: Telling) -> list[str]:
    several = [pair for pair in verdict.pairs if len(pair.changes) > 1]
    return [
        telling.say("caution.several", arm=telling.package(pair.arm), parent=telling.package(pair.parent),
                    count=len(pair.changes), settings=telling.say("list.comma").join(pair.changes))
        for pair in several
    ]  # fmt: skip


def _other_lengths(verdict: Verdict, telling: Telling) -> list[str]:
    if len(set(verdict.months.values())) < 2:
        return []
    parts = [
        telling.say("caution.length_of", place=telling.economy(name), span=telling.span([months]))
        for name, months in verdict.months.items()
    ]
    return [telling.say("caution.lengths", items=telling.listing(parts))]


def _few_runs(verdict: Verdict, telling: Telling) -> list[str]:
    if not 2 <= verdict.runs < TAILS or math.isnan(verdict.confidence):
        return []
    unseen = telling.percent([wilson(0, verdict.runs)[1]])
    return [telling.say("caution.few_runs", runs=verdict.runs, unseen=unseen, enough=TAILS)]


def how_sure(verdict: Verdict, telling: Telling) -> list[str]:
    """Say what ranges and intervals hold, and in how many worlds signs hold."""
    say = telling.say
    if verdict.runs < 2:
        return [say("verdict.one_run")]
    sure = say("unit.percent", amount=f"{100 * verdict.confidence:g}")
    several = say("verdict.over_economies") if len(verdict.scenarios) > 1 else ""
    if not verdict.worlds:
        return [say("verdict.monte_carlo", runs=verdict.runs, sure=sure, several=several)]
    known = [one for pair in verdict.pairs for one in pair.findings if one.direction and one.worlds]
    everywhere = sum(one.sign_holds == one.worlds for one in known)
    found = [say("verdict.worlds", runs=verdict.runs, worlds=verdict.worlds, sure=sure, several=several)]
    if known:
        least = min(known, key=lambda one: one.sign_holds / one.worlds)
        found.append(say(
            "verdict.signs", holds=everywhere, of=len(known), worlds=verdict.worlds, least=least.sign_holds,
            name=telling.figure(least.measure), arm=telling.package(least.arm), place=telling.economy(least.scenario),
        ))  # fmt: skip
    return found
