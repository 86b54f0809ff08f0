"""What the results say, in sentences computed from them; names of packages stand between backticks."""

from __future__ import annotations

import math

import numpy as np

from sim.figures.scales import IN_ENGLISH, NARROW_SPACE, Scale, measure_of, number, scale_of
from sim.language.words import Words
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
    say, item = study.say, study.estimate(scenario, arm, "loss_rate")
    if not math.isfinite(item.mean):
        return say("back_loss.none", arm=quoted(arm))
    scale = scale_of(measure_of("loss_rate"), [item.mean, item.difference], say=say)
    lost = {"arm": quoted(arm), "loss": f"{scale.text(item.mean)}{scale.spaced_unit}"}
    if not item.parent:
        return say("back_loss.root", **lost, range=_range(item.low, item.high, scale, say=say))
    lost["parent"] = quoted(item.parent)
    if not item.has_interval:
        return say("back_loss.few", **lost)
    if item.identical:
        return say("back_loss.identical", **lost)
    finer = scale.refined([(item.difference_low, item.difference_high)])
    if item.direction == 0:
        ends = _range(item.difference_low, item.difference_high, finer, signed=True, say=say)
        return say("back_loss.open", **lost, difference=finer.text(item.difference, signed=True), range=ends)
    low, high = sorted((abs(item.difference_low), abs(item.difference_high)))
    gap, ends = finer.text(abs(item.difference)), _range(low, high, finer, say=say)
    return say("back_loss.more" if item.direction > 0 else "back_loss.less", **lost, difference=gap, range=ends)


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
    say = study.say
    scale = scale_of(measure_of("loss_rate"), [float(ours["persons"].mean())], say=say)
    told, sure = [], False
    for who in ("persons", "firms"):
        gap = ours[who] - theirs[who]
        half = guarantee.half_width(float(gap.std(ddof=1)) / math.sqrt(runs), runs)
        middle = float(gap.mean())
        sure = sure or abs(middle) > half
        lost = f"{scale.text(float(ours[who].mean()))}{scale.spaced_unit}"
        ends = _range(middle - half, middle + half, scale, signed=True, say=say)
        told.append(say(f"back_loss.{who}", loss=lost, difference=scale.text(middle, signed=True), range=ends))
    if not sure:
        return ""
    here, there = (percent(float(parts["share"].mean()), 0) for parts in (ours, theirs))
    names = {"parent": quoted(parent), "arm": quoted(arm)}
    return say("back_loss.apart", **names, told=listing(told, say), here=here, there=there)


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


def _range(low: float, high: float, scale: Scale, *, signed: bool = False, say: Words = IN_ENGLISH) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return say("front_findings.no_interval")
    return say("unit.range", low=scale.text(low, signed=signed), high=scale.text(high, signed=signed))


def against_parents(study: Study, scenario: str, metric: str, what: str) -> str:
    """Say in one sentence in which packages ``metric`` is higher or lower than in the parent, or open.

    A direction is named only where the interval of the paired difference excludes zero; where it does not, its width
    says how much may hide there. Empty where no package has a figure.
    """
    found = {arm.name: study.estimate(scenario, arm.name, metric) for arm in study.arms if arm.parent}
    found = {name: item for name, item in found.items() if math.isfinite(item.mean) and item.parent}
    if not found:
        return ""
    say = study.say
    parts: list[str] = []
    scale = scale_of(measure_of(metric), [item.difference for item in found.values()], study.borrowers, say)
    groups = {
        "lower": [_with_range(name, item, scale, say) for name, item in found.items() if item.direction == -1],
        "higher": [_with_range(name, item, scale, say) for name, item in found.items() if item.direction == 1],
        "identical": [quoted(name) for name, item in found.items() if item.identical],
        "open": [_with_range(name, item, scale, say) for name, item in found.items() if _is_open(item)],
        "missing": [quoted(name) for name, item in found.items() if not item.has_interval],
    }
    for key, names in groups.items():
        if names:
            also = "_too" if key == "higher" and parts else ""
            parts.append(say(f"front_findings.{key}{also}", names=listing(names, say)))
    return say("front_findings.against_parents", what=what, parts=say("list.semicolon").join(parts))


def _is_open(item: Estimate) -> bool:
    return item.has_interval and not (item.direction or item.identical)


def _with_range(name: str, item: Estimate, scale: Scale, say: Words) -> str:
    scale = scale.refined([(item.difference_low, item.difference_high)])
    ends = _range(item.difference_low, item.difference_high, scale, signed=True, say=say)
    unit = f" {scale.difference_unit}" if scale.difference_unit else ""
    gap = scale.text(item.difference, signed=True)
    return say("front_findings.with_range", name=quoted(name), gap=gap, unit=unit, ends=ends)


def downturn(study: Study) -> list[str]:
    """Say what the severest scenario does to the root package, against the mildest one."""
    say, worst, root = study.say, severest(study), study.root.name
    levels = {name: study.estimate(name, root, "loss_rate").mean for name in study.scenarios}
    known = {name: value for name, value in levels.items() if math.isfinite(value)}
    if not known:
        return []
    said = {"root": quoted(root), "loss": percent(known[worst]), "place": study.place(worst)}
    said["peak"] = _peak(study, worst, root)
    if len(known) == 1:
        return [say("back_loss.downturn_alone", **said)]
    mild = min(known, key=lambda name: known[name])
    return [say("back_loss.downturn", **said, mild_loss=percent(known[mild]), mild=study.place(mild))]


