"""Delinquency and default: arrears at their worst, what defaults begin with, and who could have paid."""

from __future__ import annotations

import html
import math

import numpy as np

from sim.language.words import Words
from sim.reports.chapters.tables import cell, group_heading, months_of, row, table
from sim.reports.columns import Column, amount, columns_table, digits, mean, share
from sim.reports.document import Page
from sim.reports.drawing import paths
from sim.reports.drawing.paths import bucket_shares
from sim.reports.folder import Study
from sim.reports.glossary.links import figured, told_head
from sim.reports.words.formats import NOT_AVAILABLE, number, percent, scenario_title

PREFIX = "default_"
BUCKETS = ("M0", "M1", "M2", "M3", "M4", "M5", "M6+")
SUPPORT = (
    Column("back_causes.paid", amount("transfers"), digits(0)),
    Column("back_causes.in_holiday", mean("in_holiday"), share()),
    Column(
        "back_causes.highest", lambda study, scenario, arm: _highest(study.paths(scenario, arm, "in_holiday")), share()
    ),
)


def causes_of(study: Study) -> list[str]:
    """Return the columns that count defaults by cause and are not always zero."""
    return [
        name
        for name in study.monthly.columns
        if name.startswith(PREFIX) and study.has(name) and (study.monthly[name] != 0).any()
    ]


def cause_table(study: Study, causes: list[str]) -> str:
    """Return defaults a year, their causes as shares, and the share that could have paid."""
    say, width, rows = study.say, 3 + len(causes), []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario, say), months_of(study, scenario), width))
        for arm in study.arms:
            defaults = study.paths(scenario, arm.name, "defaults")
            whole = float(np.nansum(defaults))
            yearly = whole / defaults.size * 12 if defaults.size else math.nan
            per_thousand = 1000 * yearly / study.borrowers if study.borrowers else yearly
            cells = [cell(number(per_thousand, 1), yearly)]
            for cause in causes:
                part = float(study.totals(scenario, arm.name, cause).sum()) / whole if whole else math.nan
                cells.append(cell(percent(part, 0), part))
            could = _could_pay(study, scenario, arm.name, defaults)
            rows.append(row(arm.name, [*cells, cell(percent(could, 0), could)]))
    words = [figured("back_causes.cause", html.escape(_cause(name, say))) for name in causes]
    defaults_head = say("back_causes.defaults" if study.borrowers else "back_causes.defaults_in_run")
    defaults_head = figured("back_causes.defaults", defaults_head)
    heads = (say("front_table.package"), defaults_head, *words, told_head(say, "back_causes.could_pay"))
    return table(say("back_causes.caption"), heads, rows, kind=' class="grouped"', say=say)


def _cause(name: str, say: Words) -> str:
    """Return what a column counts by; a cause of the user's goes by its own name."""
    key = f"back_causes.{name}"
    return say(key) if key in say else name.removeprefix(PREFIX).replace("_", " ").capitalize()


def _could_pay(study: Study, scenario: str, arm: str, defaults: np.ndarray) -> float:
    """Return the share of all defaulters who could have paid: months weighted by their defaults."""
    shares = study.paths(scenario, arm, "can_pay_defaults")
    if shares.shape != defaults.shape or not np.nansum(defaults):
        return math.nan
    known = np.isfinite(shares) & (defaults > 0)
    return float((shares[known] * defaults[known]).sum() / defaults[known].sum()) if known.any() else math.nan


def bucket_table(study: Study) -> str:
    """Return the balance by bucket in the month in which 30+ stands highest."""
    say, rows = study.say, []
    for scenario in study.scenarios:
        rows.append(group_heading(scenario_title(scenario, say), "", 9))
        for arm in study.arms:
            shares = bucket_shares(study, scenario, arm.name)
            if shares.shape[1] == 0:
                rows.append(row(arm.name, [cell(NOT_AVAILABLE)] * 8))
                continue
            peak = int(np.argmax(shares[2:].sum(axis=0)))
            cells = [cell(str(peak), float(peak))]
            cells += [cell(number(100 * float(value), 2), float(value)) for value in shares[:, peak]]
            rows.append(row(arm.name, cells))
    heads = (
        say("front_table.package"),
        told_head(say, "back_causes.month"),
        *(figured("back_causes.bucket", name) for name in BUCKETS),
    )
    return table(say("back_causes.bucket_caption"), heads, rows, kind=' class="grouped"', say=say)


def _highest(paths: np.ndarray) -> float:
    return float(np.nanmax(np.nanmean(paths, axis=0))) if paths.size else math.nan


def support_table(study: Study) -> str | None:
    """Return what the government paid and how many loans rested, mean over months; None where it did neither."""
    return columns_table(study, SUPPORT, "back_causes.support_caption")


def append(page: Page, study: Study) -> None:
    """Write how arrears stood at their worst, and what defaults began with."""
    picture = paths.bucket_figure(study)
    if picture is None:
        return
    page.chapter("buckets", study.say("back_causes.chapter"))
    page.figure(picture)
    page.table(bucket_table(study))
    found = causes_of(study)
    if found:
        page.table(cause_table(study, found))
    support = support_table(study)
    if support is not None:
        page.table(support)
