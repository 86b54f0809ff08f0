"""The verdict in sentences: who pays, what else differs, what does not, how sure that is, what to beware of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sim.language.words import Words
from sim.reports.verdict import fund, landing, short, worth
from sim.reports.verdict.cautions import cautions, how_sure
from sim.reports.verdict.differing import change, paid, relative_of, sign_of
from sim.reports.verdict.measures import BY_FIGURE, COUNT, MONEY, PUBLIC
from sim.reports.verdict.telling import Telling
from sim.reports.verdict.verdict import Finding, Pair, Verdict

LENDER = ("lender_profit", "roe", "return_on_loans")
OTHERS = ("other_losses",)
PEOPLE = (
    *("borrowers_cost", "access_all", "approval_rate", "wrong_closures", "defaults_caused_by_closing"),
    *("firm_failures", "output", "staff", "unemployment"),
)
PUBLIC_SIDE = "public_result"
TOLD = 3
"""Figures of borrowers, firms and jobs that a sentence tells; more are not read (our choice)."""
Told = tuple[str, list[str]]


def sentences(verdict: Verdict, say: Words) -> list[Told]:
    """Tell a verdict.

    Parameters
    ----------
    verdict : Verdict
        As `verdict_of` a study gives it.
    say : Words
        Texts of the language.

    Returns
    -------
    list of (heading, sentences)
        In the order of the first screen; names of packages stand between backticks. Headings without a sentence are
        left out.
    """
    telling = Telling(say, verdict.scenarios)
    groups = (
        ("verdict.short", short.told(verdict, telling)),
        (
            "verdict.who_pays",
            [text for pair in verdict.pairs if (text := _money(pair, telling))] + _without_pair(verdict, telling),
        ),
        ("verdict.claimants", [landing.sentence(arm, parts, telling) for arm, parts in verdict.claimants.items()]),
        (
            "verdict.fund",
            [fund.sentence(arm, found, verdict.falls_on.get(arm, ""), telling) for arm, found in verdict.funds.items()],
        ),
        (
            "verdict.worth",
            [
                worth.sentence(_named_pair(key, telling), found, _sure(verdict, telling), telling)
                for key, found in verdict.worth.items()
            ],
        ),
        (
            "verdict.people",
            [text for pair in verdict.pairs if (text := _people(pair, telling))],
        ),
        ("verdict.same", _same(verdict, telling)),
        ("verdict.how_sure", how_sure(verdict, telling)),
        ("verdict.beware", cautions(verdict, telling)),
    )
    return [(say(key), found) for key, found in groups if found]


def _money(pair: Pair, telling: Telling) -> str:
    """Say what lender and payers gain or pay: the largest difference over the loans first, the public side together."""
    public = [name for name in pair.payers if BY_FIGURE[name].party in PUBLIC]
    together = sorted(public, key=lambda name: -_weight(pair.of(name)))
    together = [PUBLIC_SIDE, *together] if len(public) > 1 else together
    groups = [[_lender(pair, telling)], [_payer(pair, name, telling, len(public) == 1) for name in together]]
    weights = [_weight(pair.of(LENDER[0])), max((_weight(pair.of(name)) for name in together), default=0.0)]
    for name in pair.payers:
        if name not in (*public, PUBLIC_SIDE):
            groups.append([_payer(pair, name, telling, False)])
            weights.append(_weight(pair.of(name)))
    for name in OTHERS:
        text = change([one for one in pair.of(name) if short.matters(one)], telling, "changed")
        groups.append([_named(name, text, telling)] if text else [])
        weights.append(_weight(pair.of(name)))
    order = sorted(range(len(groups)), key=lambda place: -weights[place])
    items = [text for place in order for text in groups[place] if text]
    if not items:
        return ""
    span = telling.span([one.months for one in pair.findings])
    return telling.say("verdict.pair_money", **_names(pair, telling), span=span, items=telling.joined(items))


def _names(pair: Pair, telling: Telling) -> dict[str, str]:
    return _named_pair((pair.arm, pair.parent), telling)


def _sure(verdict: Verdict, telling: Telling) -> str:
    return telling.say("unit.percent", amount=f"{100 * verdict.confidence:g}")


def _named_pair(names: tuple[str, str], telling: Telling) -> dict[str, str]:
    return dict(zip(("arm", "parent"), map(telling.package, names), strict=True))


def _lender(pair: Pair, telling: Telling) -> str:
    """Say how the lender's profit differs, and what it earns on equity and on its own loans."""
    told = [(name, change(pair.of(name), telling, "changed")) for name in LENDER]
    if not pair.of(LENDER[0]):
        return telling.say("list.clause").join(_named(name, text, telling) for name, text in told if text)
    named = [(telling.say(f"verdict.its_{name}"), text) for name, text in told if text]
    items = [telling.say("verdict.named", name=name, text=text) for name, text in named]
    if not told[0][1]:
        items.insert(0, _open_profit(pair, telling))
    return telling.say("list.clause").join(items)


def _open_profit(pair: Pair, telling: Telling) -> str:
    found = pair.of(LENDER[0])
    if all(not one.difference for one in found):
        return telling.say("verdict.profit_identical")
    return telling.say("verdict.profit_open", amount=telling.money([_most(found)]))


def _named(name: str, text: str, telling: Telling) -> str:
    measure = BY_FIGURE[name]
    key = "verdict.named_count" if measure.kind == COUNT else "verdict.named"
    return telling.say(key, name=telling.figure(measure), text=text)


