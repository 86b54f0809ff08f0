"""How bad it may get: ``risk.csv`` as a table, and what is left of the differences after adjustment."""

from __future__ import annotations

import math

import pandas as pd

from sim.figures.naming import label_of
from sim.figures.scales import measure_of
from sim.language.words import Words
from sim.reports.chapters import dominance
from sim.reports.chapters.dominance import LEVEL
from sim.reports.chapters.tables import cell, group_heading, row, table
from sim.reports.document import Page
from sim.reports.folder import Study
from sim.reports.glossary.links import told_head
from sim.reports.words.formats import NOT_AVAILABLE, listing, number, scenario_title

NAMED_AT_MOST = 10
OF_CLOSURES = ("wrong_closures", "defaults_caused_by_closing")

HEADS = {
    "mean loss rate": "mean",
    "loss rate, 95% quantile (VaR)": "var_95",
    "loss rate, 95% expected shortfall": "es_95",
    "loss rate, 99% quantile (VaR)": "var_99",
    "loss rate, 99% expected shortfall": "es_99",
    "the fund is exhausted at least once": "exhausted",
    "the lender fails": "lender_fails",
}
"""Columns by the name of their measure in ``risk.csv``, as keys of texts."""


def risk_table(study: Study) -> str | None:
    """Return quantiles, shortfall and ruin of each package by scenario; None where the folder has no ``risk.csv``."""
    if study.risk.empty:
        return None
    say = study.say
    known = study.risk.set_index(["scenario", "arm", "measure"])
    shown = [name for name in HEADS if name in set(study.risk["measure"])]
    rows = []
    for scenario in study.scenarios:
        here = study.risk[study.risk["scenario"] == scenario]
        drawn = "every run" in str(here["conditional_on"].iloc[0])
        given = say("back_tails.drawn") if drawn else say("back_tails.given", scenario=scenario)
        rows.append(group_heading(scenario_title(scenario, say), given, 2 + len(shown)))
        for arm in study.arms:
            cells = [_estimate(known, (scenario, arm.name, name), say) for name in shown]
            runs = int(here.loc[here["arm"] == arm.name, "replications"].max())
            rows.append(row(arm.name, [cell(str(runs), runs), *cells]))
    least = [str(runs_for_quantile(level, study.confidence)) for level in (0.95, 0.99)]
    caption = say("back_tails.caption", coverage=study.coverage, least=least[0], most=least[1])
    measures = (told_head(say, f"back_tails.{HEADS[name]}") for name in shown)
    heads = [say("front_table.package"), told_head(say, "back_tables.runs"), *measures]
    return table(caption, heads, rows, kind=' class="grouped"', say=say)


def runs_for_quantile(level: float, confidence: float) -> int:
    """Fewest runs of which a quantile has a two-sided interval between order statistics (David and Nagaraja, 2003)."""
    return math.ceil(math.log((1.0 - confidence) / 2) / math.log(level))


def _estimate(known: pd.DataFrame, key: tuple[str, str, str], say: Words) -> str:
    if key not in known.index:
        return cell(NOT_AVAILABLE)
    found = known.loc[key]
    value, low, high = (float(found[name]) for name in ("estimate", "low", "high"))
    if not math.isfinite(value):
        return cell(NOT_AVAILABLE)
    decimals = 0 if found["interval"] == "Wilson" else 2
    text = number(100 * value, decimals)
    if math.isfinite(low):
        ends = {"low": number(100 * low, decimals), "high": number(100 * high, decimals)}
        text = say("back_schemes.with_interval", value=text, **ends)
    return cell(text, value)


def holm_sentence(study: Study) -> str:
    """Say how many differences in the main figures keep their direction after Holm's adjustment; empty if unknown."""
    if "p_holm" not in study.summary:
        return ""
    adjusted = pd.to_numeric(study.summary["p_holm"], errors="coerce").dropna()
    if adjusted.empty:
        return ""
    sure = study.summary.loc[adjusted.index[adjusted < LEVEL]]
    return study.say(
        "front_standing.holm", count=len(adjusted), sure=len(sure), level=f"{100 * LEVEL:g}", names=_named(study, sure)
    )


def _named(study: Study, sure: pd.DataFrame) -> str:
    """Name the sure differences, where they are few, and say which hold by definition."""
    if not 0 < len(sure) <= NAMED_AT_MOST:
        return ""
    say = study.say
    names = [
        say(
            "front_standing.holm_pair",
            arm=f"`{arm}`",
            place=study.place(str(scenario)),
            figures=listing([_label(name, say) for name in rows["metric"]], say),
        )
        for (arm, scenario), rows in sure.groupby(["arm", "scenario"], sort=False)
    ]
    closing = study.closing()
    first = [name for name in closing if study.arm(name).parent not in closing]
    defined = bool((sure["arm"].isin(first) & sure["metric"].isin(OF_CLOSURES)).any())
    why = say("front_standing.holm_defined") if defined else ""
    return say("front_standing.holm_named", names=listing(names, say), why=why)


def _label(metric: str, say: Words) -> str:
    label = label_of(measure_of(metric), say)
    return label[:1].lower() + label[1:]


def append(page: Page, study: Study) -> None:
    """Write how bad it may get, and whether a package is better in every respect."""
    risk, better = risk_table(study), dominance.dominance_table(study)
    if risk is None and better is None:
        return
    page.chapter("tails", study.say("back_tails.chapter"))
    found = dominance.dominating(study)
    page.bullets(found)
    if found:
        page.paragraph(dominance.margins(study))
    if risk is not None:
        page.table(risk)
    if better is not None:
        page.table(better)
