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
    say, names = study.say, bearers_of(study)
    found = []
    for arm in study.arms:
        parts = borne(study, scenario, arm.name)
        whole = sum(parts.values())
        others = [name for name in names if name != "loss_lender" and parts[name] > 0]
        if not (math.isfinite(whole) and whole > 0 and others):
            continue
        shares = {name: percent(parts.get(name, 0.0) / whole, 0) for name in ("loss_lender", *others)}
        told = listing([say(f"back_borne.{name}", share=share) for name, share in shares.items()], say)
        scale = scale_of(measure_of("loss_lender"), [whole], say=say)
        amount, months = f"{scale.text(whole)} {scale.unit}", study.months(scenario)
        found.append(say("back_borne.told", amount=amount, months=months, arm=quoted(arm.name), shares=told))
    return found


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
    say, found = study.say, []
    for arm in study.arms:
        base = guarantee.without_scheme(study, arm.name) if guarantee.shares(study, arm.name) else ""
        if not base:
            continue
        gains = guarantee.gains(study, scenario, arm.name, base)
        moved = {key: values for key, values in zip(BEARERS, gains.values(), strict=True)
                 if values.size > 1 and np.any(values)}  # fmt: skip
        if not moved:
            continue
        scale = scale_of(measure_of("loss_lender"), [float(values.mean()) for values in moved.values()], say=say)
        parts = [say(f"back_gained.{key}", amount=_with_half(values, scale)) for key, values in moved.items()]
        said = {"base": quoted(base), "arm": quoted(arm.name), "parts": listing(parts, say), "unit": scale.unit}
        key = "back_gained.told_with_banks" if "loss_partner" in moved else "back_gained.told"
        found.append(say(key, months=study.months(scenario), **said))
    return found


def _with_half(values: np.ndarray, scale: Scale) -> str:
    half = guarantee.half_width(float(values.std(ddof=1)) / math.sqrt(len(values)), len(values))
    return f"{scale.text(float(values.mean()), signed=True)} \N{PLUS-MINUS SIGN} {scale.text(half)}"
