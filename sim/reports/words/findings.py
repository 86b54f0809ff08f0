"""What the results say, in sentences computed from them; names of packages stand between backticks."""

from __future__ import annotations

import math

import numpy as np

from sim.figures.scales import FEN_PER_YUAN, NARROW_SPACE, Scale, measure_of, number, scale_of
from sim.reports.chapters import guarantee
from sim.reports.drawing.figures import band_of, mean_known
from sim.reports.folder import Estimate, Study
from sim.reports.words.formats import listing, percent
from sim.reports.words.payers import bearers, gained, quoted
from sim.reports.words.worlds import signs

SHOWN_AT_MOST = 6
CLEARLY = 0.02  # share of the persons from which on it is said that others are left (our choice)


def severest(study: Study) -> str:
    """Return the scenario in which the root package loses most; the last one where losses are not known."""
    losses = {name: study.estimate(name, study.root.name, "loss_rate").mean for name in study.scenarios}
    known = {name: value for name, value in losses.items() if math.isfinite(value)}
    return max(known, key=lambda name: known[name]) if known else study.scenarios[-1]


def loss(study: Study, scenario: str, arm: str) -> str:
    """Say what a package loses and how that differs from its parent, or that no direction can be named."""
    item = study.estimate(scenario, arm, "loss_rate")
    if not math.isfinite(item.mean):
        return f"{quoted(arm)} has no loss rate (n/a)."
    scale = scale_of(measure_of("loss_rate"), [item.mean, item.difference])
    sentence = f"{quoted(arm)} loses {scale.text(item.mean)}{scale.spaced_unit} of outstanding a year"
    if not item.parent:
        return f"{sentence} ({_range(item.low, item.high, scale)})."
    parent = quoted(item.parent)
    if not item.has_interval:
        return f"{sentence}; the difference from its parent {parent} is n/a (too few replications)."
    if item.identical:
        return f"{sentence}, identical to its parent {parent} in every run."
    finer = scale.refined([(item.difference_low, item.difference_high)])
    if item.direction == 0:
        return (
            f"{sentence}; no direction can be named for the difference from its parent {parent}, "
            f"{finer.text(item.difference, signed=True)} points "
            f"({_range(item.difference_low, item.difference_high, finer, signed=True)})."
        )
    ends = sorted((abs(item.difference_low), abs(item.difference_high)))
    word = "more" if item.direction > 0 else "less"
    return (
        f"{sentence}, {finer.text(abs(item.difference))} points ({_range(ends[0], ends[1], finer)}) {word} "
        f"than its parent {parent}."
    )


def by_borrower(study: Study, scenario: str, arm: str) -> str:
    """Say what persons' and firms' loans lose by themselves, where either has a direction against the parent.

    Reckoned as the loss rate is, over the whole horizon; that falls, too, where firms, who lose more, owe a smaller
    part. Empty without firms, with one replication, and with plausible worlds, whose doubt it would leave out.
    """
    parent = study.arm(arm).parent
    ours, theirs = (_parts(study, scenario, name) for name in (arm, parent))
    runs = ours["share"].size if ours and theirs else 0
    if runs < 2 or study.world_count:
        return ""
    scale = scale_of(measure_of("loss_rate"), [float(ours["persons"].mean())])
    told, sure = [], False
    for who in ("persons", "firms"):
        gap = ours[who] - theirs[who]
        half = guarantee.half_width(float(gap.std(ddof=1)) / math.sqrt(runs), runs)
        middle = float(gap.mean())
        sure = sure or abs(middle) > half
        told.append(
            f"{who}' loans lose {scale.text(float(ours[who].mean()))}{scale.spaced_unit} a year "
            f"({scale.text(middle, signed=True)} points, {_range(middle - half, middle + half, scale, signed=True)})"
        )
    here, there = (percent(float(parts["share"].mean()), 0) for parts in (ours, theirs))
    sentence = f"Apart, against {quoted(parent)}: under {quoted(arm)} {listing(told)}; firms owe {here} of the loans, "
    return f"{sentence}against {there}." if sure else ""


def _parts(study: Study, scenario: str, arm: str) -> dict[str, np.ndarray]:
    """Return the loss rates of persons' and of firms' loans, and firms' part of the loans, float64[runs]; or empty."""
    names = ("charged_off", "recovered", "outstanding", "firm_charged_off", "firm_recovered", "firm_outstanding")
    off, back, owed, firms_off, firms_back, firms_owed = (study.totals(scenario, arm, name) for name in names)
    if not (firms_owed.size and (firms_owed > 0).all() and (owed > firms_owed).all()):
        return {}
    lost, lost_on_firms = off - back, firms_off - firms_back
    return {
        "persons": 12.0 * (lost - lost_on_firms) / (owed - firms_owed),
        "firms": 12.0 * lost_on_firms / firms_owed,
        "share": firms_owed / owed,
    }