def _peak(study: Study, scenario: str, arm: str) -> str:
    band = band_of(study.paths(scenario, arm, "delinquent_30"))
    if band.mean.size < 2 or not np.isfinite(band.mean).any():
        return ""
    month, start = int(np.nanargmax(band.mean)), percent(band.mean[0])
    if month == 0:
        return study.say("back_loss.peak_at_first", start=start)
    return study.say("back_loss.peak", start=start, highest=percent(band.mean[month]), month=month)


def closing(study: Study, scenario: str) -> list[str]:
    """Say how many closures were wrong, against a random choice, and how many defaults closing caused."""
    found: list[str] = []
    for arm in study.closing():
        text = _closing(study, scenario, arm, first=not found)
        found += [text] if text else []
    return found


def _closing(study: Study, scenario: str, arm: str, *, first: bool) -> str:
    """Say it of one package, and what words mean in the first; empty where no closure was judged."""
    say = study.say
    closures, wrong, censored, caused, luck = (
        study.estimate(scenario, arm, name)
        for name in ("closures", "wrong_closures", "censored_closures", "defaults_caused_by_closing",
                     "random_wrong_closure_share")
    )  # fmt: skip
    judged = closures.mean - (censored.mean if math.isfinite(censored.mean) else 0.0)
    if not (judged > 0 and math.isfinite(wrong.mean)):
        return ""
    once = "_first" if first else ""
    scale = scale_of(measure_of("closures"), [closures.mean], study.borrowers, say)
    sentence = say(
        "front_findings.closes" + once, arm=quoted(arm), count=scale.text(closures.mean), unit=scale.spaced_unit,
        wrong=percent(wrong.mean / judged, 0),
    )  # fmt: skip
    if math.isfinite(luck.mean):
        sentence += say("front_findings.at_random", wrong=percent(luck.mean, 0))
    if math.isfinite(caused.mean):
        own = scale_of(measure_of("closures"), [caused.mean], study.borrowers, say)
        sentence += say(
            "front_findings.caused" + once, count=own.text(caused.mean), unit=own.spaced_unit,
            ends=_range(caused.low, caused.high, own, say=say),
        )  # fmt: skip
    return sentence + say("front_findings.stop") + _per_closure(study, scenario, arm)


def _per_closure(study: Study, scenario: str, arm: str) -> str:
    """Say what a judged closure did to losses and margin on the persons concerned; empty where it is not known."""
    avoided = study.estimate(scenario, arm, "loss_avoided_per_closure")
    forgone = study.estimate(scenario, arm, "margin_forgone_per_closure")
    if not (math.isfinite(avoided.low) and math.isfinite(forgone.mean)):
        return ""
    fen = (-avoided.mean, -avoided.high, -avoided.low)
    added, low, high = (number(value / study.say.fen, 0, signed=True) for value in fen)
    margin = number(forgone.mean / study.say.fen, 0)
    return study.say("front_findings.per_closure", added=added, low=low, high=high, margin=margin)


def headline(study: Study) -> list[tuple[str, list[str]]]:
    """Return the executive summary: groups of sentences on the severest scenario, each with its heading."""
    say, worst = study.say, severest(study)
    others = [arm.name for arm in study.arms if arm.parent]
    ranked = sorted(others, key=lambda name: -abs(_known(study.estimate(worst, name, "loss_rate").difference)))
    shown = [name for name in others if name in ranked[:SHOWN_AT_MOST]]
    losses = [loss(study, worst, name) for name in shown]
    if len(others) > len(shown):
        losses.append(say("back_sentences.left_out", count=SHOWN_AT_MOST))
    groups = {
        "downturn": downturn(study),
        "loss": losses,
        "bearers": bearers(study, worst)[:SHOWN_AT_MOST] + gained(study, worst)[:SHOWN_AT_MOST],
        "access": [
            against_parents(study, worst, "approval_rate", _approval(study, worst)),
            against_parents(study, worst, "access_all", say("back_against.access")),
            *driven_away(study, worst),
        ],
        "worlds": signs(study, worst),
        "profit": [against_parents(study, worst, "lender_profit", say("back_against.profit"))],
    }
    return [
        (say(f"back_sentences.{key}"), [text for text in sentences if text])
        for key, sentences in groups.items()
        if any(sentences)
    ]


def driven_away(study: Study, scenario: str) -> list[str]:
    """Say where a package ends with clearly fewer or more persons than its parent: shares are of those who stay."""
    told = []
    for arm in study.arms if study.has("persons") else ():
        item = study.estimate(scenario, arm.name, "persons")
        share = item.difference / study.estimate(scenario, item.parent, "persons").mean if item.direction else 0.0
        if abs(share) >= CLEARLY:
            key = "back_against.fewer" if share < 0 else "back_against.more"
            count = f"{100 * abs(share):.0f}{NARROW_SPACE}%"
            told.append(study.say(key, arm=quoted(arm.name), share=count, parent=quoted(item.parent)))
    return told


def _approval(study: Study, scenario: str) -> str:
    """Name the share of requests approved, and on how many it rests: few, where most have a line from the start."""
    decided = study.paths(scenario, study.root.name, "applications_decided")
    if not (decided.size and study.borrowers):
        return study.say("back_against.approval")
    yearly = number(12 * 1000 * float(mean_known(decided)) / study.borrowers, 0)
    return study.say("back_against.approval_of", requests=yearly, root=quoted(study.root.name))


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
    return found or [study.say("back_loss.not_recorded")]