def _weight(found: Sequence[Finding]) -> float:
    return max((abs(one.of_loans) for one in found if math.isfinite(one.of_loans)), default=0.0)


def _payer(pair: Pair, name: str, telling: Telling, alone: bool) -> str:
    """Say what somebody pays under the package, and under the parent where that has a payer of the kind, too."""
    say, found = telling.say, pair.of(name)
    who = telling.party(found[0].measure.party)
    ours = paid(found, lambda one: one.level, telling, say("verdict.all_public", who=who) if alone else who)
    if not any(abs(one.parent_level) > 0 for one in found):
        return say("verdict.payer", ours=ours, relative=relative_of(found, telling)) + _holds_zero(found, telling)
    theirs = paid(found, lambda one: one.parent_level, telling)
    off = change(found, telling, "off") or say("verdict.no_direction", amount=telling.money([_most(found)]))
    return say("verdict.payer_against", ours=ours, theirs=theirs, parent=telling.package(pair.parent), off=off)


def _holds_zero(found: Sequence[Finding], telling: Telling) -> str:
    """In brackets, that what somebody pays beside nothing may be nothing; empty where that is sure."""
    those = [one.scenario for one in found if math.isfinite(one.hides) and not one.direction and one.level]
    held = telling.placed(telling.say("verdict.holds_zero"), those)
    return telling.say("list.brackets", text=held) if those else ""


def _people(pair: Pair, telling: Telling) -> str:
    """Say what differs for borrowers, firms and jobs, the largest part of the parent's figure first; empty for nothing.

    At most `TOLD` figures come with their difference; the others that differ are named.
    """
    told = [(name, change(pair.of(name), telling, "changed")) for name in PEOPLE]
    told = sorted(((name, text) for name, text in told if text), key=lambda one: -_part(pair.of(one[0])))
    items = [_named(name, text, telling) for name, text in told[:TOLD]]
    rest = [telling.figure(BY_FIGURE[name]) for name, _ in told[TOLD:]]
    if rest:
        items.append(telling.say("verdict.also", items=telling.listing(rest)))
    return telling.say("verdict.pair_people", **_names(pair, telling), items=telling.joined(items)) if items else ""


def _part(found: Sequence[Finding]) -> float:
    """The largest difference that is told, over the parent's figure; infinite where that is nothing."""
    return max(
        abs(one.difference / one.parent_level) if one.parent_level else math.inf for one in found if sign_of(one)
    )


def _same(verdict: Verdict, telling: Telling) -> list[str]:
    """Say what is identical in every run, and where no direction can be named, with what may hide there."""
    identical: list[str] = []
    unsure: list[str] = []
    for pair in verdict.pairs:
        alike, open_ones = [], []
        for name in (*LENDER[1:], *PEOPLE, *OTHERS):  # the lender's profit is told with who pays
            found = [one for one in pair.of(name) if one.is_there]
            if found and all(one.identical for one in found):
                alike.append(telling.figure(BY_FIGURE[name]))
            elif found and all(not sign_of(one) and math.isfinite(one.hides) for one in found):
                open_ones.append(_hidden(found, telling))
        for items, texts in ((identical, alike), (unsure, open_ones)):
            if texts:
                text = telling.say("list.comma").join(texts)
                items.append(telling.say("verdict.pair_same", **_names(pair, telling), items=text))
    keys = (("verdict.identical", identical), ("verdict.open", unsure))
    return [telling.say(key, items=telling.joined(items)) for key, items in keys if items]


def _hidden(found: Sequence[Finding], telling: Telling) -> str:
    """Name a figure, and the largest difference that its intervals hold."""
    one = max(found, key=lambda one: one.hides)
    relative = _of_hidden(one, telling)
    return telling.say("verdict.hidden", name=telling.figure(one.measure), amount=relative)


def _of_hidden(one: Finding, telling: Telling) -> str:
    if one.measure.kind != MONEY or not math.isfinite(one.of_parent) or math.isfinite(one.of_loans):
        return telling.amount(one.measure, [one.hides])
    return telling.percent([one.hides / abs(one.parent_level)])


def _most(found: Iterable[Finding]) -> float:
    return max((one.hides for one in found if math.isfinite(one.hides)), default=math.nan)


def _without_pair(verdict: Verdict, telling: Telling) -> list[str]:
    """Say what payers pay where no package has a parent among those of the study."""
    if verdict.pairs:
        return []
    found = []
    for arm in dict.fromkeys(one.arm for one in verdict.levels):
        own = [one for one in verdict.levels if one.arm == arm and one.measure.kind == MONEY]
        paying = dict.fromkeys(
            one.measure for one in own if one.level and one.measure.figure not in ("output", *OTHERS)
        )
        alone = sum(measure.party in PUBLIC for measure in paying) == 1
        items = []
        for measure in [measure for measure in paying if not (alone and measure.figure == PUBLIC_SIDE)]:
            who = telling.party(measure.party)
            who = telling.say("verdict.all_public", who=who) if alone and measure.party in PUBLIC else who
            those = [one for one in own if one.measure == measure]
            items.append(paid(those, lambda one: one.level, telling, who))
        span = telling.span(verdict.months.values())
        found.append(telling.say("verdict.alone", arm=telling.package(arm), span=span, items=telling.joined(items)))
    return found