def _range(low: float, high: float, scale: Scale, *, signed: bool = False) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return "interval n/a"
    return f"{scale.text(low, signed=signed)} to {scale.text(high, signed=signed)}"


def against_parents(study: Study, scenario: str, metric: str, what: str) -> str:
    """Say in one sentence in which packages ``metric`` is higher or lower than in the parent, or open.

    A direction is named only where the interval of the paired difference excludes zero; where it does not, its width
    says how much may hide there. Empty where no package has a figure.
    """
    found = {arm.name: study.estimate(scenario, arm.name, metric) for arm in study.arms if arm.parent}
    found = {name: item for name, item in found.items() if math.isfinite(item.mean) and item.parent}
    if not found:
        return ""
    measure = measure_of(metric)
    scale = scale_of(measure, [item.difference for item in found.values()], study.borrowers)
    parts: list[str] = []
    for direction, words in ((-1, "lower than in the parent in"), (1, "higher in")):
        names = [_with_range(name, item, scale) for name, item in found.items() if item.direction == direction]
        if names:
            parts.append(f"{words if direction < 0 or parts else 'higher than in the parent in'} {listing(names)}")
    same = [quoted(name) for name, item in found.items() if item.identical]
    if same:
        parts.append(f"identical to the parent's in every run in {listing(same)}")
    open_ = {name: item for name, item in found.items() if not (item.direction or item.identical) and item.has_interval}
    if open_:
        names = [_with_range(name, item, scale) for name, item in open_.items()]
        parts.append(f"without a direction that can be named in {listing(names)}")
    missing = [quoted(name) for name, item in found.items() if not item.has_interval]
    if missing:
        parts.append(f"without an interval (n/a: too few replications) in {listing(missing)}")
    return f"{what} is {'; '.join(parts)}."


def _with_range(name: str, item: Estimate, scale: Scale) -> str:
    scale = scale.refined([(item.difference_low, item.difference_high)])
    ends = _range(item.difference_low, item.difference_high, scale, signed=True)
    unit = scale.difference_unit
    return f"{quoted(name)} ({scale.text(item.difference, signed=True)}{' ' + unit if unit else ''}, {ends})"


def downturn(study: Study) -> list[str]:
    """Say what the severest scenario does to the root package, against the mildest one."""
    worst, root = severest(study), study.root.name
    levels = {name: study.estimate(name, root, "loss_rate").mean for name in study.scenarios}
    known = {name: value for name, value in levels.items() if math.isfinite(value)}
    if not known:
        return []
    sentence = f"With {quoted(root)} the loans lose {percent(known[worst])} of outstanding a year"
    sentence += f" in {study.place(worst)}"
    if len(known) > 1:
        mild = min(known, key=lambda name: known[name])
        sentence += f", against {percent(known[mild])} in {study.place(mild)}"
    return [sentence + _peak(study, worst, root) + "."]


def _peak(study: Study, scenario: str, arm: str) -> str:
    band = band_of(study.paths(scenario, arm, "delinquent_30"))
    if band.mean.size < 2 or not np.isfinite(band.mean).any():
        return ""
    month = int(np.nanargmax(band.mean))
    if month == 0:
        return f"; 30+ days past due never exceeds the {percent(band.mean[0])} of the first month"
    return (
        f"; 30+ days past due goes from {percent(band.mean[0])} of the balance in the first month to "
        f"{percent(band.mean[month])} at its highest, in month {month}"
    )


def closing(study: Study, scenario: str) -> list[str]:
    """Say how many closures were wrong, against a random choice, and how many defaults closing caused."""
    found: list[str] = []
    for arm in study.closing():
        closures, wrong, censored, caused, luck = (
            study.estimate(scenario, arm, name)
            for name in ("closures", "wrong_closures", "censored_closures", "defaults_caused_by_closing",
                         "random_wrong_closure_share")
        )  # fmt: skip
        judged = closures.mean - (censored.mean if math.isfinite(censored.mean) else 0.0)
        if not (judged > 0 and math.isfinite(wrong.mean)):
            continue
        scale = scale_of(measure_of("closures"), [closures.mean], study.borrowers)
        sentence = (
            f"{quoted(arm)} closes {scale.text(closures.mean)} persons' lines{scale.spaced_unit}. Of those that can "
            f"be judged, {percent(wrong.mean / judged, 0)} are wrong"
        )
        sentence += "" if found else " (the holder would not have reached 90+ days past due)"
        if math.isfinite(luck.mean):
            sentence += f", against {percent(luck.mean, 0)} had as many been closed at random"
        if math.isfinite(caused.mean):
            own = scale_of(measure_of("closures"), [caused.mean], study.borrowers)
            sentence += f". {own.text(caused.mean)} defaults{own.spaced_unit} come only because of the closure"
            sentence += f" ({_range(caused.low, caused.high, own)})"
            sentence += "" if found else "; those that it prevents are not set against them"
        found.append(sentence + "." + _per_closure(study, scenario, arm))
    return found


