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
from sim.reports.words import payers
from sim.reports.words.formats import percent, scenario_title, wilson


def fund_table(study: Study, funded: Sequence[str]) -> str:
    """Return, for each package with a fund and scenario, capital at the end and how often it is exhausted."""
    cells = {(arm, name): study.paths(name, arm, "fund_capital") for arm in funded for name in study.scenarios}
    cells = {key: paths for key, paths in cells.items() if paths.size}
    scale = scale_of(measure_of("fund_capital"), [float(paths[:, 0].mean()) for paths in cells.values()])
    rows = []
    for (arm, scenario), paths in cells.items():
        first = first_months(study, scenario, arm)
        suspended = first_months(study, scenario, arm, SUSPENDED)
        low, high = wilson(len(first), len(paths))
        start, end = float(paths[:, 0].mean()), float(paths[:, -1].mean())
        figures = [
            f'<td class="words">{html.escape(scenario_title(scenario))}</td>',
            cell(scale.text(start), start),
            cell(scale.text(end), end),
            cell(f"{len(suspended)} of {len(paths)}", len(suspended)),
            cell(f"{len(first)} of {len(paths)}", len(first)),
            cell(f"{percent(low, 0)} to {percent(high, 0)}", None, "range"),
            cell(f"{min(first)}" if first else "none", float(min(first)) if first else None),
        ]
        rows.append(row(arm, figures))
    heads = ("Package", "Scenario", "Capital, first month", "Capital, last month", "Runs suspended",
             "Runs exhausted", "Probability, 95&nbsp;% interval", "Earliest month")  # fmt: skip
    caption = (
        f"<b>The fund.</b> Capital in {scale.unit}, mean of the replications; in how many runs the fund "
        "is suspended or exhausted at some time, with the 95 % interval of the probability of exhaustion "
        "given the scenario (Wilson), and the earliest such month."
    )
    return table(caption, heads, rows)


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
    page.chapter("fund", "The guarantee fund")
    page.table(fund_table(study, funded))
    if study.has("fund_put_in"):
        page.table(ruin_table(study, funded))
