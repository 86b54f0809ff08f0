"""The first screen of the report, and scorecard and gauges as tables of it."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from typing import Any

from sim.language.words import Words
from sim.reports.chapters.tables import cell, group_heading, name_of, table
from sim.reports.document import Page, prose
from sim.reports.folder import Study
from sim.reports.glossary.links import figured, told_head
from sim.reports.verdict.gauges import LEVERAGE
from sim.reports.verdict.glance import glance_table
from sim.reports.verdict.grid import grid_of
from sim.reports.verdict.scorecard import shown
from sim.reports.verdict.sentences import sentences
from sim.reports.verdict.telling import Telling
from sim.reports.verdict.verdict import Finding, Verdict, verdict_of

DASH = "\N{EN DASH}"
GAUGE_HEADS = ("package", "gauge", "cap", "highest", "month", "above", "stopped")


def first_screen(page: Page, verdict: Verdict, say: Words, meanings: Mapping[str, str]) -> None:
    """Write the bottom line at the head of a page: in short, the grid that explains packages, the other sentences."""
    page.add(f"<h2>{html.escape(say('report.bottom_line'))}</h2>")
    (_, (first, *rest)), *groups = sentences(verdict, say)
    page.add(f'<p class="lead">{prose(first)}</p>')
    if rest:
        page.bullets(rest)
    if grid := glance_table(verdict, say, meanings):
        page.add(grid)
    for heading, texts in groups:
        page.add(f'<div class="group"><h3>{html.escape(heading)}</h3>')
        page.bullets(texts)
        page.add("</div>")


def chapter(page: Page, study: Study) -> None:
    """Write the chapter of the scorecard, as a memo has it."""
    say, grid = study.say, grid_of(study, study.say, whole=True)
    if grid is None:
        return
    page.chapter("scorecard", say("scorecard.chapter"))
    rows = []
    for (first, *cells), shows in zip(grid.rows, grid.figures, strict=True):
        if cells:
            inner = "".join(f'<td class="value">{html.escape(text)}</td>' for text in cells)
            rows.append(f'<tr><th scope="row">{figured(shows, html.escape(first))}</th>{inner}</tr>')
        else:
            rows.append(group_heading(first, "", len(grid.heads)))
    figure, *arms = grid.heads
    caption = f"<b>{html.escape(say('scorecard.title'))}.</b> {html.escape(grid.note)}"
    page.table(table(caption, [html.escape(figure), *map(name_of, arms)], rows, kind=' class="text grouped"', say=say))


def append(page: Page, study: Study) -> None:
    """Write the whole scorecard, with the gauges where a package has a scheme."""
    say, verdict = study.say, verdict_of(study)
    page.chapter("whole-scorecard", say("scorecard.whole"))
    page.table(scorecard_table(study, verdict, say))
    if not verdict.gauges.empty:
        page.table(gauges_table(verdict, say))


def scorecard_table(study: Study, verdict: Verdict, say: Words) -> str:
    """Return the scorecard as HTML: a row for each figure, a column for each package, by economy."""
    telling = Telling(say, verdict.scenarios)
    found = {(one.scenario, one.measure, one.arm): one for one in shown(study)}
    measures = list(dict.fromkeys(measure for _, measure, _ in found))
    arms = [arm.name for arm in study.arms]
    rows = []
    for scenario in study.scenarios:
        length = telling.span([verdict.months[scenario]])
        rows.append(group_heading(telling.economy(scenario), length, 1 + len(arms)))
        for measure in measures:
            cells = [_cell(found.get((scenario, measure, arm)), telling) for arm in arms]
            head = figured(measure.entry, html.escape(say(f"row.{measure.figure}")))
            rows.append(f'<tr><th scope="row">{head}</th>{"".join(cells)}</tr>')
    heads = [html.escape(say("scorecard.figure")), *map(name_of, arms)]
    return table(_captioned("scorecard", say), heads, rows, kind=' class="grouped scorecard"', say=say)


def _captioned(key: str, say: Words) -> str:
    title, text = (html.escape(say(f"{key}.{part}")) for part in ("title", "caption"))
    return say("front_page.caption", title=title, caption=text)


def _cell(one: Finding | None, telling: Telling) -> str:
    if one is None:
        return cell("n/a")
    made = cell(telling.level(one.measure, one.level), one.level)
    if one.parent and math.isfinite(one.difference):
        made = made.replace("</td>", f'<br><span class="apart">({html.escape(_difference(one, telling))})</span></td>')
    return made


def _difference(one: Finding, telling: Telling) -> str:
    """Write the difference to the parent with its sign; marked where no direction can be named."""
    if one.identical:
        return telling.say("scorecard.same")
    return telling.signed(one.measure, one.difference) + ("" if one.direction else telling.say("scorecard.open"))


def gauges_table(verdict: Verdict, say: Words) -> str:
    """Return the gauges as HTML: a row for each package with a scheme and what is gauged, by economy."""
    telling = Telling(say, verdict.scenarios)
    rows = []
    for scenario, part in verdict.gauges.groupby("scenario", sort=False):
        rows.append(group_heading(telling.economy(str(scenario)), "", len(GAUGE_HEADS)))
        rows += [_gauge_row(row, telling) for row in part.to_dict("records")]
    package, *rest = GAUGE_HEADS
    heads = [html.escape(say(f"gauges.{package}")), *(told_head(say, f"gauges.{key}") for key in rest)]
    return table(_captioned("gauges", say), heads, rows, kind=' class="grouped"', say=say)


def _gauge_row(row: dict[Any, Any], telling: Telling) -> str:
    def written(*values: float) -> str:
        return telling.range(values, 1) if row["gauge"] == LEVERAGE else telling.percent(values)

    say, capped, runs = telling.say, math.isfinite(row["cap"]), int(row["runs"])
    base = html.escape(say(f"gauge.{row['gauge']}"))
    around = f" ({written(row['highest_low'], row['highest_high'])})" if runs > 1 else ""
    cells = [
        f'<td class="words">{base}</td>',
        cell(written(row["cap"]), row["cap"]) if capped else cell(DASH),
        cell(written(row["highest"]) + around, row["highest"]),
        cell(telling.months([row["month_low"], row["month_high"]])),
        cell(say("gauges.count", count=int(row["runs_above"]), runs=runs) if capped else DASH),
        f'<td class="words">{html.escape(_stopped(row, telling))}</td>',
    ]
    return f'<tr><th scope="row">{name_of(str(row["arm"]))}</th>{"".join(cells)}</tr>'


def _stopped(row: dict[Any, Any], telling: Telling) -> str:
    """Say from which month on a scheme took no new cover, and from which it did again."""
    if not row["suspended_runs"]:
        return telling.say("gauges.never")
    months = telling.months([row["suspended_from_low"], row["suspended_from_high"]])
    told = telling.say("gauges.from", months=months, count=int(row["suspended_runs"]), runs=int(row["runs"]))
    if row["reopened_runs"]:
        opened = telling.months([row["reopened_low"], row["reopened_high"]])
        told += telling.say("gauges.until", months=opened, count=int(row["reopened_runs"]))
    return told