def _per_closure(study: Study, scenario: str, arm: str) -> str:
    """Say what a judged closure did to losses and margin on the persons concerned; empty where it is not known."""
    avoided = study.estimate(scenario, arm, "loss_avoided_per_closure")
    forgone = study.estimate(scenario, arm, "margin_forgone_per_closure")
    if not (math.isfinite(avoided.low) and math.isfinite(forgone.mean)):
        return ""
    fen = (-avoided.mean, -avoided.high, -avoided.low)
    added, low, high = (number(value / FEN_PER_YUAN, 0, signed=True) for value in fen)
    return (
        f" On these persons a judged closure changes the loss by {added} yuan ({low} to {high}) and forgoes "
        f"{number(forgone.mean / FEN_PER_YUAN, 0)} yuan of margin over the horizon."
    )


def headline(study: Study) -> list[tuple[str, list[str]]]:
    """Return the executive summary: groups of sentences on the severest scenario, each with its heading."""
    worst = severest(study)
    others = [arm.name for arm in study.arms if arm.parent]
    ranked = sorted(others, key=lambda name: -abs(_known(study.estimate(worst, name, "loss_rate").difference)))
    shown = [name for name in others if name in ranked[:SHOWN_AT_MOST]]
    losses = [loss(study, worst, name) for name in shown]
    if len(others) > len(shown):
        losses.append(f"Shown are the {SHOWN_AT_MOST} largest differences; the others stand in the appendix.")
    groups = [
        ("The downturn", downturn(study)),
        ("Loss", losses),
        ("Who bears it", bearers(study, worst)[:SHOWN_AT_MOST] + gained(study, worst)[:SHOWN_AT_MOST]),
        (
            "Access",
            [
                against_parents(
                    study, worst, "approval_rate", "The share of requests approved" + _requests(study, worst)
                ),
                against_parents(study, worst, "access_all", "The share of persons with an open line"),
                *driven_away(study, worst),
            ],
        ),
        ("Plausible worlds", signs(study, worst)),
        ("Lender's profit", [against_parents(study, worst, "lender_profit", "The lender's profit a month")]),
    ]
    return [(title, [text for text in sentences if text]) for title, sentences in groups if any(sentences)]


def driven_away(study: Study, scenario: str) -> list[str]:
    """Say where a package ends with clearly fewer or more persons than its parent: shares are of those who stay."""
    told = []
    for arm in study.arms if study.has("persons") else ():
        item = study.estimate(scenario, arm.name, "persons")
        share = item.difference / study.estimate(scenario, item.parent, "persons").mean if item.direction else 0.0
        if abs(share) >= CLEARLY:
            count = f"{100 * abs(share):.0f}{NARROW_SPACE}% {'fewer' if share < 0 else 'more'}"
            told.append(
                f"Under {quoted(arm.name)} {count} persons are on the platform at the end than under its parent "
                f"{quoted(item.parent)}: shares of persons, of those without work too, are of those who stay."
            )
    return told


def _requests(study: Study, scenario: str) -> str:
    """Say on how many requests the share rests: few, where most borrowers have a line from the burn-in on."""
    decided = study.paths(scenario, study.root.name, "applications_decided")
    if not (decided.size and study.borrowers):
        return ""
    yearly = number(12 * 1000 * float(mean_known(decided)) / study.borrowers, 0)
    return f", of about {yearly} a year per 1{NARROW_SPACE}000 borrowers under {quoted(study.root.name)},"


def _known(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def scenario_findings(study: Study, scenario: str) -> list[str]:
    """Return the sentences above one scenario's table."""
    found = [
        text
        for arm in study.arms
        if math.isfinite(study.estimate(scenario, arm.name, "loss_rate").mean)
        for text in (loss(study, scenario, arm.name), by_borrower(study, scenario, arm.name))
        if text
    ]
    return found or ["No loss rate was recorded in this scenario (n/a)."]
