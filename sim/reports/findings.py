"""What the results say, in sentences computed from them; names stand between backticks."""

from __future__ import annotations

import math

import numpy as np

from sim.reports.bars import bearers_of, borne
from sim.reports.figures import band_of
from sim.reports.folder import Estimate, Study
from sim.reports.formats import in_sentence, listing, percent, scenario_title, wilson
from sim.reports.measures import BEARERS, Scale, measure_of, scale_of

# metric -> (verb phrase for the level, what less and more of it are called)
WORDS = {
    "loss_rate": ("loses {level} of outstanding a year", "less", "more"),
    "delinquent_30": ("has {level} of its balance 30+ days past due on average", "less", "more"),
    "delinquent_90": ("has {level} of its balance 90+ days past due on average", "less", "more"),
    "approval_rate": ("approves {level} of requests", "fewer", "more"),
    "lender_profit": ("earns the lender {level} a month", "less", "more"),
    "fund_capital": ("leaves {level} of fund capital at the end", "less", "more"),
}


def quoted(name: str) -> str:
    """Return a package's name marked as a name."""
    return "`" + name.replace("`", "'") + "`"


def severest(study: Study) -> str:
    """Return the scenario in which the root package loses most; the last one where losses are not known."""
    losses = {name: study.estimate(name, study.root.name, "loss_rate").mean for name in study.scenarios}
    known = {name: value for name, value in losses.items() if math.isfinite(value)}
    return max(known, key=lambda name: known[name]) if known else study.scenarios[-1]


def _lead(scenario: str) -> str:
    words = in_sentence(scenario)
    return f"In {words}" if not words.startswith("US") else f"On the {words} path"


def comparison(study: Study, scenario: str, arm: str, metric: str, *, lead: bool = True) -> str:
    """Say the level of ``metric`` and how it differs from the parent's, or that it cannot be told."""
    item = study.estimate(scenario, arm, metric)
    measure = measure_of(metric)
    scale = scale_of(measure, [item.mean, item.difference], study.borrowers)
    phrase, less, more = WORDS[metric]
    start = f"{_lead(scenario)}, {quoted(arm)} " if lead else f"{quoted(arm)} "
    if not math.isfinite(item.mean):
        return f"{start}has no figure for the {measure.label.lower()} (n/a)."
    level = f"{scale.text(item.mean)} {scale.unit}".strip()
    sentence = start + phrase.format(level=level)
    if not item.parent:
        return sentence + f" ({_range(item.low, item.high, scale)})."
    return sentence + _difference(item, scale, less, more)


def _difference(item: Estimate, scale: Scale, less: str, more: str) -> str:
    """Say the paired difference; never a direction where the interval covers zero."""
    parent = quoted(item.parent)
    unit = scale.difference_unit
    if not item.has_interval:
        return f"; how that differs from {parent} has no interval (n/a: too few replications)."
    if item.direction == 0:
        return (
            f"; the difference from {parent}, {scale.text(item.difference, signed=True)} {unit} "
            f"({_range(item.difference_low, item.difference_high, scale, signed=True)}), cannot be told from zero."
        )
    word = more if item.direction > 0 else less
    ends = sorted((abs(item.difference_low), abs(item.difference_high)))
    return f", {scale.text(abs(item.difference))} {unit} ({_range(*ends, scale)}) {word} than its parent {parent}."


def _range(low: float, high: float, scale: Scale, *, signed: bool = False) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return "interval n/a"
    return f"{scale.text(low, signed=signed)} to {scale.text(high, signed=signed)}"


def downturn(study: Study) -> list[str]:
    """Say what the severest scenario does to the root package, against the mildest one."""
    worst, root = severest(study), study.root.name
    levels = {name: study.estimate(name, root, "loss_rate").mean for name in study.scenarios}
    known = {name: value for name, value in levels.items() if math.isfinite(value)}
    found = []
    if len(known) > 1:
        mild = min(known, key=lambda name: known[name])
        sentence = (
            f"Without any change ({quoted(root)}), the lender's loans lose {percent(known[worst])} of outstanding a year "
            f"in {in_sentence(worst)} against {percent(known[mild])} in {in_sentence(mild)}"
        )
        found.append(sentence + _peak(study, worst, root) + ".")
    elif known:
        found.append(
            f"{_lead(worst)}, the loans of {quoted(root)} lose {percent(known[worst])} of outstanding a year"
            + _peak(study, worst, root) + "."
        )  # fmt: skip
    return found


def _peak(study: Study, scenario: str, arm: str) -> str:
    band = band_of(study.paths(scenario, arm, "delinquent_30"))
    if band.mean.size < 2 or not np.isfinite(band.mean).any():
        return ""
    month = int(np.nanargmax(band.mean))
    return (
        f"; 30+ days past due moves from {percent(band.mean[0])} of the balance in the first month to at most "
        f"{percent(band.mean[month])} in month {month}"
    )


