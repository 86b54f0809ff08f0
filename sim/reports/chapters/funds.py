"""The guarantee fund: how much is left of it, and how often it is exhausted."""

from __future__ import annotations

import html
from collections.abc import Sequence

from sim.figures.scales import measure_of, scale_of
from sim.reports.chapters.protection import ruin_table
from sim.reports.chapters.tables import cell, row, table
from sim.reports.document import Page
from sim.reports.drawing.fund import SUSPENDED, first_months, fund_figure
from sim.reports.folder import Study
from sim.reports.glossary.links import told_head
from sim.reports.words import payers
from sim.reports.words.formats import percent, scenario_title, wilson

COLUMNS = ("first", "last", "suspended", "exhausted", "probability", "earliest")
"""Columns of the fund's table, as keys of their heads."""


def fund_table(study: Study, funded: Sequence[str]) -> str:
    """Return, for each package with a fund and scenario, capital at the end and how often it is exhausted."""
    say = study.say
    cells = {(arm, name): study.paths(name, arm, "fund_capital") for arm in funded for name in study.scenarios}
    cells = {key: paths for key, paths in cells.items() if paths.size}
    scale = scale_of(measure_of("fund_capital"), [float(paths[:, 0].mean()) for paths in cells.values()], say=say)
    rows = []
    for (arm, scenario), paths in cells.items():
        first = first_months(study, scenario, arm)
        suspended = first_months(study, scenario, arm, SUSPENDED)
        low, high = (percent(end, 0) for end in wilson(len(first), len(paths)))
        start, end = float(paths[:, 0].mean()), float(paths[:, -1].mean())
        figures = [
            f'<td class="words">{html.escape(scenario_title(scenario, say))}</td>',
            cell(scale.text(start), start),
            cell(scale.text(end), end),
            cell(say("back_tables.count", count=len(suspended), runs=len(paths)), len(suspended)),
            cell(say("back_tables.count", count=len(first), runs=len(paths)), len(first)),
            cell(say("unit.range", low=low, high=high), None, "range"),
            cell(str(min(first)) if first else say("back_fund.none"), float(min(first)) if first else None),
        ]
        rows.append(row(arm, figures))
    heads = [
        say("front_table.package"),
        say("back_tables.scenario"),
        *(told_head(say, f"back_fund.{key}", unit=scale.unit) for key in COLUMNS[:2]),
        *(told_head(say, f"back_fund.{key}") for key in COLUMNS[2:]),
    ]
    return table(say("back_fund.caption", unit=scale.unit), heads, rows, say=say)


def fared(page: Page, study: Study) -> None:
    """Write how often the guarantee fund is exhausted, and its capital over time; nothing without a fund."""
    funded = study.funded()
    if funded:
        page.bullets(payers.fund(study))
        page.figure(fund_figure(study, funded))


def append(page: Page, study: Study) -> None:
    """Write the tables of the guarantee fund, where a package has one."""
    funded = study.funded()
    if not funded:
        return
    page.chapter("fund", study.say("back_fund.chapter"))
    page.table(fund_table(study, funded))
    if study.has("fund_put_in"):
        page.table(ruin_table(study, funded))
