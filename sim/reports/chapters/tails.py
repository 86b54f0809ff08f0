"""How bad it may get: ``risk.csv`` as a table, and what is left of the differences after adjustment."""

from __future__ import annotations

import math

import pandas as pd

from sim.figures.scales import measure_of
from sim.reports.chapters import dominance
from sim.reports.chapters.dominance import LEVEL
from sim.reports.chapters.tables import cell, group_heading, row, table
from sim.reports.document import Page
from sim.reports.folder import Study
from sim.reports.words.formats import NOT_AVAILABLE, listing, number, scenario_title

NAMED_AT_MOST = 10
OF_CLOSURES = ("wrong_closures", "defaults_caused_by_closing")

HEADS = {
    "mean loss rate": "Mean",
    "loss rate, 95% quantile (VaR)": "VaR 95&nbsp;%",
    "loss rate, 95% expected shortfall": "ES 95&nbsp;%",
    "loss rate, 99% quantile (VaR)": "VaR 99&nbsp;%",
    "loss rate, 99% expected shortfall": "ES 99&nbsp;%",
    "the fund is exhausted at least once": "Fund exhausted",
    "the lender fails": "Lender fails",
}


def risk_table(study: Study) -> str | None:
    """Return quantiles, shortfall and ruin of each package by scenario; None where the folder has no ``risk.csv``."""
    if study.risk.empty:
        return None
    known = study.risk.set_index(["scenario", "arm", "measure"])
    shown = [name for name in HEADS if name in set(study.risk["measure"])]
    rows = []
    for scenario in study.scenarios:
        here = study.risk[study.risk["scenario"] == scenario]
        given = "over " if "every run" in str(here["conditional_on"].iloc[0]) else "given "
        rows.append(group_heading(scenario_title(scenario), given + here["conditional_on"].iloc[0], 2 + len(shown)))
        for arm in study.arms:
            cells = [_estimate(known, (scenario, arm.name, name)) for name in shown]
            runs = int(here.loc[here["arm"] == arm.name, "replications"].max())
            rows.append(row(arm.name, [cell(str(runs), runs), *cells]))
    least = [str(runs_for_quantile(level, study.confidence)) for level in (0.95, 0.99)]
    caption = (
        "<b>Loss distribution and ruin across replications.</b> Loss rate over the window, % of outstanding a year; "
        f"ruin, % of runs. In brackets the {study.coverage} interval: Student's for the mean, between order statistics "
        "for VaR, bootstrap for expected shortfall (ES), Wilson's for ruin; Monte Carlo error alone. "
        f"{NOT_AVAILABLE}, or left out: of fewer than {' or '.join(least)} runs a 95 or 99 % quantile has no interval."
    )
    return table(caption, ["Package", "Runs", *(HEADS[name] for name in shown)], rows, kind=' class="grouped"')


def runs_for_quantile(level: float, confidence: float) -> int:
    """Fewest runs of which a quantile has a two-sided interval between order statistics (David and Nagaraja, 2003)."""
    return math.ceil(math.log((1.0 - confidence) / 2) / math.log(level))


def _estimate(known: pd.DataFrame, key: tuple[str, str, str]) -> str:
    if key not in known.index:
        return cell(NOT_AVAILABLE)
    found = known.loc[key]
    value, low, high = (float(found[name]) for name in ("estimate", "low", "high"))
    if not math.isfinite(value):
        return cell(NOT_AVAILABLE)
    decimals = 0 if found["interval"] == "Wilson" else 2
    ends = f" ({number(100 * low, decimals)} to {number(100 * high, decimals)})" if math.isfinite(low) else ""
    return cell(f"{number(100 * value, decimals)}{ends}", value)


def holm_sentence(study: Study) -> str:
    """Say how many differences in the main figures keep their direction after Holm's adjustment; empty if unknown."""
    if "p_holm" not in study.summary:
        return ""
    adjusted = pd.to_numeric(study.summary["p_holm"], errors="coerce").dropna()
    if adjusted.empty:
        return ""
    sure = study.summary.loc[adjusted.index[adjusted < LEVEL]]
    return (
        f" Of {len(adjusted)} differences in the main figures {len(sure)} keep their direction at "
        f"{100 * LEVEL:g}\N{NARROW NO-BREAK SPACE}% after Holm's adjustment for their number (p_holm in summary.csv)"
        f"{_named(study, sure)}."
    )


def _named(study: Study, sure: pd.DataFrame) -> str:
    """Name the sure differences, where they are few, and say which hold by definition."""
    if not 0 < len(sure) <= NAMED_AT_MOST:
        return ""
    names = [
        f"`{arm}` in {study.place(str(scenario))} ({listing([_label(name) for name in rows['metric']])})"
        for (arm, scenario), rows in sure.groupby(["arm", "scenario"], sort=False)
    ]
    closing = study.closing()
    first = [name for name in closing if study.arm(name).parent not in closing]
    defined = bool((sure["arm"].isin(first) & sure["metric"].isin(OF_CLOSURES)).any())
    why = "; wrong closures and what they cause are 0 by definition where no line is closed" if defined else ""
    return f": {listing(names)}{why}"


def _label(metric: str) -> str:
    label = measure_of(metric).label
    return label[:1].lower() + label[1:]


def append(page: Page, study: Study) -> None:
    """Write how bad it may get, and whether a package is better in every respect."""
    risk, better = risk_table(study), dominance.dominance_table(study)
    if risk is None and better is None:
        return
    page.chapter("tails", "How bad it may get, and whether a package is better in every respect")
    found = dominance.dominating(study)
    page.bullets(found)
    if found:
        page.paragraph(dominance.margins(study))
    if risk is not None:
        page.table(risk)
    if better is not None:
        page.table(better)