def bearers(study: Study, scenario: str) -> list[str]:
    """Say who bears the loss in the packages that share it."""
    names = bearers_of(study)
    found = []
    for arm in study.arms:
        parts = borne(study, scenario, arm.name)
        whole = sum(parts.values())
        others = [name for name in names if name != "loss_lender" and parts[name] > 0]
        if not (math.isfinite(whole) and whole > 0 and others):
            continue
        shares = listing([f"{BEARERS[name].lower()} {percent(parts[name] / whole, 0)}" for name in others])
        scale = scale_of(measure_of("loss_lender"), [whole])
        own = percent(parts.get("loss_lender", 0.0) / whole, 0)
        found.append(
            f"{_lead(scenario)}, of the {scale.text(whole)} {scale.unit} lost over {study.months(scenario)} months under "
            f"{quoted(arm.name)}, the lender bears {own}, {shares}."
        )
    return found


def funded_arms(study: Study) -> list[str]:
    """Return the packages in which a guarantee fund holds capital at some time."""
    found = []
    for arm in study.arms:
        cells = [study.paths(name, arm.name, "fund_capital") for name in study.scenarios]
        if any(paths.size and np.nanmax(np.abs(paths)) > 0 for paths in cells):
            found.append(arm.name)
    return found


def fund(study: Study) -> list[str]:
    """Say how often the fund is exhausted, with the interval of that probability."""
    found = []
    for arm in funded_arms(study):
        parts = []
        for scenario in study.scenarios:
            paths = study.paths(scenario, arm, "fund_capital")
            if not paths.size:
                continue
            ruined = [int(np.argmax(path <= 0)) for path in paths if np.nanmin(path) <= 0]
            low, high = wilson(len(ruined), len(paths))
            when = f", first in month {min(ruined)}" if ruined else ""
            parts.append(
                f"in {len(ruined)} of {len(paths)} runs in {in_sentence(scenario)}{when} "
                f"(probability {percent(low, 0)} to {percent(high, 0)})"
            )
        if parts:
            found.append(f"The fund of {quoted(arm)} is exhausted {listing(parts)}.")
    return found


def closing_arms(study: Study) -> list[str]:
    """Return the packages that close a line in some scenario."""
    return [
        arm.name
        for arm in study.arms
        if any(study.estimate(name, arm.name, "closures").mean > 0 for name in study.scenarios)
    ]


def closing(study: Study, scenario: str) -> list[str]:
    """Say how many closures were wrong and how many defaults closing caused."""
    found = []
    for arm in closing_arms(study):
        closures, wrong, censored, caused = (
            study.estimate(scenario, arm, name)
            for name in ("closures", "wrong_closures", "censored_closures", "defaults_caused_by_closing")
        )
        judged = closures.mean - (censored.mean if math.isfinite(censored.mean) else 0.0)
        if not (judged > 0 and math.isfinite(wrong.mean)):
            continue
        scale = scale_of(measure_of("closures"), [closures.mean], study.borrowers)
        sentence = (
            f"{_lead(scenario)}, {quoted(arm)} closes {scale.text(closures.mean)} lines {scale.unit}; "
            f"{percent(wrong.mean / judged, 0)} of those that can be judged are wrong: their holders would not have "
            "reached 90+ days past due"
        ).replace("lines  ", "lines ")
        if math.isfinite(caused.mean):
            sentence += f". Closing itself causes {scale.text(caused.mean)} defaults {scale.unit}"
            if math.isfinite(caused.low):
                sentence += f" ({_range(caused.low, caused.high, scale)})"
        found.append(sentence.rstrip() + ".")
    return found


def headline(study: Study) -> list[tuple[str, list[str]]]:
    """Return the executive summary: groups of sentences, each group with its heading."""
    worst = severest(study)
    others = [arm.name for arm in study.arms if arm.parent]
    groups = [
        ("What the downturn does", downturn(study)),
        (f"Loss, {scenario_title(worst)}", [comparison(study, worst, name, "loss_rate") for name in others]),
        ("Who bears it", bearers(study, worst) + fund(study)),
        ("Closing lines", closing(study, worst)),
        ("Access", [_access(study, worst, name) for name in others]),
    ]
    return [(title, [text for text in sentences if text]) for title, sentences in groups if any(sentences)]


def _access(study: Study, scenario: str, arm: str) -> str:
    item = study.estimate(scenario, arm, "approval_rate")
    return comparison(study, scenario, arm, "approval_rate") if math.isfinite(item.mean) else ""


def scenario_findings(study: Study, scenario: str) -> list[str]:
    """Return the sentences above one scenario's table."""
    return [
        comparison(study, scenario, arm.name, "loss_rate", lead=False)
        for arm in study.arms
        if math.isfinite(study.estimate(scenario, arm.name, "loss_rate").mean)
    ]
