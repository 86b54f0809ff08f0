"""Tables on guarantees: the price of protection, ruin by horizon, required capital, who gains and who pays."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import numpy as np

from sim.figures.catalog import BEARERS
from sim.figures.naming import bearer_of
from sim.figures.scales import Scale, measure_of, scale_of
from sim.language.words import Words
from sim.reports.chapters import guarantee
from sim.reports.chapters.tables import cell, group_heading, months_of, row, table
from sim.reports.document import Page
from sim.reports.drawing import alluvial
from sim.reports.folder import Study
from sim.reports.glossary.links import figured, told_head
from sim.reports.words import findings
from sim.reports.words.formats import NOT_AVAILABLE, number, percent, scenario_title

PRICES = ("premium", "compensation", "premium_back", "break_even", "met", "additional", "public_cost", "a_job", "price")
"""Columns of the price of protection, as keys of their heads."""


def with_error(value: float, error: float, runs: int, scale: float = 100.0, decimals: int = 1) -> str:
    """Write a figure and half its 95 % interval."""
    if not math.isfinite(value):
        return NOT_AVAILABLE
    half = guarantee.half_width(error, runs) * scale
    return number(value * scale, decimals) + (
        f" \N{PLUS-MINUS SIGN} {number(half, decimals)}" if math.isfinite(half) else ""
    )


def price_table(study: Study, arms: Sequence[str]) -> str:
    """Return what protection costs and what it gives back, by package and scenario."""
    say, rows = study.say, []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario, say), months_of(study, scenario), 10))
        for arm in arms:
            rows.append(row(arm, _price_cells(study, scenario, arm)))
    heads = [say("front_table.package"), *(told_head(say, f"back_schemes.{key}") for key in PRICES)]
    return table(say("back_schemes.price_caption"), heads, rows, kind=' class="grouped"', say=say)


def _price_cells(study: Study, scenario: str, arm: str) -> list[str]:
    covered = float(np.nansum(study.paths(scenario, arm, "covered_outstanding"))) / 12

    def rate(*names: str) -> float:
        return sum(float(study.totals(scenario, arm, name).sum()) for name in names) / covered if covered else math.nan

    premium, compensation = rate("premium_paid", "premium_layers"), rate("compensation_paid")
    balance = guarantee.break_even(study, scenario, arm)
    base = guarantee.without_scheme(study, arm)
    more = guarantee.additionality(study, scenario, arm, base) if base else (math.nan, math.nan)
    cost = guarantee.cost_of_credit(study, scenario, arm, base) if base else (math.nan, math.nan)
    jobs = guarantee.cost_of_jobs(study, scenario, arm, base) if base else (math.nan, math.nan)
    price = study.estimate(scenario, arm, "price").mean
    runs = len(study.totals(scenario, arm, "drawn"))
    return [
        cell(number(100 * premium, 2), premium),
        cell(number(100 * compensation, 2), compensation),
        cell(number(compensation / premium, 2) if premium > 0 else NOT_AVAILABLE),
        cell(number(100 * balance.rate, 2), balance.rate),
        cell(number(100 * balance.compensation, 2), balance.compensation),
        cell(with_error(*more, runs), more[0]),
        cell(with_error(*cost, runs, scale=1.0, decimals=2), cost[0]),
        cell(with_error(*jobs, runs, scale=0.01, decimals=0), jobs[0]),
        cell(percent(price, 2), price),
    ]


def ruin_table(study: Study, funded: Sequence[str]) -> str:
    """Return ruin by horizon, months to suspension and exhaustion, and the capital that would have sufficed."""
    say = study.say
    longest = max(study.months(name) for name in study.scenarios)
    horizons = [months for months in (12, 24, 36, 60) if months <= longest]
    needs = {(s, a): guarantee.capital_needs(study, s, a) for s in study.scenarios for a in funded}
    scale = scale_of(measure_of("fund_capital"), [float(v.max()) for v in needs.values() if len(v)], say=say)
    rows = []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario, say), "", 4 + len(horizons) + len(guarantee.LEVELS)))
        for arm in funded:
            states = study.paths(scenario, arm, "fund_state")
            if states.size == 0:
                continue
            cells = []
            for months in horizons:
                share, *ends = guarantee.ruin(states, months)
                value, low, high = (percent(one, 0) for one in (share, *ends))
                cells.append(cell(say("back_schemes.with_interval", value=value, low=low, high=high), share))
            for state in (guarantee.SUSPENDED, guarantee.EXHAUSTED):
                first = guarantee.first_months(states, state)
                middle = float(np.median(first))
                cells.append(cell(number(middle, 0) if math.isfinite(middle) else say("back_schemes.half_never")))
            for level in guarantee.LEVELS:
                capital, bound = guarantee.required_capital(needs[scenario, arm], level)
                text = say("back_schemes.with_bound", value=scale.text(capital), bound=scale.text(bound))
                cells.append(cell(text, capital))
            rows.append(row(arm, [cell(str(len(states)), len(states)), *cells]))
    heads = [
        say("front_table.package"),
        told_head(say, "back_tables.runs"),
        *(told_head(say, "back_schemes.ruin_within", months=months) for months in horizons),
        told_head(say, "back_schemes.suspended_median"),
        told_head(say, "back_schemes.exhausted_median"),
        *(
            told_head(say, "back_schemes.capital_for", level=f"{100 * level:g}", unit=scale.unit)
            for level in guarantee.LEVELS
        ),
    ]
    enough = say("list.comma").join(str(guarantee.enough_runs(level)) for level in guarantee.LEVELS)
    caption = say("back_schemes.ruin_caption", unit=scale.unit, runs=enough)
    return table(caption, heads, rows, kind=' class="grouped"', say=say)


def gains_table(study: Study, arms: Sequence[str]) -> str:
    """Return what each party gains or pays against the paired run without the scheme; empty where none does."""
    found = {}
    for scenario in study.scenarios:
        for arm in arms:
            base = guarantee.without_scheme(study, arm)
            if base:
                found[scenario, arm] = guarantee.gains(study, scenario, arm, base)
    if not found:
        return ""
    say = study.say
    means = [float(v.mean()) for parties in found.values() for v in parties.values() if v.size]
    scale = scale_of(measure_of("loss_lender"), means, say=say)
    rows, seen = [], ""
    for (scenario, arm), parties in found.items():
        if scenario != seen:
            rows.append(group_heading(scenario_title(scenario, say), "", 1 + len(guarantee.PARTIES)))
            seen = scenario
        rows.append(row(arm, [_gain(parties[name], scale) for name in guarantee.PARTIES]))
    caption = say("front_bearers.gains", unit=scale.unit.capitalize())
    heads = [say("front_table.package"), *(_party(bearer_of(name, say), scale, say) for name in BEARERS)]
    return table(caption, heads, rows, kind=' class="grouped"', say=say)


def _party(name: str, scale: Scale, say: Words) -> str:
    return figured("front_bearers.gain", html.escape(say("front_table.head", label=name, unit=scale.unit)))


def _gain(values: np.ndarray, scale: Scale) -> str:
    if not values.size or not np.any(values):
        return cell("\N{EN DASH}")
    error = float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan
    return cell(
        with_error(float(values.mean()), error, len(values), scale.factor, scale.decimals), float(values.mean())
    )


def sharing_of(study: Study) -> list[str]:
    """Return the packages in which somebody but the lender takes part of what is lent."""
    return [arm.name for arm in study.arms if guarantee.shares(study, arm.name)]


def append(page: Page, study: Study) -> None:
    """Write what protection costs, and the cash of each scheme."""
    sharing = sharing_of(study)
    if not sharing:
        return
    page.chapter("schemes", study.say("back_schemes.chapter"))
    page.paragraph(study.say("back_schemes.sources"))
    page.table(price_table(study, sharing))
    page.figure(alluvial.alluvial_figure(study, sharing, findings.severest(study)))
