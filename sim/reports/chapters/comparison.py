"""The results of each scenario: levels and paired differences of the main figures."""

from __future__ import annotations

import html
import math

from sim.figures.catalog import MAIN
from sim.figures.scales import Scale, measure_of, scale_of
from sim.reports.chapters.tables import cell, group_heading, interval, name_of, row, table
from sim.reports.document import Page
from sim.reports.drawing import paths
from sim.reports.folder import Estimate, Study
from sim.reports.words import findings
from sim.reports.words.formats import factor, listing, scenario_title


def main_table(study: Study, scenario: str, label: str, *, explained: bool = True) -> str:
    """Return the main table of one scenario: per metric and package, level and paired difference.

    Without ``explained`` the caption leaves out what the first of several has said.
    """
    rows = []
    for metric in MAIN:
        found = {arm.name: study.estimate(scenario, arm.name, metric) for arm in study.arms}
        if not any(math.isfinite(item.mean) for item in found.values()):
            continue
        idle, why = _idle(study, metric)
        shown = {name: item for name, item in found.items() if name not in idle}
        if not shown:
            continue
        measure = measure_of(metric)
        scale = scale_of(measure, [item.mean for item in shown.values()], study.borrowers)
        finer = scale.refined((item.difference_low, item.difference_high) for item in shown.values() if item.parent)
        unit = f"{scale.unit} {measure.period}" if measure.is_share else f"{scale.unit}, {measure.period}"
        rows.append(group_heading(measure.label, unit, 6))
        lone = idle if metric == "fund_capital" else set()
        rows += [row(name, _main_cells(item, scale, finer, lone)) for name, item in shown.items()]
        if idle:
            names = listing([name_of(name) for name in found if name in idle])
            rows.append(f'<tr><td class="words absent" colspan="6">{why}: {names}</td></tr>')
    span = f"{study.coverage} interval"
    heads = ("Package", "Mean", span, "Difference to parent", span, "Variance reduction")
    caption = f"<b>{label}: {html.escape(scenario_title(scenario))}.</b>"
    if explained:
        caption += (
            f" Differences are paired: package less parent within the same replication ({study.replications} "
            "replications); differences of shares in percentage points. <b>Bold</b>: the interval excludes zero; where "
            "it does not, no direction can be named, and its width says how large a difference may be. Variance "
            "reduction: how many times as many replications unpaired runs would need for the same precision."
            + _window(study)
        )
    return table(caption, heads, rows, kind=' class="main grouped"')


def _window(study: Study) -> str:
    """Say which months the table averages, where they are not all of them."""
    window = study.manifest.get("window") or {}
    start, months = int(window.get("from") or 0), int(window.get("months") or 0)
    if not start and not months:
        return ""
    end = f"to {start + months - 1}" if months else "on"
    return f" Means are over the months from {start} {end}; closures are counted over the whole horizon."


def _idle(study: Study, metric: str) -> tuple[set[str], str]:
    """Return the packages that a metric does not concern, and the words that say why."""
    if metric == "fund_capital":
        return {arm.name for arm in study.arms} - set(study.funded()), "No guarantee fund"
    if metric in ("wrong_closures", "defaults_caused_by_closing"):
        closing = set(study.closing())
        return {
            arm.name for arm in study.arms if arm.name not in closing and arm.parent not in closing
        }, "Close no line"
    return set(), ""


def _main_cells(item: Estimate, scale: Scale, finer: Scale, lone: set[str]) -> list[str]:
    """Return the cells of one package; no difference where its parent is among ``lone``."""
    cells = [
        cell(scale.text(item.mean), item.mean),
        cell(interval(item.low, item.high, scale), None, "range"),
    ]
    if not item.parent or item.parent in lone:
        return [*cells, *['<td class="absent">&ndash;</td>'] * 3]
    kind = "clear" if item.direction else "unclear"
    ends = interval(item.difference_low, item.difference_high, finer, signed=True)
    return [
        *cells,
        cell(finer.text(item.difference, signed=True), item.difference, kind),
        cell("identical in every run" if item.identical else ends, None, kind),
        cell(factor(item.variance_reduction), item.variance_reduction),
    ]


def append(page: Page, study: Study) -> None:
    """Write the results of each scenario; the paths of the severest stand in front."""
    page.chapter("results", "Main results by scenario")
    worst = findings.severest(study)
    for scenario in study.scenarios:
        page.add(f"<h3>{html.escape(scenario_title(scenario))}</h3>")
        page.bullets(findings.scenario_findings(study, scenario))
        page.table(main_table(study, scenario, "Main results", explained=scenario == study.scenarios[0]))
        for picture in paths.path_figures(study, scenario, explained=False) if scenario != worst else ():
            page.figure(picture)
