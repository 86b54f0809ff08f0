"""The results of each scenario: levels and paired differences of the main figures."""

from __future__ import annotations

import html
import math

from sim.figures.catalog import MAIN
from sim.figures.naming import label_of, period_of
from sim.figures.scales import Scale, measure_of, scale_of
from sim.language.words import Words
from sim.reports.chapters.tables import cell, group_heading, interval, name_of, row, table
from sim.reports.document import Page
from sim.reports.drawing import paths
from sim.reports.folder import Estimate, Study
from sim.reports.glossary.links import told_head
from sim.reports.words import findings
from sim.reports.words.formats import factor, listing, scenario_title


def main_table(study: Study, scenario: str, label: str, *, explained: bool = True) -> str:
    """Return the main table of one scenario: per metric and package, level and paired difference.

    Without ``explained`` the caption leaves out what the first of several has said.
    """
    say, rows = study.say, []
    for metric in (*MAIN, *study.own):
        found = {arm.name: study.estimate(scenario, arm.name, metric) for arm in study.arms}
        if not any(math.isfinite(item.mean) for item in found.values()):
            continue
        idle, why = _idle(study, metric)
        shown = {name: item for name, item in found.items() if name not in idle}
        if not shown:
            continue
        measure = measure_of(metric)
        scale = scale_of(measure, [item.mean for item in shown.values()], study.borrowers, say)
        finer = scale.refined((item.difference_low, item.difference_high) for item in shown.values() if item.parent)
        key = "back_results.share_unit" if measure.is_share else "back_results.unit"
        period = period_of(measure, say)
        unit = say(key, unit=scale.unit, period=period) if scale.unit else period
        rows.append(group_heading(label_of(measure, say), unit, 6, metric))
        lone = idle if metric == "fund_capital" else set()
        rows += [row(name, _main_cells(item, scale, finer, lone, say)) for name, item in shown.items()]
        if idle:
            names = listing([name_of(name) for name in found if name in idle], say)
            rows.append(f'<tr><td class="words absent" colspan="6">{say(why, names=names)}</td></tr>')
    span = told_head(say, "back_tables.interval", coverage=study.coverage)
    mean, gap, reduction = (
        told_head(say, f"back_tables.{key}") for key in ("mean", "difference", "variance_reduction")
    )
    heads = (say("front_table.package"), mean, span, gap, span, reduction)
    caption = say("back_results.caption", label=label, scenario=html.escape(scenario_title(scenario, say)))
    if explained:
        caption += say("back_results.explained", replications=study.replications) + _window(study)
    return table(caption, heads, rows, kind=' class="main grouped"', say=say)


def _window(study: Study) -> str:
    """Say which months the table averages, where they are not all of them."""
    window = study.manifest.get("window") or {}
    start, months = int(window.get("from") or 0), int(window.get("months") or 0)
    if not start and not months:
        return ""
    if not months:
        return study.say("back_results.window_open", first=start)
    return study.say("back_results.window", first=start, last=start + months - 1)


def _idle(study: Study, metric: str) -> tuple[set[str], str]:
    """Return the packages that a metric does not concern, and the key of the text that says why."""
    if metric == "fund_capital":
        return {arm.name for arm in study.arms} - set(study.funded()), "back_results.no_fund"
    if metric in ("wrong_closures", "defaults_caused_by_closing"):
        closing = set(study.closing())
        return {
            arm.name for arm in study.arms if arm.name not in closing and arm.parent not in closing
        }, "back_results.close_no_line"
    return set(), ""


def _main_cells(item: Estimate, scale: Scale, finer: Scale, lone: set[str], say: Words) -> list[str]:
    """Return the cells of one package; no difference where its parent is among ``lone``."""
    cells = [
        cell(scale.text(item.mean), item.mean),
        cell(interval(item.low, item.high, scale, say=say), None, "range"),
    ]
    if not item.parent or item.parent in lone:
        return [*cells, *['<td class="absent">&ndash;</td>'] * 3]
    kind = "clear" if item.direction else "unclear"
    ends = interval(item.difference_low, item.difference_high, finer, signed=True, say=say)
    return [
        *cells,
        cell(finer.text(item.difference, signed=True), item.difference, kind),
        cell(say("back_results.identical") if item.identical else ends, None, kind),
        cell(factor(item.variance_reduction), item.variance_reduction),
    ]


def append(page: Page, study: Study) -> None:
    """Write the results of each scenario; the paths of the severest stand in front."""
    say = study.say
    page.chapter("results", say("back_results.chapter"))
    worst = findings.severest(study)
    for scenario in study.scenarios:
        page.add(f"<h3>{html.escape(scenario_title(scenario, say))}</h3>")
        page.bullets(findings.scenario_findings(study, scenario))
        page.table(main_table(study, scenario, say("back_results.label"), explained=scenario == study.scenarios[0]))
        for picture in paths.path_figures(study, scenario, explained=False) if scenario != worst else ():
            page.figure(picture)
