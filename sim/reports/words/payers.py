"""Who bears a loss, what a fund comes to, and who gains under a scheme, in sentences computed from the results."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim.figures.catalog import BEARERS
from sim.figures.scales import Scale, measure_of, scale_of
from sim.reports.chapters import guarantee
from sim.reports.drawing.bars import bearers_of, borne
from sim.reports.drawing.fund import first_months
from sim.reports.folder import Study
from sim.reports.words.formats import listing, percent, wilson


def quoted(name: str) -> str:
    """Return a package's name marked as a name."""
    return "`" + name.replace("`", "'") + "`"


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
        shares = [f"the lender bears {percent(parts.get('loss_lender', 0.0) / whole, 0)}"]
        shares += [f"{IN_SENTENCE[name]} {percent(parts[name] / whole, 0)}" for name in others]
        scale = scale_of(measure_of("loss_lender"), [whole])
        found.append(
            f"Of {scale.text(whole)} {scale.unit} lost over {study.months(scenario)} months under "
            f"{quoted(arm.name)}, {listing(shares)}."
        )
    return found


def _in_sentence(label: str) -> str:
    return ("" if label.endswith("s") else "the ") + label.lower()


IN_SENTENCE = {name: _in_sentence(label) for name, label in BEARERS.items()}


def fund(study: Study) -> list[str]:
    """Say how often the fund is exhausted, with the interval of that probability."""
    say, found = study.say, []
    for arm in study.funded():
        runs = {name: len(study.paths(name, arm, "fund_capital")) for name in study.scenarios}
        runs = {name: count for name, count in runs.items() if count}
        months = {name: first_months(study, name, arm) for name in runs}
        if not any(months.values()):
            least = min(runs.values())
            low, high = (percent(end, 0) for end in wilson(0, least))
            found.append(say("front_fund.never", arm=quoted(arm), runs=least, low=low, high=high))
            continue
        parts = []
        for name, count in runs.items():
            low, high = (percent(end, 0) for end in wilson(len(months[name]), count))
            when = say("front_fund.first", month=min(months[name])) if months[name] else ""
            times = len(months[name]) or say("front_fund.none")
            place = study.place(name)
            parts.append(say("front_fund.in", times=times, runs=count, place=place, low=low, high=high, when=when))
        told = say("front_fund.runs_out", arm=quoted(arm), parts=listing(parts, say))
        found.append(told + _suspended(study, arm, runs))
    return found


def _suspended(study: Study, arm: str, runs: Mapping[str, int]) -> str:
    """Say in how many runs the fund takes no new cover for a time; then, too, losses stay with the lender."""
    say = study.say
    states = {name: study.paths(name, arm, "fund_state") for name in runs}
    held = {name: int((paths >= guarantee.SUSPENDED).any(axis=1).sum()) for name, paths in states.items() if paths.size}
    if not any(held.values()):
        return ""
    parts = [
        say("front_fund.held", times=count or say("front_fund.none"), runs=runs[name], place=study.place(name))
        for name, count in held.items()
    ]
    return say("front_fund.suspended", parts=listing(parts, say))


def gained(study: Study, scenario: str) -> list[str]:
    """Say what each party gains or pays under the packages that share losses, against the run without a scheme."""
    found = []
    for arm in study.arms:
        base = guarantee.without_scheme(study, arm.name) if guarantee.shares(study, arm.name) else ""
        parties = guarantee.gains(study, scenario, arm.name, base) if base else {}
        parties = {name: values for name, values in parties.items() if values.size > 1 and np.any(values)}
        if not parties:
            continue
        scale = scale_of(measure_of("loss_lender"), [float(values.mean()) for values in parties.values()])
        parts = [f"{_in_sentence(name)} {_with_half(values, scale)}" for name, values in parties.items()]
        note = "; partner banks before what their own funds cost" if "Partner banks" in parties else ""
        found.append(
            f"Against the paired run of {quoted(base)}, {quoted(arm.name)} brings {listing(parts)} {scale.unit} over "
            f"{study.months(scenario)} months (\N{PLUS-MINUS SIGN}: half the 95\u202f% interval{note})."
        )
    return found


def _with_half(values: np.ndarray, scale: Scale) -> str:
    half = guarantee.half_width(float(values.std(ddof=1)) / math.sqrt(len(values)), len(values))
    return f"{scale.text(float(values.mean()), signed=True)} \N{PLUS-MINUS SIGN} {scale.text(half)}"
